/* Running a routing table: conditions of neighbouring routes in one pass that marks rows, then a part of the payload for each route.
 *
 * What a route takes is written at once, because a statement of a later route may edit what is left. */
#include <stdlib.h>

#include "api/route.h"

ottl_status ottl__route_exec_create(ottl_exec *x) {
  const program_routes *routes = x->program->routes;
  exec_routes *r = x->routes = al_zero(&x->al, sizeof *r);
  if (!r) return OTTL_NOMEM;
  r->parts = al_zero(&x->al, ((size_t)routes->n_pipelines + 1) * sizeof *r->parts);
  r->outputs = al_zero(&x->al, ((size_t)routes->n_pipelines + 1) * sizeof *r->outputs);
  return r->parts && r->outputs ? OTTL_OK : OTTL_NOMEM;
}

void ottl__route_exec_free(ottl_exec *x) {
  exec_routes *r = x->routes;
  if (!r) return;
  uint32_t n = x->program->routes->n_pipelines;
  for (uint32_t i = 0; r->parts && i < n; i++) al_free(&x->al, r->parts[i].data, r->parts[i].cap);
  al_free(&x->al, r->parts, ((size_t)n + 1) * sizeof *r->parts);
  al_free(&x->al, r->outputs, ((size_t)n + 1) * sizeof *r->outputs);
  al_free(&x->al, r, sizeof *r);
}

/* -- what pipelines get -- */

static uint64_t items_left(const ottl_batch *b, uint32_t resource, uint32_t end) {
  const ottl_rows *resources = &b->rows[OTTL_L_RESOURCE], *scopes = &b->rows[OTTL_L_SCOPE], *items = &b->rows[OTTL_L_ITEM];
  uint32_t first = scopes->first_child[resources->first_child[resource]], stop = scopes->first_child[resources->first_child[end]];
  uint64_t n = 0;
  for (uint32_t i = first; i < stop; i++) n += !(items->state[i] & OTTL_ROW_DROPPED);
  return n;
}

static uint64_t records_of(const ottl_batch *b, ottl_level level, const uint32_t *rows, uint32_t n) {
  uint64_t count = level == OTTL_L_ITEM ? n : 0;
  for (uint32_t i = 0; i < n && level != OTTL_L_ITEM; i++) {
    if (level == OTTL_L_RESOURCE) {
      count += items_left(b, rows[i], rows[i] + 1);
    } else {
      count += i == 0 || b->rows[level].parent[rows[i]] != b->rows[level].parent[rows[i - 1]];
    }
  }
  return count;
}

static ottl_status give_rows(ottl_exec *x, const route_entry *e, ottl_level level, const uint32_t *rows, uint32_t n) {
  exec_routes *r = x->routes;
  ottl_part *first = &r->parts[e->pipelines[0]];
  size_t before = first->len;
  if (n == 0) return OTTL_OK;
  OTTL_TRY(ottl__batch_part(x->batch, level, rows, n, first));
  uint64_t records = records_of(x->batch, level, rows, n);
  for (uint32_t k = 0; k < e->n_pipelines; k++) {
    if (k) OTTL_TRY(ottl__batch_part_put(x->batch, &r->parts[e->pipelines[k]], first->data + before, first->len - before));
    r->outputs[e->pipelines[k]].records += records;
  }
  return OTTL_OK;
}

/* Everything that is left, to these pipelines. last: nothing is added to it afterwards. */
static ottl_status give_rest(ottl_exec *x, const uint32_t *pipelines, uint32_t n, bool last) {
  exec_routes *r = x->routes;
  ottl_batch *b = x->batch;
  const uint8_t *data;
  size_t len;
  if (n == 0) return OTTL_OK;
  OTTL_TRY(ottl__batch_finish(b, false, &data, &len));
  uint64_t records = items_left(b, 0, b->rows[OTTL_L_RESOURCE].n);
  bool whole = len == b->in_len && memcmp(data, b->in, len) == 0;
  for (uint32_t k = 0; k < n; k++) {
    ottl_route_payload *out = &r->outputs[pipelines[k]];
    out->records += records;
    if (last && r->parts[pipelines[k]].len == 0) { /* no need for a copy */
      out->data = data;
      out->len = len;
      out->whole = whole;
    } else {
      OTTL_TRY(ottl__batch_part_put(b, &r->parts[pipelines[k]], data, len));
    }
  }
  return OTTL_OK;
}

static bool anything_left(const ottl_batch *b) {
  const ottl_rows *r = &b->rows[OTTL_L_RESOURCE];
  uint32_t i = 0;
  while (i < r->n && (r->state[i] & OTTL_ROW_DROPPED)) i++;
  return i < r->n;
}

