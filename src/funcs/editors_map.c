/* Editors of maps that look at values: truncate_all, stringify_all, replace_all_patterns. */
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "batch/batch.h"
#include "batch/value_text.h"
#include "funcs/handlers.h"

/* -- truncate_all -- */

ottl_status ottl__prep_truncate_all(ottl_prepare *p) {
  int64_t limit = (int64_t)p->arg[1].literal.word;
  size_t marker = p->arg[3].given ? p->arg[3].literal.len : 0;
  if (limit < 0) {
    return ottl__refuse(p, 1, "invalid limit for truncate_all function, %lld cannot be negative", (long long)limit);
  }
  if ((int64_t)marker > limit) {
    return ottl__refuse(p, 3,
                        "invalid truncation marker for truncate_all function, length of marker %zu cannot be greater than limit "
                        "%lld",
                        marker, (long long)limit);
  }
  return OTTL_OK;
}

typedef struct truncate_rule {
  uint32_t limit;
  bool utf8_safe;
  ottl_view marker;
} truncate_rule;

static truncate_rule truncate_rule_of(const ottl_call *c) {
  int64_t limit = (int64_t)c->arg[1].literal.word;
  return (truncate_rule){.limit = limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit,
                         .utf8_safe = c->arg[2].given ? c->arg[2].literal.word != 0 : true,
                         .marker = c->arg[3].given ? cell_view(c->arg[3].literal) : VIEW("")};
}

/* A text that is too long is cut. */
static inline ottl_status truncate_text(ottl_call *c, const truncate_rule *r, uint64_t *word, uint32_t *len) {
  const char *text = (const char *)(uintptr_t)*word;
  uint32_t at = r->limit - (uint32_t)r->marker.len;
  while (r->utf8_safe && at > 0 && !utf8_starts(text[at])) at--;
  if (r->marker.len) {
    char *p = arena_alloc(c->arena, at + r->marker.len);
    if (!p) return OTTL_NOMEM;
    memcpy(p, text, at);
    memcpy(p + at, r->marker.data, r->marker.len);
    *word = (uint64_t)(uintptr_t)p;
  }
  *len = at + (uint32_t)r->marker.len;
  return OTTL_OK;
}

ottl_status ottl__fn_truncate_all(ottl_call *c) {
  const truncate_rule rule = truncate_rule_of(c);
  SEL_EACH(c->sel, c->n, row) {
    ottl_rowmap *map = c->map[row];
    bool changed = false;
    for (ottl_entry *e = map->items, *end = e + (e ? map->n : 0); e < end; e++) {
      if (OTTL_LIKELY(e->len <= rule.limit) || e->tag != OTTL_T_STRING) continue;
      OTTL_TRY(truncate_text(c, &rule, &e->word, &e->len));
      e->dirty = 1;
      changed = true;
    }
    if (changed) bm_set(c->changed, row);
  }
  return OTTL_OK;
}

/* None of these lengths is over that. */
static inline uint32_t longest_of(const uint32_t *len, uint32_t n) {
  uint32_t longest = 0;
  for (uint32_t i = 0; i < n; i++) longest |= len[i];
  return longest;
}

ottl_status ottl__truncate_column(ottl_call *c, ottl_reg *col) {
  const truncate_rule rule = truncate_rule_of(c);
  for (size_t w = 0; w < BM_WORDS(c->n); w++) {
    const uint32_t *len = col->len + w * 64, n = c->n - (uint32_t)w * 64; /* of absent rows too */
    if ((n >= 64 ? longest_of(len, 64) : longest_of(len, n)) <= rule.limit) continue;
    for (uint64_t rows = c->sel[w]; rows; rows &= rows - 1) {
      uint32_t i = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(rows));
      if ((col->len[i] <= rule.limit) | (col->tag[i] != OTTL_T_STRING)) continue; /* one branch: lengths alone go to and fro */
      OTTL_TRY(truncate_text(c, &rule, &col->word[i], &col->len[i]));
      col->dirty[w] |= rows & -rows;
      col->any_dirty = true;
    }
  }
  return OTTL_OK;
}

