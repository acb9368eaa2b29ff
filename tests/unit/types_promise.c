/* What the checker promises, held against what happens: random programs about types on random payloads.
 *
 *   - an expression fails only in the classes that the checker left open (malformed bytes and limits always are)
 *   - what it gives is of one of its types
 *   - a condition that is said to be always false (true) never gives true (false)
 *   - what must fail fails wherever it is evaluated
 *   - a statement that is said to be unreachable never runs
 *
 * Every expression of a statement is evaluated by itself, on the payload as the statements before left it, and judged for the
 * records on which the program evaluates it: operands of an `and` where those before hold, the statement where its condition
 * holds, and so on. OTTL_PROMISE_RUNS sets the number of programs (default 3,000), OTTL_PROMISE_SEED the first seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/api.h"
#include "ottl/ottl.h"
#include "random_payload.h"
#include "random_typed.h"
#include "sema/sema.h"

#define MAX_NODES 400
#define MAX_ROWS  512

static const uint8_t classes[OTTL_ROWERR_COUNT] = {
#define ROWCLASS(id, class) [OTTL_RE_##id] = OTTL_FAIL_##class,
#include "rowclasses.def"
#undef ROWCLASS
};
static uint8_t class_of(uint16_t code) {
  uint8_t class = classes[rowerr_code(code)];
  return class ? class : OTTL_FAIL_DATA;
}

typedef struct node {
  const ottl_expr *e;
  char text[2 * RG_TEXT];
  bool condition;
  uint32_t index; /* in the program of values or of conditions */
} node;

typedef struct judge {
  const rg_program *p;
  uint64_t seed;
  const char *text; /* of the statement that is looked at */
  node *nodes;
  uint32_t n_nodes;
  ottl_exec *exec[2]; /* values, conditions */
  uint32_t n_rows;
  unsigned broken;
} judge;

static unsigned long n_judged, n_failed, n_sure, n_narrow, n_false, n_must, n_unreachable, n_seen, n_lost, n_refused;

/* ---- compiling and running ---- */

static ottl_status compile(ottl_kind kind, ottl_signal signal, const ottl_group *group, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = kind;
  options.signal = signal;
  options.experimental = true;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(group, 1, &options, ret, &diags);
  if (status != OTTL_OK && getenv("OTTL_PROMISE_VERBOSE")) {
    ottl_diag d;
    for (size_t i = 0; i < ottl_diags_count(diags); i++) {
      if (ottl_diags_get(diags, i, &d) == OTTL_OK && d.severity == OTTL_SEVERITY_ERROR)
        printf("refused: %.*s\n", (int)d.message.len, d.message.data);
    }
  }
  ottl_diags_free(diags);
  return status;
}

static ottl_exec *run_new(const ottl_program *program, const uint8_t *in, size_t len, ottl_result *result, ottl_status *status) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.clock_seconds = 1700000000;
  options.max_errors = 100000;
  options.max_bytes = (uint64_t)512 << 20;
  ottl_exec *exec = NULL;
  *status = ottl_exec_create(program, &options, &exec);
  if (*status == OTTL_OK) *status = ottl_exec_run(exec, in, len, result);
  if (*status != OTTL_OK && *status != OTTL_LIMIT) n_refused++;
  return exec;
}

static char statement_texts[RG_MAX_TEXTS][2 * RG_TEXT + 10];

static ottl_group group_of(const rg_program *p, unsigned n_statements, ottl_snippet *snippets) {
  const rg_group *g = &p->groups[0];
  ottl_group group = {.struct_size = sizeof group, .context = g->context, .error_mode = OTTL_ERROR_IGNORE};
  unsigned n = 0;
  group.conditions = snippets;
  for (unsigned i = 0; i < g->n_conditions; i++, n++)
    snippets[n] = (ottl_snippet){.text = g->conditions[i].text, .len = strlen(g->conditions[i].text)};
  group.n_conditions = n;
  group.statements = &snippets[n];
  for (unsigned i = 0; i < n_statements; i++, n++) {
    const rg_text *s = &g->statements[i];
    char *text = statement_texts[i];
    snprintf(text, sizeof *statement_texts, "%s%s%s", s->text, s->where[0] ? " where " : "", s->where);
    snippets[n] = (ottl_snippet){.text = text, .len = strlen(text)};
  }
  group.n_statements = n_statements;
  return group;
}

