/* Checking: what is wrong with statements, or with a whole configuration, without running anything. */
#include "glue.h"

#include <string.h>

EXPORT("ottl_check") glue_reply *glue_check(const char *json, size_t len);

/* A processor is compiled once for each signal, which tells most things again. */
static bool told_before(const yyjson_mut_val *told, yyjson_val *d) {
  yyjson_mut_val *one;
  size_t i, n;
  yyjson_mut_arr_foreach((yyjson_mut_val *)told, i, n, one) {
    if (yyjson_mut_get_uint(yyjson_mut_obj_get(one, "begin")) == yyjson_get_uint(yyjson_obj_get(d, "begin")) &&
        yyjson_mut_equals_str(yyjson_mut_obj_get(one, "code"), yyjson_get_str(yyjson_obj_get(d, "code"))))
      return true;
  }
  return false;
}

/* Adds what was not told yet, and frees the diagnostics. */
static void told_add(glue_call *c, yyjson_mut_val *told, ottl_diags *diags) {
  glue_text text = {0};
  if (ottl_diags_count(diags) && ottl_diags_render(diags, OTTL_DIAGS_JSON, false, glue_put, &text) != OTTL_OK) text.len = 0;
  yyjson_doc *list = text.len ? yyjson_read(text.data, text.len, YYJSON_READ_ALLOW_INVALID_UNICODE) : NULL;
  yyjson_val *one;
  size_t i, n;
  yyjson_arr_foreach(yyjson_doc_get_root(list), i, n, one) {
    if (!told_before(told, one)) yyjson_mut_arr_append(told, yyjson_val_mut_copy(c->doc, one));
  }
  yyjson_doc_free(list);
  glue_text_free(&text);
  ottl_diags_free(diags);
}

/* The worse of two: a configuration is not well when one part of it is not. */
static ottl_status worse(ottl_status a, ottl_status b) { return a == OTTL_OK ? b : a; }

static ottl_status check_processor(glue_call *c, const ottl_config *config, size_t i, const ottl_compile_options *o,
                                   yyjson_mut_val *told) {
  ottl_status status = OTTL_OK;
  for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES && status == OTTL_OK; s++) {
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    status = ottl_config_compile(config, i, (ottl_signal)s, o, &program, &diags);
    if (s == OTTL_SIGNAL_LOGS || status != OTTL_OK)
      told_add(c, told, diags);
    else
      ottl_diags_free(diags);
    ottl_program_free(program);
  }
  return status;
}

static ottl_status check_connector(glue_call *c, const ottl_config *config, size_t i, const ottl_compile_options *o,
                                   yyjson_mut_val *told) {
  ottl_config_connector_info info;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_config_connector(config, i, &info);
  if (status != OTTL_OK || info.signal == OTTL_SIGNAL_NONE) return status;
  status = ottl_config_connector_compile(config, i, info.signal, o, &program, &diags);
  told_add(c, told, diags);
  ottl_program_free(program);
  return status;
}

static ottl_status check_config(glue_call *c, const char *text, size_t len, const ottl_compile_options *o) {
  ottl_config_options options;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  if (!glue_config_options(c, &options)) return OTTL_INVALID_ARG;
  yyjson_mut_val *told = yyjson_mut_obj_add_arr(c->doc, c->out, "diagnostics");
  yyjson_mut_val *names = yyjson_mut_obj_add_arr(c->doc, c->out, "processors");
  ottl_status status = ottl_config_parse(text, len, &options, &config, &diags);
  told_add(c, told, diags);
  for (size_t i = 0; config && i < ottl_config_processors(config); i++) {
    ottl_config_processor_info info;
    if (ottl_config_processor(config, i, &info) == OTTL_OK)
      yyjson_mut_arr_add_strncpy(c->doc, names, info.name.data, info.name.len);
    status = worse(status, check_processor(c, config, i, o, told));
  }
  for (size_t i = 0; config && i < ottl_config_connectors(config); i++)
    status = worse(status, check_connector(c, config, i, o, told));
  ottl_config_free(config);
  return status;
}

/* As ottl_compile, with warnings and without a program; all of a configuration ("config"), whose processors are named, too. */
glue_reply *glue_check(const char *json, size_t len) {
  glue_call c;
  size_t text_len;
  ottl_compile_options options;
  ottl_error_mode mode;
  if (!glue_begin(&c, json, len) || !glue_options(&c, true, &options, &mode)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  const char *config = glue_string(&c, "config", &text_len);
  if (config) return glue_end(&c, check_config(&c, config, text_len, &options), NULL, 0);
  ottl_program *program = NULL;
  ottl_status status = glue_compile(&c, true, &program);
  ottl_program_free(program);
  return glue_end(&c, status, NULL, 0);
}
