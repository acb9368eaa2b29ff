/* Tree to a PCRE2 pattern of the same meaning. It is read under PCRE2_DOTALL, PCRE2_MULTILINE and PCRE2_ALT_CIRCUMFLEX with LF
 * as the newline, so: `.` any rune, \N all but LF, ^ and $ line ends, \A and \z text ends. Classes are spelt out, so that
 * Unicode data and case folding are the reference's; only runs of folded ASCII letters use (?i), where both agree (k and s fold
 * to U+212A and U+017F). Group names are not given to PCRE2, which would not take doubles. */
#include "regex/ast.h"
#include "regex/utf8.h"

/* PCRE2's compiled form is limited to 64 KiB, so longer text need not be tried. */
enum { EMIT_MAX_BYTES = 1 << 19 };

typedef struct emitter {
  ottl_sbuf *out;
  bool bytes; /* without PCRE2_UTF: runes beyond ASCII are several */
  bool fold;  /* (?i) is on here */
  bool fine;
} emitter;

static void emit_fold(emitter *e, bool on) {
  if (e->fold == on) return;
  sbuf_str(e->out, on ? "(?i)" : "(?-i)");
  e->fold = on;
}

static void emit_hex(emitter *e, uint32_t r) {
  char digits[16];
  unsigned n = 0, k = 8;
  while (k > 1 && !(r >> 4 * (k - 1))) k--;
  while (k-- > 0) digits[n++] = "0123456789abcdef"[r >> 4 * k & 15];
  sbuf_str(e->out, "\\x{");
  sbuf_put(e->out, digits, n);
  sbuf_byte(e->out, '}');
}

static bool emit_is_word(uint32_t r) { return r - '0' < 10 || (r | 0x20) - 'a' < 26 || r == '_'; }

static void emit_range(emitter *e, uint32_t lo, uint32_t hi) {
  if (lo >= 0xd800 && lo < 0xe000) lo = 0xe000;
  if (hi >= 0xd800 && hi < 0xe000) hi = 0xd7ff;
  if (lo > hi) return;
  emit_is_word(lo) ? sbuf_byte(e->out, (char)lo) : emit_hex(e, lo);
  if (lo == hi) return;
  if (hi > lo + 1) sbuf_byte(e->out, '-');
  emit_is_word(hi) ? sbuf_byte(e->out, (char)hi) : emit_hex(e, hi);
}

