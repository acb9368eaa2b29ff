/* Explaining: hands what programs are made of to tooling/explain.h. */
#include "tooling/explain.h"
#include "api/profile.h"

void ottl_explain_options_init(ottl_explain_options *options) {
  *options = (ottl_explain_options){.struct_size = sizeof *options};
}

static ottl_status take_code(ottl_arena *arena, const ottl_program *p, size_t i, const exec_profile *profile, explain_code *ret) {
  ottl_code *code = arena_zero(arena, sizeof *code);
  if (!code) return OTTL_NOMEM;
  OTTL_TRY(ottl__program_debug(p, i, arena, code, &ret->debug));
  uint32_t n = explain_parts(code);
  uint32_t *number = arena_array(arena, (size_t)n + 1, sizeof *number);
  if (!number) return OTTL_NOMEM;
  for (uint32_t k = 0; k < n; k++) {
    program_origin from = {p->groups[i], k - code->n_conditions};
    if (k < code->n_conditions) from = ottl__program_origin(p, i, k);
    number[k] = p->kind == OTTL_KIND_ROUTE ? from.group : from.condition;
  }
  ret->checked = &p->checked[i];
  ret->code = code;
  ret->meter = profile ? profile->meters[i] : NULL;
  ret->group = code->n_conditions ? ottl__program_origin(p, i, 0).group : p->groups[i];
  ret->number = number;
  return OTTL_OK;
}

static ottl_status take_program(ottl_arena *arena, const ottl_explain_program *from, explain_program *ret) {
  const ottl_program *p = from->program;
  const exec_profile *profile = from->exec ? from->exec->profile : NULL;
  *ret = (explain_program){.name = from->name,
                           .kind = p->kind,
                           .signal = p->signal,
                           .flatten = p->flatten,
                           .sources = p->sources,
                           .first_source = p->first_source,
                           .n_sources = p->n_sources,
                           .n_codes = (uint32_t)p->n_groups,
                           .profiled = profile != NULL,
                           .total = {.struct_size = sizeof ret->total}};
  if (profile) OTTL_TRY(ottl_profile_total(from->exec, &ret->total));
  ret->codes = arena_zero(arena, (p->n_groups + 1) * sizeof *ret->codes);
  if (!ret->codes) return OTTL_NOMEM;
  for (size_t i = 0; i < p->n_groups; i++) OTTL_TRY(take_code(arena, p, i, profile, &ret->codes[i]));
  return OTTL_OK;
}

static ottl_status write_out(explain *x, const ottl_allocator *al, ottl_explain_write write, void *context) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, al);
  ottl_status status = OTTL_OK;
  switch (x->options->format) {
  case OTTL_EXPLAIN_JSON: ottl__explain_json(x, &out); break;
  case OTTL_EXPLAIN_SVG: status = ottl__explain_svg(x, &out); break;
  default: ottl__explain_text(x, &out); break;
  }
  if (status == OTTL_OK) status = sbuf_status(&out);
  if (status == OTTL_OK && out.len) write(context, out.data, out.len);
  ottl__sbuf_done(&out);
  return status;
}

ottl_status ottl_explain(const ottl_explain_program *programs, size_t n, const ottl_explain_options *options,
                         ottl_explain_write write, void *context) {
  ottl_explain_options defaults;
  ottl_explain_options_init(&defaults);
  const ottl_explain_options *o = options ? options : &defaults;
  if ((n && !programs) || !write || o->struct_size < sizeof *o || (unsigned)o->format > OTTL_EXPLAIN_SVG) return OTTL_INVALID_ARG;
  for (size_t i = 0; i < n; i++) {
    const ottl_exec *exec = programs[i].exec;
    if (!programs[i].program || (exec && (exec->program != programs[i].program || !exec->profile))) return OTTL_INVALID_ARG;
    if (!exec != !programs[0].exec) return OTTL_INVALID_ARG;
  }
  if (o->format == OTTL_EXPLAIN_SVG && (!n || !programs[0].exec)) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_arena arena;
  ottl__arena_init(&arena, &al, (size_t)16 << 10);
  explain x = {.arena = &arena, .options = o, .n = n, .passes = o->passes ? o->passes : 1};
  x.programs = arena_zero(&arena, (n + 1) * sizeof *x.programs);
  ottl_status status = x.programs ? OTTL_OK : OTTL_NOMEM;
  for (size_t i = 0; i < n && status == OTTL_OK; i++) status = take_program(&arena, &programs[i], &x.programs[i]);
  if (status == OTTL_OK) status = ottl__explain_tree(&x);
  if (status == OTTL_OK) status = write_out(&x, &al, write, context);
  ottl__arena_done(&arena);
  return status;
}
