/* Records of a test case, as YAML has them, to the wire. */
#include "tooling/record.h"

#include "base/base64.h"
#include "base/golayout.h"
#include "base/gonum.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "base/varint.h"
#include "config/config.h"
#include "otlp/wire.h"
#include "sema/sema.h"

static bool put_any(cfg_reader *r, const js_message *m, const cfg_node *node, ottl_sbuf *out);
static bool put_fields(cfg_reader *r, const js_message *m, const char *what, const cfg_node *map, ottl_sbuf *out);

/* -- the wire -- */

static void put_varint(ottl_sbuf *out, uint64_t v) {
  if (sbuf_reserve(out, 10)) out->len = (size_t)((char *)varint_put((uint8_t *)out->data + out->len, v) - out->data);
}

static void put_tag(ottl_sbuf *out, const js_field *f) {
  put_varint(out, WR_TAG(f->number, f->packed ? JS_BYTES : f->wire_type));
}

static void put_bits(ottl_sbuf *out, const js_field *f, uint64_t bits) {
  uint8_t fixed[8];
  if (f->wire_type == JS_VARINT) {
    put_varint(out, bits);
  } else {
    uint8_t *end = f->wire_type == JS_FIXED64 ? wr_put64(fixed, bits) : wr_put32(fixed, (uint32_t)bits);
    sbuf_put(out, fixed, (size_t)(end - fixed));
  }
}

/* What was written since `begin` gets its length in front. */
static void close_bytes(ottl_sbuf *out, size_t begin) {
  if (out->failed) return;
  size_t len = out->len - begin, head = varint_size(len);
  if (!sbuf_reserve(out, head)) return;
  memmove(out->data + begin + head, out->data + begin, len);
  varint_put((uint8_t *)out->data + begin, len);
  out->len += head;
}

/* -- what is told -- */

static bool wrong(cfg_reader *r, const cfg_node *node, const char *what, const char *wanted) {
  CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "`%s` is %s, this is %s", what, wanted, ottl__cfg_kind_name(node));
  return false;
}

static bool bad_value(cfg_reader *r, const cfg_node *node, const char *what, const char *wanted) {
  CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "`%s` is %s", what, wanted);
  return false;
}

/* -- scalars -- */

static bool is_name(const js_field *f, ottl_view key) {
  ottl_view snake = {f->snake, f->snake_len}, camel = {f->camel, f->camel_len};
  return view_eq(key, snake) || view_eq(key, camel) || view_eq(key, ottl__rec_name(f));
}

static const js_field *find_field(const js_message *m, ottl_view key) {
  for (unsigned i = 0; i < m->n_fields; i++) {
    if (is_name(&m->fields[i], key)) return &m->fields[i];
  }
  return NULL;
}

const js_field *ottl__rec_field_of(cfg_reader *r, const js_message *m, const char *what, const cfg_node *key) {
  const js_field *f = find_field(m, key->key);
  if (f) return f;
  ottl_diag_item *d =
      CFG_ERROR(r, CONFIG_UNKNOWN_KEY, cfg_key_span(r, key), "`%s` has no field `%.*s`", what, VIEW_ARG(key->key));
  sema_guess guess = ottl__guess(key->key);
  for (unsigned i = 0; i < m->n_fields; i++) ottl__guess_try(&guess, m->fields[i].snake);
  if (guess.name) {
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
    ottl__diag_fix(d, cfg_key_span(r, key), view_str(guess.name));
  } else if (find_field(m, VIEW("attributes"))) {
    ottl__diag_help(d, "the fields are those of OTLP; what is the record's own stands in `attributes`");
  }
  return NULL;
}

