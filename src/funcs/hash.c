/* SHA256, FNV. */
#include "base/fnv.h"
#include "base/sha256.h"
#include "funcs/handlers.h"

ottl_status ottl__fn_sha256(ottl_call *c) {
  static const char digits[] = "0123456789abcdef";
  ottl_sha256_blocks blocks = ottl__sha256_pick();
  SEL_EACH(c->sel, c->n, row) {
    unsigned char hash[32];
    char *text = arena_alloc(c->arena, 64);
    if (!text) return OTTL_NOMEM;
    ottl__sha256_with(blocks, reg_view(c->arg[0].reg, row), hash);
    for (int i = 0; i < 32; i++) {
      text[2 * i] = digits[hash[i] >> 4];
      text[2 * i + 1] = digits[hash[i] & 15];
    }
    out_view(c, row, view_of(text, 64));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_fnv(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_int(c, row, (int64_t)fnv64a(reg_view(c->arg[0].reg, row)));
  return OTTL_OK;
}
