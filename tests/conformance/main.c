/* ottl-conformance: runs case files and counts. See README.md. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct main_options {
  const char *fixtures, *summary, *floor, *raise_floor;
  bool list_failures, list_skips, matrix, apart, trace;
  const char **files;
  size_t n_files;
} main_options;

static const char main_usage[] = "usage: ottl-conformance [options] FILE.jsonl...\n"
                                 "  --fixtures DIR      payloads; default: ../../fixtures from the first file\n"
                                 "  --summary FILE      write counts and failing ids as JSON\n"
                                 "  --list-failures     one line for each failure: id, what differed\n"
                                 "  --list-skips        one line for each case that was skipped, and why\n"
                                 "  --matrix            also with slices of 1, 3 and 64 rows, and on every instruction set\n"
                                 "  --apart             each case in a process of its own: a crash or a hang is a failure\n"
                                 "  --floor FILE        exit status 1 only if a topic passes fewer cases than FILE says\n"
                                 "  --raise-floor FILE  rewrite FILE, upward only; exit status 0\n"
                                 "OTTL_CONFORMANCE_TRACE=1 prints each id before its case runs.\n";

static bool main_parse(int argc, char **argv, main_options *o) {
  struct {
    const char *name;
    const char **text;
    bool *flag;
  } known[] = {{"--fixtures", &o->fixtures, NULL},
               {"--summary", &o->summary, NULL},
               {"--floor", &o->floor, NULL},
               {"--raise-floor", &o->raise_floor, NULL},
               {"--list-failures", NULL, &o->list_failures},
               {"--list-skips", NULL, &o->list_skips},
               {"--matrix", NULL, &o->matrix},
               {"--apart", NULL, &o->apart}};
  for (int i = 1; i < argc; i++) {
    size_t k = 0, n = sizeof known / sizeof *known;
    while (k < n && strcmp(argv[i], known[k].name) != 0) k++;
    if (k == n) {
      if (argv[i][0] == '-') return false;
      o->files[o->n_files++] = argv[i];
    } else if (known[k].flag) {
      *known[k].flag = true;
    } else if (++i < argc) {
      *known[k].text = argv[i];
    } else {
      return false;
    }
  }
  return o->n_files > 0;
}

/* Cases are in cases/AREA/TOPIC.jsonl, payloads in fixtures/ beside cases/. */
static char *main_default_fixtures(const char *file) {
  conf_buf folder = {0};
  const char *slash = strrchr(file, '/');
  conf_buf_put(&folder, file, slash ? (size_t)(slash - file) : 0);
  conf_buf_puts(&folder, slash ? "/../../fixtures" : "../../fixtures");
  return folder.data;
}

static void main_run_case(conf_runner *runner, const main_options *o, const conf_case *c, conf_report *report) {
  conf_buf message = {0};
  if (o->trace) {
    fprintf(stderr, "%s\n", c->id);
    fflush(stderr);
  }
  conf_outcome outcome = o->apart ? conf_run_apart(runner, c, &message) : conf_run(runner, c, &message);
  conf_report_add(report, c, outcome);
  if ((outcome == CONF_FAILED && o->list_failures) || (outcome == CONF_SKIPPED && o->list_skips)) {
    for (size_t i = 0; i < message.len; i++) {
      if (message.data[i] == '\n') message.data[i] = ' ';
    }
    printf("%s: %s\n", c->id, message.data ? message.data : "");
  }
  conf_buf_free(&message);
}

static bool main_run_file(conf_runner *runner, const main_options *o, const char *path, conf_report *report) {
  conf_buf text = {0};
  bool ok = conf_file_read(path, &text);
  if (!ok) fprintf(stderr, "ottl-conformance: %s cannot be read\n", path);
  const char *line = text.data, *end = line + text.len;
  for (size_t number = 1; ok && line < end; number++) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    size_t len = (size_t)((stop ? stop : end) - line);
    conf_case c;
    const char *why;
    if (len && conf_case_read(line, len, &c, &why)) {
      main_run_case(runner, o, &c, report);
      conf_case_free(&c);
    } else if (len) {
      fprintf(stderr, "%s:%zu: %s\n", path, number, why);
      ok = false;
    }
    line += len + 1;
  }
  conf_buf_free(&text);
  return ok;
}

static int main_finish(const main_options *o, const conf_report *report) {
  conf_report_print(report);
  if (o->summary && !conf_report_write(report, o->summary)) {
    fprintf(stderr, "ottl-conformance: %s cannot be written\n", o->summary);
    return 2;
  }
  int held = o->floor ? conf_floor_check(report, o->floor) : 0;
  if (held < 0) {
    fprintf(stderr, "ottl-conformance: %s cannot be read\n", o->floor);
    return 2;
  }
  if (o->raise_floor && !conf_floor_raise(report, o->raise_floor)) {
    fprintf(stderr, "ottl-conformance: %s cannot be written\n", o->raise_floor);
    return 2;
  }
  if (o->floor) return held ? 0 : 1;
  if (o->raise_floor) return 0;
  return report->counts[CONF_FAILED] ? 1 : 0;
}

int main(int argc, char **argv) {
  main_options o = {.trace = getenv("OTTL_CONFORMANCE_TRACE") != NULL};
  conf_runner runner = {0};
  conf_report report = {0};
  o.files = conf_realloc(NULL, (size_t)argc * sizeof *o.files);
  int status = 2;
  if (!main_parse(argc, argv, &o)) {
    fputs(main_usage, stderr);
  } else if (ottl_json_create(NULL, &runner.json) != OTTL_OK) {
    fputs("ottl-conformance: out of memory\n", stderr);
  } else {
    char *fixtures = o.fixtures ? NULL : main_default_fixtures(o.files[0]);
    runner.fixtures.folder = fixtures ? fixtures : o.fixtures;
    runner.matrix = o.matrix;
    bool ok = true;
    for (size_t i = 0; i < o.n_files; i++) ok = main_run_file(&runner, &o, o.files[i], &report) && ok;
    status = main_finish(&o, &report);
    if (!ok) status = 2;
    free(fixtures);
  }
  conf_fixtures_free(&runner.fixtures);
  ottl_json_free(runner.json);
  conf_report_free(&report);
  free(o.files);
  return status;
}
