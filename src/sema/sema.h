/* Inside the checker. A sema checks one group; functions give NULL for what cannot be used (a diagnostic was given, or memory
 * ran out: `fatal`), and their callers go on with the rest, so that all errors of a group are told at once. */
#ifndef OTTL_SRC_SEMA_SEMA_H
#define OTTL_SRC_SEMA_SEMA_H

#include "sema/check.h"
#include "sema/narrow.h"
#include "sema/tables.h"

typedef struct sema_prep { /* a call that has something to free */
  ottl_call_site *site;
  struct sema_prep *next;
} sema_prep;

typedef struct sema_lambda { /* a lambda whose body is being checked */
  const ottl_expr *expr;
  uint8_t depth;
  const struct sema_lambda *up;
} sema_lambda;

struct sema {
  ottl_arena *arena;
  ottl_allocator al;
  ottl_diags *diags;
  const ottl_compile_options *options;
  ottl_context_id context;
  ottl_function_set functions;   /* of what is being checked: a group's conditions have another than its statements */
  bool bare;                     /* OTTL_PATHS_BARE */
  bool own;                      /* paths without a context are of the group's own */
  uint8_t dict_maps, dict_lists; /* contexts whose attributes, or attribute_indices, the group names: bits by level */
  uint32_t source;
  uint32_t n_errors, n_unsupported;
  ottl_context_reason reason; /* for the group's context */
  ottl_status fatal;          /* NOMEM, INTERNAL */
  ottl_scratch *scratch;
  const sema_lambda *lambda; /* innermost; NULL: none */
  sema_prep *preps;
  const ottl_expr *told_of; /* the condition last told of as always true or false, and the diagnostic */
  ottl_diag_item *told;
  const sema_fact *facts; /* what is known where an expression stands */
  uint32_t narrow_steps;  /* that learning may still take */
};

#define SEMA_ERROR(s, code, span, ...) ((s)->n_errors++, ottl__diag_add((s)->diags, DIAG_##code, span, __VA_ARGS__))
#define SEMA_LACKS(s, span, ...)       ((s)->n_unsupported++, ottl__diag_add((s)->diags, DIAG_UNSUPPORTED, span, __VA_ARGS__))
#define SEMA_WARN(s, code, span, ...)  ottl__diag_add((s)->diags, DIAG_##code, span, __VA_ARGS__)

static inline ottl_span sema_span(const sema *s, const ottl_node *n) { return (ottl_span){s->source, n->begin, n->end}; }

/* -- value.c: values of any kind -- */
ottl_expr *ottl__sema_new(sema *s, ottl_expr_kind kind, const ottl_node *node, uint32_t n_kids);
ottl_expr *ottl__sema_literal(sema *s, const ottl_node *node, ottl_cell cell);
/* Level, impure and may_fail of the kids go up. */
void ottl__sema_join(ottl_expr *e);
ottl_expr *ottl__sema_value(sema *s, const ottl_node *node);
/* The keys of a call or a path segment; false: one of them is no good. */
bool ottl__sema_keys(sema *s, const ottl_node *first_key, ottl_expr **kids, uint32_t n);
bool ottl__sema_is_literal(const ottl_expr *e, ottl_type type);

/* -- call_help.c: what to do about calls that are refused -- */
/* By what the function, or Go's regular expressions, say of an argument. */
void ottl__call_help_refused(sema *s, ottl_diag_item *d, const char *message, const ottl_node *argument);
/* A value of another type than what is taken: what makes one of it. */
void ottl__call_help_made(sema *s, ottl_diag_item *d, ottl_types takes, const ottl_node *v, const ottl_expr *value);
/* Adds the correction that puts a node between two texts. */
void ottl__fix_around(sema *s, ottl_diag_item *d, const ottl_node *v, const char *before, const char *behind);
/* Too many arguments, because those of a list stand there without brackets: the first of them, from 1; 0: no. */
uint32_t ottl__call_spread(const ottl_function *f, const ottl_node *node, uint32_t n);
bool ottl__call_help_spread(sema *s, ottl_diag_item *d, const ottl_function *f, const ottl_node *node, uint32_t n);

/* A text where an enum's number is wanted: adds the symbol it may mean. False: there is none. */
bool ottl__sema_enum_hint(sema *s, ottl_diag_item *d, const ottl_node *node, const ottl_expr *text);

/* -- lambda.c -- */
/* An argument for a parameter of a LAMBDA kind. */
ottl_expr *ottl__sema_lambda(sema *s, const ottl_node *node, ottl_param_kind kind);
/* A path node whose first name is a parameter of an enclosing lambda. *ret_found false: it is not. */
ottl_expr *ottl__sema_local(sema *s, const ottl_node *node, bool *ret_found);

