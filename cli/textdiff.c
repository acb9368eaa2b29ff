/* The difference of two texts in the form of `diff -u`. */
#include "cli.h"

#define CONTEXT 3

static void put_line(const ottl_diff_line *line, bool colour) {
  const char *paint = line->kind == '+' ? "\x1b[32m" : "\x1b[31m";
  if (colour && line->kind != ' ') fputs(paint, stdout);
  putchar(line->kind);
  fwrite(line->text.data, 1, line->text.len, stdout);
  if (colour && line->kind != ' ') fputs("\x1b[0m", stdout);
  putchar('\n');
  if (!line->ends) puts("\\ No newline at end of file");
}

static void put_hunk(const ottl_line_diff *d, size_t begin, size_t end, bool colour) {
  size_t n_a = 0, n_b = 0;
  for (size_t i = begin; i < end; i++) {
    n_a += d->lines[i].kind != '+';
    n_b += d->lines[i].kind != '-';
  }
  printf("%s@@ -%zu,%zu +%zu,%zu @@%s\n", colour ? "\x1b[36m" : "", d->lines[begin].before + (n_a > 0), n_a,
         d->lines[begin].after + (n_b > 0), n_b, colour ? "\x1b[0m" : "");
  for (size_t i = begin; i < end; i++) put_line(&d->lines[i], colour);
}

bool cli_text_diff(const char *name, ottl_view before, ottl_view after, bool colour) {
  ottl_line_diff d;
  size_t begin, end = 0;
  if (ottl_line_diff_create(NULL, before, after, &d) != OTTL_OK) return false;
  printf("--- %s\n+++ %s\n", name, name);
  while (ottl_line_diff_hunk(&d, CONTEXT, &begin, &end)) put_hunk(&d, begin, end, colour);
  ottl_line_diff_free(&d);
  return true;
}
