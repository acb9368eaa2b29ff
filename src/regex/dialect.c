/* Go's regexp syntax (flags syntax.Perl) to a tree: a stack parser like the reference's own, so that it accepts the same
 * patterns, refuses the others with the same words, and numbers groups alike. Common prefixes of alternatives are not factored
 * out; that changes no match. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>

#include "base/limits.h"
#include "regex/dialect.h"

enum {
  MAX_HEIGHT = 1000,
  MAX_SIZE = (128 << 20) / 40, /* instructions */
  MAX_RUNES = (128 << 20) / 4  /* numbers in literals and classes */
};

bool ottl__regex_parse_fail(rx_parser *p, const char *what, size_t from, size_t to) {
  p->status = OTTL_COMPILE;
  if (p->error) {
    ottl_view part = view_of(p->text.data + from, to - from);
    (void)snprintf(p->error->message, sizeof p->error->message, "error parsing regexp: %s: `%.*s`", what,
                   (int)(part.len > 1000 ? 1000 : part.len), part.len ? part.data : "");
    p->error->offset = (uint32_t)from;
  }
  return false;
}

bool ottl__regex_parse_nomem(rx_parser *p) {
  p->status = OTTL_NOMEM;
  return false;
}

static bool parse_too_large(rx_parser *p) { return ottl__regex_parse_fail(p, "expression too large", 0, p->text.len); }

rx_node *ottl__regex_parse_node(rx_parser *p, uint8_t op) {
  rx_node *n = arena_zero(p->arena, sizeof *n);
  if (!n) {
    p->status = OTTL_NOMEM;
    return NULL;
  }
  if (p->n_free) {
    p->n_free--;
  } else {
    p->n_nodes++;
  }
  n->op = op;
  n->flags = p->flags;
  return n;
}

bool ottl__regex_parse_rune(rx_parser *p, uint32_t *ret) {
  unsigned width;
  if (parse_left(p) == 0) {
    *ret = UNICODE_ERROR; /* as the reference reads the end: a rune of no width */
    return true;
  }
  uint32_t r = utf8_decode(p->text.data + p->at, parse_left(p), &width);
  if (r == UNICODE_ERROR && width == 1) return ottl__regex_parse_fail(p, "invalid UTF-8", p->at, p->text.len);
  p->at += width;
  *ret = r;
  return true;
}

bool ottl__regex_parse_utf8(rx_parser *p, size_t from, size_t to) {
  while (from < to) {
    unsigned width;
    uint32_t r = utf8_decode(p->text.data + from, to - from, &width);
    if (r == UNICODE_ERROR && width == 1) return ottl__regex_parse_fail(p, "invalid UTF-8", from, to);
    from += width;
  }
  return true;
}

static int64_t parse_sub_size(const rx_node *n) { return n->op == RX_LITERAL ? (int64_t)(n->n_runes ? n->n_runes : 1) : n->size; }

/* Height and size from those of the parts; then the limits. */
static bool parse_check(rx_parser *p, rx_node *n) {
  int64_t size = 0;
  unsigned height = 1;
  for (size_t i = 0; i < n->n_subs; i++) {
    size += parse_sub_size(n->subs[i]);
    if (height < n->subs[i]->height + 1u) height = n->subs[i]->height + 1u;
  }
  switch (n->op) {
  case RX_LITERAL: size = (int64_t)n->n_runes; break;
  case RX_CAPTURE:
  case RX_STAR: size += 2; break;
  case RX_PLUS:
  case RX_QUEST: size += 1; break;
  case RX_ALTERNATE: size += (int64_t)n->n_subs - 1; break;
  case RX_REPEAT:
    if (n->max == -1) {
      size = n->min == 0 ? 2 + size : 1 + n->min * size;
    } else {
      size = n->max * size + (n->max - n->min);
    }
    break;
  default: break;
  }
  n->size = size < 1 ? 1 : size;
  n->height = (uint16_t)(height > MAX_HEIGHT + 1 ? MAX_HEIGHT + 1 : height);
  if (p->n_runes > MAX_RUNES) return parse_too_large(p);
  if (!p->sized) {
    if (n->op == RX_REPEAT) {
      int64_t times = n->max == -1 ? n->min : n->max;
      if (times <= 0) times = 1;
      p->repeats = times > MAX_SIZE / p->repeats ? MAX_SIZE : p->repeats * times;
    }
    p->sized = (int64_t)p->n_nodes >= MAX_SIZE / p->repeats;
  }
  if (p->sized && n->size > MAX_SIZE) return parse_too_large(p);
  if (height > MAX_HEIGHT) return ottl__regex_parse_fail(p, "expression nests too deeply", 0, p->text.len);
  return true;
}