/* -- stringify_all -- */

static ottl_status stringify_row(ottl_call *c, uint32_t row) {
  ottl_rowmap *map = c->map[row];
  for (uint32_t i = 0; i < map->n; i++) {
    ottl_entry *e = &map->items[i];
    if (e->tag == OTTL_T_STRING) continue;
    ottl_sbuf *buf = scratch_bounded(c);
    ottl__arena_reset(&c->scratch->arena);
    ottl_status status = ottl__value_as_string(&c->scratch->arena, buf, entry_cell(e));
    if (status != OTTL_OK) return fail_status(c, row, status);
    ottl_view text = arena_copy(c->arena, buf->data, buf->len);
    if (!text.data) return OTTL_NOMEM;
    entry_set(e, cell_string(text));
    bm_set(c->changed, row);
  }
  return OTTL_OK;
}

ottl_status ottl__fn_stringify_all(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(stringify_row(c, row));
  return OTTL_OK;
}

/* -- replace_all_patterns: target, mode, pattern, replacement, function, format -- */

ottl_status ottl__prep_replace_all_patterns(ottl_prepare *p) {
  ottl_view mode = cell_view(p->arg[1].literal);
  OTTL_TRY(ottl__pattern_prepare(p, "replace_all_patterns", 2, 3));
  if (view_is(mode, "key") || view_is(mode, "value")) return OTTL_OK;
  return ottl__refuse(p, 1, "invalid mode %.*s, must be either 'key' or 'value'", (int)(mode.len < 100 ? mode.len : 100),
                      mode.data);
}

