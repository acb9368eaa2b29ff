/* What programs will do, and what they did: contexts and why, types, what is read and written, what runs vectorized or record by
 * record and why, what is computed once or shared; and, of an exec that was profiled (profile.h), what each statement took. As text for
 * people, as JSON for tools, as a flame graph. docs/explain.md shows them. */
#ifndef OTTL_EXPLAIN_H
#define OTTL_EXPLAIN_H

#include "ottl/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ottl_explain_format {
  OTTL_EXPLAIN_TEXT = 0, /* for people */
  OTTL_EXPLAIN_JSON = 1, /* one object, always all there is but bytecode; members are added in later versions, never taken away */
  OTTL_EXPLAIN_SVG = 2   /* a flame graph, one self-contained image, of programs that were profiled */
} ottl_explain_format;

/* One of the programs that are explained together, in the order in which records come to them. */
typedef struct ottl_explain_program {
  const ottl_program *program;
  const ottl_exec *exec; /* of the program, profiled: what was counted is told, too; NULL: not run */
  const char *name;      /* "filter/health", "policy.ottl"; NULL: none */
} ottl_explain_program;

typedef struct ottl_explain_options {
  size_t struct_size;              /* sizeof(ottl_explain_options) */
  const ottl_allocator *allocator; /* NULL: malloc */
  ottl_explain_format format;
  bool types;      /* TEXT: each expression with the types it can have */
  bool bytecode;   /* TEXT, JSON: the instructions of each statement */
  bool colour;     /* TEXT: ANSI escapes */
  bool no_times;   /* TEXT, JSON: nothing that depends on the clock; the output is the same each time */
  size_t width;    /* TEXT: columns that lines of the table of costs are cut to; 0: they are not cut */
  uint64_t passes; /* the profile is of so many passes over the same payloads: what was counted is divided by it; 0: 1 */
} ottl_explain_options;

/* Takes a piece of the output; called several times in a row. */
typedef void (*ottl_explain_write)(void *context, const char *data, size_t len);

/* Defaults: text, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_explain_options_init(ottl_explain_options *options);

/* Explains programs. Where all of them come with a profiled exec, or with none: a mixture is refused. options: may be NULL.
 * Fails: INVALID_ARG (also SVG of programs that were not profiled), NOMEM; nothing is written then. Threads: any thread may explain
 * programs; those with an exec, the one that uses it. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_explain(const ottl_explain_program *programs, size_t n_programs,
                                                  const ottl_explain_options *options, ottl_explain_write write, void *context);

#ifdef __cplusplus
}
#endif
#endif