/* A time as OTLP has it: nanoseconds since 1970. */
bool ottl__rec_time(ottl_view text, uint64_t *ret) {
  int64_t seconds, nanos = 0;
  const char *t = text.data;
  if (text.len < 20 || t[4] != '-' || t[7] != '-' || (t[10] != 'T' && t[10] != ' ') || t[13] != ':' || t[16] != ':') return false;
  int64_t part[6];
  static const uint8_t at[6] = {0, 5, 8, 11, 14, 17};
  for (int i = 0; i < 6; i++) {
    if (ottl__gonum_parse_int(view_of(t + at[i], i ? 2 : 4), 10, &part[i]) != OTTL_NUM_OK || part[i] < 0) return false;
  }
  if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > ottl__gotime_days_in_month(part[0], (int)part[1]) || part[3] > 23 ||
      part[4] > 59 || part[5] > 59)
    return false;
  size_t i = 19;
  if (t[i] == '.') {
    int64_t unit = 100000000;
    for (i++; i < text.len && t[i] >= '0' && t[i] <= '9'; i++, unit /= 10) nanos += (t[i] - '0') * unit;
  }
  int32_t offset = 0;
  if (i + 6 == text.len && (t[i] == '+' || t[i] == '-') && t[i + 3] == ':') {
    int64_t hours, minutes;
    if (ottl__gonum_parse_int(view_of(t + i + 1, 2), 10, &hours) != OTTL_NUM_OK ||
        ottl__gonum_parse_int(view_of(t + i + 4, 2), 10, &minutes) != OTTL_NUM_OK || hours < 0 || hours > 23 || minutes < 0 ||
        minutes > 59)
      return false;
    offset = (int32_t)(hours * 3600 + minutes * 60) * (t[i] == '-' ? -1 : 1);
  } else if (i + 1 != text.len || t[i] != 'Z') {
    return false;
  }
  seconds = ottl__gotime_date(part[0], part[1], part[2], part[3], part[4], part[5], 0, offset).seconds;
  if (seconds < 0 || seconds > INT64_MAX / 1000000000 - 1) return false;
  *ret = (uint64_t)seconds * 1000000000 + (uint64_t)nanos;
  return true;
}

static bool read_symbol(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, uint64_t *ret) {
  const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(f->enums, node->text.data);
  if (value) {
    *ret = (uint64_t)(int64_t)value->value;
    return true;
  }
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "`%s` has no symbol `%.*s`", what, VIEW_ARG(node->text));
  sema_guess guess = ottl__guess(node->text);
  for (unsigned i = 0; i < f->enums->n_values; i++) ottl__guess_try(&guess, f->enums->values[i].name);
  if (guess.name) {
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
    if (node->verbatim) ottl__diag_fix(d, cfg_span(r, node), view_str(guess.name));
  } else if (f->enums->n_values > 1) {
    ottl__diag_help(d, "the symbols are those of OTTL, such as `%s`", f->enums->values[1].name);
  }
  return false;
}

static bool read_double(const cfg_node *node, uint64_t *ret) {
  double number = node->kind == CFG_INT ? (double)node->integer : node->number;
  if (node->kind == CFG_STRING && ottl__gonum_parse_double(node->text, &number) != OTTL_NUM_OK) return false;
  *ret = bits_of_double(number);
  return node->kind == CFG_INT || node->kind == CFG_FLOAT || node->kind == CFG_STRING;
}

typedef struct rec_range {
  int64_t least;
  uint64_t most;
} rec_range;

static rec_range range_of(uint8_t type) {
  switch (type) {
  case PROTOBUF_C_TYPE_ENUM:
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32: return (rec_range){INT32_MIN, INT32_MAX};
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32: return (rec_range){0, UINT32_MAX};
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64: return (rec_range){0, UINT64_MAX};
  default: return (rec_range){INT64_MIN, INT64_MAX};
  }
}

static bool read_integer(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, uint64_t *ret) {
  rec_range range = range_of(f->type);
  int64_t v = 0;
  if (node->kind >= CFG_LIST || node->kind == CFG_BOOL || node->kind == CFG_NULL) return wrong(r, node, what, "an integer");
  if (f->enums && node->kind == CFG_STRING) return read_symbol(r, f, what, node, ret);
  if (node->kind == CFG_STRING && ottl__rec_time(node->text, ret)) return true;
  bool large = ottl__gonum_parse_uint(node->text, 10, ret) == OTTL_NUM_OK, fits = large && *ret <= range.most;
  if (!large) {
    if (node->kind == CFG_INT) v = node->integer;
    if (node->kind != CFG_INT && ottl__gonum_parse_int(node->text, 10, &v) != OTTL_NUM_OK)
      return bad_value(r, node, what,
                       range.most == UINT64_MAX ? "an integer, or a time such as 2024-05-01T12:00:00Z" : "an integer");
    *ret = (uint64_t)v;
    fits = v >= range.least && (v < 0 || (uint64_t)v <= range.most);
  }
  if (!fits) {
    CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "`%s` is an integer from %lld to %llu", what, (long long)range.least,
              (unsigned long long)range.most);
    return false;
  }
  if (f->type == PROTOBUF_C_TYPE_SINT32 || f->type == PROTOBUF_C_TYPE_SINT64) *ret = *ret << 1 ^ (0 - (*ret >> 63));
  return true;
}