/* --- the stack --- */

static bool parse_append_runes(rx_parser *p, rx_node *n, const uint32_t *runes, size_t count) {
  if (n->n_runes + count > n->cap_runes) {
    size_t cap = (n->n_runes + count) * 2;
    uint32_t *more = arena_array(p->arena, cap, sizeof *more);
    if (!more) return ottl__regex_parse_nomem(p);
    if (n->n_runes) memcpy(more, n->runes, n->n_runes * sizeof *more);
    n->runes = more;
    n->cap_runes = cap;
  }
  memcpy(n->runes + n->n_runes, runes, count * sizeof *runes);
  n->n_runes += count;
  return true;
}

/* Joins the two topmost literals, which no operator can reach any more. With a rune (not UINT32_MAX) left to push, pushes it
 * into the freed node and says so in *pushed. */
static bool parse_join(rx_parser *p, uint32_t rune, uint8_t flags, bool *pushed) {
  *pushed = false;
  if (p->n_stack < 2) return true;
  rx_node *a = p->stack[p->n_stack - 2], *b = p->stack[p->n_stack - 1];
  if (a->op != RX_LITERAL || b->op != RX_LITERAL || (a->flags & RX_FOLD) != (b->flags & RX_FOLD)) return true;
  if (!parse_append_runes(p, a, b->runes, b->n_runes)) return false;
  if (rune != UINT32_MAX) {
    b->n_runes = 0;
    b->flags = flags;
    *pushed = true;
    return parse_append_runes(p, b, &rune, 1);
  }
  p->n_stack--;
  p->n_free++;
  return true;
}

static bool parse_to_literal(rx_parser *p, rx_node *n, uint32_t rune, uint8_t flags) {
  n->op = RX_LITERAL;
  n->cls = (rx_class){0};
  n->n_runes = 0;
  n->flags = flags;
  return parse_append_runes(p, n, &rune, 1);
}

bool ottl__regex_parse_push(rx_parser *p, rx_node *n) {
  if (!n) return false;
  p->n_runes += n->op == RX_CLASS ? 2 * n->cls.n : n->n_runes;
  const rx_range *r = n->cls.items;
  bool pushed = false;
  if (n->op == RX_CLASS && n->cls.n == 1 && r[0].lo == r[0].hi) {
    uint8_t flags = p->flags & (uint8_t)~RX_FOLD;
    if (!parse_join(p, r[0].lo, flags, &pushed)) return false;
    if (pushed) return true;
    if (!parse_to_literal(p, n, r[0].lo, flags)) return false;
  } else if (n->op == RX_CLASS && ((n->cls.n == 2 && r[0].lo == r[0].hi && r[1].lo == r[1].hi &&
                                    ottl__regex_fold(r[0].lo) == r[1].lo && ottl__regex_fold(r[1].lo) == r[0].lo) ||
                                   (n->cls.n == 1 && r[0].lo + 1 == r[0].hi && ottl__regex_fold(r[0].lo) == r[0].hi &&
                                    ottl__regex_fold(r[0].hi) == r[0].lo))) {
    /* [Aa] is a literal without case. */
    uint8_t flags = p->flags | RX_FOLD;
    if (!parse_join(p, r[0].lo, flags, &pushed)) return false;
    if (pushed) return true;
    if (!parse_to_literal(p, n, r[0].lo, flags)) return false;
  } else if (!parse_join(p, UINT32_MAX, 0, &pushed)) {
    return false;
  }
  if (p->n_stack == p->cap_stack) {
    size_t cap = p->cap_stack ? p->cap_stack * 2 : 32;
    rx_node **stack = arena_array(p->arena, cap, sizeof(rx_node *));
    if (!stack) return ottl__regex_parse_nomem(p);
    if (p->n_stack) memcpy(stack, p->stack, p->n_stack * sizeof(rx_node *));
    p->stack = stack;
    p->cap_stack = cap;
  }
  p->stack[p->n_stack++] = n;
  return parse_check(p, n);
}

