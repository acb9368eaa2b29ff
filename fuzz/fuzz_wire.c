/* Any bytes as a payload, for a program of the table: checks of common.h, and JSON both ways. */
#include "schema.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  size_t i = ft_byte(&in) % FZ_PROGRAMS;
  uint8_t option = ft_byte(&in);
  ottl_error_mode mode = option % 4 == 3 ? OTTL_ERROR_PROPAGATE : OTTL_ERROR_IGNORE;
  fz_memory memory = fz_memory_of(option & 4 ? ft_byte(&in) * 77u : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  const fz_program *p = &fz_programs[i];
  fz_output o = fz_run(fz_get(i, option >> 3 & 1, mode), &al, ft_slices[option >> 4 & 3], in.data, in.len);
  fz_expect(&o, p->kind, in.data, in.len);
  fz_reopen(&o, p->signal);
  if (option & 0x40) fz_check_strict(fz_get(i, option >> 3 & 1, mode), &o, &al, in.data, in.len);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  bool reads = i < FZ_READERS && !fz_flattens(strlen(p->text[0])); /* else equal resources become one */
  if (reads && o.status == OTTL_OK) FZ_CHECK(o.result.unchanged, "nothing was written, but something changed");
  fz_output_free(&o);
  return 0;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* As bytes, as any protobuf, or by the schema of the program's signal. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 4 == 0 || size < 2) return LLVMFuzzerMutate(data, size, max_size);
  uint64_t rng = seed;
  ottl_signal signal = fz_programs[data[0] % FZ_PROGRAMS].signal;
  const mu_buf *fixed = ft_payload(signal);
  mu_buf b = {0};
  mu_put(&b, data + 2, size - 2);
  if (!b.len) mu_set(&b, fixed->data, fixed->len);
  if (seed % 4 == 1) {
    mu_payload(&b, &rng);
  } else {
    sm_payload(&b, signal, &rng);
  }
  bool fits = b.len + 2 <= max_size;
  if (fits && b.len) memcpy(data + 2, b.data, b.len);
  if (mu_below(&rng, 8) == 0) data[1] = (uint8_t)mu_next(&rng);
  size = fits ? b.len + 2 : size;
  free(b.data);
  return size;
}
