/* What a case tests: statements or conditions, of its own or of a file, or processors of a collector's configuration, as programs. */
#include "tooling/test.h"

#include "sema/sema.h"
#include "tooling/groups.h"

#define MOST_SHARED 64 /* policies that are kept for other cases */

/* -- options -- */

static bool read_flag(test_run *t, test_key key) {
  bool value = false;
  ottl__cfg_bool(t->r, test_field(t, key), ottl__test_key_names[key], &value);
  return value;
}

/* One of `names`, which end with NULL, as its number; -1: not given, or told. */
static int read_choice(test_run *t, test_key key, const char *const *names) {
  const cfg_node *node = test_field(t, key);
  const char *text = ottl__test_text(t, key);
  if (!text) return -1;
  sema_guess guess = ottl__guess(view_str(text));
  for (int i = 0; names[i]; i++) {
    if (strcmp(text, names[i]) == 0) return i;
    ottl__guess_try(&guess, names[i]);
  }
  ottl_diag_item *d =
      CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "`%s` is no value of `%s`", text, ottl__test_key_names[key]);
  if (guess.name) {
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
  } else {
    ottl__diag_help(d, "it takes %s%s%s%s%s%s", names[0], names[1] ? ", " : "", names[1] ? names[1] : "",
                    names[1] && names[2] ? ", " : "", names[1] && names[2] ? names[2] : "",
                    names[1] && names[2] && names[3] ? " ..." : "");
  }
  return -1;
}

static ottl_signal given_signal(test_run *t) {
  static const char *const names[] = {"logs", "traces", "metrics", NULL};
  return (ottl_signal)(read_choice(t, TEST_SIGNAL, names) + 1);
}

static void compile_options(test_run *t, bool filter, ottl_compile_options *ret) {
  static const char *const names[] = {"keep", "atomic", "rollback", NULL};
  ottl_compile_options_init(ret);
  ret->allocator = &t->test->al;
  ret->kind = filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  ret->experimental = read_flag(t, TEST_EXPERIMENTAL);
  if (filter) return;
  ret->on_failure = (ottl_on_failure)(read_choice(t, TEST_ON_FAILURE, names) + 1);
  ret->flatten = read_flag(t, TEST_FLATTEN);
}

/* -- statements and conditions -- */

static bool add_step(test_run *t, const char *name, const ottl_group *groups, size_t n) {
  test_step *steps = arena_zero(t->arena, (t->n_steps + 1) * sizeof *steps);
  if (!steps) {
    t->r->fatal = OTTL_NOMEM;
    return false;
  }
  if (t->n_steps) memcpy(steps, t->steps, t->n_steps * sizeof *steps);
  steps[t->n_steps++] = (test_step){.name = name, .groups = groups, .n_groups = n};
  t->steps = steps;
  return true;
}

/* The outcome of a compilation; the diagnostics go to the result if it failed. */
static bool compiled(test_run *t, ottl_status status, ottl_diags *diags, const char *what) {
  if (status == OTTL_OK) {
    ottl_diags_free(diags);
    return true;
  }
  if (status == OTTL_NOMEM || status == OTTL_INTERNAL || status == OTTL_INVALID_ARG) {
    ottl_diags_free(diags);
    t->r->fatal = status == OTTL_NOMEM ? OTTL_NOMEM : OTTL_INTERNAL;
    return false;
  }
  ottl_diags_free(t->diags);
  t->r->diags = t->diags = diags;
  ottl__test_broken(t, "the %s do not compile", what);
  return false;
}

static bool is_filter(const test_run *t, const cfg_node *source) {
  return source == test_field(t, TEST_CONDITIONS) || source == test_field(t, TEST_CONDITIONS_FILE);
}

