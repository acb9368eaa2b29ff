/* Wire -> JSON: lists the fields of a message, then writes their text. Nearly every message has its fields by number, singular
 * ones once; for the others the list is put in that order first, with the last of several scalars and all of several
 * sub-messages, as protobuf defines it. */
#include "otlp/json_put.h"

/* After that many, messages are listed first: each may have cost what is in it once more. */
#define JW_MOST_ODD 2

static ottl_status jw_fail(jw_state *s, const uint8_t *at, const char *what) {
  bool inside = at >= s->in && at <= s->in_end; /* not so in a joined sub-message */
  return ottl__json_fail(s->json, OTTL_DATA, inside ? (size_t)(at - s->in) : 0, "malformed OTLP: %s", what);
}

/* Behind an unknown group whose start tag has been read; NULL if it is not closed as it should. */
static const uint8_t *jw_skip_group(const uint8_t *p, const uint8_t *end, uint64_t number) {
  uint64_t open[64]; /* field numbers of the groups around p */
  unsigned depth = 0;
  open[depth++] = number;
  while (depth) {
    uint64_t tag, v;
    p = wr_varint(p, end, &tag);
    if (!p || tag >> 3 == 0 || tag >> 32) return NULL;
    switch (tag & 7) {
    case JS_VARINT: p = wr_varint(p, end, &v); break;
    case JS_FIXED64: p = end - p >= 8 ? p + 8 : NULL; break;
    case JS_FIXED32: p = end - p >= 4 ? p + 4 : NULL; break;
    case JS_BYTES:
      p = wr_varint(p, end, &v);
      if (p) p = (uint64_t)(end - p) >= v ? p + v : NULL;
      break;
    case JS_GROUP:
      if (depth == OTTL_COUNT(open)) return NULL;
      open[depth++] = tag >> 3;
      break;
    case JS_END_GROUP:
      if (open[--depth] != tag >> 3) return NULL;
      break;
    default: return NULL;
    }
    if (!p) return NULL;
  }
  return p;
}

/* Lists the fields that m knows behind json->n_entries, without moving that. *ret_odd: not in the order of the schema. */
static ottl_status jw_list(jw_state *s, const js_message *m, const uint8_t *p, const uint8_t *end, size_t *ret_n, bool *ret_odd) {
  ottl_json *json = s->json;
  size_t base = json->n_entries, n = 0;
  uint64_t oneofs = 0;
  unsigned last = 0;
  bool odd = false, any = false;
  while (p < end) {
    const uint8_t *at = p;
    uint64_t tag, v = 0;
    p = wr_varint(p, end, &tag);
    if (!p || tag >> 32) return jw_fail(s, at, "bad tag");
    if (tag >> 3 == 0) return jw_fail(s, at, "field number 0");
    const uint8_t *data = p;
    switch (tag & 7) {
    case JS_VARINT:
      p = wr_varint(p, end, &v);
      if (!p) return jw_fail(s, data, "bad varint");
      break;
    case JS_FIXED64:
      if (end - p < 8) return jw_fail(s, data, "value is cut off");
      v = load_le64(p);
      p += 8;
      break;
    case JS_FIXED32:
      if (end - p < 4) return jw_fail(s, data, "value is cut off");
      v = load_le32(p);
      p += 4;
      break;
    case JS_BYTES:
      p = wr_varint(p, end, &v);
      if (!p) return jw_fail(s, data, "bad length");
      if ((uint64_t)(end - p) < v) return jw_fail(s, data, "length reaches beyond the message");
      data = p;
      p += v;
      break;
    case JS_GROUP:
      p = jw_skip_group(p, end, tag >> 3);
      if (!p) return jw_fail(s, at, "bad group");
      break;
    default: return jw_fail(s, at, "bad wire type");
    }
    unsigned i = js_find(m, (uint32_t)(tag >> 3));
    if (i == JS_NONE) continue;
    const js_field *f = &m->fields[i];
    if (OTTL_UNLIKELY(f->wire_type != (tag & 7)) && !(f->packed && (tag & 7) == JS_BYTES))
      return jw_fail(s, at, "wrong wire type for the field");
    if (f->id_bytes && v && v != f->id_bytes) return jw_fail(s, at, "wrong length of an id");
    if (any && (i < last || (i == last && !f->repeated))) odd = true;
    if (f->oneof) {
      uint64_t bit = (uint64_t)1 << (f->oneof - 1);
      odd |= (oneofs & bit) != 0;
      oneofs |= bit;
    }
    any = true;
    last = i;
    if (base + n >= json->entries_cap)
      OTTL_TRY(ottl__al_reserve(&json->al, &json->entries, &json->entries_cap, base + n + 1, sizeof *json->entries));
    json->entries[base + n++] = (js_entry){data, v, (uint8_t)i, (uint8_t)(tag & 7)};
  }
  *ret_n = n;
  *ret_odd = odd;
  return OTTL_OK;
}

