/* Runs one case in all variants: vectorized in slices of 1,024, 64, 3 and 1, and record by record; twice on each exec, because
 * the second run meets warm memory. All of them have to agree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define MAX_GROUPS 16

typedef struct group_text {
  ottl_group group;
  ottl_snippet *conditions, *statements;
  bool has_mode; /* of its own */
} group_text;

typedef struct program_text {
  group_text groups[MAX_GROUPS];
  size_t n;
} program_text;

typedef struct outcome {
  ottl_status status;
  uint8_t *data;
  size_t len;
  char *row_errors, *values;
  const char *failure;
} outcome;

/* ---- statements ---- */

static void add_snippet(ottl_snippet **list, size_t *n, size_t most, ottl_snippet s) {
  if (!*list) *list = rt_alloc(most * sizeof **list);
  (*list)[(*n)++] = s;
}

/* One statement a line; an indented line goes on with the one before; `context: x` begins a group, `condition: x` gives it a
 * condition, `on_failure: x` and `error_mode: x` are its own, `#` begins a comment. */
static const char *split_statements(const rt_case *c, const char *body, program_text *p) {
  size_t most = 1;
  for (const char *at = body; *at; at++) most += *at == '\n';
  *p = (program_text){.n = 1};
  p->groups[0].group.context = c->context;
  uint32_t line = 1;
  ottl_snippet *open = NULL;
  for (const char *at = body; *at; line++) {
    size_t len = strcspn(at, "\n");
    const char *text = at;
    at += len + (at[len] == '\n');
    group_text *g = &p->groups[p->n - 1];
    if (len == 0 || text[0] == '#') continue;
    if ((text[0] == ' ' || text[0] == '\t') && open) {
      open->len = (size_t)(text + len - open->text);
      continue;
    }
    if (strncmp(text, "context: ", 9) == 0) {
      if (g->group.n_statements || g->group.n_conditions) {
        if (p->n == MAX_GROUPS) return "too many groups";
        g = &p->groups[p->n++];
      }
      g->group.context = rt_copy(text + 9, len - 9);
      open = NULL;
      continue;
    }
    if (strncmp(text, "on_failure: ", 12) == 0) {
      if (!rt_on_failure(rt_copy(text + 12, len - 12), &g->group.on_failure)) return "unknown on_failure";
      continue;
    }
    if (strncmp(text, "error_mode: ", 12) == 0) {
      if (!rt_error_mode(rt_copy(text + 12, len - 12), &g->group.error_mode)) return "unknown error_mode";
      g->has_mode = true;
      continue;
    }
    bool condition = strncmp(text, "condition: ", 11) == 0;
    uint32_t skip = condition ? 11 : 0;
    ottl_snippet s = {.text = text + skip, .len = len - skip, .line = line, .column = skip + 1};
    bool is_condition = condition || c->kind == RT_FILTER;
    size_t *n = is_condition ? &g->group.n_conditions : &g->group.n_statements;
    ottl_snippet **list = is_condition ? &g->conditions : &g->statements;
    add_snippet(list, n, most, s);
    open = &(*list)[*n - 1];
  }
  return NULL;
}

static void put_diags(void *context, const char *data, size_t len) { rt_put(context, data, len); }

