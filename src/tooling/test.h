/* Cases of tests: what was read of a file, and what a run of a case has at hand. */
#ifndef OTTL_SRC_TOOLING_TEST_H
#define OTTL_SRC_TOOLING_TEST_H

#include "config/config.h"
#include "ottl/eval.h"
#include "ottl/json.h"
#include "ottl/profile.h"
#include "ottl/test.h"
#include "tooling/record.h"

/* Keys of a file (F), of a case (C), or of both: then the case's own counts. */
#define TEST_KEYS(KEY)                                                                                                           \
  KEY(CASES, "cases", F)                                                                                                         \
  KEY(NAME, "name", C)                                                                                                           \
  KEY(SKIP, "skip", C)                                                                                                           \
  KEY(STATEMENTS, "statements", FC)                                                                                              \
  KEY(CONDITIONS, "conditions", FC)                                                                                              \
  KEY(STATEMENTS_FILE, "statements_file", FC)                                                                                    \
  KEY(CONDITIONS_FILE, "conditions_file", FC)                                                                                    \
  KEY(CONFIG, "config", FC)                                                                                                      \
  KEY(PROCESSOR, "processor", FC)                                                                                                \
  KEY(SIGNAL, "signal", FC)                                                                                                      \
  KEY(CONTEXT, "context", FC)                                                                                                    \
  KEY(ERROR_MODE, "error_mode", FC)                                                                                              \
  KEY(ON_FAILURE, "on_failure", FC)                                                                                              \
  KEY(FLATTEN, "flatten", FC)                                                                                                    \
  KEY(EXPERIMENTAL, "experimental", FC)                                                                                          \
  KEY(CLOCK, "clock", FC)                                                                                                        \
  KEY(RANDOM_SEED, "random_seed", FC)                                                                                            \
  KEY(REQUEST, "request", FC)                                                                                                    \
  KEY(ENV, "env", FC)                                                                                                            \
  KEY(RESOURCE, "resource", FC)                                                                                                  \
  KEY(SCOPE, "scope", FC)                                                                                                        \
  KEY(INPUT, "input", C)                                                                                                         \
  KEY(INPUT_FILE, "input_file", C)                                                                                               \
  KEY(EXPECT, "expect", C)                                                                                                       \
  KEY(EXPECT_FILE, "expect_file", C)                                                                                             \
  KEY(ERRORS, "errors", C)

typedef enum test_key {
#define KEY(id, name, where) TEST_##id,
  TEST_KEYS(KEY)
#undef KEY
      TEST_N_KEYS
} test_key;

typedef const cfg_node *test_fields[TEST_N_KEYS];

/* Bytes of the file that an update replaces. */
typedef struct test_edit {
  uint32_t begin, end;
  ottl_view text;
} test_edit;

typedef struct test_case {
  ottl_view name;
  uint32_t line;
  const cfg_node *node;
  test_fields f;
  test_edit *edits; /* of its last run */
  size_t n_edits, cap_edits;
} test_case;

/* A configuration that some case has named. */
typedef struct test_config {
  struct test_config *next;
  ottl_view path;
  const cfg_node *env; /* whose variables were put in */
  ottl_config *config;
} test_config;

/* A program of the case. */
typedef struct test_step {
  ottl_program *program;
  const char *name; /* of the processor; NULL: statements or conditions */
  const ottl_group *groups;
  size_t n_groups;
} test_step;

/* What the programs of a case are made from: cases that have all of it from the same place share them. */
typedef struct test_policy_key {
  const cfg_node *nodes[9];
  ottl_signal signal, guessed;
} test_policy_key;

typedef struct test_policy {
  struct test_policy *next;
  test_policy_key key;
  ottl_signal signal;
  test_step *steps;
  size_t n_steps;
} test_policy;

