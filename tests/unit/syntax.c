/* Scanner, parser, shape check and file splitting: trees, exact diagnostics, limits, hostile input, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"
#include "syntax/parser.h"
#include "syntax/split.h"

#define S OTTL_ENTRY_STATEMENT
#define C OTTL_ENTRY_CONDITION
#define V OTTL_ENTRY_VALUE

typedef struct parsed {
  ottl_allocator al;
  ottl_arena arena;
  ottl_diags *diags;
  ottl_node *root;
  ottl_status status;
  ottl_sbuf text;
} parsed;

static void parse(parsed *p, ottl_parse_entry entry, ottl_view source, uint32_t max_depth) {
  *p = (parsed){.al = ottl__alloc_or_default(NULL)};
  ottl__arena_init(&p->arena, &p->al, 1024);
  ottl__sbuf_init(&p->text, &p->al);
  assert_int_equal(ottl__diags_create(NULL, &p->diags), OTTL_OK);
  uint32_t id = ottl__diags_source(p->diags, VIEW(""), source, 1, 1, 0);
  p->status = ottl__parse(&p->arena, entry, source, id, max_depth, p->diags, &p->root);
  assert_true(p->status == OTTL_OK ? p->root && ottl_diags_errors(p->diags) == 0 : ottl_diags_errors(p->diags) > 0);
}
static void done(parsed *p) {
  ottl__sbuf_done(&p->text);
  ottl_diags_free(p->diags);
  ottl__arena_done(&p->arena);
}
static void append(void *context, const char *data, size_t len) { sbuf_put(context, data, len); }

static void expect_tree(ottl_parse_entry entry, const char *source, const char *tree) {
  parsed p;
  parse(&p, entry, view_str(source), 0);
  ottl__tree_print(p.root, &p.text);
  sbuf_byte(&p.text, 0);
  assert_string_equal(p.text.data, tree);
  assert_int_equal(p.status, OTTL_OK);
  done(&p);
}
static void expect_errors(ottl_parse_entry entry, const char *source, const char *errors) {
  parsed p;
  parse(&p, entry, view_str(source), 0);
  assert_int_equal(ottl_diags_render(p.diags, OTTL_DIAGS_SHORT, false, append, &p.text), OTTL_OK);
  sbuf_byte(&p.text, 0);
  assert_string_equal(p.text.data, errors);
  assert_int_equal(p.status, OTTL_COMPILE);
  done(&p);
}
static void expect_text(ottl_parse_entry entry, const char *source, const char *text) {
  parsed p;
  parse(&p, entry, view_str(source), 0);
  assert_int_equal(ottl_diags_render(p.diags, OTTL_DIAGS_TEXT, false, append, &p.text), OTTL_OK);
  sbuf_byte(&p.text, 0);
  assert_string_equal(p.text.data, text);
  done(&p);
}

static void lex(ottl_arena *arena, ottl_tokens *tokens, const char *text) {
  ottl_lexer lexer = {arena, text, (uint32_t)strlen(text), 0, NULL, tokens, OTTL_MAX_PARSE_DEPTH, 0, false};
  *tokens = (ottl_tokens){0};
  assert_int_equal(ottl__lex(&lexer), OTTL_OK);
}

/* keywords.def and lexer.re say the same; a keyword ends only before what is no word character. */
static void test_keywords(void **state) {
  (void)state;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_arena arena;
  ottl__arena_init(&arena, &al, 0);
  static const struct {
    const char *word;
    uint32_t kind;
    bool reserved;
  } words[] = {
#define reserved                true
#define contextual              false
#define KEYWORD(w, k, res, doc) {w, TOK_##k, res},
#include "keywords.def"
#undef KEYWORD
#undef reserved
#undef contextual
  };
  for (size_t i = 0; i < OTTL_COUNT(words); i++) {
    ottl_tokens t;
    char text[32];
    lex(&arena, &t, words[i].word);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.items[0].kind, words[i].reserved ? words[i].kind : TOK_LOWER);
    al_free(&al, t.items, t.cap * sizeof *t.items);
    for (const char *behind = "x0_X"; *behind; behind++) {
      snprintf(text, sizeof text, "%s%c", words[i].word, *behind);
      lex(&arena, &t, text);
      assert_int_equal(t.items[0].kind, TOK_LOWER);
      assert_int_equal(t.n, *behind == 'X' ? 3 : 2);
      al_free(&al, t.items, t.cap * sizeof *t.items);
    }
    for (const char *behind = "(\" ."; *behind; behind++) {
      snprintf(text, sizeof text, "%s%c\"", words[i].word, *behind);
      lex(&arena, &t, text);
      assert_int_equal(t.items[0].kind, words[i].reserved ? words[i].kind : TOK_LOWER);
      al_free(&al, t.items, t.cap * sizeof *t.items);
    }
  }
  ottl__arena_done(&arena);
}

