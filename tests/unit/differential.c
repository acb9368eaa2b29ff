/* One result, however rows are grouped: random programs on random payloads give the same payload and the same row errors
 * vectorized, record by record, and in slices of any size, on an exec that is new or warm; and none ends in an internal error.
 *
 * OTTL_DIFFERENTIAL_RUNS sets the number of programs (default 3,000), OTTL_DIFFERENTIAL_SEED the first seed. A difference is cut
 * down to the statements and fields that are needed for it, and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "content.h"
#include "ottl/ottl.h"
#include "random_payload.h"
#include "random_program.h"

#define MAX_ERRORS 4096

typedef struct run_error {
  uint64_t item;
  uint32_t group, statement, condition;
  char code[8];
} run_error;

typedef struct outcome {
  ottl_status status;
  ottl_result result;
  uint8_t *data;
  run_error *errors;
  size_t n_errors;
} outcome;

static ottl_json *json;
static ottl_signal signal_of_run;
static struct {
  uint8_t *data;
  size_t len;
} before[OTTL_SIGNAL_PROFILES + 1]; /* the payload of the program before, by signal; of another size, mostly */
static ottl_on_failure on_failure;  /* options of the run */
static bool flatten;
static unsigned long n_vectorized, n_changed, n_dropped, n_failed; /* that the programs do something */

static void outcome_free(outcome *o) {
  free(o->data);
  free(o->errors);
  *o = (outcome){0};
}

static ottl_status compile(const rg_program *p, bool row_order, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.row_order = row_order;
  if (p->kind == OTTL_KIND_TRANSFORM) {
    options.on_failure = on_failure;
    options.flatten = flatten;
  }
  ottl_diags *diags = NULL;
  ottl_status status = rg_compile(p, options, ret, &diags);
  if (status != OTTL_OK && getenv("OTTL_DIFFERENTIAL_VERBOSE") && ottl_diags_count(diags)) {
    ottl_diag d;
    if (ottl_diags_get(diags, 0, &d) == OTTL_OK) printf("refused: %.*s\n", (int)d.message.len, d.message.data);
    rg_print(p, stdout);
  }
  ottl_diags_free(diags);
  return status;
}

static outcome run(const ottl_program *program, uint32_t slice, const uint8_t *in, size_t len) {
  outcome o = {0};
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = slice;
  options.clock_seconds = 1700000000;
  options.max_errors = MAX_ERRORS;
  ottl_exec *exec = NULL;
  o.status = ottl_exec_create(program, &options, &exec);
  if (o.status != OTTL_OK) return o;
  if (slice && before[signal_of_run].data) /* warm ones run three times */
    o.status = ottl_exec_run(exec, before[signal_of_run].data, before[signal_of_run].len, &o.result);
  for (int turn = slice ? 0 : 1; turn < 2; turn++) o.status = ottl_exec_run(exec, in, len, &o.result);
  if (o.result.len) {
    o.data = malloc(o.result.len);
    memcpy(o.data, o.result.data, o.result.len);
  }
  o.errors = calloc(MAX_ERRORS, sizeof *o.errors);
  ottl_row_error e;
  while (o.n_errors < MAX_ERRORS && ottl_exec_error(exec, o.n_errors, &e)) {
    run_error *to = &o.errors[o.n_errors++];
    *to = (run_error){e.item, e.group, e.statement, e.condition, {0}};
    snprintf(to->code, sizeof to->code, "%s", e.code);
  }
  ottl_exec_free(exec);
  return o;
}