static bool parse_literal(rx_parser *p, uint32_t rune) {
  rx_node *n = ottl__regex_parse_node(p, RX_LITERAL);
  if (!n) return false;
  if (p->flags & RX_FOLD) {
    uint32_t least = rune;
    for (uint32_t other = ottl__regex_fold(rune); other != rune; other = ottl__regex_fold(other)) {
      if (other < least) least = other;
    }
    rune = least;
  }
  return parse_append_runes(p, n, &rune, 1) && ottl__regex_parse_push(p, n);
}

static bool parse_op(rx_parser *p, uint8_t op) { return ottl__regex_parse_push(p, ottl__regex_parse_node(p, op)); }

/* --- concatenation and alternation --- */

/* An alternative is finished: its class may prove to be a dot. */
static void parse_clean_alternative(rx_node *n) {
  if (n->op != RX_CLASS) return;
  ottl__regex_class_clean(&n->cls);
  const rx_range *r = n->cls.items;
  if (n->cls.n == 1 && r[0].lo == 0 && r[0].hi == UNICODE_MAX) {
    n->op = RX_ANY;
  } else if (n->cls.n == 2 && r[0].lo == 0 && r[0].hi == '\n' - 1 && r[1].lo == '\n' + 1 && r[1].hi == UNICODE_MAX) {
    n->op = RX_ANY_NOT_NL;
  }
}

/* Everything above the topmost pseudo-operator becomes one node; nodes of the same kind are taken apart. */
static bool parse_collapse(rx_parser *p, uint8_t op, uint8_t op_if_none) {
  size_t from = p->n_stack;
  while (from > 0 && p->stack[from - 1]->op < RX_PSEUDO) from--;
  size_t count = p->n_stack - from;
  rx_node **subs = count ? p->stack + from : NULL;
  if (op == RX_ALTERNATE && count) parse_clean_alternative(subs[count - 1]);
  if (count == 0) return parse_op(p, op_if_none);
  p->n_stack = from;
  if (count == 1) return ottl__regex_parse_push(p, subs[0]);
  rx_node *n = ottl__regex_parse_node(p, op);
  if (!n) return false;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += subs[i]->op == op ? subs[i]->n_subs : 1;
  n->subs = arena_array(p->arena, total, sizeof(rx_node *));
  if (!n->subs) return ottl__regex_parse_nomem(p);
  for (size_t i = 0; i < count; i++) {
    if (subs[i]->op == op) {
      memcpy(n->subs + n->n_subs, subs[i]->subs, subs[i]->n_subs * sizeof(rx_node *));
      n->n_subs += subs[i]->n_subs;
      p->n_free++;
    } else {
      n->subs[n->n_subs++] = subs[i];
    }
  }
  return ottl__regex_parse_push(p, n);
}

static bool parse_concat(rx_parser *p) {
  bool pushed;
  return parse_join(p, UINT32_MAX, 0, &pushed) && parse_collapse(p, RX_CONCAT, RX_EMPTY);
}

static bool parse_add_literal(rx_parser *p, rx_class *c, uint32_t rune, uint8_t flags) {
  bool fine =
      flags & RX_FOLD ? ottl__regex_class_add_folded(p->arena, c, rune, rune) : ottl__regex_class_add(p->arena, c, rune, rune);
  return fine || ottl__regex_parse_nomem(p);
}

/* into |= from, both single-rune matchers; into is the more complex one. */
static bool parse_merge(rx_parser *p, rx_node *into, const rx_node *from) {
  switch (into->op) {
  case RX_ANY_NOT_NL: {
    bool newline = from->op == RX_ANY || (from->op == RX_LITERAL && from->runes[0] == '\n');
    for (size_t i = 0; from->op == RX_CLASS && i < from->cls.n; i++) {
      newline |= from->cls.items[i].lo <= '\n' && '\n' <= from->cls.items[i].hi;
    }
    if (newline) into->op = RX_ANY;
    return true;
  }
  case RX_CLASS:
    if (from->op == RX_LITERAL) return parse_add_literal(p, &into->cls, from->runes[0], from->flags);
    return ottl__regex_class_add_all(p->arena, &into->cls, &from->cls) || ottl__regex_parse_nomem(p);
  case RX_LITERAL:
    if (from->runes[0] == into->runes[0] && from->flags == into->flags) return true;
    into->op = RX_CLASS;
    into->cls = (rx_class){0};
    into->n_runes = 0;
    return parse_add_literal(p, &into->cls, into->runes[0], into->flags) &&
           parse_add_literal(p, &into->cls, from->runes[0], from->flags);
  default: return true; /* RX_ANY has everything */
  }
}

