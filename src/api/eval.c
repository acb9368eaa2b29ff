/* Values of evaluating programs, handed out one level at a time. */
#include "api/api.h"
#include "batch/value_wire.h"
#include "sema/tables.h"

size_t ottl_eval_rows(const ottl_exec *x) { return x ? x->n_rows : 0; }

static ottl_status to_value(ottl_exec *x, ottl_cell c, ottl_value *ret) {
  ottl_value v = {.type = OTTL_VALUE_NIL};
  switch (cell_type(c)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: break;
  case OTTL_T_BOOL: v.type = OTTL_VALUE_BOOL, v.boolean = c.word != 0; break;
  case OTTL_T_GO_INT:
  case OTTL_T_INT: v.type = OTTL_VALUE_INT, v.integer = (int64_t)c.word; break;
  case OTTL_T_DOUBLE: v.type = OTTL_VALUE_DOUBLE, v.number = double_of_bits(c.word); break;
  case OTTL_T_STRING: v.type = OTTL_VALUE_STRING, v.text = cell_view(c); break;
  case OTTL_T_BYTES: v.type = OTTL_VALUE_BYTES, v.text = cell_view(c); break;
  case OTTL_T_TRACE_ID: v.type = OTTL_VALUE_TRACE_ID, v.text = cell_view(c); break;
  case OTTL_T_SPAN_ID: v.type = OTTL_VALUE_SPAN_ID, v.text = cell_view(c); break;
  case OTTL_T_TIME: v.type = OTTL_VALUE_TIME, v.integer = (int64_t)c.word, v.nanos = c.len; break;
  case OTTL_T_TIME_ZONED: {
    const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)c.word;
    v.type = OTTL_VALUE_TIME, v.integer = z->seconds, v.nanos = z->nanos, v.offset_seconds = z->offset_seconds;
    break;
  }
  case OTTL_T_DURATION: v.type = OTTL_VALUE_DURATION, v.integer = (int64_t)c.word; break;
  case OTTL_T_MAP:
  case OTTL_T_LIST: OTTL_TRY(ottl__value_to_tree(&x->batch->arena, &c)); /* fall through */
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_TIME:
  case OTTL_T_LIST_DOUBLE: {
    bool map = cell_type(c) == OTTL_T_MAP;
    v.type = map ? OTTL_VALUE_MAP : OTTL_VALUE_LIST;
    v.n = map ? cell_map(c)->n : cell_list(c)->n;
    v.impl[0] = (const void *)(uintptr_t)c.word;
    break;
  }
  default: v.type = OTTL_VALUE_OPAQUE, v.text = view_str(ottl__type_go_name(cell_type(c))); break;
  }
  *ret = v;
  return OTTL_OK;
}

ottl_status ottl_eval_value(ottl_exec *x, size_t expression, size_t row, ottl_value *ret_value, const char **ret_message) {
  if (!x || !ret_value || x->program->kind < OTTL_KIND_VALUES || x->program->kind > OTTL_KIND_CONDITIONS ||
      x->program->n_groups == 0)
    return OTTL_INVALID_ARG;
  if (expression >= x->program->codes[0].n_statements || row >= x->n_rows) return OTTL_INVALID_ARG;
  uint16_t code = x->results[expression].codes[row];
  if (code) {
    if (ret_message) *ret_message = ottl__rowerr_text(code, x->message, sizeof x->message);
    return OTTL_RUNTIME;
  }
  return to_value(x, x->results[expression].cells[row], ret_value);
}

bool ottl_eval_place(const ottl_exec *x, size_t row, ottl_record_place *ret) {
  if (!x || !ret || ret->struct_size < sizeof *ret || row >= x->n_rows || x->program->n_groups == 0) return false;
  const ottl_code *code = &x->program->codes[0];
  if (code->context == OTTL_C_OTELCOL) return false;
  ottl_record_place r = {.struct_size = sizeof r, .context = ottl__contexts[code->context].name, .offset = OTTL_NO_PLACE};
  uint64_t *const places[OTTL_LEVELS] = {&r.resource, &r.scope, &r.item, &r.child, &r.grandchild};
  uint32_t at = (uint32_t)row;
  for (unsigned level = OTTL_LEVELS; level-- > 0;) {
    *places[level] = OTTL_NO_PLACE;
    if (level > code->level) continue;
    uint32_t above = level ? x->batch->rows[level].parent[at] : 0;
    *places[level] = level ? at - x->batch->rows[level - 1].first_child[above] : at;
    at = above;
  }
  *ret = r;
  return true;
}

ottl_status ottl_value_member(ottl_exec *x, const ottl_value *container, size_t i, ottl_view *ret_key, ottl_value *ret_value) {
  if (!x || !container || !ret_value || i >= container->n) return OTTL_INVALID_ARG;
  if (container->type == OTTL_VALUE_MAP) {
    const ottl_entry *e = &((const ottl_rowmap *)container->impl[0])->items[i];
    if (ret_key) *ret_key = (ottl_view){e->key, e->klen};
    return to_value(x, entry_cell(e), ret_value);
  }
  if (container->type != OTTL_VALUE_LIST) return OTTL_INVALID_ARG;
  return to_value(x, ((const ottl_list *)container->impl[0])->items[i], ret_value);
}
