/* Formatting for the tests: the text, and the code of what is told first. */
#ifndef OTTL_TESTS_UNIT_FORMAT_HELP_H
#define OTTL_TESTS_UNIT_FORMAT_HELP_H

#include <stdlib.h>
#include <string.h>

#include "ottl/ottl.h"

typedef struct fmt_out {
  ottl_status status;
  char *text; /* freed by the caller; ends in a zero */
  size_t len;
  char code[8]; /* "": nothing is told */
} fmt_out;

static inline void fmt_keep(void *context, const char *data, size_t len) {
  fmt_out *out = context;
  out->text = malloc(len + 1);
  memcpy(out->text, data, len);
  out->text[len] = 0;
  out->len = len;
}

static inline fmt_out fmt_text(ottl_format_form form, ottl_config_form config, size_t width, const char *text, size_t len) {
  fmt_out out = {OTTL_OK, NULL, 0, ""};
  ottl_format_options o;
  ottl_diags *diags = NULL;
  ottl_diag d;
  ottl_format_options_init(&o);
  o.form = form;
  o.config = config;
  o.width = width;
  out.status = ottl_format(text, len, &o, fmt_keep, &out, &diags);
  if (ottl_diags_get(diags, 0, &d) == OTTL_OK) strcpy(out.code, d.code);
  ottl_diags_free(diags);
  return out;
}

#endif
