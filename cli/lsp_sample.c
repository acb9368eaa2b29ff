/* The sample payload: a file as `ottl run` reads it, JSON or protobuf, compressed or not. */
#include "lsp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SAMPLE_MOST ((size_t)64 << 20) /* bytes of the file that are read */
#define SAMPLE_READ 65536

typedef struct sample_reader {
  lsp_server *s;
  ottl_frame_reader *frames;
  ottl_json *json;
  size_t bytes;
} sample_reader;

static ottl_status add_message(sample_reader *r, ottl_view message) {
  ottl_signal signal = r->s->sample_signal;
  const uint8_t *wire = (const uint8_t *)message.data;
  size_t len = message.len;
  if (ottl_message_encoding(message.data, message.len) == OTTL_ENCODING_JSON) {
    ottl_signal told = ottl_json_signal(message.data, message.len);
    if (told != OTTL_SIGNAL_NONE) signal = told;
    if (signal == OTTL_SIGNAL_NONE) return OTTL_DATA;
    ottl_status status = ottl_json_to_wire(r->json, signal, message.data, message.len, &wire, &len);
    if (status != OTTL_OK) return status;
  }
  if (signal == OTTL_SIGNAL_NONE) return OTTL_DATA; /* protobuf does not tell */
  return ottl_sample_add(r->s->sample, signal, wire, len);
}

static ottl_status add_messages(sample_reader *r) {
  for (;;) {
    bool found;
    ottl_view message;
    ottl_status status = ottl_frame_reader_next(r->frames, &found, &message);
    if (status != OTTL_OK || !found) return status;
    if (!message.len) continue;
    status = add_message(r, message);
    if (status != OTTL_OK) return status;
  }
}

static ottl_status read_all(sample_reader *r, io_input *in) {
  io_error error;
  void *room;
  size_t n = 1;
  while (n && r->bytes < SAMPLE_MOST) {
    ottl_status status = ottl_frame_reader_room(r->frames, SAMPLE_READ, &room);
    if (status != OTTL_OK) return status;
    if (io_read(in, room, SAMPLE_READ, &n, &error) != IO_OK) return OTTL_DATA;
    r->bytes += n;
    status = ottl_frame_reader_fed(r->frames, n);
    if (status == OTTL_OK) status = add_messages(r);
    if (status != OTTL_OK) return status;
  }
  return OTTL_OK;
}

static ottl_status read_sample(sample_reader *r) {
  io_input *in = NULL;
  io_error error;
  if (io_open_input(r->s->sample_path, NULL, &in, &error) != IO_OK) return OTTL_DATA;
  ottl_status status = ottl_frame_reader_create(NULL, OTTL_FRAMING_AUTO, SAMPLE_MOST, &r->frames);
  if (status == OTTL_OK) status = ottl_json_create(NULL, &r->json);
  if (status == OTTL_OK) status = read_all(r, in);
  ottl_json_free(r->json);
  ottl_frame_reader_free(r->frames);
  io_close(in);
  return status;
}

static void tell(const lsp_server *s) {
  yyjson_mut_val *params;
  yyjson_mut_doc *doc = lsp_notification("window/logMessage", &params);
  char text[1100];
  snprintf(text, sizeof text, "the sample payload %.900s cannot be read%s", s->sample_path,
           s->sample_signal == OTTL_SIGNAL_NONE ? " (protobuf needs the setting sampleSignal)" : "");
  yyjson_mut_obj_add_int(doc, params, "type", 2);
  yyjson_mut_obj_add_strcpy(doc, params, "message", text);
  lsp_tell(doc);
}

void lsp_sample_load(lsp_server *s) {
  struct stat st;
  if (!s->sample_path || stat(s->sample_path, &st) != 0 || !S_ISREG(st.st_mode)) st.st_mtime = -1;
  if (st.st_mtime == (time_t)s->sample_time) return;
  s->sample_time = (int64_t)st.st_mtime;
  for (size_t i = 0; i < s->n_documents; i++) { /* they borrow the sample */
    ottl_document_free(s->documents[i]->language);
    s->documents[i]->language = NULL;
  }
  ottl_sample_free(s->sample);
  s->sample = NULL;
  if (st.st_mtime < 0) return;
  sample_reader r = {.s = s};
  if (ottl_sample_create(NULL, &s->sample) != OTTL_OK || read_sample(&r) != OTTL_OK) tell(s);
}
