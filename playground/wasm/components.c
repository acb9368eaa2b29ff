/* What a configuration has: processors and routing connectors that hold OTTL, and the pipelines that use them. */
#include "glue.h"

EXPORT("ottl_components") glue_reply *glue_components(const char *json, size_t len);

static yyjson_mut_val *component_add(glue_call *c, yyjson_mut_val *to, const char *kind, const char *type, ottl_view name,
                                     uint32_t line) {
  yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, to);
  glue_add_string(c, o, "kind", kind);
  glue_add_string(c, o, "type", type);
  glue_add_text(c, o, "name", name);
  yyjson_mut_obj_add_uint(c->doc, o, "line", line);
  return yyjson_mut_obj_add_arr(c->doc, o, "signals");
}

static void signal_add(glue_call *c, yyjson_mut_val *signals, ottl_signal signal) {
  yyjson_mut_arr_add_strcpy(c->doc, signals, glue_signals[signal]);
}

/* The signals for which it does something; none where it does not compile. */
static ottl_status processor_add(glue_call *c, const ottl_config *config, size_t i, yyjson_mut_val *to) {
  static const char *const types[] = {"transform", "filter"};
  ottl_config_processor_info info;
  ottl_status status = ottl_config_processor(config, i, &info);
  if (status != OTTL_OK) return status;
  yyjson_mut_val *signals = component_add(c, to, "processor", types[info.type], info.name, info.line);
  for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES; s++) {
    ottl_program *program = NULL;
    status = ottl_config_compile(config, i, (ottl_signal)s, NULL, &program, NULL);
    if (status == OTTL_OK && ottl_program_groups(program)) signal_add(c, signals, (ottl_signal)s);
    ottl_program_free(program);
    if (status == OTTL_NOMEM) return status;
  }
  return OTTL_OK;
}

static ottl_status pipeline_add(glue_call *c, const ottl_config *config, size_t i, yyjson_mut_val *to) {
  ottl_config_pipeline_info info;
  ottl_config_processor_info processor;
  ottl_status status = ottl_config_pipeline(config, i, &info);
  if (status != OTTL_OK) return status;
  yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, to);
  glue_add_text(c, o, "name", info.name);
  glue_add_string(c, o, "signal", glue_signals[info.signal]);
  yyjson_mut_obj_add_uint(c->doc, o, "others", info.n_others);
  yyjson_mut_val *names = yyjson_mut_obj_add_arr(c->doc, o, "processors");
  for (size_t k = 0; k < info.n_processors && status == OTTL_OK; k++) {
    status = ottl_config_processor(config, info.processors[k], &processor);
    if (status == OTTL_OK) yyjson_mut_arr_add_strncpy(c->doc, names, processor.name.data, processor.name.len);
  }
  return status;
}

static ottl_status config_list(glue_call *c, const ottl_config *config) {
  ottl_status status = OTTL_OK;
  yyjson_mut_val *components = yyjson_mut_obj_add_arr(c->doc, c->out, "components");
  yyjson_mut_val *pipelines = yyjson_mut_obj_add_arr(c->doc, c->out, "pipelines");
  for (size_t i = 0; i < ottl_config_processors(config) && status == OTTL_OK; i++)
    status = processor_add(c, config, i, components);
  for (size_t i = 0; i < ottl_config_connectors(config) && status == OTTL_OK; i++) {
    ottl_config_connector_info info;
    status = ottl_config_connector(config, i, &info);
    if (status != OTTL_OK) break;
    yyjson_mut_val *signals = component_add(c, components, "connector", "routing", info.name, info.line);
    if (info.signal != OTTL_SIGNAL_NONE) signal_add(c, signals, info.signal);
  }
  for (size_t i = 0; i < ottl_config_pipelines(config) && status == OTTL_OK; i++) status = pipeline_add(c, config, i, pipelines);
  return status;
}

/* "config" and "form": "components", in the order of the file, and "pipelines". */
glue_reply *glue_components(const char *json, size_t len) {
  glue_call c;
  size_t text_len;
  ottl_config_options options;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  const char *text = NULL;
  if (glue_begin(&c, json, len) && glue_config_options(&c, &options)) text = glue_string(&c, "config", &text_len);
  if (!text) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = ottl_config_parse(text, text_len, &options, &config, &diags);
  glue_add_diags(&c, diags);
  if (status == OTTL_OK) status = config_list(&c, config);
  ottl_config_free(config);
  return glue_end(&c, status, NULL, 0);
}
