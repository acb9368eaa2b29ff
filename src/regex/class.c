/* Sets of runes: union, negation, case folding, Unicode classes. A set may be unsorted while it grows; it is cleaned when its
 * bracket closes, or when it has grown large, so that a hostile class stays bounded. */
#include "regex/ast.h"

enum { CLASS_CLEAN_EVERY = 1 << 14 };

static bool class_push(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi) {
  if (c->n == c->cap) {
    if (c->dirty && c->n >= CLASS_CLEAN_EVERY) ottl__regex_class_clean(c);
    if (c->n > c->cap / 2 || c->cap == 0) {
      size_t cap = c->cap ? c->cap * 2 : 4;
      rx_range *items = arena_array(arena, cap, sizeof *items);
      if (!items) return false;
      if (c->n) memcpy(items, c->items, c->n * sizeof *items);
      c->items = items;
      c->cap = cap;
    }
  }
  if (c->n && lo <= c->items[c->n - 1].hi + 1) c->dirty = true;
  c->items[c->n++] = (rx_range){lo, hi};
  return true;
}

bool ottl__regex_class_add(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi) {
  /* The last two ranges may grow: one can be A-Z and the other a-z. */
  for (size_t back = 1; back <= 2 && back <= c->n; back++) {
    rx_range *r = &c->items[c->n - back];
    if (lo <= r->hi + 1 && r->lo <= hi + 1) {
      if (lo < r->lo || hi > r->hi) c->dirty = c->dirty || c->n > 1;
      if (lo < r->lo) r->lo = lo;
      if (hi > r->hi) r->hi = hi;
      return true;
    }
  }
  return class_push(arena, c, lo, hi);
}

/* First fold run that ends at or after the rune. */
static uint32_t class_fold_at(uint32_t rune) {
  uint32_t lo = 0, hi = ottl__unicode_n_folds;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (ottl__unicode_folds[mid].hi < rune) {
      lo = mid + 1;
    } else {
      hi = mid;
    }
  }
  return lo;
}

uint32_t ottl__regex_fold(uint32_t rune) {
  uint32_t i = class_fold_at(rune);
  if (i == ottl__unicode_n_folds || rune < ottl__unicode_folds[i].lo) return rune;
  const unicode_fold *f = &ottl__unicode_folds[i];
  if (f->delta == UNICODE_PAIRS) return (rune - f->lo) & 1 ? rune - 1 : rune + 1;
  return (uint32_t)((int32_t)rune + f->delta);
}

bool ottl__regex_class_add_folded(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi) {
  if (!ottl__regex_class_add(arena, c, lo, hi)) return false;
  for (uint32_t i = class_fold_at(lo); i < ottl__unicode_n_folds && ottl__unicode_folds[i].lo <= hi; i++) {
    const unicode_fold *f = &ottl__unicode_folds[i];
    uint32_t from = f->lo > lo ? f->lo : lo, to = f->hi < hi ? f->hi : hi;
    for (uint32_t r = from; r <= to; r++) {
      for (uint32_t other = ottl__regex_fold(r); other != r; other = ottl__regex_fold(other)) {
        if ((other < lo || other > hi) && !ottl__regex_class_add(arena, c, other, other)) return false;
      }
    }
  }
  return true;
}

bool ottl__regex_class_add_all(ottl_arena *arena, rx_class *c, const rx_class *more) {
  for (size_t i = 0; i < more->n; i++) {
    if (!ottl__regex_class_add(arena, c, more->items[i].lo, more->items[i].hi)) return false;
  }
  return true;
}

static bool class_add_run(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi, uint32_t stride) {
  if (stride == 1) return ottl__regex_class_add(arena, c, lo, hi);
  for (uint32_t r = lo; r <= hi; r += stride) {
    if (!ottl__regex_class_add(arena, c, r, r)) return false;
  }
  return true;
}

