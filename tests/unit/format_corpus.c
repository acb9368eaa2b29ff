/* Formatting against the corpus: whatever parses keeps its tree and its program, formatting again changes nothing, and how it was
 * spaced before does not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "config/node.h"
#include "syntax/parse.h"
#include "syntax/parser.h"
#include "syntax/split.h"
#include "unit/corpus.h"
#include "unit/format_help.h"
#include "unit/random_source.h"

static rnd chance = {17};
static unsigned long n_texts, n_left, n_programs, n_configs, n_scalars, n_files;

/* ---- trees ---- */

static ottl_arena arena;

typedef struct parsed {
  ottl_parse_entry entry;
  ottl_parsed_tokens tokens;
  char *tree; /* as text; freed by the caller */
} parsed;

static char *tree_text(ottl_parse_entry entry, ottl_view text, ottl_parsed_tokens *ret) {
  ottl_node *tree = NULL;
  ottl_sbuf out;
  if (ottl__parse_tokens(&arena, entry, text, 0, 0, NULL, &tree, ret) != OTTL_OK) return NULL;
  ottl__sbuf_init(&out, &arena.al);
  ottl__tree_print(tree, &out);
  sbuf_byte(&out, 0);
  return out.data;
}

static bool parse_any(ottl_view text, parsed *ret) {
  for (int entry = OTTL_ENTRY_STATEMENT; entry <= OTTL_ENTRY_VALUE; entry++) {
    ret->entry = (ottl_parse_entry)entry;
    ret->tree = tree_text(ret->entry, text, &ret->tokens);
    if (ret->tree) return true;
  }
  return false;
}

/* ---- other spacing ---- */

static bool is_bracket(const ottl_token *t) {
  return t->kind == TOK_LPAREN || t->kind == TOK_RPAREN || t->kind == TOK_LBRACK || t->kind == TOK_RBRACK ||
         t->kind == TOK_LBRACE || t->kind == TOK_RBRACE || t->kind == TOK_COMMA;
}

/* Pieces of one name: blanks between them are no mere layout when the pieces alone would be keywords. */
static bool is_name(const ottl_token *t) { return t->kind == TOK_LOWER || t->kind == TOK_UPPER; }

/* The tokens with other white space between them. comments: how many comment lines to put in; counts down. */
static void put_respaced(ottl_sbuf *out, ottl_view text, const ottl_parsed_tokens *tokens, unsigned *comments) {
  static const char *const blanks[] = {" ", "  ", "\t", "\n ", " \r\n\n   "};
  for (size_t i = 0; i < tokens->n; i++) {
    const ottl_token *t = &tokens->items[i], *before = i ? t - 1 : NULL;
    bool loose = before && (is_bracket(before) || is_bracket(t) || before->end != t->begin);
    bool apart = before && before->end != t->begin && !is_bracket(before) && !is_bracket(t);
    if (before && is_name(before) && is_name(t)) {
      sbuf_put(out, text.data + before->end, t->begin - before->end);
    } else if (loose && *comments && rnd_in(&chance, 10)) {
      ottl__sbuf_printf(out, "\n # %u\n  ", *comments);
      --*comments;
    } else if (apart || (loose && rnd_in(&chance, 40))) {
      sbuf_str(out, RND_PICK(&chance, blanks));
    }
    sbuf_put(out, text.data + t->begin, t->end - t->begin);
  }
}

/* ---- texts ---- */

static void same_text(const char *what, ottl_view text, const char *a, const char *b) {
  if (strcmp(a, b) != 0) fail_msg("%s: %.*s\ngives\n%s\nand\n%s", what, (int)text.len, text.data, a, b);
}

static void check_width(ottl_view text, const parsed *p, size_t width) {
  fmt_out out = fmt_text(OTTL_FORMAT_SNIPPET, OTTL_CONFIG_COLLECTOR, width, text.data, text.len);
  fmt_out again = fmt_text(OTTL_FORMAT_SNIPPET, OTTL_CONFIG_COLLECTOR, width, out.text, out.len);
  char *tree = tree_text(p->entry, (ottl_view){out.text, out.len}, NULL);
  if (out.status != OTTL_OK || !tree) fail_msg("%.*s\nbecame\n%s", (int)text.len, text.data, out.text);
  same_text("the tree", text, p->tree, tree);
  same_text("formatting twice", text, out.text, again.text);
  free(tree);
  free(again.text);
  free(out.text);
}

