/* Compiler of the linear engine: the tree as a program for a Pike machine, built as the reference builds its own, so that
 * loops over things that may be empty give the same answer. */
#include "regex/linear.h"
#include "base/limits.h"
#include "regex/utf8.h"

/* A list of unset exits, threaded through the exits themselves: 2*i is the out and 2*i+1 the arg of instruction i. */
typedef struct lin_list {
  uint32_t head, tail;
} lin_list;
typedef struct lin_frag {
  uint32_t at; /* 0: matches nothing */
  lin_list exits;
  bool nullable;
} lin_frag;
typedef struct lin_build {
  const ottl_allocator *al;
  rx_program *p;
  ottl_status status;
} lin_build;

static uint32_t *lin_exit(rx_program *p, uint32_t e) { return e & 1 ? &p->insts[e >> 1].arg : &p->insts[e >> 1].out; }

static void lin_patch(rx_program *p, lin_list l, uint32_t to) {
  for (uint32_t e = l.head; e;) {
    uint32_t *exit = lin_exit(p, e);
    e = *exit;
    *exit = to;
  }
}

static lin_list lin_append(rx_program *p, lin_list a, lin_list b) {
  if (!a.head) return b;
  if (!b.head) return a;
  *lin_exit(p, a.tail) = b.head;
  return (lin_list){a.head, b.tail};
}

static lin_list lin_one(uint32_t e) { return (lin_list){e, e}; }

static uint32_t lin_add(lin_build *b, lin_op op, uint32_t arg) {
  rx_program *p = b->p;
  if (b->status != OTTL_OK) return 0;
  if (p->n >= OTTL_MAX_REGEX_INSTRUCTIONS) {
    b->status = OTTL_LIMIT;
    return 0;
  }
  b->status = ottl__al_reserve(b->al, &p->insts, &p->cap, p->n + 1, sizeof *p->insts);
  if (b->status != OTTL_OK) return 0;
  p->insts[p->n] = (lin_inst){op, 0, arg};
  return (uint32_t)p->n++;
}

static lin_frag lin_single(lin_build *b, lin_op op, uint32_t arg, bool nullable) {
  uint32_t i = lin_add(b, op, arg);
  return (lin_frag){i, lin_one(i << 1), nullable};
}

static lin_frag lin_cat(lin_build *b, lin_frag x, lin_frag y) {
  if (!x.at || !y.at || b->status != OTTL_OK) return (lin_frag){0};
  lin_patch(b->p, x.exits, y.at);
  return (lin_frag){x.at, y.exits, x.nullable && y.nullable};
}

static lin_frag lin_alt(lin_build *b, lin_frag x, lin_frag y) {
  if (!x.at) return y;
  if (!y.at) return x;
  uint32_t i = lin_add(b, LIN_ALT, y.at);
  if (!i) return (lin_frag){0};
  b->p->insts[i].out = x.at;
  return (lin_frag){i, lin_append(b->p, x.exits, y.exits), x.nullable || y.nullable};
}

/* A fork into x or past it; *past is the exit that passes. */
static uint32_t lin_fork(lin_build *b, lin_frag x, bool lazy, lin_list *past) {
  uint32_t i = lin_add(b, LIN_ALT, 0);
  if (!i) return 0;
  *(lazy ? &b->p->insts[i].arg : &b->p->insts[i].out) = x.at;
  *past = lin_one(lazy ? i << 1 : i << 1 | 1);
  return i;
}

static lin_frag lin_quest(lin_build *b, lin_frag x, bool lazy) {
  lin_list past;
  uint32_t i = lin_fork(b, x, lazy, &past);
  if (!i) return (lin_frag){0};
  return (lin_frag){i, lin_append(b->p, past, x.exits), true};
}

static lin_frag lin_plus(lin_build *b, lin_frag x, bool lazy) {
  lin_list past;
  uint32_t i = lin_fork(b, x, lazy, &past);
  if (!i) return (lin_frag){0};
  lin_patch(b->p, x.exits, i);
  return (lin_frag){x.at, past, x.nullable};
}

static lin_frag lin_star(lin_build *b, lin_frag x, bool lazy) {
  /* (x+)? keeps the order of preference right where x may be empty. */
  if (x.nullable) return lin_quest(b, lin_plus(b, x, lazy), lazy);
  lin_list past;
  uint32_t i = lin_fork(b, x, lazy, &past);
  if (!i) return (lin_frag){0};
  lin_patch(b->p, x.exits, i);
  return (lin_frag){i, past, true};
}

