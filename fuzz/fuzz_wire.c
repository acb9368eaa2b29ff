/* Any bytes as a payload, for a program of the table: checks of common.h, and JSON both ways. */
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
  if (i < FZ_READERS && o.status == OTTL_OK) FZ_CHECK(o.result.unchanged, "nothing was written, but something changed");
  fz_output_free(&o);
  return 0;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Half of the time as bytes, else as protobuf. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 2 || size < 4) return LLVMFuzzerMutate(data, size, max_size);
  uint64_t rng = seed;
  mu_buf b = {0};
  mu_set(&b, data + 2, size - 2);
  mu_payload(&b, &rng);
  size_t n = b.len + 2 < max_size ? b.len : max_size - 2;
  if (n) memcpy(data + 2, b.data, n);
  if (mu_below(&rng, 8) == 0) data[mu_below(&rng, 2)] = (uint8_t)mu_next(&rng);
  free(b.data);
  return n + 2;
}
