/* Files as they are dropped: compressed or not, one export request or many, in any framing; told apart by their bytes. */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

EXPORT("ottl_read") glue_reply *glue_read(const char *json, size_t len, const char *data, size_t data_len);

static const char *const read_compressions[] = {"none", "gzip", "zstd"};

enum { READ_SIGNALS = OTTL_SIGNAL_PROFILES + 1 };

typedef struct reading {
  glue_call *c;
  ottl_signal signal; /* as told, or NONE */
  uint64_t max_bytes;
  bool join;
  ottl_json *json;
  glue_text unpacked; /* of one message: the file exporter compresses each */
  glue_text out;      /* messages, one behind the other */
  glue_text joined[READ_SIGNALS];
  uint64_t n_joined[READ_SIGNALS];
  uint64_t n; /* messages so far */
  yyjson_mut_val *messages;
} reading;

static ottl_status read_fail(reading *r, ottl_status status, const char *why) {
  glue_add_string(r->c, r->c->out, "message", why);
  yyjson_mut_obj_add_uint(r->c->doc, r->c->out, "number", r->n);
  return status;
}

static ottl_status read_add(reading *r, ottl_signal signal, ottl_encoding encoding, const char *data, size_t len,
                            uint64_t count) {
  yyjson_mut_val *o = yyjson_mut_arr_add_obj(r->c->doc, r->messages);
  glue_add_string(r->c, o, "signal", glue_signals[signal]);
  glue_add_string(r->c, o, "encoding", encoding == OTTL_ENCODING_JSON ? "json" : "proto");
  yyjson_mut_obj_add_uint(r->c->doc, o, "count", count);
  yyjson_mut_obj_add_uint(r->c->doc, o, "begin", r->out.len);
  glue_put(&r->out, data, len);
  yyjson_mut_obj_add_uint(r->c->doc, o, "end", r->out.len);
  return r->out.failed ? OTTL_NOMEM : OTTL_OK;
}

/* Requests one behind the other are one request, but for profiles, which share tables within each. */
static ottl_status read_join(reading *r, ottl_view message) {
  glue_payload payload;
  ottl_status status = glue_payload_read(r->c, r->json, r->signal, message.data, message.len, &payload);
  if (status == OTTL_OK && payload.signal == OTTL_SIGNAL_NONE)
    return read_fail(r, OTTL_DATA, "neither logs, traces, metrics nor profiles");
  if (status != OTTL_OK) {
    yyjson_mut_obj_add_uint(r->c->doc, r->c->out, "number", r->n);
    return status;
  }
  if (payload.signal == OTTL_SIGNAL_PROFILES)
    return read_add(r, payload.signal, OTTL_ENCODING_PROTO, (const char *)payload.data, payload.len, 1);
  glue_text *to = &r->joined[payload.signal];
  glue_put(to, (const char *)payload.data, payload.len);
  r->n_joined[payload.signal]++;
  return to->failed ? OTTL_NOMEM : OTTL_OK;
}

static ottl_status read_message(reading *r, ottl_view message) {
  unpack_kind packed = unpack_kind_of(message.data, message.len);
  if (packed != UNPACK_NONE) {
    const char *why;
    r->unpacked.len = 0;
    ottl_status status = unpack(packed, message.data, message.len, r->max_bytes, &r->unpacked, &why);
    if (status != OTTL_OK) return read_fail(r, status, why);
    message = (ottl_view){r->unpacked.data, r->unpacked.len};
  }
  if (!message.len) return OTTL_OK;
  if (r->out.len + message.len > r->max_bytes) return read_fail(r, OTTL_LIMIT, "more than is allowed");
  if (r->join) return read_join(r, message);
  ottl_encoding encoding = ottl_message_encoding(message.data, message.len);
  ottl_signal signal = encoding == OTTL_ENCODING_JSON  ? ottl_json_signal(message.data, message.len)
                       : r->signal != OTTL_SIGNAL_NONE ? r->signal
                                                       : glue_signal_of(message.data, message.len);
  return read_add(r, signal, encoding, message.data, message.len, 1);
}

static ottl_status read_messages(reading *r, ottl_frame_reader *frames, const char *data, size_t len) {
  ottl_view message;
  bool found = true;
  ottl_status status = len ? ottl_frame_reader_push(frames, data, len) : OTTL_OK;
  if (status == OTTL_OK) status = ottl_frame_reader_push(frames, NULL, 0);
  for (; status == OTTL_OK && found; r->n++) {
    status = ottl_frame_reader_next(frames, &found, &message);
    if (status != OTTL_OK) return read_fail(r, status, ottl_frame_reader_error(frames, NULL));
    if (found) status = read_message(r, message);
    if (status != OTTL_OK || !found) break;
  }
  for (int s = 1; status == OTTL_OK && s < READ_SIGNALS; s++) {
    if (r->n_joined[s])
      status = read_add(r, (ottl_signal)s, OTTL_ENCODING_PROTO, r->joined[s].data, r->joined[s].len, r->n_joined[s]);
  }
  glue_add_string(r->c, r->c->out, "framing", ottl_framing_name(ottl_frame_reader_framing(frames)));
  return status;
}

static ottl_status read_file(reading *r, const char *data, size_t len) {
  glue_text whole = {0};
  ottl_frame_reader *frames = NULL;
  const char *why = NULL;
  ottl_status status = OTTL_OK;
  unpack_kind packed = unpack_kind_of(data, len);
  if (packed != UNPACK_NONE) status = unpack(packed, data, len, r->max_bytes, &whole, &why);
  if (status != OTTL_OK) read_fail(r, status, why);
  glue_add_string(r->c, r->c->out, "compression", read_compressions[packed]);
  yyjson_mut_obj_add_uint(r->c->doc, r->c->out, "bytes", packed ? whole.len : len);
  r->messages = yyjson_mut_obj_add_arr(r->c->doc, r->c->out, "messages");
  if (status == OTTL_OK) status = ottl_json_create(NULL, &r->json);
  if (status == OTTL_OK) status = ottl_frame_reader_create(NULL, OTTL_FRAMING_AUTO, (size_t)r->max_bytes, &frames);
  if (status == OTTL_OK) status = read_messages(r, frames, packed ? whole.data : data, packed ? whole.len : len);
  ottl_frame_reader_free(frames);
  ottl_json_free(r->json);
  glue_text_free(&whole);
  return status;
}

/* "maxBytes" (decompressed), "signal" (of protobuf), "join": all messages of a signal as one, in protobuf. Each of "messages" lies in the
 * data from "begin" to "end". */
glue_reply *glue_read(const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  reading r = {.c = &c};
  if (!glue_begin(&c, json, len) || !glue_signal(&c, &r.signal)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  r.max_bytes = glue_number(&c, "maxBytes");
  if (!r.max_bytes || r.max_bytes > OTTL_FRAME_MAX_BYTES) r.max_bytes = OTTL_FRAME_MAX_BYTES;
  r.join = glue_flag(&c, "join");
  ottl_status status = read_file(&r, data, data_len);
  glue_reply *reply = glue_end(&c, status, r.out.data, status == OTTL_OK ? r.out.len : 0);
  for (int s = 0; s < READ_SIGNALS; s++) glue_text_free(&r.joined[s]);
  glue_text_free(&r.unpacked);
  glue_text_free(&r.out);
  return reply;
}
