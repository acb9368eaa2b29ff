/* The collection of diagnostics: adding, limits, order, and the public view of them. */
#include "diag/diag.h"
#include "base/limits.h"

#include <stdio.h>

const ottl_diag_info ottl__diag_infos[DIAG_N_CODES] = {
#define DIAG(code, severity, name, summary, help) {#code, OTTL_SEVERITY_##severity, #name, summary, help},
#include "diagnostics.def"
#undef DIAG
};

ottl_status ottl__diags_create(const ottl_allocator *al, ottl_diags **ret) {
  ottl_allocator own = ottl__alloc_or_default(al);
  ottl_diags *d = al_zero(&own, sizeof *d);
  if (!d) return OTTL_NOMEM;
  d->al = own;
  ottl__arena_init(&d->arena, &own, 4096);
  *ret = d;
  return OTTL_OK;
}

void ottl_diags_free(ottl_diags *diags) {
  if (!diags) return;
  ottl_allocator al = diags->al;
  ottl__arena_done(&diags->arena);
  al_free(&al, diags->items, diags->cap * sizeof *diags->items);
  al_free(&al, diags->sources, diags->cap_sources * sizeof *diags->sources);
  al_free(&al, diags, sizeof *diags);
}

ottl_status ottl__diags_give(ottl_diags *diags, ottl_diags **ret, ottl_status status) {
  if (status != OTTL_OK && diags->nomem) status = OTTL_NOMEM;
  if (ret && ottl_diags_count(diags))
    *ret = diags;
  else
    ottl_diags_free(diags);
  return status;
}

static ottl_view diag_copy(ottl_diags *d, ottl_view v) {
  ottl_view copy = arena_copy(&d->arena, v.data, v.len);
  if (copy.data) return copy;
  d->nomem = true;
  return (ottl_view){"", 0};
}

uint32_t ottl__diags_source(ottl_diags *d, ottl_view name, ottl_view text, uint32_t line, uint32_t column, size_t offset) {
  if (!d) return 0;
  if (ottl__al_reserve(&d->al, &d->sources, &d->cap_sources, d->n_sources + 1, sizeof *d->sources) != OTTL_OK) {
    d->nomem = true;
    return UINT32_MAX;
  }
  d->sources[d->n_sources] =
      (ottl_source){.name = diag_copy(d, name), .text = diag_copy(d, text), .offset = offset, .line = line, .column = column};
  return (uint32_t)d->n_sources++;
}

bool ottl__source_keep_places(ottl_source *s, ottl_arena *arena) {
  if (!s->places) return true;
  const size_t n = s->text.len + 1;
  uint32_t *places = arena_array(arena, n, sizeof *places);
  ottl_view file = arena_copy(arena, s->file, s->places[n - 1]);
  if (!places || !file.data) return false;
  memcpy(places, s->places, n * sizeof *places);
  s->places = places;
  s->file = file.data;
  return true;
}

uint32_t ottl__diags_snippet(ottl_diags *d, const ottl_snippet *sn) {
  uint32_t id = ottl__diags_source(d, view_str(sn->name), (ottl_view){sn->text, sn->len}, sn->line ? sn->line : 1,
                                   sn->column ? sn->column : 1, sn->offset);
  if (!d || id >= d->n_sources) return id;
  ottl_source *s = &d->sources[id];
  s->indent = sn->indent;
  s->derived = sn->derived;
  s->doubles = sn->doubles;
  if (!sn->places || !sn->file || !s->text.data) return id;
  s->places = sn->places;
  s->file = sn->file;
  if (ottl__source_keep_places(s, &d->arena)) return id;
  s->places = NULL;
  s->file = NULL;
  d->nomem = true;
  return id;
}

static size_t place_behind(const ottl_source *s, const diag_place *place, size_t at) {
  return s->places ? s->places[at] : at + (size_t)(place->line - s->line) * s->indent;
}

const ottl_source *ottl__diag_source_of(const ottl_diags *d, uint32_t id) {
  static const ottl_source nothing = {.line = 1, .column = 1};
  return id < d->n_sources ? &d->sources[id] : &nothing;
}

static ottl_view diag_vprintf(ottl_diags *d, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  char *text = n < 0 ? NULL : arena_text(&d->arena, (size_t)n + 1);
  if (text) vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  if (text) return (ottl_view){text, (size_t)n};
  d->nomem = true;
  return (ottl_view){"", 0};
}

