/* Matching as the original does: `match` asks for the whole of a text, `find` for the first place in a text where a matcher fits
 * and all the lengths it can have there. Positions and lengths are bytes, but for a few that the original took in runes. */
#include "base/limits.h"
#include "regex/glob_impl.h"

typedef struct glob_run {
  ottl_arena *arena;
  uint64_t steps, most;
  bool spent, nomem;
} glob_run;

typedef struct glob_spans {
  uint32_t *len;
  uint32_t n;
} glob_spans;

static bool gm_match(glob_run *r, const glob_matcher *m, ottl_view s);
static bool gm_find(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret);

static bool gm_stop(const glob_run *r) { return r->spent || r->nomem; }
static void gm_spend(glob_run *r, size_t steps) {
  r->steps += steps + 1;
  if (r->steps > r->most) r->spent = true;
}

static size_t gm_rune(ottl_view s, size_t at, uint32_t *ret) { return (size_t)utf8_decode(s.data + at, s.len - at, ret); }
/* utf8.RuneLen of what a byte sequence decoded to. */
static uint32_t gm_rune_len(uint32_t rune) { return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4; }
static ottl_view gm_from(ottl_view s, size_t at) { return at < s.len ? view_of(s.data + at, s.len - at) : view_of(s.data, 0); }
static bool gm_begins(ottl_view s, ottl_view what) {
  return s.len >= what.len && (!what.len || memcmp(s.data, what.data, what.len) == 0);
}

static size_t gm_index(ottl_view s, ottl_view what) {
  if (!what.len) return 0;
  for (size_t i = 0; i + what.len <= s.len; i++) {
    const char *p = memchr(s.data + i, what.data[0], s.len - what.len + 1 - i);
    if (!p) break;
    i = (size_t)(p - s.data);
    if (what.len == 1 || memcmp(p, what.data, what.len) == 0) return i;
  }
  return SIZE_MAX;
}

static bool gm_takes(const glob_matcher *m, uint32_t rune) {
  if (m->op == GM_SINGLE) return true;
  if (m->op == GM_LIST) return ottl__glob_in_list(m->a, rune) != m->not;
  return (rune >= m->lo && rune <= m->hi) != m->not;
}

/* -- lists of lengths -- */

static bool spans_room(glob_run *r, glob_spans *out, size_t n) {
  gm_spend(r, n / 4);
  out->n = 0;
  out->len = gm_stop(r) ? NULL : arena_array(r->arena, n, sizeof(uint32_t));
  if (!out->len && !r->spent) r->nomem = true;
  return out->len != NULL;
}
static bool spans_one(glob_run *r, glob_spans *out, size_t len) {
  if (!spans_room(r, out, 1)) return false;
  out->len[out->n++] = (uint32_t)len;
  return true;
}

/* -- match -- */

static bool match_min_max(const glob_matcher *m, ottl_view s) {
  uint32_t n = 0, rune;
  for (size_t at = 0; at < s.len && n <= m->lo; n++) at += gm_rune(s, at, &rune);
  return m->op == GM_MIN ? n >= m->lo && n > 0 : n <= m->lo;
}

/* The part of a matcher of n runes is what ends one byte behind where its last rune begins. */
static bool row_match(glob_run *r, const glob_matcher *m, ottl_view s) {
  size_t idx = 0;
  for (uint32_t k = 0; k < m->n; k++) {
    int32_t want = m->sub[k]->len, i = 0;
    size_t next = 0;
    uint32_t rune;
    for (size_t at = idx; at < s.len;) {
      next = at - idx;
      at += gm_rune(s, at, &rune);
      if (++i == want) break;
    }
    gm_spend(r, (size_t)i);
    /* DIFF: behind the end the original panics; here nothing matches there */
    if (gm_stop(r) || i < want || idx + next + 1 > s.len) return false;
    if (!gm_match(r, m->sub[k], view_of(s.data + idx, next + 1))) return false;
    idx += next + 1;
  }
  return true;
}

