/* JSON -> wire: walks a yyjson document and writes the message backwards, from the end of the buffer to its start, so that the
 * length of a sub-message is known when its prefix is due. Fields come out by number, whatever the order of the members. */
#include <inttypes.h>
#include <math.h>

#include "base/varint.h"
#include "otlp/json_object.h"
#include "otlp/json_text.h"

#define JR_MAX_WIRE 0x7fffffffu /* protobuf's own limit */

typedef struct jr_state {
  ottl_json *json;
  uint8_t *p; /* start of what is written; the end is json->wire + json->wire_cap */
  const char *text;
  const char *at; /* the member name that was met last, for errors */
} jr_state;

static inline size_t jr_used(const jr_state *r) { return r->json->wire_cap - (size_t)(r->p - r->json->wire); }

static OTTL_NOINLINE bool jr_grow(jr_state *r, size_t n) {
  ottl_json *json = r->json;
  size_t used = jr_used(r);
  if (n > SIZE_MAX / 4 || used > SIZE_MAX / 4) return false;
  size_t cap = json->wire_cap * 2;
  if (cap < used + n) cap = used + n;
  if (cap < 4096) cap = 4096;
  uint8_t *grown = al_new(&json->al, cap);
  if (!grown) return false;
  if (used) memcpy(grown + cap - used, r->p, used);
  al_free(&json->al, json->wire, json->wire_cap);
  json->wire = grown;
  json->wire_cap = cap;
  r->p = grown + cap - used;
  return true;
}

/* Room for n bytes in front of p. */
static inline bool jr_need(jr_state *r, size_t n) { return OTTL_LIKELY((size_t)(r->p - r->json->wire) >= n) || jr_grow(r, n); }

/* Puts a varint in front of p, where there is room. */
static inline void jr_varint(jr_state *r, uint64_t v) {
  if (OTTL_LIKELY(v < 0x80)) {
    *--r->p = (uint8_t)v;
    return;
  }
  r->p -= varint_size(v);
  varint_put(r->p, v);
}

static inline void jr_tag(jr_state *r, const js_field *f, unsigned wire_type) { jr_varint(r, f->number << 3 | wire_type); }

#define JR_PREFIX 20 /* a tag and a length */

static const char *jr_kind(yyjson_val *v) {
  switch (yyjson_get_type(v)) {
  case YYJSON_TYPE_NULL: return "null";
  case YYJSON_TYPE_BOOL: return "a boolean";
  case YYJSON_TYPE_NUM: return "a number";
  case YYJSON_TYPE_STR: return "a string";
  case YYJSON_TYPE_ARR: return "an array";
  default: return "an object";
  }
}

/* Where the member that was met last has its name. yyjson keeps the text of a document, and strings in it where they were. */
static size_t jr_offset(const jr_state *r) { return r->at ? (size_t)(r->at - r->text) : 0; }

/* Tells the kind of what was found, never the value: it may be secret. */
static ottl_status jr_fail(jr_state *r, const js_field *f, const char *wanted, yyjson_val *v) {
  return ottl__json_fail(r->json, OTTL_DATA, jr_offset(r), "`%s`: expected %s, found %s", f->camel, wanted, jr_kind(v));
}

static ottl_status jr_message(jr_state *r, const js_message *m, const js_field *of, yyjson_val *object, unsigned depth);

/* An integer from a number or from decimal text: magnitude and sign. Numbers with a fraction of zero are integers too. */
static bool jr_integer(yyjson_val *v, bool *negative, uint64_t *magnitude) {
  if (yyjson_is_uint(v)) {
    *negative = false;
    *magnitude = unsafe_yyjson_get_uint(v);
    return true;
  }
  if (yyjson_is_sint(v)) {
    int64_t i = unsafe_yyjson_get_sint(v);
    *negative = i < 0;
    *magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    return true;
  }
  if (yyjson_is_real(v)) {
    double d = unsafe_yyjson_get_real(v);
    if (!(fabs(d) < 18446744073709551616.0) || d != trunc(d)) return false;
    *negative = d < 0;
    *magnitude = (uint64_t)fabs(d);
    return true;
  }
  if (yyjson_is_str(v))
    return ottl__json_read_u64(view_of(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v)), negative, magnitude);
  return false;
}