/* Moves the topmost node below a `|` under it, or merges it with the alternative there; *swapped false: there is no `|`. */
static bool parse_swap_bar(rx_parser *p, bool *swapped) {
  size_t n = p->n_stack;
  *swapped = false;
  if (n < 2 || p->stack[n - 2]->op != RX_VERTICAL_BAR) return true;
  *swapped = true;
  if (n >= 3 && rx_has_runes(p->stack[n - 1]) && rx_has_runes(p->stack[n - 3])) {
    rx_node *a = p->stack[n - 1], *b = p->stack[n - 3];
    if (a->op > b->op) {
      p->stack[n - 3] = a;
      a = b;
      b = p->stack[n - 3];
    }
    p->n_stack--;
    p->n_free++;
    return parse_merge(p, b, a);
  }
  if (n >= 3) parse_clean_alternative(p->stack[n - 3]);
  rx_node *bar = p->stack[n - 2];
  p->stack[n - 2] = p->stack[n - 1];
  p->stack[n - 1] = bar;
  return true;
}

static bool parse_bar(rx_parser *p) {
  bool swapped;
  if (!parse_concat(p) || !parse_swap_bar(p, &swapped)) return false;
  return swapped || parse_op(p, RX_VERTICAL_BAR);
}

/* The end of a group or of the pattern. */
static bool parse_alternatives(rx_parser *p) {
  bool swapped;
  if (!parse_concat(p) || !parse_swap_bar(p, &swapped)) return false;
  if (swapped) p->n_stack--; /* the bar */
  return parse_collapse(p, RX_ALTERNATE, RX_NO_MATCH);
}

static bool parse_right_paren(rx_parser *p) {
  if (!parse_alternatives(p)) return false;
  size_t n = p->n_stack;
  if (n < 2 || p->stack[n - 2]->op != RX_LEFT_PAREN) return ottl__regex_parse_fail(p, "unexpected )", 0, p->text.len);
  rx_node *inner = p->stack[n - 1], *group = p->stack[n - 2];
  p->n_stack -= 2;
  p->flags = group->flags;
  if (group->cap == 0) return ottl__regex_parse_push(p, inner);
  group->op = RX_CAPTURE;
  group->subs = arena_alloc(p->arena, sizeof(rx_node *));
  if (!group->subs) return ottl__regex_parse_nomem(p);
  group->subs[0] = inner;
  group->n_subs = 1;
  return ottl__regex_parse_push(p, group);
}

/* --- repetition --- */

/* At most n copies of the innermost thing? Called only where a count is 2 or more, so the depth of such counts is under 10. */
static bool parse_repeat_valid(const rx_node *r, int n) {
  if (r->op == RX_REPEAT) {
    int m = r->max;
    if (m == 0) return true;
    if (m < 0) m = r->min;
    if (m > n) return false;
    if (m > 0) n /= m;
  }
  for (size_t i = 0; i < r->n_subs; i++) {
    if (!parse_repeat_valid(r->subs[i], n)) return false;
  }
  return true;
}

/* The operator is at `before`, p->at behind it; last is where the operator just before it began, or SIZE_MAX. */
static bool parse_repeat(rx_parser *p, uint8_t op, int min, int max, size_t before, size_t last) {
  uint8_t flags = p->flags;
  if (parse_left(p) && parse_char(p, 0) == '?') {
    p->at++;
    flags ^= RX_NON_GREEDY;
  }
  if (last != SIZE_MAX) return ottl__regex_parse_fail(p, "invalid nested repetition operator", last, p->at);
  if (p->n_stack == 0 || p->stack[p->n_stack - 1]->op >= RX_PSEUDO) {
    return ottl__regex_parse_fail(p, "missing argument to repetition operator", before, p->at);
  }
  rx_node *n = ottl__regex_parse_node(p, op);
  if (!n) return false;
  n->subs = arena_alloc(p->arena, sizeof(rx_node *));
  if (!n->subs) return ottl__regex_parse_nomem(p);
  n->min = min;
  n->max = max;
  n->flags = flags;
  n->subs[0] = p->stack[p->n_stack - 1];
  n->n_subs = 1;
  p->stack[p->n_stack - 1] = n;
  if (!parse_check(p, n)) return false;
  if (op == RX_REPEAT && (min >= 2 || max >= 2) && !parse_repeat_valid(n, 1000)) {
    return ottl__regex_parse_fail(p, "invalid repeat count", before, p->at);
  }
  return true;
}