static bool read_bits(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, uint64_t *ret) {
  if (f->type == PROTOBUF_C_TYPE_BOOL) {
    *ret = node->boolean;
    return node->kind == CFG_BOOL || wrong(r, node, what, "true or false");
  }
  if (f->type == PROTOBUF_C_TYPE_DOUBLE) return read_double(node, ret) || wrong(r, node, what, "a number");
  return read_integer(r, f, what, node, ret);
}

static bool put_base64(cfg_reader *r, const cfg_node *node, ottl_sbuf *out) {
  size_t len;
  if (node->kind != CFG_STRING) return wrong(r, node, "$bytes", "base64 in quotes");
  if (!sbuf_reserve(out, base64_decoded_max(node->text.len) + 1)) return true;
  if (!ottl__base64_decode(out->data + out->len, &len, node->text, OTTL_BASE64_STD, NULL))
    return bad_value(r, node, "$bytes", "base64");
  out->len += len;
  return true;
}

static bool put_id(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, ottl_sbuf *out) {
  if (node->kind != CFG_STRING) return wrong(r, node, what, "hexadecimal digits in quotes");
  if (node->text.len != 2u * f->id_bytes && node->text.len) {
    CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "`%s` is %d hexadecimal digits, these are %zu", what, 2 * f->id_bytes,
              node->text.len);
    return false;
  }
  if (!sbuf_reserve(out, node->text.len)) return true;
  if (ottl__hex_decode(out->data + out->len, node->text, NULL) != OTTL_HEX_OK)
    return bad_value(r, node, what, "hexadecimal digits");
  out->len += node->text.len / 2;
  return true;
}

/* The one member of a map, `$name`; NULL: it is no such map. */
static const cfg_node *special(const cfg_node *node, const char *name) {
  return node->kind == CFG_MAP && node->n == 1 && view_is(node->first->key, name) ? node->first : NULL;
}

static bool put_bytes(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, ottl_sbuf *out) {
  if (f->id_bytes) return put_id(r, f, what, node, out);
  if (f->type == PROTOBUF_C_TYPE_BYTES) {
    const cfg_node *bytes = special(node, "$bytes");
    return put_base64(r, bytes ? bytes : node, out);
  }
  if (node->kind >= CFG_LIST || node->kind == CFG_NULL) return wrong(r, node, what, "a string");
  if (node->kind != CFG_STRING) {
    ottl_diag_item *d =
        CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "`%s` is a string, this is %s", what, ottl__cfg_kind_name(node));
    ottl__diag_help(d, "put it into quotes");
    return false;
  }
  sbuf_view(out, node->text);
  return true;
}

/* -- any values -- */

static bool put_pair(cfg_reader *r, const js_field *f, ottl_view key, const cfg_node *kid, ottl_sbuf *out) {
  const js_message *m = f->message;
  put_tag(out, f);
  size_t begin = out->len;
  put_tag(out, &m->fields[js_find(m, 1)]);
  put_varint(out, key.len);
  sbuf_view(out, key);
  put_tag(out, &m->fields[js_find(m, 2)]);
  size_t value = out->len;
  bool ok = put_any(r, m->fields[js_find(m, 2)].message, kid, out);
  close_bytes(out, value);
  close_bytes(out, begin);
  return ok;
}

/* `$pairs`: for keys that are there twice. */
static bool put_listed(cfg_reader *r, const js_field *f, const cfg_node *list, ottl_sbuf *out) {
  CFG_EACH(list, pair) {
    if (pair->kind != CFG_LIST || pair->n != 2 || pair->first->kind >= CFG_LIST)
      return wrong(r, pair, "$pairs", "a list of lists of a key and a value");
    if (!put_pair(r, f, pair->first->text, pair->first->next, out)) return false;
  }
  return list->kind == CFG_LIST || wrong(r, list, "$pairs", "a list of lists of a key and a value");
}

static bool put_pairs(cfg_reader *r, const js_field *f, const cfg_node *map, ottl_sbuf *out) {
  const cfg_node *listed = special(map, "$pairs");
  bool ok = true;
  if (listed) return put_listed(r, f, listed, out);
  CFG_EACH(map, kid) ok &= put_pair(r, f, kid->key, kid, out);
  return ok;
}

