/* Stands in for libFuzzer: runs each file that is named, once. */
#include "target.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) { return data ? size : max_size; }

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *f = fopen(argv[i], "rb");
    if (!f) return 2;
    mu_buf b = {0};
    uint8_t block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) mu_put(&b, block, n);
    fclose(f);
    uint8_t *exact = malloc(b.len ? b.len : 1);
    FZ_CHECK(exact, "no memory");
    if (b.len) memcpy(exact, b.data, b.len);
    LLVMFuzzerTestOneInput(exact, b.len);
    free(exact);
    free(b.data);
  }
  return 0;
}
