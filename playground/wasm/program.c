/* Compiling and running. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

static const char *const glue_modes[] = {"propagate", "ignore", "silent", NULL};
static const char *const glue_failures[] = {"default", "keep", "atomic", "rollback", NULL};
static const char *const glue_sets[] = {"all", "standard", "transform", "filter", "routing", NULL};
static const char *const glue_encodings[] = {"same", "proto", "json", NULL};

bool glue_options(const glue_call *c, bool lint, ottl_compile_options *o, ottl_error_mode *mode) {
  int kind = 0, error_mode = 0, failure = 0, set = 0;
  ottl_compile_options_init(o);
  bool ok = glue_word(c, "kind", glue_kinds, OTTL_KIND_TRANSFORM, &kind) && glue_signal(c, &o->signal) &&
            glue_word(c, "errorMode", glue_modes, OTTL_ERROR_PROPAGATE, &error_mode) &&
            glue_word(c, "onFailure", glue_failures, OTTL_ON_FAILURE_DEFAULT, &failure) &&
            glue_word(c, "functions", glue_sets, OTTL_FUNCTIONS_ALL, &set);
  o->kind = (ottl_kind)kind;
  o->functions = (ottl_function_set)set;
  o->on_failure = (ottl_on_failure)failure;
  o->experimental = glue_flag(c, "experimental");
  o->flatten = glue_flag(c, "flatten");
  o->compat = (uint32_t)glue_number(c, "compat");
  o->lint = lint;
  o->explain = lint && glue_flag(c, "notes");
  *mode = (ottl_error_mode)error_mode;
  return ok;
}

static bool name_is(ottl_view is, const char *name, size_t len) {
  return !name || (is.len == len && memcmp(is.data, name, len) == 0);
}

/* The processor of that name, or the first one. */
static ottl_status config_find(glue_call *c, const ottl_config *config, size_t *ret) {
  size_t len, n = ottl_config_processors(config);
  const char *name = glue_string(c, "processor", &len);
  ottl_config_processor_info info;
  for (*ret = 0; *ret < n && ottl_config_processor(config, *ret, &info) == OTTL_OK; ++*ret) {
    if (name_is(info.name, name, len)) return OTTL_OK;
  }
  glue_add_string(c, c->out, "message",
                  name ? "no transform or filter processor of that name" : "no transform or filter processor");
  return OTTL_INVALID_ARG;
}

/* Likewise of routing connectors. */
static ottl_status connector_find(glue_call *c, const ottl_config *config, size_t *ret, ottl_signal *ret_signal) {
  size_t len, n = ottl_config_connectors(config);
  const char *name = glue_string(c, "connector", &len);
  ottl_config_connector_info info;
  for (*ret = 0; *ret < n && ottl_config_connector(config, *ret, &info) == OTTL_OK; ++*ret) {
    if (!name_is(info.name, name, len)) continue;
    if (*ret_signal == OTTL_SIGNAL_NONE) *ret_signal = info.signal;
    return OTTL_OK;
  }
  glue_add_string(c, c->out, "message", name ? "no routing connector of that name" : "no routing connector");
  return OTTL_INVALID_ARG;
}

/* One processor of a configuration; its routing connector where one is named, or where that is all it has. */
static ottl_status config_compile(glue_call *c, ottl_compile_options *o, const char *text, size_t len, ottl_program **ret) {
  ottl_config_options options;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  size_t at;
  if (!glue_config_options(c, &options)) return OTTL_INVALID_ARG;
  ottl_status status = ottl_config_parse(text, len, &options, &config, &diags);
  bool routes = glue_string(c, "connector", NULL) ||
                (!glue_string(c, "processor", NULL) && !ottl_config_processors(config) && ottl_config_connectors(config));
  if (status == OTTL_OK) status = routes ? connector_find(c, config, &at, &o->signal) : config_find(c, config, &at);
  if (status == OTTL_OK) {
    ottl_diags_free(diags);
    diags = NULL;
    status = routes ? ottl_config_connector_compile(config, at, o->signal, o, ret, &diags)
                    : ottl_config_compile(config, at, o->signal, o, ret, &diags);
  }
  glue_add_diags(c, diags);
  ottl_config_free(config);
  return status;
}