static bool row_len_ok(const glob_matcher *m, ottl_view s) {
  int32_t n = 0;
  uint32_t rune;
  for (size_t at = 0; at < s.len && n <= m->len; n++) at += gm_rune(s, at, &rune);
  return n == m->len;
}

static bool btree_match(glob_run *r, const glob_matcher *m, ottl_view s) {
  if (m->len != -1 && (size_t)m->len > s.len) return false;
  size_t offset = m->left_len > 0 ? (size_t)m->left_len : 0, cut = m->right_len > 0 ? (size_t)m->right_len : 0;
  size_t limit = cut < s.len ? s.len - cut : 0;
  while (offset < limit && !gm_stop(r)) {
    size_t index;
    glob_spans spans;
    if (!gm_find(r, m->value, view_of(s.data + offset, limit - offset), &index, &spans)) return false;
    index += offset;
    ottl_view before = view_of(s.data, index);
    if (m->left ? gm_match(r, m->left, before) : before.len == 0) {
      for (uint32_t k = spans.n; k-- > 0 && !gm_stop(r);) {
        ottl_view after = gm_from(s, index + spans.len[k]);
        if (m->right ? gm_match(r, m->right, after) : after.len == 0) return true;
      }
    }
    uint32_t rune;
    offset = index + (index < s.len ? gm_rune(s, index, &rune) : 0);
  }
  return false;
}

static bool gm_match(glob_run *r, const glob_matcher *m, ottl_view s) {
  uint32_t rune = OTTL_RUNE_ERROR;
  size_t bytes = m->op == GM_CONTAINS ? s.len : m->op == GM_SUPER ? 0 : m->a.len + m->lo + (size_t)(m->len > 0 ? m->len : 0);
  gm_spend(r, bytes / 32);
  if (gm_stop(r)) return false;
  switch (m->op) {
  case GM_NOTHING: return s.len == 0;
  case GM_TEXT: return view_eq(m->a, s);
  case GM_SINGLE:
  case GM_LIST:
  case GM_RANGE: {
    size_t width = s.len ? gm_rune(s, 0, &rune) : 0;
    return s.len <= width && gm_takes(m, rune);
  }
  case GM_SUPER: return true;
  case GM_PREFIX: return gm_begins(s, m->a);
  case GM_SUFFIX: return s.len >= m->a.len && gm_begins(gm_from(s, s.len - m->a.len), m->a);
  case GM_PREFIX_SUFFIX: return gm_begins(s, m->a) && s.len >= m->b.len && gm_begins(gm_from(s, s.len - m->b.len), m->b);
  case GM_CONTAINS: return (gm_index(s, m->a) != SIZE_MAX) != m->not;
  case GM_MIN:
  case GM_MAX: return match_min_max(m, s);
  case GM_ROW: return row_len_ok(m, s) && row_match(r, m, s);
  case GM_ANY_OF:
    for (uint32_t i = 0; i < m->n; i++) {
      if (gm_match(r, m->sub[i], s)) return true;
    }
    return false;
  case GM_EVERY_OF:
    for (uint32_t i = 0; i < m->n; i++) {
      if (!gm_match(r, m->sub[i], s)) return false;
    }
    return true;
  default: return btree_match(r, m, s);
  }
}

/* -- find -- */

static bool find_rune(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  uint32_t rune;
  for (size_t at = 0; at < s.len && !gm_stop(r);) {
    size_t width = gm_rune(s, at, &rune);
    gm_spend(r, m->a.len / 8);
    if (gm_takes(m, rune)) {
      *ret_at = at;
      return spans_one(r, ret, gm_rune_len(rune));
    }
    at += width;
  }
  return false;
}

