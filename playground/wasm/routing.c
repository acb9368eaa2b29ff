/* What pipelines get of a routing program. */
#include "glue.h"

void glue_add_pipelines(glue_call *c, const ottl_program *program) {
  size_t n = ottl_route_pipelines(program);
  if (!n) return;
  yyjson_mut_val *pipelines = yyjson_mut_obj_add_arr(c->doc, c->out, "pipelines");
  for (size_t i = 0; i < n; i++) {
    ottl_view name = ottl_route_pipeline(program, i);
    yyjson_mut_arr_add_strncpy(c->doc, pipelines, name.data, name.len);
  }
}

static ottl_status output_put(glue_call *c, ottl_json *writer, ottl_signal signal, bool as_json, const ottl_route_payload *got,
                              glue_text *out) {
  const char *data = (const char *)got->data;
  size_t len = got->len, offset = 0;
  if (!data) return OTTL_OK;
  ottl_status status = as_json ? ottl_json_from_wire(writer, signal, got->data, got->len, &data, &len) : OTTL_OK;
  if (status != OTTL_OK) glue_add_string(c, c->out, "message", ottl_json_error(writer, &offset));
  if (status == OTTL_OK) glue_put(out, data, len);
  return out->failed ? OTTL_NOMEM : status;
}

/* With a transcoder of their own: the payload that ran may lie in the program's. */
ottl_status glue_add_outputs(glue_call *c, glue_program *p, ottl_signal signal, bool as_json, glue_text *out) {
  ottl_route_payload got;
  ottl_json *writer = NULL;
  ottl_status status = ottl_json_create(NULL, &writer);
  yyjson_mut_val *outputs = yyjson_mut_obj_add_arr(c->doc, c->out, "outputs");
  for (size_t i = 0; status == OTTL_OK && i < ottl_route_pipelines(p->program); i++) {
    status = ottl_route_output(p->exec, i, &got);
    if (status != OTTL_OK) break;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, outputs);
    glue_add_text(c, o, "pipeline", ottl_route_pipeline(p->program, i));
    yyjson_mut_obj_add_uint(c->doc, o, "records", got.records);
    yyjson_mut_obj_add_bool(c->doc, o, "whole", got.whole);
    yyjson_mut_obj_add_uint(c->doc, o, "begin", out->len);
    status = output_put(c, writer, signal, as_json, &got, out);
    yyjson_mut_obj_add_uint(c->doc, o, "end", out->len);
  }
  ottl_json_free(writer);
  return status;
}