/* Joins the pieces of a singular sub-message among the n entries at base. */
static ottl_status jw_join(jw_state *s, unsigned field, size_t base, size_t n, js_entry *ret) {
  ottl_json *json = s->json;
  size_t bytes = 0;
  for (size_t i = base; i < base + n; i++)
    if (json->entries[i].field == field) bytes += (size_t)json->entries[i].value;
  /* What is joined at one time, over all levels, is a small multiple of the input: deep nesting cannot blow it up. */
  if (json->joined_bytes + bytes > 4 * (size_t)(s->in_end - s->in) + 4096)
    return ottl__json_fail(json, OTTL_LIMIT, 0, "too many messages in pieces within each other");
  js_joined *block = al_new(&json->al, sizeof *block + bytes + JW_BEHIND);
  if (!block) return OTTL_NOMEM;
  *block = (js_joined){json->joined, sizeof *block + bytes + JW_BEHIND};
  memset((uint8_t *)(block + 1) + bytes, 0, JW_BEHIND);
  json->joined = block;
  json->joined_bytes += bytes;
  uint8_t *to = (uint8_t *)(block + 1);
  *ret = (js_entry){to, bytes, (uint8_t)field, JS_BYTES};
  for (size_t i = base; i < base + n; i++) {
    const js_entry *e = &json->entries[i];
    if (e->field != field) continue;
    if (e->value) memcpy(to, e->data, (size_t)e->value);
    to += e->value;
  }
  return OTTL_OK;
}

static void jw_drop_joined(ottl_json *json, const js_joined *down_to) {
  while (json->joined != down_to) {
    js_joined *block = json->joined;
    json->joined = block->next;
    json->joined_bytes -= block->bytes - sizeof *block - JW_BEHIND;
    al_free(&json->al, block, block->bytes);
  }
}

/* Puts the n entries at base in the order of the schema, behind themselves. */
static ottl_status jw_order(jw_state *s, const js_message *m, size_t base, size_t *n_entries) {
  ottl_json *json = s->json;
  size_t n = *n_entries, to = base + n;
  OTTL_TRY(ottl__al_reserve(&json->al, &json->entries, &json->entries_cap, base + 2 * n, sizeof *json->entries));
  js_entry *entries = json->entries;
  for (unsigned i = 0; i < m->n_fields; i++) {
    const js_field *f = &m->fields[i];
    size_t found = 0, last = 0;
    for (size_t k = base; k < base + n; k++) {
      const js_entry *e = &entries[k];
      if (e->field == i) {
        if (f->repeated) entries[to++] = *e;
        found++;
        last = k;
      } else if (f->oneof && m->fields[e->field].oneof == f->oneof) {
        found = 0; /* until the field itself comes again */
      }
    }
    if (f->repeated || !found) continue;
    if (found == 1 || !f->message || f->oneof)
      entries[to++] = entries[last];
    else
      OTTL_TRY(jw_join(s, i, base, n, &entries[to++]));
  }
  *n_entries = to - (base + n);
  return OTTL_OK;
}

static ottl_status jw_message(jw_state *s, const js_message *m, const uint8_t *p, const uint8_t *end, unsigned depth);

/* One value of a repeated scalar, with the comma before it. */
static ottl_status jw_element(jw_state *s, const js_field *f, uint64_t v, bool *first) {
  if (!jw_need(s, 48)) return OTTL_NOMEM;
  if (!*first) *s->w++ = ',';
  *first = false;
  jw_scalar(s, f, jw_value(f, v));
  return OTTL_OK;
}