/* \d and \w, one byte of PCRE2's code where a class takes 33: there they are ASCII, as here. */
static const char *emit_short_class(const rx_class *c) {
  static const rx_range word[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  if (c->n == 1 && memcmp(c->items, word, sizeof *word) == 0) return "\\d";
  return c->n == 4 && memcmp(c->items, word, sizeof word) == 0 ? "\\w" : NULL;
}

static void emit_class(emitter *e, const rx_class *c) {
  const char *word = emit_short_class(c);
  if (word) {
    sbuf_str(e->out, word);
    return;
  }
  emit_fold(e, false);
  if (c->n == 0) {
    sbuf_str(e->out, "(?!)");
    return;
  }
  size_t from = e->out->len;
  bool negative = c->items[c->n - 1].hi == UNICODE_MAX;
  sbuf_str(e->out, negative ? "[^" : "[");
  size_t open = e->out->len;
  if (negative) {
    uint32_t next = 0;
    for (size_t i = 0; i < c->n; i++) {
      if (next < c->items[i].lo) emit_range(e, next, c->items[i].lo - 1);
      next = c->items[i].hi + 1;
    }
  } else {
    for (size_t i = 0; i < c->n; i++) emit_range(e, c->items[i].lo, c->items[i].hi);
  }
  if (e->out->failed) return;
  if (e->out->len == open) { /* surrogates only, which no text has; or everything but them */
    e->out->len = from;
    sbuf_str(e->out, negative ? "." : "(?!)");
    return;
  }
  sbuf_byte(e->out, ']');
}

static void emit_rune(emitter *e, uint32_t r, bool folded, bool alone) {
  if (folded && ottl__regex_fold(r) != r) {
    if (r < 0x80 && !alone) {
      emit_fold(e, true);
      sbuf_byte(e->out, (char)r);
      return;
    }
    emit_fold(e, false);
    sbuf_byte(e->out, '[');
    uint32_t other = r;
    do {
      emit_range(e, other, other);
      other = ottl__regex_fold(other);
    } while (other != r);
    sbuf_byte(e->out, ']');
    return;
  }
  if (r >= 0xd800 && r < 0xe000) {
    sbuf_str(e->out, "(?!)");
    return;
  }
  if (r >= 0x80 || emit_is_word(r)) {
    /* Has it a case? Then (?i) must not be on. */
    if (ottl__regex_fold(r) != r) emit_fold(e, false);
    char bytes[4];
    sbuf_put(e->out, bytes, utf8_encode(r, bytes));
  } else if (r > ' ' && r < 0x7f) {
    sbuf_byte(e->out, '\\');
    sbuf_byte(e->out, (char)r);
  } else {
    emit_hex(e, r);
  }
}

static void emit_node(emitter *e, const rx_node *n);

static void emit_group(emitter *e, const char *open, const rx_node *n) {
  bool outside = e->fold;
  sbuf_str(e->out, open);
  emit_node(e, n);
  sbuf_byte(e->out, ')');
  e->fold = outside; /* PCRE2 takes options back at the end of a group, too */
}

/* Something a quantifier may follow. */
static void emit_atom(emitter *e, const rx_node *n) {
  bool surrogate = n->op == RX_LITERAL && n->n_runes == 1 && n->runes[0] >= 0xd800 && n->runes[0] < 0xe000;
  if (n->op == RX_CAPTURE || n->op == RX_ANY || n->op == RX_ANY_NOT_NL || (n->op == RX_CLASS && n->cls.n)) {
    emit_node(e, n);
  } else if (n->op == RX_LITERAL && n->n_runes == 1 && !surrogate && !(e->bytes && n->runes[0] >= 0x80)) {
    emit_rune(e, n->runes[0], n->flags & RX_FOLD, true);
  } else {
    emit_group(e, "(?:", n);
  }
}

static void emit_repeat(emitter *e, const rx_node *n) {
  const rx_node *sub = n->subs[0];
  bool endless = n->op == RX_STAR || n->op == RX_PLUS || (n->op == RX_REPEAT && n->max == -1);
  /* Where an iteration is empty, the engines part: Go drops a state it has been in, PCRE2 ends the loop. */
  if (endless && ottl__regex_nullable(sub)) e->fine = false;
  emit_atom(e, sub);
  switch (n->op) {
  case RX_STAR: sbuf_byte(e->out, '*'); break;
  case RX_PLUS: sbuf_byte(e->out, '+'); break;
  case RX_QUEST: sbuf_byte(e->out, '?'); break;
  default:
    if (n->max == -1) {
      ottl__sbuf_printf(e->out, "{%d,}", n->min);
    } else if (n->max == n->min) {
      ottl__sbuf_printf(e->out, "{%d}", n->min);
    } else {
      ottl__sbuf_printf(e->out, "{%d,%d}", n->min, n->max);
    }
    break;
  }
  if (n->flags & RX_NON_GREEDY) sbuf_byte(e->out, '?');
}

static void emit_node(emitter *e, const rx_node *n) {
  if (e->out->len > EMIT_MAX_BYTES) e->fine = false;
  if (!e->fine || e->out->failed) return;
  switch (n->op) {
  case RX_EMPTY: break;
  case RX_LITERAL:
    for (size_t i = 0; i < n->n_runes; i++) emit_rune(e, n->runes[i], n->flags & RX_FOLD, n->n_runes == 1);
    break;
  case RX_CLASS: emit_class(e, &n->cls); break;
  case RX_ANY_NOT_NL: sbuf_str(e->out, "\\N"); break;
  case RX_ANY: sbuf_byte(e->out, '.'); break;
  case RX_BEGIN_LINE: sbuf_byte(e->out, '^'); break;
  case RX_END_LINE: sbuf_byte(e->out, '$'); break;
  case RX_BEGIN_TEXT: sbuf_str(e->out, "\\A"); break;
  case RX_END_TEXT: sbuf_str(e->out, "\\z"); break;
  case RX_WORD: sbuf_str(e->out, "\\b"); break;
  case RX_NOT_WORD: sbuf_str(e->out, "\\B"); break;
  case RX_CAPTURE: emit_group(e, "(", n->subs[0]); break;
  case RX_STAR:
  case RX_PLUS:
  case RX_QUEST:
  case RX_REPEAT: emit_repeat(e, n); break;
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (n->subs[i]->op == RX_ALTERNATE) {
        emit_group(e, "(?:", n->subs[i]);
      } else {
        emit_node(e, n->subs[i]);
      }
    }
    break;
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (i) sbuf_byte(e->out, '|');
      emit_node(e, n->subs[i]); /* options carry over to the next alternative */
    }
    break;
  default: sbuf_str(e->out, "(?!)"); break;
  }
}

bool ottl__regex_emit(const rx_node *root, bool bytes, ottl_sbuf *out) {
  emitter e = {.out = out, .bytes = bytes, .fine = true};
  emit_node(&e, root);
  return e.fine && !out->failed;
}
