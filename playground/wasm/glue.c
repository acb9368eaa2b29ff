#include "glue.h"

#include <stdlib.h>
#include <string.h>

const char *const glue_signals[] = {"", "logs", "traces", "metrics", "profiles", NULL};
const char *const glue_kinds[] = {"transform", "filter", "values", "conditions", NULL};
const char *const glue_configs[] = {"collector", "transform", "filter", "routing", NULL};

EXPORT("ottl_alloc") void *glue_alloc(size_t len);
EXPORT("ottl_free") void glue_free(void *memory);

void *glue_alloc(size_t len) { return malloc(len ? len : 1); }
void glue_free(void *memory) { free(memory); }

void glue_put(void *text, const char *data, size_t len) {
  glue_text *t = text;
  if (t->failed || !len) return;
  if (len > t->room - t->len) {
    size_t room = (t->len + len) * 2;
    char *grown = room > t->len ? realloc(t->data, room) : NULL;
    t->failed = !grown;
    if (!grown) return;
    t->data = grown;
    t->room = room;
  }
  memcpy(t->data + t->len, data, len);
  t->len += len;
}

void glue_text_free(glue_text *text) { free(text->data); }

bool glue_begin(glue_call *c, const char *json, size_t len) {
  memset(c, 0, sizeof *c);
  c->doc = yyjson_mut_doc_new(NULL);
  c->out = yyjson_mut_obj(c->doc);
  c->request = yyjson_read(json, len, 0);
  c->in = yyjson_doc_get_root(c->request);
  if (c->out) yyjson_mut_doc_set_root(c->doc, c->out);
  return c->out && yyjson_is_obj(c->in);
}

glue_reply *glue_end(glue_call *c, ottl_status status, const void *data, size_t len) {
  size_t json_len = 0;
  glue_reply *reply = NULL;
  glue_add_string(c, c->out, "status", ottl_status_name(status));
  char *json = yyjson_mut_write(c->doc, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &json_len);
  if (json && len <= UINT32_MAX - sizeof *reply - json_len) reply = malloc(sizeof *reply + json_len + len);
  if (reply) {
    reply->json_len = (uint32_t)json_len;
    reply->data_len = (uint32_t)len;
    memcpy(reply->bytes, json, json_len);
    if (len) memcpy(reply->bytes + json_len, data, len);
  }
  free(json);
  yyjson_doc_free(c->request);
  yyjson_mut_doc_free(c->doc);
  return reply;
}

const char *glue_string(const glue_call *c, const char *name, size_t *ret_len) {
  yyjson_val *v = yyjson_obj_get(c->in, name);
  if (ret_len) *ret_len = yyjson_get_len(yyjson_is_str(v) ? v : NULL);
  return yyjson_get_str(v);
}

bool glue_flag(const glue_call *c, const char *name) { return yyjson_get_bool(yyjson_obj_get(c->in, name)); }

uint64_t glue_number(const glue_call *c, const char *name) { return yyjson_get_uint(yyjson_obj_get(c->in, name)); }

bool glue_word(const glue_call *c, const char *name, const char *const *words, int fallback, int *ret) {
  const char *word = glue_string(c, name, NULL);
  *ret = fallback;
  if (!word) return yyjson_is_null(yyjson_obj_get(c->in, name)) || !yyjson_obj_get(c->in, name);
  for (int i = 0; words[i]; i++) {
    if (strcmp(words[i], word) != 0) continue;
    *ret = i;
    return true;
  }
  return false;
}

bool glue_signal(const glue_call *c, ottl_signal *ret) {
  int signal;
  bool known = glue_word(c, "signal", glue_signals, OTTL_SIGNAL_NONE, &signal);
  *ret = (ottl_signal)signal;
  return known;
}

void glue_add_text(glue_call *c, yyjson_mut_val *to, const char *name, ottl_view text) {
  yyjson_mut_obj_add_strncpy(c->doc, to, name, text.data ? text.data : "", text.len);
}