/* A list or map within a value. */
static bool put_values(cfg_reader *r, const js_field *f, const cfg_node *node, ottl_sbuf *out) {
  const js_field *values = &f->message->fields[js_find(f->message, 1)];
  bool ok = true;
  put_tag(out, f);
  size_t begin = out->len;
  if (values->message->is_pair) {
    ok = put_pairs(r, values, node, out);
  } else {
    CFG_EACH(node, kid) {
      put_tag(out, values);
      size_t at = out->len;
      ok &= put_any(r, values->message, kid, out);
      close_bytes(out, at);
    }
  }
  close_bytes(out, begin);
  return ok;
}

enum { ANY_STRING = 1, ANY_BOOL, ANY_INT, ANY_DOUBLE, ANY_LIST, ANY_MAP, ANY_BYTES };

static bool put_any(cfg_reader *r, const js_message *m, const cfg_node *node, ottl_sbuf *out) {
#define ANY(number) (&m->fields[js_find(m, number)])
  const cfg_node *inner = special(node, "$map");
  if (inner && inner->kind == CFG_MAP) return put_values(r, ANY(ANY_MAP), inner, out);
  if ((inner = special(node, "$bytes"))) {
    put_tag(out, ANY(ANY_BYTES));
    size_t begin = out->len;
    bool ok = put_base64(r, inner, out);
    close_bytes(out, begin);
    return ok;
  }
  switch (node->kind) {
  case CFG_BOOL:
    put_tag(out, ANY(ANY_BOOL));
    put_varint(out, node->boolean);
    break;
  case CFG_INT:
    put_tag(out, ANY(ANY_INT));
    put_varint(out, (uint64_t)node->integer);
    break;
  case CFG_FLOAT:
    put_tag(out, ANY(ANY_DOUBLE));
    put_bits(out, ANY(ANY_DOUBLE), bits_of_double(node->number));
    break;
  case CFG_STRING:
    put_tag(out, ANY(ANY_STRING));
    put_varint(out, node->text.len);
    sbuf_view(out, node->text);
    break;
  case CFG_LIST: return put_values(r, ANY(ANY_LIST), node, out);
  case CFG_MAP: return put_values(r, ANY(ANY_MAP), node, out);
  default: break; /* null: a value without anything in it */
  }
#undef ANY
  return true;
}

/* -- messages -- */

static bool put_message(cfg_reader *r, const js_field *f, const cfg_node *node, ottl_sbuf *out) {
  put_tag(out, f);
  size_t begin = out->len;
  bool ok = f->message->is_value ? put_any(r, f->message, node, out) : put_fields(r, f->message, f->snake, node, out);
  close_bytes(out, begin);
  return ok;
}

static bool put_one(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, ottl_sbuf *out) {
  if (f->message) return put_message(r, f, node, out);
  if (f->wire_type == JS_BYTES) {
    put_tag(out, f);
    size_t begin = out->len;
    bool ok = put_bytes(r, f, what, node, out);
    close_bytes(out, begin);
    return ok;
  }
  uint64_t bits = 0;
  if (!read_bits(r, f, what, node, &bits)) return false;
  if (!f->packed) put_tag(out, f);
  put_bits(out, f, bits);
  return true;
}

static bool put_list(cfg_reader *r, const js_field *f, const char *what, const cfg_node *node, ottl_sbuf *out) {
  bool ok = true;
  if (f->message && f->message->is_pair)
    return node->kind == CFG_MAP ? put_pairs(r, f, node, out) : wrong(r, node, what, "a map");
  if (node->kind != CFG_LIST) return wrong(r, node, what, "a list");
  if (!node->n) return true;
  if (f->packed) put_tag(out, f);
  size_t begin = out->len;
  CFG_EACH(node, kid) ok &= put_one(r, f, what, kid, out);
  if (f->packed) close_bytes(out, begin);
  return ok;
}

bool ottl__rec_field(cfg_reader *r, const js_field *f, const cfg_node *value, ottl_sbuf *out) {
  ottl_view name = ottl__rec_name(f);
  char what[64];
  memcpy(what, name.data, name.len < sizeof what ? name.len : sizeof what - 1);
  what[name.len < sizeof what ? name.len : sizeof what - 1] = 0;
  if (value->kind == CFG_NULL) return true;
  return f->repeated ? put_list(r, f, what, value, out) : put_one(r, f, what, value, out);
}

