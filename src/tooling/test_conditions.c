/* Conditions on what came out. */
#include "tooling/test.h"

#define MOST_ROWS 5 /* records that are named for one condition */

static const char *item_context(ottl_signal signal) {
  return signal == OTTL_SIGNAL_TRACES ? "span" : signal == OTTL_SIGNAL_METRICS ? "metric" : "log";
}

typedef struct condition_set {
  test_run *t;
  const cfg_node *item;
  ottl_program *program;
  ottl_exec *exec;
} condition_set;

static ottl_status compile(condition_set *c, const char *context, ottl_diags **diags) {
  ottl_snippet snippet = ottl__cfg_snippet(c->t->r, c->item, c->item->text);
  ottl_group group = {.struct_size = sizeof group, .context = context, .statements = &snippet, .n_statements = 1};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = &c->t->test->al;
  options.kind = OTTL_KIND_CONDITIONS;
  options.signal = c->t->signal;
  options.experimental = true;
  return ottl_program_compile(&group, 1, &options, &c->program, diags);
}

/* About a record; else about what the paths name. */
static bool open_condition(condition_set *c, bool one_record) {
  test_run *t = c->t;
  ottl_diags *diags = NULL;
  ottl_status status = compile(c, item_context(t->signal), one_record ? &diags : NULL);
  if (status != OTTL_OK && !one_record) status = compile(c, NULL, NULL);
  if (status != OTTL_OK && !one_record) status = compile(c, item_context(t->signal), &diags);
  if (status == OTTL_OK) {
    ottl_diags_free(diags);
    status = ottl_exec_create(c->program, NULL, &c->exec);
    if (status != OTTL_OK) t->r->fatal = status;
    return status == OTTL_OK;
  }
  if (status == OTTL_NOMEM || status == OTTL_INTERNAL) {
    ottl_diags_free(diags);
    t->r->fatal = status;
    return false;
  }
  ottl_diags_free(t->diags);
  t->r->diags = t->diags = diags;
  ottl__test_broken(t, "a condition of `expect` does not compile");
  t->r->n_errors++;
  return false;
}

static void put_failed(test_run *t, const cfg_node *item, size_t row, size_t n_failed, const char *why) {
  ottl_sbuf *detail = &t->test->detail;
  if (n_failed == 1)
    ottl__sbuf_printf(detail, "condition of line %u: %.*s\n", (unsigned)ottl__cfg_line(t->r, item->begin), VIEW_ARG(item->text));
  if (n_failed <= MOST_ROWS) ottl__sbuf_printf(detail, "  record %zu: %s\n", row + 1, why ? why : "it does not hold");
}

/* record: that one alone; SIZE_MAX: all. */
static void check_rows(condition_set *c, size_t record) {
  test_run *t = c->t;
  size_t n = ottl_eval_rows(c->exec), failed = 0;
  for (size_t row = 0; row < n; row++) {
    ottl_value v;
    const char *why = NULL;
    if (record != SIZE_MAX && row != record) continue;
    ottl_status status = ottl_eval_value(c->exec, 0, row, &v, &why);
    if (status == OTTL_OK && v.type == OTTL_VALUE_BOOL && v.boolean) continue;
    put_failed(t, c->item, row, ++failed, status == OTTL_OK ? NULL : why);
  }
  if (failed > MOST_ROWS) ottl__sbuf_printf(&t->test->detail, "  and %zu more\n", failed - MOST_ROWS);
  if (n == 0)
    ottl__test_failed(t, "no record came out that the condition of line %u is about",
                      (unsigned)ottl__cfg_line(t->r, c->item->begin));
  if (failed) ottl__test_failed(t, "the condition `%.*s` does not hold", VIEW_ARG(c->item->text));
}

static bool check(test_run *t, const cfg_node *item, size_t record) {
  condition_set c = {.t = t, .item = item};
  ottl_result result;
  if (item->kind != CFG_STRING) {
    ottl_diag_item *d =
        CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, item), "a condition is a text, this is %s", ottl__cfg_kind_name(item));
    if (item->kind == CFG_MAP) ottl__diag_help(d, "put it into single quotes: what has a `: ` or a `{` is YAML's otherwise");
    return false;
  }
  bool ok = open_condition(&c, record != SIZE_MAX);
  if (ok) {
    ottl_status status = ottl_exec_run(c.exec, (const uint8_t *)t->out.data, t->out.len, &result);
    if (status == OTTL_NOMEM) t->r->fatal = status;
    if (status == OTTL_OK || status == OTTL_RUNTIME)
      check_rows(&c, record);
    else if (status != OTTL_NOMEM)
      ottl__test_broken(t, "conditions cannot be asked of what came out: %s", ottl_status_name(status));
  }
  ottl_exec_free(c.exec);
  ottl_program_free(c.program);
  return ok;
}

void ottl__test_conditions(test_run *t, const cfg_node *items, size_t record) {
  if (items->kind != CFG_LIST) {
    check(t, items, record);
    return;
  }
  CFG_EACH(items, item) {
    if (!check(t, item, record)) return;
  }
}