/* Lengths `base` plus where each rune of s begins (or ends, by its decoded length), from rune number `first` on. */
static bool spans_runes(glob_run *r, ottl_view s, size_t base, uint32_t first, bool ends, glob_spans *ret) {
  if (!spans_room(r, ret, s.len + 2)) return false;
  uint32_t rune, n = 0;
  if (ends && first == 0) ret->len[ret->n++] = (uint32_t)base;
  for (size_t at = 0; at < s.len;) {
    size_t width = gm_rune(s, at, &rune);
    n++;
    if (n >= first) ret->len[ret->n++] = (uint32_t)(base + at + (ends ? gm_rune_len(rune) : 0));
    at += width;
  }
  if (!ends) ret->len[ret->n++] = (uint32_t)(base + s.len);
  return true;
}

static bool find_contains(glob_run *r, const glob_matcher *m, ottl_view s, glob_spans *ret) {
  size_t idx = gm_index(s, m->a), base = 0;
  if (!m->not) {
    if (idx == SIZE_MAX) return false;
    base = idx + m->a.len;
    if (s.len <= base) return spans_one(r, ret, base);
    s = gm_from(s, base);
  } else if (idx != SIZE_MAX) {
    s.len = idx;
  }
  return spans_runes(r, s, base, 0, false, ret);
}

static bool find_min_max(glob_run *r, const glob_matcher *m, ottl_view s, glob_spans *ret) {
  if (m->op == GM_MIN) {
    if (s.len + 1 <= m->lo) return false;
    return spans_runes(r, s, 0, m->lo ? m->lo : 1, true, ret) && ret->n;
  }
  uint32_t n = 0, rune;
  size_t at = 0;
  while (at < s.len && n < m->lo) {
    at += gm_rune(s, at, &rune);
    n++;
  }
  return spans_runes(r, view_of(s.data, at), 0, 0, true, ret);
}

static bool find_prefix_suffix(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  size_t begin = gm_index(s, m->a);
  if (begin == SIZE_MAX || begin >= s.len) return false;
  ottl_view sub = gm_from(s, begin);
  if (sub.len < m->b.len || !spans_room(r, ret, sub.len)) return false;
  *ret_at = begin;
  for (size_t end = sub.len; end >= m->b.len;) { /* places of the suffix that do not overlap, from the end */
    if (memcmp(sub.data + end - m->b.len, m->b.data, m->b.len) == 0) {
      ret->len[ret->n++] = (uint32_t)end;
      end -= m->b.len;
    } else {
      end--;
    }
  }
  for (uint32_t i = 0; i < ret->n / 2; i++) {
    uint32_t len = ret->len[i];
    ret->len[i] = ret->len[ret->n - 1 - i];
    ret->len[ret->n - 1 - i] = len;
  }
  return ret->n > 0;
}

static bool find_row(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  uint32_t rune;
  for (size_t at = 0; at < s.len && s.len - at >= (size_t)m->len && !gm_stop(r);) {
    if (row_match(r, m, gm_from(s, at))) {
      *ret_at = at;
      return spans_one(r, ret, (size_t)m->len); /* in runes: the original's mistake */
    }
    at += gm_rune(s, at, &rune);
  }
  return false;
}

/* Merges two lists that ought to be sorted, as if they were. */
static bool spans_merge(glob_run *r, glob_spans *a, const glob_spans *b) {
  glob_spans out;
  if (!spans_room(r, &out, (size_t)a->n + b->n)) return false;
  for (uint32_t x = 0, y = 0; x < a->n || y < b->n;) {
    if (y >= b->n || (x < a->n && a->len[x] < b->len[y])) {
      out.len[out.n++] = a->len[x++];
    } else {
      if (x < a->n && a->len[x] == b->len[y]) x++;
      out.len[out.n++] = b->len[y++];
    }
  }
  *a = out;
  return true;
}

static bool find_any_of(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  bool found = false;
  for (uint32_t i = 0; i < m->n && !gm_stop(r); i++) {
    size_t at;
    glob_spans spans;
    if (!gm_find(r, m->sub[i], s, &at, &spans)) continue;
    if (!found || at < *ret_at) {
      *ret_at = at;
      *ret = spans;
    } else if (at == *ret_at && !spans_merge(r, ret, &spans)) {
      return false;
    }
    found = true;
  }
  return found;
}