/* A decimal number without leading zeros at *at; -1 when it is too big. */
static bool parse_int(const rx_parser *p, size_t *at, int *ret) {
  ottl_view t = p->text;
  size_t i = *at;
  if (i >= t.len || (unsigned)t.data[i] - '0' > 9) return false;
  if (t.data[i] == '0' && i + 1 < t.len && (unsigned)t.data[i + 1] - '0' <= 9) return false;
  int n = 0;
  for (; i < t.len && (unsigned)t.data[i] - '0' <= 9; i++) {
    if (n >= 0) n = n >= 100000000 ? -1 : n * 10 + (t.data[i] - '0');
  }
  *at = i;
  *ret = n;
  return true;
}

/* {min}, {min,} or {min,max}. *counted false: not of that form, so the brace is a literal. */
static bool parse_braces(rx_parser *p, size_t last, bool *counted) {
  ottl_view t = p->text;
  size_t before = p->at, i = p->at + 1;
  int min, max;
  *counted = false;
  if (!parse_int(p, &i, &min) || i >= t.len) return true;
  if (t.data[i] != ',') {
    max = min;
  } else {
    if (++i >= t.len) return true;
    if (t.data[i] == '}') {
      max = -1;
    } else if (!parse_int(p, &i, &max)) {
      return true;
    } else if (max < 0) {
      min = -1;
    }
  }
  if (i >= t.len || t.data[i] != '}') return true;
  *counted = true;
  p->at = i + 1;
  if (min < 0 || min > 1000 || max > 1000 || (max >= 0 && min > max)) {
    return ottl__regex_parse_fail(p, "invalid repeat count", before, p->at);
  }
  return parse_repeat(p, RX_REPEAT, min, max, before, last);
}

/* --- groups --- */

static bool parse_named_group(rx_parser *p, size_t name_at) {
  const char *close = memchr(p->text.data + p->at, '>', parse_left(p));
  if (!close) {
    return ottl__regex_parse_utf8(p, p->at, p->text.len) &&
           ottl__regex_parse_fail(p, "invalid named capture", p->at, p->text.len);
  }
  size_t end = (size_t)(close - p->text.data), from = p->at + name_at;
  ottl_view name = view_of(p->text.data + from, end - from);
  if (!ottl__regex_parse_utf8(p, from, end)) return false;
  bool valid = name.len > 0;
  for (size_t i = 0; i < name.len; i++) valid = valid && (name.data[i] == '_' || parse_alnum((uint8_t)name.data[i]));
  if (!valid) return ottl__regex_parse_fail(p, "invalid named capture", p->at, end + 1);
  rx_node *group = ottl__regex_parse_node(p, RX_LEFT_PAREN);
  if (!group) return false;
  group->cap = ++p->n_groups;
  group->name = name;
  p->at = end + 1;
  return ottl__regex_parse_push(p, group);
}

/* At `(?`: a named group, flags, or a group that does not capture. */
static bool parse_flags(rx_parser *p) {
  size_t from = p->at, left = parse_left(p);
  if (left > 4 && parse_char(p, 2) == 'P' && parse_char(p, 3) == '<') return parse_named_group(p, 4);
  if (left > 3 && parse_char(p, 2) == '<') return parse_named_group(p, 3);
  uint8_t on = 0, off = 0;
  bool negative = false, saw = false;
  p->at += 2;
  while (parse_left(p)) {
    uint32_t c;
    if (!ottl__regex_parse_rune(p, &c)) return false;
    /* (?m) switches the one-line flag off. */
    uint8_t set = c == 'i' ? RX_FOLD : c == 's' ? RX_DOT_NL : c == 'U' ? RX_NON_GREEDY : 0;
    uint8_t clear = c == 'm' ? RX_ONE_LINE : 0;
    if (set | clear) {
      saw = true;
      uint8_t up = negative ? clear : set, down = negative ? set : clear;
      on = (uint8_t)((on & ~down) | up);
      off = (uint8_t)((off & ~up) | down);
    } else if (c == '-') {
      if (negative) break;
      negative = true;
      saw = false;
    } else if (c == ':' || c == ')') {
      if (negative && !saw) break;
      if (c == ':' && !parse_op(p, RX_LEFT_PAREN)) return false;
      p->flags = (uint8_t)((p->flags & ~off) | on);
      return true;
    } else {
      break;
    }
  }
  return ottl__regex_parse_fail(p, "invalid or unsupported Perl syntax", from, p->at);
}