void glue_add_string(glue_call *c, yyjson_mut_val *to, const char *name, const char *text) {
  yyjson_mut_obj_add_strcpy(c->doc, to, name, text ? text : "");
}

void glue_add_json(glue_call *c, yyjson_mut_val *to, const char *name, const glue_text *json) {
  yyjson_mut_val *raw = json->failed || !json->len ? NULL : yyjson_mut_rawncpy(c->doc, json->data, json->len);
  yyjson_mut_obj_add_val(c->doc, to, name, raw ? raw : yyjson_mut_null(c->doc));
}

void glue_add_diags(glue_call *c, ottl_diags *diags) {
  glue_text text = {0};
  if (ottl_diags_count(diags) && ottl_diags_render(diags, OTTL_DIAGS_JSON, false, glue_put, &text) == OTTL_OK) {
    glue_add_json(c, c->out, "diagnostics", &text);
  } else {
    yyjson_mut_obj_add_arr(c->doc, c->out, "diagnostics");
  }
  glue_text_free(&text);
  ottl_diags_free(diags);
}

bool glue_config_options(const glue_call *c, ottl_config_options *ret) {
  int form;
  ottl_config_options_init(ret);
  bool ok = glue_word(c, "form", glue_configs, OTTL_CONFIG_COLLECTOR, &form);
  ret->form = (ottl_config_form)form;
  ret->name = glue_string(c, "name", NULL);
  ret->flatten_logs = true;
  ret->compat = (uint32_t)glue_number(c, "compat");
  return ok;
}

void glue_add_failure(glue_call *c, const char *why, size_t offset) {
  glue_add_string(c, c->out, "message", why);
  yyjson_mut_obj_add_uint(c->doc, c->out, "offset", offset);
}

void glue_add_viewer_failure(glue_call *c, const ottl_viewer *v) {
  size_t offset = 0;
  const char *why = v ? ottl_viewer_error(v, &offset) : "";
  if (*why) glue_add_failure(c, why, offset);
}

ottl_signal glue_signal_of(const char *data, size_t len) {
  ottl_viewer *viewer = NULL;
  if (!len || ottl_viewer_create(NULL, &viewer) != OTTL_OK) return OTTL_SIGNAL_NONE;
  int signal = OTTL_SIGNAL_LOGS;
  while (signal <= OTTL_SIGNAL_PROFILES && ottl_viewer_open(viewer, (ottl_signal)signal, (const uint8_t *)data, len) != OTTL_OK)
    signal++;
  ottl_viewer_free(viewer);
  return signal <= OTTL_SIGNAL_PROFILES ? (ottl_signal)signal : OTTL_SIGNAL_NONE;
}

ottl_status glue_payload_read(glue_call *c, ottl_json *json, ottl_signal signal, const char *data, size_t len,
                              glue_payload *ret) {
  *ret = (glue_payload){.data = (const uint8_t *)data, .len = len, .signal = signal};
  if (ottl_message_encoding(data, len) != OTTL_ENCODING_JSON) {
    if (signal == OTTL_SIGNAL_NONE) ret->signal = glue_signal_of(data, len);
    return OTTL_OK;
  }
  ret->was_json = true;
  if (signal == OTTL_SIGNAL_NONE) ret->signal = ottl_json_signal(data, len);
  if (ret->signal == OTTL_SIGNAL_NONE) {
    glue_add_string(c, c->out, "message", "no member resourceLogs, resourceSpans, resourceMetrics or resourceProfiles");
    return OTTL_DATA;
  }
  ottl_status status = ottl_json_to_wire(json, ret->signal, data, len, &ret->data, &ret->len);
  if (status != OTTL_OK) {
    size_t offset = 0;
    const char *why = ottl_json_error(json, &offset);
    glue_add_failure(c, why, offset);
  }
  return status;
}
