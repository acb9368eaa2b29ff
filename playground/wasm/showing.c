/* Programs explained, records followed, payloads compared and shown. */
#include "glue.h"

#include <string.h>

static const char *const glue_explains[] = {"json", "text", "svg", NULL};
static const char *const glue_changes[] = {"none", "changed", "dropped", "added"};
static const char *const glue_layouts[] = {"tree", "lines", NULL};
static const char *const glue_encodings[] = {"proto", "json", NULL};

EXPORT("ottl_explain") glue_reply *glue_explain(glue_program *p, const char *json, size_t len, const char *data, size_t data_len);
EXPORT("ottl_trace") glue_reply *glue_trace(glue_program *p, const char *json, size_t len, const char *data, size_t data_len);
EXPORT("ottl_diff") glue_reply *glue_diff(glue_program *p, const char *json, size_t len, const char *data, size_t data_len);
EXPORT("ottl_view") glue_reply *glue_view(const char *json, size_t len, const char *data, size_t data_len);
EXPORT("ottl_convert") glue_reply *glue_convert(const char *json, size_t len, const char *data, size_t data_len);

/* An exec of the program and the payload in wire form. */
static ottl_status payload_ready(glue_call *c, glue_program *p, const char *data, size_t len, glue_payload *ret) {
  ottl_signal signal;
  if (!glue_signal(c, &signal)) return OTTL_INVALID_ARG;
  if (ottl_program_signal(p->program) != OTTL_SIGNAL_NONE) signal = ottl_program_signal(p->program);
  ottl_status status = glue_exec(c, p);
  return status == OTTL_OK ? glue_payload_read(c, p->json, signal, data, len, ret) : status;
}

/* "format": json (default, in "result"), text or svg (in "text"). With a payload, what was counted while it ran is told, too. */
glue_reply *glue_explain(glue_program *p, const char *json, size_t len, const char *data, size_t data_len) {
  static const ottl_explain_format formats[] = {OTTL_EXPLAIN_JSON, OTTL_EXPLAIN_TEXT, OTTL_EXPLAIN_SVG};
  glue_call c;
  glue_payload in;
  glue_text text = {0};
  ottl_result result;
  ottl_explain_options o;
  int format;
  if (!glue_begin(&c, json, len) || !glue_word(&c, "format", glue_explains, 0, &format))
    return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = data_len ? payload_ready(&c, p, data, data_len, &in) : OTTL_OK;
  if (data_len && status == OTTL_OK) status = ottl_exec_profile(p->exec, true);
  if (data_len && status == OTTL_OK) status = ottl_exec_run(p->exec, in.data, in.len, &result);
  if (status == OTTL_RUNTIME) status = OTTL_OK; /* what was counted until it failed */
  ottl_explain_options_init(&o);
  o.format = formats[format];
  o.types = true;
  o.bytecode = glue_flag(&c, "bytecode");
  o.no_times = glue_flag(&c, "noTimes");
  ottl_explain_program program = {
      .program = p->program, .exec = data_len ? p->exec : NULL, .name = glue_string(&c, "name", NULL)};
  if (status == OTTL_OK) status = ottl_explain(&program, 1, &o, glue_put, &text);
  if (text.failed) status = OTTL_NOMEM;
  if (status == OTTL_OK && format == 0) glue_add_json(&c, c.out, "result", &text);
  if (status == OTTL_OK && format != 0) glue_add_text(&c, c.out, "text", (ottl_view){text.data, text.len});
  glue_text_free(&text);
  return glue_end(&c, status, NULL, 0);
}

/* The n-th record of the payload, from 0. */
static bool record_find(const ottl_viewer *v, uint64_t n, ottl_block *ret) {
  for (size_t i = 0; ottl_viewer_block(v, i, ret); i++) {
    if (ret->level == OTTL_BLOCK_RECORD && ret->number == n) return true;
  }
  return false;
}