static ottl_diag_item *diag_push(ottl_diags *d, ottl_diag_code code, ottl_span span) {
  ottl_diag_item *item = arena_zero(&d->arena, sizeof *item);
  if (!item || ottl__al_reserve(&d->al, &d->items, &d->cap, d->n + 1, sizeof *d->items) != OTTL_OK) {
    d->nomem = true;
    return NULL;
  }
  item->diags = d;
  item->code = code;
  item->severity = ottl__diag_infos[code].severity;
  item->primary.span = span;
  item->help = view_str(ottl__diag_infos[code].help);
  d->items[d->n++] = item;
  return item;
}

ottl_diag_item *ottl__diag_add(ottl_diags *d, ottl_diag_code code, ottl_span span, const char *format, ...) {
  if (!d) return NULL;
  ottl_severity severity = ottl__diag_infos[code].severity;
  if (severity == OTTL_SEVERITY_ERROR && d->n_errors++ >= OTTL_MAX_ERRORS) {
    if (d->n_errors == OTTL_MAX_ERRORS + 1) {
      ottl_diag_item *note = diag_push(d, DIAG_TOO_MANY_ERRORS, span);
      if (note) note->message = VIEW("too many errors: those from here on are not shown");
    }
    return NULL;
  }
  if (severity == OTTL_SEVERITY_WARNING && d->n_warnings++ >= OTTL_MAX_WARNINGS) return NULL;
  if (severity == OTTL_SEVERITY_NOTE && d->n_notes++ >= OTTL_MAX_NOTES) return NULL;
  ottl_diag_item *item = diag_push(d, code, span);
  if (!item) return NULL;
  va_list args;
  va_start(args, format);
  item->message = diag_vprintf(d, format, args);
  va_end(args);
  return item;
}

#define DIAG_TEXT(target)                                                                                                        \
  do {                                                                                                                           \
    va_list args;                                                                                                                \
    va_start(args, format);                                                                                                      \
    (target) = diag_vprintf(item->diags, format, args);                                                                          \
    va_end(args);                                                                                                                \
  } while (0)

void ottl__diag_mark(ottl_diag_item *item, const char *format, ...) {
  if (item) DIAG_TEXT(item->primary.text);
}

void ottl__diag_label(ottl_diag_item *item, ottl_span span, const char *format, ...) {
  if (!item || item->n_labels == OTTL_DIAG_MAX_LABELS) return;
  item->labels[item->n_labels].span = span;
  DIAG_TEXT(item->labels[item->n_labels].text);
  item->n_labels++;
}

void ottl__diag_help(ottl_diag_item *item, const char *format, ...) {
  if (item) DIAG_TEXT(item->help);
}

void ottl__diag_note(ottl_diag_item *item, const char *format, ...) {
  if (!item || item->n_notes == OTTL_DIAG_MAX_NOTES) return;
  DIAG_TEXT(item->notes[item->n_notes]);
  item->n_notes++;
}

void ottl__diag_fix(ottl_diag_item *item, ottl_span span, ottl_view replacement) {
  if (!item || item->n_fixes == OTTL_DIAG_MAX_FIXES) return;
  item->fixes[item->n_fixes++] = (diag_label){span, diag_copy(item->diags, replacement)};
}

void ottl__diag_severity(ottl_diag_item *item, ottl_severity severity) {
  if (!item || item->severity == severity) return;
  if (item->severity == OTTL_SEVERITY_ERROR) item->diags->n_errors--;
  if (item->severity == OTTL_SEVERITY_WARNING) item->diags->n_warnings--;
  if (severity == OTTL_SEVERITY_ERROR) item->diags->n_errors++;
  if (severity == OTTL_SEVERITY_WARNING) item->diags->n_warnings++;
  item->severity = severity;
}

/* Insertion sort: at most some 120 items, mostly in order already. The note of too many errors stays last. */
void ottl__diags_sort(ottl_diags *d, size_t from) {
  if (!d) return;
  for (size_t i = from + 1; i < d->n; i++) {
    ottl_diag_item *item = d->items[i];
    if (item->code == DIAG_TOO_MANY_ERRORS) continue;
    ottl_span a = item->primary.span;
    size_t at = i;
    for (; at > from; at--) {
      ottl_span b = d->items[at - 1]->primary.span;
      if (d->items[at - 1]->code == DIAG_TOO_MANY_ERRORS) continue;
      if (b.source < a.source || (b.source == a.source && b.begin <= a.begin)) break;
    }
    for (size_t k = i; k > at; k--) d->items[k] = d->items[k - 1];
    d->items[at] = item;
  }
}