/* A list of statements: one group. */
static bool list_groups(test_run *t, const cfg_node *list, bool filter, ottl_error_mode mode, ottl_group **ret, size_t *ret_n) {
  const char *what = filter ? "conditions" : "statements";
  ottl_group *g = arena_zero(t->arena, sizeof *g);
  ottl_snippet *snippets = NULL;
  size_t n = 0;
  if (!g) t->r->fatal = OTTL_NOMEM;
  if (!g || !ottl__cfg_strings(t->r, list, what, &snippets, &n)) return false;
  *g = (ottl_group){.struct_size = sizeof *g, .error_mode = mode};
  *(filter ? &g->conditions : &g->statements) = snippets;
  *(filter ? &g->n_conditions : &g->n_statements) = n;
  *ret = g;
  *ret_n = 1;
  return true;
}

static bool text_groups(test_run *t, const cfg_node *source, bool filter, ottl_error_mode mode, ottl_group **ret, size_t *ret_n) {
  ottl_snippet at = {0};
  ottl_view text = source->text;
  if (source == test_field(t, TEST_STATEMENTS_FILE) || source == test_field(t, TEST_CONDITIONS_FILE)) {
    const char *path = ottl__test_text(t, filter ? TEST_CONDITIONS_FILE : TEST_STATEMENTS_FILE);
    if (!path || !ottl__test_file(t, source, path, &text, &at.name)) return false;
  } else if (source->kind == CFG_LIST) {
    return list_groups(t, source, filter, mode, ret, ret_n);
  } else if (source->kind != CFG_STRING) {
    CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, source), "`%s` is a list, or a text with one a line, this is %s",
              filter ? "conditions" : "statements", ottl__cfg_kind_name(source));
    return false;
  } else {
    at = ottl__cfg_snippet(t->r, source, source->text);
  }
  ottl_status status = ottl__text_groups(t->arena, text, &at, filter, mode, ret, ret_n);
  if (status != OTTL_OK) t->r->fatal = status;
  return status == OTTL_OK;
}

/* What no case reaches counts as well: a program that did not run. */
static void note_unused(test_run *t, const ottl_program *program) {
  ottl_exec_options options;
  ottl_exec *exec = NULL;
  if (!t->test->options.coverage || !program) return;
  ottl_exec_options_init(&options);
  options.allocator = &t->test->al;
  ottl_status status = ottl_exec_create(program, &options, &exec);
  if (status == OTTL_OK) status = ottl_exec_profile(exec, true);
  if (status == OTTL_OK) status = ottl_coverage_add(t->test->options.coverage, exec);
  if (status != OTTL_OK) t->r->fatal = status;
  ottl_exec_free(exec);
}

/* The groups that are about the signal: a file may serve several. */
static size_t groups_of_signal(test_run *t, ottl_group *groups, size_t n, const ottl_compile_options *options) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    ottl_program *program = NULL;
    ottl_signal own = OTTL_SIGNAL_NONE;
    if (ottl_program_compile(&groups[i], 1, options, &program, NULL) == OTTL_OK) own = ottl_program_signal(program);
    if (own == OTTL_SIGNAL_NONE || own == t->signal)
      groups[kept++] = groups[i];
    else
      note_unused(t, program);
    ottl_program_free(program);
  }
  return kept;
}