ottl_status glue_compile(glue_call *c, bool lint, ottl_program **ret) {
  ottl_compile_options options;
  ottl_error_mode mode;
  size_t len;
  *ret = NULL;
  if (!glue_options(c, lint, &options, &mode)) return OTTL_INVALID_ARG;
  const char *config = glue_string(c, "config", &len);
  if (config) return config_compile(c, &options, config, len, ret);
  const char *text = glue_string(c, "text", &len);
  if (!text) return OTTL_INVALID_ARG;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(text, len, glue_string(c, "name", NULL), mode, &options, ret, &diags);
  glue_add_diags(c, diags);
  return status;
}

/* -- exported -- */

EXPORT("ottl_info") glue_reply *glue_info(void);
EXPORT("ottl_compile") glue_reply *glue_compile_request(const char *json, size_t len);
EXPORT("ottl_close") void glue_close(glue_program *p);
EXPORT("ottl_run") glue_reply *glue_run(glue_program *p, const char *json, size_t len, const char *data, size_t data_len);

/* {version, reference, isa} */
glue_reply *glue_info(void) {
  glue_call c;
  if (!glue_begin(&c, "{}", 2)) return glue_end(&c, OTTL_NOMEM, NULL, 0);
  glue_add_string(&c, c.out, "version", ottl_version());
  glue_add_string(&c, c.out, "reference", OTTL_REFERENCE_VERSION);
  glue_add_string(&c, c.out, "isa", ottl_isa());
  return glue_end(&c, OTTL_OK, NULL, 0);
}

void glue_close(glue_program *p) {
  if (!p) return;
  ottl_exec_free(p->exec);
  ottl_program_free(p->program);
  ottl_json_free(p->json);
  free(p);
}

static void compiled_add(glue_call *c, const glue_program *p) {
  glue_add_string(c, c->out, "signal", glue_signals[ottl_program_signal(p->program)]);
  yyjson_mut_obj_add_uint(c->doc, c->out, "program", (uintptr_t)p);
  yyjson_mut_val *groups = yyjson_mut_obj_add_arr(c->doc, c->out, "groups");
  for (size_t i = 0; i < ottl_program_groups(p->program); i++) {
    yyjson_mut_val *group = yyjson_mut_arr_add_obj(c->doc, groups);
    glue_add_string(c, group, "context", ottl_program_context(p->program, i));
    yyjson_mut_obj_add_bool(c->doc, group, "rowOrder", ottl_program_row_order(p->program, i));
  }
  glue_add_pipelines(c, p->program);
}

/* "text" (a file of statements) or "config" (a collector's YAML, or what "form" says) and "processor" or "connector", and options, to a
 * program: the number "program", closed with ottl_close. */
glue_reply *glue_compile_request(const char *json, size_t len) {
  glue_call c;
  if (!glue_begin(&c, json, len)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  glue_program *p = calloc(1, sizeof *p);
  ottl_status status = p ? glue_compile(&c, glue_flag(&c, "lint"), &p->program) : OTTL_NOMEM;
  if (status == OTTL_OK) status = ottl_json_create(NULL, &p->json);
  if (status == OTTL_OK)
    compiled_add(&c, p);
  else
    glue_close(p);
  return glue_end(&c, status, NULL, 0);
}

ottl_status glue_exec(glue_call *c, glue_program *p) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.strict = glue_flag(c, "strict");
  options.clock_seconds = yyjson_get_sint(yyjson_obj_get(c->in, "clockSeconds"));
  options.random_seed = glue_number(c, "randomSeed");
  ottl_exec_free(p->exec);
  p->exec = NULL;
  ottl_status status = ottl_exec_create(p->program, &options, &p->exec);
  size_t len;
  const char *request = glue_string(c, "request", &len);
  if (status == OTTL_OK && request) status = ottl_exec_set_request(p->exec, request, len);
  return status;
}