size_t ottl_diags_count(const ottl_diags *diags) { return diags ? diags->n : 0; }
size_t ottl_diags_errors(const ottl_diags *diags) { return diags ? diags->n_errors : 0; }

ottl_diag_span ottl__diag_span(const ottl_source *s, size_t begin, size_t end, ottl_view text) {
  if (begin > s->text.len) begin = s->text.len;
  if (end > s->text.len) end = s->text.len;
  diag_place b = ottl__diag_place(s, begin), e = ottl__diag_place(s, end);
  return (ottl_diag_span){.file = s->name,
                          .begin = s->offset + place_behind(s, &b, begin),
                          .end = s->offset + place_behind(s, &e, end),
                          .line = b.line,
                          .column = b.column,
                          .column_utf16 = b.column_utf16,
                          .end_line = e.line,
                          .end_column = e.column,
                          .end_column_utf16 = e.column_utf16,
                          .text = text};
}

static ottl_diag_span diag_public_span(const ottl_diags *d, const diag_label *label) {
  return ottl__diag_span(ottl__diag_source_of(d, label->span.source), label->span.begin, label->span.end, label->text);
}

ottl_status ottl_diags_get(const ottl_diags *d, size_t i, ottl_diag *ret) {
  if (!d || !ret || i >= d->n) return OTTL_INVALID_ARG;
  const ottl_diag_item *item = d->items[i];
  ottl_diag out = {.code = ottl__diag_infos[item->code].code,
                   .severity = item->severity,
                   .message = item->message,
                   .help = item->help,
                   .n_labels = item->n_labels,
                   .n_notes = item->n_notes,
                   .n_fixes = item->n_fixes};
  for (size_t k = 0; k < item->n_fixes; k++) {
    if (ottl__diag_source_of(d, item->fixes[k].span.source)->derived) out.n_fixes = 0;
  }
  out.span = diag_public_span(d, &item->primary);
  for (size_t k = 0; k < item->n_labels; k++) out.labels[k] = diag_public_span(d, &item->labels[k]);
  for (size_t k = 0; k < item->n_notes; k++) out.notes[k] = item->notes[k];
  for (size_t k = 0; k < out.n_fixes; k++) {
    out.fixes[k].span = diag_public_span(d, &item->fixes[k]);
    out.fixes[k].span.text = (ottl_view){"", 0};
    out.fixes[k].replacement = item->fixes[k].text;
  }
  *ret = out;
  return OTTL_OK;
}

void ottl_diags_revise(ottl_diags *d, bool (*revise)(void *context, ottl_diag *diag), void *context) {
  size_t kept = 0;
  for (size_t i = 0; d && i < d->n; i++) {
    ottl_diag shown;
    ottl_diag_item *item = d->items[i];
    if (ottl_diags_get(d, i, &shown) != OTTL_OK) continue; /* there is no such case */
    bool keep = revise(context, &shown);
    if (keep) ottl__diag_severity(item, shown.severity);
    if (keep)
      d->items[kept++] = item;
    else if (item->severity == OTTL_SEVERITY_ERROR)
      d->n_errors--;
  }
  if (d) d->n = kept;
}

ottl_status ottl_diags_render(const ottl_diags *d, ottl_diags_format format, bool colour, ottl_diags_write write, void *context) {
  if (!d || !write) return OTTL_INVALID_ARG;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &d->al);
  switch (format) {
  case OTTL_DIAGS_TEXT: ottl__diag_render_text(d, colour, &out); break;
  case OTTL_DIAGS_SHORT: ottl__diag_render_short(d, colour, &out); break;
  case OTTL_DIAGS_JSON: ottl__diag_render_json(d, &out); break;
  default: return OTTL_INVALID_ARG;
  }
  ottl_status status = sbuf_status(&out);
  if (status == OTTL_OK && out.len) write(context, out.data, out.len);
  ottl__sbuf_done(&out);
  return status;
}
