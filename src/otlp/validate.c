/* A table for each message says by tag what is to be checked and, for what is no message, how far it is to the next field, so
 * that a field costs a look and a step, and no branch that depends on its type. Attributes, which are most of nearly all
 * requests, are recognized as a whole in the form in which everybody writes them; any other form goes by the tables like all
 * else. Nothing but the wire form is checked: texts may be any bytes, numbers any value, as for pdata. */
#include <stdio.h>

#include "base/limits.h"
#include "otlp/json_schema.h"
#include "otlp/validate.h"
#include "otlp/wire.h"

typedef enum vd_op {
  VD_VARINT,
  VD_FIXED,         /* arg: bytes */
  VD_LEN,           /* texts, bytes */
  VD_ID,            /* arg: bytes, or none */
  VD_MESSAGE,       /* arg: index of its table */
  VD_PAIR,          /* a KeyValue: likewise */
  VD_VALUE,         /* an AnyValue: likewise */
  VD_PACKED_VARINT, /* repeated numbers in one field */
  VD_PACKED_FIXED,  /* arg: bytes of each */
  VD_GROUP,         /* of a number that is not known */
  VD_FIELD_0,
  VD_TYPE,      /* a known field that has another wire type */
  VD_UNDEFINED, /* wire types 6 and 7; the end of a group that did not begin */
  VD_LONG_TAG,  /* a tag of several bytes begins */
} vd_op;

typedef struct vd_step {
  _Alignas(8) uint8_t op; /* a step is found by one shift */
  uint8_t arg;
  /* What is usual, without a look at `op`: the byte behind the tag has none of the bits `odd`, and the value takes `size` bytes,
   * and as many more as the bits `length` of that byte say. */
  uint8_t odd, size, length;
  bool usual;
} vd_step;

#define VD_NUMBERS 32 /* fields with lower numbers are in the table */

typedef struct vd_table {
  vd_step first[256];         /* by the first byte of the tag */
  vd_step at[VD_NUMBERS * 8]; /* by tag: number and wire type */
  const js_message *message;
  uint8_t old_scopes; /* table of the field 1000, see vd_old_scopes; 0: it has none */
} vd_table;

struct ottl_validator {
  ottl_allocator al;
  ottl_arena arena;
  js_schema schema; /* of the tables, in the same order */
  vd_table *tables;
  unsigned root;
};

/* ---- tables ---- */

/* Fields that are not known: any wire type that there is. */
static vd_step vd_unknown(uint32_t wire_type) {
  switch (wire_type) {
  case WR_VARINT: return (vd_step){.op = VD_VARINT, .odd = 0x80, .size = 1, .usual = true};
  case WR_64: return (vd_step){.op = VD_FIXED, .arg = 8, .size = 8, .usual = true};
  case WR_LEN: return (vd_step){.op = VD_LEN, .odd = 0x80, .size = 1, .length = 0x7f, .usual = true};
  case WR_GROUP: return (vd_step){.op = VD_GROUP};
  case WR_32: return (vd_step){.op = VD_FIXED, .arg = 4, .size = 4, .usual = true};
  default: return (vd_step){.op = VD_UNDEFINED};
  }
}

static uint8_t vd_index(const ottl_validator *v, const js_message *m) {
  unsigned i = 0;
  while (v->schema.messages[i] != m) i++;
  return (uint8_t)i;
}

static vd_step vd_known(const ottl_validator *v, const js_field *f) {
  vd_op op = !f->message ? VD_LEN : f->message->is_pair ? VD_PAIR : f->message->is_value ? VD_VALUE : VD_MESSAGE;
  if (f->message) return (vd_step){.op = (uint8_t)op, .arg = vd_index(v, f->message)};
  if (f->id_bytes) /* a power of two: without any other bit it is that or 0 */
    return (vd_step){.op = VD_ID, .arg = f->id_bytes, .odd = (uint8_t)~f->id_bytes, .size = 1, .length = 0x7f, .usual = true};
  return vd_unknown(f->wire_type);
}

static void vd_fill_field(const ottl_validator *v, vd_table *t, const js_field *f) {
  vd_step *at = &t->at[f->number * 8];
  for (unsigned type = 0; type < 8; type++) at[type] = (vd_step){.op = VD_TYPE, .arg = f->wire_type};
  at[f->wire_type] = vd_known(v, f);
  if (!f->packed) return;
  vd_step one = at[f->wire_type];
  at[WR_LEN] = one.op == VD_FIXED ? (vd_step){.op = VD_PACKED_FIXED, .arg = one.arg} : (vd_step){.op = VD_PACKED_VARINT};
}

