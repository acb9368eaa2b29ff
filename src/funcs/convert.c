/* Converters that only ask or change the type of a value: IsString and its kin, Int, Double, String, Bool, Len, Coalesce. */
#include "base/gotime.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* -- IsString ... -- */

static ottl_status is_of(ottl_call *c, ottl_types want) {
  const ottl_reg *in = c->arg[0].reg;
  SEL_EACH(c->sel, c->n, row) out_bool(c, row, want >> cell_type(reg_cell(in, row)) & 1);
  return OTTL_OK;
}
ottl_status ottl__fn_is_string(ottl_call *c) { return is_of(c, TYPES(STRING)); }
ottl_status ottl__fn_is_int(ottl_call *c) { return is_of(c, TYPES(INT)); }
ottl_status ottl__fn_is_double(ottl_call *c) { return is_of(c, TYPES(DOUBLE)); }
ottl_status ottl__fn_is_bool(ottl_call *c) { return is_of(c, TYPES(BOOL)); }
ottl_status ottl__fn_is_map(ottl_call *c) { return is_of(c, TYPES(MAP)); }

#define TYPES_SLICES                                                                                                             \
  (TYPES(SPAN_EVENTS) | TYPES(SPAN_LINKS) | TYPES(NUMBER_POINTS) | TYPES(HISTOGRAM_POINTS) | TYPES(EXP_HISTOGRAM_POINTS) |       \
   TYPES(SUMMARY_POINTS) | TYPES(EXEMPLARS) | TYPES(QUANTILES))

ottl_status ottl__fn_is_list(ottl_call *c) { /* bucket counts, a []uint64, are none to the reference */
  return is_of(c, TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_STRING) | TYPES(LIST_INT) | TYPES(LIST_DOUBLE) | TYPES_SLICES);
}

/* -- Int, Double, String, Bool: all the work is the getter's -- */

ottl_status ottl__fn_like(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_put(c, row, reg_cell(c->arg[0].reg, row));
  return OTTL_OK;
}

/* -- Len -- */

ottl_status ottl__fn_len(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_types type = (ottl_types)1 << cell_type(v);
    if (type & (TYPES(STRING) | TYPES(BYTES) | TYPES_SLICES)) {
      out_int(c, row, v.len);
    } else if (type & (TYPES(MAP) | TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_STRING) | TYPES(LIST_INT) | TYPES(LIST_UINT64) |
                       TYPES(LIST_DOUBLE) | TYPES(LIST_TIME))) {
      uint32_t n = 0;
      OTTL_TRY(fail_status(c, row, ottl__value_count(v, &n)));
      out_int(c, row, n);
    } else {
      call_fail(c, row, OTTL_ROWERR(LEN_TYPE, v.tag));
    }
  }
  return OTTL_OK;
}

/* -- IsEmpty: nil, a container without elements, or Go's zero value -- */

ottl_status ottl__fn_is_empty(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_view bytes = cell_view(v);
    uint32_t n = 0;
    bool empty = true;
    switch (cell_type(v)) {
    case OTTL_T_ABSENT:
    case OTTL_T_NIL: break;
    case OTTL_T_BOOL:
    case OTTL_T_INT:
    case OTTL_T_DURATION:
    case OTTL_T_GO_INT: empty = v.word == 0; break;
    case OTTL_T_DOUBLE: empty = double_of_bits(v.word) == 0; break;
    case OTTL_T_STRING:
    case OTTL_T_BYTES: empty = v.len == 0; break;
    case OTTL_T_TRACE_ID:
    case OTTL_T_PROFILE_ID:
    case OTTL_T_SPAN_ID:
      for (size_t i = 0; i < bytes.len; i++) empty &= bytes.data[i] == 0;
      break;
    case OTTL_T_TIME: empty = (int64_t)v.word == OTTL_INSTANT_ZERO_SECONDS && v.len == 0; break;
    case OTTL_T_MAP:
    case OTTL_T_LIST:
    case OTTL_T_LIST_ANY:
    case OTTL_T_LIST_STRING:
    case OTTL_T_LIST_INT:
    case OTTL_T_LIST_UINT64:
    case OTTL_T_LIST_TIME:
    case OTTL_T_LIST_DOUBLE:
      OTTL_TRY(fail_status(c, row, ottl__value_count(v, &n)));
      empty = n == 0;
      break;
    default: empty = false; break; /* opaque: a struct with pointers; a time with a zone too */
    }
    out_bool(c, row, empty);
  }
  return OTTL_OK;
}

/* -- Coalesce: the values after the first that is not nil are not looked at -- */

ottl_status ottl__prep_coalesce(ottl_prepare *p) {
  return p->arg[0].n_items ? OTTL_OK : ottl__refuse(p, 0, "Coalesce requires at least one argument");
}

ottl_status ottl__fn_coalesce(ottl_call *c) {
  const ottl_arg *values = &c->arg[0];
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = cell_nil();
    bool failed = false;
    for (uint32_t i = 0; i < values->n_items && cell_is_nil(v) && !failed; i++) {
      failed = arg_failed(c, values->items[i], row);
      if (!failed) v = reg_cell(values->items[i], row);
    }
    if (!failed) out_put(c, row, v);
  }
  return OTTL_OK;
}

ottl_status ottl__fn_when(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    if (arg_failed(c, c->arg[0].reg, row)) continue;
    ottl_cell condition = reg_cell(c->arg[0].reg, row);
    if (condition.tag != OTTL_T_BOOL) {
      call_fail(c, row, OTTL_ROWERR(WANT_BOOL, cell_type(condition)));
      continue;
    }
    const ottl_reg *chosen = c->arg[condition.word ? 1 : 2].reg;
    if (!arg_failed(c, chosen, row)) out_put(c, row, reg_cell(chosen, row));
  }
  return OTTL_OK;
}