static void check_spacing(ottl_view text, const parsed *p) {
  ottl_sbuf other;
  unsigned none = 0;
  ottl__sbuf_init(&other, &arena.al);
  put_respaced(&other, text, &p->tokens, &none);
  fmt_out a = fmt_text(OTTL_FORMAT_SNIPPET, OTTL_CONFIG_COLLECTOR, 60, text.data, text.len);
  fmt_out b = fmt_text(OTTL_FORMAT_SNIPPET, OTTL_CONFIG_COLLECTOR, 60, other.data, other.len);
  assert_string_equal(a.code, b.code);
  if (a.code[0])
    n_left++;
  else
    same_text("other spacing", text, a.text, b.text);
  free(a.text);
  free(b.text);
  ottl__sbuf_done(&other);
}

static void check_text(const char *data, size_t len) {
  ottl_view text = {data, len};
  parsed p;
  ottl__arena_reset(&arena);
  if (len > 20000 || !parse_any(text, &p)) return;
  n_texts++;
  check_width(text, &p, 0);
  check_width(text, &p, 1);
  check_width(text, &p, 40);
  check_spacing(text, &p);
  free(p.tree);
}

static void check_strings(yyjson_val *v) {
  yyjson_val *key, *kid;
  size_t i, n;
  if (yyjson_is_str(v)) check_text(yyjson_get_str(v), yyjson_get_len(v));
  yyjson_arr_foreach(v, i, n, kid) check_strings(kid);
  yyjson_obj_foreach(v, i, n, key, kid) check_strings(kid);
}

/* ---- programs ---- */

static char *disassembled(ottl_program *program) {
  char *text = NULL;
  size_t len;
  if (program) assert_int_equal(ottl_program_disassemble(program, &text, &len), OTTL_OK);
  ottl_program_free(program); /* malloc is its allocator */
  return text;
}

static yyjson_mut_val *formatted(yyjson_mut_doc *doc, yyjson_val *text) {
  fmt_out out = fmt_text(OTTL_FORMAT_SNIPPET, OTTL_CONFIG_COLLECTOR, 30, yyjson_get_str(text), yyjson_get_len(text));
  yyjson_mut_val *v = yyjson_mut_strncpy(doc, out.text, out.len);
  free(out.text);
  return v;
}

static void check_program(yyjson_val *root) {
  yyjson_val *expr = yyjson_obj_get(root, "expr"), *statements = yyjson_obj_get(root, "statements"), *one;
  ottl_program *program = NULL, *other = NULL;
  size_t i, n;
  if ((!expr && !statements) || corpus_compile(root, expr, statements, &program) != OTTL_OK) return;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  yyjson_mut_doc_set_root(doc, list);
  if (expr) yyjson_mut_arr_append(list, formatted(doc, expr));
  yyjson_arr_foreach(statements, i, n, one) yyjson_mut_arr_append(list, formatted(doc, one));
  yyjson_doc *texts = yyjson_mut_doc_imut_copy(doc, NULL);
  assert_int_equal(corpus_compile(root, NULL, yyjson_doc_get_root(texts), &other), OTTL_OK);
  char *a = disassembled(program), *b = disassembled(other);
  assert_string_equal(a, b);
  n_programs++;
  free(a);
  free(b);
  yyjson_doc_free(texts);
  yyjson_mut_doc_free(doc);
}

/* ---- configurations ---- */

/* All values in a row, statements as trees. */
static void put_values(ottl_sbuf *out, const cfg_node *n) {
  ottl_parsed_tokens tokens;
  ottl__sbuf_printf(out, "%u %.*s=", n->kind, (int)n->key.len, n->key.data ? n->key.data : "");
  CFG_EACH(n->kind >= CFG_LIST ? n : NULL, kid) put_values(out, kid);
  if (n->kind >= CFG_LIST) return;
  char *tree = n->kind == CFG_STRING ? tree_text(OTTL_ENTRY_STATEMENT, n->text, &tokens) : NULL;
  if (!tree && n->kind == CFG_STRING) tree = tree_text(OTTL_ENTRY_CONDITION, n->text, &tokens);
  sbuf_view(out, tree ? view_str(tree) : n->text);
  sbuf_byte(out, '\n');
  free(tree);
}

static char *values_of(ottl_view text) {
  cfg_reader r = {.arena = &arena, .al = arena.al, .text = text};
  ottl_sbuf out;
  const cfg_node *root = ottl__cfg_read(&r, text);
  if (!root) return NULL;
  ottl__sbuf_init(&out, &arena.al);
  put_values(&out, root);
  sbuf_byte(&out, 0);
  return out.data;
}

