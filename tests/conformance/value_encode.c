/* Writes a value of the library in the encoding of the case files. */
#include "conformance.h"

#include <math.h>

enum { ENCODE_MAX_DEPTH = 2000 };

static ottl_status encode_value(ottl_exec *exec, const ottl_value *value, unsigned depth, conf_buf *out);

static void encode_int128(conf_buf *out, __int128 n) {
  char digits[48];
  size_t at = sizeof digits;
  bool negative = n < 0;
  do {
    int digit = (int)(n % 10);
    digits[--at] = (char)('0' + (digit < 0 ? -digit : digit));
    n /= 10;
  } while (n);
  if (negative) digits[--at] = '-';
  conf_buf_put(out, digits + at, sizeof digits - at);
}

static void encode_time(conf_buf *out, const ottl_value *value) {
  if (value->integer == -62135596800 && value->nanos == 0) { /* 1 January of the year 1 */
    conf_buf_puts(out, "{\"t\":\"time_zero\",\"v\":null}");
    return;
  }
  conf_buf_puts(out, "{\"t\":\"time\",\"v\":\"");
  encode_int128(out, (__int128)value->integer * 1000000000 + value->nanos);
  conf_buf_puts(out, "\"");
  if (value->offset_seconds) conf_buf_printf(out, ",\"offset\":%d", value->offset_seconds);
  conf_buf_puts(out, "}");
}

/* Length of the UTF-8 character at p, 0 if there is none. */
static size_t encode_character(const unsigned char *p, const unsigned char *end) {
  if (*p < 0x80) return 1;
  size_t len = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : 2;
  if (*p < 0xC2 || *p > 0xF4 || (size_t)(end - p) < len) return 0;
  for (size_t i = 1; i < len; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F)) return 0;
  if ((*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F)) return 0;
  return len;
}

/* Puts a JSON string, each byte that is not UTF-8 as U+FFFD; false if there was one. */
static bool encode_text(conf_buf *out, ottl_view text) {
  conf_buf clean = {0};
  const unsigned char *p = (const unsigned char *)text.data, *end = p + text.len;
  bool valid = true;
  while (p < end) {
    size_t len = encode_character(p, end);
    if (len) {
      conf_buf_put(&clean, (const char *)p, len);
    } else {
      conf_buf_puts(&clean, "\xEF\xBF\xBD");
      valid = false;
    }
    p += len ? len : 1;
  }
  conf_buf_put_json(out, clean.data, clean.len);
  conf_buf_free(&clean);
  return valid;
}

static void encode_string(conf_buf *out, ottl_view text) {
  conf_buf_puts(out, "{\"t\":\"string\",\"v\":");
  if (!encode_text(out, text)) {
    conf_buf_puts(out, ",\"raw\":\"");
    conf_buf_put_base64(out, text.data, text.len);
    conf_buf_puts(out, "\"");
  }
  conf_buf_puts(out, "}");
}

static void encode_hex(conf_buf *out, const char *type, ottl_view bytes) {
  conf_buf_printf(out, "{\"t\":\"%s\",\"v\":\"", type);
  for (size_t i = 0; i < bytes.len; i++) conf_buf_printf(out, "%02x", (unsigned char)bytes.data[i]);
  conf_buf_puts(out, "\"}");
}

static void encode_double(conf_buf *out, double number) {
  const char *name = isnan(number) ? "NaN" : number < 0 ? "-Inf" : "+Inf";
  if (isfinite(number)) {
    conf_buf_printf(out, "{\"t\":\"double\",\"v\":\"%.17g\"}", number);
  } else {
    conf_buf_printf(out, "{\"t\":\"double\",\"v\":\"%s\"}", name);
  }
}

static ottl_status encode_container(ottl_exec *exec, const ottl_value *value, unsigned depth, conf_buf *out) {
  bool map = value->type == OTTL_VALUE_MAP;
  conf_buf_printf(out, "{\"t\":\"%s\",\"v\":[", map ? "map" : "list");
  for (size_t i = 0; i < value->n; i++) {
    ottl_view key = {0};
    ottl_value member;
    ottl_status status = ottl_value_member(exec, value, i, map ? &key : NULL, &member);
    if (status != OTTL_OK) return status;
    conf_buf_puts(out, i ? "," : "");
    if (map) {
      conf_buf_puts(out, "[");
      encode_text(out, key);
      conf_buf_puts(out, ",");
    }
    status = encode_value(exec, &member, depth + 1, out);
    if (status != OTTL_OK) return status;
    conf_buf_puts(out, map ? "]" : "");
  }
  conf_buf_puts(out, "]}");
  return OTTL_OK;
}

static ottl_status encode_value(ottl_exec *exec, const ottl_value *value, unsigned depth, conf_buf *out) {
  if (depth > ENCODE_MAX_DEPTH) return OTTL_LIMIT;
  switch (value->type) {
  case OTTL_VALUE_NIL: conf_buf_puts(out, "{\"t\":\"nil\",\"v\":null}"); return OTTL_OK;
  case OTTL_VALUE_BOOL: conf_buf_printf(out, "{\"t\":\"bool\",\"v\":%s}", value->boolean ? "true" : "false"); return OTTL_OK;
  case OTTL_VALUE_INT: conf_buf_printf(out, "{\"t\":\"int\",\"v\":\"%lld\"}", (long long)value->integer); return OTTL_OK;
  case OTTL_VALUE_DOUBLE: encode_double(out, value->number); return OTTL_OK;
  case OTTL_VALUE_STRING: encode_string(out, value->text); return OTTL_OK;
  case OTTL_VALUE_BYTES:
    conf_buf_puts(out, "{\"t\":\"bytes\",\"v\":\"");
    conf_buf_put_base64(out, value->text.data, value->text.len);
    conf_buf_puts(out, "\"}");
    return OTTL_OK;
  case OTTL_VALUE_MAP:
  case OTTL_VALUE_LIST: return encode_container(exec, value, depth, out);
  case OTTL_VALUE_TIME: encode_time(out, value); return OTTL_OK;
  case OTTL_VALUE_DURATION:
    conf_buf_printf(out, "{\"t\":\"duration\",\"v\":\"%lld\"}", (long long)value->integer);
    return OTTL_OK;
  case OTTL_VALUE_TRACE_ID: encode_hex(out, "trace_id", value->text); return OTTL_OK;
  case OTTL_VALUE_SPAN_ID: encode_hex(out, "span_id", value->text); return OTTL_OK;
  case OTTL_VALUE_OPAQUE:
    conf_buf_puts(out, "{\"t\":\"opaque\",\"v\":");
    conf_buf_put_json(out, value->text.data, value->text.len);
    conf_buf_puts(out, "}");
    return OTTL_OK;
  }
  return OTTL_INTERNAL;
}

ottl_status conf_value_encode(ottl_exec *exec, const ottl_value *value, conf_buf *ret_text) {
  return encode_value(exec, value, 0, ret_text);
}
