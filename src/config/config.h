/* A configuration that was read: processors as groups of statements and conditions, ready for the compiler. */
#ifndef OTTL_SRC_CONFIG_CONFIG_H
#define OTTL_SRC_CONFIG_CONFIG_H

#include "config/node.h"

/* What a processor does with one signal. */
typedef struct cfg_part {
  ottl_group *groups;
  const cfg_node **modes; /* of each group: what gives it its error mode; NULL: nothing does */
  size_t n_groups, cap_groups;
  const cfg_node *mode;    /* of the processor, for groups without their own */
  const cfg_node *old;     /* a key that is deprecated; NULL: none */
  bool matched;            /* made of match properties */
  const cfg_node *problem; /* what is wrong with it when the signal is wanted; NULL: nothing */
  ottl_diag_code problem_code;
  ottl_view problem_text;
} cfg_part;

/* Rows of grammar/signals.def. */
typedef enum cfg_signal {
#define SIGNAL(id, signal, pipeline, prefix, section) CFG_##id,
#include "signals.def"
#undef SIGNAL
  CFG_SIGNALS
} cfg_signal;

typedef struct cfg_signal_info {
  ottl_signal signal;   /* NONE: this build cannot run it */
  const char *pipeline; /* "logs" */
  const char *prefix;   /* "log", of log_statements and log_conditions */
  const char *section;  /* of the filter's old lists */
} cfg_signal_info;
extern const cfg_signal_info ottl__cfg_signals[CFG_SIGNALS];

typedef struct cfg_processor {
  ottl_view name;
  uint8_t type; /* ottl_processor_type */
  bool flatten;
  uint32_t line;
  ottl_error_mode error_mode;
  cfg_part parts[CFG_SIGNALS];
} cfg_processor;

typedef struct cfg_pipeline {
  ottl_view name;
  ottl_signal signal;
  size_t *processors;
  size_t n_processors, n_others;
} cfg_pipeline;

/* A pipeline that a route leads to. */
typedef struct cfg_target {
  ottl_view name;
  cfg_signal signal;
  const cfg_node *node;
} cfg_target;

typedef struct cfg_route {
  const char *context;
  ottl_snippet text;
  bool statement, copy;
  bool doubtful; /* its context is not known */
  cfg_target *targets;
  size_t n_targets;
} cfg_route;

/* A routing connector. */
typedef struct cfg_connector {
  ottl_view name;
  uint32_t line;
  ottl_error_mode error_mode;
  const cfg_node *mode; /* what gives it; NULL: nothing does */
  cfg_route *routes;
  size_t n_routes;
  cfg_target *defaults;
  size_t n_defaults;
} cfg_connector;

/* What OTTL of a component that is not run is for: grammar/others.def. */
typedef enum cfg_use { CFG_USE_FILTER, CFG_USE_STANDARD, CFG_USE_VALUE, CFG_USES } cfg_use;

/* A component that is not run. Its groups have contexts. */
typedef struct cfg_other {
  ottl_view name;
  const char *section;
  uint32_t line;
  cfg_part parts[CFG_USES];
} cfg_other;

struct ottl_config {
  ottl_allocator al;
  ottl_arena arena;
  uint32_t source;
  ottl_view text, name;
  cfg_processor *processors;
  size_t n_processors, cap_processors;
  cfg_connector *connectors;
  size_t n_connectors;
  cfg_other *others;
  size_t n_others;
  cfg_pipeline *pipelines;
  size_t n_pipelines, cap_pipelines;
};

/* load.c: the text as a tree, with copies of it in the arena of the configuration, and where its lines begin in r.
 * Fails: COMPILE (told), LIMIT, NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__cfg_tree(ottl_config *c, cfg_reader *r, const char *text, size_t len, const cfg_node **ret);
/* What the tree says, in the form of the options. Errors are told and counted in r. */
void ottl__cfg_form(ottl_config *c, cfg_reader *r, const cfg_node *root);