static void test_literals(void **state) {
  (void)state;
  expect_tree(V, "010", "8");
  expect_tree(V, "9223372036854775807", "9223372036854775807");
  expect_tree(V, "0x00fF", "0x00ff");
  expect_tree(V, "[3., .5, 1.5e3, 0.1, 1.0e-400, 0.0e99999999999, 1.7976931348623157e308]",
              "(list 3.0 0.5 1500.0 0.10000000000000001 0.0 0.0 1.7976931348623157e+308)");
  expect_tree(V, "\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\\x41\\101\"", "\"\\x07\\x08\\x0c\\x0a\\x0d\\x09\\x0b\\\\\\\"AA\"");
  expect_tree(V, "\"\\xff\\377\\u00e9\\U0001F600\"", "\"\xC3\xBF\xC3\xBF\xC3\xA9\xF0\x9F\x98\x80\"");
  expect_tree(V, "\"a\nb\xff\"", "\"a\\x0ab\xEF\xBF\xBD\"");
  parsed p;
  parse(&p, V, VIEW("\"a\0b\""), 0);
  assert_int_equal(p.root->text.len, 3);
  done(&p);
}

static void test_trees(void **state) {
  (void)state;
  static const struct {
    ottl_parse_entry entry;
    const char *source, *tree;
  } cases[] = {
      {S, "set(log.attributes[\"a\"][0].x, 1)", "(statement (call set (path log (field attributes (key \"a\") (key 0)) x) 1))"},
      {S, "s e t(target = a, value=FOO)where B()", "(statement (call set (arg target (path a)) (arg value FOO)) (call B))"},
      {S, "f()\"where\"true", "(statement (call f) true)"},
      {S, "f(To Upper Case, To, TO)", "(statement (call f &ToUpperCase &To TO))"},
      {C, "not a == 1 and b == 2 or c > 2 and D() == nil or true",
       "(or (and (not (== (path a) 1)) (== (path b) 2)) (and (> (path c) 2) (== (call D) nil)) true)"},
      {C, "(a == 1 and true) and (true and false)", "(and (and (== (path a) 1) true) (and true false))"},
      {C, "((not (not true)))", "(not (not true))"},
      {C, "1 == 1and 2 <= 2", "(and (== 1 1) (<= 2 2))"},
      {V, "1 - 2 - 3 * -x / +(4)", "(- (- 1 2) (/ (* 3 (neg (path x))) (pos 4)))"},
      {V, "-(1 + 2) * 3", "(* (neg (+ 1 2)) 3)"},
      {V, "{\"a\": 1 \"b\": [1, {}],}", "(map (item \"a\" 1) (item \"b\" (list 1 (map))))"},
      {V, "{\"a\": x \"(\": 1, \"}\": 2 \"}\"", "(map (item \"a\" (path x)) (item \"(\" 1) (item \"}\" 2))"},
      {V, "Int\"(\"5\")\"", "(call Int 5)"},
      {V, "F(\")\", \"(\", \",\")", "(call F \")\" \"(\" \",\")"},
      {V, "[1 \",\" 2\"]\"", "(list 1 2)"},
      {V, "log\".\"a\"[\"\"b\"]", "(path log (field a (key \"b\")))"},
      {V, "I s M atch(x)[(1 + 1)][\"k\"]", "(call IsMatch (path x) (key (+ 1 1)) (key \"k\"))"},
      {V, "F((a, _) => a == 1 and true, () => 1)", "(call F (lambda a _ (and (== (path a) 1) true)) (lambda 1))"},
      {V, "where", "(path where)"},
      {S, "notX(nilY=nilly)", "(statement (call notX (arg nilY (path nilly))))"},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) expect_tree(cases[i].entry, cases[i].source, cases[i].tree);
}