static uint32_t lin_add_class(lin_build *b, rx_class *c) {
  rx_program *p = b->p;
  ottl__regex_class_clean(c);
  if (b->status == OTTL_OK)
    b->status = ottl__al_reserve(b->al, &p->classes, &p->cap_classes, p->n_classes + 1, sizeof *p->classes);
  if (b->status == OTTL_OK)
    b->status = ottl__al_reserve(b->al, &p->ranges, &p->cap_ranges, p->n_ranges + c->n, sizeof *p->ranges);
  if (b->status != OTTL_OK) return 0;
  lin_class *k = &p->classes[p->n_classes];
  *k = (lin_class){.n = (uint32_t)c->n};
  for (size_t i = 0; i < c->n; i++) {
    p->ranges[p->n_ranges++] = c->items[i];
    for (uint32_t r = c->items[i].lo; r <= c->items[i].hi && r < 128; r++) k->ascii[r / 64] |= (uint64_t)1 << r % 64;
  }
  return (uint32_t)p->n_classes++;
}

static lin_frag lin_of_class(lin_build *b, rx_node *n) {
  if (n->class_id == 0) n->class_id = lin_add_class(b, &n->cls) + 1;
  return lin_single(b, LIN_CLASS, n->class_id - 1, false);
}

static lin_frag lin_of_rune(lin_build *b, uint32_t r, bool folded) {
  if (!folded || ottl__regex_fold(r) == r) return lin_single(b, LIN_RUNE, r, false);
  rx_range items[8];
  rx_class c = {.items = items, .dirty = true};
  uint32_t other = r;
  do {
    items[c.n++] = (rx_range){other, other};
    other = ottl__regex_fold(other);
  } while (other != r && c.n < OTTL_COUNT(items));
  return lin_single(b, LIN_CLASS, lin_add_class(b, &c), false);
}

static lin_frag lin_of(lin_build *b, rx_node *n);

static lin_frag lin_of_repeat(lin_build *b, rx_node *n) {
  bool lazy = n->flags & RX_NON_GREEDY;
  rx_node *sub = n->subs[0];
  if (n->max == 0) return lin_single(b, LIN_NOP, 0, true);
  lin_frag f = {0};
  int copies = n->max == -1 ? n->min - 1 : n->min;
  for (int i = 0; i < copies && b->status == OTTL_OK; i++) f = i ? lin_cat(b, f, lin_of(b, sub)) : lin_of(b, sub);
  if (n->max == n->min) return f;
  lin_frag tail;
  if (n->max == -1) {
    tail = lin_plus(b, lin_of(b, sub), lazy);
  } else {
    /* x{2,5} is xx(x(x(x)?)?)?: forward, every optional copy leads to the next, and its fork to the end. */
    lin_list past = {0};
    lin_frag chain = {0};
    for (int i = n->min; i < n->max && b->status == OTTL_OK; i++) {
      uint32_t fork = lin_add(b, LIN_ALT, 0);
      lin_frag x = lin_of(b, sub);
      if (!fork) break;
      *(lazy ? &b->p->insts[fork].arg : &b->p->insts[fork].out) = x.at;
      past = lin_append(b->p, past, lin_one(lazy ? fork << 1 : fork << 1 | 1));
      if (chain.at) {
        lin_patch(b->p, chain.exits, fork);
      } else {
        chain.at = fork;
      }
      chain.exits = x.exits;
    }
    tail = (lin_frag){chain.at, lin_append(b->p, past, chain.exits), true};
  }
  return n->min > 0 && copies > 0 ? lin_cat(b, f, tail) : tail;
}

static lin_frag lin_of(lin_build *b, rx_node *n) {
  lin_frag f = {0};
  if (b->status != OTTL_OK) return f;
  bool lazy = n->flags & RX_NON_GREEDY;
  switch (n->op) {
  case RX_EMPTY: return lin_single(b, LIN_NOP, 0, true);
  case RX_LITERAL:
    if (n->n_runes == 0) return lin_single(b, LIN_NOP, 0, true);
    for (size_t i = 0; i < n->n_runes; i++) {
      lin_frag one = lin_of_rune(b, n->runes[i], n->flags & RX_FOLD);
      f = i ? lin_cat(b, f, one) : one;
    }
    return f;
  case RX_CLASS: return lin_of_class(b, n);
  case RX_ANY_NOT_NL: return lin_single(b, LIN_ANY_NOT_NL, 0, false);
  case RX_ANY: return lin_single(b, LIN_ANY, 0, false);
  case RX_BEGIN_LINE: return lin_single(b, LIN_EMPTY, LIN_BEGIN_LINE, true);
  case RX_END_LINE: return lin_single(b, LIN_EMPTY, LIN_END_LINE, true);
  case RX_BEGIN_TEXT: return lin_single(b, LIN_EMPTY, LIN_BEGIN_TEXT, true);
  case RX_END_TEXT: return lin_single(b, LIN_EMPTY, LIN_END_TEXT, true);
  case RX_WORD: return lin_single(b, LIN_EMPTY, LIN_WORD, true);
  case RX_NOT_WORD: return lin_single(b, LIN_EMPTY, LIN_NOT_WORD, true);
  case RX_CAPTURE: {
    lin_frag open = lin_single(b, LIN_CAP, n->cap * 2, true);
    lin_frag inner = lin_of(b, n->subs[0]);
    lin_frag close = lin_single(b, LIN_CAP, n->cap * 2 + 1, true);
    return lin_cat(b, lin_cat(b, open, inner), close);
  }
  case RX_STAR: return lin_star(b, lin_of(b, n->subs[0]), lazy);
  case RX_PLUS: return lin_plus(b, lin_of(b, n->subs[0]), lazy);
  case RX_QUEST: return lin_quest(b, lin_of(b, n->subs[0]), lazy);
  case RX_REPEAT: return lin_of_repeat(b, n);
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      lin_frag next = lin_of(b, n->subs[i]);
      f = i ? lin_cat(b, f, next) : next;
    }
    return f;
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) f = lin_alt(b, f, lin_of(b, n->subs[i]));
    return f;
  default: return f;
  }
}