/* transform.c, filter.c, routing.c: what stands below the name of a processor or connector. Errors are told and counted in r. */
void ottl__cfg_transform(cfg_reader *r, const cfg_node *node, cfg_processor *ret);
void ottl__cfg_filter(cfg_reader *r, const cfg_node *node, cfg_processor *ret);
void ottl__cfg_routing(cfg_reader *r, const cfg_node *node, cfg_connector *ret);
/* service.c: all processors and pipelines of a collector's file. */
void ottl__cfg_collector(cfg_reader *r, const cfg_node *root, ottl_config *ret);

/* others.c: OTTL of components that are not run. */
void ottl__cfg_others(cfg_reader *r, const cfg_node *root, ottl_config *ret);
/* How such OTTL is compiled: what it is for and with which functions. */
void ottl__cfg_other_options(cfg_use use, const char *context, ottl_compile_options *o);

/* match.c: the filter's include and exclude, as conditions of OTTL. What the collector finds out only when it makes the processor
 * for the signal becomes a problem of the part. */
void ottl__cfg_match(cfg_reader *r, cfg_signal signal, const cfg_node *include, const cfg_node *exclude, cfg_part *ret);
/* The options of regexp match types: a cache, which this build does without. */
void ottl__cfg_regexp_options(cfg_reader *r, const cfg_node *node);

/* -- decode.c: fields of a map, with the collector's strictness -- */

typedef struct cfg_field {
  const char *name;
  const cfg_node **ret; /* where the value goes; NULL: known, but of no use */
} cfg_field;

/* The fields of a map; other keys are told. NULL nodes and nulls have no fields. False: it is no map. */
bool ottl__cfg_fields(cfg_reader *r, const cfg_node *node, const char *what, const cfg_field *fields, size_t n);
/* As the collector decodes them: nil counts as not given, except where a text is decoded to a name. */
bool ottl__cfg_bool(cfg_reader *r, const cfg_node *node, const char *what, bool *ret);
bool ottl__cfg_text(cfg_reader *r, const cfg_node *node, const char *what, ottl_view *ret);
bool ottl__cfg_error_mode(cfg_reader *r, const cfg_node *node, ottl_error_mode *ret);
/* `set(a["k: v"], 1)` without quotes is a map with a strange key: told, if it is one. */
bool ottl__cfg_torn(cfg_reader *r, const cfg_node *node);
/* A list of strings; a string alone is cut at its commas. */
bool ottl__cfg_strings(cfg_reader *r, const cfg_node *node, const char *what, ottl_snippet **ret, size_t *ret_n);
/* A text of the node, and where it stands. */
/* places.c: where each byte of a scalar's text, which the file has in another form, and its end stand in the file. NULL: out of memory. */
const uint32_t *ottl__cfg_places(const cfg_reader *r, const cfg_node *node);
ottl_snippet ottl__cfg_snippet(cfg_reader *r, const cfg_node *node, ottl_view text);
/* The line of a byte of the file, from 1. */
uint32_t ottl__cfg_line(const cfg_reader *r, size_t at);
/* Must be a list; nulls are none. */
bool ottl__cfg_list(cfg_reader *r, const cfg_node *node, const char *what);
const char *ottl__cfg_kind_name(const cfg_node *node);
/* The part cannot be used for its signal; the first problem counts. */
void ottl__cfg_problem(cfg_reader *r, cfg_part *part, const cfg_node *node, ottl_diag_code code, const char *format, ...)
    OTTL_PRINTF(5, 6);
/* A new group behind the others; NULL: out of memory (`fatal`). */
ottl_group *ottl__cfg_add_group(cfg_reader *r, cfg_part *part);
/* The name of a group's context, one of `contexts` (ended by NULL), and one that the signal has. */
bool ottl__cfg_context(cfg_reader *r, const cfg_node *node, cfg_signal signal, const char *const *contexts, const char **ret);

#endif
