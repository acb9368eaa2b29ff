/* Configurations: reading them, and their processors as programs. */
#include "config/config.h"
#include "api/api.h"
#include "sema/narrow.h"
#include "sema/tables.h"

void ottl_config_options_init(ottl_config_options *options) { *options = (ottl_config_options){.struct_size = sizeof *options}; }

static ottl_status read_config(ottl_config *c, cfg_reader *r, const char *text, size_t len, bool *ret_formed) {
  const cfg_node *root = NULL;
  OTTL_TRY(ottl__cfg_tree(c, r, text, len, &root));
  if (!r->options->keep_variables) root = ottl__cfg_expand(r, root);
  if (root) ottl__cfg_form(c, r, root);
  if (r->fatal) return r->fatal;
  *ret_formed = root != NULL;
  return r->n_errors ? OTTL_COMPILE : OTTL_OK;
}

ottl_status ottl_config_parse(const char *text, size_t len, const ottl_config_options *options, ottl_config **ret_config,
                              ottl_diags **ret_diags) {
  ottl_config_options defaults;
  ottl_config_options_init(&defaults);
  const ottl_config_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if ((len && !text) || !ret_config || o->struct_size < sizeof *o || (unsigned)o->form > OTTL_CONFIG_ROUTING)
    return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_config *c = al_zero(&al, sizeof *c);
  if (!c) {
    ottl_diags_free(diags);
    return OTTL_NOMEM;
  }
  c->al = al;
  ottl__arena_init(&c->arena, &al, (size_t)16 << 10);
  cfg_reader r = {.arena = &c->arena, .al = al, .diags = diags, .options = o};
  bool formed = false;
  ottl_status status = read_config(c, &r, text ? text : "", len, &formed);
  status = ottl__diags_give(diags, ret_diags, status);
  if (status == OTTL_OK || (status == OTTL_COMPILE && formed && o->keep_going))
    *ret_config = c;
  else
    ottl_config_free(c);
  return status;
}

void ottl_config_free(ottl_config *c) {
  if (!c) return;
  ottl_allocator al = c->al;
  ottl__arena_done(&c->arena);
  al_free(&al, c, sizeof *c);
}

size_t ottl_config_processors(const ottl_config *c) { return c ? c->n_processors : 0; }

ottl_status ottl_config_processor(const ottl_config *c, size_t processor, ottl_config_processor_info *ret) {
  if (!c || !ret || processor >= c->n_processors) return OTTL_INVALID_ARG;
  const cfg_processor *p = &c->processors[processor];
  *ret = (ottl_config_processor_info){p->name, (ottl_processor_type)p->type, p->line};
  return OTTL_OK;
}

size_t ottl_config_pipelines(const ottl_config *c) { return c ? c->n_pipelines : 0; }

ottl_status ottl_config_pipeline(const ottl_config *c, size_t pipeline, ottl_config_pipeline_info *ret) {
  if (!c || !ret || pipeline >= c->n_pipelines) return OTTL_INVALID_ARG;
  const cfg_pipeline *p = &c->pipelines[pipeline];
  *ret = (ottl_config_pipeline_info){p->name, p->signal, p->processors, p->n_processors, p->n_others};
  return OTTL_OK;
}

/* -- programs -- */

static ottl_compile_options options_for(const cfg_processor *p, int signal, const ottl_compile_options *base) {
  ottl_compile_options o = *base;
  bool filter = p->type == OTTL_PROCESSOR_FILTER;
  o.kind = filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  o.functions = filter ? OTTL_FUNCTIONS_FILTER : OTTL_FUNCTIONS_TRANSFORM;
  o.signal = ottl__cfg_signals[signal].signal;
  o.paths = OTTL_PATHS_EITHER;
  o.flatten = !filter && (o.flatten || (p->flatten && signal == CFG_LOGS)); /* the collector flattens logs alone */
  return o;
}

static ottl_status tell_problem(const ottl_config *c, const cfg_part *part, ottl_diags *diags) {
  uint32_t source = ottl__diags_source(diags, c->name, c->text, 1, 1, 0);
  ottl__diag_add(diags, part->problem_code, (ottl_span){source, part->problem->begin, part->problem->end}, "%.*s",
                 VIEW_ARG(part->problem_text));
  return part->problem_code == DIAG_UNSUPPORTED ? OTTL_UNSUPPORTED : OTTL_COMPILE;
}

const ottl_expr *ottl__lint_can_fail(const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (ottl__lint_likely_fails(g->conditions[i])) return g->conditions[i];
  }
  for (uint32_t i = 0; i < g->n_statements; i++) {
    const ottl_checked_statement *st = &g->statements[i];
    if (st->where && ottl__lint_likely_fails(st->where)) return st->where;
    if (ottl__lint_likely_fails(st->call)) return st->call;
  }
  return NULL;
}

void ottl__lint_propagate(const ottl_config *c, const cfg_node *mode, const ottl_expr *fails, bool explain, ottl_diags *diags) {
  if (!fails && !explain) return;
  uint32_t source = ottl__diags_source(diags, c->name, c->text, 1, 1, 0);
  ottl_diag_item *d = ottl__diag_add(diags, DIAG_CONFIG_PROPAGATE, (ottl_span){source, mode->begin, mode->end},
                                     "one record that fails costs the whole batch");
  if (fails) {
    ottl__diag_label(d, (ottl_span){fails->source_id, fails->begin, fails->end}, "this can fail");
    ottl__diag_help(d, "write `ignore`, or guard what can fail (`--may-fail` says how)");
  } else {
    ottl__diag_severity(d, OTTL_SEVERITY_NOTE); /* nothing does, as far as is known */
    ottl__diag_help(d, "write `ignore`");
  }
}