static fmt_out check_config(ottl_config_form form, ottl_view text) {
  ottl__arena_reset(&arena);
  char *before = values_of(text);
  if (!before) fail_msg("no YAML: %.*s", (int)text.len, text.data);
  fmt_out out = fmt_text(OTTL_FORMAT_CONFIG, form, 0, text.data, text.len);
  fmt_out again = fmt_text(OTTL_FORMAT_CONFIG, form, 0, out.text, out.len);
  char *after = values_of((ottl_view){out.text, out.len});
  if (!after) fail_msg("%.*s\nis no YAML any more:\n%s", (int)text.len, text.data, out.text);
  same_text("the values", text, before, after);
  same_text("formatting twice", text, out.text, again.text);
  n_configs++;
  free(again.text);
  free(before);
  free(after);
  return out;
}

static void check_case_config(yyjson_val *root) {
  yyjson_val *config = yyjson_obj_get(root, "config"), *mode = yyjson_obj_get(root, "mode");
  if (!yyjson_is_obj(config)) return;
  for (int pretty = 0; pretty < 2; pretty++) {
    size_t len;
    char *text = yyjson_val_write(config, pretty ? YYJSON_WRITE_PRETTY : YYJSON_WRITE_NOFLAG, &len);
    fmt_out out = check_config(corpus_is(mode, "filter") ? OTTL_CONFIG_FILTER : OTTL_CONFIG_TRANSFORM, (ottl_view){text, len});
    free(out.text);
    free(text);
  }
}

/* Text that YAML can hold in any style. */
static bool is_easy(ottl_view text) {
  if (!text.len || text.data[0] == ' ' || text.data[text.len - 1] == ' ') return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] < ' ' || text.data[i] > '~') return false;
  }
  return true;
}

/* One item of a list: a statement in some style and spacing. */
static void put_item(ottl_sbuf *out, ottl_view text, const ottl_parsed_tokens *tokens) {
  cfg_style style = (cfg_style)rnd_below(&chance, 5);
  ottl_sbuf other;
  unsigned none = 0;
  ottl__sbuf_init(&other, &arena.al);
  put_respaced(&other, text, tokens, &none);
  size_t n = 0;
  for (size_t i = 0; i < other.len; i++) {
    if (other.data[i] == '\n' && style != CFG_LITERAL && style != CFG_DOUBLE_QUOTED) other.data[i] = ' ';
    if (other.data[i] != '\r' && other.data[i] != '\t') other.data[n++] = other.data[i];
    if (other.data[i] == '\t') other.data[n++] = ' ';
  }
  other.len = n;
  static const char *const heads[] = {"- ", "- '", "-   \"", "- |-\n    ", "- >-\n    "};
  sbuf_str(out, heads[style]);
  for (size_t i = 0; i < other.len; i++) {
    char c = other.data[i];
    if (c == '\'' && style == CFG_SINGLE_QUOTED) sbuf_byte(out, c);
    if ((c == '"' || c == '\\') && style == CFG_DOUBLE_QUOTED) sbuf_byte(out, '\\');
    if (c == '\n' && style == CFG_DOUBLE_QUOTED)
      sbuf_str(out, "\\n");
    else
      sbuf_byte(out, c);
    if (c == '\n' && style == CFG_LITERAL) sbuf_str(out, "    ");
  }
  sbuf_str(out, style == CFG_SINGLE_QUOTED ? "' # '\n" : style == CFG_DOUBLE_QUOTED ? "\"\n" : "\n");
  ottl__sbuf_done(&other);
}

/* Can it stand without quotes, however it is spaced? */
static bool is_simple(ottl_view text) { return !memchr(text.data, ':', text.len) && !memchr(text.data, '#', text.len); }

static void check_styles(yyjson_val *statements) {
  yyjson_val *one;
  size_t i, n;
  ottl_sbuf out;
  ottl__arena_reset(&arena);
  ottl__sbuf_init(&out, &arena.al);
  sbuf_str(&out, "log_statements:\n");
  unsigned long before = n_scalars;
  yyjson_arr_foreach(statements, i, n, one) {
    ottl_view text = {yyjson_get_str(one), yyjson_get_len(one)};
    parsed p;
    if (!is_easy(text) || !is_simple(text) || !parse_any(text, &p)) continue;
    if (p.entry == OTTL_ENTRY_STATEMENT) {
      put_item(&out, text, &p.tokens);
      n_scalars++;
    }
    free(p.tree);
  }
  if (n_scalars > before) {
    fmt_out formatted = check_config(OTTL_CONFIG_TRANSFORM, sbuf_all(&out));
    if (formatted.status != OTTL_OK) fail_msg("%.*s\ntold %s", (int)out.len, out.data, formatted.code);
    free(formatted.text);
  }
  ottl__sbuf_done(&out);
}

