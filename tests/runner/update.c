/* Rewrites the expected sections of a case file in place, and prints what changes. */
#include <stdio.h>
#include <string.h>

#include "runner.h"

static void put_line(rt_text *t, const char *line) {
  rt_puts(t, line);
  rt_puts(t, "\n");
}

static void put_body(rt_text *t, const char *body) {
  while (*body) {
    size_t len = strcspn(body, "\n");
    if (body[0] == '\\' || strncmp(body, "---", 3) == 0 || strncmp(body, "===", 3) == 0) rt_puts(t, "\\");
    rt_put(t, body, len);
    rt_puts(t, "\n");
    body += len + (body[len] == '\n');
  }
}

static void put_section(rt_text *t, const char *name, const char *argument, const char *body) {
  rt_printf(t, "--- %s%s%s\n", name, argument[0] ? " " : "", argument);
  put_body(t, body);
}

static void print_lines(char mark, const rt_text *t) {
  for (const char *at = t->data; at && *at;) {
    size_t len = strcspn(at, "\n");
    printf("%c%.*s\n", mark, (int)len, at);
    at += len + (at[len] == '\n');
  }
}

static const char *wanted(const rt_actual *a, const char *name, const char **ret_argument) {
  *ret_argument = "";
  if (strcmp(name, "output") == 0) return *ret_argument = a->output_argument, a->output;
  if (strcmp(name, "value") == 0) return a->value;
  if (strcmp(name, "diagnostics") == 0) return a->diagnostics;
  if (strcmp(name, "row_errors") == 0) return a->row_errors;
  return a->disasm;
}

static const char *const expected[] = {"output", "value", "diagnostics", "row_errors", "disasm"};

/* A section that still says the same stays as it was written. */
static bool still_right(const rt_case *c, const rt_section *s, const char *argument, const char *body) {
  if (strcmp(s->argument, argument) != 0) return false;
  if (strcmp(s->name, "output") == 0)
    return rt_texts_equal(s->body, body, argument[0] == 0, c->ordered) || strcmp(s->body, body) == 0;
  return strcmp(s->body, body) == 0;
}

static void update_case(const rt_file *f, const rt_case *c, const rt_actual *a, rt_text *out) {
  size_t line = c->line - 1, head = c->n_sections ? c->sections[0].line - 1 : c->end;
  for (; line < head; line++) put_line(out, f->lines[line]);
  bool done[5] = {false};
  for (size_t i = 0; i < c->n_sections; i++) {
    const rt_section *s = &c->sections[i];
    rt_text before = {0}, after = {0};
    for (size_t k = s->line - 1; k < s->last; k++) put_line(&before, f->lines[k]);
    bool is_expected = false;
    for (size_t k = 0; k < 5; k++) {
      if (strcmp(s->name, expected[k]) != 0) continue;
      const char *argument, *body = wanted(a, s->name, &argument);
      is_expected = done[k] = true;
      if (body && still_right(c, s, argument, body)) {
        after = before;
      } else if (body) {
        put_section(&after, s->name, argument, body);
      }
    }
    if (!is_expected) after = before;
    if (after.len) rt_put(out, after.data, after.len);
    if (after.len == before.len && memcmp(after.data, before.data, after.len) == 0) continue;
    printf("%s:%zu: %s\n", f->path, s->line, c->title);
    print_lines('-', &before);
    print_lines('+', &after);
  }
  for (size_t k = 0; k < 5; k++) {
    const char *argument, *body = wanted(a, expected[k], &argument);
    if (done[k] || !body) continue;
    rt_text added = {0};
    put_section(&added, expected[k], argument, body);
    rt_put(out, added.data, added.len);
    printf("%s:%zu: %s\n", f->path, c->line, c->title);
    print_lines('+', &added);
  }
}

bool rt_update(const rt_file *f, const rt_actual *actual, const bool *skip) {
  rt_text out = {0}, before = {0};
  size_t line = 0;
  for (size_t i = 0; i < f->n_cases; i++) {
    const rt_case *c = &f->cases[i];
    for (; line < c->line - 1; line++) put_line(&out, f->lines[line]);
    if (skip[i]) {
      for (; line < c->end; line++) put_line(&out, f->lines[line]);
    } else {
      update_case(f, c, &actual[i], &out);
    }
    line = c->end;
  }
  for (; line < f->n_lines; line++) put_line(&out, f->lines[line]);
  if (!rt_read_file(f->path, &before)) return false;
  if (before.len == out.len && memcmp(before.data, out.data, out.len) == 0) return true;
  FILE *file = fopen(f->path, "wb");
  if (!file) return false;
  bool ok = fwrite(out.data, 1, out.len, file) == out.len;
  return fclose(file) == 0 && ok;
}