/* Told once for each place where it is written: where something can fail, if it can. */
static void lint_modes(const ottl_config *c, const cfg_part *part, const ottl_program *program, bool explain, ottl_diags *diags) {
  for (size_t i = 0; i < program->n_groups; i++) {
    const cfg_node *mode = part->modes[program->groups[i]];
    if (program->checked[i].error_mode != OTTL_ERROR_PROPAGATE || !mode) continue;
    bool first = true;
    for (size_t k = 0; k < i; k++) first &= part->modes[program->groups[k]] != mode;
    if (!first) continue;
    const ottl_expr *fails = NULL;
    for (size_t k = i; k < program->n_groups && !fails; k++) {
      if (part->modes[program->groups[k]] == mode) fails = ottl__lint_can_fail(&program->checked[k]);
    }
    ottl__lint_propagate(c, mode, fails, explain, diags);
  }
}

static void lint_old_key(const ottl_config *c, const cfg_part *part, int signal, ottl_diags *diags) {
  if (!part->old) return;
  uint32_t source = ottl__diags_source(diags, c->name, c->text, 1, 1, 0);
  ottl_diag_item *d = ottl__diag_add(diags, DIAG_CONFIG_DEPRECATED, (ottl_span){source, part->old->key_begin, part->old->key_end},
                                     "`%.*s` is deprecated", VIEW_ARG(part->old->key));
  ottl__diag_help(d, "write `%s_conditions`", ottl__cfg_signals[signal].prefix);
}

/* Nobody wrote what match properties become: only what keeps it from compiling is told. */
typedef struct told_before {
  size_t n, seen;
} told_before;

static bool keep_errors(void *context, ottl_diag *d) {
  told_before *t = context;
  return t->seen++ < t->n || d->severity == OTTL_SEVERITY_ERROR;
}

/* All signals are compiled; the program of the one that is wanted is kept. */
static ottl_status compile_parts(const ottl_config *c, const cfg_processor *p, int wanted, const ottl_compile_options *base,
                                 ottl_diags *diags, ottl_program **ret) {
  ottl_status status = OTTL_OK;
  for (int s = 0; s < CFG_SIGNALS && status != OTTL_NOMEM; s++) {
    const cfg_part *part = &p->parts[s];
    if (ottl__cfg_signals[s].signal == OTTL_SIGNAL_NONE || (s != wanted && !part->n_groups)) continue;
    if (s == wanted && part->problem) status = ottl__worse_status(status, tell_problem(c, part, diags));
    if (part->problem) continue;
    ottl_compile_options o = options_for(p, s, base);
    /* What is not going to run is checked whole. */
    if (s != wanted && ottl__cfg_signals[s].signal == OTTL_SIGNAL_PROFILES) o.experimental = true;
    if (part->matched) o.lint = o.explain = false;
    told_before before = {.n = diags ? diags->n : 0};
    ottl_program *program = NULL;
    status = ottl__worse_status(status, ottl__program_compile(part->groups, part->n_groups, &o, diags, &program));
    if (part->matched) ottl_diags_revise(diags, keep_errors, &before);
    if (program && o.lint) lint_modes(c, part, program, o.explain, diags);
    if (base->lint && base->explain) lint_old_key(c, part, s, diags);
    if (s == wanted) {
      *ret = program;
    } else {
      ottl_program_free(program);
    }
  }
  return status;
}

ottl_status ottl_config_compile(const ottl_config *c, size_t processor, ottl_signal signal, const ottl_compile_options *options,
                                ottl_program **ret_program, ottl_diags **ret_diags) {
  ottl_compile_options defaults;
  ottl_compile_options_init(&defaults);
  const ottl_compile_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if (!c || processor >= c->n_processors || !ret_program || o->struct_size < sizeof *o) return OTTL_INVALID_ARG;
  int wanted = 0;
  while (wanted < CFG_SIGNALS && ottl__cfg_signals[wanted].signal != signal) wanted++;
  if (wanted == CFG_SIGNALS || signal == OTTL_SIGNAL_NONE) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  ottl_program *program = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_status status = compile_parts(c, &c->processors[processor], wanted, o, diags, &program);
  status = ottl__diags_give(diags, ret_diags, status);
  if (status != OTTL_OK) {
    ottl_program_free(program);
    return status;
  }
  *ret_program = program;
  return OTTL_OK;
}

/* -- OTTL of components that are not run -- */

size_t ottl_config_others(const ottl_config *c) { return c ? c->n_others : 0; }

ottl_status ottl_config_other(const ottl_config *c, size_t other, ottl_config_other_info *ret) {
  if (!c || !ret || other >= c->n_others) return OTTL_INVALID_ARG;
  *ret = (ottl_config_other_info){c->others[other].name, c->others[other].section, c->others[other].line};
  return OTTL_OK;
}

ottl_status ottl_config_other_check(const ottl_config *c, size_t other, const ottl_compile_options *options,
                                    ottl_diags **ret_diags) {
  ottl_compile_options defaults;
  ottl_compile_options_init(&defaults);
  const ottl_compile_options *base = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if (!c || other >= c->n_others || base->struct_size < sizeof *base) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(base->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_status status = OTTL_OK;
  for (int use = 0; use < CFG_USES && status != OTTL_NOMEM; use++) {
    const cfg_part *part = &c->others[other].parts[use];
    for (size_t i = 0; i < part->n_groups && status != OTTL_NOMEM; i++) {
      ottl_compile_options o = *base;
      ottl_program *program = NULL;
      ottl__cfg_other_options((cfg_use)use, part->groups[i].context, &o);
      status = ottl__worse_status(status, ottl__program_compile(&part->groups[i], 1, &o, diags, &program));
      ottl_program_free(program);
    }
  }
  return ottl__diags_give(diags, ret_diags, status);
}
