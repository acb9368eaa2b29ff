/* Which resources, or scopes, are equal: the same fields with the same values, attributes in any order.
 *
 * Each distinct body is put into a form in which equal means the same bytes, and these are sorted: payloads are hostile, and no choice
 * of keys makes that slow. DIFF: the reference looks at attributes alone, of a key that comes twice at the first, and of scopes at
 * name, version and schema URL too. What is encoded oddly within a value stays as it is, and is equal only to the same bytes. */
#include <stdlib.h>

#include "otlp/impl.h"

#define DEPTH_MAX 64 /* of values; deeper ones are compared as bytes */

enum { EQ_END, EQ_ENTRY, EQ_ITEM, EQ_FIELD, EQ_RAW = 0xff };

static ottl_status put(ottl_batch *b, const void *data, size_t len) {
  ot_impl *im = ot_of(b);
  OTTL_TRY(ottl__al_reserve(&b->al, &im->canon, &im->canon_cap, im->canon_len + len + 1, 1));
  if (len) memcpy(im->canon + im->canon_len, data, len);
  im->canon_len += len;
  return OTTL_OK;
}

static ottl_status put_byte(ottl_batch *b, uint8_t byte) { return put(b, &byte, 1); }

static ottl_status put_text(ottl_batch *b, uint8_t kind, const uint8_t *data, uint32_t len) {
  OTTL_TRY(put_byte(b, kind));
  OTTL_TRY(put(b, &len, sizeof len));
  return put(b, data, len);
}

static ottl_status put_word(ottl_batch *b, uint8_t kind, uint64_t word) {
  OTTL_TRY(put_byte(b, kind));
  return put(b, &word, sizeof word);
}

/* -- entries -- */

typedef struct eq_entry {
  const uint8_t *key, *value;
  uint32_t klen, len;
  uint32_t index;
  bool odd; /* key: the whole message */
} eq_entry;

static eq_entry entry_of(const uint8_t *p, uint32_t len, uint32_t index) {
  const eq_entry odd = {.key = p, .klen = len, .index = index, .odd = true};
  const uint8_t *end = p + len;
  eq_entry e = {.key = p, .value = p, .index = index};
  unsigned seen = 0;
  while (p < end) {
    uint32_t number, type, n;
    p = wr_tag(p, end, &number, &type);
    if (!p || type != WR_LEN || (number != 1 && number != 2) || (seen & number)) return odd;
    seen |= number;
    p = wr_len(p, end, &n);
    if (!p) return odd;
    if (number == 1) {
      e.key = p;
      e.klen = n;
    } else {
      e.value = p;
      e.len = n;
    }
    p += n;
  }
  return e;
}