static bool jr_signed(yyjson_val *v, unsigned bits, int64_t *ret) {
  bool negative;
  uint64_t n;
  if (!jr_integer(v, &negative, &n) || n > ((uint64_t)1 << (bits - 1)) - !negative) return false;
  *ret = (int64_t)(negative ? 0 - n : n);
  return true;
}

static bool jr_unsigned(yyjson_val *v, unsigned bits, uint64_t *ret) {
  bool negative;
  uint64_t n;
  if (!jr_integer(v, &negative, &n) || (negative && n) || (bits < 64 && n >> bits)) return false;
  *ret = n;
  return true;
}

static bool jr_double(yyjson_val *v, double *ret) {
  if (yyjson_is_num(v)) {
    *ret = unsafe_yyjson_get_num(v);
    if (*ret == 0 && yyjson_is_sint(v)) *ret = -0.0; /* yyjson's way to keep the sign of "-0" */
    return true;
  }
  return yyjson_is_str(v) && ottl__json_read_double(view_of(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v)), ret);
}

/* A scalar as the bits that stand on the wire. */
static ottl_status jr_scalar(jr_state *r, const js_field *f, yyjson_val *v, uint64_t *ret) {
  int64_t i;
  double d;
  switch (f->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
    if (!jr_signed(v, 32, &i)) return jr_fail(r, f, "a 32-bit integer", v);
    *ret = f->type == PROTOBUF_C_TYPE_SINT32 ? (uint32_t)i << 1 ^ (uint32_t)(i >> 63) : (uint64_t)i;
    return OTTL_OK;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SFIXED64:
    if (!jr_signed(v, 64, &i)) return jr_fail(r, f, "a 64-bit integer", v);
    *ret = (uint64_t)i;
    return OTTL_OK;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32: return jr_unsigned(v, 32, ret) ? OTTL_OK : jr_fail(r, f, "an unsigned 32-bit integer", v);
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64: return jr_unsigned(v, 64, ret) ? OTTL_OK : jr_fail(r, f, "an unsigned 64-bit integer", v);
  case PROTOBUF_C_TYPE_DOUBLE:
    if (!jr_double(v, &d)) return jr_fail(r, f, "a number", v);
    *ret = bits_of_double(d);
    return OTTL_OK;
  case PROTOBUF_C_TYPE_BOOL:
    if (!yyjson_is_bool(v)) return jr_fail(r, f, "true or false", v);
    *ret = unsafe_yyjson_get_bool(v);
    return OTTL_OK;
  default: /* ENUM: the schema has no type that is not here (unit/json) */
    if (yyjson_is_str(v)) {
      const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(f->enums, unsafe_yyjson_get_str(v));
      if (!value) return jr_fail(r, f, "the name or number of an enum value", v);
      *ret = (uint64_t)(int64_t)value->value;
      return OTTL_OK;
    }
    if (!jr_signed(v, 32, &i)) return jr_fail(r, f, "the name or number of an enum value", v);
    *ret = (uint64_t)i;
    return OTTL_OK;
  }
}

/* The bits of one scalar in front of p, where there is room. */
static inline void jr_put_scalar(jr_state *r, const js_field *f, uint64_t bits) {
  if (f->wire_type == JS_VARINT) {
    jr_varint(r, bits);
  } else if (f->wire_type == JS_FIXED64) {
    r->p -= 8;
    store_le64(r->p, bits);
  } else {
    r->p -= 4;
    store_le32(r->p, (uint32_t)bits);
  }
}

