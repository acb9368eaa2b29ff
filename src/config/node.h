/* Configurations as trees: YAML (JSON is YAML) with the place of everything kept.
 *
 * Nodes live in an arena and never change once they are read; an alias is a copy of the node it stands for that shares its kids,
 * so that a file's tree is never larger than the file, and `weight` counts what walking it costs. */
#ifndef OTTL_SRC_CONFIG_NODE_H
#define OTTL_SRC_CONFIG_NODE_H

#include "diag/diag.h"
#include "ottl/config.h"

/* Kinds as the collector's YAML library gives them: they decide what a field takes. */
typedef enum cfg_kind { CFG_NULL, CFG_BOOL, CFG_INT, CFG_FLOAT, CFG_STRING, CFG_LIST, CFG_MAP } cfg_kind;

/* How a scalar is written. */
typedef enum cfg_style { CFG_PLAIN, CFG_SINGLE_QUOTED, CFG_DOUBLE_QUOTED, CFG_LITERAL, CFG_FOLDED } cfg_style;

typedef struct cfg_node {
  uint8_t kind;                /* cfg_kind */
  uint8_t style;               /* scalars: cfg_style */
  bool verbatim;               /* a scalar whose text stands in the file as it is, from `begin` on */
  bool from_host;              /* a scalar that came out of ${...}: a field of strings takes it whatever its kind */
  bool open;                   /* what it says hangs on a variable that is not set */
  bool boolean;                /* BOOL */
  uint32_t begin, end;         /* bytes of the file; `begin` of a scalar is its first character, behind quotes */
  uint32_t raw_begin, raw_end; /* scalars: with quotes, or from the `|` or `>` of a block on */
  uint32_t indent;             /* of a block's lines */
  uint32_t n;                  /* LIST, MAP: kids */
  uint32_t weight;             /* nodes of the tree with aliases followed */
  ottl_view text;              /* scalars; lists and maps that came out of ${...}: what a field of strings takes for them */
  ottl_view key;               /* in a MAP */
  uint32_t key_begin, key_end;
  int64_t integer; /* INT */
  double number;   /* FLOAT */
  const struct cfg_node *first, *next;
} cfg_node;

/* What reading a configuration needs everywhere. */
typedef struct cfg_reader {
  ottl_arena *arena;
  ottl_allocator al;
  ottl_diags *diags;
  uint32_t source; /* of the file in diags */
  ottl_view text, name;
  const uint32_t *lines; /* where each line of the text begins */
  uint32_t n_lines;
  const ottl_config_options *options;
  uint64_t nodes; /* read, with aliases followed, those of variables too */
  uint32_t n_errors;
  ottl_status fatal;      /* NOMEM, LIMIT */
  const cfg_node *placed; /* `places` are of its text */
  const uint32_t *places;
} cfg_reader;

static inline ottl_span cfg_span(const cfg_reader *r, const cfg_node *n) { return (ottl_span){r->source, n->begin, n->end}; }
static inline ottl_span cfg_key_span(const cfg_reader *r, const cfg_node *n) {
  return (ottl_span){r->source, n->key_begin, n->key_end};
}
#define CFG_ERROR(r, code, span, ...) ((r)->n_errors++, ottl__diag_add((r)->diags, DIAG_##code, span, __VA_ARGS__))

#define CFG_EACH(list, kid) for (const cfg_node *kid = (list) ? (list)->first : NULL; kid; kid = kid->next)

/* yaml.c: the first document of the text, whose places are those of `source`; NULL after a diagnostic, or with `fatal` set. An
 * empty document is a NULL node. */
cfg_node *ottl__cfg_read(cfg_reader *r, ottl_view text);

/* scalar.c: the kind of a plain scalar, and its value. */
void ottl__cfg_resolve(cfg_node *node);

/* expand.c: ${env:NAME}, ${NAME} and $$ in all values of the tree, as the collector's resolver does it. NULL as above. */
cfg_node *ottl__cfg_expand(cfg_reader *r, const cfg_node *node);

#endif
