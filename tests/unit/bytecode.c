/* Bytecode: the verifier refuses what is broken, programs are the instructions they should be, groups run vectorized or record
 * by record as they must, and what was computed once is not computed again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/api.h"
#include "ottl/ottl.h"

static ottl_program *compile_kind(const char *context, const char *text, ottl_kind kind, ottl_error_mode mode) {
  char source[2000];
  snprintf(source, sizeof source, "context: %s\n%s", context, text);
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = kind;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(source, strlen(source), NULL, mode, &options, &program, &diags);
  if (status != OTTL_OK) {
    ottl_diag d;
    if (ottl_diags_get(diags, 0, &d) == OTTL_OK) print_error("%s: %.*s\n", text, (int)d.message.len, d.message.data);
    fail_msg("%s: %s", text, ottl_status_name(status));
  }
  ottl_diags_free(diags);
  return program;
}

static ottl_program *compile(const char *context, const char *text) {
  return compile_kind(context, text, OTTL_KIND_TRANSFORM, OTTL_ERROR_IGNORE);
}

/* ---- the verifier ---- */

static const char *const operands[] = {
#define OP(name, operands, handler, synopsis) operands,
#include "opcodes.def"
#undef OP
};

static const char *const verified[] = {
    "set(log.body, log.attributes[\"a\"]) where log.severity_number > 9 and IsMatch(log.body, \"x\")",
    "set(log.attributes[log.severity_text], [1, log.body])\nset(log.attributes, {\"k\": log.body, \"j\": 2})",
    "delete_key(log.attributes, \"a\")\nkeep_keys(log.attributes, [\"b\"])\nset(log.body, Len(log.attributes))",
    "replace_pattern(log.body, \"a\", \"b\")\nmerge_maps(log.cache, resource.attributes, \"upsert\")",
    "set(log.attributes[\"a\"][\"b\"], -log.severity_number + 2)\nset(log.body[\"k\"], log.attributes[\"l\"][0])",
    "set(resource.attributes[\"r\"], 1) where resource.attributes[\"q\"] == \"x\"\nset(log.attributes[\"r\"], "
    "resource.attributes[\"r\"])",
};

static ottl_status verify(const ottl_code *code) {
  const char *text = NULL;
  ottl_status status = ottl__code_verify(code, &text);
  assert_true(status == OTTL_OK || (status == OTTL_INTERNAL && text));
  return status;
}

/* Sets operand `which` to a number that no table has; false if the instruction has no such operand that must be one of a table. */
static bool break_operand(ottl_insn *in, int which) {
  const char *f = operands[in->op];
  uint16_t wild = OTTL_NO_REG - 7;
  switch (which) {
  case 0: in->op = OTTL_OP_COUNT + 3; return true;
  case 1: in->level = OTTL_LEVEL_CONST + 1; return true;
  case 2: in->d = wild; return f[0] == 'd';
  case 3: in->a = wild; return f[1] == 'a';
  case 4: in->b = wild; return f[2] == 'b';
  case 5: in->s = wild; return f[3] == 's';
  case 6: in->x = 1u << 30; return f[4] == 'C' || f[4] == 'm' || f[4] == 'A';
  default: in->y = 1u << 30; return f[5] == 'C' || f[5] == 'm' || f[5] == 'A';
  }
}

static void broken_operands_are_refused(void **state) {
  (void)state;
  size_t n_broken = 0;
  for (size_t p = 0; p < sizeof verified / sizeof *verified; p++) {
    ottl_program *program = compile("log", verified[p]);
    ottl_code *code = &program->codes[0];
    assert_int_equal(verify(code), OTTL_OK);
    for (uint32_t i = 0; i < code->n_insns; i++) {
      for (int which = 0; which < 8; which++) {
        ottl_insn saved = code->insns[i];
        bool broken = break_operand(&code->insns[i], which);
        if (broken && verify(code) == OTTL_OK)
          fail_msg("%s: instruction %u with a broken operand %d passes", verified[p], i, which);
        n_broken += broken;
        code->insns[i] = saved;
      }
    }
    ottl_program_free(program);
  }
  assert_true(n_broken > 100);
}

