/* Row errors as text, from grammar/rowerrors.def. */
#include <stdio.h>

#include "api/api.h"

static const struct {
  const char *name, *text;
} rows[] = {
#define ROWERR(id, code, text) {code, text},
#include "rowerrors.def"
#undef ROWERR
};

const char *ottl__rowerr_name(uint16_t code) {
  unsigned i = rowerr_code(code);
  return i < OTTL_COUNT(rows) ? rows[i].name : rows[0].name;
}

const char *ottl__rowerr_text(uint16_t code, char *out, size_t size) {
  unsigned i = rowerr_code(code);
  size_t n = 0;
  if (size == 0) return "";
  for (const char *p = i < OTTL_COUNT(rows) ? rows[i].text : ""; *p && n + 1 < size; p++) {
    if (p[0] == '%' && p[1] == 'T') {
      int m = snprintf(out + n, size - n, "%s", ottl__type_go_name((ottl_type)rowerr_found(code)));
      n += m > 0 ? (size_t)m < size - n ? (size_t)m : size - n - 1 : 0;
      p++;
    } else {
      if (p[0] == '%' && p[1] == '%') p++;
      out[n++] = *p;
    }
  }
  out[n] = 0;
  return out;
}