/* PERF: the counts and bounds of histograms. */
static ottl_status jw_packed64(jw_state *s, const js_field *f, const js_entry *e, bool *first) {
  if (e->value > SIZE_MAX / 8 || !jw_need(s, (size_t)e->value / 8 * 40 + 1)) return OTTL_NOMEM;
  char *w = s->w;
  for (const uint8_t *p = e->data, *end = p + e->value; p < end; p += 8) {
    *w = ',';
    w += !*first;
    *first = false;
    if (f->kind == JS_KIND_DOUBLE) {
      w = ottl__json_double(w, double_of_bits(load_le64(p)));
    } else {
      *w++ = '"';
      w = json_u64(w, load_le64(p));
      *w++ = '"';
    }
  }
  s->w = w;
  return OTTL_OK;
}

/* The values of a packed field. */
static ottl_status jw_packed(jw_state *s, const js_field *f, const js_entry *e, bool *first) {
  const uint8_t *p = e->data, *end = p + e->value;
  if (f->wire_type == JS_VARINT) {
    while (p < end) {
      uint64_t v;
      const uint8_t *next = wr_varint(p, end, &v);
      if (!next) return jw_fail(s, p, "bad varint");
      p = next;
      OTTL_TRY(jw_element(s, f, v, first));
    }
    return OTTL_OK;
  }
  if (e->value % 8) return jw_fail(s, p, "packed values are cut off"); /* doubles and times: nothing else is of fixed width */
  return jw_packed64(s, f, e, first);
}

/* The elements of a repeated field that is entries [i, end). */
static ottl_status jw_repeated(jw_state *s, const js_field *f, size_t i, size_t end, unsigned depth) {
  bool first = true;
  for (; i < end; i++) {
    js_entry e = s->json->entries[i]; /* a copy: the list may move */
    if (f->wire_type == JS_BYTES) {
      if (!jw_need(s, 2)) return OTTL_NOMEM;
      if (!first) *s->w++ = ',';
      first = false;
      if (f->message)
        OTTL_TRY(jw_message(s, f->message, e.data, e.data + e.value, depth));
      else
        OTTL_TRY(jw_bytes(s, f, &e));
    } else if (e.wire_type == JS_BYTES) {
      OTTL_TRY(jw_packed(s, f, &e, &first));
    } else {
      OTTL_TRY(jw_element(s, f, e.value, &first));
    }
  }
  return OTTL_OK;
}

/* Whether a singular field is left out: at its default and not in a oneof; sub-messages are there or not. */
static inline bool jw_is_default(const js_field *f, const js_entry *e) {
  if (f->oneof || f->message) return false;
  if (f->id_bytes) {
    if (!e->value) return true;
    return (load_u64(e->data) | (f->id_bytes == 16 ? load_u64(e->data + 8) : 0)) == 0;
  }
  if (f->wire_type == JS_BYTES) return e->value == 0;
  if (f->type == PROTOBUF_C_TYPE_DOUBLE) return e->value << 1 == 0;
  return jw_value(f, e->value) == 0;
}

/* Writes the members for the n entries at base. */
static ottl_status jw_members(jw_state *s, const js_message *m, size_t base, size_t n, unsigned depth) {
  ottl_json *json = s->json;
  bool first = true;
  for (size_t i = base, next; i < base + n; i = next) {
    js_entry e = json->entries[i];
    const js_field *f = &m->fields[e.field];
    next = i + 1;
    if (f->repeated) {
      bool empty = f->packed && e.wire_type == JS_BYTES && e.value == 0;
      for (; next < base + n && json->entries[next].field == e.field; next++)
        empty &= json->entries[next].value == 0 && json->entries[next].wire_type == JS_BYTES;
      if (empty) continue;
    } else if (jw_is_default(f, &e)) {
      continue;
    }
    if (!jw_need(s, (size_t)f->quoted_len + 64)) return OTTL_NOMEM;
    if (!first) *s->w++ = ',';
    first = false;
    s->w = jw_name(s->w, f);
    if (f->repeated) {
      *s->w++ = '[';
      OTTL_TRY(jw_repeated(s, f, i, next, depth));
      if (!jw_need(s, 2)) return OTTL_NOMEM;
      *s->w++ = ']';
    } else if (f->message) {
      OTTL_TRY(jw_message(s, f->message, e.data, e.data + e.value, depth));
    } else if (f->wire_type == JS_BYTES) {
      OTTL_TRY(jw_bytes(s, f, &e));
    } else {
      jw_scalar(s, f, jw_value(f, e.value));
    }
  }
  return OTTL_OK;
}