/* --- the loop --- */

static bool parse_quoted(rx_parser *p) {
  p->at += 2;
  const char *close = memmem(p->text.data + p->at, parse_left(p), "\\E", 2);
  ottl_view whole = p->text;
  size_t end = close ? (size_t)(close - p->text.data) : whole.len;
  bool fine = true;
  p->text.len = end; /* an error shows the quoted text only */
  while (fine && p->at < end) {
    uint32_t r;
    fine = ottl__regex_parse_rune(p, &r) && parse_literal(p, r);
  }
  p->text = whole;
  p->at = close ? end + 2 : end;
  return fine;
}

static bool parse_backslash(rx_parser *p) {
  if (parse_left(p) >= 2) {
    uint8_t op = 0;
    switch (parse_char(p, 1)) {
    case 'A': op = RX_BEGIN_TEXT; break;
    case 'b': op = RX_WORD; break;
    case 'B': op = RX_NOT_WORD; break;
    case 'z': op = RX_END_TEXT; break;
    case 'C': return ottl__regex_parse_fail(p, "invalid escape sequence", p->at, p->at + 2);
    case 'Q': return parse_quoted(p);
    default: break;
    }
    if (op) {
      p->at += 2;
      return parse_op(p, op);
    }
  }
  bool found;
  rx_node *n = ottl__regex_parse_node(p, RX_CLASS);
  if (!n || !ottl__regex_parse_group_escape(p, &n->cls, &found)) return false;
  if (found) {
    ottl__regex_class_clean(&n->cls);
    return ottl__regex_parse_push(p, n);
  }
  p->n_free++;
  uint32_t r;
  return ottl__regex_parse_escape(p, &r) && parse_literal(p, r);
}

/* One thing of the pattern; *repeated is set to where a repetition operator began. */
static bool parse_one(rx_parser *p, size_t last, size_t *repeated) {
  size_t before = p->at;
  switch (parse_char(p, 0)) {
  case '(':
    if (parse_left(p) >= 2 && parse_char(p, 1) == '?') return parse_flags(p);
    {
      rx_node *group = ottl__regex_parse_node(p, RX_LEFT_PAREN);
      if (!group) return false;
      group->cap = ++p->n_groups;
      p->at++;
      return ottl__regex_parse_push(p, group);
    }
  case '|': p->at++; return parse_bar(p);
  case ')': p->at++; return parse_right_paren(p);
  case '^': p->at++; return parse_op(p, p->flags & RX_ONE_LINE ? RX_BEGIN_TEXT : RX_BEGIN_LINE);
  case '$': p->at++; return parse_op(p, p->flags & RX_ONE_LINE ? RX_END_TEXT : RX_END_LINE);
  case '.': p->at++; return parse_op(p, p->flags & RX_DOT_NL ? RX_ANY : RX_ANY_NOT_NL);
  case '[': return ottl__regex_parse_class(p);
  case '*':
  case '+':
  case '?': {
    char c = parse_char(p, 0);
    p->at++;
    *repeated = before;
    return parse_repeat(p, c == '*' ? RX_STAR : c == '+' ? RX_PLUS : RX_QUEST, 0, 0, before, last);
  }
  case '{': {
    bool counted;
    if (!parse_braces(p, last, &counted)) return false;
    if (counted) {
      *repeated = before;
      return true;
    }
    p->at++;
    return parse_literal(p, '{');
  }
  case '\\': return parse_backslash(p);
  default: {
    uint32_t r;
    return ottl__regex_parse_rune(p, &r) && parse_literal(p, r);
  }
  }
}

ottl_status ottl__regex_parse(ottl_arena *arena, ottl_view pattern, rx_tree *ret, ottl_regex_error *error) {
  if (pattern.len > OTTL_MAX_REGEX_BYTES) return OTTL_LIMIT;
  rx_parser p = {.arena = arena, .text = pattern, .flags = RX_ONE_LINE, .repeats = 1, .error = error};
  size_t last = SIZE_MAX;
  while (parse_left(&p)) {
    size_t repeated = SIZE_MAX;
    if (!parse_one(&p, last, &repeated)) return p.status;
    last = repeated;
  }
  if (!parse_alternatives(&p)) return p.status;
  if (p.n_stack != 1) {
    (void)ottl__regex_parse_fail(&p, "missing closing )", 0, pattern.len);
    return p.status;
  }
  *ret = (rx_tree){p.stack[0], p.n_groups};
  return OTTL_OK;
}