static void test_errors(void **state) {
  (void)state;
  static const struct {
    ottl_parse_entry entry;
    const char *source, *errors;
  } cases[] = {
      /* lexical */
      {V, "9223372036854775808", "1:1: error[E0104]: integer `9223372036854775808` does not fit into 64 bits\n"},
      {V, "08", "1:1: error[E0105]: integer `08` starts with 0 and is not octal\n"},
      {V, "1.0e309", "1:1: error[E0106]: float `1.0e309` is too large\n"},
      {V, "0xabc", "1:1: error[E0107]: byte literal `0xabc` has an odd number of digits\n"},
      {V, "\"\\d \\400 \\ud83d\"",
       "1:2: error[E0103]: unknown escape `\\d` in a string\n"
       "1:5: error[E0103]: escape `\\400` is larger than 377\n"
       "1:10: error[E0103]: escape `\\ud83d` is half of a surrogate pair: write the character itself or "
       "`\\U` with eight digits\n"},
      {V, "\"abc", "1:1: error[E0102]: string is not closed\n"},
      {C, "a == 1 && !true", "1:8: error[E0108]: there is no operator `&&`\n1:11: error[E0108]: there is no operator `!`\n"},
      {V, "'a'", "1:1: error[E0109]: strings do not stand in `'`\n"},
      {V, "1 # one", "1:3: error[E0110]: a comment cannot stand here\n"},
      {V,
       "log.b\xC3\xB6"
       "dy",
       "1:6: error[E0101]: unexpected character `\xC3\xB6` outside a string\n"},
      {V, "1_000", "1:2: error[E0101]: names cannot start with `_`\n"},
      {S, "set(a, 1);", "1:10: error[E0101]: unexpected character `;`\n"},
      /* what was expected */
      {S, "set(log.body 1)", "1:14: error[E0201]: expected an operator, `,` or `)`, found `1`\n"},
      {S, "set(log.body, )", "1:15: error[E0201]: expected a value, found `)`\n"},
      {S, "set(a, 1) if true", "1:11: error[E0201]: expected `where` or the end, found `if`\n"},
      {S, "set(a, 1) where", "1:16: error[E0202]: expected a condition, found the end\n"},
      {S, "", "1:1: error[E0227]: the statement is empty\n"},
      {C, "true and", "1:9: error[E0202]: expected a condition, found the end\n"},
      {V, "1 +", "1:4: error[E0202]: expected a value, found the end\n"},
      {V, "{1: 2}", "1:2: error[E0201]: expected a string as key or `}`, found `1`\n"},
      {V, "log.", "1:5: error[E0202]: expected a name, found the end\n"},
      {S, "f(a.b c.d)", "1:7: error[E0226]: expected an operator, a comma or an end, found `c`\n"},
      {C, "a = 1", "1:3: error[E0201]: expected an operator or the end, found `=`\n"},
      /* several errors of one text */
      {S, "f(1 2, [3 4], {\"a\" 5}, x[6 7], 8 == 9, (true)) where \"x\"",
       "1:5: error[E0201]: expected an operator, `,` or `)`, found `2`\n"
       "1:11: error[E0201]: expected an operator, `,` or `]`, found `4`\n"
       "1:20: error[E0201]: expected `:`, found `5`\n"
       "1:28: error[E0201]: expected an operator or `]`, found `7`\n"
       "1:34: error[E0209]: a comparison cannot be an argument\n"
       "1:40: error[E0213]: a boolean cannot stand in parentheses\n"
       "1:54: error[E0208]: a string is not a condition\n"},
      {S, "f([1, (2 + 3) where \"x\" == 'y",
       "1:15: error[E0203]: `[` is not closed\n1:28: error[E0109]: strings do not stand in `'`\n"},
      /* shape */
      {S, "Set(a, 1)", "1:1: error[E0205]: `Set` is a converter name where an editor is wanted\n"},
      {S, "f(set(a, 1))", "1:3: error[E0206]: `set` is an editor name where a converter is wanted\n"},
      {S, "f()[\"a\"]", "1:4: error[E0207]: what an editor returns cannot be indexed\n"},
      {C, "a.b and true", "1:1: error[E0208]: a path is not a condition\n"},
      {C, "1 == 2 == true", "1:8: error[E0210]: comparisons cannot be chained\n"},
      {C, "not not true", "1:5: error[E0211]: `not` cannot follow `not`\n"},
      {V, "1 - --2", "1:6: error[E0212]: a sign cannot follow a sign\n"},
      {V, "(\"a\")", "1:1: error[E0213]: a string cannot stand in parentheses\n"},
      {V, "FOO + 1", "1:1: error[E0214]: an enum cannot be part of arithmetic\n"},
      {V, "x[nil]", "1:3: error[E0215]: `nil` cannot be a key\n"},
      {V, "x[1 + 1]", "1:4: error[E0216]: a key that starts with an integer must end there\n"},
      {V, "[1][0]", "1:4: error[E0217]: keys cannot stand here\n"},
      {V, "F().a", "1:4: error[E0218]: only paths have fields\n"},
      {V, "log.statusCode", "1:5: error[E0219]: `statusCode` cannot be a segment of a path\n"},
      {V, "[Int]", "1:2: error[E0220]: `Int` names a function without calling it\n"},
      {V, "(_) => _", "1:8: error[E0221]: `_` cannot be used as a value\n"},
      {V, "(1) => 1", "1:2: error[E0222]: a lambda parameter must be a plain name\n"},
      {V, "(x) => (y) => x", "1:8: error[E0223]: the body of a lambda cannot be a lambda\n"},
      {V, "F(Delimiter=1)", "1:3: error[E0225]: `Delimiter` cannot name an argument\n"},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) expect_errors(cases[i].entry, cases[i].source, cases[i].errors);
}