/* Scopes were the field 1000 of a resource for a while, says pdata, and reads them: what is field 2 now. Profiles are younger. */
static uint8_t vd_old_scopes(const ottl_validator *v, const js_message *m) {
  static const char *const names[] = {"ResourceLogs", "ResourceSpans", "ResourceMetrics"};
  for (size_t i = 0; i < OTTL_COUNT(names); i++)
    if (strcmp(m->descriptor->short_name, names[i]) == 0) return vd_index(v, m->fields[js_find(m, 2)].message);
  return 0;
}

static bool vd_fill(ottl_validator *v) {
  v->tables = arena_array(&v->arena, v->schema.n_messages, sizeof *v->tables);
  if (!v->tables) return false;
  for (unsigned i = 0; i < v->schema.n_messages; i++) {
    vd_table *t = &v->tables[i];
    const js_message *m = v->schema.messages[i];
    t->message = m;
    t->old_scopes = vd_old_scopes(v, m);
    for (uint32_t tag = 0; tag < VD_NUMBERS * 8; tag++) t->at[tag] = tag < 8 ? (vd_step){.op = VD_FIELD_0} : vd_unknown(tag & 7);
    for (unsigned k = 0; k < m->n_fields; k++) {
      if (m->fields[k].number >= VD_NUMBERS) return false; /* the schema has outgrown the tables */
      vd_fill_field(v, t, &m->fields[k]);
    }
    for (unsigned byte = 0; byte < 256; byte++) t->first[byte] = byte < 0x80 ? t->at[byte] : (vd_step){.op = VD_LONG_TAG};
  }
  return true;
}

ottl_status ottl__validator_create(const ottl_allocator *al, int signal, ottl_validator **ret) {
  const ProtobufCMessageDescriptor *root = ottl__json_root(signal);
  if (!root) return OTTL_INVALID_ARG;
  ottl_validator *v = al_zero(al, sizeof *v);
  if (!v) return OTTL_NOMEM;
  v->al = *al;
  ottl__arena_init(&v->arena, &v->al, 16 << 10);
  const js_message *m = ottl__json_message(&v->schema, &v->arena, root);
  if (!m || !vd_fill(v)) {
    ottl__validator_free(v);
    return OTTL_NOMEM;
  }
  v->root = vd_index(v, m);
  *ret = v;
  return OTTL_OK;
}

void ottl__validator_free(ottl_validator *v) {
  if (!v) return;
  ottl_allocator al = v->al;
  ottl__arena_done(&v->arena);
  al_free(&al, v, sizeof *v);
}

/* ---- refusals ---- */

typedef struct vd_walk {
  const vd_table *tables;
  const uint8_t *in, *stop; /* the request */
  ottl_invalid *why;
  ottl_status status;
} vd_walk;

/* What the schema calls the field at `tag`. */
static OTTL_NOINLINE const uint8_t *vd_refuse(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *end,
                                              const char *text) {
  uint32_t number = 0, type = 0;
  const char *message = t->message->descriptor->short_name;
  const uint8_t *p = wr_tag(tag, end, &number, &type);
  unsigned field = p ? js_find(t->message, number) : JS_NONE;
  w->status = OTTL_DATA;
  w->why->offset = (size_t)(tag - w->in);
  if (field != JS_NONE)
    snprintf(w->why->text, sizeof w->why->text, "%s.%s: %s", message, t->message->fields[field].snake, text);
  else if (p)
    snprintf(w->why->text, sizeof w->why->text, "%s: field %u: %s", message, (unsigned)number, text);
  else
    snprintf(w->why->text, sizeof w->why->text, "%s: %s", message, text);
  return NULL;
}

static const uint8_t *vd_refuse_type(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *end, unsigned wanted) {
  uint32_t number, type;
  char text[40] = "";
  if (wr_tag(tag, end, &number, &type)) snprintf(text, sizeof text, "wire type %u instead of %u", (unsigned)type, wanted);
  return vd_refuse(w, t, tag, end, text);
}

static const uint8_t *vd_too_deep(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *end) {
  vd_refuse(w, t, tag, end, "messages are too deep inside one another");
  w->status = OTTL_LIMIT;
  return NULL;
}

static const char *const vd_cut = "its value is cut short, or its length runs over the end of the message";

/* ---- values ---- */

/* Behind the tag that begins a group; NULL: refused. DIFF: pdata takes the first value in a group for the end of it, and then stumbles
 * over the real end; and it misses an end that is the last of its message. So it takes none but groups of groups with something
 * behind them. */
static const uint8_t *vd_group(const uint8_t *p, const uint8_t *end) {
  for (size_t depth = 1; depth;) {
    uint32_t number, type;
    p = wr_tag(p, end, &number, &type);
    if (!p || (type != WR_GROUP && type != WR_GROUP_END)) return NULL;
    if (type == WR_GROUP)
      depth++;
    else
      depth--;
  }
  return p < end ? p : NULL;
}

