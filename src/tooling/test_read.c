/* Files of cases: what every case has, and what holds for all of them. */
#include "tooling/test.h"

#include "base/map.h"
#include "sema/sema.h"

const char *const ottl__test_key_names[TEST_N_KEYS] = {
#define KEY(id, name, where) name,
    TEST_KEYS(KEY)
#undef KEY
};

enum { F = 1, C = 2, FC = 3 };
static const uint8_t places[TEST_N_KEYS] = {
#define KEY(id, name, where) where,
    TEST_KEYS(KEY)
#undef KEY
};

static test_key find_key(ottl_view name) {
  unsigned i = 0;
  while (i < TEST_N_KEYS && !view_is(name, ottl__test_key_names[i])) i++;
  return (test_key)i;
}

static void unknown_key(cfg_reader *r, const cfg_node *kid, unsigned where, test_key key) {
  const char *what = where == F ? "a file of cases" : "a case";
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_UNKNOWN_KEY, cfg_key_span(r, kid), "%s has no key `%.*s`", what, VIEW_ARG(kid->key));
  if (key != TEST_N_KEYS) {
    ottl__diag_help(d, where == F ? "it belongs to a case, below `cases`" : "it belongs to the file, beside `cases`");
    return;
  }
  sema_guess guess = ottl__guess(kid->key);
  for (unsigned i = 0; i < TEST_N_KEYS; i++) {
    if (places[i] & where) ottl__guess_try(&guess, ottl__test_key_names[i]);
  }
  if (!guess.name) return;
  ottl__diag_help(d, "did you mean `%s`?", guess.name);
  ottl__diag_fix(d, cfg_key_span(r, kid), view_str(guess.name));
}

static void read_fields(cfg_reader *r, const cfg_node *map, unsigned where, test_fields ret) {
  CFG_EACH(map, kid) {
    test_key key = find_key(kid->key);
    if (key == TEST_N_KEYS || !(places[key] & where))
      unknown_key(r, kid, where, key);
    else
      ret[key] = kid;
  }
}

/* Keys of which one may be there. */
static void only_one(cfg_reader *r, const test_fields f, const test_key *keys, size_t n) {
  const cfg_node *first = NULL;
  for (size_t i = 0; i < n; i++) {
    const cfg_node *kid = f[keys[i]];
    if (!kid) continue;
    if (first) {
      ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_key_span(r, kid), "`%.*s` and `%.*s` do not go together",
                                    VIEW_ARG(first->key), VIEW_ARG(kid->key));
      ottl__diag_label(d, cfg_key_span(r, first), "here is the other one");
    }
    first = kid;
  }
}

static void check_conflicts(cfg_reader *r, const test_fields f) {
  static const test_key policies[] = {TEST_STATEMENTS, TEST_CONDITIONS, TEST_STATEMENTS_FILE, TEST_CONDITIONS_FILE, TEST_CONFIG};
  static const test_key inputs[] = {TEST_INPUT, TEST_INPUT_FILE}, outputs[] = {TEST_EXPECT, TEST_EXPECT_FILE};
  only_one(r, f, policies, OTTL_COUNT(policies));
  only_one(r, f, inputs, OTTL_COUNT(inputs));
  only_one(r, f, outputs, OTTL_COUNT(outputs));
}

static void read_case(ottl_test *t, const cfg_node *node, test_case *ret, ottl_map *names) {
  cfg_reader *r = &t->r;
  ret->node = node;
  ret->line = ottl__cfg_line(r, node->begin);
  ret->name = VIEW("");
  if (node->kind != CFG_MAP) {
    CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "a case is a map, this is %s", ottl__cfg_kind_name(node));
    return;
  }
  read_fields(r, node, C, ret->f);
  check_conflicts(r, ret->f);
  const cfg_node *name = ret->f[TEST_NAME];
  if (!name || name->kind != CFG_STRING || !name->text.len) {
    CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, name ? name : node), "a case needs a `name`, a text that says what it is about");
    return;
  }
  ret->name = name->text;
  uint32_t twin = ottl__map_find(names, name->text);
  if (twin != OTTL_MAP_NONE) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_DUPLICATE_KEY, cfg_span(r, name), "another case has this name");
    ottl__diag_label(d, cfg_span(r, t->cases[twin].f[TEST_NAME]), "first here");
  }
  if (ottl__map_put(names, name->text, (uint32_t)(ret - t->cases)) != OTTL_OK) r->fatal = OTTL_NOMEM;
  if (!ret->f[TEST_INPUT] && !ret->f[TEST_INPUT_FILE])
    CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, name), "this case has no `input`");
}