static ottl_status compile(const rt_case *c, program_text *p, ottl_signal signal, bool row_order, ottl_program **ret,
                           const char **ret_diags) {
  static const ottl_kind kinds[] = {OTTL_KIND_TRANSFORM, OTTL_KIND_FILTER, OTTL_KIND_VALUES, OTTL_KIND_CONDITIONS};
  ottl_group groups[MAX_GROUPS];
  for (size_t i = 0; i < p->n; i++) {
    groups[i] = p->groups[i].group;
    groups[i].struct_size = sizeof groups[i];
    if (!p->groups[i].has_mode) groups[i].error_mode = c->error_mode;
    groups[i].conditions = p->groups[i].conditions;
    groups[i].statements = p->groups[i].statements;
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = kinds[c->kind];
  options.signal = signal;
  options.row_order = row_order;
  options.experimental = c->experimental;
  options.event_index = c->event_index;
  options.explain = c->explain;
  options.on_failure = c->on_failure;
  options.flatten = c->flatten;
  if (c->paths)
    options.paths = strcmp(c->paths, "bare") == 0       ? OTTL_PATHS_BARE
                    : strcmp(c->paths, "prefixed") == 0 ? OTTL_PATHS_PREFIXED
                                                        : OTTL_PATHS_EITHER;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(groups, p->n, &options, ret, &diags);
  rt_text t = {0};
  if (ottl_diags_count(diags) && ottl_diags_render(diags, OTTL_DIAGS_TEXT, false, put_diags, &t) == OTTL_OK) {
    while (t.len && t.data[t.len - 1] == '\n') t.data[--t.len] = 0;
    *ret_diags = t.data;
  }
  ottl_diags_free(diags);
  return status;
}

/* ---- input ---- */

static bool unhex(const char *text, rt_text *out) {
  int high = -1;
  for (; *text; text++) {
    if (*text == '#') text += strcspn(text, "\n");
    const char *digits = "0123456789abcdef", *d = *text ? strchr(digits, *text) : NULL;
    if (!*text) break;
    if (!d && *text != ' ' && *text != '\n') return false;
    if (!d) continue;
    char byte = (char)((high < 0 ? 0 : high) << 4 | (d - digits));
    if (high >= 0) rt_put(out, &byte, 1);
    high = high < 0 ? (int)(d - digits) : -1;
  }
  return high < 0;
}

static const char *read_text(const rt_case *c, const rt_section *input, ottl_signal signal, const char **ret) {
  const char *why = NULL;
  if (input->argument[0] == '@') {
    rt_text path = {0}, text = {0};
    rt_printf(&path, "tests/fixtures/otlp/%s.json", input->argument + 1);
    if (!rt_read_file(path.data, &text)) return "no such fixture (run from the root of the repository)";
    *ret = text.data;
  } else if (strcmp(input->argument, "otlp") == 0) {
    *ret = input->body;
  } else if (input->argument[0] == 0) {
    *ret = rt_records_to_otlp(c->signal ? c->signal : signal, input->body, &why);
    return *ret ? NULL : why;
  } else {
    return "unknown kind of input";
  }
  return NULL;
}

static ottl_signal signal_of(const rt_case *c, const program_text *p, const rt_section *input) {
  if (c->signal) return c->signal;
  const char *text = NULL;
  if (input && input->argument[0] && strcmp(input->argument, "hex") != 0 && !read_text(c, input, OTTL_SIGNAL_NONE, &text)) {
    return ottl_json_signal(text, strlen(text));
  }
  const char *context = p->groups[0].group.context;
  if (!context) return OTTL_SIGNAL_NONE;
  if (strncmp(context, "span", 4) == 0) return OTTL_SIGNAL_TRACES;
  bool metrics = strcmp(context, "metric") == 0 || strcmp(context, "datapoint") == 0 || strcmp(context, "exemplar") == 0;
  return metrics ? OTTL_SIGNAL_METRICS : OTTL_SIGNAL_LOGS;
}

static const char *read_input(ottl_json *json, const rt_case *c, ottl_signal signal, rt_text *ret) {
  const rt_section *input = rt_section_of(c, "input");
  rt_put(ret, "", 0);
  if (!input) return NULL;
  if (strcmp(input->argument, "hex") == 0) return unhex(input->body, ret) ? NULL : "input is not hexadecimal";
  const char *text = NULL, *why = read_text(c, input, signal, &text);
  if (why) return why;
  const uint8_t *wire;
  size_t len;
  if (ottl_json_to_wire(json, signal, text, strlen(text), &wire, &len) != OTTL_OK) {
    rt_text t = {0};
    rt_printf(&t, "input: %s", ottl_json_error(json, NULL));
    return t.data;
  }
  rt_put(ret, (const char *)wire, len);
  return NULL;
}

/* ---- running ---- */

static char *row_errors(ottl_exec *exec) {
  rt_text t = {0};
  ottl_row_error e;
  for (size_t i = 0; ottl_exec_error(exec, i, &e); i++) {
    if (i) rt_puts(&t, "\n");
    rt_printf(&t, "%llu ", (unsigned long long)e.item);
    if (e.group) rt_printf(&t, "group %u ", e.group);
    if (e.statement != UINT32_MAX) {
      rt_printf(&t, "statement %u", e.statement);
    } else {
      rt_printf(&t, "condition %u", e.condition);
    }
    rt_printf(&t, " %s: %s", e.code, e.message);
  }
  return t.data;
}

static char *values(ottl_exec *exec, size_t n_expressions) {
  rt_text t = {0};
  for (size_t row = 0; row < ottl_eval_rows(exec); row++) {
    for (size_t i = 0; i < n_expressions; i++) {
      ottl_value v;
      const char *message = NULL;
      if (row || i) rt_puts(&t, "\n");
      ottl_status status = ottl_eval_value(exec, i, row, &v, &message);
      if (status == OTTL_OK) {
        rt_put_value(&t, exec, &v);
      } else {
        rt_printf(&t, "error %s", message ? message : ottl_status_name(status));
      }
    }
  }
  return t.data;
}

static outcome run(const rt_case *c, const ottl_program *program, size_t n_expressions, uint32_t slice, const rt_text *in) {
  outcome o = {0};
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = slice;
  options.clock_seconds = 1700000000;
  ottl_exec *exec = NULL;
  ottl_result result = {0};
  o.status = ottl_exec_create(program, &options, &exec);
  for (int turn = 0; turn < 2 && exec; turn++) o.status = ottl_exec_run(exec, (const uint8_t *)in->data, in->len, &result);
  if (!exec) return o;
  o.data = (uint8_t *)rt_copy((const char *)result.data, result.len);
  o.len = result.len;
  o.row_errors = row_errors(exec);
  size_t offset = 0;
  const char *failure = ottl_exec_failure(exec, &offset);
  if (failure) {
    rt_text t = {0};
    rt_printf(&t, "%s: %s at byte %zu", ottl_status_name(o.status), failure, offset);
    o.failure = t.data;
  }
  if (c->kind >= RT_VALUE && (o.status == OTTL_OK || o.status == OTTL_RUNTIME)) o.values = values(exec, n_expressions);
  ottl_exec_free(exec);
  return o;
}

static const char *to_json(ottl_json *json, ottl_signal signal, const outcome *o) {
  const char *text;
  size_t len;
  if (ottl_json_from_wire(json, signal, o->data, o->len, &text, &len) != OTTL_OK) return "(the output is no OTLP)";
  return rt_copy(text, len);
}

static const char *disagree(ottl_json *json, ottl_signal signal, const outcome *a, const outcome *b) {
  if (a->status != b->status) return "status";
  if (!a->row_errors != !b->row_errors || (a->row_errors && strcmp(a->row_errors, b->row_errors) != 0)) return "row errors";
  if (!a->values != !b->values || (a->values && strcmp(a->values, b->values) != 0)) return "values";
  if (a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0)) return NULL;
  return rt_texts_equal(to_json(json, signal, a), to_json(json, signal, b), false, false) ? NULL : "output";
}