/* All parts begin at 0: they are lengths, and a text that is not contained. */
static bool find_every_of(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  for (uint32_t i = 0; i < m->n && !gm_stop(r); i++) {
    glob_spans spans, both;
    if (!gm_find(r, m->sub[i], s, ret_at, &spans)) return false;
    if (i == 0) {
      *ret = spans;
      continue;
    }
    gm_spend(r, (size_t)ret->n * spans.n / 4);
    if (!spans_room(r, &both, (size_t)ret->n * (spans.n < 4 ? spans.n : 4))) return false;
    for (uint32_t x = 0; x < ret->n; x++) {
      for (uint32_t y = 0; y < spans.n; y++) {
        if (ret->len[x] != spans.len[y]) continue;
        both.len[both.n++] = ret->len[x];
        break;
      }
    }
    *ret = both;
    if (!ret->n) return false;
  }
  return !gm_stop(r);
}

static bool gm_find(glob_run *r, const glob_matcher *m, ottl_view s, size_t *ret_at, glob_spans *ret) {
  size_t at;
  gm_spend(r, s.len / 64);
  if (gm_stop(r)) return false;
  *ret_at = 0;
  switch (m->op) {
  case GM_NOTHING: return spans_one(r, ret, 0);
  case GM_TEXT: return (*ret_at = gm_index(s, m->a)) != SIZE_MAX && spans_one(r, ret, m->a.len);
  case GM_SINGLE:
  case GM_LIST:
  case GM_RANGE: return find_rune(r, m, s, ret_at, ret);
  case GM_SUPER: return spans_runes(r, s, 0, 0, false, ret);
  case GM_PREFIX:
    *ret_at = gm_index(s, m->a);
    return *ret_at != SIZE_MAX && spans_runes(r, gm_from(s, *ret_at + m->a.len), m->a.len, 0, true, ret);
  case GM_SUFFIX: return (at = gm_index(s, m->a)) != SIZE_MAX && spans_one(r, ret, at + m->a.len);
  case GM_PREFIX_SUFFIX: return find_prefix_suffix(r, m, s, ret_at, ret);
  case GM_CONTAINS: return find_contains(r, m, s, ret);
  case GM_MIN:
  case GM_MAX: return find_min_max(r, m, s, ret);
  case GM_ROW: return find_row(r, m, s, ret_at, ret);
  case GM_ANY_OF: return find_any_of(r, m, s, ret_at, ret);
  case GM_EVERY_OF: return find_every_of(r, m, s, ret_at, ret);
  default: return false; /* a tree is never found inside a text: the original's mistake */
  }
}

ottl_status ottl__glob_match(const ottl_glob *glob, ottl_arena *scratch, ottl_view subject, bool *ret) {
  const glob_matcher *m = glob->matcher; /* PERF: replace_all_matches: the usual ones at once */
  *ret = subject.len >= glob->head.len && bytes_same(subject.data, glob->head.data, glob->head.len);
  if (!*ret || m->op == GM_PREFIX) return OTTL_OK;
  if (m->op == GM_CONTAINS) {
    *ret = (gm_index(subject, m->a) != SIZE_MAX) != m->not;
    return OTTL_OK;
  }
  glob_run r = {.arena = scratch, .most = OTTL_MAX_GLOB_STEPS + subject.len / 16};
  ottl__arena_reset(scratch);
  *ret = gm_match(&r, m, subject);
  if (r.nomem) return OTTL_NOMEM;
  if (!r.spent) return OTTL_OK;
  ottl__arena_reset(scratch);
  /* DIFF: hostile patterns and subjects get the pattern's plain meaning */
  return ottl__glob_linear_match(glob, scratch, subject, ret);
}
