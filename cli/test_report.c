/* ottl test: what is said of a session, to people, to programs, to CI. */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GAP_COLUMNS 100

static const char *const outcome_names[] = {"passed", "failed", "broken", "skipped", "open"};

/* -- people -- */

static const char *paint(bool colour, const char *escape) { return colour ? escape : ""; }

/* Lines further in; those of a difference in colour. */
static void put_lines(const char *text, bool colour) {
  for (const char *end; *text; text = *end ? end + 1 : end) {
    end = text + strcspn(text, "\n");
    const char *first = text + strspn(text, " ");
    const char *escape = first - text != 2 ? ""
                         : *first == '+'   ? "\x1b[32m"
                         : *first == '-'   ? "\x1b[31m"
                         : *first == '@'   ? "\x1b[36m"
                                           : "";
    if (!colour) escape = "";
    printf("  %s%.*s%s\n", escape, (int)(end - text), text, *escape ? "\x1b[0m" : "");
  }
}

/* On one line, whatever is in it. */
static void put_words(const char *text) {
  for (; *text; text++) putchar((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text);
}

static void put_case(const test_suite *suite, const test_one *one, bool colour) {
  static const char *const words[] = {"ok", "FAIL", "BROKEN", "skip", "OPEN"};
  bool bad = one->outcome != OTTL_TEST_PASSED && one->outcome != OTTL_TEST_SKIPPED;
  if (one->outcome == OTTL_TEST_PASSED) return;
  printf("%s%s%s %s:%u: ", paint(colour, bad ? "\x1b[1;31m" : "\x1b[33m"), words[one->outcome], paint(colour, "\x1b[0m"),
         suite->path, (unsigned)one->line);
  put_words(one->name);
  if (*one->message) fputs(": ", stdout);
  put_words(one->message);
  putchar('\n');
  put_lines(one->detail, colour);
  if (one->told) fputs(one->told, stdout);
  if (bad) putchar('\n');
}

static void put_count(size_t n, const char *what, bool *first) {
  if (!n) return;
  printf("%s%zu %s", *first ? "" : ", ", n, what);
  *first = false;
}

void test_report_text(const test_session *s) {
  bool colour = cli_colour(STDOUT_FILENO), first = true;
  for (size_t i = 0; i < s->n_suites; i++) {
    const test_suite *suite = &s->suites[i];
    if (suite->told) printf("%s\n", suite->told);
    for (size_t k = 0; k < suite->n_cases; k++) put_case(suite, &suite->cases[k], colour);
    if (suite->updated) printf("updated %s: %zu case%s\n", suite->path, suite->updated, suite->updated == 1 ? "" : "s");
  }
  if (s->coverage) test_report_coverage(s);
  printf("%zu passed", s->counts[OTTL_TEST_PASSED]);
  first = false;
  put_count(s->counts[OTTL_TEST_FAILED], "failed", &first);
  put_count(s->counts[OTTL_TEST_BROKEN], "broken", &first);
  put_count(s->counts[OTTL_TEST_OPEN], "without expectation", &first);
  put_count(s->counts[OTTL_TEST_SKIPPED], "skipped", &first);
  put_count(s->n_broken, s->n_broken == 1 ? "file with mistakes" : "files with mistakes", &first);
  putchar('\n');
}

/* -- coverage -- */

static void sum_files(const test_session *s, ottl_coverage_file_info *ret) {
  ottl_coverage_file_info file;
  *ret = (ottl_coverage_file_info){{"total", 5}, 0, 0, 0, 0};
  for (size_t i = 0; ottl_coverage_file(s->coverage, i, &file) == OTTL_OK; i++) {
    ret->statements += file.statements;
    ret->statements_run += file.statements_run;
    ret->branches += file.branches;
    ret->branches_taken += file.branches_taken;
  }
}

static double percent(const ottl_coverage_file_info *f) {
  uint64_t all = f->statements + f->branches;
  return all ? 100.0 * (double)(f->statements_run + f->branches_taken) / (double)all : 100;
}

double test_report_percent(const test_session *s) {
  ottl_coverage_file_info all;
  sum_files(s, &all);
  return percent(&all);
}

/* On one line, cut where it is long. */
static void put_short(ottl_view text) {
  size_t column = 0;
  for (size_t i = 0; i < text.len; i++) {
    bool blank = strchr(" \t\r\n", text.data[i]) != NULL && text.data[i];
    if (blank && i && strchr(" \t\r\n", text.data[i - 1])) continue;
    if (column++ >= GAP_COLUMNS && ((unsigned char)text.data[i] & 0xc0) != 0x80) {
      fputs("...", stdout);
      return;
    }
    putchar(blank ? ' ' : (unsigned char)text.data[i] < 0x20 ? '?' : text.data[i]);
  }
}

static const char *gap_text(const ottl_coverage_gap_info *g) {
  switch (g->gap) {
  case OTTL_COVERAGE_NEVER_RAN: return g->condition ? "this condition was never asked" : "this statement never ran";
  case OTTL_COVERAGE_NEVER_ASKED: return "this operand was never asked";
  case OTTL_COVERAGE_NEVER_TRUE:
    return g->operand     ? "this operand was never true"
           : g->condition ? "this condition was never true"
                          : "this `where` was never true";
  default:
    return g->operand     ? "this operand was never false"
           : g->condition ? "this condition was never false"
                          : "this `where` was never false";
  }
}

static void put_file(const ottl_coverage_file_info *f) {
  printf("  %5.1f %%  %.*s: %llu of %llu statements, %llu of %llu branches\n", percent(f), (int)f->file.len, f->file.data,
         (unsigned long long)f->statements_run, (unsigned long long)f->statements, (unsigned long long)f->branches_taken,
         (unsigned long long)f->branches);
}

void test_report_coverage(const test_session *s) {
  ottl_coverage_file_info file, all;
  ottl_coverage_gap_info gap;
  for (size_t i = 0; ottl_coverage_gap_at(s->coverage, i, &gap) == OTTL_OK; i++) {
    printf("%.*s:%u:%u: %s: ", (int)gap.file.len, gap.file.data, (unsigned)gap.line, (unsigned)gap.column, gap_text(&gap));
    put_short(gap.text);
    putchar('\n');
  }
  puts("coverage");
  size_t n = ottl_coverage_files(s->coverage);
  for (size_t i = 0; ottl_coverage_file(s->coverage, i, &file) == OTTL_OK; i++) put_file(&file);
  sum_files(s, &all);
  if (n != 1) put_file(&all);
}

/* -- JSON -- */

static void put_member(const char *name, const char *text) {
  printf(",\"%s\":", name);
  cli_json_text(text, strlen(text));
}

static void json_case(const test_session *s, const test_one *one) {
  fputs("{\"name\":", stdout);
  cli_json_text(one->name, strlen(one->name));
  printf(",\"line\":%u", (unsigned)one->line);
  if (!s->options->list) {
    put_member("outcome", outcome_names[one->outcome]);
    printf(",\"seconds\":%.6f", one->seconds);
    if (*one->message) put_member("message", one->message);
    if (*one->detail) put_member("detail", one->detail);
    if (one->told) put_member("diagnostics", one->told);
  }
  putchar('}');
}

static void json_coverage(const test_session *s) {
  static const char *const gaps[] = {"never-ran", "never-true", "never-false", "never-asked"};
  ottl_coverage_file_info file;
  ottl_coverage_gap_info gap;
  printf(",\n\"coverage\":{\"percent\":%.2f,\"files\":[", test_report_percent(s));
  for (size_t i = 0; ottl_coverage_file(s->coverage, i, &file) == OTTL_OK; i++) {
    fputs(i ? ",\n{\"file\":" : "\n{\"file\":", stdout);
    cli_json_text(file.file.data, file.file.len);
    printf(",\"statements\":%llu,\"statements_run\":%llu,\"branches\":%llu,\"branches_taken\":%llu}",
           (unsigned long long)file.statements, (unsigned long long)file.statements_run, (unsigned long long)file.branches,
           (unsigned long long)file.branches_taken);
  }
  fputs("],\"gaps\":[", stdout);
  for (size_t i = 0; ottl_coverage_gap_at(s->coverage, i, &gap) == OTTL_OK; i++) {
    fputs(i ? ",\n{\"file\":" : "\n{\"file\":", stdout);
    cli_json_text(gap.file.data, gap.file.len);
    printf(",\"line\":%u,\"column\":%u,\"gap\":\"%s\",\"operand\":%s,\"text\":", (unsigned)gap.line, (unsigned)gap.column,
           gaps[gap.gap], gap.operand ? "true" : "false");
    cli_json_text(gap.text.data, gap.text.len);
    putchar('}');
  }
  fputs("]}", stdout);
}

void test_report_json(const test_session *s) {
  fputs("{\"files\":[", stdout);
  for (size_t i = 0; i < s->n_suites; i++) {
    const test_suite *suite = &s->suites[i];
    fputs(i ? ",\n{\"file\":" : "\n{\"file\":", stdout);
    cli_json_text(suite->path, strlen(suite->path));
    if (suite->told) put_member("diagnostics", suite->told);
    if (suite->updated) printf(",\"updated\":%zu", suite->updated);
    fputs(",\"cases\":[", stdout);
    for (size_t k = 0; k < suite->n_cases; k++) {
      fputs(k ? ",\n" : "\n", stdout);
      json_case(s, &suite->cases[k]);
    }
    fputs("]}", stdout);
  }
  fputs("]", stdout);
  if (s->coverage) json_coverage(s);
  if (!s->options->list) {
    for (int i = 0; i < 5; i++) printf("%s\"%s\":%zu", i ? "," : ",\n", outcome_names[i], s->counts[i]);
    printf(",\"broken_files\":%zu", s->n_broken);
  }
  puts("}");
}

/* -- JUnit -- */

typedef struct xml_out {
  io_output *out;
  io_error error;
  bool failed;
} xml_out;

static void xml_put(xml_out *x, const char *text, size_t len) {
  if (!x->failed && io_write(x->out, text, len, &x->error) != IO_OK) x->failed = true;
}

static void xml_puts(xml_out *x, const char *text) { xml_put(x, text, strlen(text)); }

/* Length of the UTF-8 sequence at p, if it stands for a character that XML has; else 0. */
static size_t xml_character(const char *p) {
  uint32_t c = 0;
  size_t n = cli_utf8(p, strnlen(p, 4), &c);
  return (c < 0x20 && c != '\t' && c != '\n') || c == 0xfffe || c == 0xffff ? 0 : n;
}

/* Line breaks stay in the text of an element, and would be blanks in an attribute. */
static void xml_text(xml_out *x, const char *text, bool attribute) {
  while (*text) {
    size_t n = xml_character(text);
    switch (*text) {
    case '<': xml_puts(x, "&lt;"); break;
    case '>': xml_puts(x, "&gt;"); break;
    case '&': xml_puts(x, "&amp;"); break;
    case '"': xml_puts(x, "&quot;"); break;
    case '\n':
    case '\t': xml_puts(x, !attribute ? (char[2]){*text, 0} : *text == '\n' ? "&#10;" : "&#9;"); break;
    default: n ? xml_put(x, text, n) : xml_puts(x, "\xEF\xBF\xBD"); break;
    }
    text += n ? n : 1;
  }
}

static void xml_attribute(xml_out *x, const char *name, const char *value) {
  xml_puts(x, " ");
  xml_puts(x, name);
  xml_puts(x, "=\"");
  xml_text(x, value, true);
  xml_puts(x, "\"");
}

static void xml_number(xml_out *x, const char *name, const char *format, double value) {
  char text[40];
  snprintf(text, sizeof text, format, value);
  xml_attribute(x, name, text);
}

static void junit_problem(xml_out *x, const char *element, const char *type, const char *message, const char *detail,
                          const char *told) {
  xml_puts(x, "      <");
  xml_puts(x, element);
  xml_attribute(x, "message", message);
  xml_attribute(x, "type", type);
  xml_puts(x, ">");
  xml_text(x, detail, false);
  if (told) xml_text(x, told, false);
  xml_puts(x, "</");
  xml_puts(x, element);
  xml_puts(x, ">\n");
}

static void junit_case(xml_out *x, const test_suite *suite, const test_one *one) {
  xml_puts(x, "    <testcase");
  xml_attribute(x, "name", one->name);
  xml_attribute(x, "classname", suite->path);
  xml_number(x, "time", "%.6f", one->seconds);
  xml_puts(x, one->outcome == OTTL_TEST_PASSED ? "/>\n" : ">\n");
  if (one->outcome == OTTL_TEST_PASSED) return;
  if (one->outcome == OTTL_TEST_SKIPPED) {
    xml_puts(x, "      <skipped");
    xml_attribute(x, "message", one->message);
    xml_puts(x, "/>\n");
  } else {
    junit_problem(x, one->outcome == OTTL_TEST_FAILED ? "failure" : "error", outcome_names[one->outcome], one->message,
                  one->detail, one->told);
  }
  xml_puts(x, "    </testcase>\n");
}

static void junit_suite(xml_out *x, const test_suite *suite) {
  size_t counts[5] = {0};
  double seconds = 0;
  for (size_t k = 0; k < suite->n_cases; k++) {
    counts[suite->cases[k].outcome]++;
    seconds += suite->cases[k].seconds;
  }
  size_t errors = counts[OTTL_TEST_BROKEN] + counts[OTTL_TEST_OPEN] + suite->broken;
  xml_puts(x, "  <testsuite");
  xml_attribute(x, "name", suite->path);
  xml_number(x, "tests", "%.0f", (double)(suite->n_cases + suite->broken));
  xml_number(x, "failures", "%.0f", (double)counts[OTTL_TEST_FAILED]);
  xml_number(x, "errors", "%.0f", (double)errors);
  xml_number(x, "skipped", "%.0f", (double)counts[OTTL_TEST_SKIPPED]);
  xml_number(x, "time", "%.6f", seconds);
  xml_puts(x, ">\n");
  for (size_t k = 0; k < suite->n_cases; k++) junit_case(x, suite, &suite->cases[k]);
  if (suite->broken) {
    test_one file = {.name = suite->path,
                     .message = "there are mistakes in the file",
                     .detail = "",
                     .told = suite->told,
                     .outcome = OTTL_TEST_BROKEN};
    junit_case(x, suite, &file);
  }
  xml_puts(x, "  </testsuite>\n");
}

int test_report_junit(const test_session *s, const char *path) {
  xml_out x = {0};
  size_t tests = s->n_broken;
  if (io_open_output(path, &x.out, &x.error) != IO_OK) return cli_fail(CLI_USAGE, "%s", x.error.text);
  for (int i = 0; i < 5; i++) tests += s->counts[i];
  xml_puts(&x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ottl test\"");
  xml_number(&x, "tests", "%.0f", (double)tests);
  xml_number(&x, "failures", "%.0f", (double)s->counts[OTTL_TEST_FAILED]);
  xml_number(&x, "errors", "%.0f", (double)(s->counts[OTTL_TEST_BROKEN] + s->counts[OTTL_TEST_OPEN] + s->n_broken));
  xml_puts(&x, ">\n");
  for (size_t i = 0; i < s->n_suites; i++) junit_suite(&x, &s->suites[i]);
  xml_puts(&x, "</testsuites>\n");
  if (x.failed) {
    io_abandon(x.out);
    return cli_fail(CLI_USAGE, "%s", x.error.text);
  }
  return io_finish(x.out, &x.error) == IO_OK ? CLI_OK : cli_fail(CLI_USAGE, "%s", x.error.text);
}