/* NULL, or what differs. */
static const char *differ(const outcome *a, const outcome *b) {
  if (a->status != b->status) return "status";
  if (a->n_errors != b->n_errors) return "number of row errors";
  for (size_t i = 0; i < a->n_errors; i++) {
    const run_error *x = &a->errors[i], *y = &b->errors[i];
    if (x->item != y->item || x->group != y->group || x->statement != y->statement || x->condition != y->condition)
      return "place of a row error";
    if (strcmp(x->code, y->code) != 0) return "code of a row error";
  }
  if (a->status != OTTL_OK) return NULL;
  if (a->result.rows_in != b->result.rows_in || a->result.rows_dropped != b->result.rows_dropped) return "number of rows";
  if (a->result.rows_failed != b->result.rows_failed || a->result.errors != b->result.errors) return "number of failures";
  if (!content_equal(json, signal_of_run, a->data, a->result.len, b->data, b->result.len)) return "payload";
  return NULL;
}

static const char *compare(const ottl_program *vector, const ottl_program *by_row, const uint8_t *in, size_t len) {
  static const uint32_t slices[] = {1024, 64, 3, 1};
  static const char *const names[] = {"slices of 1024", "slices of 64", "slices of 3", "slices of 1"};
  static char what[100];
  outcome want = run(by_row, 0, in, len);
  const char *found = NULL;
  if (want.status != OTTL_OK && want.status != OTTL_RUNTIME) {
    snprintf(what, sizeof what, "status %s", ottl_status_name(want.status));
    found = what;
  }
  n_changed += want.result.rows_changed > 0;
  n_dropped += want.result.rows_dropped > 0;
  n_failed += want.result.rows_failed > 0;
  for (size_t i = 0; i < 4 && !found; i++) {
    if (i == 1 && want.result.rows_in <= 64) continue;
    outcome got = run(vector, slices[i], in, len);
    const char *difference = differ(&want, &got);
    if (difference) {
      snprintf(what, sizeof what, "%s, %s", names[i], difference);
      found = what;
    }
    outcome_free(&got);
  }
  outcome_free(&want);
  return found;
}

/* The first difference of a program on a payload; NULL: none, or it does not compile. */
static const char *try_both(const rg_program *p, rp_tree *payload, bool *ret_compiles) {
  ottl_program *vector = NULL, *by_row = NULL;
  const char *found = NULL;
  ottl_status status = compile(p, false, &vector);
  if (status != compile(p, true, &by_row)) found = "status of the compiler";
  if (ret_compiles) *ret_compiles = status == OTTL_OK;
  for (size_t i = 0; status == OTTL_OK && i < p->n_groups; i++) n_vectorized += !ottl_program_row_order(vector, i);
  if (status == OTTL_OK && !found) {
    rp_encode(payload);
    uint8_t *copy = malloc(payload->len ? payload->len : 1); /* exactly as long, for the sanitizers */
    if (payload->len) memcpy(copy, payload->out, payload->len);
    signal_of_run = p->signal;
    found = compare(vector, by_row, copy, payload->len);
    if (found) { /* it is cut down with the same payload before it */
      free(copy);
    } else {
      free(before[p->signal].data);
      before[p->signal].data = copy;
      before[p->signal].len = payload->len;
    }
  }
  ottl_program_free(vector);
  ottl_program_free(by_row);
  return found;
}

/* ---- cutting down ---- */

static bool drop_text(rg_program *p, rp_tree *payload, rg_text *t, bool only_where) {
  if (t->removed || (only_where && !t->where[0])) return false;
  char where[RG_TEXT];
  memcpy(where, t->where, sizeof where);
  if (only_where) {
    t->where[0] = 0;
  } else {
    t->removed = true;
  }
  if (try_both(p, payload, NULL)) return true;
  memcpy(t->where, where, sizeof where);
  t->removed = false;
  return false;
}

