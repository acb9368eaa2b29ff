/* Two payloads side by side: blocks of the result by their origin, and what of the payload before has no block any more. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ottl/diff.h"

#define NONE SIZE_MAX

typedef struct diff_side {
  ottl_viewer *viewer;
  size_t *origins; /* by block: the block of `before`, or NONE */
  size_t cap_origins;
} diff_side;

typedef struct diff_entry {
  size_t key, order; /* where it stands among the entries */
  size_t before, after;
  bool copy, moved;
} diff_entry;

struct ottl_diff {
  ottl_allocator al;
  ottl_signal signal;
  const uint8_t *before_data, *data;
  ottl_viewer *before;
  diff_side sides[2]; /* the payload after the last step, and after the one before it */
  unsigned now;
  bool begun, stepped;
  diff_entry *entries;
  size_t n_entries, cap_entries;
  size_t *links; /* scratch of build */
  size_t cap_links;
  ottl_view *labels; /* scratch of get */
  size_t cap_labels;
  ottl_line_diff lines; /* of the last get */
  const char *error;
  size_t error_offset;
};

ottl_status ottl_diff_create(const ottl_allocator *allocator, ottl_diff **ret) {
  if (!ret) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_diff *d = al_zero(&al, sizeof *d);
  if (!d) return OTTL_NOMEM;
  d->al = al;
  d->error = "";
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.allocator = &d->al;
  options.layout = OTTL_VIEWER_LINES;
  ottl_status status = ottl_viewer_create(&options, &d->before);
  for (size_t i = 0; i < OTTL_COUNT(d->sides) && status == OTTL_OK; i++)
    status = ottl_viewer_create(&options, &d->sides[i].viewer);
  if (status != OTTL_OK) {
    ottl_diff_free(d);
    return status;
  }
  *ret = d;
  return OTTL_OK;
}

void ottl_diff_free(ottl_diff *d) {
  if (!d) return;
  ottl_line_diff_free(&d->lines);
  ottl_viewer_free(d->before);
  for (size_t i = 0; i < OTTL_COUNT(d->sides); i++) {
    ottl_viewer_free(d->sides[i].viewer);
    al_free(&d->al, d->sides[i].origins, d->sides[i].cap_origins * sizeof *d->sides[i].origins);
  }
  al_free(&d->al, d->entries, d->cap_entries * sizeof *d->entries);
  al_free(&d->al, d->links, d->cap_links * sizeof *d->links);
  al_free(&d->al, d->labels, d->cap_labels * sizeof *d->labels);
  ottl_allocator al = d->al;
  al_free(&al, d, sizeof *d);
}

const char *ottl_diff_error(const ottl_diff *d, size_t *ret_offset) {
  if (d && ret_offset) *ret_offset = d->error_offset;
  return d ? d->error : "";
}

static ottl_status told(ottl_diff *d, const ottl_viewer *v, ottl_status status) {
  d->error = "";
  if (status == OTTL_DATA || status == OTTL_LIMIT) d->error = ottl_viewer_error(v, &d->error_offset);
  return status;
}

/* ---- entries ---- */

/* The block that each block stands below; of a resource: NONE. */
static void find_parents(const ottl_viewer *v, size_t *parents) {
  size_t above[OTTL_BLOCK_RECORD + 1] = {NONE, NONE, NONE};
  ottl_block b;
  for (size_t i = 0; ottl_viewer_block(v, i, &b); i++) {
    parents[i] = b.level ? above[b.level - 1] : NONE;
    above[b.level] = i;
  }
}

