/* Literals found at compile time that answer, or refuse, before an engine runs. A literal of valid UTF-8 without U+FFFD can be
 * looked for as bytes, whatever the subject is: it is found only where the reference would decode the same runes. */
#define _GNU_SOURCE /* memmem */
#include "regex/ast.h"
#include "regex/utf8.h"

/* How often a byte is seen in logs and attributes, coarsely: 0 is rare. */
static unsigned filter_rank(uint8_t c) {
  if (c == ' ' || c == 'e' || c == 't' || c == 'a' || c == 'o' || c == 'i' || c == 'n' || c == 's' || c == 'r') return 5;
  if ((c >= 'a' && c <= 'z' && c != 'j' && c != 'q' && c != 'x' && c != 'z' && c != 'k') || c == '0' || c == '1') return 4;
  if ((c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' || c == '"' || c == ':' || c == '=' || c == '_') return 3;
  if ((c >= 'A' && c <= 'Z') || c == ',' || c == '{' || c == '}' || (c >= 'a' && c <= 'z')) return 2;
  return c >= 0x80 ? 1 : 0;
}

static size_t filter_rare(ottl_view v) {
  size_t best = 0;
  for (size_t i = 1; i < v.len; i++) {
    if (filter_rank((uint8_t)v.data[i]) < filter_rank((uint8_t)v.data[best])) best = i;
  }
  return best;
}

size_t ottl__regex_search(ottl_view text, const char *needle, size_t len, size_t rare) {
  if (len > text.len) return SIZE_MAX;
  size_t last = text.len - len; /* the last place it can be at */
  size_t at = 0;
  for (unsigned misses = 0; misses < 32; misses++) {
    const char *hit = memchr(text.data + at + rare, needle[rare], last - at + 1);
    if (!hit) return SIZE_MAX;
    size_t here = (size_t)(hit - text.data) - rare;
    if (memcmp(text.data + here, needle, len) == 0) return here;
    if (here == last) return SIZE_MAX;
    at = here + 1;
  }
  const char *hit = memmem(text.data + at, text.len - at, needle, len);
  return hit ? (size_t)(hit - text.data) : SIZE_MAX;
}

/* A rune that only its own bytes match. */
static bool filter_plain(const rx_node *n, uint32_t r) {
  if (r == UNICODE_ERROR || (r >= 0xd800 && r < 0xe000)) return false;
  return !(n->flags & RX_FOLD) || ottl__regex_fold(r) == r;
}

typedef struct filter_best {
  ottl_sbuf run, best;
  int score;
  bool first, best_begins; /* nothing is consumed before the run; before the best one */
  bool anchored;           /* a run that begins a match stands at 0: an engine sees that at once */
} filter_best;

static void filter_end_run(filter_best *b) {
  ottl_view v = sbuf_all(&b->run);
  if (v.len) {
    int score = (5 - (int)filter_rank((uint8_t)v.data[filter_rare(v)])) * 4 + (int)(v.len < 8 ? v.len : 8) * 3;
    if (b->first && b->anchored) score = 0;
    if (score > b->score) {
      b->score = score;
      b->best_begins = b->first;
      b->best.len = 0;
      sbuf_view(&b->best, v);
    }
  }
  b->first = false;
  b->run.len = 0;
}

/* Runs of plain runes that every match has. A run goes on over the borders of groups, but not over anything else. */
static void filter_collect(filter_best *b, const rx_node *n) {
  switch (n->op) {
  case RX_LITERAL:
    for (size_t i = 0; i < n->n_runes; i++) {
      char bytes[4];
      if (filter_plain(n, n->runes[i]) && b->run.len < 256) {
        sbuf_put(&b->run, bytes, utf8_encode(n->runes[i], bytes));
      } else {
        filter_end_run(b);
      }
    }
    return;
  case RX_CAPTURE: filter_collect(b, n->subs[0]); return;
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) filter_collect(b, n->subs[i]);
    return;
  case RX_PLUS:
    filter_end_run(b);
    filter_collect(b, n->subs[0]);
    break;
  case RX_REPEAT:
    filter_end_run(b);
    if (n->min > 0) filter_collect(b, n->subs[0]);
    break;
  case RX_EMPTY:
  case RX_BEGIN_TEXT:
  case RX_END_TEXT:
  case RX_WORD:
  case RX_NOT_WORD: return; /* nothing lies between */
  default: break;
  }
  filter_end_run(b);
}

/* Can it always match the empty string, wherever it is? */
static bool filter_optional(const rx_node *n) {
  return n->op == RX_EMPTY || n->op == RX_STAR || n->op == RX_QUEST || (n->op == RX_REPEAT && n->min == 0);
}

/* The shape of a sequence [^] literal [$]; the literal node is stored, NULL when there is none. */
static rx_shape filter_shape(rx_node *const *subs, size_t n, const rx_node **literal) {
  *literal = NULL;
  bool begin = n && subs[0]->op == RX_BEGIN_TEXT;
  if (begin) subs++, n--;
  bool end = n && subs[n - 1]->op == RX_END_TEXT;
  if (end) n--;
  if (n == 0) return begin && end ? SHAPE_NONE : SHAPE_ALWAYS;
  if (n != 1 || subs[0]->op != RX_LITERAL) return SHAPE_NONE;
  for (size_t i = 0; i < subs[0]->n_runes; i++) {
    if (!filter_plain(subs[0], subs[0]->runes[i])) return SHAPE_NONE;
  }
  *literal = subs[0];
  return begin ? (end ? SHAPE_EQUAL : SHAPE_PREFIX) : end ? SHAPE_SUFFIX : SHAPE_CONTAINS;
}

static ottl_status filter_keep(const ottl_allocator *al, ottl_view v, char **ret, size_t *ret_len) {
  *ret = al_new(al, v.len);
  if (!*ret) return OTTL_NOMEM;
  memcpy(*ret, v.data, v.len);
  *ret_len = v.len;
  return OTTL_OK;
}

ottl_status ottl__regex_prefilter_init(const ottl_allocator *al, const rx_tree *tree, rx_prefilter *ret) {
  *ret = (rx_prefilter){0};
  rx_node *root = tree->root;
  rx_node *const *subs = root->op == RX_CONCAT ? root->subs : &root;
  size_t n = root->op == RX_CONCAT ? root->n_subs : 1;
  const rx_node *literal;
  ret->find = filter_shape(subs, n, &literal);
  if (tree->n_groups || ret->find == SHAPE_ALWAYS || !literal) ret->find = SHAPE_NONE;
  while (n && filter_optional(subs[0])) subs++, n--;
  while (n && filter_optional(subs[n - 1])) n--;
  if (n == 1 && subs[0]->op == RX_CAPTURE) subs = subs[0]->subs;
  ret->match = filter_shape(subs, n, &literal);
  filter_best b = {.score = -1, .first = true, .anchored = ottl__regex_anchored(root)};
  ottl__sbuf_init(&b.run, al);
  ottl__sbuf_init(&b.best, al);
  filter_collect(&b, root);
  filter_end_run(&b);
  ottl_status status = b.run.failed || b.best.failed ? OTTL_NOMEM : OTTL_OK;
  if (status == OTTL_OK && b.best.len) {
    status = filter_keep(al, sbuf_all(&b.best), &ret->need, &ret->need_len);
    ret->need_rare = filter_rare(sbuf_all(&b.best));
    ret->need_begins = b.best_begins;
  }
  if (status == OTTL_OK && literal) {
    b.run.len = 0;
    for (size_t i = 0; i < literal->n_runes; i++) {
      char bytes[4];
      sbuf_put(&b.run, bytes, utf8_encode(literal->runes[i], bytes));
    }
    status = b.run.failed ? OTTL_NOMEM : filter_keep(al, sbuf_all(&b.run), &ret->literal, &ret->literal_len);
    if (status == OTTL_OK) ret->literal_rare = filter_rare(sbuf_all(&b.run));
  }
  ottl__sbuf_done(&b.run);
  ottl__sbuf_done(&b.best);
  if (status != OTTL_OK) ottl__regex_prefilter_done(al, ret);
  return status;
}

void ottl__regex_prefilter_done(const ottl_allocator *al, rx_prefilter *f) {
  al_free(al, f->literal, f->literal_len);
  al_free(al, f->need, f->need_len);
  *f = (rx_prefilter){0};
}