static void cut_down(rg_program *p, rp_tree *payload) {
  for (bool again = true; again;) {
    again = false;
    for (unsigned i = 0; i < p->n_groups; i++) {
      rg_group *g = &p->groups[i];
      for (unsigned k = 0; k < g->n_conditions; k++) again |= drop_text(p, payload, &g->conditions[k], false);
      for (unsigned k = 0; k < g->n_statements; k++) again |= drop_text(p, payload, &g->statements[k], false);
      for (unsigned k = 0; k < g->n_statements; k++) again |= drop_text(p, payload, &g->statements[k], true);
    }
    for (uint32_t i = 1; i < payload->n; i++) {
      if (payload->nodes[i].removed) continue;
      payload->nodes[i].removed = true;
      if (try_both(p, payload, NULL)) {
        again = true;
      } else {
        payload->nodes[i].removed = false;
      }
    }
  }
}

static void print_payload(const char *title, const uint8_t *data, size_t len) {
  const char *text;
  size_t n;
  printf("  %s ", title);
  if (ottl_json_from_wire(json, signal_of_run, data, len, &text, &n) == OTTL_OK) {
    printf("%.*s\n", (int)n, text);
  } else {
    printf("(not readable)\n");
  }
}

static void print_outcome(const char *title, const outcome *o) {
  print_payload(title, o->data, o->result.len);
  printf("    status %s, failed %llu, errors %llu:", ottl_status_name(o->status), (unsigned long long)o->result.rows_failed,
         (unsigned long long)o->result.errors);
  for (size_t i = 0; i < o->n_errors && i < 8; i++) {
    printf(" (item %llu group %u statement %d condition %u %s)", (unsigned long long)o->errors[i].item, o->errors[i].group,
           (int)o->errors[i].statement, o->errors[i].condition, o->errors[i].code);
  }
  printf("\n");
}

static void report(uint64_t seed, rg_program *p, rp_tree *payload, const char *what) {
  printf("seed %llu: %s\n", (unsigned long long)seed, what);
  cut_down(p, payload);
  what = try_both(p, payload, NULL);
  printf("cut down: %s\n", what ? what : "(gone)");
  rg_print(p, stdout);
  print_payload("in      ", payload->out, payload->len);
  ottl_program *program = NULL;
  for (int by_row = 1; by_row >= 0; by_row--) {
    if (compile(p, by_row, &program) != OTTL_OK) continue;
    outcome o = run(program, 0, payload->out, payload->len);
    print_outcome(by_row ? "by row  " : "vector  ", &o);
    outcome_free(&o);
    ottl_program_free(program);
  }
  fflush(stdout);
}

static void same_result_however_rows_are_grouped(void **state) {
  (void)state;
  const char *runs_text = getenv("OTTL_DIFFERENTIAL_RUNS"), *seed_text = getenv("OTTL_DIFFERENTIAL_SEED");
  unsigned long runs = runs_text ? strtoul(runs_text, NULL, 10) : 3000, compiled = 0, differences = 0;
  uint64_t first = seed_text ? strtoull(seed_text, NULL, 10) : 1;
  rp_tree payload = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  rg_program *program = malloc(sizeof *program);
  assert_non_null(payload.nodes);
  assert_non_null(program);
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (uint64_t seed = first; seed < first + runs && differences < 10; seed++) {
    rnd r = {seed * 1000003};
    rg_make(&r, program);
    rp_request(&r, &payload, program->signal, rnd_in(&r, 95) ? 6 : 120);
    on_failure = (ottl_on_failure)(seed % 4); /* half of the programs have the defaults */
    flatten = seed % 5 == 0;
    bool compiles = false;
    const char *what = try_both(program, &payload, &compiles);
    compiled += compiles;
    if (!what) continue;
    differences++;
    report(seed, program, &payload, what);
  }
  for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) free(before[i].data);
  ottl_json_free(json);
  free(program);
  free(payload.nodes);
  free(payload.out);
  if (differences) fail_msg("%lu programs gave different results", differences);
  printf("%lu of %lu programs compiled, %lu groups vectorized, %lu programs changed, %lu dropped, %lu failed records\n", compiled,
         runs, n_vectorized, n_changed, n_dropped, n_failed);
  assert_true(compiled * 100 >= runs * 70);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(same_result_however_rows_are_grouped)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