static void drop_rows(ottl_exec *x, ottl_level level, const uint32_t *rows, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) ottl__batch_drop_row(x->batch, level, rows[i]);
  x->vm.dropping |= n > 0;
}

static void drop_all(ottl_exec *x) {
  for (uint32_t i = 0; i < x->batch->rows[OTTL_L_RESOURCE].n; i++) ottl__batch_drop_row(x->batch, OTTL_L_RESOURCE, i);
}

/* -- routes that decide for everything -- */

static bool same_header(ottl_view a, const ottl_entry *e) { /* names of headers are ASCII; their case does not count */
  if (a.len != e->klen) return false;
  for (size_t i = 0; i < a.len; i++) {
    unsigned x = (unsigned char)a.data[i], y = (unsigned char)e->key[i];
    if (x != y && ((x ^ y) != 0x20 || (x | 0x20) < 'a' || (x | 0x20) > 'z')) return false;
  }
  return true;
}

static bool header_matches(const ottl_rowmap *map, const route_entry *e) {
  for (uint32_t i = 0; map && i < map->n; i++) {
    if (!same_header(e->name, &map->items[i])) continue;
    const ottl_list *list = cell_list(entry_cell(&map->items[i]));
    for (uint32_t k = 0; k < list->n; k++) {
      if (view_eq(cell_view(list->items[k]), e->value) != e->differs) return true;
    }
  }
  return false;
}

bool ottl__route_request(const vm_request *request, const route_entry *e) {
  return request && (header_matches(request->grpc, e) || header_matches(request->client, e));
}

/* -- routes of one code -- */

typedef struct route_stage {
  ottl_exec *x;
  const route_entry *entries;
  uint32_t n;
  ottl_level level;
  uint32_t n_rows;
  uint32_t *rows; /* taken rows, by route */
  uint32_t *ends; /* by condition: where its rows end; those of the one before it end where they begin */
} route_stage;

static ottl_status stage_marks(route_stage *s) {
  vm_routes *m = &s->x->routes->marks;
  ottl_arena *arena = &s->x->batch->arena;
  size_t n = (size_t)s->n_rows + 1;
  m->taken = arena_zero(arena, n * sizeof *m->taken);
  m->copied = arena_zero(arena, s->n * sizeof *m->copied);
  s->rows = arena_array(arena, n, sizeof *s->rows);
  s->ends = arena_zero(arena, ((size_t)s->n + 2) * sizeof *s->ends);
  if (!m->taken || !m->copied || !s->rows || !s->ends) return OTTL_NOMEM;
  for (uint32_t k = 0; k < s->n; k++) {
    if (!s->entries[k].copy) continue;
    m->copied[k] = arena_zero(arena, BM_WORDS(n) * sizeof(uint64_t));
    if (!m->copied[k]) return OTTL_NOMEM;
  }
  s->x->vm.routes = m;
  return OTTL_OK;
}

/* DIFF: a statement that edits what is above its rows has been run for all of them; the reference copies what is above with the first
 * row that it takes. The same, unless each row edits it in a way of its own. */
/* Rows by the route that takes them, in order. Afterwards rows of route k are ends[k] .. ends[k + 1] - 1. */
static void stage_sort(route_stage *s) {
  const uint16_t *taken = s->x->routes->marks.taken;
  for (uint32_t i = 0; i < s->n_rows; i++) s->ends[taken[i] + 1] += taken[i] != 0;
  for (uint32_t k = 1; k <= s->n + 1; k++) s->ends[k] += s->ends[k - 1];
  for (uint32_t i = 0; i < s->n_rows; i++) {
    if (taken[i]) s->rows[s->ends[taken[i]]++] = i;
  }
}

static uint32_t stage_copies(const route_stage *s, uint32_t k, uint32_t *rows) {
  uint32_t n = 0;
  SEL_EACH(s->x->routes->marks.copied[k], s->n_rows, i) rows[n++] = i;
  return n;
}

static ottl_status stage_give(route_stage *s, bool *left) {
  ottl_exec *x = s->x;
  bool moves = false;
  uint32_t *copies = arena_array(&x->batch->arena, (size_t)s->n_rows + 1, sizeof *copies);
  if (!copies) return OTTL_NOMEM;
  stage_sort(s);
  OTTL_TRY(ottl__batch_parts_begin(x->batch, s->level));
  for (uint32_t k = 0; k < s->n; k++) {
    const route_entry *e = &s->entries[k];
    moves |= !e->copy;
    if (e->copy) {
      OTTL_TRY(give_rows(x, e, s->level, copies, stage_copies(s, k, copies)));
    } else {
      OTTL_TRY(give_rows(x, e, s->level, s->rows + s->ends[k], s->ends[k + 1] - s->ends[k]));
    }
  }
  drop_rows(x, s->level, s->rows, s->ends[s->n]);
  /* As the connector does it, what came empty goes as well, once records were looked at. */
  if (moves && s->level > OTTL_L_RESOURCE) {
    OTTL_TRY(ottl__batch_drop_empty(x->batch, s->level == OTTL_L_ITEM ? OTTL_L_SCOPE : OTTL_L_ITEM, left));
    x->vm.dropping = true;
  }
  *left = anything_left(x->batch);
  return OTTL_OK;
}