static void read_cases(ottl_test *t, const cfg_node *root) {
  cfg_reader *r = &t->r;
  ottl_map names;
  if (root->kind != CFG_MAP) {
    ottl_diag_item *d =
        CFG_ERROR(r, CONFIG_KIND, cfg_span(r, root), "a file of cases is a map, this is %s", ottl__cfg_kind_name(root));
    ottl__diag_help(d, "it begins with what is tested, such as `statements_file: policy.ottl`, and has a list `cases:`");
    return;
  }
  read_fields(r, root, F, t->f);
  check_conflicts(r, t->f);
  const cfg_node *cases = t->f[TEST_CASES];
  if (!cases || cases->kind != CFG_LIST) {
    CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, cases ? cases : root), "a file of cases has a list `cases:`");
    return;
  }
  t->cases = arena_zero(&t->arena, ((size_t)cases->n + 1) * sizeof *t->cases);
  if (!t->cases) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  ottl__map_init(&names, &t->al);
  CFG_EACH(cases, kid) read_case(t, kid, &t->cases[t->n_cases++], &names);
  ottl__map_done(&names);
}

void ottl_test_options_init(ottl_test_options *options) { *options = (ottl_test_options){.struct_size = sizeof *options}; }

static ottl_status read_test(ottl_test *t, const char *text, size_t len) {
  static const ottl_config_options as_it_is = {.struct_size = sizeof as_it_is, .keep_variables = true};
  const cfg_node *root = NULL;
  ottl_config_options *options = arena_zero(&t->arena, sizeof *options);
  if (!options) return OTTL_NOMEM;
  *options = as_it_is;
  options->name = t->options.name;
  t->r.options = options;
  OTTL_TRY(ottl__cfg_tree(&t->file, &t->r, text, len, &root));
  read_cases(t, root);
  if (t->r.fatal) return t->r.fatal;
  return t->r.n_errors ? OTTL_COMPILE : OTTL_OK;
}

ottl_status ottl_test_parse(const char *text, size_t len, const ottl_test_options *options, ottl_test **ret_test,
                            ottl_diags **ret_diags) {
  ottl_test_options defaults;
  ottl_test_options_init(&defaults);
  const ottl_test_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if ((len && !text) || !ret_test || o->struct_size < sizeof *o) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_test *t = al_zero(&al, sizeof *t);
  if (!t) {
    ottl_diags_free(diags);
    return OTTL_NOMEM;
  }
  t->al = al;
  t->options = *o;
  ottl__arena_init(&t->arena, &al, (size_t)16 << 10);
  ottl__arena_init(&t->run, &al, (size_t)16 << 10);
  ottl__arena_init(&t->file.arena, &al, (size_t)16 << 10);
  ottl__sbuf_init(&t->message, &al);
  ottl__sbuf_init(&t->detail, &al);
  ottl__sbuf_init(&t->output, &al);
  t->r = (cfg_reader){.arena = &t->arena, .al = al, .diags = diags};
  ottl_status status = read_test(t, text ? text : "", len);
  t->r.diags = NULL;
  status = ottl__diags_give(diags, ret_diags, status);
  if (status != OTTL_OK) {
    ottl_test_free(t);
    return status;
  }
  *ret_test = t;
  return OTTL_OK;
}

void ottl_test_free(ottl_test *t) {
  if (!t) return;
  ottl_allocator al = t->al;
  ottl__test_policies_free(t);
  for (test_config *c = t->configs; c; c = c->next) ottl_config_free(c->config);
  for (size_t i = 0; i < t->n_cases; i++) al_free(&al, t->cases[i].edits, t->cases[i].cap_edits * sizeof *t->cases[i].edits);
  ottl_json_free(t->json);
  ottl__sbuf_done(&t->message);
  ottl__sbuf_done(&t->detail);
  ottl__sbuf_done(&t->output);
  ottl__arena_done(&t->file.arena);
  ottl__arena_done(&t->run);
  ottl__arena_done(&t->arena);
  al_free(&al, t, sizeof *t);
}

size_t ottl_test_cases(const ottl_test *t) { return t ? t->n_cases : 0; }

ottl_status ottl_test_case(const ottl_test *t, size_t i, ottl_test_case_info *ret) {
  if (!t || !ret || i >= t->n_cases) return OTTL_INVALID_ARG;
  const test_case *c = &t->cases[i];
  const cfg_node *skip = c->f[TEST_SKIP];
  bool runs = !skip || skip->kind == CFG_NULL || (skip->kind == CFG_BOOL && !skip->boolean);
  *ret = (ottl_test_case_info){.name = c->name, .line = c->line};
  if (!runs) ret->skip = skip->kind == CFG_STRING ? skip->text : VIEW("");
  return OTTL_OK;
}