static void test_texts(void **state) {
  (void)state;
  expect_text(S, "set(log.body, [1, 2) where true",
              "error[E0203]: `[` is not closed\n"
              " --> 1:20\n"
              "  |\n"
              "1 | set(log.body, [1, 2) where true\n"
              "  |                    ^ expected `]`\n"
              "  |               - opened here\n"
              "  = help: close it with `]`\n");
  expect_text(C, "log.body = 1",
              "error[E0201]: expected an operator or the end, found `=`\n"
              " --> 1:10\n"
              "  |\n"
              "1 | log.body = 1\n"
              "  |          ^\n"
              "  = help: `==` compares\n");
  expect_text(V, "x[1\n+ 1]",
              "error[E0216]: a key that starts with an integer must end there\n"
              " --> 1:4\n"
              "  |\n"
              "1 | x[1\n"
              "  |    ^\n"
              "  = help: put arithmetic in parentheses: `[(1 + 1)]`\n");
}

/* 500 levels of everything, both ways to be too deep, and time that grows with the length alone. */
static void test_nesting(void **state) {
  (void)state;
  static const struct {
    const char *open, *middle, *close;
  } forms[] = {{"(", "1", ")"},  {"[", "1", "]"},      {"{\"a\":", "1", "}"}, {"F(", "1", ")"}, {"x[", "y", "]"},
               {"-(", "1", ")"}, {"F(a=[", "1", "])"}, {"(1 + ", "1", ")"},   {"1 + ", "1", ""}};
  static char text[400000];
  for (size_t f = 0; f < OTTL_COUNT(forms); f++)
    for (size_t levels = 500; levels <= 8000; levels *= 16) {
      size_t n = 0;
      for (size_t i = 0; i < levels; i++) n += (size_t)sprintf(text + n, "%s", forms[f].open);
      n += (size_t)sprintf(text + n, "%s", forms[f].middle);
      for (size_t i = 0; i < levels; i++) n += (size_t)sprintf(text + n, "%s", forms[f].close);
      parsed p;
      parse(&p, V, view_of(text, n), 0);
      assert_int_equal(p.status, levels == 500 ? OTTL_OK : OTTL_COMPILE);
      if (levels > 500) {
        ottl_diag d;
        assert_int_equal(ottl_diags_get(p.diags, 0, &d), OTTL_OK);
        assert_string_equal(d.code, "E0601");
        assert_null(p.root);
      } else
        ottl__tree_print(p.root, &p.text);
      done(&p);
    }
  size_t n = 0;
  for (size_t i = 0; i < 500; i++) n += (size_t)sprintf(text + n, "not (");
  n += (size_t)sprintf(text + n, "true");
  for (size_t i = 0; i < 500; i++) n += (size_t)sprintf(text + n, ")");
  parsed p;
  parse(&p, C, view_of(text, n), 0);
  assert_int_equal(p.status, OTTL_OK);
  done(&p);
  parse(&p, V, VIEW("[[[1]]]"), 3);
  assert_int_equal(p.status, OTTL_OK);
  done(&p);
  parse(&p, V, VIEW("[[[[1]]]]"), 3);
  assert_int_equal(p.status, OTTL_COMPILE);
  done(&p);
  /* Wide texts: a long list, many errors, a name of many pieces. */
  static const char *const pieces[] = {"1, ", "1 1, ", "A b ", "not ", "- ", "\"(\" ", "(", "\"a\":", "&", "x[", "f(1 = "};
  for (size_t k = 0; k < OTTL_COUNT(pieces); k++) {
    n = (size_t)sprintf(text, "F([");
    while (n < sizeof text - 16) n += (size_t)sprintf(text + n, "%s", pieces[k]);
    parse(&p, V, view_of(text, n), 0);
    assert_int_equal(p.status, OTTL_COMPILE);
    done(&p);
  }
}