/* Resources, scopes and records stand on lines of their own, everything below in one line. */
static void put_pretty(rt_text *t, yyjson_val *v, int lists) {
  size_t i, max;
  yyjson_val *key, *value;
  if (yyjson_is_obj(v)) {
    rt_puts(t, "{");
    yyjson_obj_foreach(v, i, max, key, value) {
      if (i) rt_puts(t, ", ");
      rt_put_json(t, yyjson_get_str(key), yyjson_get_len(key));
      rt_puts(t, ": ");
      put_pretty(t, value, lists);
    }
    rt_puts(t, "}");
  } else if (yyjson_is_arr(v)) {
    rt_puts(t, "[");
    yyjson_arr_foreach(v, i, max, value) {
      if (i) rt_puts(t, lists < 3 ? "," : ", ");
      if (lists < 3) rt_printf(t, "\n%*s", 2 * (lists + 1), "");
      put_pretty(t, value, lists + 1);
    }
    rt_puts(t, "]");
  } else {
    char *text = yyjson_val_write(v, 0, NULL);
    rt_puts(t, text ? text : "null");
    free(text);
  }
}

static const char *pretty(const char *text) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
  rt_text t = {0};
  put_pretty(&t, yyjson_doc_get_root(doc), 0);
  yyjson_doc_free(doc);
  return t.data;
}