static bool vd_packed_varints(const uint8_t *p, const uint8_t *end) {
  uint64_t ignored;
  while (p && p < end) p = wr_varint(p, end, &ignored);
  return p;
}

/* Is it one varint that fills the 1 to 10 bytes of p? room: bytes of the request from there on. */
static inline bool vd_varint_fills(const uint8_t *p, uint32_t len, size_t room) {
  if (OTTL_LIKELY(len <= 8 && room >= 8)) { /* all its bytes go on but the last */
    uint64_t high = 0x8080808080808080u >> (64 - 8 * len);
    return (load_le64(p) & high) == high >> 8;
  }
  uint64_t ignored;
  return wr_varint(p, p + len, &ignored) == p + len;
}

/* A length of one or two bytes, without a branch for which; at most `room` bytes of p, one at least, are looked at. Gives its
 * bytes; 0: it is longer, or cut short. */
static inline uint32_t vd_short_len(const uint8_t *p, size_t room, uint32_t *ret) {
  uint32_t two = p[0] >> 7, second = p[room > 1]; /* with one byte of room: the first again, which has the high bit or is all */
  *ret = (p[0] & 0x7fu) | (second & (0u - two)) << 7;
  return two & second >> 7 ? 0 : 1 + two;
}

/* Is it an AnyValue with one field that is a text, a number or a truth value? False: perhaps in another form.
 * stop: end of the request. */
static inline bool vd_plain_value(const uint8_t *p, uint32_t len, const uint8_t *stop) {
  if (len < 2) return false;
  if (OTTL_LIKELY(p[0] == WR_TAG(1, WR_LEN))) {
    uint32_t text, n = vd_short_len(p + 1, len - 1, &text);
    return n && 1 + n + text == len;
  }
  if (p[0] == WR_TAG(4, WR_64)) return len == 9;
  return (p[0] == WR_TAG(2, WR_VARINT) || p[0] == WR_TAG(3, WR_VARINT)) && len <= 11 &&
         vd_varint_fills(p + 1, len - 1, (size_t)(stop - p) - 1);
}

/* Is it a key of less than 128 bytes in len bytes, and nothing else? */
static inline bool vd_plain_key(const uint8_t *p, uint32_t len) {
  return len >= 2 && len < 2 + 0x80 && p[0] == WR_TAG(1, WR_LEN) && p[1] == len - 2;
}

/* Is it a KeyValue of such a key and a plain value, in either order? */
static inline bool vd_plain_pair(const uint8_t *p, uint32_t len, const uint8_t *stop) {
  if (len < 6) return false;
  const bool value_first = p[0] == WR_TAG(2, WR_LEN); /* so pdata writes it */
  const uint32_t before = value_first ? 0 : p[1] + 2u;
  if (!value_first && (before + 4 > len || !vd_plain_key(p, before))) return false;
  const uint8_t *value = p + before;
  uint32_t value_len, n = vd_short_len(value + 1, 2, &value_len);
  if (!n || value[0] != WR_TAG(2, WR_LEN) || value_len > len - before - 1 - n) return false;
  const uint8_t *behind = value + 1 + n + value_len;
  const uint32_t left = (uint32_t)(p + len - behind);
  return (value_first ? vd_plain_key(behind, left) : left == 0) && vd_plain_value(value + 1 + n, value_len, stop);
}

/* ---- messages ---- */

static bool vd_message(vd_walk *w, const vd_table *t, const uint8_t *p, const uint8_t *end, unsigned depth);

/* The step of a tag of several bytes, and where its value begins. */
static OTTL_NOINLINE const uint8_t *vd_long_tag(const vd_table *t, const uint8_t *p, const uint8_t *end, vd_step *ret) {
  uint32_t number, type;
  p = wr_tag(p, end, &number, &type);
  if (!p) return NULL;
  *ret = number < VD_NUMBERS ? t->at[number * 8 + type] : vd_unknown(type);
  if (number == 1000 && t->old_scopes)
    *ret = (vd_step){.op = type == WR_LEN ? VD_MESSAGE : VD_TYPE, .arg = type == WR_LEN ? t->old_scopes : WR_LEN};
  return p;
}

/* A run of attributes; p is behind the tag of the first. */
static const uint8_t *vd_pairs(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *p, const uint8_t *end,
                               unsigned depth, uint8_t table) {
  const uint8_t same = *tag;
  for (;;) {
    uint32_t len;
    p = wr_len(p, end, &len);
    if (OTTL_UNLIKELY(!p)) return vd_refuse(w, t, tag, end, vd_cut);
    if (OTTL_UNLIKELY(!vd_plain_pair(p, len, w->stop))) {
      if (depth == 0) return vd_too_deep(w, t, tag, end);
      if (!vd_message(w, &w->tables[table], p, p + len, depth - 1)) return NULL;
    }
    p += len;
    if (p >= end || *p != same || same >= 0x80) return p;
    tag = p++;
  }
}

