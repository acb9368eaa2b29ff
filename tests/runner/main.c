/* ottlt [--update] [--list] [--filter TEXT] FILE...: runs the cases of `.case` files; says file and line of what is wrong. */
#include <stdio.h>
#include <string.h>

#include "runner.h"

typedef struct options {
  bool update, list;
  const char *filter;
} options;

static bool report(const rt_file *f, const rt_case *c, size_t line, const char *what, const char *want, const char *got) {
  printf("%s:%zu: %s: %s\n", f->path, line, c->title, what);
  if (want || got) printf("  wanted:\n%s\n  got:\n%s\n", want ? want : "(nothing)", got ? got : "(nothing)");
  return false;
}

static bool check_text(const rt_file *f, const rt_case *c, const char *name, const char *got) {
  const rt_section *s = rt_section_of(c, name);
  if (!s && !got) return true;
  if (s && got && strcmp(s->body, got) == 0) return true;
  rt_text what = {0};
  rt_printf(&what, "other %s", name);
  return report(f, c, s ? s->line : c->line, what.data, s ? s->body : NULL, got);
}

static bool check_output(const rt_file *f, const rt_case *c, const rt_actual *a) {
  const rt_section *s = rt_section_of(c, "output");
  if (!s && !a->output) return true;
  if (!s || !a->output)
    return report(f, c, s ? s->line : c->line, s ? "no output" : "an output that is not expected", s ? s->body : NULL, a->output);
  bool same = strcmp(s->argument, "same") == 0;
  if (same != (strcmp(a->output_argument, "same") == 0))
    return report(f, c, s->line, "the output is not the input", NULL, a->output);
  if (same) return true;
  if (strcmp(s->argument, "hex") == 0 && strcmp(s->body, a->output) == 0) return true;
  if (rt_texts_equal(s->body, a->output, s->argument[0] == 0, c->ordered)) return true;
  return report(f, c, s->line, "other output", s->body, a->output);
}

static bool check(const rt_file *f, const rt_case *c, const rt_actual *a) {
  if (a->trouble) return report(f, c, c->line, a->trouble, NULL, NULL);
  bool ok = check_text(f, c, "diagnostics", a->diagnostics);
  ok &= check_output(f, c, a);
  ok &= check_text(f, c, "value", a->value);
  ok &= check_text(f, c, "row_errors", a->row_errors);
  if (rt_section_of(c, "disasm")) ok &= check_text(f, c, "disasm", a->disasm);
  if (c->row_order && a->row_order != (strcmp(c->row_order, "yes") == 0))
    ok = report(f, c, c->line, a->row_order ? "runs record by record" : "runs vectorized", NULL, NULL);
  return ok;
}

static bool chosen(const rt_case *c, const options *o) {
  bool skipped = c->status && strncmp(c->status, "skip", 4) == 0;
  return !skipped && (!o->filter || strstr(c->title, o->filter) || (c->tags && strstr(c->tags, o->filter)));
}

static bool run_file(const char *path, const options *o, size_t *n_run, size_t *n_failed) {
  rt_file f;
  if (!rt_file_parse(path, &f)) return false;
  rt_actual *actual = rt_alloc((f.n_cases + 1) * sizeof *actual);
  bool *skip = rt_alloc(f.n_cases + 1);
  for (size_t i = 0; i < f.n_cases; i++) {
    const rt_case *c = &f.cases[i];
    skip[i] = !chosen(c, o);
    if (skip[i]) continue;
    if (o->list) {
      printf("%s:%zu: %s\n", path, c->line, c->title);
      continue;
    }
    actual[i] = rt_run(&f, c);
    bool xfail = c->status && strncmp(c->status, "xfail", 5) == 0;
    if (o->update) {
      skip[i] = actual[i].trouble != NULL || xfail;
      if (actual[i].trouble) report(&f, c, c->line, actual[i].trouble, NULL, NULL);
      continue;
    }
    ++*n_run;
    bool ok = check(&f, c, &actual[i]);
    if (xfail && ok) report(&f, c, c->line, "passes, but is said to fail", NULL, NULL);
    *n_failed += ok == xfail;
  }
  return !o->update || rt_update(&f, actual, skip);
}

int main(int argc, char **argv) {
  options o = {0};
  size_t n_run = 0, n_failed = 0, n_files = 0;
  bool ok = true;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--update") == 0) {
      o.update = true;
    } else if (strcmp(argv[i], "--list") == 0) {
      o.list = true;
    } else if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc) {
      o.filter = argv[++i];
    } else if (argv[i][0] == '-') {
      fprintf(stderr, "usage: ottlt [--update] [--list] [--filter TEXT] FILE...\n");
      return 2;
    } else {
      n_files++;
      ok &= run_file(argv[i], &o, &n_run, &n_failed);
    }
  }
  rt_free_all();
  if (!n_files) {
    fprintf(stderr, "usage: ottlt [--update] [--list] [--filter TEXT] FILE...\n");
    return 2;
  }
  if (!o.update && !o.list) printf("%zu cases, %zu failed\n", n_run, n_failed);
  return !ok ? 2 : n_failed ? 1 : 0;
}