static bool compile_text(test_run *t, const cfg_node *source) {
  bool filter = is_filter(t, source);
  ottl_error_mode mode = OTTL_ERROR_PROPAGATE;
  ottl_compile_options options;
  ottl_group *groups = NULL;
  size_t n = 0;
  ottl_diags *diags = NULL;
  ottl_program *program = NULL;
  compile_options(t, filter, &options);
  const cfg_node *mode_node = test_field(t, TEST_ERROR_MODE);
  const char *context = ottl__test_text(t, TEST_CONTEXT);
  if (!ottl__cfg_error_mode(t->r, mode_node, &mode) || !text_groups(t, source, filter, mode, &groups, &n) || t->r->n_errors)
    return false;
  for (size_t i = 0; i < n && context; i++) {
    if (!groups[i].context) groups[i].context = context;
  }
  ottl_status status = ottl_program_compile(groups, n, &options, &program, &diags);
  ottl_signal own = status == OTTL_OK ? ottl_program_signal(program) : OTTL_SIGNAL_NONE;
  if (t->signal == OTTL_SIGNAL_NONE) t->signal = own;
  bool sure;
  if (t->signal == OTTL_SIGNAL_NONE) t->signal = ottl__test_input_signal(t, &sure);
  if (t->signal == OTTL_SIGNAL_NONE) t->signal = OTTL_SIGNAL_LOGS; /* a file that does not tell */
  bool again = status != OTTL_OK || own != t->signal;
  if (again && n > 1) n = groups_of_signal(t, groups, n, &options);
  if (again) {
    ottl_program_free(program);
    ottl_diags_free(diags);
    program = NULL;
    diags = NULL;
    options.signal = t->signal;
    status = ottl_program_compile(groups, n, &options, &program, &diags);
  }
  if (!compiled(t, status, diags, filter ? "conditions" : "statements")) return false;
  if (!add_step(t, NULL, groups, n)) {
    ottl_program_free(program);
    return false;
  }
  t->steps[t->n_steps - 1].program = program;
  return true;
}

/* -- processors -- */

static const char *env_of(void *context, const char *name) {
  const test_run *t = context;
  const cfg_node *env = test_field(t, TEST_ENV);
  CFG_EACH(env && env->kind == CFG_MAP ? env : NULL, kid) {
    if (view_is(kid->key, name)) return kid->text.data ? kid->text.data : "";
  }
  const ottl_test_options *o = &t->test->options;
  return o->env ? o->env(o->env_context, name) : NULL;
}

/* Statements of all processors; those that do not compile are told when a case names them. */
static void note_processors(test_run *t, const ottl_config *config) {
  for (size_t i = 0; t->test->options.coverage && i < config->n_processors; i++) {
    for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_METRICS; s++) {
      ottl_program *program = NULL;
      ottl_compile_options options;
      ottl_compile_options_init(&options);
      options.allocator = &t->test->al;
      if (ottl_config_compile(config, i, (ottl_signal)s, &options, &program, NULL) == OTTL_OK) note_unused(t, program);
      ottl_program_free(program);
    }
  }
}

static ottl_config *open_config(test_run *t, const cfg_node *node, const char *path) {
  ottl_test *test = t->test;
  const cfg_node *env = test_field(t, TEST_ENV);
  for (test_config *c = test->configs; c; c = c->next) {
    if (view_is(c->path, path) && c->env == env) return c->config;
  }
  ottl_view text;
  ottl_config_options options;
  ottl_diags *diags = NULL;
  ottl_config *config = NULL;
  ottl_config_options_init(&options);
  options.allocator = &test->al;
  options.env = env_of;
  options.env_context = t;
  options.flatten_logs = true;
  if (!ottl__test_file(t, node, path, &text, &options.name)) return NULL;
  ottl_status status = ottl_config_parse(text.data, text.len, &options, &config, &diags);
  if (!compiled(t, status, diags, "processors")) return NULL;
  test_config *c = arena_zero(&test->arena, sizeof *c);
  if (c) *c = (test_config){test->configs, arena_copy(&test->arena, path, strlen(path)), env, config};
  if (!c || !c->path.data) {
    ottl_config_free(config);
    t->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  test->configs = c;
  note_processors(t, config);
  return config;
}

static bool find_processor(test_run *t, const ottl_config *config, const char *path, const cfg_node *node, size_t *ret) {
  sema_guess guess = ottl__guess(node->text);
  if (node->kind != CFG_STRING) {
    CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, node), "`processor` is a name or a list of names, this is %s",
              ottl__cfg_kind_name(node));
    return false;
  }
  for (*ret = 0; *ret < config->n_processors; ++*ret) {
    ottl_view name = config->processors[*ret].name;
    if (view_eq(name, node->text)) return true;
    ottl_view copy = arena_copy(t->arena, name.data, name.len);
    if (copy.data) ottl__guess_try(&guess, copy.data);
  }
  ottl_diag_item *d =
      CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "%s has no processor `%.*s`", path, VIEW_ARG(node->text));
  if (guess.name)
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
  else
    ottl__diag_help(d, "transform and filter processors can be tested");
  return false;
}

