/* May PCRE2 match this tree byte by byte, without regard to UTF-8? That is faster, and takes subjects that are not UTF-8 as they
 * are. It may when no way through the tree can succeed from within a rune:
 *
 * - what consumes is ASCII, or a literal, which as UTF-8 begins with a byte no rune has inside;
 * - or it is a "wide" class, with all runes from U+0080 on, under * or +. Such a loop can stop within a rune, but what follows
 *   then fails there: it begins with one of the former, or is an assertion that holds only between runes (all but \B). Or
 *   nothing follows that can fail: then a greedy loop stops once, at the end of the run.
 *
 * A match cannot begin within a rune either: only a wide loop could consume there, and it could have from the rune's start.
 * It must not be empty, though. */
#include "regex/ast.h"

typedef enum bytes_follow {
  FOLLOW_BAD,
  FOLLOW_SAFE, /* can succeed between runes only */
  FOLLOW_END   /* cannot fail, once what is tried before has */
} bytes_follow;

static bool bytes_wide(const rx_node *n) {
  if (n->op == RX_ANY || n->op == RX_ANY_NOT_NL) return true;
  if (n->op != RX_CLASS || n->cls.n == 0) return false;
  rx_range last = n->cls.items[n->cls.n - 1];
  return last.lo <= 0x80 && last.hi == UNICODE_MAX;
}

static bool bytes_assertion(const rx_node *n) { return n->op >= RX_BEGIN_LINE && n->op <= RX_WORD; }

/* Does all it can consume first fail within a rune? */
static bool bytes_first_safe(const rx_node *n) {
  switch (n->op) {
  case RX_CLASS: return n->cls.n == 0 || n->cls.items[n->cls.n - 1].hi < 0x80;
  case RX_ANY:
  case RX_ANY_NOT_NL:
  case RX_NOT_WORD: return false;
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (bytes_assertion(n->subs[i])) return true;
      if (!bytes_first_safe(n->subs[i])) return false;
      if (!ottl__regex_nullable(n->subs[i])) return true;
    }
    return true;
  default:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (!bytes_first_safe(n->subs[i])) return false;
    }
    return true;
  }
}

/* Can it match the empty string wherever it is? */
static bool bytes_always(const rx_node *n) {
  switch (n->op) {
  case RX_EMPTY:
  case RX_STAR:
  case RX_QUEST: return true;
  case RX_CAPTURE:
  case RX_PLUS: return bytes_always(n->subs[0]);
  case RX_REPEAT: return n->min == 0 || bytes_always(n->subs[0]);
  default: return false;
  }
}

static bool bytes_literal(const rx_node *n) {
  for (size_t i = 0; i < n->n_runes; i++) {
    uint32_t r = n->runes[i];
    if (r == UNICODE_ERROR) return false;
    if (!(n->flags & RX_FOLD)) continue;
    uint32_t other = r;
    do {
      if (other >= 0x80 && other != r) return false;
      other = ottl__regex_fold(other);
    } while (other != r);
    if (r >= 0x80 && ottl__regex_fold(r) != r) return false;
  }
  return true;
}

/* What comes before n, if `after` comes after it. */
static bytes_follow bytes_before(const rx_node *n, bytes_follow after) {
  if (bytes_assertion(n)) return FOLLOW_SAFE;
  if (!bytes_first_safe(n)) return FOLLOW_BAD;
  if (!ottl__regex_nullable(n)) return FOLLOW_SAFE;
  return bytes_always(n) ? after : FOLLOW_BAD;
}

static bool bytes_safe(const rx_node *n, bytes_follow after) {
  switch (n->op) {
  case RX_LITERAL: return bytes_literal(n);
  case RX_CLASS: return n->cls.n == 0 || n->cls.items[n->cls.n - 1].hi < 0x80;
  case RX_ANY:
  case RX_ANY_NOT_NL:
  case RX_NOT_WORD: return false;
  case RX_CAPTURE: return bytes_safe(n->subs[0], after);
  case RX_STAR:
  case RX_PLUS:
  case RX_QUEST:
  case RX_REPEAT: {
    const rx_node *sub = n->subs[0];
    if (bytes_wide(sub)) {
      if (n->op != RX_STAR && n->op != RX_PLUS) return false;
      return after == FOLLOW_SAFE || (after == FOLLOW_END && !(n->flags & RX_NON_GREEDY));
    }
    if (n->op != RX_QUEST && (ottl__regex_nullable(sub) || !bytes_first_safe(sub))) after = FOLLOW_BAD;
    return bytes_safe(sub, after);
  }
  case RX_CONCAT:
    for (size_t i = n->n_subs; i-- > 0;) {
      if (!bytes_safe(n->subs[i], after)) return false;
      after = bytes_before(n->subs[i], after);
    }
    return true;
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (!bytes_safe(n->subs[i], after)) return false;
    }
    return true;
  default: return true;
  }
}

bool ottl__regex_bytes_will_do(const rx_node *root) { return !ottl__regex_nullable(root) && bytes_safe(root, FOLLOW_END); }