/* -- condition.c, path.c, call.c -- */
ottl_expr *ottl__sema_condition(sema *s, const ottl_node *node);
ottl_expr *ottl__sema_path(sema *s, const ottl_node *node);
/* The path `spelling`, such as "span.name", that a function reads without being told. */
ottl_expr *ottl__sema_implicit(sema *s, const ottl_node *node, const char *spelling);
ottl_expr *ottl__sema_call(sema *s, const ottl_node *node); /* without its keys */
/* Frees what the calls in a tree that is not needed any more have prepared. */
void ottl__sema_drop(sema *s, ottl_expr *e);

/* -- types.c -- */
ottl_types ottl__types_math(uint8_t op, ottl_types a, ottl_types b, bool *may_fail);
ottl_types ottl__types_index(ottl_types container, ottl_types key);
/* What a parameter takes; *sure: the part of it that cannot fail. */
ottl_types ottl__types_param(ottl_param_kind kind, ottl_types *sure);
/* What can be written to a path; keyed: with keys. */
ottl_types ottl__types_settable(const ottl_path_info *path, bool keyed);
/* Does writing a value of these types never fail, as far as the path itself is concerned? */
bool ottl__types_set_sure(const ottl_path_info *path, bool keyed, ottl_types value);
/* OTTL_FAIL_* of such a write. */
uint8_t ottl__types_set_failures(const ottl_path_info *path, bool keyed, ottl_types takes, ottl_types value);
/* "string, int or nil" */
const char *ottl__types_text(ottl_types types, char *buf, size_t cap);

/* -- suggest.c -- */
/* Distance of two names in edits (a swap of neighbours is one), no more than `most` + 1. */
uint32_t ottl__edit_distance(ottl_view a, ottl_view b, uint32_t most);
typedef struct sema_guess {
  const char *name;
  uint32_t distance;
  ottl_view wanted;
} sema_guess;
sema_guess ottl__guess(ottl_view wanted);
void ottl__guess_try(sema_guess *g, const char *candidate); /* candidate must live on */

/* compat.c: what the collector of options->compat does not have. */
void ottl__compat_group(sema *s, const ottl_checked_group *g);

/* foreign.c: what people write who know another system. */
typedef struct foreign_path {
  uint32_t begin, name_end; /* in the source: from the first segment to the end of the last one, without its keys */
  ottl_view name;           /* without the context */
  ottl_context_id context;
  bool named; /* with the context in front */
  bool keys;
} foreign_path;
/* Adds what is known of a path that is none. False: nothing is. */
bool ottl__foreign_path(sema *s, ottl_diag_item *d, const foreign_path *at);
/* When nothing else is known: an attribute may be meant. */
/* call_help.c: a symbol that there is not was to be written to a path which takes no number: what was said of it is put right. */
void ottl__call_help_symbol(sema *s, const ottl_expr *path, const ottl_node *symbol);
bool ottl__foreign_attribute(sema *s, ottl_diag_item *d, const foreign_path *at);
/* The context that a name of another system stands for. NULL: none. */
const char *ottl__foreign_context(ottl_view name);
/* Help for a key of a component that has no such key (any more). NULL: none. */
const char *ottl__foreign_key(const char *where, ottl_view key);
/* The one symbol of the context that ends in the last word of the name. NULL: none, or several. */
const char *ottl__foreign_symbol(ottl_context_id context, ottl_view name);
/* strcase.ToCamel of github.com/iancoleman/strcase, as the reference applies it to argument names. Needs len + 1 bytes. */
size_t ottl__to_camel(ottl_view name, char *ret);

/* -- check.c -- */
/* Gives a diagnostic when the context is experimental and that is off; c may be OTTL_CONTEXT_COUNT. */
bool ottl__sema_experimental(sema *s, ottl_context_id c, ottl_span span);

/* -- infer.c -- */
typedef struct infer_source {
  const ottl_node *node;
  uint32_t source;
} infer_source;
/* The reference's context inference. Gives OTTL_CONTEXT_COUNT after a diagnostic. *ret_certain: false when no context has all the
 * functions and symbols, and the answer is only good for looking for errors. */
ottl_context_id ottl__sema_infer(sema *s, const infer_source *sources, uint32_t n, bool *ret_certain);

/* -- print.c -- */
/* An s-expression on one line; typed: with the possible types, `!` for what may fail and the level. For tests and dumps. */
void ottl__expr_print(const ottl_expr *e, bool typed, ottl_sbuf *out);

#endif
