/* Configurations of processors: JSON, which goes through the library's YAML reader like any other. */
#include "conformance.h"

#include <stdlib.h>
#include <string.h>

/* Characters that JSON strings may hold as they are, and YAML may not: they break lines there, or are none. */
static void config_escape(conf_buf *out, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    const unsigned char *p = (const unsigned char *)text + i;
    if (*p == 0x7f) {
      conf_buf_puts(out, "\\u007f");
    } else if (i + 1 < len && p[0] == 0xc2 && p[1] < 0xa0) {
      conf_buf_printf(out, "\\u%04x", p[1]);
      i++;
    } else if (i + 2 < len && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
      conf_buf_printf(out, "\\u20%02x", p[2] - 0x80);
      i += 2;
    } else {
      conf_buf_put(out, text + i, 1);
    }
  }
}

ottl_status conf_config_compile(const conf_case *c, const ottl_compile_options *options, ottl_program **ret_program,
                                ottl_diags **ret_diags) {
  size_t len;
  char *json = yyjson_val_write(c->program, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &len);
  if (!json) return OTTL_NOMEM;
  conf_buf text = {0};
  config_escape(&text, json, len);
  free(json);
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.form = c->mode == CONF_ROUTE ? OTTL_CONFIG_ROUTING : c->mode == CONF_FILTER ? OTTL_CONFIG_FILTER : OTTL_CONFIG_TRANSFORM;
  o.keep_variables = true;
  o.flatten_logs = c->flatten;
  ottl_config *config = NULL;
  ottl_status status = ottl_config_parse(text.data, text.len, &o, &config, ret_diags);
  if (status == OTTL_OK) {
    ottl_diags_free(*ret_diags);
    *ret_diags = NULL;
    status = c->mode == CONF_ROUTE ? ottl_config_connector_compile(config, 0, c->signal, options, ret_program, ret_diags)
                                   : ottl_config_compile(config, 0, c->signal, options, ret_program, ret_diags);
  }
  ottl_config_free(config);
  conf_buf_free(&text);
  return status;
}