static bool compile_processor(test_run *t, const ottl_config *config, size_t processor) {
  const cfg_processor *p = &config->processors[processor];
  const cfg_part *part = NULL;
  ottl_compile_options options;
  ottl_diags *diags = NULL;
  ottl_program *program = NULL;
  compile_options(t, p->type == OTTL_PROCESSOR_FILTER, &options);
  for (int s = 0; s < CFG_SIGNALS; s++) {
    if (ottl__cfg_signals[s].signal == t->signal) part = &p->parts[s];
  }
  ottl_view name = arena_copy(t->arena, p->name.data, p->name.len);
  if (!name.data) t->r->fatal = OTTL_NOMEM;
  if (!name.data || t->r->n_errors) return false;
  ottl_status status = ottl_config_compile(config, processor, t->signal, &options, &program, &diags);
  if (!compiled(t, status, diags, "processors")) return false;
  if (!add_step(t, name.data, part ? part->groups : NULL, part ? part->n_groups : 0)) {
    ottl_program_free(program);
    return false;
  }
  t->steps[t->n_steps - 1].program = program;
  return true;
}

/* Those of the first pipeline of the signal; without pipelines all of them. */
static bool compile_pipeline(test_run *t, const ottl_config *config, const char *path) {
  for (size_t i = 0; i < config->n_pipelines; i++) {
    const cfg_pipeline *p = &config->pipelines[i];
    if (p->signal != t->signal) continue;
    for (size_t k = 0; k < p->n_processors; k++) {
      if (!compile_processor(t, config, p->processors[k])) return false;
    }
    return true;
  }
  if (config->n_pipelines) {
    ottl__test_broken(t, "%s has no pipeline for this signal: name a `processor`", path);
    return false;
  }
  for (size_t i = 0; i < config->n_processors; i++) {
    if (!compile_processor(t, config, i)) return false;
  }
  return true;
}

static bool compile_config(test_run *t, const cfg_node *node, const char *path) {
  const cfg_node *names = test_field(t, TEST_PROCESSOR);
  bool sure, ok = true;
  ottl_config *config = open_config(t, node, path);
  if (!config) return false;
  if (t->signal == OTTL_SIGNAL_NONE) t->signal = ottl__test_input_signal(t, &sure);
  if (t->signal == OTTL_SIGNAL_NONE) t->signal = OTTL_SIGNAL_LOGS; /* a file that does not tell */
  if (!names) return compile_pipeline(t, config, path);
  const cfg_node *name = names->kind == CFG_LIST ? names->first : names;
  while (name && ok) {
    size_t i;
    ok = find_processor(t, config, path, name, &i) && compile_processor(t, config, i);
    name = names->kind == CFG_LIST ? name->next : NULL;
  }
  return ok;
}

/* -- which -- */

/* The case's own before the file's. */
static const cfg_node *find_source(const test_run *t) {
  static const test_key keys[] = {TEST_STATEMENTS,      TEST_CONDITIONS, TEST_STATEMENTS_FILE,
                                  TEST_CONDITIONS_FILE, TEST_CONFIG,     TEST_PROCESSOR};
  for (int i = 0; i < 2; i++) {
    const test_fields *f = i ? &t->test->f : &t->c->f;
    for (size_t k = 0; k < OTTL_COUNT(keys); k++) {
      if ((*f)[keys[k]]) return (*f)[keys[k]];
    }
  }
  return NULL;
}