static void place_add(glue_call *c, yyjson_mut_val *to, const char *name, uint64_t place) {
  if (place != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(c->doc, to, name, place);
}

static void error_add(glue_call *c, yyjson_mut_val *errors, ottl_exec *exec, size_t i, const ottl_row_error *e) {
  yyjson_mut_val *error = yyjson_mut_arr_add_obj(c->doc, errors);
  ottl_record_place at = {.struct_size = sizeof at};
  glue_add_string(c, error, "code", e->code);
  glue_add_string(c, error, "message", e->message);
  yyjson_mut_obj_add_uint(c->doc, error, "group", e->group);
  if (e->statement != UINT32_MAX)
    yyjson_mut_obj_add_uint(c->doc, error, "statement", e->statement);
  else
    yyjson_mut_obj_add_uint(c->doc, error, "condition", e->condition);
  if (!ottl_exec_error_record(exec, i, &at)) return;
  glue_add_string(c, error, "context", at.context);
  place_add(c, error, "resource", at.resource);
  place_add(c, error, "scope", at.scope);
  place_add(c, error, "item", at.item);
  place_add(c, error, "child", at.child);
  place_add(c, error, "grandchild", at.grandchild);
}

void glue_add_result(glue_call *c, ottl_exec *exec, const ottl_result *r) {
  yyjson_mut_obj_add_bool(c->doc, c->out, "unchanged", r->unchanged);
  yyjson_mut_obj_add_uint(c->doc, c->out, "recordsIn", r->rows_in);
  yyjson_mut_obj_add_uint(c->doc, c->out, "recordsChanged", r->rows_changed);
  yyjson_mut_obj_add_uint(c->doc, c->out, "recordsDropped", r->rows_dropped);
  yyjson_mut_obj_add_uint(c->doc, c->out, "recordsFailed", r->rows_failed);
  yyjson_mut_obj_add_uint(c->doc, c->out, "failures", r->errors);
  yyjson_mut_val *errors = yyjson_mut_obj_add_arr(c->doc, c->out, "errors");
  ottl_row_error e;
  for (size_t i = 0; ottl_exec_error(exec, i, &e); i++) error_add(c, errors, exec, i, &e);
}

static void failure_add(glue_call *c, const ottl_exec *exec) {
  size_t offset = 0;
  const char *why = exec ? ottl_exec_failure(exec, &offset) : NULL;
  if (why) glue_add_failure(c, why, offset);
}

/* Runs a program on an export request, OTLP/JSON or protobuf; the data of the reply is what comes out, as the request's "to" says. */
glue_reply *glue_run(glue_program *p, const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in = {0};
  ottl_result result = {0};
  int to;
  ottl_signal signal;
  if (!glue_begin(&c, json, len) || !glue_word(&c, "to", glue_encodings, 0, &to) || !glue_signal(&c, &signal))
    return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  if (ottl_program_signal(p->program) != OTTL_SIGNAL_NONE) signal = ottl_program_signal(p->program);
  ottl_status status = glue_exec(&c, p);
  if (status == OTTL_OK) status = glue_payload_read(&c, p->json, signal, data, data_len, &in);
  bool ready = status == OTTL_OK;
  if (ready) status = ottl_exec_run(p->exec, in.data, in.len, &result);
  if (ready && (status == OTTL_OK || status == OTTL_RUNTIME)) glue_add_result(&c, p->exec, &result);
  if (ready && status != OTTL_OK) failure_add(&c, p->exec);
  const char *out = (const char *)result.data;
  size_t out_len = result.len;
  glue_text outputs = {0};
  bool as_json = to == 2 || (to == 0 && in.was_json);
  if (status == OTTL_OK && ottl_route_pipelines(p->program)) {
    status = glue_add_outputs(&c, p, in.signal, as_json, &outputs);
    glue_add_string(&c, c.out, "encoding", as_json ? "json" : "proto");
    glue_reply *reply = glue_end(&c, status, outputs.data, status == OTTL_OK ? outputs.len : 0);
    glue_text_free(&outputs);
    return reply;
  }
  if (status == OTTL_OK && out && as_json) {
    status = in.signal == OTTL_SIGNAL_NONE ? OTTL_INVALID_ARG
                                           : ottl_json_from_wire(p->json, in.signal, result.data, result.len, &out, &out_len);
  }
  if (status == OTTL_OK) glue_add_string(&c, c.out, "encoding", as_json ? "json" : "proto");
  return status == OTTL_OK && out ? glue_end(&c, status, out, out_len) : glue_end(&c, status, NULL, 0);
}
