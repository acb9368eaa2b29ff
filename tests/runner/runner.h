/* The runner of `.case` files (see tests/README.md): on the public API and yyjson only, so that it may become a
 * subcommand. Memory comes from one pool that lives until the program ends. */
#ifndef OTTL_TESTS_RUNNER_H
#define OTTL_TESTS_RUNNER_H

#include <ottl/ottl.h>

#include "yyjson.h"

/* ---- pool.c ---- */
typedef struct rt_text {
  char *data; /* zero-terminated once something was put */
  size_t len, cap;
} rt_text;

void *rt_alloc(size_t bytes); /* zeroed; ends the program when there is none */
void rt_free_all(void);
void rt_put(rt_text *t, const char *data, size_t len);
void rt_puts(rt_text *t, const char *text);
void rt_printf(rt_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rt_put_json(rt_text *t, const char *data, size_t len); /* as a JSON string */
char *rt_copy(const char *data, size_t len);
bool rt_read_file(const char *path, rt_text *ret);

/* ---- parse.c ---- */
typedef enum rt_kind { RT_STATEMENTS, RT_FILTER, RT_VALUE, RT_CONDITION } rt_kind;

#define RT_MAX_SECTIONS 8

typedef struct rt_section {
  const char *name;     /* "ottl", "input", "output", "value", "diagnostics", "row_errors", "disasm" */
  const char *argument; /* "otlp", "same", "@name", or "" */
  const char *body;     /* without the leading backslashes, without the last line end */
  size_t line;          /* of the `---` */
  size_t first, last;   /* lines of the body, [first, last), from 0 */
} rt_section;

typedef struct rt_case {
  const char *title, *context, *status, *paths, *tags, *row_order;
  ottl_signal signal;
  rt_kind kind;
  ottl_error_mode error_mode;
  ottl_on_failure on_failure;
  bool ordered, event_index, experimental, explain, flatten;
  size_t line; /* of the `===` */
  size_t end;  /* line behind the last one of the case, from 0 */
  size_t n_sections;
  rt_section sections[RT_MAX_SECTIONS];
} rt_case;

typedef struct rt_file {
  const char *path;
  char **lines;
  size_t n_lines;
  rt_case *cases;
  size_t n_cases;
} rt_file;

bool rt_error_mode(const char *name, ottl_error_mode *ret);
bool rt_on_failure(const char *name, ottl_on_failure *ret);
bool rt_file_parse(const char *path, rt_file *ret); /* prints what is wrong */
const rt_section *rt_section_of(const rt_case *c, const char *name);

/* ---- records.c ---- */
/* Records, one a line, to an OTLP/JSON request. Neighbours with the same resource and scope share them. NULL and *ret_why on failure. */
char *rt_records_to_otlp(ottl_signal signal, const char *lines, const char **ret_why);
/* The other way round: one record a line. */
char *rt_records_from_otlp(ottl_signal signal, yyjson_val *request);

/* ---- values.c ---- */
void rt_put_value(rt_text *out, ottl_exec *exec, const ottl_value *v); /* type and JSON */

/* ---- compare.c ---- */
bool rt_json_equal(yyjson_val *a, yyjson_val *b, bool ordered);
/* JSON documents one after the other, or one a line. */
bool rt_texts_equal(const char *a, const char *b, bool lines, bool ordered);

/* ---- run.c ---- */
/* What a case gave; NULL: nothing of the kind. */
typedef struct rt_actual {
  const char *output, *output_argument; /* "same", "otlp" or "" */
  const char *value, *diagnostics, *row_errors, *disasm;
  const char *trouble; /* the case cannot be run, or its variants disagree */
  bool row_order;      /* of any group */
} rt_actual;

rt_actual rt_run(const rt_file *file, const rt_case *c);

/* ---- update.c ---- */
/* Writes the file with what the cases gave; actual[i] of case i, NULL pointer in `skip[i]` terms: true leaves the case alone. */
bool rt_update(const rt_file *file, const rt_actual *actual, const bool *skip);

#endif
