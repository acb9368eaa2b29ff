/* Values as text for people. Whatever the payload holds, what comes out is printable, on one line or on lines of quoted text. */
#include "base/gonum.h"
#include "base/goquote.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "tooling/view.h"

static ottl_view text_cut(const ottl_viewer *v, ottl_view text) {
  size_t most = v->options.max_text;
  if (most && text.len > most) {
    while (most && !utf8_starts(text.data[most])) most--; /* not inside a character */
    text.len = most;
  }
  return text;
}

static void text_more(ottl_sbuf *buf, size_t more) {
  if (more) ottl__sbuf_printf(buf, " and %zu bytes more", more);
}

void ottl__view_put_text(const ottl_viewer *v, ottl_sbuf *buf, ottl_view text, bool breaks) {
  ottl_view shown = text_cut(v, text);
  size_t more = text.len - shown.len;
  while (breaks) {
    const char *end = shown.len ? memchr(shown.data, '\n', shown.len) : NULL;
    if (!end || end + 1 == shown.data + shown.len) break;
    size_t n = (size_t)(end - shown.data) + 1;
    ottl__goquote_put(buf, view_of(shown.data, n), false);
    sbuf_byte(buf, '\n');
    shown = view_of(shown.data + n, shown.len - n);
  }
  ottl__goquote_put(buf, shown, false);
  text_more(buf, more);
}

void ottl__view_put_bytes(const ottl_viewer *v, ottl_sbuf *buf, ottl_view bytes) {
  size_t most = v->options.max_text, n = most && bytes.len > most ? most : bytes.len;
  sbuf_str(buf, bytes.len ? "0x" : "no bytes");
  ottl__hex_put(buf, view_of(bytes.data, n));
  text_more(buf, bytes.len - n);
}

/* 5.0 is not the integer 5. */
void ottl__view_put_double(ottl_sbuf *buf, double value) {
  size_t at = buf->len;
  ottl__gonum_put_double(buf, value, 'g');
  for (; at < buf->len; at++) {
    if (strchr(".eEnN", buf->data[at])) return; /* NaN and +Inf too */
  }
  sbuf_str(buf, ".0");
}

void ottl__view_put_time(ottl_sbuf *buf, uint64_t nanos) {
  ottl_instant t = {(int64_t)(nanos / 1000000000u), (uint32_t)(nanos % 1000000000u)};
  ottl__gotime_put_rfc3339(buf, t, 0);
}

static bool text_ends(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n >= m && strcmp(name + n - m, end) == 0;
}

static void text_enum(ottl_sbuf *buf, const ProtobufCEnumDescriptor *e, int32_t value) {
  for (unsigned i = 0; i < e->n_values; i++) {
    if (e->values[i].value != value) continue;
    ottl__sbuf_printf(buf, "%s (%d)", e->values[i].name, (int)value);
    return;
  }
  ottl__gonum_put_int(buf, value);
}

void ottl__view_put_scalar(ottl_sbuf *buf, const js_field *f, uint64_t word) {
  switch (f->type) {
  case PROTOBUF_C_TYPE_ENUM: text_enum(buf, f->enums, (int32_t)word); break;
  case PROTOBUF_C_TYPE_BOOL: sbuf_str(buf, word ? "true" : "false"); break;
  case PROTOBUF_C_TYPE_DOUBLE: ottl__view_put_double(buf, double_of_bits(word)); break;
  case PROTOBUF_C_TYPE_FIXED64:
    if (text_ends(f->snake, "unix_nano")) {
      ottl__view_put_time(buf, word);
      break;
    } /* fall through */
  case PROTOBUF_C_TYPE_UINT64: ottl__gonum_put_uint(buf, word); break;
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_UINT32: ottl__gonum_put_uint(buf, (uint32_t)word); break;
  case PROTOBUF_C_TYPE_SINT32: ottl__gonum_put_int(buf, (int32_t)((uint32_t)word >> 1 ^ (0u - ((uint32_t)word & 1)))); break;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SFIXED32: ottl__gonum_put_int(buf, (int32_t)word); break;
  default: ottl__gonum_put_int(buf, (int64_t)word); break;
  }
}
