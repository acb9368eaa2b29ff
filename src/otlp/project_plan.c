/* From a layout to what the projection does with each field of each message: one action table a message. */
#include "otlp/impl.h"

const ot_action ottl__ot_skip[8] = {{OT_SKIP_VARINT, 0}, {OT_SKIP_64, 0}, {OT_SKIP_LEN, 0}, {OT_SKIP_GROUP, 0},
                                    {OT_BAD, 0},         {OT_SKIP_32, 0}, {OT_BAD, 0},      {OT_BAD, 0}};

static ot_table *table_new(ot_plan *plan) {
  ot_table *t = arena_zero(&plan->arena, sizeof(ot_table));
  for (unsigned number = 1; t && number < OT_NUMBERS; number++) memcpy(&t->at[number * 8], ottl__ot_skip, sizeof ottl__ot_skip);
  return t;
}

/* The field has that wire type; with any other it is refused. */
static void put_action(ot_table *t, unsigned number, unsigned wire_type, ot_action action) {
  for (unsigned type = 0; type < 8; type++) {
    ot_action *at = &t->at[number * 8 + type];
    if (type == wire_type)
      *at = action;
    else if ((action.op == OT_PACKED && type == WR_64) ||
             ((action.op == OT_PACKED_VARINT || action.op == OT_DICT) && type == WR_VARINT))
      at->op = OT_UNPACKED;
    else if (at->op != OT_BAD)
      at->op = OT_WRONG;
  }
}

static unsigned wire_type_of(unsigned wire) {
  switch (wire) {
  case OTTL_W_FIX64:
  case OTTL_W_SFIX64:
  case OTTL_W_F64:
  case OTTL_W_NUMBER: return WR_64;
  case OTTL_W_FIX32: return WR_32;
  case OTTL_W_VARINT_I32:
  case OTTL_W_VARINT_U32:
  case OTTL_W_VARINT_64:
  case OTTL_W_BOOL:
  case OTTL_W_SINT32: return WR_VARINT;
  default: return WR_LEN;
  }
}

static ot_op op_of(unsigned wire, unsigned field, unsigned number) {
  switch (wire) {
  case OTTL_W_FIX64:
  case OTTL_W_SFIX64:
  case OTTL_W_F64: return OT_FIX64;
  case OTTL_W_FIX32: return OT_FIX32;
  case OTTL_W_VARINT_I32: return OT_I32;
  case OTTL_W_VARINT_U32: return OT_U32;
  case OTTL_W_BOOL: return OT_BOOL;
  case OTTL_W_SINT32: return OT_SINT32;
  case OTTL_W_VARINT_64: return OT_V64;
  case OTTL_W_PACKED_VARINT: return OT_PACKED_VARINT;
  case OTTL_W_BYTES: {
    bool span = field == OTTL_FIELD_LOG_SPAN_ID || field == OTTL_FIELD_SPAN_SPAN_ID || field == OTTL_FIELD_SPAN_PARENT_SPAN_ID ||
                field == OTTL_FIELD_EXEMPLAR_SPAN_ID;
    return field == OTTL_FIELD_PROFILE_PROFILE_ID ? OT_PROFILE_ID : span ? OT_SPAN_ID : OT_TRACE_ID;
  }
  case OTTL_W_ANY: return OT_ANY;
  case OTTL_W_REPEATED: return OT_REPEATED;
  case OTTL_W_PACKED: return OT_PACKED;
  case OTTL_W_NUMBER: return number == 6 ? OT_INT : OT_DOUBLE;
  default: return OT_VIEW;
  }
}

static ot_table *table_at(ot_plan *plan, unsigned message, unsigned sub) {
  ot_table **top = &plan->tables[message];
  if (!*top) *top = table_new(plan);
  if (!*top || !sub) return *top;
  ot_table **t = &(*top)->sub[sub];
  if (!*t) {
    *t = table_new(plan);
    const ot_action before = (*top)->at[WR_TAG(sub, WR_LEN)]; /* a message that is a column too */
    put_action(*top, sub, WR_LEN, (ot_action){OT_SUB, before.op == OT_VIEW ? before.index : OTTL_NO_COLUMN});
  }
  return *t;
}

/* Puts the action of a field into the tables of every message that has it, and its places into `places`. map_op: OT_BAD for
 * anything but a map. */
static ottl_status plan_field(ot_plan *plan, unsigned field, ot_op map_op, uint16_t index, ot_place *places) {
  for (uint32_t p = 0; p < ottl__n_places; p++) {
    const ottl_field_place *at = &ottl__places[p];
    if (at->field != field) continue;
    ot_table *t = table_at(plan, at->message, at->sub);
    if (!t) return OTTL_NOMEM;
    unsigned wire = ottl__fields[field].wire;
    ot_action *old = &t->at[WR_TAG(at->number, WR_LEN)];
    if (old->op == OT_SUB)
      old->index = index; /* a message that is a column too */
    else
      put_action(t, at->number, wire_type_of(wire), (ot_action){map_op ? map_op : op_of(wire, field, at->number), index});
    places[at->message] = (ot_place){at->number, at->sub};
    /* A metric has one container: the others must be seen, so that the last one wins. */
    if (at->message == OTTL_M_METRIC && at->sub) {
      for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
        if (!table_at(plan, OTTL_M_METRIC, ottl__metric_container((ottl_metric_kind)k))) return OTTL_NOMEM;
      }
    }
  }
  return OTTL_OK;
}

