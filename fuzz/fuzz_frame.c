/* A stream in pieces: the messages must not depend on how it was cut. */
#include "target.h"

static ottl_status read_all(const ft_input *in, ottl_framing framing, size_t most, size_t piece, mu_buf *out, size_t *n) {
  fz_memory memory = {.budget = FT_BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  ottl_frame_reader *reader = NULL;
  *n = 0;
  FZ_CHECK(ottl_frame_reader_create(&al, framing, most, &reader) == OTTL_OK, "no memory");
  ottl_status status = OTTL_OK;
  for (size_t at = 0, take = 1; status == OTTL_OK && take; at += take) {
    take = in->len - at < piece ? in->len - at : piece;
    status = ottl_frame_reader_push(reader, in->data + at, take);
    for (bool found = true; status == OTTL_OK && found;) {
      ottl_view message = {NULL, 0};
      status = ottl_frame_reader_next(reader, &found, &message);
      if (status != OTTL_OK || !found) break;
      FZ_CHECK(++*n <= in->len + 1, "more messages than bytes");
      mu_put(out, message.data, message.len);
      mu_put(out, "|", 1);
      (void)ottl_message_encoding(message.data, message.len);
    }
  }
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT, "%s", ottl_status_name(status));
  FZ_CHECK(status == OTTL_OK || ottl_frame_reader_error(reader, NULL)[0], "no reason");
  FZ_CHECK(memory.peak <= 8 * in->len + ((size_t)1 << 20), "%zu bytes for a stream of %zu", memory.peak, in->len);
  ottl_frame_reader_free(reader);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t option = ft_byte(&in);
  size_t most = option & 0x80 ? 64 : 0, piece = 1u + ft_byte(&in), n, m;
  mu_buf whole = {0}, parts = {0};
  ottl_framing framing = (ottl_framing)(option % 6);
  ottl_status a = read_all(&in, framing, most, SIZE_MAX, &whole, &n);
  ottl_status b = read_all(&in, framing, most, piece, &parts, &m);
  if (framing != OTTL_FRAMING_AUTO) {
    FZ_CHECK(a == b && n == m, "at once: %s with %zu messages, in pieces of %zu: %s with %zu", ottl_status_name(a), n, piece,
             ottl_status_name(b), m);
    FZ_CHECK(whole.len == parts.len && (whole.len == 0 || memcmp(whole.data, parts.data, whole.len) == 0), "other messages");
  }
  free(whole.data);
  free(parts.data);
  return 0;
}