/* Paths of the request alone: the one row there is decides for everything. */
static ottl_status stage_everything(route_stage *s, bool *left) {
  const vm_routes *m = &s->x->routes->marks;
  for (uint32_t k = 0; k < s->n; k++) {
    const route_entry *e = &s->entries[k];
    bool takes = m->taken[0] == k + 1;
    if (takes || (e->copy && bm_get(m->copied[k], 0))) OTTL_TRY(give_rest(s->x, e->pipelines, e->n_pipelines, takes));
    if (takes) drop_all(s->x);
    *left &= !takes;
  }
  return OTTL_OK;
}

static int by_route(const void *a, const void *b) {
  const exec_error *x = a, *y = b;
  if (x->condition != y->condition) return x->condition < y->condition ? -1 : 1;
  return x->item < y->item ? -1 : x->item > y->item;
}

static ottl_status run_stage(ottl_exec *x, const route_entry *entries, uint32_t n, ottl_result *result, bool *left) {
  const ottl_code *code = &x->program->codes[entries->code];
  bool everything = code->context == OTTL_C_OTELCOL;
  ottl_batch *b = everything ? x->request_batch : x->batch;
  route_stage s = {.x = x, .entries = entries, .n = n, .level = (ottl_level)code->level};
  OTTL_TRY(s.level >= OTTL_L_CHILD ? ottl__batch_reframe(b, s.level) : ottl__batch_open_level(b, s.level));
  s.n_rows = b->rows[s.level].n;
  OTTL_TRY(stage_marks(&s));
  size_t before = x->n_errors;
  ottl_status status = ottl__exec_group(x, entries->code, result);
  if (status == OTTL_RUNTIME && x->n_errors > before + 1) { /* the first route that fails, on its first record */
    qsort(x->errors + before, x->n_errors - before, sizeof *x->errors, by_route);
    x->n_errors = before + 1;
  }
  OTTL_TRY(status);
  return everything ? stage_everything(&s, left) : stage_give(&s, left);
}

static ottl_status run_routes(ottl_exec *x, ottl_result *result, bool *left) {
  const program_routes *routes = x->program->routes;
  for (uint32_t i = 0, n; i < routes->n && *left; i += n) {
    const route_entry *e = &routes->entries[i];
    n = 1;
    if (e->what == ROUTE_ROWS) {
      while (i + n < routes->n && routes->entries[i + n].what == ROUTE_ROWS && routes->entries[i + n].code == e->code) n++;
      OTTL_TRY(run_stage(x, e, n, result, left));
    } else if (ottl__route_request(x->vm.request, e)) {
      OTTL_TRY(give_rest(x, e->pipelines, e->n_pipelines, !e->copy));
      if (!e->copy) drop_all(x);
      *left = e->copy;
    }
  }
  return OTTL_OK;
}

ottl_status ottl__route_run(ottl_exec *x, ottl_result *result) {
  const program_routes *routes = x->program->routes;
  exec_routes *r = x->routes;
  r->valid = false;
  for (uint32_t i = 0; i < routes->n_pipelines; i++) {
    r->parts[i].len = 0;
    r->outputs[i] = (ottl_route_payload){0};
  }
  result->rows_in = x->batch->rows[OTTL_L_ITEM].n;
  bool left = anything_left(x->batch);
  OTTL_TRY(run_routes(x, result, &left));
  if (left && routes->n_defaults == 0) result->rows_dropped = items_left(x->batch, 0, x->batch->rows[OTTL_L_RESOURCE].n);
  if (left) OTTL_TRY(give_rest(x, routes->defaults, routes->n_defaults, true));
  for (uint32_t i = 0; i < routes->n_pipelines; i++) {
    if (!r->parts[i].len) continue;
    r->outputs[i].data = r->parts[i].data;
    r->outputs[i].len = r->parts[i].len;
  }
  r->valid = true;
  return OTTL_OK;
}

ottl_status ottl_route_output(const ottl_exec *x, size_t pipeline, ottl_route_payload *ret) {
  if (!x || !ret || !x->routes || !x->routes->valid || pipeline >= x->program->routes->n_pipelines) return OTTL_INVALID_ARG;
  *ret = x->routes->outputs[pipeline];
  if (!ret->len) ret->data = NULL;
  return OTTL_OK;
}
