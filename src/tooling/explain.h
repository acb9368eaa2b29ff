/* Explaining programs: the tree that text, JSON and flame graphs are made of.
 *
 *   api      gives programs: checked groups, their code and what it is for, meters
 *   tree     works out of them, statement by statement, what there is to tell
 *   text, cost, json, svg    tell it */
#ifndef OTTL_SRC_TOOLING_EXPLAIN_H
#define OTTL_SRC_TOOLING_EXPLAIN_H

#include "ottl/explain.h"
#include "vm/meter.h"

/* ---- what comes in ---- */

typedef struct explain_code {
  const ottl_checked_group *checked;
  const ottl_code *code;
  code_debug debug;
  const vm_meter *meter;  /* NULL: not run */
  uint32_t group;         /* the caller's */
  const uint32_t *number; /* by part: of the statement, of the condition (in its group), or of the route */
} explain_code;

typedef struct explain_program {
  const char *name; /* NULL: none */
  ottl_kind kind;
  ottl_signal signal;
  bool flatten;
  const ottl_source *sources;
  uint32_t first_source, n_sources;
  explain_code *codes;
  uint32_t n_codes;
  bool profiled;
  ottl_profile_total_info total;
  struct explain_group *groups; /* the tree: by code */
} explain_program;

/* ---- the tree ---- */

typedef struct explain_texts {
  ottl_view *items;
  uint32_t n, cap;
} explain_texts;

/* An expression, and something about it. */
typedef struct explain_note {
  const ottl_expr *expr;
  uint32_t what; /* level it is computed at; part that it is shared with; OTTL_FAIL_* */
} explain_note;

typedef struct explain_notes {
  explain_note *items;
  uint32_t n, cap;
} explain_notes;

typedef struct explain_part {
  const ottl_expr *call, *where; /* a condition: where alone; a value: call alone */
  const ottl_source *source;
  bool condition;
  uint32_t number; /* from 0 */
  uint8_t level;   /* that it runs at; above its group's: once for many records */
  bool never;      /* runs */
  explain_texts reads, writes;
  explain_notes once, shares, fails, memo;
  /* profiled; counts of one pass */
  meter_part count;
  uint64_t ns; /* of all passes */
  const code_operand *operands;
  const meter_operand *operand_counts; /* of all passes */
  uint32_t n_operands;
} explain_part;

typedef struct explain_map {
  ottl_view path;
  bool entries;  /* all of it is read, not just keys that are named */
  uint32_t part; /* that wants all of it; UINT32_MAX: not known */
} explain_map;

typedef struct explain_group {
  const explain_code *code;
  explain_part *parts;
  uint32_t n_parts;
  explain_texts reads, writes;
  explain_map *maps;
  uint32_t n_maps;
} explain_group;

typedef struct explain {
  ottl_arena *arena;
  const ottl_explain_options *options;
  explain_program *programs;
  size_t n;
  uint64_t passes;
  uint64_t total_ns; /* of all programs: reading, statements, writing */
  ottl_status status;
} explain;

/* Works out the groups of all programs. */
OTTL_MUST_CHECK ottl_status ottl__explain_tree(explain *x);

void ottl__explain_text(const explain *x, ottl_sbuf *out);
void ottl__explain_costs(const explain *x, ottl_sbuf *out); /* the table of text */
void ottl__explain_json(const explain *x, ottl_sbuf *out);
OTTL_MUST_CHECK ottl_status ottl__explain_svg(const explain *x, ottl_sbuf *out);

/* ---- for those who tell ---- */

const ottl_source *ottl__explain_source(const explain_program *p, uint32_t id);
/* The text of an expression as it is written. */
ottl_view ottl__explain_written(const explain_program *p, const ottl_expr *x);
/* The same on one line: white space outside of strings is one blank. most: columns, then "..."; 0: all. */
void ottl__explain_line(ottl_sbuf *out, ottl_view text, size_t most);
/* What a row of the level is, seen from the group: "resource", "span"; "run" for what depends on no row. */
const char *ottl__explain_level(const explain_group *g, uint32_t level);
const char *ottl__explain_part_kind(const explain_program *p, const explain_part *part); /* "statement", "condition", "route" */
/* "statement 2", "condition 1", "route 3" */
void ottl__explain_part_name(ottl_sbuf *out, const explain_program *p, const explain_group *g, uint32_t part);
/* "vectorized", "record by record", "record by record, in rounds" (of records under different parents) */
const char *ottl__explain_how(const explain_group *g);
/* Why the group runs record by record; nothing when it does not. */
void ottl__explain_order(ottl_sbuf *out, const explain_program *p, const explain_group *g);
/* "log: `log.body` (a.ottl:1:5)" */
void ottl__explain_context(ottl_sbuf *out, const explain_program *p, const explain_group *g);
const char *ottl__explain_mode(uint8_t error_mode);
const char *ottl__explain_fail(uint32_t classes); /* "types", "values", "types and values" */

/* The operands of an expression, those of calls included; calls `visit` for each. */
void ottl__explain_kids(const ottl_expr *x, void (*visit)(void *context, const ottl_expr *kid), void *context);

/* A converter that is a condition stands for itself: people see one expression. */
static inline const ottl_expr *explain_seen(const ottl_expr *x) { return x->kind == OTTL_E_TRUTH ? x->kids[0] : x; }

static inline uint32_t explain_parts(const ottl_code *code) { return code->n_conditions + code->n_statements; }
static inline uint64_t explain_count(const explain *x, uint64_t n) { return n / x->passes; }

#endif
