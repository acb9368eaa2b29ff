/* Files of statements that serve several signals, as a collector's configuration does: each part from one `context:` line to the next
 * is of one signal (or of all: resource, scope), and only the parts of a message's signal run on it. The other parts are
 * blanked out, not cut, so that diagnostics keep their lines. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* An unindented line `context: ...`. */
static bool section_begins(const char *line, size_t len) {
  static const char word[] = "context";
  size_t i = sizeof word - 1;
  if (len < i || memcmp(line, word, i) != 0) return false;
  while (i < len && (line[i] == ' ' || line[i] == '\t')) i++;
  return i < len && line[i] == ':';
}

static void section_blank(char *text, const cli_section *section) {
  for (size_t i = section->begin; i < section->end; i++)
    if (text[i] != '\n') text[i] = ' ';
}

char *cli_sections_text(const cli_program *p, ottl_signal signal) {
  char *copy = malloc(p->text_len + 1);
  if (!copy) return NULL;
  memcpy(copy, p->text, p->text_len);
  copy[p->text_len] = 0;
  for (size_t i = 0; i < p->n_sections; i++) {
    const cli_section *s = &p->sections[i];
    if (s->signal != OTTL_SIGNAL_NONE && s->signal != signal) section_blank(copy, s);
  }
  return copy;
}

bool cli_sections_split(cli_program *p, const ottl_compile_options *options) {
  size_t n = 1;
  for (size_t i = 0; i < p->text_len; i++) n += p->text[i] == '\n';
  p->sections = calloc(n + 1, sizeof *p->sections);
  if (!p->sections) return false;
  p->n_sections = 1;
  for (size_t at = 0; at < p->text_len;) {
    const char *newline = memchr(p->text + at, '\n', p->text_len - at);
    size_t end = newline ? (size_t)(newline - p->text) + 1 : p->text_len;
    if (section_begins(p->text + at, end - at) && at > 0) p->sections[p->n_sections++].begin = at;
    p->sections[p->n_sections - 1].end = at = end;
  }
  for (size_t i = 0; i < p->n_sections; i++) {
    cli_section *s = &p->sections[i];
    ottl_program *program = NULL;
    ottl_status status =
        ottl_program_compile_text(p->text + s->begin, s->end - s->begin, NULL, p->options->error_mode, options, &program, NULL);
    if (status == OTTL_NOMEM) return false;
    s->signal = status == OTTL_OK ? ottl_program_signal(program) : OTTL_SIGNAL_NONE;
    s->empty = status == OTTL_OK && ottl_program_groups(program) == 0;
    ottl_program_free(program);
  }
  return true;
}

bool cli_sections_any(const cli_program *p, ottl_signal signal) {
  for (size_t i = 0; i < p->n_sections; i++) {
    const cli_section *s = &p->sections[i];
    if (!s->empty && (s->signal == OTTL_SIGNAL_NONE || s->signal == signal)) return true;
  }
  return false;
}
