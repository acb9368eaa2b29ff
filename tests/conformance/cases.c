/* Reads one line of a case file. */
#include "conformance.h"

#include <stdlib.h>
#include <string.h>

static const char *case_text(yyjson_val *root, const char *key) { return yyjson_get_str(yyjson_obj_get(root, key)); }

/* Index of text in a list of names, or -1; NULL stands for the first name. */
static int case_pick(const char *text, const char *const *names) {
  if (!text) return 0;
  for (int i = 0; names[i]; i++) {
    if (!strcmp(names[i], text)) return i;
  }
  return -1;
}

/* Length of `area/topic`, 0 if the id has no such beginning. */
static size_t case_topic_len(const char *id) {
  const char *slash = id ? strchr(id, '/') : NULL;
  slash = slash ? strchr(slash + 1, '/') : NULL;
  return slash ? (size_t)(slash - id) : 0;
}

/* Feature gates of the reference: what each switches is an option of ours. */
static bool case_gates(yyjson_val *gates, conf_case *c) {
  size_t i, n;
  yyjson_val *gate;
  yyjson_arr_foreach(gates, i, n, gate) {
    if (yyjson_equals_str(gate, "ottl.functions.enableLambda"))
      c->lambdas = true;
    else if (yyjson_equals_str(gate, "-pkg.ottl.functions.enableDynamicSliceArguments"))
      c->literal_lists = true;
    else if (yyjson_equals_str(gate, "transform.flatten.logs"))
      c->flatten = true;
    else
      return false;
  }
  return true;
}

static const char *case_fill(yyjson_val *root, conf_case *c) {
  static const char *const modes[] = {"value", "condition", "statements", "transform", "filter", "route", NULL};
  static const char *const programs[] = {"expr", "expr", "statements", "config", "config", "config"};
  static const char *const signals[] = {"", "logs", "traces", "metrics", "profiles", NULL};
  static const char *const error_modes[] = {"propagate", "ignore", "silent", NULL};
  static const char *const paths[] = {"prefixed", "bare", NULL};
  c->id = case_text(root, "id");
  c->topic_len = case_topic_len(c->id);
  if (!c->topic_len) return "no id of the form area/topic/what";
  int mode = case_text(root, "mode") ? case_pick(case_text(root, "mode"), modes) : -1;
  if (mode < 0) return "unknown mode";
  c->mode = (conf_mode)mode;
  int signal = case_pick(case_text(root, "signal"), signals);
  if (signal < 1) return "unknown signal";
  c->signal = (ottl_signal)signal;
  int error_mode = case_pick(case_text(root, "error_mode"), error_modes);
  if (error_mode < 0) return "unknown error_mode";
  c->error_mode = (ottl_error_mode)error_mode;
  int style = case_pick(case_text(root, "paths"), paths);
  if (style < 0) return "unknown paths";
  c->paths = style ? OTTL_PATHS_BARE : OTTL_PATHS_PREFIXED;
  yyjson_val *payload = yyjson_obj_get(root, "payload");
  if (payload) c->payload = yyjson_val_write(payload, 0, NULL);
  c->fixture = payload ? c->payload : case_text(root, "fixture");
  if (!c->fixture) return "no fixture";
  c->context = case_text(root, "context");
  if (!c->context && c->mode <= CONF_STATEMENTS) return "no context";
  c->program = yyjson_obj_get(root, programs[mode]);
  if (!c->program) return "no program";
  if (c->mode <= CONF_CONDITION ? !yyjson_is_str(c->program) : c->mode == CONF_STATEMENTS && !yyjson_is_arr(c->program)) {
    return "the program has the wrong shape";
  }
  c->event_index = yyjson_is_true(yyjson_obj_get(root, "event_index"));
  c->nondeterministic = yyjson_is_true(yyjson_obj_get(root, "nondeterministic"));
  if (!case_gates(yyjson_obj_get(root, "gates"), c)) return "unknown gate";
  c->call = yyjson_obj_get(root, "otelcol");
  c->want = yyjson_obj_get(root, "want");
  return yyjson_is_obj(c->want) ? NULL : "no want";
}

bool conf_case_read(const char *line, size_t len, conf_case *ret_case, const char **ret_why) {
  conf_case c = {0};
  c.doc = yyjson_read(line, len, CONF_JSON_FLAGS);
  *ret_why = c.doc ? case_fill(yyjson_doc_get_root(c.doc), &c) : "not JSON";
  if (*ret_why) {
    conf_case_free(&c);
    return false;
  }
  *ret_case = c;
  return true;
}

void conf_case_free(conf_case *c) {
  yyjson_doc_free(c->doc);
  free(c->payload);
  *c = (conf_case){0};
}