static ottl_status plan_head(ot_plan *plan, ottl_view key, ot_head *ret) {
  const size_t len = key.len ? 2 + varint_size(key.len) + key.len : 1; /* an empty key is left out, as pdata does */
  uint8_t *data = arena_zero(&plan->arena, (len + OT_HEAD_BLOCK - 1) / OT_HEAD_BLOCK * OT_HEAD_BLOCK), *at = data;
  if (!data) return OTTL_NOMEM;
  if (key.len) {
    *at++ = WR_TAG(1, WR_LEN);
    at = varint_put(at, key.len);
    at = wr_put(at, key.data, key.len);
  }
  *at = WR_TAG(2, WR_LEN);
  *ret = (ot_head){data, (uint32_t)len};
  return OTTL_OK;
}

static ottl_status plan_keys(ot_plan *plan, const ottl_layout *layout, unsigned m) {
  const ottl_map_spec *spec = &layout->maps[m];
  ottl_keyset *set = &plan->keysets[m];
  memset(set->bucket, 0xff, sizeof set->bucket);
  set->ends = 0;
  set->keys = arena_array(&plan->arena, (size_t)spec->n_columns + 1, sizeof *set->keys);
  if (!set->keys) return OTTL_NOMEM;
  for (unsigned k = 0; k < spec->n_columns; k++) {
    uint16_t c = (uint16_t)(spec->first_column + k);
    ottl_view key = layout->columns[c].key;
    uint32_t slot = key_bucket(key.data, (uint32_t)key.len);
    set->keys[k] = (ottl_key){key.data, (uint32_t)key.len, c, set->bucket[slot]};
    set->bucket[slot] = (uint16_t)k;
    set->ends |= key_end((uint32_t)key.len, key.len ? (uint8_t)key.data[key.len - 1] : 0);
    OTTL_TRY(plan_head(plan, key, &plan->heads[c]));
  }
  return OTTL_OK;
}

/* The column of each attribute of the dictionary. Attributes that a pass adds are not read in the same pass. */
static ottl_status plan_dict(ottl_batch *b, const ottl_layout *layout, unsigned m) {
  ot_impl *im = ot_of(b);
  ot_dict *d = &im->dict;
  OTTL_TRY(ottl__dict_open(b));
  uint16_t *columns = im->dict_columns[m] = arena_array(&im->pass, d->n_attributes + 1, sizeof *columns);
  if (!columns) return OTTL_NOMEM;
  for (size_t i = 0; i < d->n_attributes; i++) {
    ot_attribute *a = &d->attributes[i];
    bool has_key = a->key_id != OTTL_NO_KEY;
    columns[i] = has_key ? keyset_find(&im->plan->keysets[m], a->key.data, (uint32_t)a->key.len) : OTTL_NO_COLUMN;
    if (layout->maps[m].entries) a->keyid = has_key ? ottl__key_id(b, a->key) : OTTL_NO_KEY;
  }
  if (!layout->maps[m].entries) return OTTL_OK;
  OTTL_TRY(ottl__al_reserve(&b->al, &d->seen, &d->cap_seen, (size_t)d->n_keys + 1, sizeof *d->seen));
  memset(d->seen, 0, d->cap_seen * sizeof *d->seen);
  d->serial = 0;
  return OTTL_OK;
}

/* What changes from payload to payload: what profiles keep in their dictionary. */
static ottl_status plan_profiles(ottl_batch *b, const ottl_layout *layout) {
  ot_impl *im = ot_of(b);
  im->dict_columns = arena_zero(&im->pass, ((size_t)layout->n_maps + 1) * sizeof *im->dict_columns);
  if (!im->dict_columns) return OTTL_NOMEM;
  dict_pass(&im->dict);
  for (unsigned c = 0; c < layout->n_columns; c++) {
    const ottl_column_spec *spec = &layout->columns[c];
    bool value_type = spec->field == OTTL_FIELD_PROFILE_SAMPLE_TYPE || spec->field == OTTL_FIELD_PROFILE_PERIOD_TYPE;
    if (spec->source == OTTL_COL_FIELD && value_type) OTTL_TRY(ottl__dict_open(b));
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].field != OTTL_FIELD_COUNT && field_is_dict_map(layout->maps[m].field)) OTTL_TRY(plan_dict(b, layout, m));
  }
  return OTTL_OK;
}

/* Which levels are read, and which may be written. */
static void plan_levels(ot_plan *plan, const ottl_layout *layout) {
  plan->read = plan->written = 0;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    const ottl_column_spec *spec = &layout->columns[c];
    plan->read |= (uint8_t)(1u << spec->level);
    plan->written |= (uint8_t)((unsigned)spec->written << spec->level);
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    plan->read |= (uint8_t)(1u << spec->level);
    plan->written |= (uint8_t)((unsigned)(spec->written || spec->entries) << spec->level);
  }
  if (layout->id == 0) plan->written = plan->read; /* no compiler has looked */
}

