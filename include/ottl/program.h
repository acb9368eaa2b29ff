/* Programs: OTTL statements compiled for one kind of use. A program is immutable and may be shared by any number of threads.
 *
 * A program is made of groups, as the collector's transform processor has them: a group has a context, conditions (any of
 * which lets a record in), statements and an error mode. Groups run one after another over the whole payload. */
#ifndef OTTL_PROGRAM_H
#define OTTL_PROGRAM_H

#include "ottl/base.h"
#include "ottl/diag.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_program ottl_program;

/* What the program is for. */
typedef enum ottl_kind {
  OTTL_KIND_TRANSFORM = 0,  /* groups of statements, with conditions if wanted */
  OTTL_KIND_FILTER = 1,     /* groups of conditions: a record for which any of them holds is dropped */
  OTTL_KIND_VALUES = 2,     /* groups whose statements are value expressions: see eval.h */
  OTTL_KIND_CONDITIONS = 3, /* groups whose statements are conditions to be evaluated: see eval.h */
  OTTL_KIND_ROUTE = 4       /* a routing table: made by ottl_route_compile alone, see route.h */
} ottl_kind;

typedef enum ottl_error_mode {
  OTTL_ERROR_PROPAGATE = 0, /* the first failing row fails the payload */
  OTTL_ERROR_IGNORE = 1,    /* go on with the next statement, tell */
  OTTL_ERROR_SILENT = 2     /* go on; failures are counted and kept, but people are not told of them */
} ottl_error_mode;

/* What becomes of a record when a statement or condition fails on it, under error modes ignore and silent: docs/options.md.
 * A record is what the group's context names; what stands below it (events of a span) are records of their own. */
typedef enum ottl_on_failure {
  OTTL_ON_FAILURE_DEFAULT = 0, /* a group: as the program says; a program: KEEP */
  OTTL_ON_FAILURE_KEEP = 1,    /* what was written stays, and the record goes on with the next statement, as in the reference */
  OTTL_ON_FAILURE_ATOMIC = 2,  /* what the group wrote for the record is undone, later groups go on with it */
  OTTL_ON_FAILURE_ROLLBACK = 3 /* what the program wrote for the record is undone: it leaves as it came */
} ottl_on_failure;

/* How paths are written. */
typedef enum ottl_path_style {
  OTTL_PATHS_EITHER = 0,   /* log.body, or body where the group names its context (as the transform processor) */
  OTTL_PATHS_PREFIXED = 1, /* log.body only */
  OTTL_PATHS_BARE = 2      /* body; a context's own name is taken as a path, as parsers without context names do */
} ottl_path_style;

/* Which functions there are besides the standard ones: each component of the collector adds its own to single contexts. */
typedef enum ottl_function_set {
  OTTL_FUNCTIONS_ALL = 0,       /* those of every component */
  OTTL_FUNCTIONS_STANDARD = 1,  /* none */
  OTTL_FUNCTIONS_TRANSFORM = 2, /* the transform processor's; conditions of groups have the filter's, as there */
  OTTL_FUNCTIONS_FILTER = 3,    /* the filter processor's */
  OTTL_FUNCTIONS_ROUTING = 4    /* the routing connector's */
} ottl_function_set;

/* One statement, condition or expression, and where it stands in a file. */
typedef struct ottl_snippet {
  const char *text; /* UTF-8, need not be zero-terminated */
  size_t len;       /* bytes */
  const char *name; /* file name for diagnostics; NULL: none */
  uint32_t line;    /* of its first byte, from 1; 0: 1 */
  uint32_t column;  /* of its first byte, from 1, in bytes; 0: 1 */
  size_t offset;    /* of its first byte in its file: what offsets of diagnostics begin at */
  uint32_t indent;  /* bytes before each line but the first in the file that the text does not have, as in YAML's blocks */
  bool derived;     /* the file has it in another form (escapes, variables): diagnostics have no fixes */
  bool doubles;     /* the file has `$$` for a `$`, as configurations of the collector do */
  /* Of a derived text, or NULL: where each of its bytes and its end stand in the file, in bytes behind `offset`, never falling; and the
   * file from there on, as far as the last of them. */
  const uint32_t *places;
  const char *file;
} ottl_snippet;