/* ---- telling ---- */

static void broken(judge *j, const char *what, const char *text, const ottl_expr *e, uint32_t row, uint16_t code,
                   ottl_types found) {
  char buf[300], types[300], name[200];
  printf("seed %llu: %s\n  in `%s`\n  at `%s`, row %u\n", (unsigned long long)j->seed, what, j->text, text, row);
  printf("  types: %s%s, classes %u", ottl__types_text(e->types, types, sizeof types), e->may_fail ? ", may fail" : "",
         ottl__sema_failures(e));
  if (code) printf("; failed: %s %s", ottl__rowerr_name(code), ottl__rowerr_text(code, name, sizeof name));
  if (found) printf("; gave %s", ottl__types_text(found, buf, sizeof buf));
  printf("\n");
  rg_print(j->p, stdout);
  fflush(stdout);
  j->broken++;
}

/* ---- expressions ---- */

static bool is_condition(const ottl_expr *e) { return e->kind >= OTTL_E_CMP && e->kind <= OTTL_E_TRUTH; }

/* Is it written in the text, or a path that the function reads by itself? */
static bool is_written(const ottl_expr *call, uint32_t arg) {
  return ottl__functions[call->call->function].params[arg].kind != OTTL_P_IMPLICIT;
}

static void collect(judge *j, const ottl_expr *e, const char *text) {
  if (!e || e->kind == OTTL_E_LITERAL || e->kind >= OTTL_E_LOCAL || e->locals || j->n_nodes == MAX_NODES) return;
  node *n = &j->nodes[j->n_nodes++];
  *n = (node){.e = e, .condition = is_condition(e)};
  snprintf(n->text, sizeof n->text, "%.*s", (int)(e->end - e->begin), text + e->begin);
  for (uint32_t i = 0; i < e->n_kids; i++) collect(j, e->kids[i], text);
  for (uint32_t i = 0; e->call && i < e->call->n_args; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    if (a->expr && !a->is_literal && is_written(e, i)) collect(j, a->expr, text);
    for (uint32_t k = 0; k < a->n_items; k++) collect(j, a->items[k], text);
  }
}

/* Evaluates all nodes; false: not all of them stand alone. */
static bool evaluate(judge *j, ottl_program **programs, const uint8_t *in, size_t len) {
  ottl_snippet *snippets = calloc(MAX_NODES, sizeof *snippets);
  bool ok = true;
  j->n_rows = UINT32_MAX;
  for (int kind = 0; kind < 2 && ok; kind++) {
    ottl_group group = {.struct_size = sizeof group, .context = j->p->groups[0].context, .error_mode = OTTL_ERROR_IGNORE};
    group.statements = snippets;
    for (uint32_t i = 0; i < j->n_nodes; i++) {
      node *n = &j->nodes[i];
      if (n->condition != (kind == 1)) continue;
      n->index = (uint32_t)group.n_statements;
      snippets[group.n_statements++] = (ottl_snippet){.text = n->text, .len = strlen(n->text)};
    }
    ottl_result result;
    ottl_status status = compile(kind ? OTTL_KIND_CONDITIONS : OTTL_KIND_VALUES, j->p->signal, &group, &programs[kind]);
    if (status == OTTL_OK) j->exec[kind] = run_new(programs[kind], in, len, &result, &status);
    ok = status == OTTL_OK;
    if (ok && group.n_statements) {
      uint32_t rows = j->exec[kind]->n_rows;
      if (rows < j->n_rows) j->n_rows = rows;
    }
  }
  free(snippets);
  if (j->n_rows > MAX_ROWS) j->n_rows = j->n_rows == UINT32_MAX ? 0 : MAX_ROWS;
  return ok;
}

