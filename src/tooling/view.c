/* The viewer: where the resources, scopes and records of a payload are, and the text of one of them. */
#include "tooling/view.h"

#include <stdio.h>

#include "otlp/wire.h"

void ottl_viewer_options_init(ottl_viewer_options *options) { *options = (ottl_viewer_options){.struct_size = sizeof *options}; }

ottl_status ottl_viewer_create(const ottl_viewer_options *options, ottl_viewer **ret) {
  ottl_viewer_options defaults;
  ottl_viewer_options_init(&defaults);
  const ottl_viewer_options *o = options ? options : &defaults;
  if (!ret || o->struct_size < sizeof *o || (unsigned)o->layout > OTTL_VIEWER_LINES || (o->n_fields && !o->fields))
    return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_viewer *v = al_zero(&al, sizeof *v);
  if (!v) return OTTL_NOMEM;
  v->al = al;
  v->options = *o;
  ottl__arena_init(&v->tables, &v->al, 16 << 10);
  ottl__arena_init(&v->payload, &v->al, 4 << 10);
  ottl__arena_init(&v->scratch, &v->al, 4 << 10);
  ottl__sbuf_init(&v->path, &v->al);
  ottl__sbuf_init(&v->text, &v->al);
  ottl__sbuf_init(&v->lines, &v->al);
  ottl__sbuf_init(&v->summary, &v->al);
  *ret = v;
  return OTTL_OK;
}

void ottl_viewer_free(ottl_viewer *v) {
  if (!v) return;
  for (size_t i = 0; i < OTTL_COUNT(v->validators); i++) ottl__validator_free(v->validators[i]);
  al_free(&v->al, v->places, v->cap_places * sizeof *v->places);
  al_free(&v->al, v->rows, v->cap_rows * sizeof *v->rows);
  ottl__sbuf_done(&v->path);
  ottl__sbuf_done(&v->text);
  ottl__sbuf_done(&v->lines);
  ottl__sbuf_done(&v->summary);
  ottl__arena_done(&v->scratch);
  ottl__arena_done(&v->payload);
  ottl__arena_done(&v->tables);
  ottl_allocator al = v->al;
  al_free(&al, v, sizeof *v);
}

const char *ottl_viewer_error(const ottl_viewer *v, size_t *ret_offset) {
  if (v && ret_offset) *ret_offset = v->error_offset;
  return v ? v->error : "";
}

/* ---- where things are ---- */

static ottl_status add_place(ottl_viewer *v, const view_field *f, const view_place *above, uint32_t place, uint8_t level) {
  OTTL_TRY(ottl__al_reserve(&v->al, &v->places, &v->cap_places, v->n_places + 1, sizeof *v->places));
  const uint8_t *tag = (const uint8_t *)f->whole.data, *body = (const uint8_t *)f->body.data;
  view_place p = {.offset = (size_t)(tag - v->in), .body = (size_t)(body - v->in), .level = level};
  p.end = p.body + f->body.len;
  p.resource = level == OTTL_BLOCK_RESOURCE ? place : above->resource;
  p.scope = level == OTTL_BLOCK_SCOPE ? place : above ? above->scope : 0;
  p.item = level == OTTL_BLOCK_RECORD ? place : 0;
  v->places[v->n_places++] = p;
  return OTTL_OK;
}

/* Resources of the request, scopes of a resource, records of a scope. */
static ottl_status add_places(ottl_viewer *v, ottl_view body, const view_place *above, uint8_t level) {
  const uint32_t number = level == OTTL_BLOCK_RESOURCE ? 1 : 2;
  view_field f;
  for (uint32_t place = 0; ottl__view_next(&body, &f);) {
    if (f.number != number || f.type != WR_LEN) continue;
    OTTL_TRY(add_place(v, &f, above, place++, level));
    view_place own = v->places[v->n_places - 1];
    if (level < OTTL_BLOCK_RECORD) OTTL_TRY(add_places(v, f.body, &own, (uint8_t)(level + 1)));
  }
  return OTTL_OK;
}

