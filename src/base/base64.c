#include "base/base64.h"

static const char b64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t ottl__base64_encoded_len(size_t len, ottl_base64_form form) {
  if (form & OTTL_BASE64_RAW) return len / 3 * 4 + (len % 3 * 8 + 5) / 6;
  return (len + 2) / 3 * 4;
}

size_t ottl__base64_encode(char *out, const void *data, size_t len, ottl_base64_form form) {
  const unsigned char *p = data;
  const char *set = form & OTTL_BASE64_URL ? b64_url : b64_std;
  char *o = out;
  for (; len >= 3; len -= 3, p += 3, o += 4) {
    unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
    o[0] = set[v >> 18];
    o[1] = set[v >> 12 & 63];
    o[2] = set[v >> 6 & 63];
    o[3] = set[v & 63];
  }
  if (len) {
    unsigned v = (unsigned)p[0] << 16 | (len == 2 ? (unsigned)p[1] << 8 : 0);
    *o++ = set[v >> 18];
    *o++ = set[v >> 12 & 63];
    if (len == 2) *o++ = set[v >> 6 & 63];
    if (!(form & OTTL_BASE64_RAW)) {
      *o++ = '=';
      if (len == 1) *o++ = '=';
    }
  }
  return (size_t)(o - out);
}

void ottl__base64_put(ottl_sbuf *buf, ottl_view bytes, ottl_base64_form form) {
  if (bytes.len > SIZE_MAX / 8 || !sbuf_reserve(buf, ottl__base64_encoded_len(bytes.len, form))) return;
  buf->len += ottl__base64_encode(buf->data + buf->len, bytes.data, bytes.len, form);
}

static int b64_value(char c, ottl_base64_form form) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  bool url = form & OTTL_BASE64_URL;
  if (c == (url ? '-' : '+')) return 62;
  return c == (url ? '_' : '/') ? 63 : -1;
}

static size_t b64_skip_lines(ottl_view t, size_t i) {
  while (i < t.len && (t.data[i] == '\n' || t.data[i] == '\r')) i++;
  return i;
}

bool ottl__base64_decode(void *out, size_t *ret_len, ottl_view text, ottl_base64_form form, size_t *ret_bad) {
  unsigned char *o = out;
  bool raw = form & OTTL_BASE64_RAW;
  unsigned v = 0;
  int n = 0; /* characters of the current four */
  size_t i = 0, bad;
  for (; (i = b64_skip_lines(text, i)) < text.len; i++) {
    char c = text.data[i];
    int d = b64_value(c, form);
    if (d < 0) {
      bad = i;
      if (c != '=' || raw || n < 2) goto corrupt;
      if (n == 2) { /* another one is due */
        i = b64_skip_lines(text, i + 1);
        bad = i;
        if (i == text.len) goto corrupt;
        bad = i - 1; /* what Go says */
        if (text.data[i] != '=') goto corrupt;
      }
      bad = b64_skip_lines(text, i + 1);
      if (bad < text.len) goto corrupt; /* something behind the padding */
      raw = true;                       /* the rest is as without padding */
      break;
    }
    v = v << 6 | (unsigned)d;
    if (++n == 4) {
      *o++ = (unsigned char)(v >> 16);
      *o++ = (unsigned char)(v >> 8);
      *o++ = (unsigned char)v;
      n = 0;
    }
  }
  bad = text.len - (size_t)n;
  if (n == 1 || (n && !raw)) goto corrupt;
  if (n == 2) *o++ = (unsigned char)(v >> 4);
  if (n == 3) {
    *o++ = (unsigned char)(v >> 10);
    *o++ = (unsigned char)(v >> 2);
  }
  *ret_len = (size_t)(o - (unsigned char *)out);
  return true;
corrupt:
  if (ret_bad) *ret_bad = bad;
  return false;
}
