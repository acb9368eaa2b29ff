/* Collector configurations: the transform and filter processors and the routing connectors of a collector's YAML file as programs.
 *
 *   ottl_config_parse      YAML (or JSON) to a configuration: what is there, and is it what the processors take?
 *   ottl_config_processor  which processors it has;  ottl_config_pipeline: and in which order the pipelines use them
 *   ottl_config_compile    one processor for one signal to a program, which runs like any other (exec.h)
 *   ottl_config_other_check  what is to be told of OTTL in components that are not run (tail_sampling, count, ...)
 *
 * What the collector refuses is refused, with the place in the file; processors of other types are passed over. */
#ifndef OTTL_CONFIG_H
#define OTTL_CONFIG_H

#include "ottl/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_config ottl_config;

typedef enum ottl_processor_type { OTTL_PROCESSOR_TRANSFORM = 0, OTTL_PROCESSOR_FILTER = 1 } ottl_processor_type;

/* What the text is. */
typedef enum ottl_config_form {
  OTTL_CONFIG_COLLECTOR = 0, /* a collector's file: `processors`, `service`, ... */
  OTTL_CONFIG_TRANSFORM = 1, /* what stands below `transform:` alone */
  OTTL_CONFIG_FILTER = 2,    /* what stands below `filter:` alone */
  OTTL_CONFIG_ROUTING = 3    /* what stands below `routing:` alone */
} ottl_config_form;

/* The value of a variable of the environment, NULL when it is not set; read before the next call. */
typedef const char *(*ottl_config_env)(void *context, const char *name);

typedef struct ottl_config_options {
  size_t struct_size;              /* sizeof(ottl_config_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the configuration. The YAML reader itself uses malloc */
  ottl_config_form form;
  const char *name;    /* file name for diagnostics; NULL: none */
  bool keep_variables; /* ${env:NAME}, ${NAME} and $$ are not replaced: for texts that a collector has read before */
  ottl_config_env env; /* NULL: no variable is set */
  void *env_context;
  bool flatten_logs; /* the collector's feature gate transform.flatten.logs is on: flatten_data may be used */
  bool
      keep_going; /* for people: what is wrong is told and left out; with COMPILE comes a configuration of what is left, if it is YAML */
  uint32_t compat; /* warns of keys that collector-contrib v0.`compat` is known not to have; 0: not asked */
} ottl_config_options;

/* Defaults: a collector's file, variables replaced, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_config_options_init(ottl_config_options *options);

/* Reads a configuration. options: may be NULL. ret_diags: may be NULL; else set in every case (NULL: nothing to tell).
 * Owns: the caller frees the configuration with ottl_config_free, the diagnostics with ottl_diags_free; the text need not outlive
 * the call. *ret_config is left alone on failure, but for `keep_going`. Fails: COMPILE (see the diagnostics), UNSUPPORTED, LIMIT, NOMEM, INVALID_ARG. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_parse(const char *text, size_t len, const ottl_config_options *options,
                                                       ottl_config **ret_config, ottl_diags **ret_diags);
/* NULL is accepted. Programs made from it live on. Threads: any, once. Since 0.1. */
OTTL_API void ottl_config_free(ottl_config *config);

typedef struct ottl_config_processor_info {
  ottl_view name; /* "transform", "filter/drop-health-checks"; lives as long as the configuration */
  ottl_processor_type type;
  uint32_t line; /* of its name, from 1 */
} ottl_config_processor_info;

/* Processors of the types above in the order of the file. Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_config_processors(const ottl_config *config);
/* Fails: INVALID_ARG (no such processor). Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_processor(const ottl_config *config, size_t processor,
                                                           ottl_config_processor_info *ret);

typedef struct ottl_config_pipeline_info {
  ottl_view name; /* "logs", "traces/2" */
  ottl_signal signal;
  const size_t *processors; /* numbers of the processors that it uses, in its order, those of other types left out */
  size_t n_processors;
  size_t n_others; /* processors of other types: they are passed over */
} ottl_config_pipeline_info;

/* Pipelines of `service` in the order of the file, those of signals that this build does not know left out.
 * Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_config_pipelines(const ottl_config *config);
/* Fails: INVALID_ARG (no such pipeline). Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_pipeline(const ottl_config *config, size_t pipeline,
                                                          ottl_config_pipeline_info *ret);

/* Compiles a processor for one signal. As in the collector, what it has for other signals is checked as well.
 * options: may be NULL; kind, signal, paths and functions are the processor's. A program without groups changes nothing.
 * Owns, fails: as ottl_program_compile. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_compile(const ottl_config *config, size_t processor, ottl_signal signal,
                                                         const ottl_compile_options *options, ottl_program **ret_program,
                                                         ottl_diags **ret_diags);

typedef struct ottl_config_connector_info {
  ottl_view name;     /* "routing", "routing/by-tenant"; lives as long as the configuration */
  uint32_t line;      /* of its name, from 1 */
  ottl_signal signal; /* of the first pipeline that its table names; NONE: not one that this build knows */
} ottl_config_connector_info;

/* Routing connectors in the order of the file; connectors of other types are passed over. Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_config_connectors(const ottl_config *config);
/* Fails: INVALID_ARG (no such connector). Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_connector(const ottl_config *config, size_t connector,
                                                           ottl_config_connector_info *ret);

/* Compiles a routing connector for one signal: see route.h. All its pipelines are of that signal. options: may be NULL; of them
 * allocator, row_order and experimental count. Owns, fails: as ottl_program_compile. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_connector_compile(const ottl_config *config, size_t connector,
                                                                   ottl_signal signal, const ottl_compile_options *options,
                                                                   ottl_program **ret_program, ottl_diags **ret_diags);

typedef struct ottl_config_other_info {
  ottl_view name;      /* "tail_sampling", "count/errors"; lives as long as the configuration */
  const char *section; /* "processors", "connectors", "exporters" */
  uint32_t line;       /* of its name, from 1 */
} ottl_config_other_info;

/* Components that are not run, and whose OTTL can be checked (docs/config.md has the list), section by section in the order of the file.
 * Never fails; any thread; since 0.1. */
OTTL_API size_t ottl_config_others(const ottl_config *config);
/* Fails: INVALID_ARG (no such component). Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_other(const ottl_config *config, size_t other, ottl_config_other_info *ret);
/* Compiles the OTTL of such a component for what is told of it. options: may be NULL; kind, signal, paths and functions are the
 * component's. Owns, fails: as ottl_program_compile. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_config_other_check(const ottl_config *config, size_t other,
                                                             const ottl_compile_options *options, ottl_diags **ret_diags);

#ifdef __cplusplus
}
#endif
#endif
