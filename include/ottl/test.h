/* Tests of policies: files of cases (.ottlt, docs/testing.md), each with records that go in and what is expected to come out.
 *
 *   ottl_test_parse    a file to cases
 *   ottl_test_run      one case: did it give what it expects, and what is the difference?
 *   ottl_test_update   the file with the expectations of the cases that failed rewritten to what they gave
 *
 * The library opens no files: the host reads those that cases name. */
#ifndef OTTL_TEST_H
#define OTTL_TEST_H

#include "ottl/config.h"
#include "ottl/coverage.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_test ottl_test;

/* Reads a file that a case names. path: as the case has it, zero-terminated; relative ones are meant from the folder of the cases.
 * *ret_name: what to call it in diagnostics; may be left as it is, then that is `path`. Text and name live until ottl_test_free.
 * False: it cannot be read. */
typedef bool (*ottl_test_read)(void *context, const char *path, ottl_view *ret_text, const char **ret_name);

typedef struct ottl_test_options {
  size_t struct_size;              /* sizeof(ottl_test_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the test */
  const char *name;                /* of the file, for diagnostics; NULL: none */
  ottl_test_read read;             /* NULL: there are no files */
  void *read_context;
  const char *config;  /* the collector's file of cases that name a processor and no file; NULL: none. Read with `read` */
  ottl_config_env env; /* variables that the cases do not set themselves; NULL: none */
  void *env_context;
  ottl_coverage *coverage; /* what the cases run is noted there; may be NULL */
} ottl_test_options;

/* Defaults: nothing but malloc. Never fails; any thread; since 0.1. */
OTTL_API void ottl_test_options_init(ottl_test_options *options);

/* Reads a file of cases; what belongs to a single case is looked at when it runs. options: may be NULL. ret_diags: may be NULL; else set
 * in every case (NULL: nothing to tell), freed with ottl_diags_free.
 * Owns: the caller frees the test with ottl_test_free; the text need not outlive the call.
 * Fails: COMPILE (see the diagnostics), LIMIT, NOMEM, INVALID_ARG. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_test_parse(const char *text, size_t len, const ottl_test_options *options,
                                                     ottl_test **ret_test, ottl_diags **ret_diags);
/* NULL is accepted. Threads: any, once. Since 0.1. */
OTTL_API void ottl_test_free(ottl_test *test);

typedef struct ottl_test_case_info {
  ottl_view name; /* unique in the file */
  ottl_view skip; /* why it is not run; NULL data: it is */
  uint32_t line;  /* where it stands, from 1 */
} ottl_test_case_info;

/* Cases in the order of the file. Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_test_cases(const ottl_test *test);
/* Owns: views live as long as the test. Fails: INVALID_ARG (no such case). Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_test_case(const ottl_test *test, size_t i, ottl_test_case_info *ret);

typedef enum ottl_test_outcome {
  OTTL_TEST_PASSED = 0,
  OTTL_TEST_FAILED = 1,  /* it gave something else */
  OTTL_TEST_BROKEN = 2,  /* it cannot be run: diagnostics or the message tell */
  OTTL_TEST_SKIPPED = 3, /* it says so itself */
  OTTL_TEST_OPEN = 4     /* it expects nothing yet: what it gave is in the detail */
} ottl_test_outcome;

typedef struct ottl_test_result {
  ottl_test_outcome outcome;
  ottl_signal signal;
  ottl_view message; /* one line; empty when it passed */
  ottl_view detail;  /* lines, each with its line break: differences of records as `diff -u` shows them, conditions, failures */
  uint64_t records_in, records_out; /* log records, spans, metrics */
  uint64_t errors;                  /* failures of statements and conditions */
  ottl_view output;                 /* what came out: an export request; NULL data: nothing */
} ottl_test_result;

/* Runs a case. ret_diags: as above; also warnings of the policy.
 * Owns: views of the result live until the next run of any case of this test. Fails: NOMEM, INVALID_ARG, INTERNAL; what is wrong
 * with the case or what it tests is an outcome. Threads: one at a time per test. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_test_run(ottl_test *test, size_t i, ottl_test_result *ret_result,
                                                   ottl_diags **ret_diags);

/* Takes the text, all of it in one call. */
typedef void (*ottl_test_write)(void *context, const char *data, size_t len);

/* The file with the expectations rewritten of all cases that failed or were open when they ran last; all other bytes stay. Records that
 * are as expected stay as they are written. What a person has to decide stays: conditions, `contains`.
 * ret_updated: cases that were rewritten; may be NULL. Nothing is written when there are none.
 * Fails: NOMEM, INVALID_ARG. Threads: one at a time per test. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_test_update(ottl_test *test, ottl_test_write write, void *context, size_t *ret_updated);

#ifdef __cplusplus
}
#endif
#endif
