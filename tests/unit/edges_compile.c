/* What ordinary use of the compiler does not reach: help that is rare, code that no compiler writes, and memory that runs out at
 * each place of a compilation. */
#include "unit/edges_help.h"

#include "base/limits.h"
#include "syntax/parse.h"
#include "syntax/tree.h"

/* ---- syntax ---- */

static void append(void *context, const char *data, size_t len) { sbuf_put(context, data, len); }

static void expect_help(ottl_parse_entry entry, const char *source, const char *code, const char *help) {
  ottl_arena trees;
  ottl__arena_init(&trees, &system_allocator, 0);
  ottl_diags *diags;
  ottl_node *root;
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  uint32_t id = ottl__diags_source(diags, VIEW(""), view_str(source), 1, 1, 0);
  assert_int_equal(ottl__parse(&trees, entry, view_str(source), id, 0, diags, &root), OTTL_COMPILE);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  assert_int_equal(ottl_diags_render(diags, OTTL_DIAGS_TEXT, false, append, &text), OTTL_OK);
  sbuf_byte(&text, 0);
  if (!strstr(text.data, code) || !strstr(text.data, help)) fail_msg("%s: %s", source, text.data);
  ottl__sbuf_done(&text);
  ottl_diags_free(diags);
  ottl__arena_done(&trees);
}

static void help_where_it_is_rare(void **state) {
  OTTL_UNUSED(state);
  expect_help(OTTL_ENTRY_CONDITION, "a == A AND b == 1", "E0226", "keywords are written in lower case: `and`");
  expect_help(OTTL_ENTRY_VALUE, "F(a, . b)", "E", "paths do not begin with a point");
  expect_help(OTTL_ENTRY_VALUE, "F(a => 1)", "E0201", "arguments are named with `=`");
  expect_help(OTTL_ENTRY_VALUE, "{\"a\": b \".\" 1}", "E", "");
}

/* A string that holds a mark may be that mark: behind a path in a map, what comes next decides. */
static void marks_in_strings(void **state) {
  OTTL_UNUSED(state);
  ottl_diags *diags;
  ottl_node *root;
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  ottl_view source = VIEW("{\"a\": b \".\" c}");
  uint32_t id = ottl__diags_source(diags, VIEW(""), source, 1, 1, 0);
  assert_int_equal(ottl__parse(&arena, OTTL_ENTRY_VALUE, source, id, 0, diags, &root), OTTL_OK);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__tree_print(root, &text);
  sbuf_byte(&text, 0);
  assert_string_equal(text.data, "(map (item \"a\" (path b c)))");
  ottl__sbuf_done(&text);
  ottl_diags_free(diags);
}

static void texts_that_are_too_long(void **state) {
  OTTL_UNUSED(state);
  char *text = malloc(OTTL_MAX_STATEMENT_BYTES + 2);
  assert_non_null(text);
  memset(text, ' ', OTTL_MAX_STATEMENT_BYTES + 1);
  text[OTTL_MAX_STATEMENT_BYTES + 1] = 0;
  expect_help(OTTL_ENTRY_STATEMENT, text, "E", "text of more than");
  free(text);
}

static void trees_of_nothing(void **state) {
  OTTL_UNUSED(state);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__tree_print(NULL, &text);
  sbuf_byte(&text, 0);
  assert_string_equal(text.data, "(none)");
  ottl__sbuf_done(&text);
}

/* ---- code ---- */