static int by_key(const void *a, const void *b) {
  const diff_entry *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

/* Below another block than the one that its old parent became first. */
static bool has_moved(const diff_entry *e, const size_t *origins, const size_t *old, const size_t *new, const size_t *became) {
  if (e->before == NONE || e->after == NONE || new[e->after] == NONE) return false;
  return origins[new[e->after]] != old[e->before] || became[old[e->before]] != new[e->after];
}

static ottl_status build(ottl_diff *d) {
  const diff_side *side = &d->sides[d->now];
  const ottl_viewer *after = d->stepped ? side->viewer : d->before;
  size_t n_before = ottl_viewer_count(d->before), n_after = ottl_viewer_count(after), last = 0;
  d->n_entries = 0;
  OTTL_TRY(ottl__al_reserve(&d->al, &d->entries, &d->cap_entries, n_before + n_after + 1, sizeof *d->entries));
  OTTL_TRY(ottl__al_reserve(&d->al, &d->links, &d->cap_links, 2 * n_before + n_after + 1, sizeof *d->links));
  size_t *became = d->links, *old = became + n_before, *new = old + n_before;
  for (size_t i = 0; i < n_before; i++) became[i] = NONE;
  find_parents(d->before, old);
  find_parents(after, new);
  for (size_t i = 0; i < n_after; i++) {
    size_t origin = d->stepped ? side->origins[i] : i;
    bool copy = origin != NONE && became[origin] != NONE;
    if (origin != NONE && !copy) became[origin] = i;
    last = origin != NONE ? origin : last;
    d->entries[d->n_entries++] = (diff_entry){.key = last, .order = i + 1, .before = origin, .after = i, .copy = copy};
  }
  for (size_t i = 0; d->stepped && i < d->n_entries; i++)
    d->entries[i].moved = has_moved(&d->entries[i], side->origins, old, new, became);
  for (size_t i = 0; i < n_before; i++) {
    if (became[i] == NONE) d->entries[d->n_entries++] = (diff_entry){.key = i, .before = i, .after = NONE};
  }
  if (d->n_entries > 1) qsort(d->entries, d->n_entries, sizeof *d->entries, by_key);
  return OTTL_OK;
}

/* ---- payloads ---- */

ottl_status ottl_diff_begin(ottl_diff *d, ottl_signal signal, const uint8_t *wire, size_t len) {
  if (!d) return OTTL_INVALID_ARG;
  ottl_line_diff_free(&d->lines);
  d->n_entries = 0;
  d->begun = d->stepped = false;
  OTTL_TRY(told(d, d->before, ottl_viewer_open(d->before, signal, wire, len)));
  d->signal = signal;
  d->before_data = d->data = wire;
  OTTL_TRY(build(d));
  d->begun = true;
  return OTTL_OK;
}

/* Offsets of blocks rise with their numbers: what is below stands inside. */
static size_t block_at(const ottl_viewer *v, ottl_block_level level, uint64_t offset) {
  size_t low = 0, high = ottl_viewer_count(v);
  ottl_block b;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ottl_viewer_block(v, middle, &b) && b.offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return ottl_viewer_block(v, low, &b) && b.offset == offset && b.level == level ? low : NONE;
}

/* What the blocks of the result are in the payload before it, and so in the first one. */
static ottl_status step_origins(ottl_diff *d, ottl_exec *exec, diff_side *next) {
  const diff_side *last = &d->sides[d->now];
  const ottl_viewer *from = d->stepped ? last->viewer : d->before;
  uint64_t n[OTTL_BLOCK_RECORD + 1] = {0}, offset;
  ottl_block b;
  OTTL_TRY(
      ottl__al_reserve(&d->al, &next->origins, &next->cap_origins, ottl_viewer_count(next->viewer) + 1, sizeof *next->origins));
  for (size_t i = 0; ottl_viewer_block(next->viewer, i, &b); i++) {
    OTTL_TRY(ottl_exec_origin(exec, b.level, n[b.level]++, &offset));
    next->origins[i] = NONE;
    if (offset == OTTL_NO_PLACE) continue;
    size_t at = block_at(from, b.level, offset);
    if (at == NONE) return OTTL_INVALID_ARG;
    next->origins[i] = d->stepped ? last->origins[at] : at;
  }
  return OTTL_OK;
}

ottl_status ottl_diff_step(ottl_diff *d, ottl_exec *exec, const ottl_result *result) {
  if (!d || !exec || !result || !d->begun) return OTTL_INVALID_ARG;
  ottl_line_diff_free(&d->lines);
  diff_side *next = &d->sides[!d->now];
  d->begun = false;
  OTTL_TRY(told(d, next->viewer, ottl_viewer_open(next->viewer, d->signal, result->data, result->data ? result->len : 0)));
  OTTL_TRY(step_origins(d, exec, next));
  d->now = !d->now;
  d->stepped = true;
  d->data = result->data;
  OTTL_TRY(build(d));
  d->begun = true;
  return OTTL_OK;
}

/* ---- one entry ---- */

size_t ottl_diff_count(const ottl_diff *d) { return d && d->begun ? d->n_entries : 0; }

static int by_text(const void *a, const void *b) { return view_cmp(*(const ottl_view *)a, *(const ottl_view *)b); }

/* What stands before the value, if it stands on this line. */
static bool label_of(ottl_view line, ottl_view *ret) {
  size_t at = 0;
  while (at < line.len && line.data[at] == ' ') at++;
  if (at == line.len || line.data[at] == '"') return false; /* a value goes on */
  size_t end = at;
  bool quoted = false;
  for (; end < line.len && (quoted || line.data[end] != ' '); end++) {
    if (quoted && line.data[end] == '\\')
      end++;
    else if (line.data[end] == '"')
      quoted = !quoted;
  }
  *ret = (ottl_view){line.data + at, end < line.len ? end - at : line.len - at};
  return true;
}

/* Different labels of the lines that came and went. */
static ottl_status count_fields(ottl_diff *d, size_t *ret) {
  ottl_view before = {"", 0}, after = {"", 0};
  size_t n = 0;
  OTTL_TRY(ottl__al_reserve(&d->al, &d->labels, &d->cap_labels, d->lines.n + 1, sizeof *d->labels));
  for (size_t i = 0; i < d->lines.n; i++) {
    const ottl_diff_line *line = &d->lines.lines[i];
    ottl_view label;
    if (label_of(line->text, &label)) {
      if (line->kind != '+') before = label;
      if (line->kind != '-') after = label;
    }
    if (line->kind != ' ') d->labels[n++] = line->kind == '-' ? before : after;
  }
  if (n > 1) qsort(d->labels, n, sizeof *d->labels, by_text);
  *ret = n > 0;
  for (size_t i = 1; i < n; i++) *ret += !view_eq(d->labels[i], d->labels[i - 1]);
  return OTTL_OK;
}

static bool same_bytes(const ottl_diff *d, const ottl_diff_entry *e) {
  if (e->level != OTTL_BLOCK_RECORD || d->signal == OTTL_SIGNAL_PROFILES || e->before.len != e->after.len) return false;
  return memcmp(d->before_data + e->before.offset, d->data + e->after.offset, e->before.len) == 0;
}

static ottl_status compare(ottl_diff *d, const diff_entry *at, ottl_viewer *after, ottl_diff_entry *e) {
  static const ottl_view nothing = {"", 0};
  if (e->has_before) OTTL_TRY(told(d, d->before, ottl_viewer_render(d->before, at->before, &e->before)));
  if (e->has_after) OTTL_TRY(told(d, after, ottl_viewer_render(after, at->after, &e->after)));
  ottl_view a = e->has_before && e->before.lines.len ? e->before.lines : nothing;
  ottl_view b = e->has_after && e->after.lines.len ? e->after.lines : nothing;
  OTTL_TRY(ottl_line_diff_create(&d->al, a, b, &d->lines));
  e->lines = d->lines;
  return count_fields(d, &e->fields);
}

ottl_status ottl_diff_get(ottl_diff *d, size_t i, ottl_diff_entry *ret) {
  if (!ret || i >= ottl_diff_count(d)) return OTTL_INVALID_ARG;
  const diff_entry *at = &d->entries[i];
  ottl_viewer *after = d->stepped ? d->sides[d->now].viewer : d->before;
  ottl_diff_entry e = {.moved = at->moved};
  ottl_line_diff_free(&d->lines);
  e.has_before = ottl_viewer_block(d->before, at->before, &e.before);
  e.has_after = ottl_viewer_block(after, at->after, &e.after);
  e.level = e.has_before ? e.before.level : e.after.level;
  e.change = !e.has_after ? OTTL_CHANGE_DROPPED : !e.has_before || at->copy ? OTTL_CHANGE_ADDED : OTTL_CHANGE_NONE;
  bool same = e.has_before && e.has_after && !e.moved && same_bytes(d, &e);
  if (d->stepped && !same) OTTL_TRY(compare(d, at, after, &e));
  if (e.change == OTTL_CHANGE_NONE && e.fields) e.change = OTTL_CHANGE_CHANGED;
  *ret = e;
  return OTTL_OK;
}