static node *node_of(judge *j, const ottl_expr *e) {
  for (uint32_t i = 0; i < j->n_nodes; i++) {
    if (j->nodes[i].e == e) return &j->nodes[i];
  }
  return NULL;
}

/* 1 true, 0 false, -1 failed, -2 not evaluated. */
static int truth_at(judge *j, const ottl_expr *e, uint32_t row) {
  if (e->kind == OTTL_E_LITERAL) return e->literal.word != 0;
  node *n = node_of(j, e);
  if (!n) return -2;
  const vm_results *r = &j->exec[1]->results[n->index];
  return r->codes[row] ? -1 : r->cells[row].word != 0;
}

static void judge_row(judge *j, const node *n, uint32_t row) {
  const ottl_expr *e = n->e;
  const vm_results *r = &j->exec[n->condition]->results[n->index];
  uint16_t code = r->codes[row];
  n_judged++;
  if (code) {
    n_failed++;
    uint8_t class = class_of(code);
    if (class == OTTL_FAIL_LIMIT) return;
    if (!e->may_fail)
      broken(j, "it fails and could not", n->text, e, row, code, 0);
    else if (!(ottl__sema_failures(e) & class))
      broken(j, "it fails in another class", n->text, e, row, code, 0);
    return;
  }
  if (!e->may_fail) n_sure++;
  if (e->kind == OTTL_E_PATH && e->n_kids && e->types != TYPES_ANYVALUE) n_narrow++;
  ottl_types type = (ottl_types)1 << cell_type(r->cells[row]);
  if (!(e->types & type)) broken(j, "it gives another type", n->text, e, row, 0, type);
  if (e->must_fail) broken(j, "it must fail and did not", n->text, e, row, 0, type);
  if (!n->condition || e->truth == OTTL_TRUTH_OPEN) return;
  n_false++;
  if ((r->cells[row].word != 0) != (e->truth == OTTL_TRUTH_TRUE)) broken(j, "its truth is another", n->text, e, row, 0, type);
}

static void judge_expr(judge *j, const ottl_expr *e, const bool *rows) {
  if (!e || e->kind == OTTL_E_LITERAL) return;
  const node *n = node_of(j, e);
  if (!n) return;
  unsigned before = j->broken;
  for (uint32_t row = 0; row < j->n_rows && j->broken == before; row++) {
    if (rows[row]) judge_row(j, n, row);
  }
  n_must += e->must_fail;
  bool some[MAX_ROWS];
  memcpy(some, rows, sizeof some);
  for (uint32_t i = 0; i < e->n_kids; i++) {
    judge_expr(j, e->kids[i], some);
    if (e->kind != OTTL_E_AND && e->kind != OTTL_E_OR) continue;
    for (uint32_t row = 0; row < j->n_rows; row++) {
      if (some[row]) some[row] = truth_at(j, e->kids[i], row) == (e->kind == OTTL_E_AND);
    }
  }
  for (uint32_t i = 0; e->call && i < e->call->n_args; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    if (a->expr && !a->is_literal) judge_expr(j, a->expr, rows);
    for (uint32_t k = 0; k < a->n_items; k++) judge_expr(j, a->items[k], rows);
  }
}

/* ---- statements ---- */

/* An editor's call itself is no expression: what is in it is. */
static void collect_call(judge *j, const ottl_expr *call, const char *text) {
  for (uint32_t i = 0; i < call->call->n_args; i++) {
    const ottl_call_arg *a = &call->call->args[i];
    if (a->expr && !a->is_literal && is_written(call, i)) collect(j, a->expr, text);
    for (uint32_t k = 0; k < a->n_items; k++) collect(j, a->items[k], text);
  }
}