/* Of a length: what has to be in it. NULL: refused. */
static inline const uint8_t *vd_delimited(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *p, const uint8_t *end,
                                          unsigned depth, vd_step step) {
  uint32_t len;
  p = wr_len(p, end, &len);
  if (OTTL_UNLIKELY(!p)) return vd_refuse(w, t, tag, end, vd_cut);
  switch (step.op) {
  case VD_ID: return !len || len == step.arg ? p + len : vd_refuse(w, t, tag, end, "an id of another length");
  case VD_PACKED_VARINT:
    return vd_packed_varints(p, p + len) ? p + len : vd_refuse(w, t, tag, end, "one of its numbers is cut short or too long");
  case VD_PACKED_FIXED: return len % step.arg == 0 ? p + len : vd_refuse(w, t, tag, end, "the last of its numbers is cut short");
  case VD_VALUE:
    if (OTTL_LIKELY(vd_plain_value(p, len, w->stop))) return p + len;
    break;
  case VD_MESSAGE:
    if (len == 0) return p;
    break;
  default: return p + len;
  }
  if (OTTL_UNLIKELY(depth == 0)) return vd_too_deep(w, t, tag, end);
  return vd_message(w, &w->tables[step.arg], p, p + len, depth - 1) ? p + len : NULL;
}

static OTTL_NOINLINE const uint8_t *vd_wrong(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *end,
                                             vd_step step) {
  switch (step.op) {
  case VD_FIELD_0: return vd_refuse(w, t, tag, end, "a field with the number 0");
  case VD_TYPE: return vd_refuse_type(w, t, tag, end, step.arg);
  default: return vd_refuse(w, t, tag, end, "the end of a group that did not begin, or a wire type that does not exist");
  }
}

/* The value of any field; p is behind its tag. Gives its end, or NULL: refused. */
static inline const uint8_t *vd_value(vd_walk *w, const vd_table *t, const uint8_t *tag, const uint8_t *p, const uint8_t *end,
                                      unsigned depth, vd_step step) {
  uint64_t ignored;
  const char *refused = vd_cut;
  switch (step.op) {
  case VD_PAIR: return vd_pairs(w, t, tag, p, end, depth, step.arg);
  case VD_LEN:
  case VD_ID:
  case VD_VALUE:
  case VD_MESSAGE:
  case VD_PACKED_VARINT:
  case VD_PACKED_FIXED: return vd_delimited(w, t, tag, p, end, depth, step);
  case VD_VARINT: p = wr_varint(p, end, &ignored); break;
  case VD_FIXED: p = end - p >= step.arg ? p + step.arg : NULL; break;
  case VD_GROUP:
    p = vd_group(p, end);
    refused = "a group that does not end, or holds values, or is the last field";
    break;
  default: return vd_wrong(w, t, tag, end, step);
  }
  return p ? p : vd_refuse(w, t, tag, end, refused);
}

/* depth: how many messages may be in it. False: refused. Where the caller goes on does not wait for where this ends: messages
 * overlap in the processor. */
static bool vd_message(vd_walk *w, const vd_table *t, const uint8_t *p, const uint8_t *end, unsigned depth) {
  while (p < end) {
    const uint8_t *tag = p;
    const vd_step *usual = &t->first[*p++];
    if (*tag >= 0x80 && p < end && *p == 1) { /* field 16 to 31 */
      usual = &t->at[*tag];
      p++;
    }
    if (OTTL_LIKELY(p < end)) {
      uint32_t size = usual->size + (uint32_t)(*p & usual->length);
      if (usual->usual & !(*p & usual->odd) & (size <= (size_t)(end - p))) {
        p += size;
        continue;
      }
    }
    vd_step step = *usual;
    if (step.op == VD_LONG_TAG) {
      p = vd_long_tag(t, tag, end, &step);
      if (OTTL_UNLIKELY(!p)) return vd_refuse(w, t, tag, end, "a tag that is cut short, or whose number is not positive") != NULL;
    }
    p = vd_value(w, t, tag, p, end, depth, step);
    if (OTTL_UNLIKELY(!p)) return false;
  }
  return true;
}

ottl_status ottl__validate(const ottl_validator *v, const uint8_t *in, size_t in_len, ottl_invalid *why) {
  *why = (ottl_invalid){0};
  if (in_len > INT32_MAX) {
    snprintf(why->text, sizeof why->text, "a request of more than %d bytes", INT32_MAX);
    return OTTL_LIMIT;
  }
  vd_walk w = {.tables = v->tables, .in = in, .stop = in + in_len, .why = why};
  if (in_len) (void)vd_message(&w, &v->tables[v->root], in, in + in_len, OTTL_MAX_STRICT_DEPTH);
  return w.status;
}