/* One field as it is met: data and value as in js_entry. */
typedef struct jw_field {
  const js_field *f;
  js_entry e;
} jw_field;

/* Reads the next field that m knows. False: none is left, or something is odd; then p is not at the end. */
static inline bool jw_next(const js_message *m, const uint8_t **p_io, const uint8_t *end, jw_field *ret) {
  const uint8_t *p = *p_io;
  while (p < end) {
    uint64_t tag, v = 0;
    *p_io = p;
    p = wr_varint(p, end, &tag);
    if (!p || tag >> 32 || tag >> 3 == 0) return false;
    const uint8_t *data = p;
    switch (tag & 7) {
    case JS_VARINT:
      p = wr_varint(p, end, &v);
      if (!p) return false;
      break;
    case JS_FIXED64:
      if (end - p < 8) return false;
      v = load_le64(p);
      p += 8;
      break;
    case JS_FIXED32:
      if (end - p < 4) return false;
      v = load_le32(p);
      p += 4;
      break;
    case JS_BYTES:
      p = wr_varint(p, end, &v);
      if (!p || (uint64_t)(end - p) < v) return false;
      data = p;
      p += v;
      break;
    default: return false;
    }
    unsigned i = js_find(m, (uint32_t)(tag >> 3));
    if (i == JS_NONE) continue;
    const js_field *f = &m->fields[i];
    bool packed = f->packed && (tag & 7) == JS_BYTES;
    if (f->packed ? !packed || v == 0 : f->wire_type != (tag & 7)) return false;
    if (f->id_bytes && v && v != f->id_bytes) return false;
    *ret = (jw_field){f, {data, v, (uint8_t)i, (uint8_t)(tag & 7)}};
    *p_io = p;
    return true;
  }
  *p_io = p;
  return false;
}

/* Writes a message whose fields come in the order of the schema, as they come. *ret_done false: they do not, or something is
 * wrong; then what was written is to be forgotten. */
static ottl_status jw_direct(jw_state *s, const js_message *m, const uint8_t *p, const uint8_t *end, unsigned depth,
                             bool *ret_done) {
  jw_field at;
  unsigned next = 0, open = JS_NONE; /* least field that may come; repeated field whose bracket is open */
  uint64_t oneofs = 0;
  char before = '{';
  *ret_done = false;
  while (jw_next(m, &p, end, &at)) {
    const js_field *f = at.f;
    if (at.e.field < next && at.e.field != open) return OTTL_OK;
    if (f->oneof) {
      uint64_t bit = (uint64_t)1 << (f->oneof - 1);
      if (oneofs & bit) return OTTL_OK;
      oneofs |= bit;
    }
    next = at.e.field + 1u;
    if (!f->repeated && jw_is_default(f, &at.e)) continue;
    if (!jw_need(s, (size_t)f->quoted_len + 64)) return OTTL_NOMEM;
    if (open == at.e.field) {
      if (f->packed) return OTTL_OK;
      *s->w++ = ',';
    } else {
      if (open != JS_NONE) *s->w++ = ']';
      *s->w++ = before;
      before = ',';
      s->w = jw_name(s->w, f);
      open = JS_NONE;
      if (f->repeated) {
        open = at.e.field;
        *s->w++ = '[';
      }
    }
    if (f->packed) {
      bool first = true;
      OTTL_TRY(jw_packed(s, f, &at.e, &first));
      continue;
    }
    switch ((js_kind)f->kind) {
    case JS_KIND_MESSAGE:
      OTTL_TRY(jw_message(s, f->message, at.e.data, at.e.data + at.e.value, depth));
      if (f->message->is_pair && f->repeated && depth < s->json->max_depth) p = jw_pairs(s, f->number << 3 | JS_BYTES, p, end);
      break;
    case JS_KIND_TEXT:
    case JS_KIND_BYTES: OTTL_TRY(jw_bytes(s, f, &at.e)); break;
    case JS_KIND_TIME:
      *s->w++ = '"';
      s->w = json_u64(s->w, at.e.value);
      *s->w++ = '"';
      break;
    default: jw_scalar(s, f, jw_value(f, at.e.value));
    }
  }
  if (p != end) return OTTL_OK;
  if (!jw_need(s, 4)) return OTTL_NOMEM;
  if (open != JS_NONE) *s->w++ = ']';
  if (before == '{') *s->w++ = '{';
  *s->w++ = '}';
  *ret_done = true;
  return OTTL_OK;
}