/* A result that goes to a column or a constant would be written over what others read. */
static void results_go_to_temporaries(void **state) {
  (void)state;
  ottl_program *program = compile("log", verified[4]);
  ottl_code *code = &program->codes[0];
  for (uint32_t i = 0; i < code->n_insns; i++) {
    if (operands[code->insns[i].op][0] != 'd') continue;
    uint16_t saved = code->insns[i].d;
    for (uint16_t r = 0; r < code->n_regs; r++) {
      if (!code->regs[r].column && !code->regs[r].constant) continue;
      code->insns[i].d = r;
      assert_int_equal(verify(code), OTTL_INTERNAL);
    }
    code->insns[i].d = saved;
  }
  assert_int_equal(verify(code), OTTL_OK);
  ottl_program_free(program);
}

static void prologue_and_body_do_not_mix(void **state) {
  (void)state;
  ottl_program *program = compile("log", "set(log.body, SHA256(\"x\"))");
  ottl_code *code = &program->codes[0];
  assert_true(code->n_prologue > 0 && code->n_insns > code->n_prologue);
  uint32_t n = code->n_prologue;
  code->n_prologue = 0;
  assert_int_equal(verify(code), OTTL_INTERNAL);
  code->n_prologue = code->n_insns;
  assert_int_equal(verify(code), OTTL_INTERNAL);
  code->n_prologue = n;
  assert_int_equal(verify(code), OTTL_OK);
  ottl_program_free(program);
}

/* Any bytes: the verifier answers, and reads nothing it should not (the sanitizers see to that). */
static void noise_is_answered(void **state) {
  (void)state;
  uint64_t seed = 42;
  for (size_t p = 0; p < sizeof verified / sizeof *verified; p++) {
    ottl_program *program = compile("log", verified[p]);
    ottl_code *code = &program->codes[0];
    for (int turn = 0; turn < 3000; turn++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      ottl_insn *in = &code->insns[(seed >> 33) % code->n_insns], saved = *in;
      ((uint8_t *)in)[(seed >> 20) % sizeof *in] = (uint8_t)(seed >> 50);
      (void)verify(code);
      *in = saved;
    }
    ottl_program_free(program);
  }
}

/* ---- hazards ---- */

