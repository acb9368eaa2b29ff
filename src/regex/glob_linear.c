/* A machine for glob patterns that looks at each rune of the subject once: all states at the same time. */
#include "regex/glob_impl.h"

enum { GLIN_MATCH, GLIN_NODE, GLIN_RUNE, GLIN_SPLIT };

/* Number of instructions below a node. */
static uint32_t glin_size(const glob_node *n) {
  uint32_t size = 0;
  switch (n->kind) {
  case GLOB_NOTHING: return 0;
  case GLOB_TEXT: return (uint32_t)ottl__utf8_count(n->text);
  case GLOB_STAR:
  case GLOB_SUPER: return 2;
  case GLOB_ANY_OF: size = n->n; break;
  case GLOB_PATTERN: break;
  default: return 1;
  }
  for (uint32_t i = 0; i < n->n; i++) size += glin_size(n->child[i]);
  return size;
}

/* Writes the code of a node, which goes on at `out`, from the end towards the beginning; returns where it begins. */
static uint32_t glin_emit(glob_inst *code, uint32_t *at, const glob_node *n, uint32_t out) {
  switch (n->kind) {
  case GLOB_TEXT:
    for (ottl_view rest = n->text; rest.len;) {
      uint32_t rune;
      rest.len -= (size_t)ottl__utf8_decode_last(rest, &rune);
      code[*at] = (glob_inst){.op = GLIN_RUNE, .rune = rune, .out = out};
      out = (*at)++;
    }
    return out;
  case GLOB_STAR:
  case GLOB_SUPER: {
    uint32_t split = (*at)++, any = (*at)++;
    code[split] = (glob_inst){.op = GLIN_SPLIT, .out = any, .alt = out};
    code[any] = (glob_inst){.op = GLIN_NODE, .node = n, .out = split};
    return split;
  }
  case GLOB_ANY_OF: {
    uint32_t first = UINT32_MAX;
    for (uint32_t i = n->n; i-- > 0;) {
      uint32_t begin = glin_emit(code, at, n->child[i], out);
      code[*at] = (glob_inst){.op = GLIN_SPLIT, .out = begin, .alt = first == UINT32_MAX ? begin : first};
      first = (*at)++;
    }
    return first == UINT32_MAX ? out : first;
  }
  case GLOB_NOTHING:
  case GLOB_PATTERN:
    for (uint32_t i = n->n; i-- > 0;) out = glin_emit(code, at, n->child[i], out);
    return out;
  default: code[*at] = (glob_inst){.op = GLIN_NODE, .node = n, .out = out}; return (*at)++;
  }
}

/* The last instruction is the first that runs: a split to the beginning. */
ottl_status ottl__glob_linear_build(ottl_glob *g) {
  uint32_t n = glin_size(g->root) + 2, at = 1;
  glob_inst *code = arena_array(&g->arena, n, sizeof *code);
  if (!code) return OTTL_NOMEM;
  code[0] = (glob_inst){.op = GLIN_MATCH};
  uint32_t begin = glin_emit(code, &at, g->root, 0);
  code[at++] = (glob_inst){.op = GLIN_SPLIT, .out = begin, .alt = begin};
  assert(at == n);
  g->code = code;
  g->n_code = at;
  return OTTL_OK;
}

typedef struct glin_set {
  uint32_t *dense, *stack;
  uint64_t *seen;
  uint32_t n;
} glin_set;

static void glin_enter(const ottl_glob *g, glin_set *set, uint32_t start) {
  uint32_t depth = 0;
  set->stack[depth++] = start;
  while (depth) {
    uint32_t i = set->stack[--depth];
    if (set->seen[i / 64] >> (i % 64) & 1) continue;
    set->seen[i / 64] |= (uint64_t)1 << (i % 64);
    if (g->code[i].op == GLIN_SPLIT) {
      set->stack[depth++] = g->code[i].out;
      set->stack[depth++] = g->code[i].alt;
    } else {
      set->dense[set->n++] = i;
    }
  }
}

static bool glin_takes(const glob_inst *in, uint32_t rune) {
  if (in->op == GLIN_RUNE) return in->rune == rune;
  if (in->op != GLIN_NODE) return false;
  switch (in->node->kind) {
  case GLOB_LIST: return ottl__glob_in_list(in->node->text, rune) != in->node->not;
  case GLOB_RANGE: return (rune >= in->node->lo && rune <= in->node->hi) != in->node->not;
  default: return true;
  }
}

ottl_status ottl__glob_linear_match(const ottl_glob *g, ottl_arena *scratch, ottl_view subject, bool *ret) {
  size_t words = (g->n_code + 63) / 64;
  glin_set now = {.n = 0}, next;
  now.dense = arena_array(scratch, g->n_code, sizeof(uint32_t));
  next.dense = arena_array(scratch, g->n_code, sizeof(uint32_t));
  now.stack = next.stack = arena_array(scratch, 2 * (size_t)g->n_code + 2, sizeof(uint32_t));
  now.seen = next.seen = arena_array(scratch, words, sizeof(uint64_t));
  if (!now.dense || !next.dense || !now.stack || !now.seen) return OTTL_NOMEM;
  memset(now.seen, 0, words * 8);
  glin_enter(g, &now, g->n_code - 1);
  for (size_t at = 0; at < subject.len && now.n;) {
    uint32_t rune;
    at += (size_t)utf8_decode(subject.data + at, subject.len - at, &rune);
    next.n = 0;
    memset(next.seen, 0, words * 8);
    for (uint32_t k = 0; k < now.n; k++) {
      const glob_inst *in = &g->code[now.dense[k]];
      if (glin_takes(in, rune)) glin_enter(g, &next, in->out);
    }
    uint32_t *dense = now.dense;
    now.dense = next.dense;
    now.n = next.n;
    next.dense = dense;
  }
  *ret = false;
  for (uint32_t k = 0; k < now.n; k++) *ret |= g->code[now.dense[k]].op == GLIN_MATCH;
  return OTTL_OK;
}
