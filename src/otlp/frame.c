/* Cuts a byte stream into messages, and finds out how it is cut.
 *
 *   buf:  [ given out | start ... scan ... end | room ]      pos: stream offset of buf[0]
 *
 * Detection holds several hypotheses against the first bytes, as far as they are there: JSON by its first two tokens, binary
 * framings by whether lengths fit into each other, the way the first message of an export request begins. It decides as soon as
 * one is left, and gives up at the end of the look-ahead if two are. */
#include "ottl/frame.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/varint.h"

#define FR_LOOK_AHEAD ((size_t)64 << 10)
#define FR_LEAST      ((size_t)12) /* a length, and the tag and length behind it: no framing stands untested */

struct ottl_frame_reader {
  ottl_allocator al;
  ottl_framing framing;
  ottl_status failed;
  size_t max;
  uint8_t *buf;
  size_t cap, start, end;
  size_t room; /* given out by the last ottl_frame_reader_room */
  size_t scan; /* JSON: how far the object at start has been scanned */
  size_t depth;
  bool in_string, escaped;
  bool ended; /* the stream */
  uint64_t pos, n_messages;
  uint64_t error_offset;
  char error[160];
};

static const char *const fr_names[] = {"auto", "proto", "proto-delimited", "proto-framed", "json", "jsonl"};

const char *ottl_framing_name(ottl_framing framing) {
  return (unsigned)framing < OTTL_COUNT(fr_names) ? fr_names[framing] : "unknown";
}

bool ottl_framing_parse(const char *name, size_t len, ottl_framing *ret_framing) {
  for (unsigned i = 0; i < OTTL_COUNT(fr_names); i++)
    if (view_eq(view_of(name, len), view_str(fr_names[i]))) {
      *ret_framing = (ottl_framing)i;
      return true;
    }
  return false;
}

ottl_encoding ottl_framing_encoding(ottl_framing framing) {
  return framing == OTTL_FRAMING_JSON || framing == OTTL_FRAMING_JSONL ? OTTL_ENCODING_JSON : OTTL_ENCODING_PROTO;
}

/* A hypothesis: refuted, not refuted by what is there so far, or held to its end, where a message ends. */
typedef enum fr_fit { FR_NO, FR_SO_FAR, FR_YES } fr_fit;