static const struct hazard_case {
  const char *context, *text;
  bool row_order;
} hazard_cases[] = {
    /* nothing is shared */
    {"log", "set(log.body, \"x\")\nset(log.attributes[\"a\"], log.body)", false},
    {"log", "set(log.cache[\"a\"], log.body)\nset(log.body, log.cache[\"a\"])", false},
    {"resource", "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)", false},
    /* shared, read only */
    {"log", "set(log.attributes[\"a\"], resource.attributes[\"a\"]) where scope.name == \"x\"", false},
    /* written once, read by nobody: the last record wins */
    {"log", "set(resource.attributes[\"a\"], log.body)", false},
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(resource.attributes[\"b\"], log.body)", false},
    {"log", "delete_key(resource.attributes, \"a\") where log.body == \"x\"", false},
    {"span", "set(scope.name, span.name)", false},
    {"spanevent", "set(span.attributes[\"a\"], spanevent.name)", false},
    {"datapoint", "set(metric.description, \"x\") where datapoint.value_int > 0", false},
    /* written twice */
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(resource.attributes[\"a\"], log.severity_text)", true},
    {"log", "set(resource.attributes[\"a\"], log.body)\ndelete_key(resource.attributes, \"a\") where log.flags == 1", true},
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(resource.attributes, log.attributes)", true},
    /* written and read */
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(log.attributes[\"b\"], resource.attributes[\"a\"])", true},
    {"log", "set(log.attributes[\"b\"], resource.attributes[\"a\"])\nset(resource.attributes[\"a\"], log.body)", true},
    {"log", "set(resource.attributes[\"a\"], log.body) where resource.attributes[\"a\"] == nil", true},
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(log.attributes[\"b\"], Len(resource.attributes))", true},
    {"log", "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)", true},
    {"spanevent", "set(span.name, spanevent.name)\nset(spanevent.attributes[\"s\"], span.name)", true},
    {"spanevent", "set(span.status.code, 1) where spanevent.name == \"x\"\nset(spanevent.attributes[\"s\"], span.status.message)",
     false},
    /* of a key, another key is read */
    {"log", "set(resource.attributes[\"a\"], log.body)\nset(log.attributes[\"b\"], resource.attributes[\"b\"])", false},
    /* depends on the shared level alone: the first record does it all */
    {"log", "set(resource.attributes[\"a\"], \"x\")\nset(log.attributes[\"b\"], resource.attributes[\"a\"])", false},
    {"log",
     "set(resource.attributes[\"a\"], \"x\") where resource.attributes[\"a\"] == nil\nset(log.body, resource.attributes[\"a\"])",
     false},
    {"log", "set(log.body, resource.attributes[\"a\"])\nset(resource.attributes[\"a\"], \"x\")", true},
    {"log", "keep_keys(resource.attributes, [\"a\"])\nset(log.attributes[\"n\"], Len(resource.attributes))", false},
    /* keys that an editor leaves as they are */
    {"log", "set(log.body, resource.attributes[\"a\"])\nkeep_keys(resource.attributes, [\"a\"])", false},
    {"log", "set(log.body, resource.attributes[\"a\"])\nkeep_keys(resource.attributes, [\"b\"])", true},
    {"log", "set(log.body, resource.attributes[\"a\"])\ndelete_matching_keys(resource.attributes, \"^b\")", false},
    {"log", "set(log.body, resource.attributes[\"a\"])\ndelete_matching_keys(resource.attributes, \"^a\")", true},
    {"log", "set(log.body, resource.attributes[\"a\"])\nkeep_matching_keys(resource.attributes, \"^b\")", true},
    {"log", "set(log.body, Len(resource.attributes))\nkeep_keys(resource.attributes, [\"a\"])", true},
    /* edits in place */
    {"log", "replace_pattern(resource.attributes[\"a\"], \"a\", \"b\")", true},
    {"log", "append(resource.attributes[\"a\"], log.body)", true},
    {"log", "merge_maps(resource.attributes, log.attributes, \"upsert\")", true},
    {"log", "set(resource.attributes[\"a\"][\"b\"], log.body)", true},
    /* the list that the records are in */
    {"spanevent", "set(span.events, nil)", true},
    {"datapoint", "set(metric.data_points, metric.data_points)", true},
};

static void hazards(void **state) {
  (void)state;
  unsigned wrong = 0;
  for (size_t i = 0; i < sizeof hazard_cases / sizeof *hazard_cases; i++) {
    const struct hazard_case *c = &hazard_cases[i];
    ottl_program *program = compile(c->context, c->text);
    if (ottl_program_row_order(program, 0) != c->row_order) {
      print_error("%s\n  is %s\n", c->text, c->row_order ? "vectorized" : "in row order");
      wrong++;
    }
    const char *reason = program->codes[0].row_order_reason;
    assert_true((reason != NULL) == ottl_program_row_order(program, 0));
    ottl_program_free(program);
  }
  assert_int_equal(wrong, 0);
}

/* ---- common sub-expressions ---- */

static unsigned count_ops(const ottl_program *program, ottl_op op) {
  const ottl_code *code = &program->codes[0];
  unsigned n = 0;
  for (uint32_t i = 0; i < code->n_insns; i++) n += code->insns[i].op == op;
  return n;
}

static void computed_once(void **state) {
  (void)state;
  static const struct {
    const char *text;
    ottl_op op;
    unsigned n;
  } cases[] = {
      /* the same call, twice, and after a write that it does not see */
      {"set(log.attributes[\"a\"], ToLowerCase(log.severity_text))\nset(log.attributes[\"b\"], ToLowerCase(log.severity_text))",
       OTTL_OP_CALL, 1},
      /* a write between them */
      {"set(log.attributes[\"a\"], ToLowerCase(log.severity_text))\nset(log.severity_text, \"x\")\n"
       "set(log.attributes[\"b\"], ToLowerCase(log.severity_text))",
       OTTL_OP_CALL, 2},
      {"set(log.attributes[\"a\"], ToLowerCase(log.attributes[\"k\"]))\nset(log.attributes[\"j\"], 1)\n"
       "set(log.attributes[\"b\"], ToLowerCase(log.attributes[\"k\"]))",
       OTTL_OP_CALL, 1},
      {"set(log.attributes[\"a\"], Len(log.attributes))\nset(log.attributes[\"b\"], Len(log.attributes))", OTTL_OP_CALL, 2},
      /* one selection for one condition */
      {"set(log.body, \"x\") where log.severity_number > 9\nset(log.event_name, \"y\") where log.severity_number > 9",
       OTTL_OP_SELECT, 1},
      {"set(log.severity_number, 1) where log.severity_number > 9\nset(log.event_name, \"y\") where log.severity_number > 9",
       OTTL_OP_SELECT, 2},
      /* constants are computed before the first row */
      {"set(log.body, Concat([\"a\", \"b\"], SHA256(\"c\")))", OTTL_OP_CALL, 2},
      /* never the same twice */
      {"set(log.attributes[\"a\"], log.severity_number + 1)\nset(log.attributes[\"b\"], log.severity_number + 1)",
       OTTL_OP_MATH_INT, 1},
  };
  unsigned wrong = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ottl_program *program = compile("log", cases[i].text);
    unsigned n = count_ops(program, cases[i].op);
    if (n != cases[i].n) {
      print_error("%s\n  %u instructions, not %u\n", cases[i].text, n, cases[i].n);
      wrong++;
    }
    ottl_program_free(program);
  }
  assert_int_equal(wrong, 0);
}

static void constants_are_in_the_prologue(void **state) {
  (void)state;
  ottl_program *program = compile("log", "set(log.body, Concat([\"a\", \"b\"], SHA256(\"c\")))");
  const ottl_code *code = &program->codes[0];
  for (uint32_t i = 0; i < code->n_insns; i++) {
    if (code->insns[i].op == OTTL_OP_CALL) assert_true(i < code->n_prologue);
  }
  ottl_program_free(program);
}

/* ---- disassembly ---- */

static void check_text(const char *context, const char *text, ottl_kind kind, const char *want) {
  ottl_program *program = compile_kind(context, text, kind, OTTL_ERROR_PROPAGATE);
  char *got;
  size_t len;
  assert_int_equal(ottl_program_disassemble(program, &got, &len), OTTL_OK);
  assert_string_equal(got, want);
  ottl_text_free(program, got, len);
  ottl_program_free(program);
}

static void disassembly(void **state) {
  (void)state;
  check_text("log", "set(log.severity_text, \"WARN\") where log.severity_number == 13", OTTL_KIND_TRANSFORM,
             "; log, vectorized\n"
             "   0 L2 CMP_INT          r3 c0{LOG_SEVERITY_NUMBER} k2 / all x=0\t; d = a (relation x) b, both int\n"
             "   1 L2 SELECT           r4 r3 all x=0 y=0\t; selection d = rows of b where a is true; failures of statement x\n"
             "   2 L2 SET_VIEW         c1{LOG_SEVERITY_TEXT} k5 / r4 x=0\t; column a = b as path view flags writes it (keys: "
             "pool y - 1, 0 none); statement x\n"
             "   3 L2 ACTIVE           r6 all\t; selection d = rows of a that no statement failed so far\n");
  check_text("log", "log.severity_number < 9\nlog.attributes[\"k\"] == \"v\"", OTTL_KIND_FILTER,
             "; log, vectorized\n"
             "; map 0: LOG_ATTRIBUTES, key tier, 1 keys\n"
             "   0 L2 CMP_INT          r4 c1{LOG_SEVERITY_NUMBER} k3 / all x=2\t; d = a (relation x) b, both int\n"
             "   1 L2 CONDITION        r2 r4 all x=0 y=0\t; selection d |= rows of b not in d where a is true; failures of group "
             "condition x\n"
             "   2 L2 SEL_NOT          r5 all r2\t; d = rows of a where b is false\n"
             "   3 L2 CMP_CELL_STRING  r7 c0[k] k6 / all x=0\t; d = a (relation x) b, b a constant string\n"
             "   4 L2 CONDITION        r2 r7 all x=1 y=0\t; selection d |= rows of b not in d where a is true; failures of group "
             "condition x\n"
             "   5 L2 DROP             r2\t; rows of selection a are dropped\n");
  check_text("log", "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)", OTTL_KIND_TRANSFORM,
             "; log, row order: a value that many records share is written and read\n"
             "; map 0: RESOURCE_ATTRIBUTES, key tier, 1 keys\n"
             "   0 L0 MATH_ANY         r2 c0[n] k1 / all x=43\t; d = a x b by the rules of the language\n"
             "   1 L2 SPREAD           r3 r2 y=1\t; d = a, each row's value of the level above\n"
             "   2 L2 SET_KEY          c0[n] r3 / all x=0\t; key column or body a = b\n"
             "   3 L2 ACTIVE           r4 all\t; selection d = rows of a that no statement failed so far\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(broken_operands_are_refused),
      cmocka_unit_test(results_go_to_temporaries),
      cmocka_unit_test(prologue_and_body_do_not_mix),
      cmocka_unit_test(noise_is_answered),
      cmocka_unit_test(hazards),
      cmocka_unit_test(computed_once),
      cmocka_unit_test(constants_are_in_the_prologue),
      cmocka_unit_test(disassembly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