static ottl_status trace_run(glue_call *c, glue_program *p, const glue_payload *in, uint64_t offset) {
  ottl_result result;
  glue_text text = {0};
  ottl_status status = ottl_exec_trace(p->exec, offset);
  if (status != OTTL_OK) return status;
  status = ottl_exec_run(p->exec, in->data, in->len, &result);
  if (status != OTTL_OK && status != OTTL_RUNTIME) return status;
  yyjson_mut_obj_add_bool(c->doc, c->out, "refused", status == OTTL_RUNTIME);
  status = ottl_trace_write(p->exec, OTTL_TRACE_JSON, false, glue_put, &text);
  if (text.failed) status = OTTL_NOMEM;
  if (status == OTTL_OK) glue_add_json(c, c->out, "steps", &text);
  glue_text_free(&text);
  return status;
}

/* "record", its number from 0: the steps that met it, in "steps". */
glue_reply *glue_trace(glue_program *p, const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in;
  ottl_block block;
  ottl_viewer *viewer = NULL;
  if (!glue_begin(&c, json, len)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = payload_ready(&c, p, data, data_len, &in);
  if (status == OTTL_OK) status = ottl_viewer_create(NULL, &viewer);
  if (status == OTTL_OK) {
    status = ottl_viewer_open(viewer, in.signal, in.data, in.len);
    glue_add_viewer_failure(&c, viewer);
  }
  if (status == OTTL_OK && !record_find(viewer, glue_number(&c, "record"), &block)) {
    glue_add_string(&c, c.out, "message", "no such record");
    status = OTTL_INVALID_ARG;
  }
  if (status == OTTL_OK) status = trace_run(&c, p, &in, block.offset);
  ottl_viewer_free(viewer);
  return glue_end(&c, status, NULL, 0);
}

static void block_add(glue_call *c, yyjson_mut_val *to, const char *name, const ottl_block *b) {
  yyjson_mut_val *o = yyjson_mut_obj_add_obj(c->doc, to, name);
  yyjson_mut_obj_add_uint(c->doc, o, "number", b->number);
  yyjson_mut_obj_add_uint(c->doc, o, "resource", b->resource);
  if (b->scope != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(c->doc, o, "scope", b->scope);
  if (b->item != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(c->doc, o, "item", b->item);
  glue_add_text(c, o, "summary", b->summary);
}

static void diff_entry_add(glue_call *c, yyjson_mut_val *entries, const ottl_diff_entry *e) {
  yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, entries);
  glue_add_string(c, o, "kind", e->has_before ? e->before.kind : e->after.kind);
  glue_add_string(c, o, "change", glue_changes[e->change]);
  yyjson_mut_obj_add_bool(c->doc, o, "moved", e->moved);
  if (e->has_before) block_add(c, o, "before", &e->before);
  if (e->has_after) block_add(c, o, "after", &e->after);
  yyjson_mut_obj_add_uint(c->doc, o, "fields", e->fields);
  yyjson_mut_val *lines = yyjson_mut_obj_add_arr(c->doc, o, "lines");
  for (size_t i = 0; i < e->lines.n; i++) {
    const ottl_diff_line *line = &e->lines.lines[i];
    glue_add_text(c, yyjson_mut_arr_add_obj(c->doc, lines),
                  line->kind == '-'   ? "before"
                  : line->kind == '+' ? "after"
                                      : "same",
                  line->text);
  }
}

static ottl_status diff_fill(glue_call *c, ottl_diff *diff, glue_program *p, const glue_payload *in) {
  ottl_result result;
  ottl_diff_entry entry;
  ottl_status status = ottl_diff_begin(diff, in->signal, in->data, in->len);
  if (status == OTTL_OK) {
    status = ottl_exec_run(p->exec, in->data, in->len, &result);
    if (status == OTTL_OK || status == OTTL_RUNTIME) glue_add_result(c, p->exec, &result);
  }
  if (status == OTTL_OK) status = ottl_diff_step(diff, p->exec, &result);
  yyjson_mut_val *entries = yyjson_mut_obj_add_arr(c->doc, c->out, "entries");
  uint64_t first = glue_number(c, "first"), limit = glue_number(c, "limit"), n = 0;
  bool changed = glue_flag(c, "changed");
  for (size_t i = 0; status == OTTL_OK && i < ottl_diff_count(diff); i++) {
    status = ottl_diff_get(diff, i, &entry);
    if (status != OTTL_OK || (changed && entry.change == OTTL_CHANGE_NONE && !entry.moved)) continue;
    if (n >= first && (!limit || n - first < limit)) diff_entry_add(c, entries, &entry);
    n++;
  }
  yyjson_mut_obj_add_uint(c->doc, c->out, "total", n);
  return status;
}

/* What the program changes, resource by resource, scope by scope, record by record. "changed": nothing of what did not change; "first" and
 * "limit": entries, of "total". */
glue_reply *glue_diff(glue_program *p, const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in;
  ottl_diff *diff = NULL;
  if (!glue_begin(&c, json, len)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = payload_ready(&c, p, data, data_len, &in);
  if (status == OTTL_OK) status = ottl_diff_create(NULL, &diff);
  if (status == OTTL_OK) {
    status = diff_fill(&c, diff, p, &in);
    size_t offset = 0;
    const char *why = ottl_diff_error(diff, &offset);
    if (status != OTTL_OK && *why) glue_add_failure(&c, why, offset);
  }
  ottl_diff_free(diff);
  return glue_end(&c, status, NULL, 0);
}

static ottl_status view_fill(glue_call *c, ottl_viewer *viewer, const glue_payload *in) {
  ottl_block block;
  ottl_status status = ottl_viewer_open(viewer, in->signal, in->data, in->len);
  yyjson_mut_val *blocks = yyjson_mut_obj_add_arr(c->doc, c->out, "blocks");
  for (size_t i = 0; status == OTTL_OK && i < ottl_viewer_count(viewer); i++) {
    status = ottl_viewer_render(viewer, i, &block);
    if (status != OTTL_OK) break;
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, blocks);
    glue_add_string(c, o, "kind", block.kind);
    block_add(c, o, "place", &block);
    glue_add_text(c, o, "text", block.lines);
  }
  return status;
}

/* A payload as text: "layout" tree or lines, "maxText" bytes of each text. */
glue_reply *glue_view(const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in;
  int layout;
  ottl_signal signal;
  ottl_viewer_options o;
  ottl_viewer *viewer = NULL;
  ottl_json *transcoder = NULL;
  if (!glue_begin(&c, json, len) || !glue_word(&c, "layout", glue_layouts, 0, &layout) || !glue_signal(&c, &signal))
    return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_viewer_options_init(&o);
  o.layout = (ottl_viewer_layout)layout;
  o.max_text = glue_number(&c, "maxText");
  ottl_status status = ottl_json_create(NULL, &transcoder);
  if (status == OTTL_OK) status = glue_payload_read(&c, transcoder, signal, data, data_len, &in);
  if (status == OTTL_OK) status = ottl_viewer_create(&o, &viewer);
  if (status == OTTL_OK) status = view_fill(&c, viewer, &in);
  if (status != OTTL_OK) glue_add_viewer_failure(&c, viewer);
  ottl_viewer_free(viewer);
  ottl_json_free(transcoder);
  return glue_end(&c, status, NULL, 0);
}

/* A payload in another form: "to" proto or json. */
glue_reply *glue_convert(const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in = {0};
  int to;
  ottl_signal signal;
  ottl_json *transcoder = NULL;
  if (!glue_begin(&c, json, len) || !glue_word(&c, "to", glue_encodings, 0, &to) || !glue_signal(&c, &signal))
    return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = ottl_json_create(NULL, &transcoder);
  if (status == OTTL_OK) status = glue_payload_read(&c, transcoder, signal, data, data_len, &in);
  const char *out = (const char *)in.data;
  size_t out_len = in.len;
  ottl_json *writer = NULL; /* the payload may lie in the other one */
  if (status == OTTL_OK && to == 1) {
    status = ottl_json_create(NULL, &writer);
    if (status == OTTL_OK) status = ottl_json_from_wire(writer, in.signal, in.data, in.len, &out, &out_len);
    if (status != OTTL_OK && writer) glue_add_string(&c, c.out, "message", ottl_json_error(writer, NULL));
  }
  glue_reply *reply = glue_end(&c, status, out, status == OTTL_OK ? out_len : 0);
  ottl_json_free(writer);
  ottl_json_free(transcoder);
  return reply;
}