static void code_with_lambdas(void **state) {
  OTTL_UNUSED(state);
  ottl_program *program;
  assert_int_equal(
      compile_with("context: log\nset(log.body, MapEach(Split(log.body, \" \"), (i, v) => Concat([v, \"x\"], \"\")))",
                   OTTL_SIGNAL_LOGS, NULL, &program),
      OTTL_OK);
  ottl_code *code = &program->codes[0];
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__code_disassemble(code, &text);
  sbuf_byte(&text, 0);
  assert_non_null(strstr(text.data, "; lambda 0 of call"));
  assert_true(strstr(strstr(text.data, "; lambda 0 of call"), "Concat") != NULL);
  ottl__sbuf_done(&text);
  const char *why = NULL;
  ottl_code_lambda *lambda = NULL;
  for (uint32_t i = 0; i < code->n_calls; i++) {
    if (code->calls[i].n_lambdas) lambda = (ottl_code_lambda *)(uintptr_t)&code->calls[i].lambdas[0];
  }
  assert_non_null(lambda);
  const ottl_code_lambda saved = *lambda;
  assert_int_equal(ottl__code_verify(code, &why), OTTL_OK);
  struct {
    const char *why;
    ottl_code_lambda wrong;
  } wrong[] = {{"result", saved}, {"body", saved},   {"body", saved},   {"lambda", saved},
               {"lambda", saved}, {"formal", saved}, {"lambda", saved}, {"result", saved}};
  wrong[0].wrong.result = (uint16_t)(code->n_regs + 1);
  wrong[1].wrong.first = code->n_bodies + 1;
  wrong[2].wrong.n = code->n_bodies + 1;
  wrong[3].wrong.level = OTTL_LEVEL_CONST;
  wrong[4].wrong.level = OTTL_CODE_LEVELS;
  wrong[5].wrong.formal[0] = (uint16_t)(code->n_regs + 1);
  wrong[6].wrong.n_formals = 200;
  for (uint16_t r = 0; r < code->n_regs; r++) {
    if (code->regs[r].level != saved.level && code->regs[r].level != OTTL_LEVEL_CONST) wrong[7].wrong.result = r;
  }
  for (size_t i = 0; i < OTTL_COUNT(wrong); i++) {
    *lambda = wrong[i].wrong;
    assert_int_equal(ottl__code_verify(code, &why), OTTL_INTERNAL);
    assert_string_equal(why, wrong[i].why);
    assert_int_equal(ottl__code_verify(code, NULL), OTTL_INTERNAL);
  }
  *lambda = saved;
  assert_int_equal(ottl__code_verify(code, &why), OTTL_OK);
  ottl_program_free(program);
}

/* Indices at the end of their type do not wrap around. */
static void indices_do_not_wrap(void **state) {
  OTTL_UNUSED(state);
  ottl_program *program;
  assert_int_equal(compile_with("context: log\nset(log.attributes[log.severity_text], 1)\nkeep_keys(log.attributes, [\"a\"])",
                                OTTL_SIGNAL_LOGS, NULL, &program),
                   OTTL_OK);
  ottl_code *code = &program->codes[0];
  unsigned n = 0;
  for (uint32_t i = 0; i < code->n_insns; i++) {
    ottl_insn *in = &code->insns[i], saved = *in;
    if (in->op != OTTL_OP_SET_MAP_PATH && in->op != OTTL_OP_KEEP_KEYS) continue;
    for (uint32_t back = 1; back < 4; back++) {
      in->y = UINT32_MAX - back + 1;
      assert_int_equal(ottl__code_verify(code, NULL), OTTL_INTERNAL);
      n++;
    }
    *in = saved;
  }
  assert_true(n > 0);
  ottl_program_free(program);
}

/* ---- memory ---- */

/* An arena with so many bytes left and no more: whichever place asks for what is behind them gets nothing. */
enum { BLOCK = 1 << 20 };
static bool blocks_end;
static void *block_alloc(void *context, size_t bytes) {
  OTTL_UNUSED(context);
  return blocks_end && bytes >= BLOCK ? NULL : malloc(bytes);
}
static void *block_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(old_bytes);
  return blocks_end && bytes >= BLOCK ? NULL : realloc(old, bytes);
}
static void block_free(void *context, void *memory, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(bytes);
  free(memory);
}

static void arena_with(ottl_arena *a, size_t left) {
  static const ottl_allocator al = {block_alloc, block_realloc, block_free, NULL};
  blocks_end = false;
  ottl__arena_init(a, &al, BLOCK);
  assert_non_null(arena_alloc(a, 16));
  const size_t room = (size_t)(a->end - a->at) & ~(size_t)15;
  assert_non_null(arena_alloc(a, room - left));
  assert_true((size_t)(a->end - a->at) < left + 16);
  blocks_end = true;
}