typedef struct ottl_group {
  size_t struct_size;             /* sizeof(ottl_group) */
  const char *context;            /* "log", "span", ...; NULL: inferred as the reference infers it */
  const ottl_snippet *conditions; /* TRANSFORM: any of them lets a record in. FILTER: any of them drops it */
  size_t n_conditions;
  const ottl_snippet *statements;
  size_t n_statements;
  ottl_error_mode error_mode;
  bool shared_cache;   /* TRANSFORM: its cache is that of all groups of this context which say so, for the life of the exec */
  bool each_condition; /* FILTER without context: each condition has a context of its own, as in the filter processor's groups */
  uint32_t stage;      /* FILTER: groups of a stage go by level, the next stage sees what they left */
  ottl_on_failure on_failure; /* TRANSFORM */
} ottl_group;

typedef struct ottl_compile_options {
  size_t struct_size;              /* sizeof(ottl_compile_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the program */
  ottl_kind kind;
  ottl_signal signal; /* OTTL_SIGNAL_NONE: from the contexts; needed when the groups leave it open */
  ottl_path_style paths;
  bool row_order;     /* testing: every group runs row by row */
  bool event_index;   /* the host tells spanevent.event_index */
  bool experimental;  /* lambdas and what takes them; contexts profile and profilesample, ProfileID: they may change */
  bool literal_lists; /* parameters that take a list literal or a list take the literal only, as before 1.0 */
  ottl_function_set functions;
  bool explain; /* adds notes: what may fail on some records, and what is superfluous; for people, not for running */
  ottl_on_failure on_failure; /* TRANSFORM: of groups that do not say */
  bool lint;                  /* warns of what compiles and runs, and is not what was meant; for people, not for running */
  bool flatten;    /* TRANSFORM: each item (log record, span, metric) has a resource and scope of its own while groups run; equal
                   ones are put together again afterwards (the collector's `flatten_data`) */
  uint32_t compat; /* warns of what collector-contrib v0.`compat` is known not to have (grammar/versions.def); 0: not asked */
} ottl_compile_options;

/* Defaults: transform, malloc, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_compile_options_init(ottl_compile_options *options);

/* Compiles groups.
 * groups, sources: borrowed for the call. ret_diags: may be NULL; else set in every case (NULL: nothing to tell).
 * Owns: the caller frees the program with ottl_program_free, the diagnostics with ottl_diags_free.
 * Fails: COMPILE (see the diagnostics), UNSUPPORTED (a function or feature of OTTL that this build lacks; diagnostics tell),
 * LIMIT, NOMEM, INVALID_ARG. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_program_compile(const ottl_group *groups, size_t n_groups,
                                                          const ottl_compile_options *options, ottl_program **ret_program,
                                                          ottl_diags **ret_diags);

/* Compiles the text of an .ottl file: one statement (FILTER: condition) a line, an indented line continues the one before, a line
 * that starts with `#` is a comment, a line `context: NAME` sets the context for what follows (else it is inferred).
 * error_mode holds for all groups. The rest as ottl_program_compile. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_program_compile_text(const char *text, size_t len, const char *name,
                                                               ottl_error_mode error_mode, const ottl_compile_options *options,
                                                               ottl_program **ret_program, ottl_diags **ret_diags);

/* NULL is accepted. No exec of the program may be alive. Threads: any, once. Since 0.1. */
OTTL_API void ottl_program_free(ottl_program *program);

/* The signal the program works on; OTTL_SIGNAL_NONE if its contexts are those of every signal (resource, scope).
 * Never fails; any thread; since 0.1. */
OTTL_API ottl_signal ottl_program_signal(const ottl_program *program);
/* Number of groups; one with each_condition counts once for each context that its conditions have. */
OTTL_API size_t ottl_program_groups(const ottl_program *program);
/* Name of the context of a group, such as "log"; lives as long as the program; NULL when there is no such group. */
OTTL_API const char *ottl_program_context(const ottl_program *program, size_t group);
/* What failures of a group, by its number among those that were compiled (ottl_row_error.group), lead to; PROPAGATE when there is
 * no such group. Never fails; any thread; since 0.1. */
OTTL_API ottl_error_mode ottl_program_error_mode(const ottl_program *program, size_t group);
/* Is this group run in the order of rows (row by row, or in rounds of rows that share nothing), because rows see each other's
 * writes? Never fails; any thread; since 0.1. */
OTTL_API bool ottl_program_row_order(const ottl_program *program, size_t group);

/* Writes the bytecode as text. Owns: *ret_text is the caller's, freed with ottl_text_free. Fails: NOMEM. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_program_disassemble(const ottl_program *program, char **ret_text, size_t *ret_len);
OTTL_API void ottl_text_free(const ottl_program *program, char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
