/* From a layout to what the projection does with each field of each message: one action table a message. */
#include "otlp/impl.h"

static ot_table *table_new(ot_impl *im) { return arena_zero(&im->pass, sizeof(ot_table)); }

/* What a field of that wire form is to be done with, and the wire type it must have. */
static ot_action action_of(unsigned wire, unsigned field, unsigned number, uint16_t index) {
  switch (wire) {
  case OTTL_W_FIX64:
  case OTTL_W_SFIX64:
  case OTTL_W_F64: return (ot_action){OT_FIX64, WR_64, index};
  case OTTL_W_FIX32: return (ot_action){OT_FIX32, WR_32, index};
  case OTTL_W_VARINT_I32: return (ot_action){OT_I32, WR_VARINT, index};
  case OTTL_W_VARINT_U32: return (ot_action){OT_U32, WR_VARINT, index};
  case OTTL_W_BOOL: return (ot_action){OT_BOOL, WR_VARINT, index};
  case OTTL_W_SINT32: return (ot_action){OT_SINT32, WR_VARINT, index};
  case OTTL_W_BYTES: {
    bool trace = field == OTTL_FIELD_LOG_TRACE_ID || field == OTTL_FIELD_SPAN_TRACE_ID || field == OTTL_FIELD_EXEMPLAR_TRACE_ID;
    return (ot_action){trace ? OT_TRACE_ID : OT_SPAN_ID, WR_LEN, index};
  }
  case OTTL_W_ANY: return (ot_action){OT_ANY, WR_LEN, index};
  case OTTL_W_REPEATED: return (ot_action){OT_REPEATED, WR_LEN, index};
  case OTTL_W_PACKED: return (ot_action){OT_PACKED, WR_LEN, index};
  case OTTL_W_NUMBER: return (ot_action){number == 6 ? OT_INT : OT_DOUBLE, WR_64, index};
  default: return (ot_action){OT_VIEW, WR_LEN, index};
  }
}

static ot_table *table_at(ot_impl *im, unsigned message, unsigned sub) {
  ot_table **top = &im->tables[message];
  if (!*top) *top = table_new(im);
  if (!*top || !sub) return *top;
  ot_table **t = &(*top)->sub[sub];
  if (!*t) {
    *t = table_new(im);
    if ((*top)->at[sub].op == OT_SKIP) (*top)->at[sub] = (ot_action){OT_SUB, WR_LEN, OTTL_NO_COLUMN};
    (*top)->at[sub].op = OT_SUB;
  }
  return *t;
}

/* Puts the action of a field into the tables of every message that has it, and its places into `places`. */
static ottl_status plan_field(ot_impl *im, unsigned field, const ot_action *map_action, uint16_t index, ot_place *places) {
  for (uint32_t p = 0; p < ottl__n_places; p++) {
    const ottl_field_place *at = &ottl__places[p];
    if (at->field != field) continue;
    ot_table *t = table_at(im, at->message, at->sub);
    if (!t) return OTTL_NOMEM;
    ot_action action = map_action ? *map_action : action_of(ottl__fields[field].wire, field, at->number, index);
    if (t->at[at->number].op == OT_SUB)
      t->at[at->number].index = index; /* a message that is a column too */
    else
      t->at[at->number] = action;
    places[at->message] = (ot_place){at->number, at->sub};
    /* A metric has one container: the others must be seen, so that the last one wins. */
    if (at->message == OTTL_M_METRIC && at->sub) {
      for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
        if (!table_at(im, OTTL_M_METRIC, ottl__metric_container((ottl_metric_kind)k))) return OTTL_NOMEM;
      }
    }
  }
  return OTTL_OK;
}

static ottl_status plan_keys(ot_impl *im, const ottl_layout *layout, unsigned m) {
  const ottl_map_spec *spec = &layout->maps[m];
  ottl_keyset *set = &im->keysets[m];
  memset(set->bucket, 0xff, sizeof set->bucket);
  set->keys = arena_array(&im->pass, (size_t)spec->n_columns + 1, sizeof *set->keys);
  if (!set->keys) return OTTL_NOMEM;
  for (unsigned k = 0; k < spec->n_columns; k++) {
    uint16_t c = (uint16_t)(spec->first_column + k);
    ottl_view key = layout->columns[c].key;
    uint32_t slot = key_bucket(key.data, (uint32_t)key.len);
    set->keys[k] = (ottl_key){key.data, (uint32_t)key.len, c, set->bucket[slot]};
    set->bucket[slot] = (uint16_t)k;
  }
  return OTTL_OK;
}

ottl_status ottl__ot_plan(ottl_batch *b, const ottl_layout *layout) {
  ot_impl *im = ot_of(b);
  memset(im->tables, 0, sizeof im->tables);
  im->places = arena_zero(&im->pass, ((size_t)layout->n_columns + 1) * OTTL_MESSAGES * sizeof *im->places);
  im->map_places = arena_zero(&im->pass, ((size_t)layout->n_maps + 1) * OTTL_MESSAGES * sizeof *im->map_places);
  im->keysets = arena_array(&im->pass, (size_t)layout->n_maps + 1, sizeof *im->keysets);
  if (!im->places || !im->map_places || !im->keysets) return OTTL_NOMEM;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    const ottl_column_spec *spec = &layout->columns[c];
    if (spec->source != OTTL_COL_FIELD) continue;
    if (spec->field >= OTTL_FIELD_COUNT) return OTTL_INVALID_ARG;
    OTTL_TRY(plan_field(im, spec->field, NULL, (uint16_t)c, im->places + (size_t)c * OTTL_MESSAGES));
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    OTTL_TRY(plan_keys(im, layout, m));
    if (spec->field == OTTL_FIELD_COUNT) continue; /* a cache */
    ot_action action = {spec->entries ? OT_ENTRIES : spec->written ? OT_KEYS_RW : OT_KEYS, WR_LEN, (uint16_t)m};
    OTTL_TRY(plan_field(im, spec->field, &action, (uint16_t)m, im->map_places + (size_t)m * OTTL_MESSAGES));
  }
  return OTTL_OK;
}
