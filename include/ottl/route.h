/* Routing: which records of a payload go to which pipeline, as the collector's routing connector decides it.
 *
 *   ottl_route_compile         a table of conditions to a program;  ottl_config_connector_compile (config.h): one of a configuration
 *   ottl_exec_create, _run     as for any program (exec.h), on one export request; the result has counts and no payload
 *   ottl_route_output          what a pipeline gets of the last run
 *
 * Routes are tried in order. A record that a route takes goes to each of its pipelines, under a copy of its resource and scope, and is
 * not looked at by later routes, unless the route takes copies; a failure of a condition is no match. What no route takes goes to the
 * default pipelines. What a pipeline gets is in the order of the routes, what came by default last. */
#ifndef OTTL_ROUTE_H
#define OTTL_ROUTE_H

#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_route {
  size_t struct_size; /* sizeof(ottl_route) */
  const char
      *context; /* "otelcol", "resource", "span", "metric", "datapoint", "log", or "request"; NULL: inferred, else "resource" */
  ottl_snippet text;
  bool statement; /* `route() where ...`, or delete_key and delete_matching_keys; else the text is a condition */
  bool copy;      /* later routes see what this one took */
  const ottl_view *pipelines;
  size_t n_pipelines;
} ottl_route;

typedef struct ottl_route_options {
  size_t struct_size;              /* sizeof(ottl_route_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the program */
  ottl_signal signal;              /* of the payloads; NONE: from the contexts */
  ottl_error_mode error_mode;      /* propagate: a failure refuses the payload; else it is no match */
  bool row_order;                  /* testing: as in ottl_compile_options */
  bool experimental;               /* as in ottl_compile_options */
  bool lint, explain;              /* as in ottl_compile_options */
  uint32_t compat;                 /* as in ottl_compile_options */
  const ottl_view *default_pipelines;
  size_t n_default_pipelines;
} ottl_route_options;

/* Defaults: error mode ignore, as in the connector; everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_route_options_init(ottl_route_options *options);

/* Compiles a routing table; routes, texts: borrowed for the call. options: may be NULL. Names of pipelines are any text here.
 * Owns, fails: as ottl_program_compile. A route that repeats an earlier one is left out, with a warning. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_route_compile(const ottl_route *routes, size_t n_routes,
                                                        const ottl_route_options *options, ottl_program **ret_program,
                                                        ottl_diags **ret_diags);

/* Pipelines of a routing program, each once, in the order in which the table names them, those by default last; 0 for other programs.
 * Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_route_pipelines(const ottl_program *program);
/* Fails: an empty view when there is no such pipeline. Lives as long as the program. Any thread; since 0.1. */
OTTL_API ottl_view ottl_route_pipeline(const ottl_program *program, size_t pipeline);

typedef struct ottl_route_payload {
  const uint8_t *data; /* an export request; NULL: the pipeline gets nothing */
  size_t len;
  bool whole;       /* nothing was taken, copied or changed before: these are the bytes that came in */
  uint64_t records; /* log records, spans, metrics; a metric whose data points went several ways counts in each */
} ottl_route_payload;

/* What a pipeline gets of the last run, which was OK. Borrowed until the next run or free.
 * Fails: INVALID_ARG (no such pipeline, not a routing program, or the last run failed). Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_route_output(const ottl_exec *exec, size_t pipeline, ottl_route_payload *ret);

#ifdef __cplusplus
}
#endif
#endif