static bool put_fields(cfg_reader *r, const js_message *m, const char *what, const cfg_node *map, ottl_sbuf *out) {
  uint64_t seen = 0;
  bool ok = true;
  if (map->kind != CFG_MAP) return wrong(r, map, what, "a map");
  CFG_EACH(map, kid) {
    const js_field *f = ottl__rec_field_of(r, m, what, kid);
    if (!f) {
      ok = false;
      continue;
    }
    uint64_t bit = (uint64_t)1 << (f - m->fields);
    if (seen & (bit | f->oneof_mask)) {
      CFG_ERROR(r, CONFIG_CONFLICT, cfg_key_span(r, kid), "`%.*s` is there twice, or with another that it excludes",
                VIEW_ARG(kid->key));
      ok = false;
    }
    seen |= bit;
    ok &= ottl__rec_field(r, f, kid, out);
  }
  return ok;
}

/* -- requests -- */

static const cfg_node *kid_of(const cfg_node *map, const char *key) {
  CFG_EACH(map->kind == CFG_MAP ? map : NULL, kid) {
    if (view_is(kid->key, key)) return kid;
  }
  return NULL;
}

/* A map without one of its members. NULL: out of memory. */
static const cfg_node *without(cfg_reader *r, const cfg_node *map, const char *const *keys) {
  cfg_node *copy = arena_zero(r->arena, sizeof *copy), *last = NULL;
  if (!copy) return NULL;
  *copy = *map;
  copy->first = NULL;
  copy->n = 0;
  CFG_EACH(map, kid) {
    size_t i = 0;
    while (keys[i] && !view_is(kid->key, keys[i])) i++;
    if (keys[i]) continue;
    cfg_node *one = arena_zero(r->arena, sizeof *one);
    if (!one) return NULL;
    *one = *kid;
    one->next = NULL;
    if (last)
      last->next = one;
    else
      copy->first = one;
    last = one;
    copy->n++;
  }
  return copy;
}

static const char *const url_key[] = {"schema_url", NULL};
static const char *const above_keys[] = {"resource", "scope", NULL};

/* Field 1 of a resource or scope with its records, and field 3, the URL of its schema. */
static bool put_level(cfg_reader *r, const js_message *outer, const char *what, const cfg_node *node, ottl_sbuf *own,
                      ottl_sbuf *url) {
  if (!node || node->kind == CFG_NULL) return true;
  if (node->kind != CFG_MAP) return wrong(r, node, what, "a map");
  const cfg_node *schema_url = kid_of(node, "schema_url"), *rest = without(r, node, url_key);
  const js_field *f = &outer->fields[js_find(outer, 1)];
  if (!rest) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  put_tag(own, f);
  size_t begin = own->len;
  bool ok = put_fields(r, f->message, what, rest, own);
  close_bytes(own, begin);
  if (schema_url) ok &= ottl__rec_field(r, &outer->fields[js_find(outer, 3)], schema_url, url);
  return ok;
}

/* What stands above the record at hand, and where its parts begin in the output. */
typedef struct rec_above {
  ottl_sbuf own[2], url[2]; /* of the resource and the scope */
} rec_above;

typedef struct rec_out {
  cfg_reader *r;
  const rec_schema *s;
  ottl_sbuf *out;
  rec_above now, open;
  bool is_open;
  size_t begin[2]; /* of the open resource and scope */
} rec_out;

static void above_init(rec_above *a, const ottl_allocator *al) {
  for (int i = 0; i < 2; i++) {
    ottl__sbuf_init(&a->own[i], al);
    ottl__sbuf_init(&a->url[i], al);
  }
}

static void above_done(rec_above *a) {
  for (int i = 0; i < 2; i++) {
    ottl__sbuf_done(&a->own[i]);
    ottl__sbuf_done(&a->url[i]);
  }
}

static bool above_same(const rec_above *a, const rec_above *b, int level) {
  return view_eq(sbuf_all(&a->own[level]), sbuf_all(&b->own[level])) &&
         view_eq(sbuf_all(&a->url[level]), sbuf_all(&b->url[level]));
}

static void close_level(rec_out *o, int level) {
  sbuf_view(o->out, sbuf_all(&o->open.url[level]));
  close_bytes(o->out, o->begin[level]);
}

static void open_level(rec_out *o, int level) {
  put_varint(o->out, WR_TAG(level ? 2 : 1, JS_BYTES));
  o->begin[level] = o->out->len;
  sbuf_view(o->out, sbuf_all(&o->now.own[level]));
}