static bool make_policy(test_run *t, const cfg_node *source) {
  const cfg_node *config = test_field(t, TEST_CONFIG);
  if (source && source != config && source != test_field(t, TEST_PROCESSOR)) return compile_text(t, source);
  if (!source || source == test_field(t, TEST_PROCESSOR)) {
    const char *path = config ? ottl__test_text(t, TEST_CONFIG) : t->test->options.config;
    if (path) return compile_config(t, source ? source : t->c->node, path);
    if (t->r->n_errors) return false;
    ottl__test_broken(t, source ? "it names a processor, and no `config` has it"
                                : "nothing says what is tested: `statements`, `statements_file`, `conditions`, "
                                  "`conditions_file` or `config`");
    return false;
  }
  const char *path = ottl__test_text(t, TEST_CONFIG);
  return path && compile_config(t, config, path);
}

/* -- sharing -- */

/* False: programs of the case are its own, there is no gain in keeping them. */
static bool key_of(const test_run *t, const cfg_node *source, ottl_signal guessed, test_policy_key *ret) {
  static const test_key keys[] = {TEST_CONTEXT,      TEST_ERROR_MODE, TEST_ON_FAILURE, TEST_FLATTEN,
                                  TEST_EXPERIMENTAL, TEST_CONFIG,     TEST_PROCESSOR,  TEST_ENV};
  static_assert(OTTL_COUNT(keys) + 1 == OTTL_COUNT(ret->nodes), "one node each");
  memset(ret, 0, sizeof *ret);
  ret->nodes[0] = source;
  for (size_t i = 0; i < OTTL_COUNT(keys); i++) ret->nodes[i + 1] = test_field(t, keys[i]);
  ret->signal = t->signal;
  ret->guessed = guessed;
  for (size_t i = 0; i < OTTL_COUNT(ret->nodes); i++) {
    if (ret->nodes[i] && ret->nodes[i]->begin >= t->c->node->begin && ret->nodes[i]->end <= t->c->node->end) return false;
  }
  return true;
}

static bool find_policy(test_run *t, const test_policy_key *key) {
  for (const test_policy *p = t->test->policies; p; p = p->next) {
    if (memcmp(&p->key, key, sizeof *key) != 0) continue;
    t->steps = p->steps;
    t->n_steps = p->n_steps;
    t->signal = p->signal;
    t->shared = true;
    return true;
  }
  return false;
}

static void keep_policy(test_run *t, const test_policy_key *key) {
  test_policy *p = arena_zero(&t->test->arena, sizeof *p);
  if (!p) return; /* then they are made again */
  *p = (test_policy){t->test->policies, *key, t->signal, t->steps, t->n_steps};
  t->test->policies = p;
  t->test->n_policies++;
  t->shared = true;
}

bool ottl__test_policy(test_run *t) {
  const cfg_node *source = find_source(t);
  test_policy_key key;
  bool sure = false;
  t->signal = given_signal(t);
  ottl_signal guessed = ottl__test_input_signal(t, &sure);
  if (t->signal == OTTL_SIGNAL_NONE && sure) t->signal = guessed;
  if (t->r->n_errors) return false;
  bool shares = key_of(t, source, guessed, &key);
  if (shares && find_policy(t, &key)) return true;
  shares &= t->test->n_policies < MOST_SHARED;
  t->arena = shares ? &t->test->arena : &t->test->run;
  t->r->arena = t->arena;
  bool ok = make_policy(t, source);
  t->r->arena = &t->test->run;
  if (ok && shares) keep_policy(t, &key);
  return ok;
}

static void free_programs(const test_step *steps, size_t n) {
  for (size_t i = 0; i < n; i++) ottl_program_free(steps[i].program);
}

void ottl__test_policy_done(test_run *t) {
  if (!t->shared) free_programs(t->steps, t->n_steps);
}

void ottl__test_policies_free(ottl_test *test) {
  for (const test_policy *p = test->policies; p; p = p->next) free_programs(p->steps, p->n_steps);
}