static int by_key(const void *a, const void *b) {
  const eq_entry *x = a, *y = b;
  if (x->odd != y->odd) return x->odd ? 1 : -1;
  uint32_t n = x->klen < y->klen ? x->klen : y->klen;
  int c = n ? memcmp(x->key, y->key, n) : 0;
  if (c) return c;
  if (x->klen != y->klen) return x->klen < y->klen ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static ottl_status put_value(ottl_batch *b, const uint8_t *p, uint32_t len, unsigned depth);

static ottl_status put_entries(ottl_batch *b, eq_entry *entries, uint32_t n, unsigned depth) {
  if (n > 1) qsort(entries, n, sizeof *entries, by_key);
  for (uint32_t i = 0; i < n; i++) {
    const eq_entry *e = &entries[i];
    OTTL_TRY(put_text(b, e->odd ? EQ_RAW : EQ_ENTRY, e->key, e->klen));
    if (!e->odd) OTTL_TRY(put_value(b, e->value, e->len, depth));
  }
  return put_byte(b, EQ_END);
}

/* -- values -- */

/* How many fields there are, if all are length-delimited and have that number; else UINT32_MAX. */
static uint32_t count_members(const uint8_t *p, const uint8_t *end, uint32_t number) {
  uint32_t n = 0;
  for (; p < end; n++) {
    uint32_t found, type, len;
    p = wr_tag(p, end, &found, &type);
    p = p && found == number && type == WR_LEN ? wr_len(p, end, &len) : NULL;
    if (!p) return UINT32_MAX;
    p += len;
  }
  return n;
}

/* A list (number 5) or map (6) whose members are as usual. */
static ottl_status put_container(ottl_batch *b, uint8_t number, const uint8_t *p, const uint8_t *end, uint32_t n,
                                 unsigned depth) {
  eq_entry *entries = number == 6 ? arena_array(&b->arena, (size_t)n + 1, sizeof *entries) : NULL;
  if (number == 6 && !entries) return OTTL_NOMEM;
  OTTL_TRY(put_byte(b, number));
  for (uint32_t i = 0; p < end; i++) {
    uint32_t found, type, len = 0;
    p = wr_tag(p, end, &found, &type);
    p = p ? wr_len(p, end, &len) : NULL;
    if (!p) return OTTL_INTERNAL; /* counted before */
    if (entries) {
      entries[i] = entry_of(p, len, i);
    } else {
      OTTL_TRY(put_byte(b, EQ_ITEM));
      OTTL_TRY(put_value(b, p, len, depth + 1));
    }
    p += len;
  }
  return entries ? put_entries(b, entries, n, depth + 1) : put_byte(b, EQ_END);
}

static ottl_status put_value(ottl_batch *b, const uint8_t *value, uint32_t size, unsigned depth) {
  const uint8_t *end = value + size, *p = value;
  uint32_t number = 0, type = 0, len = 0;
  uint64_t word = 0;
  if (size == 0) return put_byte(b, EQ_END);
  p = wr_tag(p, end, &number, &type);
  if (p && type == WR_LEN) {
    p = wr_len(p, end, &len);
    if (p && p + len == end) {
      uint32_t n;
      if (number == 1 || number == 7) return put_text(b, (uint8_t)number, p, len);
      if ((number == 5 || number == 6) && depth < DEPTH_MAX && (n = count_members(p, end, 1)) != UINT32_MAX)
        return put_container(b, (uint8_t)number, p, end, n, depth);
    }
  } else if (p && type == WR_VARINT && (number == 2 || number == 3)) {
    if (wr_varint(p, end, &word) == end) return put_word(b, (uint8_t)number, number == 2 ? word != 0 : word);
  } else if (p && type == WR_64 && number == 4 && end - p == 8) {
    return put_word(b, (uint8_t)number, load_le64(p));
  }
  return put_text(b, EQ_RAW, value, size);
}

/* -- rows -- */

/* A field besides attributes; left out where it says nothing. */
static ottl_status put_field(ottl_batch *b, ottl_level level, bool sub, const uint8_t *tag, const uint8_t *end) {
  uint32_t number, type, len;
  uint64_t word;
  const uint8_t *p = wr_tag(tag, end, &number, &type);
  if (!p) return OTTL_INTERNAL;
  bool count = sub && number == (level == OTTL_L_RESOURCE ? 2 : 4);     /* dropped_attributes_count */
  bool text = sub ? level == OTTL_L_SCOPE && number <= 2 : number == 3; /* name, version; schema_url */
  const uint8_t head[6] = {
      EQ_FIELD, sub, (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
  if (count && type == WR_VARINT && wr_varint(p, end, &word)) {
    if ((uint32_t)word == 0) return OTTL_OK;
    OTTL_TRY(put(b, head, sizeof head));
    return put_word(b, WR_VARINT, (uint32_t)word);
  }
  if (text && type == WR_LEN && (p = wr_len(p, end, &len))) {
    if (len == 0) return OTTL_OK;
    OTTL_TRY(put(b, head, sizeof head));
    return put_text(b, WR_LEN, p, len);
  }
  OTTL_TRY(put(b, head, sizeof head));
  return put_text(b, EQ_RAW, tag, (uint32_t)(end - tag));
}

static ottl_status put_message(ottl_batch *b, ottl_level level, bool sub, const uint8_t *p, const uint8_t *end) {
  const uint32_t attributes = !sub ? 0 : level == OTTL_L_RESOURCE ? 1 : 3;
  uint32_t n = 0, fields = 0;
  for (const uint8_t *at = p; at < end; fields++) {
    const uint8_t *tag = at;
    uint32_t number, type;
    at = wr_tag(at, end, &number, &type);
    at = at ? ottl__wr_skip(at, end, type) : NULL;
    if (!at) return ottl__ot_refuse(b, tag, "malformed field");
  }
  eq_entry *entries = arena_array(&b->arena, (size_t)fields + 1, sizeof *entries);
  if (!entries) return OTTL_NOMEM;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type, len = 0;
    p = wr_tag(p, end, &number, &type);
    if (!p) return OTTL_INTERNAL;
    const uint8_t *value = type == WR_LEN ? wr_len(p, end, &len) : NULL;
    p = ottl__wr_skip(p, end, type);
    if (!p) return OTTL_INTERNAL;
    if (value && number == attributes) {
      entries[n] = entry_of(value, len, n);
      n++;
    } else if (value && !sub && number == 1) {
      OTTL_TRY(put_message(b, level, true, value, p));
    } else {
      OTTL_TRY(put_field(b, level, sub, tag, p));
    }
  }
  return n ? put_entries(b, entries, n, 0) : OTTL_OK;
}

typedef struct eq_form {
  const uint8_t *body, *form;
  uint32_t len, form_len;
  uint32_t row; /* index into the list of rows */
} eq_form;

static ottl_status make_form(ottl_batch *b, ottl_level level, eq_form *f) {
  ot_impl *im = ot_of(b);
  const uint8_t *body;
  uint32_t len, gap;
  OTTL_TRY(ottl__ot_canonical(b, level == OTTL_L_RESOURCE ? OTTL_M_RESOURCE : OTTL_M_SCOPE, f->body, f->len, &body, &len, &gap));
  im->canon_len = 0;
  OTTL_TRY(put_message(b, level, false, body, body + len));
  if (im->canon_len > INT32_MAX) return OTTL_LIMIT;
  ottl_view copy = arena_copy(&b->arena, im->canon, im->canon_len);
  if (!copy.data) return OTTL_NOMEM;
  f->form = (const uint8_t *)copy.data;
  f->form_len = (uint32_t)copy.len;
  return OTTL_OK;
}

static int by_form(const void *a, const void *b) {
  const eq_form *x = a, *y = b;
  if (x->form != y->form) {
    if (x->form_len != y->form_len) return x->form_len < y->form_len ? -1 : 1;
    int c = x->form_len ? memcmp(x->form, y->form, x->form_len) : 0;
    if (c) return c;
  }
  return x->row < y->row ? -1 : x->row > y->row;
}

static bool same_body(const eq_form *f, const uint8_t *body, uint32_t len) {
  return f->len == len && (f->body == body || memcmp(f->body, body, len) == 0);
}

ottl_status ottl__ot_equal_rows(ottl_batch *b, ottl_level level, const uint32_t *rows, uint32_t n, uint32_t *ret) {
  const ottl_rows *r = &b->rows[level];
  eq_form *forms = arena_array(&b->arena, (size_t)n + 1, sizeof *forms);
  uint32_t *of = arena_array(&b->arena, (size_t)n + 1, sizeof *of); /* row -> form; forms of a run of rows are one */
  if (!forms || !of) return OTTL_NOMEM;
  uint32_t n_forms = 0;
  eq_form clean = {0}, woven = {0}; /* the last of each: copies of one resource, some written, some not */
  for (uint32_t i = 0; i < n; i++) {
    const uint8_t *body = r->body[rows[i]];
    uint32_t len = r->len[rows[i]];
    if (n_forms && forms[n_forms - 1].body == body && forms[n_forms - 1].len == len) {
      of[i] = n_forms - 1;
      continue;
    }
    eq_form *f = &forms[n_forms], *last = r->state[rows[i]] & OTTL_ROW_MOVED ? &woven : &clean;
    *f = (eq_form){.body = body, .len = len, .row = i};
    if (last->form && same_body(last, body, len)) {
      f->form = last->form;
      f->form_len = last->form_len;
    } else {
      OTTL_TRY(make_form(b, level, f));
    }
    *last = *f;
    of[i] = n_forms++;
  }
  uint32_t *first = arena_array(&b->arena, (size_t)n + 1, sizeof *first); /* by the first row of a form */
  if (!first) return OTTL_NOMEM;
  for (uint32_t i = 0; i < n; i++) ret[i] = forms[of[i]].row;
  if (n_forms > 1) qsort(forms, n_forms, sizeof *forms, by_form);
  for (uint32_t i = 0, head = 0; i < n_forms; i++) {
    const eq_form *x = &forms[head], *y = &forms[i];
    bool same = x->form == y->form || (x->form_len == y->form_len && memcmp(x->form, y->form, x->form_len) == 0);
    if (!same) head = i;
    first[y->row] = forms[head].row;
  }
  for (uint32_t i = 0; i < n; i++) ret[i] = first[ret[i]];
  return OTTL_OK;
}