bool ottl__regex_class_add_table(ottl_arena *arena, rx_class *c, unicode_table t) {
  for (unsigned i = 0; i < t.n16; i++) {
    const unicode_range16 *r = &ottl__unicode_ranges16[t.at16 + i];
    if (!class_add_run(arena, c, r->lo, r->hi, r->stride)) return false;
  }
  for (unsigned i = 0; i < t.n32; i++) {
    const unicode_range32 *r = &ottl__unicode_ranges32[t.at32 + i];
    if (!class_add_run(arena, c, r->lo, r->hi, r->stride)) return false;
  }
  return true;
}

static void class_sift(rx_range *a, size_t root, size_t n) {
  rx_range moved = a[root];
  for (size_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && a[child].lo < a[child + 1].lo) child++;
    if (a[child].lo <= moved.lo) break;
    a[root] = a[child];
  }
  a[root] = moved;
}

void ottl__regex_class_clean(rx_class *c) {
  if (!c->dirty) return;
  c->dirty = false;
  if (c->n < 2) return;
  rx_range *a = c->items;
  for (size_t i = c->n / 2; i-- > 0;) class_sift(a, i, c->n);
  for (size_t n = c->n; n-- > 1;) {
    rx_range last = a[n];
    a[n] = a[0];
    a[0] = last;
    class_sift(a, 0, n);
  }
  size_t w = 0;
  for (size_t i = 1; i < c->n; i++) {
    if (a[i].lo <= a[w].hi + 1) {
      if (a[i].hi > a[w].hi) a[w].hi = a[i].hi;
    } else {
      a[++w] = a[i];
    }
  }
  c->n = w + 1;
}

bool ottl__regex_class_negate(ottl_arena *arena, rx_class *c) {
  ottl__regex_class_clean(c);
  uint32_t next = 0;
  size_t w = 0;
  for (size_t i = 0; i < c->n; i++) {
    rx_range r = c->items[i];
    if (next < r.lo) c->items[w++] = (rx_range){next, r.lo - 1};
    next = r.hi + 1;
  }
  c->n = w;
  return next > UNICODE_MAX || class_push(arena, c, next, UNICODE_MAX);
}

bool ottl__regex_class_has(const rx_class *c, uint32_t rune) {
  size_t lo = 0, hi = c->n;
  while (lo < hi) {
    size_t mid = (lo + hi) / 2;
    if (c->items[mid].hi < rune) {
      lo = mid + 1;
    } else {
      hi = mid;
    }
  }
  return lo < c->n && c->items[lo].lo <= rune;
}

const unicode_name *ottl__regex_unicode_name(const char *canonical) {
  uint32_t lo = 0, hi = ottl__unicode_n_names;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    int order = strcmp(ottl__unicode_names[mid].name, canonical);
    if (order == 0) return &ottl__unicode_names[mid];
    if (order < 0) {
      lo = mid + 1;
    } else {
      hi = mid;
    }
  }
  return NULL;
}

static bool class_table_has(unicode_table t, uint32_t rune) {
  for (unsigned i = 0; i < t.n16; i++) {
    const unicode_range16 *r = &ottl__unicode_ranges16[t.at16 + i];
    if (rune >= r->lo && rune <= r->hi) return (rune - r->lo) % r->stride == 0;
  }
  for (unsigned i = 0; i < t.n32; i++) {
    const unicode_range32 *r = &ottl__unicode_ranges32[t.at32 + i];
    if (rune >= r->lo && rune <= r->hi) return (rune - r->lo) % r->stride == 0;
  }
  return false;
}

bool ottl__regex_is_letter_or_digit(uint32_t rune) {
  if (rune < 0x80) return (rune | 0x20) - 'a' < 26 || rune - '0' < 10;
  return class_table_has(ottl__regex_unicode_name("L")->table, rune) ||
         class_table_has(ottl__regex_unicode_name("Nd")->table, rune);
}
