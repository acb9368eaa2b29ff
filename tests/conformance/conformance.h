/* The conformance runner: reads cases, runs them on the public API, compares what comes out with what the reference gave.
 *
 * Numbers of JSON documents are read raw everywhere here, so that no digit and no sign of zero is lost. */
#ifndef OTTL_TESTS_CONFORMANCE_H
#define OTTL_TESTS_CONFORMANCE_H

#include <ottl/ottl.h>

#include "yyjson.h"

#define CONF_JSON_FLAGS (YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_INVALID_UNICODE)

/* ---- buf.c: text that grows; running out of memory ends the program ---- */
typedef struct conf_buf {
  char *data; /* zero-terminated once something was put */
  size_t len, capacity;
} conf_buf;

void *conf_realloc(void *old, size_t bytes);
void conf_buf_put(conf_buf *buf, const char *data, size_t len);
void conf_buf_puts(conf_buf *buf, const char *text);
void conf_buf_printf(conf_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
void conf_buf_put_json(conf_buf *buf, const char *data, size_t len); /* as a JSON string */
void conf_buf_put_base64(conf_buf *buf, const char *data, size_t len);
void conf_buf_reset(conf_buf *buf);
void conf_buf_free(conf_buf *buf);
bool conf_file_read(const char *path, conf_buf *ret_text);

/* ---- cases.c: case files ---- */
typedef enum conf_mode { CONF_VALUE, CONF_CONDITION, CONF_STATEMENTS, CONF_TRANSFORM, CONF_FILTER, CONF_ROUTE } conf_mode;

typedef struct conf_case {
  const char *id;   /* area/topic/what */
  size_t topic_len; /* of area/topic */
  conf_mode mode;
  ottl_signal signal;
  const char *fixture; /* its name, or the payload itself */
  char *payload;       /* when it stands in the case */
  const char *context; /* NULL in a configuration */
  yyjson_val *program; /* a string, a list of strings, or a configuration */
  ottl_error_mode error_mode;
  ottl_path_style paths;
  bool event_index;
  bool nondeterministic;
  bool lambdas, literal_lists, flatten; /* feature gates, told by what they switch */
  yyjson_val *call;                     /* values of the call, as ottl_exec_set_request takes them; NULL: none */
  yyjson_val *want;
  yyjson_doc *doc; /* owns everything above */
} conf_case;

/* Reads the case on one line. On failure *ret_why says what is wrong with it. */
bool conf_case_read(const char *line, size_t len, conf_case *ret_case, const char **ret_why);
void conf_case_free(conf_case *c);

/* ---- payload_compare.c, value_compare.c ---- */
typedef struct conf_payload_rules {
  bool unordered_points; /* the order of data points is left open */
  bool replaced_utf8;    /* a run of U+FFFD counts as one */
} conf_payload_rules;

/* Compares two OTLP/JSON documents as messages; appends the first difference to *why. */
/* The payload with what its indices into the dictionary stand for, which is all that counts (payload_profiles.c). */
yyjson_doc *conf_profiles_resolved(yyjson_val *payload);
bool conf_payload_equal(yyjson_val *want, yyjson_val *got, const conf_payload_rules *rules, conf_buf *why);
/* Compares two typed values in the encoding of the case files; appends the first difference to *why. */
bool conf_value_equal(yyjson_val *want, yyjson_val *got, bool type_only, conf_buf *why);
/* Appends a document to a message, shortened. */
void conf_put_short(conf_buf *why, yyjson_val *val);

/* ---- value_encode.c ---- */
/* Appends a value of the library in the encoding of the case files. */
ottl_status conf_value_encode(ottl_exec *exec, const ottl_value *value, conf_buf *ret_text);

/* ---- config.c ---- */
/* Compiles the processor configuration of a case. */
ottl_status conf_config_compile(const conf_case *c, const ottl_compile_options *options, ottl_program **ret_program,
                                ottl_diags **ret_diags);

/* ---- run.c, fixtures.c ---- */
typedef struct conf_fixture {
  char *name;
  ottl_signal signal;
  uint8_t *wire;
  size_t len;
  yyjson_doc *json; /* the file as it is */
  char *failure;    /* why there is no wire form */
} conf_fixture;

typedef struct conf_fixtures {
  const char *folder;
  conf_fixture *items;
  size_t n;
} conf_fixtures;

conf_fixture *conf_fixtures_get(conf_fixtures *fixtures, ottl_json *json, const char *name, ottl_signal signal);
void conf_fixtures_free(conf_fixtures *fixtures);

typedef enum conf_outcome { CONF_PASSED = 0, CONF_FAILED = 1, CONF_SKIPPED = 2 } conf_outcome;

typedef struct conf_runner {
  ottl_json *json;
  conf_fixtures fixtures;
  bool matrix; /* also with slices of 1, 3 and 64 rows */
} conf_runner;

/* Runs one case every way it is to be run; *message says what differed, or why it was skipped. */
conf_outcome conf_run(conf_runner *runner, const conf_case *c, conf_buf *message);
/* The same in a child process with a time limit, so that a crash or a hang is one failure like any other. */
conf_outcome conf_run_apart(conf_runner *runner, const conf_case *c, conf_buf *message);

/* ---- report.c ---- */
typedef struct conf_topic {
  char *name;
  size_t counts[3]; /* by conf_outcome */
  conf_buf failing; /* ids, each a JSON string, separated by commas */
} conf_topic;

typedef struct conf_report {
  conf_topic *topics;
  size_t n;
  size_t counts[3];
} conf_report;

void conf_report_add(conf_report *report, const conf_case *c, conf_outcome outcome);
void conf_report_print(const conf_report *report);
bool conf_report_write(const conf_report *report, const char *path);
/* Does no topic that was run pass fewer cases than the floor says? Tells on stderr. -1: the file cannot be read. */
int conf_floor_check(const conf_report *report, const char *path);
/* Rewrites the floor, upward only. */
bool conf_floor_raise(const conf_report *report, const char *path);
void conf_report_free(conf_report *report);

#endif