/* Closes what the record does not share, and opens its own. */
static void enter(rec_out *o) {
  bool same[2] = {o->is_open && above_same(&o->now, &o->open, 0), false};
  same[1] = same[0] && above_same(&o->now, &o->open, 1);
  if (o->is_open && !same[1]) close_level(o, 1);
  if (o->is_open && !same[0]) close_level(o, 0);
  if (!same[0]) open_level(o, 0);
  if (!same[1]) open_level(o, 1);
  rec_above swap = o->open;
  o->open = o->now;
  o->now = swap;
  o->is_open = true;
}

static bool put_record(rec_out *o, const cfg_node *record, const cfg_node *resource, const cfg_node *scope) {
  cfg_reader *r = o->r;
  if (record->kind != CFG_MAP) return wrong(r, record, "a record", "a map");
  const cfg_node *own[2] = {kid_of(record, "resource"), kid_of(record, "scope")}, *rest = without(r, record, above_keys);
  if (!rest) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  for (int i = 0; i < 2; i++) o->now.own[i].len = o->now.url[i].len = 0;
  bool ok = put_level(r, o->s->resources, "resource", own[0] ? own[0] : resource, &o->now.own[0], &o->now.url[0]);
  ok &= put_level(r, o->s->scopes, "scope", own[1] ? own[1] : scope, &o->now.own[1], &o->now.url[1]);
  enter(o);
  put_varint(o->out, WR_TAG(2, JS_BYTES));
  size_t begin = o->out->len;
  ok &= put_fields(r, o->s->item,
                   o->s->signal == OTTL_SIGNAL_LOGS     ? "log record"
                   : o->s->signal == OTTL_SIGNAL_TRACES ? "span"
                                                        : "metric",
                   rest, o->out);
  close_bytes(o->out, begin);
  return ok;
}

bool ottl__rec_request(cfg_reader *r, const rec_schema *s, const cfg_node *records, const cfg_node *resource,
                       const cfg_node *scope, ottl_sbuf *out) {
  rec_out o = {.r = r, .s = s, .out = out};
  bool ok = true;
  above_init(&o.now, &r->al);
  above_init(&o.open, &r->al);
  CFG_EACH(records, record) ok &= put_record(&o, record, resource, scope);
  if (o.is_open) {
    close_level(&o, 1);
    close_level(&o, 0);
  }
  for (int i = 0; i < 2; i++)
    out->failed |= o.now.own[i].failed || o.now.url[i].failed || o.open.own[i].failed || o.open.url[i].failed;
  above_done(&o.now);
  above_done(&o.open);
  if (out->failed) r->fatal = OTTL_NOMEM;
  return ok && r->fatal == OTTL_OK;
}

size_t ottl__rec_known(const rec_schema *s, const cfg_node *record) {
  size_t n = 0;
  CFG_EACH(record->kind == CFG_MAP ? record : NULL, kid) n += find_field(s->item, kid->key) != NULL;
  return n;
}

/* -- JSON -- */

void ottl__rec_json(const cfg_node *node, ottl_sbuf *out) {
  bool map = node->kind == CFG_MAP, first = true;
  if (node->kind >= CFG_LIST) {
    sbuf_byte(out, map ? '{' : '[');
    CFG_EACH(node, kid) {
      if (!first) sbuf_byte(out, ',');
      first = false;
      if (map) {
        ottl__diag_json_text(out, kid->key);
        sbuf_byte(out, ':');
      }
      ottl__rec_json(kid, out);
    }
    sbuf_byte(out, map ? '}' : ']');
    return;
  }
  bool finite = node->number - node->number == 0; /* the others are texts in JSON */
  if (node->kind == CFG_NULL)
    sbuf_str(out, "null");
  else if (node->kind == CFG_BOOL)
    sbuf_str(out, node->boolean ? "true" : "false");
  else if (node->kind == CFG_INT)
    ottl__gonum_put_int(out, node->integer);
  else if (node->kind == CFG_FLOAT && finite)
    ottl__gonum_put_double(out, node->number, 'g');
  else if (node->kind == CFG_FLOAT)
    sbuf_str(out, node->number > 0 ? "\"Infinity\"" : node->number < 0 ? "\"-Infinity\"" : "\"NaN\"");
  else
    ottl__diag_json_text(out, node->text);
}
