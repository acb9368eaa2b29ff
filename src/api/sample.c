/* Sample payloads for who types: maps of every context are evaluated as a program would read them, and their keys remembered. */
#include "api/api.h"
#include "ottl/eval.h"
#include "tooling/language.h"

#include <stdio.h>

#define SAMPLE_DEPTH 8 /* maps inside maps whose keys are remembered; LANG_MAX_KEYS of a path are looked at */

typedef struct sample_walk {
  ottl_sample *sample;
  ottl_exec *exec;
  ottl_sbuf path; /* the map that is walked: its path, and keys behind zeros */
} sample_walk;

static ottl_types types_of(ottl_value_type type) {
  switch (type) {
  case OTTL_VALUE_BOOL: return TYPES(BOOL);
  case OTTL_VALUE_INT: return TYPES(INT);
  case OTTL_VALUE_DOUBLE: return TYPES(DOUBLE);
  case OTTL_VALUE_STRING: return TYPES(STRING);
  case OTTL_VALUE_BYTES: return TYPES(BYTES);
  case OTTL_VALUE_MAP: return TYPES(MAP);
  case OTTL_VALUE_LIST: return TYPES(LIST);
  default: return TYPES(NIL);
  }
}

static ottl_status walk_map(sample_walk *w, const ottl_value *map, unsigned depth) {
  for (size_t i = 0; i < map->n; i++) {
    ottl_view key;
    ottl_value value;
    OTTL_TRY(ottl_value_member(w->exec, map, i, &key, &value));
    OTTL_TRY(ottl__sample_key(w->sample, sbuf_all(&w->path), key, types_of(value.type)));
    if (value.type != OTTL_VALUE_MAP || depth >= SAMPLE_DEPTH) continue;
    size_t len = w->path.len;
    sbuf_byte(&w->path, 0);
    sbuf_view(&w->path, key);
    OTTL_TRY(sbuf_status(&w->path));
    OTTL_TRY(walk_map(w, &value, depth + 1));
    w->path.len = len;
  }
  return OTTL_OK;
}

/* A path that may hold a map of any keys. */
static bool has_keys(const ottl_path_info *p) { return p->view == OTTL_V_MAP || p->view == OTTL_V_BODY; }

static ottl_status walk_path(sample_walk *w, const uint8_t *payload, size_t len, const char *path) {
  ottl_result result;
  w->path.len = 0;
  sbuf_str(&w->path, path);
  OTTL_TRY(sbuf_status(&w->path));
  OTTL_TRY(ottl_exec_run(w->exec, payload, len, &result));
  for (size_t row = 0; row < ottl_eval_rows(w->exec) && ottl_sample_keys(w->sample) < OTTL_MAX_SAMPLE_KEYS; row++) {
    ottl_value value;
    if (ottl_eval_value(w->exec, 0, row, &value, NULL) == OTTL_OK && value.type == OTTL_VALUE_MAP)
      OTTL_TRY(walk_map(w, &value, 1));
  }
  return OTTL_OK;
}

static ottl_status add_path(ottl_sample *s, ottl_signal signal, const ottl_path_info *p, const uint8_t *payload, size_t len) {
  const char *context = ottl__contexts[p->context].name;
  char path[128];
  int n = snprintf(path, sizeof path, "%s.%s", context, p->spelling);
  ottl_snippet snippet = {.text = path, .len = (size_t)n};
  ottl_group group = {.struct_size = sizeof group, .context = context, .statements = &snippet, .n_statements = 1};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = &s->al;
  options.kind = OTTL_KIND_VALUES;
  options.signal = signal;
  options.experimental = signal == OTTL_SIGNAL_PROFILES;
  ottl_program *program = NULL;
  OTTL_TRY(ottl_program_compile(&group, 1, &options, &program, NULL));
  ottl_exec_options exec_options;
  ottl_exec_options_init(&exec_options);
  exec_options.allocator = &s->al;
  sample_walk w = {.sample = s};
  ottl__sbuf_init(&w.path, &s->al);
  ottl_status status = ottl_exec_create(program, &exec_options, &w.exec);
  if (status == OTTL_OK) status = walk_path(&w, payload, len, path);
  ottl_exec_free(w.exec);
  ottl_program_free(program);
  ottl__sbuf_done(&w.path);
  return status;
}

ottl_status ottl_sample_add(ottl_sample *s, ottl_signal signal, const uint8_t *payload, size_t len) {
  if (!s || (len && !payload) || signal <= OTTL_SIGNAL_NONE || signal > OTTL_SIGNAL_PROFILES) return OTTL_INVALID_ARG;
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    const ottl_path_info *p = &ottl__paths[i];
    if (has_keys(p) && (ottl__contexts[p->context].signals >> signal & 1)) OTTL_TRY(add_path(s, signal, p, payload, len));
  }
  return OTTL_OK;
}