/* Nothing breaks, the tree can be printed, and spans lie inside the text. */
static void check_spans(const ottl_node *n, size_t len) {
  assert_true(n->begin <= n->end && n->end <= len);
  uint32_t count = 0;
  for (const ottl_node *i = n->first; i; i = i->next, count++) check_spans(i, len);
  assert_int_equal(count, n->n_children);
}
static size_t mutate_next(uint64_t *random, size_t n) {
  *random ^= *random << 13;
  *random ^= *random >> 7;
  *random ^= *random << 17;
  return (size_t)(*random >> 11) % n;
}
static void test_mutations(void **state) {
  (void)state;
  uint64_t random = 88172645463325252u;
  static const char *const seeds[] = {
      "set(log.attributes[\"a\"][0].x, 1) where not a == 1 and b == \"\\n\" or C(1.5, x=nil)[\"k\"] > 2",
      "f({\"a\": 1 \"b\": [1, {}],}, (a, _) => a == 1, 0x00ff, FOO, ToX, -(1 + 2) * 3) where (true)",
      "I s(\"(\" 1 \")\", \"]\" , \",\" ) \"where\" (1 == 1) and not (not false)"};
  static const char bytes[] = "()[]{},.:=<>!+-*/\"\\ \n_aA0x1.5e#'&|\xC3\xFF\0;where not and or nil true";

  char text[256];
  for (int round = 0; round < 10000; round++) {
    const char *seed = seeds[mutate_next(&random, OTTL_COUNT(seeds))];
    size_t n = strlen(seed);
    memcpy(text, seed, n);
    for (size_t edits = 1 + mutate_next(&random, 6); edits-- > 0 && n > 2;) {
      size_t at = mutate_next(&random, n);
      switch (mutate_next(&random, 4)) {
      case 0: text[at] = bytes[mutate_next(&random, sizeof bytes - 1)]; break;
      case 1: memmove(text + at, text + at + 1, --n - at); break;
      case 2:
        memmove(text + at + 1, text + at, n++ - at);
        text[at] = bytes[mutate_next(&random, sizeof bytes - 1)];
        break;
      default: {
        size_t from = mutate_next(&random, n), len = mutate_next(&random, 12);
        if (from + len <= n && at + len <= n) memmove(text + at, text + from, len);
      }
      }
    }
    if (mutate_next(&random, 8) == 0) n = mutate_next(&random, n + 1);
    parsed p;
    parse(&p, (ottl_parse_entry)mutate_next(&random, 3), view_of(text, n),
          (uint32_t)(mutate_next(&random, 2) ? 0 : 1 + mutate_next(&random, 4)));
    if (p.root) {
      check_spans(p.root, n);
      ottl__tree_print(p.root, &p.text);
    }
    for (int format = 0; format < 3; format++)
      assert_int_equal(ottl_diags_render(p.diags, (ottl_diags_format)format, format & 1, append, &p.text), OTTL_OK);
    done(&p);
  }
}