static void lin_first_of_class(rx_program *p, const lin_class *c) {
  p->first[0] |= c->ascii[0];
  p->first[1] |= c->ascii[1];
  if (c->n && c->ranges[c->n - 1].hi >= 0x80) p->first[2] = p->first[3] = UINT64_MAX;
}

/* Bytes a match can begin with: a walk over what is reached without consuming. */
static ottl_status lin_find_first(const ottl_allocator *al, rx_program *p) {
  size_t bytes = p->n * sizeof(uint32_t), n = 0;
  uint32_t *todo = al_new(al, bytes);
  uint8_t *seen = al_zero(al, p->n);
  ottl_status status = todo && seen ? OTTL_OK : OTTL_NOMEM;
  if (status == OTTL_OK) {
    todo[n++] = p->start;
    seen[p->start] = 1;
  }
  while (n) {
    const lin_inst *i = &p->insts[todo[--n]];
    switch (i->op) {
    case LIN_MATCH: p->any_first = true; break;
    case LIN_RUNE:
      if (i->arg < 0x80) {
        p->first[i->arg / 64] |= (uint64_t)1 << i->arg % 64;
      } else {
        p->first[2] = p->first[3] = UINT64_MAX;
      }
      break;
    case LIN_CLASS: lin_first_of_class(p, &p->classes[i->arg]); break;
    case LIN_ANY:
    case LIN_ANY_NOT_NL: memset(p->first, 0xff, sizeof p->first); break;
    case LIN_FAIL: break;
    default:
      if (!seen[i->out]) seen[i->out] = 1, todo[n++] = i->out;
      if (i->op == LIN_ALT && !seen[i->arg]) seen[i->arg] = 1, todo[n++] = i->arg;
      break;
    }
  }
  al_free(al, todo, bytes);
  al_free(al, seen, p->n);
  return status;
}

ottl_status ottl__regex_linear_compile(const ottl_allocator *al, const rx_tree *tree, rx_program **ret) {
  rx_program *p = al_zero(al, sizeof *p);
  if (!p) return OTTL_NOMEM;
  lin_build b = {.al = al, .p = p, .status = OTTL_OK};
  (void)lin_add(&b, LIN_FAIL, 0);
  lin_frag f = lin_of(&b, tree->root);
  uint32_t match = lin_add(&b, LIN_MATCH, 0);
  if (b.status == OTTL_OK) {
    if (f.at) lin_patch(p, f.exits, match);
    p->start = f.at;
    p->n_slots = 2 * (tree->n_groups + 1);
    p->anchored = ottl__regex_anchored(tree->root);
    size_t at = 0;
    for (size_t i = 0; i < p->n_classes; i++) {
      p->classes[i].ranges = p->ranges + at;
      at += p->classes[i].n;
    }
    for (size_t i = 0; i < p->n; i++) p->n_threads += p->insts[i].op >= LIN_MATCH && p->insts[i].op <= LIN_ANY_NOT_NL;
  }
  if (b.status == OTTL_OK) b.status = lin_find_first(al, p);
  if (b.status != OTTL_OK) {
    ottl__regex_linear_free(al, p);
    return b.status;
  }
  *ret = p;
  return OTTL_OK;
}

void ottl__regex_linear_free(const ottl_allocator *al, rx_program *p) {
  if (!p) return;
  al_free(al, p->insts, p->cap * sizeof *p->insts);
  al_free(al, p->classes, p->cap_classes * sizeof *p->classes);
  al_free(al, p->ranges, p->cap_ranges * sizeof *p->ranges);
  al_free(al, p, sizeof *p);
}