static size_t fr_blanks(const uint8_t *p, size_t len, size_t i) {
  while (i < len && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' || p[i] == '\r')) i++;
  return i;
}

/* `{`, then a name or `}`. A protobuf message may well begin with a blank and a brace (0x0a 0x7b), but not go on like that. */
static fr_fit fr_json(const uint8_t *p, size_t len, bool whole) {
  fr_fit short_of = whole ? FR_NO : FR_SO_FAR;
  size_t i = fr_blanks(p, len, 0);
  if (i == len) return short_of;
  if (p[i] != '{') return FR_NO;
  i = fr_blanks(p, len, i + 1);
  if (i == len) return short_of;
  if (p[i] == '}') return FR_YES;
  if (p[i] != '"') return FR_NO;
  for (i++; i < len; i++) {
    if (p[i] == '"') break;
    if (p[i] < 0x20 || p[i] == 0x7f) return FR_NO;
  }
  if (i == len) return short_of;
  i = fr_blanks(p, len, i + 1);
  if (i == len) return short_of;
  return p[i] == ':' ? FR_YES : FR_NO;
}

ottl_encoding ottl_message_encoding(const void *message, size_t len) {
  return message && fr_json(message, len, true) == FR_YES ? OTTL_ENCODING_JSON : OTTL_ENCODING_PROTO;
}

/* A varint at *i: 1 read, 0 cut off, -1 too long. */
static int fr_varint(const uint8_t *p, size_t len, size_t *i, uint64_t *ret) {
  uint64_t v = 0;
  for (unsigned n = 0; n < 10; n++) {
    if (*i + n >= len) return 0;
    uint8_t byte = p[*i + n];
    v |= (uint64_t)(byte & 0x7f) << (7 * n);
    if (byte < 0x80) {
      *i += n + 1;
      *ret = v;
      return 1;
    }
  }
  return -1;
}

/* Whether a message of `size` bytes at p (`len` of them there) looks like an export request: resources in field 1, each of
 * fields 1 to 3 (or the old ones from 1,000 on) of wire type 2, with lengths that fit; profiles have a dictionary in field 2, of
 * fields 1 to 7. */
static fr_fit fr_request(const uint8_t *p, size_t len, uint64_t size) {
  size_t i = 0;
  if (len > size) len = (size_t)size;
  while (i < size) {
    uint64_t inner;
    if (i >= len) return FR_SO_FAR;
    const uint8_t field = p[i++];
    if (field != 0x0a && field != 0x12) return FR_NO;
    const uint64_t most = field == 0x0a ? 3 : 7;
    int got = fr_varint(p, len, &i, &inner);
    if (got <= 0) return got < 0 || len == size ? FR_NO : FR_SO_FAR;
    if (inner > size - i) return FR_NO;
    uint64_t stop = i + inner;
    while (i < stop) {
      uint64_t tag, n;
      got = fr_varint(p, len, &i, &tag);
      if (got <= 0) return got < 0 || len == size ? FR_NO : FR_SO_FAR;
      if ((tag & 7) != 2 || tag >> 3 == 0 || (tag >> 3 > most && tag >> 3 < 16)) return FR_NO;
      got = fr_varint(p, len, &i, &n);
      if (got <= 0) return got < 0 || len == size ? FR_NO : FR_SO_FAR;
      if (i > stop || n > stop - i) return FR_NO;
      if (n > len - i) return FR_SO_FAR;
      i += (size_t)n;
    }
  }
  return FR_YES;
}

/* A compressed or JSON message inside the file exporter's frames. */
static bool fr_other_content(const uint8_t *p, size_t len, bool whole) {
  static const uint8_t zstd[4] = {0x28, 0xb5, 0x2f, 0xfd};
  return (len >= 4 && memcmp(p, zstd, 4) == 0) || fr_json(p, len, whole) != FR_NO;
}

static fr_fit fr_lengths(const uint8_t *p, size_t len, bool whole, bool fixed, size_t max) {
  bool any = false; /* empty messages prove nothing */
  for (size_t i = 0; i < len;) {
    uint64_t n = 0;
    if (fixed) {
      if (len - i < 4) return whole ? FR_NO : FR_SO_FAR;
      n = (uint64_t)p[i] << 24 | (uint64_t)p[i + 1] << 16 | (uint64_t)p[i + 2] << 8 | p[i + 3];
      i += 4;
    } else {
      int got = fr_varint(p, len, &i, &n);
      if (got <= 0) return got < 0 || whole ? FR_NO : FR_SO_FAR;
    }
    if (n > max) return FR_NO;
    if (whole && n > len - i) return FR_NO;
    size_t there = len - i < n ? len - i : (size_t)n;
    if (n && !(fixed && fr_other_content(p + i, there, there == n))) {
      fr_fit fit = fr_request(p + i, there, n);
      if (fit != FR_YES) return fit;
    }
    any |= n > 0;
    if (there < n) return FR_SO_FAR;
    i += there;
  }
  return any || !whole ? FR_YES : FR_NO;
}

/* One protobuf message to the end: fields that look like a request; where it stops, the stream must. */
static fr_fit fr_single(const uint8_t *p, size_t len, bool whole) {
  return whole ? fr_request(p, len, len) : fr_request(p, len, UINT64_MAX >> 1);
}

static ottl_status fr_fail(ottl_frame_reader *r, ottl_status status, size_t at, const char *format, ...) OTTL_PRINTF(4, 5);
static ottl_status fr_fail(ottl_frame_reader *r, ottl_status status, size_t at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(r->error, sizeof r->error, format, args);
  va_end(args);
  r->error_offset = r->pos + at;
  r->failed = status;
  return status;
}

/* The binary framings that what is there does not refute; returns how many. */
static unsigned fr_binary(const ottl_frame_reader *r, bool whole, unsigned found[4]) {
  const uint8_t *p = r->buf + r->start;
  size_t len = r->end - r->start;
  unsigned n = 0;
  if (fr_single(p, len, whole) != FR_NO) found[n++] = OTTL_FRAMING_PROTO;
  if (fr_lengths(p, len, whole, false, r->max) != FR_NO) found[n++] = OTTL_FRAMING_PROTO_DELIMITED;
  if (fr_lengths(p, len, whole, true, r->max) != FR_NO) {
    /* 00 00 00 07 is a length rather than three empty messages and another length. */
    if (n && found[n - 1] == OTTL_FRAMING_PROTO_DELIMITED && p[0] == 0) n--;
    found[n++] = OTTL_FRAMING_PROTO_FRAMED;
  }
  return n;
}

/* Sets r->framing, or leaves it AUTO when more bytes must come. */
static ottl_status fr_detect(ottl_frame_reader *r) {
  const uint8_t *p = r->buf + r->start;
  size_t len = r->end - r->start;
  if (len == 0 || (len < FR_LEAST && !r->ended)) return OTTL_OK;
  fr_fit json = fr_json(p, len, r->ended);
  if (json == FR_YES) {
    r->framing = OTTL_FRAMING_JSONL;
    return OTTL_OK;
  }
  if (json == FR_SO_FAR && len < FR_LOOK_AHEAD) return OTTL_OK;
  unsigned found[4], n = fr_binary(r, r->ended, found);
  /* A stream that is cut off fits nothing; then what its beginning says counts, and the end of it is reported where it is. */
  if (n == 0 && r->ended) n = fr_binary(r, false, found);
  if (n == 1) {
    r->framing = (ottl_framing)found[0];
    return OTTL_OK;
  }
  if (n == 0) return fr_fail(r, OTTL_DATA, r->start, "this is neither OTLP/JSON nor OTLP protobuf in a framing that can be told");
  if (r->ended || len >= FR_LOOK_AHEAD)
    return fr_fail(r, OTTL_DATA, r->start, "the framing cannot be told: it could be %s or %s", fr_names[found[0]],
                   fr_names[found[1]]);
  return OTTL_OK;
}

ottl_status ottl_frame_reader_create(const ottl_allocator *allocator, ottl_framing framing, size_t max_message_bytes,
                                     ottl_frame_reader **ret) {
  if (!ret || (unsigned)framing >= OTTL_COUNT(fr_names)) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_frame_reader *r = al_zero(&al, sizeof *r);
  if (!r) return OTTL_NOMEM;
  r->al = al;
  r->framing = framing;
  r->max = max_message_bytes ? max_message_bytes : OTTL_FRAME_MAX_BYTES;
  if (r->max > SIZE_MAX / 8) r->max = SIZE_MAX / 8;
  *ret = r;
  return OTTL_OK;
}

void ottl_frame_reader_free(ottl_frame_reader *reader) {
  if (!reader) return;
  ottl_allocator al = reader->al;
  al_free(&al, reader->buf, reader->cap);
  al_free(&al, reader, sizeof *reader);
}

ottl_framing ottl_frame_reader_framing(const ottl_frame_reader *reader) { return reader ? reader->framing : OTTL_FRAMING_AUTO; }

const char *ottl_frame_reader_error(const ottl_frame_reader *reader, uint64_t *ret_offset) {
  if (ret_offset) *ret_offset = reader ? reader->error_offset : 0;
  return reader ? reader->error : "";
}

/* The buffer begins with what has not been given out from now on. */
static void fr_begin_at_start(ottl_frame_reader *r) {
  r->pos += r->start;
  r->scan -= r->scan >= r->start ? r->start : r->scan;
  r->end -= r->start;
  r->start = 0;
}

ottl_status ottl_frame_reader_room(ottl_frame_reader *reader, size_t bytes, void **ret_room) {
  ottl_frame_reader *r = reader;
  if (!r || !ret_room || bytes == 0 || bytes > SIZE_MAX / 8 || r->ended) return OTTL_INVALID_ARG;
  if (r->cap - r->end < bytes && r->start > 0) { /* what has been given out goes */
    memmove(r->buf, r->buf + r->start, r->end - r->start);
    fr_begin_at_start(r);
  }
  if (r->cap - r->end < bytes) OTTL_TRY(ottl__al_reserve(&r->al, &r->buf, &r->cap, r->end + bytes, 1));
  r->room = bytes;
  *ret_room = r->buf + r->end;
  return OTTL_OK;
}

ottl_status ottl_frame_reader_fed(ottl_frame_reader *reader, size_t bytes) {
  if (!reader || reader->ended || bytes > reader->room) return OTTL_INVALID_ARG;
  if (bytes == 0) reader->ended = true;
  reader->end += bytes;
  reader->room = 0;
  return OTTL_OK;
}

ottl_status ottl_frame_reader_push(ottl_frame_reader *reader, const void *data, size_t len) {
  if (!reader || reader->ended || (!data && len)) return OTTL_INVALID_ARG;
  if (len) {
    void *room;
    OTTL_TRY(ottl_frame_reader_room(reader, len, &room));
    memcpy(room, data, len);
  }
  return ottl_frame_reader_fed(reader, len);
}

ottl_status ottl_frame_reader_take(ottl_frame_reader *reader, void *spare, size_t spare_bytes, void **ret_buffer,
                                   size_t *ret_bytes) {
  ottl_frame_reader *r = reader;
  if (!r || !ret_buffer || !ret_bytes || (!spare && spare_bytes)) return OTTL_INVALID_ARG;
  uint8_t *next = spare;
  size_t next_cap = spare_bytes, left = r->end - r->start;
  if (left > next_cap) OTTL_TRY(ottl__al_reserve(&r->al, &next, &next_cap, left, 1));
  if (left) memcpy(next, r->buf + r->start, left);
  *ret_buffer = r->buf;
  *ret_bytes = r->cap;
  fr_begin_at_start(r);
  r->buf = next;
  r->cap = next_cap;
  r->room = 0;
  return OTTL_OK;
}

static void fr_give(ottl_frame_reader *r, size_t from, size_t to, bool *ret_found, ottl_view *ret_message) {
  *ret_message = view_of(r->buf + from, to - from);
  *ret_found = true;
  r->start = r->scan = to;
  r->n_messages++;
}

static ottl_status fr_too_large(ottl_frame_reader *r) {
  return fr_fail(r, OTTL_LIMIT, r->start, "message is larger than the limit of %zu bytes", r->max);
}

/* The whole stream. */
static ottl_status fr_next_single(ottl_frame_reader *r, bool *ret_found, ottl_view *ret_message) {
  if (r->end - r->start > r->max) return fr_too_large(r);
  if (!r->ended || r->start == r->end) return OTTL_OK;
  fr_give(r, r->start, r->end, ret_found, ret_message);
  return OTTL_OK;
}

static ottl_status fr_next_length(ottl_frame_reader *r, bool *ret_found, ottl_view *ret_message) {
  size_t at = r->start, left = r->end - r->start;
  if (left == 0) return OTTL_OK;
  uint64_t n = 0;
  int got;
  if (r->framing == OTTL_FRAMING_PROTO_FRAMED) {
    got = left >= 4;
    const uint8_t *p = r->buf + at;
    if (got) n = (uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 8 | p[3];
    at += 4;
  } else {
    got = fr_varint(r->buf, r->end, &at, &n);
  }
  if (got < 0) return fr_fail(r, OTTL_DATA, r->start, "bad message length");
  if (got > 0 && n > r->max)
    return fr_fail(r, OTTL_LIMIT, r->start, "message of %llu bytes is larger than the limit of %zu", (unsigned long long)n,
                   r->max);
  if (got == 0 || n > r->end - at) {
    if (r->ended) return fr_fail(r, OTTL_DATA, r->start, "the last message is cut off");
    return OTTL_OK;
  }
  fr_give(r, at, at + (size_t)n, ret_found, ret_message);
  return OTTL_OK;
}

/* In a string, the next byte that matters; eight at a time. */
static const uint8_t *fr_string(const uint8_t *p, const uint8_t *end) {
  const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  for (; end - p >= 8; p += 8) {
    uint64_t v = load_u64(p), quote = v ^ (ones * '"'), slash = v ^ (ones * '\\');
    if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high) break;
  }
  while (p < end && *p != '"' && *p != '\\') p++;
  return p;
}

/* Objects end where their braces close, whatever the white space. */
static ottl_status fr_next_json(ottl_frame_reader *r, bool *ret_found, ottl_view *ret_message) {
  if (r->depth == 0) {
    r->start = fr_blanks(r->buf, r->end, r->start);
    r->scan = r->start;
    if (r->start == r->end) return OTTL_OK;
    if (r->buf[r->start] != '{') return fr_fail(r, OTTL_DATA, r->start, "expected a JSON object");
    if (r->framing == OTTL_FRAMING_JSON && r->n_messages) return fr_fail(r, OTTL_DATA, r->start, "more than one JSON object");
  }
  const uint8_t *p = r->buf + r->scan, *end = r->buf + r->end;
  while (p < end) {
    if (r->escaped) {
      r->escaped = false;
      p++;
      continue;
    }
    if (r->in_string) {
      p = fr_string(p, end);
      if (p == end) break;
      if (*p++ == '"')
        r->in_string = false;
      else
        r->escaped = true;
      continue;
    }
    uint8_t c = *p++;
    if (c == '"') {
      r->in_string = true;
    } else if (c == '{' || c == '[') {
      r->depth++;
    } else if ((c == '}' || c == ']') && --r->depth == 0) {
      size_t from = r->start, to = (size_t)(p - r->buf);
      if (to - from > r->max) return fr_too_large(r);
      fr_give(r, from, to, ret_found, ret_message);
      return OTTL_OK;
    }
  }
  r->scan = r->end;
  if (r->end - r->start > r->max) return fr_too_large(r);
  if (r->ended) return fr_fail(r, OTTL_DATA, r->end, "the last JSON object is cut off");
  return OTTL_OK;
}

ottl_status ottl_frame_reader_next(ottl_frame_reader *reader, bool *ret_found, ottl_view *ret_message) {
  ottl_frame_reader *r = reader;
  if (!r || !ret_found || !ret_message) return OTTL_INVALID_ARG;
  if (r->failed != OTTL_OK) return r->failed;
  bool found = false;
  ottl_view message = {NULL, 0};
  if (r->buf) {
    if (r->framing == OTTL_FRAMING_AUTO) OTTL_TRY(fr_detect(r));
    switch (r->framing) {
    case OTTL_FRAMING_AUTO: break;
    case OTTL_FRAMING_PROTO: OTTL_TRY(fr_next_single(r, &found, &message)); break;
    case OTTL_FRAMING_PROTO_DELIMITED:
    case OTTL_FRAMING_PROTO_FRAMED: OTTL_TRY(fr_next_length(r, &found, &message)); break;
    default: OTTL_TRY(fr_next_json(r, &found, &message));
    }
  }
  *ret_found = found;
  if (found) *ret_message = message;
  return OTTL_OK;
}

ottl_status ottl_frame_edges_of(ottl_framing framing, uint64_t index, const void *message, size_t len, ottl_frame_edges *ret) {
  if (!ret || (!message && len)) return OTTL_INVALID_ARG;
  ottl_frame_edges edges = {0};
  switch (framing) {
  case OTTL_FRAMING_PROTO: break;
  case OTTL_FRAMING_PROTO_DELIMITED: edges.n_before = (uint8_t)(varint_put(edges.before, len) - edges.before); break;
  case OTTL_FRAMING_PROTO_FRAMED:
    if ((uint64_t)len > UINT32_MAX) return OTTL_LIMIT;
    for (int i = 0; i < 4; i++) edges.before[i] = (uint8_t)((uint64_t)len >> (24 - 8 * i));
    edges.n_before = 4;
    break;
  case OTTL_FRAMING_JSONL:
    if (len && (memchr(message, '\n', len) || memchr(message, '\r', len))) return OTTL_INVALID_ARG;
    edges.after[edges.n_after++] = '\n';
    break;
  case OTTL_FRAMING_JSON:
    if (index) return OTTL_INVALID_ARG;
    edges.after[edges.n_after++] = '\n';
    break;
  default: return OTTL_INVALID_ARG;
  }
  *ret = edges;
  return OTTL_OK;
}
