/* UserAgent. */
#include "funcs/handlers.h"
#include "funcs/uap.h"

static ottl_status agent_add(ottl_call *c, ottl_rowmap *map, const char *key, ottl_view value) {
  ottl_view copy = arena_copy(c->arena, value.data, value.len);
  ottl_entry *e = copy.data ? ottl__rowmap_push(c->arena, map, view_str(key)) : NULL;
  if (!e) return OTTL_NOMEM;
  entry_set(e, cell_string(copy));
  return OTTL_OK;
}

static ottl_status agent_map(ottl_call *c, const uap_answer *a, ottl_view agent, ottl_rowmap *map) {
  ottl_entry *e = ottl__rowmap_push(c->arena, map, VIEW("user_agent.original"));
  if (!e) return OTTL_NOMEM;
  entry_set(e, cell_string(agent));
  OTTL_TRY(agent_add(c, map, "user_agent.name", a->program));
  OTTL_TRY(agent_add(c, map, "user_agent.version", a->program_version));
  OTTL_TRY(agent_add(c, map, "os.name", a->system));
  return a->system_version.len ? agent_add(c, map, "os.version", a->system_version) : OTTL_OK;
}

ottl_status ottl__fn_user_agent(ottl_call *c) {
  ottl_scratch *s = c->scratch;
  if (!s->uap) OTTL_TRY(ottl__uap_create(&s->al, &s->uap));
  SEL_EACH(c->sel, c->n, row) {
    ottl_view agent = reg_view(c->arg[0].reg, row);
    uap_answer answer;
    OTTL_TRY(ottl__uap_parse(s->uap, s->regex, agent, &answer));
    ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
    if (!map) return OTTL_NOMEM;
    OTTL_TRY(agent_map(c, &answer, agent, map));
    out_put(c, row, cell_tree(OTTL_T_MAP, map));
  }
  return OTTL_OK;
}
