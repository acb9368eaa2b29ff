/* Makes the transcoder's tables from protobuf-c descriptors: names in both spellings, wire types, oneof groups. */
#include "otlp/json_schema.h"

#include "opentelemetry/proto/collector/logs/v1/logs_service.pb-c.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h"
#include "opentelemetry/proto/collector/profiles/v1development/profiles_service.pb-c.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h"

static uint8_t js_wire_type(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_FIXED32: return JS_FIXED32;
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE: return JS_FIXED64;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE: return JS_BYTES;
  default: return JS_VARINT;
  }
}

static js_kind js_kind_of(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_MESSAGE: return JS_KIND_MESSAGE;
  case PROTOBUF_C_TYPE_STRING: return JS_KIND_TEXT;
  case PROTOBUF_C_TYPE_BYTES: return JS_KIND_BYTES;
  case PROTOBUF_C_TYPE_FIXED64: return JS_KIND_TIME;
  case PROTOBUF_C_TYPE_DOUBLE: return JS_KIND_DOUBLE;
  default: return JS_KIND_OTHER;
  }
}

/* The names in one allocation: camel, quoted, with snake borrowed from the descriptor. */
static bool js_names(ottl_arena *arena, js_field *f, const char *snake) {
  size_t len = strlen(snake), n = 0;
  char *camel = arena_zero(arena, 2 * len + 8 + JS_QUOTED);
  if (!camel || len + 3 > JS_QUOTED) return false;
  for (size_t i = 0; i < len; i++) {
    char c = snake[i];
    if (c == '_' && i + 1 < len) {
      c = snake[++i];
      if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    }
    camel[n++] = c;
  }
  camel[n] = 0;
  char *quoted = camel + n + 1;
  quoted[0] = '"';
  memcpy(quoted + 1, camel, n);
  quoted[n + 1] = '"';
  quoted[n + 2] = ':';
  quoted[n + 3] = 0;
  f->camel = camel, f->camel_len = (uint8_t)n;
  f->camel_head = js_head(camel, n);
  f->quoted = quoted, f->quoted_len = (uint8_t)(n + 3);
  memset(&f->quoted_mask, 0xff, n + 3 < 8 ? n + 3 : 8);
  f->quoted_head = load_u64(quoted) & f->quoted_mask;
  f->snake = snake, f->snake_len = (uint8_t)len;
  return true;
}

static bool js_field_fill(js_schema *schema, ottl_arena *arena, js_message *m, js_field *f, const ProtobufCFieldDescriptor *d) {
  if (!js_names(arena, f, d->name)) return false;
  f->type = (uint8_t)d->type;
  f->wire_type = js_wire_type(d->type);
  f->kind = (uint8_t)js_kind_of(d->type);
  f->repeated = d->label == PROTOBUF_C_LABEL_REPEATED;
  f->packed = f->repeated && f->wire_type != JS_BYTES;
  f->number = d->id;
  if (d->type == PROTOBUF_C_TYPE_BYTES) {
    if (strcmp(d->name, "trace_id") == 0 || strcmp(d->name, "profile_id") == 0) f->id_bytes = 16;
    if (strcmp(d->name, "span_id") == 0 || strcmp(d->name, "parent_span_id") == 0) f->id_bytes = 8;
  }
  if (d->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
    /* Members of one oneof share the offset of its case; the first of them gives the group its number. */
    const ProtobufCFieldDescriptor *all = m->descriptor->fields;
    for (unsigned i = 0; i < m->n_fields; i++)
      if ((all[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && all[i].quantifier_offset == d->quantifier_offset)
        f->oneof_mask |= (uint64_t)1 << i;
    f->oneof = (uint8_t)(__builtin_ctzll(f->oneof_mask) + 1);
  }
  if (d->type == PROTOBUF_C_TYPE_ENUM) f->enums = d->descriptor;
  if (d->type == PROTOBUF_C_TYPE_MESSAGE) {
    f->message = ottl__json_message(schema, arena, d->descriptor);
    if (!f->message) return false;
  }
  return true;
}

const js_message *ottl__json_message(js_schema *schema, ottl_arena *arena, const ProtobufCMessageDescriptor *descriptor) {
  for (unsigned i = 0; i < schema->n_messages; i++)
    if (schema->messages[i]->descriptor == descriptor) return schema->messages[i];
  if (schema->n_messages == OTTL_COUNT(schema->messages) || descriptor->n_fields > JS_MAX_FIELDS) return NULL;
  js_message *m = arena_zero(arena, sizeof *m);
  if (!m) return NULL;
  m->descriptor = descriptor;
  m->n_fields = descriptor->n_fields;
  m->is_value = strcmp(descriptor->name, "ottl.otlp.common.v1.AnyValue") == 0;
  m->is_pair = strcmp(descriptor->name, "ottl.otlp.common.v1.KeyValue") == 0;
  m->fields = arena_zero(arena, sizeof *m->fields * m->n_fields);
  if (!m->fields) return NULL;
  memset(m->by_number, JS_NONE, sizeof m->by_number);
  schema->messages[schema->n_messages++] = m; /* before its fields: messages refer to themselves */
  for (unsigned i = 0; i < m->n_fields; i++) {
    if (!js_field_fill(schema, arena, m, &m->fields[i], &descriptor->fields[i])) return NULL;
    if (m->fields[i].number < sizeof m->by_number) m->by_number[m->fields[i].number] = (uint8_t)i;
  }
  return m;
}

const ProtobufCMessageDescriptor *ottl__json_root(int signal) {
  switch (signal) {
  case OTTL_SIGNAL_LOGS: return &ottl__otlp__collector__logs__v1__export_logs_service_request__descriptor;
  case OTTL_SIGNAL_TRACES: return &ottl__otlp__collector__trace__v1__export_trace_service_request__descriptor;
  case OTTL_SIGNAL_METRICS: return &ottl__otlp__collector__metrics__v1__export_metrics_service_request__descriptor;
  case OTTL_SIGNAL_PROFILES: return &ottl__otlp__collector__profiles__v1development__export_profiles_service_request__descriptor;
  default: return NULL;
  }
}