static ottl_status parse_in(size_t left, ottl_parse_entry entry, const char *text) {
  ottl_arena trees;
  ottl_diags *diags;
  ottl_node *root;
  arena_with(&trees, left);
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  uint32_t id = ottl__diags_source(diags, VIEW(""), view_str(text), 1, 1, 0);
  ottl_status status = ottl__parse(&trees, entry, view_str(text), id, 0, diags, &root);
  ottl_parsed_tokens tokens;
  if (status == OTTL_OK) status = ottl__parse_tokens(&trees, entry, view_str(text), id, 0, NULL, &root, &tokens);
  ottl_diags_free(diags);
  ottl__arena_done(&trees);
  return status;
}

static void memory_for_trees(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    ottl_parse_entry entry;
    ottl_status status;
    const char *text;
  } cases[] = {{OTTL_ENTRY_STATEMENT, OTTL_OK,
                "set(attributes . a [ \"k\" ], - 1.5e3 + x[0] * (2 - 3)) where body == \"\\u00e9\\n\" or not true"},
               {OTTL_ENTRY_VALUE, OTTL_OK, "{\"a\": [1, 2.5, nil], \"b\": F((x) => G(x)[\"y\"], n = TRUE)}"},
               {OTTL_ENTRY_VALUE, OTTL_OK, "C oncat([Y ear(x)], S ha)"},
               {OTTL_ENTRY_STATEMENT, OTTL_COMPILE, "set(attributes[\"a\", {\"b\": (1 + 2}) where"},
               {OTTL_ENTRY_CONDITION, OTTL_COMPILE, "a AND \"\\q\" === [1"}};
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    size_t left = 0;
    ottl_status status;
    while ((status = parse_in(left, cases[i].entry, cases[i].text)) == OTTL_NOMEM) left += 16;
    if (status != cases[i].status) fail_msg("%s: %zu bytes: %s", cases[i].text, left, ottl_status_name(status));
    assert_true(left > 1000);
    for (size_t more = left + 160; left < more; left += 16)
      assert_int_equal(parse_in(left, cases[i].entry, cases[i].text), cases[i].status);
  }
}

static void memory_for_code(void **state) {
  OTTL_UNUSED(state);
  static const char *const programs[] = {
      "context: log\nkeep_keys(log.attributes, [\"a\", \"b\"])\nset(log.body, {\"k\": [log.attributes[\"a\"], 1.5]})\n"
      "delete_key(log.attributes, \"c\") where Len(log.body) > 3 and not IsMatch(log.severity_text, \"x\")",
      "context: log\nset(log.attributes[\"x\"], MapEach([log.body, \"b\"], (i, v) => Concat([v, log.attributes[v]], \"-\")))\n"
      "replace_pattern(resource.attributes[\"y\"], \"a\", log.body)",
  };
  for (size_t i = 0; i < OTTL_COUNT(programs); i++) {
    ottl_program *program;
    assert_int_equal(compile_with(programs[i], OTTL_SIGNAL_LOGS, NULL, &program), OTTL_OK);
    for (int debug = 0; debug < 2; debug++) {
      ottl_status status = OTTL_NOMEM;
      size_t left = 0;
      for (; status == OTTL_NOMEM; left += 16) {
        ottl_arena code_arena;
        ottl_code code;
        code_debug about;
        arena_with(&code_arena, left);
        status = debug ? ottl__emit_debug(&code_arena, &program->checked[0], OTTL_KIND_TRANSFORM, false, &code, &about)
                       : ottl__emit_group(&code_arena, &program->checked[0], OTTL_KIND_TRANSFORM, false, NULL, &code);
        if (status == OTTL_OK) {
          assert_int_equal(code.n_insns, program->codes[0].n_insns);
          assert_int_equal(ottl__code_verify(&code, NULL), OTTL_OK);
        }
        ottl__arena_done(&code_arena);
      }
      assert_int_equal(status, OTTL_OK);
      assert_true(left > 1000);
    }
    ottl_program_free(program);
  }
}

/* From now on the arena gives nothing any more. */

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(code_with_lambdas), cmocka_unit_test(indices_do_not_wrap),     cmocka_unit_test(help_where_it_is_rare),
      cmocka_unit_test(marks_in_strings),  cmocka_unit_test(texts_that_are_too_long), cmocka_unit_test(trees_of_nothing),
      cmocka_unit_test(memory_for_trees),  cmocka_unit_test(memory_for_code),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