static void judge_call(judge *j, const ottl_expr *call, const bool *rows) {
  for (uint32_t i = 0; i < call->call->n_args; i++) {
    const ottl_call_arg *a = &call->call->args[i];
    uint8_t kind = ottl__functions[call->call->function].params[i].kind;
    /* What is only written need not be read without failing: types of it are the promise. */
    if (kind == OTTL_P_SETTER) continue;
    if (a->expr && !a->is_literal) judge_expr(j, a->expr, rows);
    for (uint32_t k = 0; k < a->n_items; k++) judge_expr(j, a->items[k], rows);
  }
}

/* One statement (or, with k past them, none): its expressions on `state`, for records that the group's conditions let in. */
static void judge_statement(judge *j, const ottl_checked_statement *s, const bool *rows, const uint8_t *state, size_t len,
                            uint32_t n_rows) {
  ottl_program *programs[2] = {NULL, NULL};
  j->n_nodes = 0;
  memset(j->exec, 0, sizeof j->exec);
  collect_call(j, s->call, j->text);
  if (s->where) collect(j, s->where, j->text);
  n_seen++;
  bool some[MAX_ROWS];
  memcpy(some, rows, sizeof some);
  if (j->n_nodes && evaluate(j, programs, state, len)) {
    if (j->n_rows == n_rows || n_rows == UINT32_MAX) {
      if (s->where) judge_expr(j, s->where, rows);
      for (uint32_t row = 0; row < j->n_rows && s->where; row++) {
        some[row] = rows[row] && truth_at(j, s->where, row) == 1;
        if (some[row] && s->unreachable) broken(j, "it is unreachable and runs", j->text, s->call, row, 0, 0);
      }
      n_unreachable += s->unreachable;
      judge_call(j, s->call, some);
    }
  } else if (j->n_nodes) {
    n_lost++;
  }
  for (int i = 0; i < 2; i++) {
    ottl_exec_free(j->exec[i]);
    ottl_program_free(programs[i]);
  }
}

/* Rows that the conditions of the group let in; what conditions promise is judged on the way. */
static bool judge_conditions(judge *j, const ottl_checked_group *g, const uint8_t *in, size_t len, bool *rows, uint32_t *n_rows) {
  for (uint32_t i = 0; i < MAX_ROWS; i++) rows[i] = g->n_conditions == 0;
  *n_rows = UINT32_MAX;
  if (!g->n_conditions) return true;
  ottl_program *programs[2] = {NULL, NULL};
  bool all[MAX_ROWS], ok = true;
  memset(j->exec, 0, sizeof j->exec);
  j->n_nodes = 0;
  for (uint32_t i = 0; i < MAX_ROWS; i++) all[i] = true;
  for (uint32_t i = 0; i < g->n_conditions; i++) collect(j, g->conditions[i], j->p->groups[0].conditions[i].text);
  if (j->n_nodes && !evaluate(j, programs, in, len)) {
    ok = false;
    n_lost++;
  }
  if (!j->n_nodes) j->n_rows = MAX_ROWS;
  if (j->n_nodes && ok) *n_rows = j->n_rows;
  for (uint32_t i = 0; i < g->n_conditions && ok; i++) {
    j->text = j->p->groups[0].conditions[i].text;
    judge_expr(j, g->conditions[i], all);
    for (uint32_t row = 0; row < j->n_rows; row++) rows[row] |= truth_at(j, g->conditions[i], row) == 1;
  }
  for (int i = 0; i < 2; i++) {
    ottl_exec_free(j->exec[i]);
    ottl_program_free(programs[i]);
  }
  return ok;
}

