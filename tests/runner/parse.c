/* Case files: lines to cases and sections. */
#include <stdio.h>
#include <string.h>

#include "runner.h"

static bool complain(const char *path, size_t line, const char *what, const char *name) {
  fprintf(stderr, "%s:%zu: %s%s%s\n", path, line, what, name ? " " : "", name ? name : "");
  return false;
}

/* Value of a line `key: value`; NULL: another key. */
static const char *value_of(const char *line, const char *key) {
  size_t n = strlen(key);
  if (strncmp(line, key, n) != 0 || line[n] != ':') return NULL;
  for (line += n + 1; *line == ' ';) line++;
  return line;
}

static int name_index(const char *value, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (strcmp(value, names[i]) == 0) return (int)i;
  }
  return -1;
}

bool rt_on_failure(const char *name, ottl_on_failure *ret) {
  static const char *const names[] = {"default", "keep", "atomic", "rollback"};
  int i = name_index(name, names, 4);
  *ret = i < 0 ? OTTL_ON_FAILURE_DEFAULT : (ottl_on_failure)i;
  return i >= 0;
}

bool rt_error_mode(const char *name, ottl_error_mode *ret) {
  static const char *const names[] = {"propagate", "ignore", "silent"};
  int i = name_index(name, names, 3);
  *ret = i < 0 ? OTTL_ERROR_PROPAGATE : (ottl_error_mode)i;
  return i >= 0;
}

static bool header(rt_case *c, const char *line) {
  static const char *const kinds[] = {"statements", "filter", "value", "condition"};
  static const char *const signals[] = {"", "logs", "traces", "metrics"};
  const char *v;
  int i;
  if ((v = value_of(line, "context"))) return c->context = *v ? v : NULL, true;
  if ((v = value_of(line, "status"))) return c->status = v, true;
  if ((v = value_of(line, "tags"))) return c->tags = v, true;
  if ((v = value_of(line, "paths"))) return c->paths = v, true;
  if ((v = value_of(line, "row_order"))) return c->row_order = v, true;
  if ((v = value_of(line, "ordered"))) return c->ordered = strcmp(v, "yes") == 0, true;
  if ((v = value_of(line, "experimental"))) return c->experimental = strcmp(v, "yes") == 0, true;
  if ((v = value_of(line, "event_index"))) return c->event_index = strcmp(v, "yes") == 0, true;
  if ((v = value_of(line, "explain"))) return c->explain = strcmp(v, "yes") == 0, true;
  if ((v = value_of(line, "flatten"))) return c->flatten = strcmp(v, "yes") == 0, true;
  if ((v = value_of(line, "on_failure"))) return rt_on_failure(v, &c->on_failure);
  if (value_of(line, "ref")) return true;
  if ((v = value_of(line, "kind"))) return i = name_index(v, kinds, 4), c->kind = (rt_kind)i, i >= 0;
  if ((v = value_of(line, "error_mode"))) return rt_error_mode(v, &c->error_mode);
  if ((v = value_of(line, "signal"))) return i = name_index(v, signals, 4), c->signal = (ottl_signal)i, i >= 0;
  return false;
}

static bool new_section(rt_file *f, rt_case *c, size_t i) {
  static const char *const names[] = {"ottl", "input", "output", "value", "diagnostics", "row_errors", "disasm"};
  const char *at = f->lines[i] + 3;
  while (*at == ' ') at++;
  size_t n = strcspn(at, " ");
  const char *name = rt_copy(at, n);
  if (name_index(name, names, 7) < 0) return complain(f->path, i + 1, "unknown section", name);
  if (rt_section_of(c, name)) return complain(f->path, i + 1, "section twice:", name);
  if (c->n_sections == RT_MAX_SECTIONS) return complain(f->path, i + 1, "too many sections", NULL);
  while (at[n] == ' ') n++;
  c->sections[c->n_sections++] = (rt_section){.name = name, .argument = at + n, .line = i + 1, .first = i + 1, .last = i + 1};
  return true;
}

static const char *section_body(const rt_file *f, const rt_section *s) {
  rt_text t = {0};
  rt_put(&t, "", 0);
  for (size_t i = s->first; i < s->last; i++) {
    const char *line = f->lines[i];
    bool escaped = line[0] == '\\' && (line[1] == '\\' || strncmp(line + 1, "---", 3) == 0 || strncmp(line + 1, "===", 3) == 0);
    if (i > s->first) rt_puts(&t, "\n");
    rt_puts(&t, line + escaped);
  }
  return t.data;
}

static bool split_lines(const char *path, rt_file *f) {
  rt_text text = {0};
  if (!rt_read_file(path, &text)) return complain(path, 0, "cannot be read", NULL);
  size_t n = 1;
  for (size_t i = 0; i < text.len; i++) n += text.data[i] == '\n';
  f->lines = rt_alloc(n * sizeof *f->lines);
  for (char *at = text.data; *at;) {
    size_t len = strcspn(at, "\n");
    f->lines[f->n_lines++] = rt_copy(at, len);
    at += len + (at[len] == '\n');
  }
  return true;
}

/* Blank lines between a section and the next case belong to neither. */
static void close_case(const rt_file *f, rt_case *c, size_t end) {
  while (end > c->line && f->lines[end - 1][0] == 0) end--;
  c->end = end;
  if (c->n_sections) {
    rt_section *last = &c->sections[c->n_sections - 1];
    last->last = end > last->first ? end : last->first;
  }
  for (size_t k = 0; k < c->n_sections; k++) c->sections[k].body = section_body(f, &c->sections[k]);
}

static bool parse_lines(rt_file *f) {
  rt_case defaults = {0}, *c = NULL;
  for (size_t i = 0; i < f->n_lines; i++) {
    const char *line = f->lines[i];
    if (strncmp(line, "=== ", 4) == 0) {
      if (c) close_case(f, c, i);
      c = &f->cases[f->n_cases++];
      *c = defaults;
      c->title = line + 4;
      c->line = i + 1;
      for (size_t k = 0; k + 1 < f->n_cases; k++) {
        if (strcmp(f->cases[k].title, c->title) == 0) return complain(f->path, i + 1, "title twice:", c->title);
      }
    } else if (c && strncmp(line, "---", 3) == 0) {
      if (c->n_sections) c->sections[c->n_sections - 1].last = i;
      if (!new_section(f, c, i)) return false;
    } else if (!c || !c->n_sections) {
      if (line[0] == '#' || line[0] == 0) continue;
      bool ok = c ? header(c, line) : strncmp(line, "default ", 8) == 0 && header(&defaults, line + 8);
      if (!ok) return complain(f->path, i + 1, "not a header:", line);
    }
  }
  if (c) close_case(f, c, f->n_lines);
  return true;
}

bool rt_file_parse(const char *path, rt_file *ret) {
  *ret = (rt_file){.path = path};
  if (!split_lines(path, ret)) return false;
  ret->cases = rt_alloc((ret->n_lines + 1) * sizeof *ret->cases);
  if (!parse_lines(ret)) return false;
  for (size_t i = 0; i < ret->n_cases; i++) {
    if (!rt_section_of(&ret->cases[i], "ottl"))
      return complain(path, ret->cases[i].line, "no section ottl in", ret->cases[i].title);
  }
  return true;
}

const rt_section *rt_section_of(const rt_case *c, const char *name) {
  for (size_t i = 0; i < c->n_sections; i++) {
    if (strcmp(c->sections[i].name, name) == 0) return &c->sections[i];
  }
  return NULL;
}