/* Text, bytes, ids: with tag and length. The empty ones are left out where `keep` does not say that presence counts. */
static ottl_status jr_string(jr_state *r, const js_field *f, yyjson_val *v, bool keep) {
  ottl_view text = {"", 0};
  if (yyjson_is_str(v))
    text = view_of(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v));
  else if (!yyjson_is_null(v))
    return jr_fail(r, f, "a string", v);
  size_t len = text.len;
  if (f->id_bytes && len) {
    uint8_t id[16];
    len = f->id_bytes;
    if (text.len != 2 * len || !ottl__json_read_hex(id, text))
      return jr_fail(r, f, f->id_bytes == 16 ? "32 hex digits" : "16 hex digits", v);
    uint64_t any = load_u64(id) | (len == 16 ? load_u64(id + 8) : 0);
    if (!any) len = 0; /* an id of zeros is no id */
    if (!len && !keep) return OTTL_OK;
    if (!jr_need(r, len + JR_PREFIX)) return OTTL_NOMEM;
    r->p -= len;
    memcpy(r->p, id, len);
  } else if (f->type == PROTOBUF_C_TYPE_BYTES && !f->id_bytes) {
    if (!ottl__json_base64_bytes(text, &len)) return jr_fail(r, f, "base64", v);
    if (!len && !keep) return OTTL_OK;
    if (!jr_need(r, len + JR_PREFIX)) return OTTL_NOMEM;
    r->p -= len;
    ottl__json_read_base64(r->p, text);
  } else {
    if (!len && !keep) return OTTL_OK;
    if (!jr_need(r, len + JR_PREFIX)) return OTTL_NOMEM;
    r->p -= len;
    if (len) memcpy(r->p, text.data, len);
  }
  jr_varint(r, len);
  jr_tag(r, f, JS_BYTES);
  return OTTL_OK;
}

/* Puts tag and length before what has been written since `before`. */
static ottl_status jr_prefix(jr_state *r, const js_field *f, size_t before) {
  if (!jr_need(r, JR_PREFIX)) return OTTL_NOMEM;
  jr_varint(r, jr_used(r) - before);
  jr_tag(r, f, JS_BYTES);
  return OTTL_OK;
}

static ottl_status jr_sub_message(jr_state *r, const js_field *f, yyjson_val *v, unsigned depth) {
  size_t before = jr_used(r);
  OTTL_TRY(jr_message(r, f->message, f, v, depth));
  return jr_prefix(r, f, before);
}

/* The elements of an array; packed ones without tag and length. */
static ottl_status jr_elements(jr_state *r, const js_field *f, yyjson_val *array, unsigned depth) {
  if (!yyjson_is_arr(array)) return jr_fail(r, f, "an array", array);
  ottl_json *json = r->json;
  size_t n = unsafe_yyjson_get_len(array), base = json->n_vals;
  if (n == 0) return OTTL_OK;
  /* yyjson's arrays can be walked forwards only. */
  OTTL_TRY(ottl__al_reserve(&json->al, &json->vals, &json->vals_cap, base + n, sizeof *json->vals));
  yyjson_val *v = unsafe_yyjson_get_first(array);
  for (size_t i = 0; i < n; i++, v = unsafe_yyjson_get_next(v)) json->vals[base + i] = v;
  json->n_vals = base + n;
  const char *at = r->at;
  for (size_t i = n; i-- > 0;) {
    v = json->vals[base + i];
    r->at = at;
    if (f->message) {
      OTTL_TRY(jr_sub_message(r, f, v, depth));
    } else if (f->wire_type == JS_BYTES) {
      OTTL_TRY(jr_string(r, f, v, true));
    } else {
      uint64_t bits;
      OTTL_TRY(jr_scalar(r, f, v, &bits));
      if (!jr_need(r, JR_PREFIX)) return OTTL_NOMEM;
      jr_put_scalar(r, f, bits);
    }
  }
  json->n_vals = base;
  return OTTL_OK;
}