/* One tag and one value, in the message itself? */
static bool is_plain(unsigned field, const ot_place *places) {
  unsigned wire = ottl__fields[field].wire;
  bool plain = wire != OTTL_W_REPEATED && wire != OTTL_W_MESSAGE && wire != OTTL_W_DICT_MAP && wire != OTTL_W_MAP;
  for (unsigned m = 0; m < OTTL_MESSAGES; m++) plain &= !places[m].sub;
  return plain;
}

static ottl_status plan_make(ot_plan *plan, const ottl_layout *layout, unsigned signal) {
  plan_levels(plan, layout);
  plan->places = arena_zero(&plan->arena, ((size_t)layout->n_columns + 1) * OTTL_MESSAGES * sizeof *plan->places);
  plan->map_places = arena_zero(&plan->arena, ((size_t)layout->n_maps + 1) * OTTL_MESSAGES * sizeof *plan->map_places);
  plan->keysets = arena_array(&plan->arena, (size_t)layout->n_maps + 1, sizeof *plan->keysets);
  plan->heads = arena_array(&plan->arena, (size_t)layout->n_columns + 1, sizeof *plan->heads);
  plan->plain = arena_zero(&plan->arena, ((size_t)layout->n_columns + 1) * sizeof *plan->plain);
  if (!plan->places || !plan->map_places || !plan->keysets || !plan->heads || !plan->plain) return OTTL_NOMEM;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    const ottl_column_spec *spec = &layout->columns[c];
    if (spec->source != OTTL_COL_FIELD) continue;
    if (spec->field >= OTTL_FIELD_COUNT) return OTTL_INVALID_ARG;
    ot_place *places = plan->places + (size_t)c * OTTL_MESSAGES;
    OTTL_TRY(plan_field(plan, spec->field, OT_BAD, (uint16_t)c, places));
    plan->plain[c] = is_plain(spec->field, places);
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    OTTL_TRY(plan_keys(plan, layout, m));
    if (spec->field == OTTL_FIELD_COUNT) continue; /* a cache */
    bool dict = field_is_dict_map(spec->field);
    if (dict && signal != OTTL_SIGNAL_PROFILES) continue; /* no row has it */
    OTTL_TRY(plan_field(plan, spec->field,
                        dict                                 ? OT_DICT
                        : spec->entries                      ? OT_ENTRIES
                        : spec->prune                        ? OT_PRUNED
                        : spec->counted                      ? OT_COUNTED
                        : spec->seen && spec->n_columns == 0 ? OT_SEEN
                                                             : OT_KEYS,
                        (uint16_t)m, plan->map_places + (size_t)m * OTTL_MESSAGES));
  }
  return OTTL_OK;
}

/* The plan with the layout's id, made or not. */
static ot_plan *plan_at(ottl_batch *b, uint32_t id) {
  ot_impl *im = ot_of(b);
  if (id >= im->n_plans) {
    if (ottl__al_reserve(&b->al, &im->plans, &im->plans_cap, (size_t)id + 1, sizeof *im->plans) != OTTL_OK) return NULL;
    while (im->n_plans <= id) im->plans[im->n_plans++] = NULL;
  }
  ot_plan **at = &im->plans[id];
  if (!*at) {
    *at = al_zero(&b->al, sizeof **at);
    if (*at) ottl__arena_init(&(*at)->arena, &b->al, 4096);
  }
  return *at;
}

ottl_status ottl__ot_plan(ottl_batch *b, const ottl_layout *layout) {
  ot_impl *im = ot_of(b);
  ot_plan *plan = plan_at(b, layout->id);
  if (!plan) return OTTL_NOMEM;
  im->plan = plan;
  if (!plan->made || layout->id == 0) {
    ottl__arena_reset(&plan->arena);
    memset(plan->tables, 0, sizeof plan->tables);
    plan->kept = NULL;
    plan->made = false;
    OTTL_TRY(plan_make(plan, layout, b->signal));
    plan->made = true;
  }
  b->keysets = plan->keysets;
  im->memo = NULL;
  for (unsigned m = 0; m < layout->n_maps && !im->memo; m++) {
    if (!layout->maps[m].entries && !layout->maps[m].prune) continue;
    im->memo = arena_zero(&im->pass, (OT_MEMO_SLOTS + 1) * sizeof *im->memo);
    if (!im->memo) return OTTL_NOMEM;
  }
  return b->signal == OTTL_SIGNAL_PROFILES ? plan_profiles(b, layout) : OTTL_OK;
}

void ottl__ot_plans_done(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  for (size_t i = 0; i < im->n_plans; i++) {
    if (im->plans[i]) ottl__arena_done(&im->plans[i]->arena);
    al_free(&b->al, im->plans[i], sizeof **im->plans);
  }
  al_free(&b->al, im->plans, im->plans_cap * sizeof *im->plans);
}
