/* Tests of policies: a file of cases (docs/testing.md). */
#include "glue.h"

#include <string.h>

static const char *const glue_outcomes[] = {"passed", "failed", "broken", "skipped", "open"};

EXPORT("ottl_test") glue_reply *glue_test(const char *json, size_t len);

/* Files that cases name are members of "files": their texts by their names. */
static bool case_read(void *context, const char *path, ottl_view *ret_text, const char **ret_name) {
  glue_call *c = context;
  yyjson_val *text = yyjson_obj_get(yyjson_obj_get(c->in, "files"), path);
  (void)ret_name;
  if (!yyjson_is_str(text)) return false;
  *ret_text = (ottl_view){yyjson_get_str(text), yyjson_get_len(text)};
  return true;
}

static void diags_add(glue_call *c, yyjson_mut_val *to, ottl_diags *diags) {
  glue_text text = {0};
  if (ottl_diags_count(diags) && ottl_diags_render(diags, OTTL_DIAGS_JSON, false, glue_put, &text) == OTTL_OK)
    glue_add_json(c, to, "diagnostics", &text);
  glue_text_free(&text);
  ottl_diags_free(diags);
}

static ottl_status case_run(glue_call *c, ottl_test *test, size_t i, yyjson_mut_val *to) {
  ottl_test_case_info info;
  ottl_test_result result;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_test_case(test, i, &info);
  if (status == OTTL_OK) status = ottl_test_run(test, i, &result, &diags);
  if (status != OTTL_OK) return status;
  glue_add_text(c, to, "name", info.name);
  yyjson_mut_obj_add_uint(c->doc, to, "line", info.line);
  glue_add_string(c, to, "outcome", glue_outcomes[result.outcome]);
  glue_add_text(c, to, "message", result.message);
  glue_add_text(c, to, "detail", result.detail);
  yyjson_mut_obj_add_uint(c->doc, to, "recordsIn", result.records_in);
  yyjson_mut_obj_add_uint(c->doc, to, "recordsOut", result.records_out);
  diags_add(c, to, diags);
  return OTTL_OK;
}

static ottl_status cases_run(glue_call *c, ottl_test *test) {
  ottl_status status = OTTL_OK;
  yyjson_mut_val *cases = yyjson_mut_obj_add_arr(c->doc, c->out, "cases");
  for (size_t i = 0; status == OTTL_OK && i < ottl_test_cases(test); i++)
    status = case_run(c, test, i, yyjson_mut_arr_add_obj(c->doc, cases));
  if (status != OTTL_OK || !glue_flag(c, "update")) return status;
  glue_text text = {0};
  status = ottl_test_update(test, glue_put, &text, NULL);
  if (text.failed) status = OTTL_NOMEM;
  if (status == OTTL_OK && text.len) glue_add_text(c, c->out, "updated", (ottl_view){text.data, text.len});
  glue_text_free(&text);
  return status;
}

/* "text": a file of cases; "files"; "update": also the file with the expectations rewritten, as "updated". */
glue_reply *glue_test(const char *json, size_t len) {
  glue_call c;
  size_t text_len;
  ottl_test_options o;
  ottl_test *test = NULL;
  ottl_diags *diags = NULL;
  const char *text = glue_begin(&c, json, len) ? glue_string(&c, "text", &text_len) : NULL;
  if (!text) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_test_options_init(&o);
  o.name = glue_string(&c, "name", NULL);
  o.read = case_read;
  o.read_context = &c;
  ottl_status status = ottl_test_parse(text, text_len, &o, &test, &diags);
  glue_add_diags(&c, diags);
  if (status == OTTL_OK) status = cases_run(&c, test);
  ottl_test_free(test);
  return glue_end(&c, status, NULL, 0);
}