/* The text of one key or value after replacement. The reference does not report that a function or format failed. */
static ottl_status replace_text(ottl_call *c, uint32_t row, const pattern_use *use, ottl_view text, ottl_view *ret_text,
                                replaced *ret) {
  uint16_t error;
  OTTL_TRY(ottl__replace_in_text(c, row, use, text, 4, ret, &error));
  if (*ret != RE_CHANGED) return OTTL_OK;
  *ret_text = arena_copy(c->arena, c->scratch->text.data, c->scratch->text.len);
  return ret_text->data ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status replace_values(ottl_call *c, uint32_t row, const pattern_use *use) {
  ottl_rowmap *map = c->map[row];
  bool changed = false;
  for (uint32_t i = 0; i < map->n; i++) {
    ottl_entry *e = &map->items[i];
    if (e->tag != OTTL_T_STRING) continue;
    ottl_view text = cell_view(entry_cell(e));
    replaced how;
    if (ottl__regex_rejects(use->re, c->scratch->regex, text)) continue;
    OTTL_TRY(replace_text(c, row, use, text, &text, &how));
    if (how == RE_GIVEN_UP) break;
    if (how != RE_CHANGED) continue;
    entry_set(e, cell_string(text));
    changed = true;
  }
  if (changed) bm_set(c->changed, row);
  return OTTL_OK;
}

/* Among the first `kept` entries; index: of them, or NULL. */
static ottl_entry *kept_find(const ottl_rowmap *map, uint32_t kept, const ottl_map *index, ottl_view key) {
  if (!index) return ottl__rowmap_find(&(ottl_rowmap){map->items, kept, kept, NULL}, key);
  uint32_t at = ottl__map_find(index, key);
  return at == OTTL_MAP_NONE ? NULL : &map->items[at];
}

/* The answer for the key of this number in this call, or NULL: the entry has no number. */
static ottl_status renamed_at(ottl_scratch *s, uint32_t keyid, scratch_renamed **ret) {
  *ret = NULL;
  if (keyid == OTTL_NO_KEY) return OTTL_OK;
  size_t old = s->n_renamed;
  if (keyid >= old) {
    OTTL_TRY(ottl__al_reserve(&s->al, &s->renamed, &s->n_renamed, (size_t)keyid + 1, sizeof *s->renamed));
    memset(s->renamed + old, 0, (s->n_renamed - old) * sizeof *s->renamed);
  }
  *ret = &s->renamed[keyid];
  return OTTL_OK;
}

/* replace_text for a key: once for each distinct key where pattern and replacement are constant. */
static ottl_status rename_key(ottl_call *c, uint32_t row, const pattern_use *use, bool constant, const ottl_entry *e,
                              ottl_view *ret_key, replaced *ret) {
  scratch_renamed *known = NULL;
  if (constant) OTTL_TRY(renamed_at(c->scratch, e->keyid, &known));
  if (known && known->call == c->scratch->rename_calls) {
    *ret = known->name.data ? RE_CHANGED : RE_SAME;
    if (known->name.data) *ret_key = known->name;
    return OTTL_OK;
  }
  OTTL_TRY(replace_text(c, row, use, *ret_key, ret_key, ret));
  if (known && (*ret == RE_SAME || *ret == RE_CHANGED)) {
    *known = (scratch_renamed){c->scratch->rename_calls, *ret == RE_SAME ? (ottl_view){NULL, 0} : *ret_key};
  }
  return OTTL_OK;
}

/* Entries get their new keys in order; one whose key is taken replaces that entry's value; one that failed goes. The map is
 * built anew, so duplicate keys that came so become one too. */
static ottl_status replace_keys(ottl_call *c, uint32_t row, const pattern_use *use, bool constant) {
  ottl_rowmap *map = c->map[row];
  uint32_t n = map->n, kept = 0;
  bool changed = false, given_up = false, indexed = n > 32;
  ottl_status status = OTTL_OK;
  ottl_map index; /* of what was kept so far */
  ottl__map_init(&index, &c->scratch->al);
  rowmap_moved(map);
  for (uint32_t i = 0; i < n && status == OTTL_OK; i++) {
    ottl_entry e = map->items[i];
    ottl_view key = {e.key, e.klen};
    replaced how = RE_SAME;
    if (!given_up) status = rename_key(c, row, use, constant, &e, &key, &how);
    if (status != OTTL_OK) break;
    given_up |= how == RE_GIVEN_UP; /* the rest stays as it is */
    changed |= how != RE_SAME;
    if (how == RE_FAILED) continue;
    if (how == RE_CHANGED) {
      e.key = key.data;
      e.klen = (uint32_t)key.len;
      e.keyid = OTTL_NO_KEY;
      e.column = OTTL_NO_COLUMN;
      e.dirty = 1;
    }
    ottl_entry *old = kept_find(map, kept, indexed ? &index : NULL, key);
    if (old) {
      entry_set(old, entry_cell(&e));
      changed = true;
      continue;
    }
    if (indexed) status = ottl__map_put(&index, key, kept);
    map->items[kept++] = e;
  }
  ottl__map_done(&index);
  if (status != OTTL_OK) return status;
  map->n = kept;
  if (changed) bm_set(c->changed, row);
  return OTTL_OK;
}

ottl_status ottl__fn_replace_all_patterns(ottl_call *c) {
  bool keys = view_is(cell_view(c->arg[1].literal), "key");
  bool constant = c->prep && c->arg[3].reg && c->arg[3].reg->mask == 0 && !c->arg[4].given;
  c->scratch->rename_calls++;
  SEL_EACH(c->sel, c->n, row) {
    pattern_use use;
    bool ok;
    if (arg_failed(c, c->arg[3].reg, row) || arg_failed(c, c->arg[2].reg, row)) continue;
    OTTL_TRY(ottl__pattern_for_row(c, row, 2, 3, &use, &ok));
    if (ok) OTTL_TRY(keys ? replace_keys(c, row, &use, constant) : replace_values(c, row, &use));
  }
  return OTTL_OK;
}
