/* OTLP/JSON to wire form and back; or, with the second option, any bytes as wire form to JSON and back. */
#include "base/utf8.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t option = ft_byte(&in);
  ottl_signal signal = (ottl_signal)(1 + option % 4);
  fz_memory memory = fz_memory_of(option / 4 % 8 == 7 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_json *json = NULL;
  const uint8_t *wire = in.data;
  const char *text;
  size_t len = in.len, text_len, offset;
  mu_buf first = {0}, again = {0};
  ottl_status status = ottl_json_create(&al, &json);
  if (status != OTTL_OK) goto out;
  if (option & 0x80) ottl_json_set_max_depth(json, 1u + option % 64);
  bool from_text = option & 0x40;
  if (from_text) {
    (void)ottl_json_signal((const char *)in.data, in.len);
    status = ottl_json_to_wire(json, signal, (const char *)in.data, in.len, &wire, &len);
  }
  if (status == OTTL_OK) {
    mu_set(&first, wire, len);
    status = ottl_json_from_wire(json, signal, first.data, first.len, &text, &text_len);
    FZ_CHECK(status == OTTL_OK || !from_text || memory.refused, "its own wire form is refused: %s", ottl_json_error(json, NULL));
  }
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT || (status == OTTL_NOMEM && memory.refused), "%s",
           ottl_status_name(status));
  if (status == OTTL_DATA) FZ_CHECK(ottl_json_error(json, &offset)[0] && offset <= in.len, "no reason, or offset %zu", offset);
  if (status == OTTL_OK) {
    mu_set(&again, text, text_len);
    status = ottl_json_to_wire(json, signal, (const char *)again.data, again.len, &wire, &len);
    FZ_CHECK(status == OTTL_OK || memory.refused, "its own text is refused: %s", ottl_json_error(json, NULL));
    /* Text that is no UTF-8 is kept as bytes, and written as U+FFFD. */
    if (status == OTTL_OK && from_text && utf8_valid((ottl_view){(const char *)in.data, in.len})) {
      bool same = len == first.len && (len == 0 || memcmp(wire, first.data, len) == 0);
      /* A message whose key comes twice has two fields in the wire form, which are one when they are read: it gets shorter, once. */
      FZ_CHECK(same || len < first.len, "there and back is not the same: %zu bytes, then %zu", first.len, len);
      mu_set(&first, wire, len);
      status = ottl_json_from_wire(json, signal, first.data, first.len, &text, &text_len);
      FZ_CHECK(status == OTTL_OK || memory.refused, "its own wire form is refused: %s", ottl_json_error(json, NULL));
      FZ_CHECK(status != OTTL_OK || (text_len == again.len && (text_len == 0 || memcmp(text, again.data, text_len) == 0)),
               "there and back twice is not the same");
    }
  }
out:
  ottl_json_free(json);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  free(first.data);
  free(again.data);
  return 0;
}