/* A member; for packed fields the elements only, as a member that came again makes one run with the first. */
static ottl_status jr_field(jr_state *r, const js_field *f, yyjson_val *v, unsigned depth) {
  if (f->repeated) return jr_elements(r, f, v, depth);
  if (f->message) return jr_sub_message(r, f, v, depth);
  if (f->wire_type == JS_BYTES) return jr_string(r, f, v, f->oneof != 0);
  uint64_t bits;
  OTTL_TRY(jr_scalar(r, f, v, &bits));
  /* Minus zero is a default as well: pdata compares with 0. */
  if (!f->oneof && (bits == 0 || (f->type == PROTOBUF_C_TYPE_DOUBLE && bits << 1 == 0))) return OTTL_OK;
  if (!jr_need(r, JR_PREFIX)) return OTTL_NOMEM;
  jr_put_scalar(r, f, bits);
  jr_tag(r, f, f->wire_type);
  return OTTL_OK;
}

/* Whether the bytes behind the first 8 agree; names are short, and 8 bytes can be read up to 8 before their end. */
static inline bool jr_same_rest(const char *a, const char *b, size_t len) {
  if (len <= 8) return true;
  if (load_u64(a + len - 8) != load_u64(b + len - 8)) return false;
  return len <= 16 || memcmp(a + 8, b + 8, len - 16) == 0;
}

/* The field of that name; the search starts where the writer of the text most likely goes on. In a document, 8 bytes can be read
 * at any name: a quote, a colon, a value, a brace and yyjson's 4 bytes of padding follow it at least. */
static inline unsigned jr_find(const js_message *m, const char *name, size_t len, unsigned hint) {
  uint64_t head = js_head(name, len);
  for (unsigned k = 0, i = hint; k < m->n_fields; k++, i++) {
    if (i >= m->n_fields) i = 0;
    const js_field *f = &m->fields[i];
    if (f->camel_head == head && f->camel_len == len && jr_same_rest(f->camel, name, len)) return i;
  }
  for (unsigned i = 0; i < m->n_fields; i++) {
    const js_field *f = &m->fields[i];
    if (f->snake_len == len && memcmp(f->snake, name, len) == 0) return i;
  }
  return JS_NONE;
}

/* null stands for "not there", but a text, map or list in a oneof is chosen by its name alone. */
static inline bool jr_is_missing(const js_field *f, yyjson_val *v) {
  return yyjson_is_null(v) && !(f->oneof && f->wire_type == JS_BYTES);
}

/* Any object. On the stack of values: a slot for each field; behind them pairs (field, value) of members that came again, which
 * add to the first for repeated fields and messages, and replace it for the others. */