static void describe_output(ottl_json *json, const rt_case *c, ottl_signal signal, const rt_text *in, const outcome *o,
                            rt_actual *ret) {
  const rt_section *input = rt_section_of(c, "input"), *output = rt_section_of(c, "output");
  const char *form = output ? output->argument : input ? input->argument : "";
  bool same = o->len == in->len && (o->len == 0 || memcmp(o->data, in->data, o->len) == 0);
  if (same && (!output || strcmp(output->argument, "same") == 0)) {
    ret->output_argument = "same";
    ret->output = "";
    return;
  }
  if (strcmp(form, "same") == 0) form = input ? input->argument : "";
  if (strcmp(form, "hex") == 0) {
    rt_text t = {0};
    rt_put(&t, "", 0);
    for (size_t i = 0; i < o->len; i++) rt_printf(&t, "%s%02x", i == 0 ? "" : i % 32 ? " " : "\n", o->data[i]);
    ret->output_argument = "hex";
    ret->output = t.data;
    return;
  }
  const char *text = to_json(json, signal, o);
  if (form[0]) {
    ret->output_argument = "otlp";
    ret->output = pretty(text);
    return;
  }
  yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
  ret->output_argument = "";
  ret->output = rt_records_from_otlp(signal, yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
}

static const char *run_variants(ottl_json *json, const rt_case *c, ottl_signal signal, const ottl_program *vector,
                                const ottl_program *by_row, size_t n_expressions, const rt_text *in, outcome *ret) {
  static const uint32_t slices[] = {0, 64, 3, 1};
  *ret = run(c, vector, n_expressions, 0, in);
  for (size_t i = 1; i <= 4; i++) {
    outcome other = run(c, i == 4 ? by_row : vector, n_expressions, i == 4 ? 0 : slices[i], in);
    const char *what = disagree(json, signal, ret, &other);
    if (!what) continue;
    rt_text t = {0};
    if (i == 4) {
      rt_printf(&t, "record by record: another %s", what);
    } else {
      rt_printf(&t, "slices of %u: another %s", slices[i], what);
    }
    return t.data;
  }
  return NULL;
}

static void describe(ottl_json *json, const rt_case *c, ottl_signal signal, const ottl_program *vector,
                     const ottl_program *by_row, size_t n_expressions, rt_actual *a) {
  rt_text in = {0};
  a->trouble = read_input(json, c, signal, &in);
  if (a->trouble) return;
  outcome o;
  a->trouble = run_variants(json, c, signal, vector, by_row, n_expressions, &in, &o);
  a->row_errors = o.row_errors;
  a->value = o.values;
  if (o.failure) a->row_errors = o.failure;
  if (!a->trouble && !o.failure && o.status != OTTL_OK && o.status != OTTL_RUNTIME) a->trouble = ottl_status_name(o.status);
  if (c->kind <= RT_FILTER && o.status == OTTL_OK) describe_output(json, c, signal, &in, &o, a);
  for (size_t i = 0; i < ottl_program_groups(vector); i++) a->row_order |= ottl_program_row_order(vector, i);
  char *text;
  size_t len;
  if (rt_section_of(c, "disasm") && ottl_program_disassemble(vector, &text, &len) == OTTL_OK) {
    while (len && text[len - 1] == '\n') len--;
    a->disasm = rt_copy(text, len);
    ottl_text_free(vector, text, strlen(text));
  }
}

rt_actual rt_run(const rt_file *file, const rt_case *c) {
  (void)file;
  rt_actual a = {0};
  program_text *p = rt_alloc(sizeof *p);
  ottl_json *json = NULL;
  ottl_program *vector = NULL, *by_row = NULL;
  a.trouble = split_statements(c, rt_section_of(c, "ottl")->body, p);
  if (a.trouble || ottl_json_create(NULL, &json) != OTTL_OK) return a;
  ottl_signal signal = signal_of(c, p, rt_section_of(c, "input"));
  const char *again = NULL;
  ottl_status status = compile(c, p, signal, false, &vector, &a.diagnostics);
  if (status != compile(c, p, signal, true, &by_row, &again)) a.trouble = "the compiler answers differently in row order";
  if (status != OTTL_OK && !a.diagnostics) a.trouble = ottl_status_name(status);
  if (status == OTTL_OK && !a.trouble) {
    if (!signal) signal = ottl_program_signal(vector);
    describe(json, c, signal ? signal : OTTL_SIGNAL_LOGS, vector, by_row, p->groups[0].group.n_statements, &a);
  }
  ottl_program_free(vector);
  ottl_program_free(by_row);
  ottl_json_free(json);
  return a;
}