/* ---- files with comments ---- */

static unsigned count_comments(const char *text) {
  unsigned n = 0;
  for (; (text = strstr(text, " # ")); text += 3) n++;
  return n;
}

static void put_pieces(ottl_sbuf *out, ottl_view file) {
  ottl_pieces pieces;
  assert_int_equal(ottl__split(&arena, file, &pieces), OTTL_OK);
  for (size_t i = 0; i < pieces.n; i++) {
    ottl_parsed_tokens tokens;
    char *tree = tree_text(OTTL_ENTRY_STATEMENT, pieces.items[i].text, &tokens);
    sbuf_str(out, tree ? tree : "?");
    sbuf_byte(out, '\n');
    free(tree);
  }
  sbuf_byte(out, 0);
}

static void check_comments(yyjson_val *statements) {
  yyjson_val *one;
  size_t i, n;
  unsigned comments = 1000;
  ottl_sbuf file, before, after;
  ottl__arena_reset(&arena);
  ottl__sbuf_init(&file, &arena.al);
  ottl__sbuf_init(&before, &arena.al);
  ottl__sbuf_init(&after, &arena.al);
  yyjson_arr_foreach(statements, i, n, one) {
    ottl_view text = {yyjson_get_str(one), yyjson_get_len(one)};
    parsed p;
    if (!is_easy(text) || memchr(text.data, '#', text.len) || !parse_any(text, &p)) continue;
    if (p.entry == OTTL_ENTRY_STATEMENT) put_respaced(&file, text, &p.tokens, &comments);
    sbuf_byte(&file, '\n');
    free(p.tree);
  }
  sbuf_byte(&file, 0);
  fmt_out out = fmt_text(OTTL_FORMAT_FILE, OTTL_CONFIG_COLLECTOR, 60, file.data, file.len - 1);
  fmt_out again = fmt_text(OTTL_FORMAT_FILE, OTTL_CONFIG_COLLECTOR, 60, out.text, out.len);
  same_text("formatting twice", sbuf_all(&file), out.text, again.text);
  put_pieces(&before, (ottl_view){file.data, file.len - 1});
  put_pieces(&after, (ottl_view){out.text, out.len});
  same_text("the statements", sbuf_all(&file), before.data, after.data);
  if (!out.code[0]) { /* at the begin of a line they have no blank before them */
    unsigned lost = 1000 - comments, found = count_comments(out.text) + (out.text[0] == '#');
    for (const char *p = out.text; (p = strstr(p, "\n# ")); p++) found++;
    assert_int_equal(found, lost);
    n_files += lost > 0;
  }
  free(out.text);
  free(again.text);
  ottl__sbuf_done(&file);
  ottl__sbuf_done(&before);
  ottl__sbuf_done(&after);
}

/* ---- all of it ---- */

static void check_case(const char *line, size_t len) {
  yyjson_doc *doc = yyjson_read(line, len, YYJSON_READ_ALLOW_INVALID_UNICODE);
  yyjson_val *root = yyjson_doc_get_root(doc), *statements = yyjson_obj_get(root, "statements");
  check_strings(yyjson_obj_get(root, "expr"));
  check_strings(statements);
  check_strings(yyjson_obj_get(root, "config"));
  check_program(root);
  check_case_config(root);
  if (statements) {
    check_styles(statements);
    check_comments(statements);
  }
  yyjson_doc_free(doc);
}

static void check_line(const char *line, size_t len) {
  while (len && (line[len - 1] == '\n' || line[len - 1] == '\r')) len--;
  check_text(line, len);
}

static void the_corpus_stays(void **state) {
  (void)state;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__arena_init(&arena, &al, 0);
  assert_true(corpus_each("tests/conformance/cases/*/*.jsonl", check_case));
  assert_true(corpus_each("tests/conformance/own/*.jsonl", check_case));
  assert_true(corpus_each("tests/cases/*/*.case", check_line));
  assert_true(corpus_each("examples/*.ottl", check_line));
  assert_true(corpus_each("docs/*.md", check_line));
  printf(
      "%lu texts (%lu left as they are), %lu programs, %lu configurations, %lu statements in styles, %lu files with comments\n",
      n_texts, n_left, n_programs, n_configs, n_scalars, n_files);
  assert_true(n_texts > 15000 && n_programs > 10000 && n_configs > 5000 && n_scalars > 2000 && n_files > 500 && n_left < 100);
  ottl__arena_done(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_stays)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