static ottl_status jw_message(jw_state *s, const js_message *m, const uint8_t *p, const uint8_t *end, unsigned depth) {
  ottl_json *json = s->json;
  if (m->is_value && ++depth > json->max_depth) {
    bool inside = p >= s->in && p <= s->in_end;
    return ottl__json_fail(json, OTTL_LIMIT, inside ? (size_t)(p - s->in) : 0, "values nest deeper than %u levels",
                           json->max_depth);
  }
  if (m->is_pair && depth < json->max_depth) {
    if (!jw_need(s, (size_t)(end - p) + 160)) return OTTL_NOMEM;
    if (jw_plain_pair(s, p, end)) return OTTL_OK;
  } else if (m->is_value) {
    if (!jw_need(s, (size_t)(end - p) + 64)) return OTTL_NOMEM;
    char *w = jw_plain_value(s, s->w, p, end);
    if (w) {
      s->w = w;
      return OTTL_OK;
    }
  }
  if (OTTL_LIKELY(s->odd < JW_MOST_ODD)) {
    size_t begin = (size_t)(s->w - json->text);
    bool done;
    OTTL_TRY(jw_direct(s, m, p, end, depth, &done));
    if (OTTL_LIKELY(done)) return OTTL_OK;
    s->w = json->text + begin;
    s->odd++;
  }
  size_t kept = json->n_entries, base = kept, n = 0;
  const js_joined *joined = json->joined;
  bool odd = false;
  OTTL_TRY(jw_list(s, m, p, end, &n, &odd));
  if (OTTL_UNLIKELY(odd)) {
    size_t listed = n;
    OTTL_TRY(jw_order(s, m, base, &n));
    base += listed;
  }
  json->n_entries = base + n;
  if (!jw_need(s, 2)) return OTTL_NOMEM;
  *s->w++ = '{';
  OTTL_TRY(jw_members(s, m, base, n, depth));
  if (!jw_need(s, 2)) return OTTL_NOMEM;
  *s->w++ = '}';
  json->n_entries = kept;
  if (OTTL_UNLIKELY(json->joined != joined)) jw_drop_joined(json, joined);
  return OTTL_OK;
}

ottl_status ottl_json_from_wire(ottl_json *json, ottl_signal signal, const uint8_t *wire, size_t len, const char **ret_text,
                                size_t *ret_len) {
  if (!json || !ret_text || !ret_len || (!wire && len) || signal < OTTL_SIGNAL_LOGS || signal > OTTL_SIGNAL_PROFILES)
    return OTTL_INVALID_ARG;
  json->error[0] = 0;
  json->error_offset = 0;
  if (len > SIZE_MAX / 64) return ottl__json_fail(json, OTTL_LIMIT, 0, "the payload is too large");
  static const uint8_t nothing[1];
  if (!wire) wire = nothing;
  jw_state s = {json, json->text, json->text + json->text_cap, wire, wire + len, 0};
  json->n_entries = 0;
  ottl_status status = jw_need(&s, len * 2 + 64) ? jw_message(&s, json->roots[signal], wire, wire + len, 0) : OTTL_NOMEM;
  jw_drop_joined(json, NULL);
  if (status != OTTL_OK) return status;
  *ret_text = json->text;
  *ret_len = (size_t)(s.w - json->text);
  return OTTL_OK;
}
