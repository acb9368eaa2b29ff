/* ottl test: what its files share. */
#ifndef OTTL_CLI_TEST_H
#define OTTL_CLI_TEST_H

#include "cli.h"

/* A case and what came of it; all texts are copies. */
typedef struct test_one {
  char *name, *message, *detail, *told; /* told: diagnostics; NULL: none */
  uint32_t line;
  ottl_test_outcome outcome;
  double seconds;
} test_one;

/* A file of cases. */
typedef struct test_suite {
  char *path;
  char *told;  /* why it cannot be read, or diagnostics; NULL: nothing */
  bool broken; /* it has no cases because of that */
  test_one *cases;
  size_t n_cases;
  size_t updated;
} test_suite;

/* A text of a file that cases name, or of one of cases, and what it was when it was read. */
typedef struct test_source {
  struct test_source *next;
  char *path, *text;
  char *name; /* the path without detours through `..` */
  size_t len;
} test_source;

typedef struct test_session {
  const cli_options *options;
  test_suite *suites;
  size_t n_suites, cap_suites;
  test_source *sources;
  ottl_coverage *coverage; /* NULL: not wanted */
  size_t counts[5];        /* by ottl_test_outcome */
  size_t n_broken;         /* files without cases */
  size_t updated;
} test_session;

/* test.c: everything once. */
int test_session_run(test_session *s);
void test_session_done(test_session *s);

/* test_files.c: case files of the arguments, in folders by name, as suites. */
int test_files_find(test_session *s);
/* The text of a file, read once in a session; NULL: it cannot be. */
const test_source *test_files_read(test_session *s, const char *path, bool tell);

/* test_report.c */
void test_report_text(const test_session *s);
void test_report_json(const test_session *s);
int test_report_junit(const test_session *s, const char *path);
void test_report_coverage(const test_session *s);
double test_report_percent(const test_session *s); /* of statements and branches together; 100 when there are none */

/* test_watch.c: waits until a file of the session changes. False: the user ends it. */
void test_watch_begin(void);
bool test_watch_wait(const test_session *s);
bool test_watch_ended(void);

#endif