static ottl_status prepare(ottl_viewer *v, ottl_signal signal) {
  if (!v->validators[signal]) OTTL_TRY(ottl__validator_create(&v->al, (int)signal, &v->validators[signal]));
  if (!v->roots[signal]) v->roots[signal] = ottl__json_message(&v->schema, &v->tables, ottl__json_root((int)signal));
  return v->roots[signal] ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status open_payload(ottl_viewer *v, ottl_signal signal, const uint8_t *wire, size_t len) {
  OTTL_TRY(prepare(v, signal));
  ottl_invalid why;
  ottl_status status = ottl__validate(v->validators[signal], wire, len, &why);
  if (status != OTTL_OK) {
    snprintf(v->error, sizeof v->error, "%s", why.text);
    v->error_offset = why.offset;
    return status;
  }
  v->signal = signal;
  v->in = wire;
  v->in_len = len;
  OTTL_TRY(add_places(v, view_of(wire, len), NULL, OTTL_BLOCK_RESOURCE));
  uint32_t numbers[OTTL_BLOCK_RECORD + 1] = {0};
  for (size_t i = 0; i < v->n_places; i++) v->places[i].number = numbers[v->places[i].level]++;
  return ottl__view_dictionary(v);
}

ottl_status ottl_viewer_open(ottl_viewer *v, ottl_signal signal, const uint8_t *wire, size_t len) {
  static const uint8_t nothing[1];
  if (!v || (!wire && len) || signal < OTTL_SIGNAL_LOGS || signal > OTTL_SIGNAL_PROFILES) return OTTL_INVALID_ARG;
  v->n_places = 0;
  v->error[0] = 0;
  v->error_offset = 0;
  ottl__arena_reset(&v->payload);
  ottl_status status = open_payload(v, signal, wire ? wire : nothing, len);
  if (status != OTTL_OK) v->n_places = 0;
  return status;
}

size_t ottl_viewer_count(const ottl_viewer *v) { return v ? v->n_places : 0; }

bool ottl_viewer_block(const ottl_viewer *v, size_t i, ottl_block *ret) {
  static const char *const records[] = {"", "log record", "span", "metric", "profile"};
  if (!v || !ret || i >= v->n_places) return false;
  const view_place *p = &v->places[i];
  *ret = (ottl_block){.level = (ottl_block_level)p->level,
                      .number = p->number,
                      .resource = p->resource,
                      .scope = p->level >= OTTL_BLOCK_SCOPE ? p->scope : OTTL_NO_PLACE,
                      .item = p->level >= OTTL_BLOCK_RECORD ? p->item : OTTL_NO_PLACE,
                      .offset = p->offset,
                      .len = p->end - p->offset};
  ret->kind = p->level == OTTL_BLOCK_RESOURCE ? "resource" : p->level == OTTL_BLOCK_SCOPE ? "scope" : records[v->signal];
  return true;
}

/* ---- the text of one ---- */

static const js_message *message_of(const ottl_viewer *v, unsigned level) {
  const js_message *m = v->roots[v->signal];
  for (unsigned l = 0; l <= level; l++) m = m->fields[js_find(m, l ? 2 : 1)].message;
  return m;
}

static void forget(ottl_viewer *v) {
  ottl_sbuf *const buffers[] = {&v->path, &v->text, &v->lines, &v->summary};
  for (size_t i = 0; i < OTTL_COUNT(buffers); i++) buffers[i]->len = 0, buffers[i]->failed = false;
  ottl__arena_reset(&v->scratch);
  v->n_rows = 0;
  v->joined = 0;
  v->depth = 0;
  v->path_base = 0;
  v->error[0] = 0;
  v->error_offset = 0;
}

ottl_status ottl_viewer_render(ottl_viewer *v, size_t i, ottl_block *ret) {
  ottl_block block;
  if (!ottl_viewer_block(v, i, &block) || !ret) return OTTL_INVALID_ARG;
  const view_place *p = &v->places[i];
  ottl_view body = view_of(v->in + p->body, p->end - p->body);
  forget(v);
  ottl_status status = ottl__view_rows(v, p, message_of(v, p->level), body);
  if (status == OTTL_OK) status = ottl__view_lay_out(v);
  if (status == OTTL_LIMIT) v->error_offset = p->offset;
  OTTL_TRY(status);
  ottl__view_summary(v, p, body);
  OTTL_TRY(sbuf_status(&v->summary));
  block.summary = sbuf_all(&v->summary);
  block.lines = sbuf_all(&v->lines);
  *ret = block;
  return OTTL_OK;
}