struct ottl_test {
  ottl_allocator al;
  ottl_test_options options;
  ottl_arena arena; /* lives as long as the test */
  ottl_arena run;   /* as long as a run */
  ottl_config file; /* text and lines of the file; nothing else of it */
  cfg_reader r;
  test_fields f; /* defaults of the cases */
  test_case *cases;
  size_t n_cases;
  const rec_schema *schemas[5];
  ottl_json *json;
  test_config *configs;
  test_policy *policies;
  size_t n_policies;
  ottl_sbuf message, detail, output;
};

typedef struct test_failure {
  uint64_t record, statement, condition; /* from 1; 0: none */
  const char *processor, *file;          /* may be NULL */
  uint32_t line;                         /* of the statement or condition; 0: not known */
  ottl_view code, message;
} test_failure;

/* A case while it runs. */
typedef struct test_run {
  ottl_test *test;
  test_case *c;
  cfg_reader *r; /* tells into diagnostics of this run */
  ottl_diags *diags;
  ottl_test_result *result;
  ottl_signal signal;
  const rec_schema *schema;
  test_step *steps;
  size_t n_steps;
  bool shared;       /* the programs are the test's */
  ottl_arena *arena; /* of what the programs are made from */
  ottl_sbuf in, out; /* requests */
  bool refused;      /* a failure under propagate: nothing came out */
  test_failure *failures;
  size_t n_failures;
  uint64_t all_failures; /* those that were not kept included */
  size_t n_different;
} test_run;

/* What a step of a run gives: GO_ON, or the run is over. */
typedef enum test_go { TEST_STOP, TEST_GO_ON } test_go;

static inline const cfg_node *test_field(const test_run *t, test_key key) {
  const cfg_node *own = t->c->f[key];
  return own ? own : t->test->f[key];
}
extern const char *const ottl__test_key_names[TEST_N_KEYS];

/* test_run.c: the case cannot be run: why. */
void ottl__test_broken(test_run *t, const char *format, ...) OTTL_PRINTF(2, 3);
void ottl__test_failed(test_run *t, const char *format, ...) OTTL_PRINTF(2, 3);
/* Out of memory and the like, which is no outcome. */
OTTL_MUST_CHECK ottl_status ottl__test_fatal(const test_run *t);
/* A string of the case, zero-terminated; NULL: not given, or told. */
const char *ottl__test_text(test_run *t, test_key key);
/* The text of a file that the case names; false: the case is broken. *ret_name: what to call it. */
bool ottl__test_file(test_run *t, const cfg_node *node, const char *path, ottl_view *ret_text, const char **ret_name);
const rec_schema *ottl__test_schema(ottl_test *test, ottl_signal signal);

/* test_policy.c: the programs of the case, and its signal. False: the case is broken, or `fatal`. */
bool ottl__test_policy(test_run *t);
void ottl__test_policy_done(test_run *t);
/* Programs that cases share. */
void ottl__test_policies_free(ottl_test *test);

/* test_input.c: a request that the case gives under `key` or names under `file`; false: the case is broken, or `fatal`. */
bool ottl__test_payload(test_run *t, test_key key, test_key file, ottl_sbuf *out);
/* The signal of what the case takes in; NONE: a file that does not tell. *ret_sure: it is no guess. */
ottl_signal ottl__test_input_signal(test_run *t, bool *ret_sure);

/* test_expect.c: what came out against what is expected. */
void ottl__test_expect(test_run *t);
/* test_conditions.c: conditions on what came out. items: a list of them, which hold for every record, or for one. */
void ottl__test_conditions(test_run *t, const cfg_node *items, size_t record);
/* test_errors.c: failures of statements against those that are expected. */
void ottl__test_errors(test_run *t);

/* test_update.c: notes what an update writes. Nothing is noted where that cannot be written into the file. */
/* A record as it is written into the case, behind a `- `; without the line break at its end. */
void ottl__test_put_record(test_run *t, ottl_sbuf *out, const rec *record, uint32_t indent);
void ottl__test_edit_item(test_run *t, const cfg_node *item, rec *record);
void ottl__test_edit_expect(test_run *t, rec **records, size_t n);
void ottl__test_edit_errors(test_run *t);

#endif
