/* Failures of statements and conditions against those that a case expects. */
#include "tooling/test.h"

/* One that is expected: what is not given may be anything. */
typedef struct wanted_failure {
  const cfg_node *record, *statement, *condition, *code, *message, *processor;
} wanted_failure;

static void put_failure(ottl_sbuf *out, const test_failure *f) {
  ottl__sbuf_printf(out, "record %llu", (unsigned long long)f->record);
  if (f->processor) ottl__sbuf_printf(out, ", %s", f->processor);
  if (f->statement) ottl__sbuf_printf(out, ", statement %llu", (unsigned long long)f->statement);
  if (f->condition) ottl__sbuf_printf(out, ", condition %llu", (unsigned long long)f->condition);
  if (f->file && f->line) ottl__sbuf_printf(out, " (%s:%u)", f->file, (unsigned)f->line);
  ottl__sbuf_printf(out, ": %.*s: %.*s\n", VIEW_ARG(f->code), VIEW_ARG(f->message));
}

static bool is_number(test_run *t, const cfg_node *node, const char *what, uint64_t actual) {
  if (!node) return true;
  if (node->kind == CFG_INT && node->integer > 0) return (uint64_t)node->integer == actual;
  CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "`%s` is a number from 1", what);
  return false;
}

static bool has_text(ottl_view text, ottl_view part) {
  if (!part.len) return true;
  for (size_t i = 0; part.len <= text.len && i <= text.len - part.len; i++) {
    if (memcmp(text.data + i, part.data, part.len) == 0) return true;
  }
  return false;
}

static bool is_failure(test_run *t, const cfg_node *item, const test_failure *f) {
  wanted_failure w = {0};
  const cfg_field fields[] = {{"record", &w.record}, {"statement", &w.statement}, {"condition", &w.condition},
                              {"code", &w.code},     {"message", &w.message},     {"processor", &w.processor}};
  ottl_view code = f->code, message = {"", 0}, processor = view_str(f->processor ? f->processor : "");
  if (item->kind == CFG_STRING) return view_eq(item->text, f->code) || has_text(f->message, item->text);
  if (!ottl__cfg_fields(t->r, item, "errors", fields, OTTL_COUNT(fields)) || !ottl__cfg_text(t->r, w.code, "code", &code) ||
      !ottl__cfg_text(t->r, w.message, "message", &message) || !ottl__cfg_text(t->r, w.processor, "processor", &processor))
    return false;
  return is_number(t, w.record, "record", f->record) && is_number(t, w.statement, "statement", f->statement) &&
         is_number(t, w.condition, "condition", f->condition) && view_eq(code, f->code) && has_text(f->message, message) &&
         view_is(processor, f->processor ? f->processor : "");
}

/* Those that are kept and those that are expected, in their order. */
static bool same_failures(test_run *t, const cfg_node *list) {
  size_t i = 0;
  bool same = list->n == t->all_failures && t->n_failures == t->all_failures;
  static const test_failure none = {0};
  CFG_EACH(list, item) {
    same &= is_failure(t, item, i < t->n_failures ? &t->failures[i] : &none); /* looked at even so: there may be mistakes */
    i++;
  }
  return same;
}

static void show_failures(test_run *t, uint64_t expected) {
  ottl_sbuf *detail = &t->test->detail;
  for (size_t i = 0; i < t->n_failures && i < 20; i++) {
    sbuf_str(detail, "failed: ");
    put_failure(detail, &t->failures[i]);
  }
  ottl__test_failed(t, "%llu failure%s of statements or conditions expected, %llu came", (unsigned long long)expected,
                    expected == 1 ? "" : "s", (unsigned long long)t->all_failures);
  ottl__test_edit_errors(t);
}

void ottl__test_errors(test_run *t) {
  const cfg_node *errors = t->c->f[TEST_ERRORS];
  bool ok;
  if (t->r->n_errors || t->r->fatal) return;
  if (!errors || errors->kind == CFG_NULL) {
    if (t->all_failures) show_failures(t, 0);
    return;
  }
  if (errors->kind == CFG_INT) {
    if (errors->integer < 0 || (uint64_t)errors->integer != t->all_failures) show_failures(t, (uint64_t)errors->integer);
    return;
  }
  if (!ottl__cfg_list(t->r, errors, "errors")) return;
  ok = same_failures(t, errors);
  if (!ok && !t->r->n_errors) {
    uint64_t n = errors->n;
    if (n == t->all_failures) ottl__test_failed(t, "the failures are others than expected");
    show_failures(t, n);
  }
}