/* The program as a whole: each failure of a record is of a class that the statement or condition may have. */
static void judge_run(judge *j, const ottl_program *program, const uint8_t *in, size_t len) {
  ottl_result result;
  ottl_status status;
  ottl_exec *exec = run_new(program, in, len, &result, &status);
  const ottl_checked_group *g = &program->checked[0];
  unsigned long *failed = calloc(g->n_statements + 1, sizeof *failed);
  for (size_t i = 0; status == OTTL_OK && i < exec->n_errors; i++) {
    const exec_error *x = &exec->errors[i];
    uint8_t class = class_of(x->code), may = 0;
    const ottl_expr *e;
    if (x->statement == UINT32_MAX) {
      e = g->conditions[x->condition];
      may = ottl__sema_failures(e);
      j->text = j->p->groups[0].conditions[x->condition].text;
    } else {
      const ottl_checked_statement *s = &g->statements[x->statement];
      e = s->call;
      may = ottl__sema_failures(e) | (s->where ? ottl__sema_failures(s->where) : 0);
      if (!e->may_fail && !(s->where && s->where->may_fail)) may = 0;
      j->text = statement_texts[x->statement];
      failed[x->statement]++;
    }
    if (class != OTTL_FAIL_LIMIT && !(may & class)) {
      broken(j, "the statement fails and could not", j->text, e, (uint32_t)x->item, x->code, 0);
      break;
    }
  }
  for (uint32_t i = 0; status == OTTL_OK && i < g->n_statements && !g->n_conditions; i++) {
    const ottl_checked_statement *s = &g->statements[i];
    if (s->where || !s->call->must_fail || failed[i] == result.rows_in) continue;
    j->text = statement_texts[i];
    if (!strchr("de", program->codes[0].level + 'a')) continue; /* rows_in counts items */
    broken(j, "the statement must fail and did not", j->text, s->call, 0, 0, 0);
  }
  free(failed);
  ottl_exec_free(exec);
}

static void judge_payload(judge *j, const ottl_program *program, const uint8_t *in, size_t len, bool single) {
  const ottl_checked_group *g = &program->checked[0];
  bool rows[MAX_ROWS];
  uint32_t n_rows;
  judge_run(j, program, in, len);
  if (!judge_conditions(j, g, in, len, rows, &n_rows)) return;
  for (uint32_t k = 0; k < g->n_statements && (k == 0 || single); k++) {
    ottl_snippet snippets[2 * RG_MAX_TEXTS];
    ottl_group before = group_of(j->p, k, snippets);
    ottl_program *prefix = NULL;
    ottl_exec *exec = NULL;
    const uint8_t *state = in;
    size_t state_len = len;
    ottl_status status = OTTL_OK;
    if (k) {
      ottl_result result;
      status = compile(OTTL_KIND_TRANSFORM, j->p->signal, &before, &prefix);
      if (status == OTTL_OK) exec = run_new(prefix, in, len, &result, &status);
      if (status == OTTL_OK) state = result.data, state_len = result.len;
    }
    group_of(j->p, g->n_statements, snippets); /* the texts again */
    j->text = statement_texts[k];
    if (status == OTTL_OK) judge_statement(j, &g->statements[k], rows, state, state_len, n_rows);
    ottl_exec_free(exec);
    ottl_program_free(prefix);
  }
}

/* ---- payloads of one record ---- */

static uint32_t keep_first(rp_tree *t, uint32_t parent, unsigned number) {
  uint32_t kept = RP_NONE;
  if (parent == RP_NONE) return RP_NONE;
  for (uint32_t i = t->nodes[parent].first; i != RP_NONE; i = t->nodes[i].next) {
    if (t->nodes[i].tag >> 3 != number || !t->nodes[i].message) continue;
    if (kept == RP_NONE)
      kept = i;
    else
      t->nodes[i].removed = true;
  }
  return kept;
}