static ottl_status jr_members(jr_state *r, const js_message *m, yyjson_val *object, unsigned depth) {
  ottl_json *json = r->json;
  size_t base = json->n_vals, more = base + m->n_fields, top = more;
  uint64_t seen = 0; /* slots that are set */
  if (OTTL_UNLIKELY(json->vals_cap < top))
    OTTL_TRY(ottl__al_reserve(&json->al, &json->vals, &json->vals_cap, top, sizeof *json->vals));
  size_t n_members = unsafe_yyjson_get_len(object);
  yyjson_val *key = unsafe_yyjson_get_first(object);
  for (unsigned hint = 0; n_members-- > 0;) {
    yyjson_val *v = key + 1;
    unsigned i = jr_find(m, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key), hint);
    if (i != JS_NONE) {
      const js_field *f = &m->fields[i];
      uint64_t bit = (uint64_t)1 << i;
      hint = i + 1;
      if (jr_is_missing(f, v)) {
      } else if (OTTL_UNLIKELY(seen & bit) && !f->oneof && (f->repeated || f->message)) {
        OTTL_TRY(ottl__al_reserve(&json->al, &json->vals, &json->vals_cap, top + 2, sizeof *json->vals));
        json->vals[top++] = (yyjson_val *)(uintptr_t)i;
        json->vals[top++] = v;
      } else {
        seen = (seen & ~f->oneof_mask) | bit;
        json->vals[base + i] = v;
      }
    }
    key = unsafe_yyjson_get_next(v);
  }
  json->n_vals = top;
  while (seen) {
    unsigned i = 63 - (unsigned)__builtin_clzll(seen);
    seen &= ~((uint64_t)1 << i);
    size_t before = jr_used(r);
    for (size_t k = top; k > more; k -= 2) {
      if ((uintptr_t)json->vals[k - 2] != i) continue;
      r->at = unsafe_yyjson_get_str(json->vals[k - 1] - 1); /* the key stands before its value */
      OTTL_TRY(jr_field(r, &m->fields[i], json->vals[k - 1], depth));
    }
    r->at = unsafe_yyjson_get_str(json->vals[base + i] - 1);
    OTTL_TRY(jr_field(r, &m->fields[i], json->vals[base + i], depth));
    if (m->fields[i].packed && jr_used(r) > before) OTTL_TRY(jr_prefix(r, &m->fields[i], before));
  }
  json->n_vals = base;
  return OTTL_OK;
}

static ottl_status jr_message(jr_state *r, const js_message *m, const js_field *of, yyjson_val *object, unsigned depth) {
  if (yyjson_is_null(object)) return OTTL_OK;
  if (!yyjson_is_obj(object)) return jr_fail(r, of, "an object", object);
  if (m->is_value && ++depth > r->json->max_depth)
    return ottl__json_fail(r->json, OTTL_LIMIT, jr_offset(r), "values nest deeper than %u levels", r->json->max_depth);
  /* PERF: attributes and values are most of a payload, and most of them are {"key":..., "value":...} and {"...Value":...}. */
  size_t n = unsafe_yyjson_get_len(object);
  if (m->is_value && n == 1) {
    yyjson_val *key = unsafe_yyjson_get_first(object);
    unsigned i = jr_find(m, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key), 0);
    if (i == JS_NONE || jr_is_missing(&m->fields[i], key + 1)) return OTTL_OK;
    r->at = unsafe_yyjson_get_str(key);
    return jr_field(r, &m->fields[i], key + 1, depth);
  }
  if (m->is_pair && n == 2) {
    yyjson_val *key = unsafe_yyjson_get_first(object), *value = unsafe_yyjson_get_next(key + 1);
    if (unsafe_yyjson_equals_strn(key, "key", 3) && unsafe_yyjson_equals_strn(value, "value", 5) && yyjson_is_str(key + 1)) {
      r->at = unsafe_yyjson_get_str(value);
      if (!yyjson_is_null(value + 1)) OTTL_TRY(jr_sub_message(r, &m->fields[1], value + 1, depth));
      return jr_string(r, &m->fields[0], key + 1, false);
    }
  }
  return jr_members(r, m, object, depth);
}

/* The UTF-16 unit of an escape at i, or 0. */
static unsigned jr_escape(const char *text, size_t len, size_t i) {
  if (i + 6 > len || text[i] != '\\' || text[i + 1] != 'u') return 0;
  uint8_t unit[2];
  if (!ottl__json_read_hex(unit, view_of(text + i + 2, 4))) return 0;
  return (unsigned)unit[0] << 8 | unit[1];
}

/* pdata takes two things in strings that yyjson refuses: bytes that are not UTF-8, which stay as they are, and halves of
 * surrogate pairs in escapes, which become U+FFFD. Corrects the halves in place; false if a control character stands in a
 * string, which nobody takes and yyjson would not see once it is told to let invalid bytes pass. */