static long left;
static void *fail_alloc(void *context, size_t bytes) {
  (void)context;
  return left-- > 0 ? malloc(bytes) : NULL;
}
static void *fail_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  (void)context, (void)old_bytes;
  return left-- > 0 ? realloc(old, bytes) : NULL;
}
static void fail_free(void *context, void *memory, size_t bytes) {
  (void)context, (void)bytes;
  free(memory);
}
static void test_memory(void **state) {
  (void)state;
  static const char source[] =
      "f({\"a\": 1 \"b\": [1, {}],}, (a, _) => a == 1, 0x00ff, F O O, ToX, -(1 + 2) * 3) where \"\\n\" == (((((true";
  ottl_allocator al = {fail_alloc, fail_realloc, fail_free, NULL};
  ottl_status status = OTTL_NOMEM;
  for (long n = 0; status == OTTL_NOMEM; n++) {
    assert_true(n < 1000);
    ottl_arena arena;
    ottl__arena_init(&arena, &al, 64);
    ottl_node *root = NULL;
    left = n;
    status = ottl__parse(&arena, S, VIEW(source), 0, 0, NULL, &root);
    if (status == OTTL_NOMEM) assert_null(root);
    ottl__arena_done(&arena);
  }
  assert_int_equal(status, OTTL_COMPILE);
}

static void test_split(void **state) {
  (void)state;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_arena arena;
  ottl__arena_init(&arena, &al, 0);
  static const char file[] = "\xEF\xBB\xBF# rules\n"
                             "set(a, 1)\r\n"
                             "context : log\n"
                             "set(b,\n"
                             "  # why\n"
                             "\n"
                             "  2)  \n"
                             "    where c\n"
                             "context: x y\n"
                             "context: span_event\n"
                             "  f()";
  ottl_pieces p;
  assert_int_equal(ottl__split(&arena, VIEW(file), &p), OTTL_OK);
  assert_int_equal(p.n, 4);
  assert_true(view_is(p.items[0].text, "set(a, 1)"));
  assert_int_equal(p.items[0].context.len, 0);
  assert_int_equal(p.items[0].line, 2);
  assert_true(view_is(p.items[1].text, "set(b,\n       \n\n  2)  \n    where c"));
  assert_true(view_is(p.items[1].context, "log"));
  assert_int_equal(p.items[1].line, 4);
  assert_memory_equal(file + p.items[1].offset, "set(b,", 6);
  assert_true(view_is(p.items[2].text, "context: x y")); /* left to the parser */
  assert_true(view_is(p.items[3].text, "f()"));
  assert_true(view_is(p.items[3].context, "span_event"));
  assert_int_equal(p.items[3].column, 3);
  assert_int_equal(p.items[3].line, 11);
  assert_int_equal(ottl__split(&arena, (ottl_view){NULL, 0}, &p), OTTL_OK);
  assert_int_equal(p.n, 0);
  ottl__arena_done(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_keywords),  cmocka_unit_test(test_literals), cmocka_unit_test(test_trees),
      cmocka_unit_test(test_errors),    cmocka_unit_test(test_texts),    cmocka_unit_test(test_nesting),
      cmocka_unit_test(test_mutations), cmocka_unit_test(test_memory),   cmocka_unit_test(test_split)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
