/* What the reference's Simplify does where it matters: counts that are no counts, and operators applied twice. Also questions
 * about trees. All walks are as deep as the tree, which the parser keeps under 1000. */
#include "regex/ast.h"

bool ottl__regex_simplify(ottl_arena *arena, rx_node **node) {
  rx_node *n = *node;
  for (size_t i = 0; i < n->n_subs; i++) {
    if (!ottl__regex_simplify(arena, &n->subs[i])) return false;
  }
  if (n->op < RX_STAR || n->op > RX_REPEAT) return true;
  rx_node *sub = n->subs[0];
  if (n->op == RX_REPEAT) {
    if (n->max == 0) return true; /* matches only the empty string, but its groups keep their numbers */
    if (n->min == 1 && n->max == 1) {
      *node = sub;
      return true;
    }
    if (n->min == 0 && n->max == -1) n->op = RX_STAR;
    if (n->min == 1 && n->max == -1) n->op = RX_PLUS;
    if (n->min == 0 && n->max == 1) n->op = RX_QUEST;
  }
  bool same = n->op != RX_REPEAT && sub->op == n->op && ((sub->flags ^ n->flags) & RX_NON_GREEDY) == 0;
  if (sub->op == RX_EMPTY || same) *node = sub;
  return true;
}

static void simplify_drop(rx_node **node, uint32_t *n_groups) {
  while ((*node)->op == RX_CAPTURE && !(*node)->name.len) *node = (*node)->subs[0];
  rx_node *n = *node;
  if (n->op == RX_CAPTURE) n->cap = ++*n_groups;
  for (size_t i = 0; i < n->n_subs; i++) simplify_drop(&n->subs[i], n_groups);
}

void ottl__regex_drop_unnamed(rx_tree *tree) {
  tree->n_groups = 0;
  simplify_drop(&tree->root, &tree->n_groups);
}

bool ottl__regex_nullable(const rx_node *n) {
  switch (n->op) {
  case RX_NO_MATCH:
  case RX_CLASS:
  case RX_ANY:
  case RX_ANY_NOT_NL: return false;
  case RX_LITERAL: return n->n_runes == 0;
  case RX_CAPTURE:
  case RX_PLUS: return ottl__regex_nullable(n->subs[0]);
  case RX_REPEAT: return n->min == 0 || ottl__regex_nullable(n->subs[0]);
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (!ottl__regex_nullable(n->subs[i])) return false;
    }
    return true;
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (ottl__regex_nullable(n->subs[i])) return true;
    }
    return false;
  default: return true;
  }
}

bool ottl__regex_anchored(const rx_node *n) {
  switch (n->op) {
  case RX_BEGIN_TEXT: return true;
  case RX_CAPTURE:
  case RX_PLUS:
  case RX_CONCAT: return ottl__regex_anchored(n->subs[0]);
  case RX_REPEAT: return n->min > 0 && ottl__regex_anchored(n->subs[0]);
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (!ottl__regex_anchored(n->subs[i])) return false;
    }
    return true;
  default: return false;
  }
}

bool ottl__regex_has(const rx_node *n, rx_op first, rx_op last) {
  if (n->op >= first && n->op <= last) return true;
  for (size_t i = 0; i < n->n_subs; i++) {
    if (ottl__regex_has(n->subs[i], first, last)) return true;
  }
  return false;
}

/* About how many ways there are to take the same text; SIZE_MAX: no limit. */
static size_t simplify_ways(const rx_node *n) {
  enum { MOST = 1000, REPEATS = 10 };
  size_t ways = 1;
  if (n->op == RX_STAR || n->op == RX_PLUS || (n->op == RX_REPEAT && (n->max == -1 || n->max > REPEATS))) return SIZE_MAX;
  if (n->op == RX_ALTERNATE) ways = 0;
  for (size_t i = 0; i < n->n_subs; i++) {
    size_t sub = simplify_ways(n->subs[i]);
    if (sub > MOST) return SIZE_MAX;
    ways = n->op == RX_ALTERNATE ? ways + sub : ways * sub;
    if (ways > MOST) return SIZE_MAX;
  }
  if (n->op == RX_QUEST) return ways + 1;
  if (n->op != RX_REPEAT) return ways;
  size_t sum = 0, power = 1;
  for (int i = 0; i <= n->max && sum <= MOST; i++, power *= ways) {
    if (i >= n->min) sum += power;
    if (power > MOST) return SIZE_MAX;
  }
  return sum > MOST ? SIZE_MAX : sum;
}

bool ottl__regex_unbounded(const rx_node *n) { return simplify_ways(n) == SIZE_MAX; }