static bool jr_mend(char *text, size_t len) {
  bool inside = false;
  for (size_t i = 0; i < len;) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"') inside = !inside;
    if (inside && c < 0x20) return false;
    if (!inside || c != '\\') {
      i++;
      continue;
    }
    unsigned unit = jr_escape(text, len, i);
    if ((unit & 0xf800) != 0xd800) {
      i += 2;
    } else if (unit < 0xdc00 && (jr_escape(text, len, i + 6) & 0xfc00) == 0xdc00) {
      i += 12;
    } else {
      memcpy(text + i, "\\ufffd", 6);
      i += 6;
    }
  }
  return true;
}

static ottl_status jr_parse(ottl_json *json, const char *text, size_t len, yyjson_doc **ret) {
  yyjson_read_err err = {0};
  /* The text is not written to without INSITU. */
  yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text, len, 0, &json->yyjson_al, &err);
  if (!doc && err.code == YYJSON_READ_ERROR_INVALID_STRING) {
    char *mended = al_new(&json->al, len);
    if (!mended) return OTTL_NOMEM;
    memcpy(mended, text, len);
    if (jr_mend(mended, len)) doc = yyjson_read_opts(mended, len, YYJSON_READ_ALLOW_INVALID_UNICODE, &json->yyjson_al, &err);
    al_free(&json->al, mended, len);
  }
  if (!doc) {
    if (err.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) return OTTL_NOMEM;
    return ottl__json_fail(json, OTTL_DATA, err.pos, "not JSON: %s", err.msg ? err.msg : "malformed");
  }
  *ret = doc;
  return OTTL_OK;
}

static ottl_status jr_document(ottl_json *json, ottl_signal signal, yyjson_doc *doc, size_t len, size_t *ret_len) {
  yyjson_val *root = yyjson_doc_get_root(doc);
  if (!yyjson_is_obj(root)) return ottl__json_fail(json, OTTL_DATA, 0, "expected an object, found %s", jr_kind(root));
  jr_state r = {.json = json, .p = json->wire ? json->wire + json->wire_cap : NULL, .text = doc->str_pool};
  /* The wire form is nearly always the shorter one. */
  if (!jr_need(&r, len / 2 + 64)) return OTTL_NOMEM;
  json->n_vals = 0;
  OTTL_TRY(jr_message(&r, json->roots[signal], NULL, root, 0));
  if (jr_used(&r) > JR_MAX_WIRE) return ottl__json_fail(json, OTTL_LIMIT, 0, "the wire form is larger than 2 GiB");
  *ret_len = jr_used(&r);
  return OTTL_OK;
}

ottl_status ottl_json_to_wire(ottl_json *json, ottl_signal signal, const char *text, size_t len, const uint8_t **ret_wire,
                              size_t *ret_len) {
  if (!json || !ret_wire || !ret_len || (!text && len) || signal < OTTL_SIGNAL_LOGS || signal > OTTL_SIGNAL_PROFILES)
    return OTTL_INVALID_ARG;
  json->error[0] = 0;
  json->error_offset = 0;
  if (len == 0) return ottl__json_fail(json, OTTL_DATA, 0, "the text is empty");
  if (len > SIZE_MAX / 64) return ottl__json_fail(json, OTTL_LIMIT, 0, "the text is too large");
  ottl_status fast = ottl__json_fast(json, json->roots[signal], text, len, ret_len);
  if (OTTL_LIKELY(fast == OTTL_OK)) *ret_wire = json->wire;
  if (OTTL_LIKELY(fast != OTTL_DATA)) return fast;
  yyjson_doc *doc = NULL;
  OTTL_TRY(jr_parse(json, text, len, &doc));
  size_t wire_len = 0;
  ottl_status status = jr_document(json, signal, doc, len, &wire_len);
  yyjson_doc_free(doc);
  if (status != OTTL_OK) return status;
  *ret_wire = json->wire + json->wire_cap - wire_len;
  *ret_len = wire_len;
  return OTTL_OK;
}
