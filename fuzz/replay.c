/* Stands in for libFuzzer where there is none: runs each file that is named, once; with `--mutate N` first, N corruptions of
 * them instead. OTTL_FUZZ_LAST=FILE: each input is written there before it runs. */
#include "target.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) { return data ? size : max_size; }

static mu_buf read_file(const char *path) {
  mu_buf b = {0};
  uint8_t block[4096];
  FILE *f = fopen(path, "rb");
  FZ_CHECK(f, "cannot open %s", path);
  for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) mu_put(&b, block, n);
  fclose(f);
  return b;
}

static void run(const mu_buf *b) {
  const char *last = getenv("OTTL_FUZZ_LAST");
  FILE *f = last ? fopen(last, "wb") : NULL;
  if (f) {
    fwrite(b->data, 1, b->len, f);
    fclose(f);
  }
  uint8_t *exact = malloc(b->len ? b->len : 1); /* so that sanitizers see a byte too far */
  FZ_CHECK(exact, "no memory");
  if (b->len) memcpy(exact, b->data, b->len);
  LLVMFuzzerTestOneInput(exact, b->len);
  free(exact);
}

int main(int argc, char **argv) {
  bool mutate = argc > 3 && !strcmp(argv[1], "--mutate");
  uint64_t rng = mutate ? strtoull(argv[2], NULL, 10) : 0;
  for (int i = 1; i < argc && !mutate; i++) {
    mu_buf b = read_file(argv[i]);
    run(&b);
    free(b.data);
  }
  for (size_t i = 0, n = rng; i < n; i++) {
    mu_buf b = read_file(argv[3 + mu_below(&rng, (size_t)argc - 3)]),
           other = read_file(argv[3 + mu_below(&rng, (size_t)argc - 3)]);
    size_t head = b.len < 2 ? 0 : 2;
    mu_buf text = {0};
    mu_set(&text, b.data + head, b.len - head);
    mu_text(&text, (ottl_view){(const char *)other.data, other.len}, &rng);
    b.len = head;
    mu_put(&b, text.data, text.len);
    if (head && mu_below(&rng, 4) == 0) b.data[mu_below(&rng, 2)] = (uint8_t)mu_next(&rng);
    run(&b);
    free(b.data);
    free(other.data);
    free(text.data);
  }
  return 0;
}