static void make_single(rp_tree *t, ottl_signal signal) {
  uint32_t item = keep_first(t, keep_first(t, keep_first(t, 0, 1), 2), 2);
  if (signal == OTTL_SIGNAL_TRACES) keep_first(t, item, 11);
  if (signal != OTTL_SIGNAL_METRICS || item == RP_NONE) return;
  static const unsigned kinds[] = {5, 7, 9, 10, 11}, exemplars[] = {5, 5, 8, 11, 99};
  for (int i = 0; i < 5; i++) keep_first(t, keep_first(t, keep_first(t, item, kinds[i]), 1), exemplars[i]);
}

/* Empty bytes count as nil. */
static void empty_some_bytes(rnd *r, rp_tree *t) {
  for (uint32_t i = 0; i < t->n; i++) {
    if (t->nodes[i].tag == (7u << 3 | 2) && t->nodes[i].len == 3 && rnd_in(r, 60)) t->nodes[i].len = 0;
  }
}

static bool judge_program(judge *j, rnd *r, rp_tree *payload) {
  ottl_snippet snippets[2 * RG_MAX_TEXTS];
  ottl_group group = group_of(j->p, j->p->groups[0].n_statements, snippets);
  ottl_program *program = NULL;
  if (compile(OTTL_KIND_TRANSFORM, j->p->signal, &group, &program) != OTTL_OK) return false;
  for (int i = 0; i < 4 && !j->broken; i++) {
    bool single = i > 1; /* several records for the first statement, one for those after it */
    rp_request(r, payload, j->p->signal, single ? 2 : 9);
    if (single) make_single(payload, j->p->signal);
    empty_some_bytes(r, payload);
    rp_encode(payload);
    uint8_t *copy = malloc(payload->len ? payload->len : 1);
    if (payload->len) memcpy(copy, payload->out, payload->len);
    judge_payload(j, program, copy, payload->len, single);
    free(copy);
  }
  ottl_program_free(program);
  return true;
}

static void the_checker_keeps_its_word(void **state) {
  (void)state;
  const char *runs_text = getenv("OTTL_PROMISE_RUNS"), *seed_text = getenv("OTTL_PROMISE_SEED");
  unsigned long runs = runs_text ? strtoul(runs_text, NULL, 10) : 3000, compiled = 0, worse = 0;
  uint64_t first = seed_text ? strtoull(seed_text, NULL, 10) : 1;
  rp_tree payload = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  rg_program *program = malloc(sizeof *program);
  judge j = {.p = program, .nodes = calloc(MAX_NODES, sizeof(node))};
  assert_non_null(payload.nodes);
  assert_non_null(program);
  assert_non_null(j.nodes);
  const char *verbose = getenv("OTTL_PROMISE_VERBOSE");
  for (uint64_t seed = first; seed < first + runs && worse < 10; seed++) {
    rnd r = {seed * 1000003};
    rt_make(&r, program);
    if (verbose) rg_print(program, stdout);
    j.seed = seed;
    j.broken = 0;
    compiled += judge_program(&j, &r, &payload);
    worse += j.broken > 0;
  }
  free(j.nodes);
  free(program);
  free(payload.nodes);
  free(payload.out);
  printf("%lu of %lu programs compiled, %lu statements (%lu not looked into)\n", compiled, runs, n_seen, n_lost);
  printf(
      "%lu values: %lu failed, %lu could not, %lu of narrowed paths, %lu of decided conditions; %lu must fail, %lu unreachable\n",
      n_judged, n_failed, n_sure, n_narrow, n_false, n_must, n_unreachable);
  if (worse) fail_msg("%lu programs broke a promise", worse);
  assert_true(compiled * 100 >= runs * 50);
  assert_true(n_lost * 20 <= n_seen);
  assert_int_equal(n_refused, 0); /* neither memory nor an internal error */
  if (runs < 1000) return;
  assert_true(n_failed > 1000 && n_sure > 1000 && n_narrow > 1000 && n_false > 100 && n_must > 100 && n_unreachable > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_checker_keeps_its_word)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
