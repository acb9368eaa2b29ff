/* What a case gave, written into its file: bytes of values are replaced, keys that are missing put behind the last one. What cannot be
 * written down so (aliases, maps in braces) is left. */
#include "tooling/test.h"

#include <stdlib.h>

#include "tooling/format.h"

static uint32_t column_of(const test_run *t, uint32_t at) {
  const char *data = t->test->file.text.data;
  uint32_t begin = at;
  while (begin && data[begin - 1] != '\n') begin--;
  return at - begin;
}

/* Is a list or map written in brackets? */
static bool is_flow(const test_run *t, const cfg_node *node) {
  ottl_view text = t->test->file.text;
  return node->begin < text.len && (text.data[node->begin] == '[' || text.data[node->begin] == '{');
}

/* Behind the value's last byte. Where a list or map in lines ends is not in the tree: that is where its last value does. */
static uint32_t end_of(const test_run *t, const cfg_node *node) {
  ottl_view text = t->test->file.text;
  if (node->kind < CFG_LIST) {
    uint32_t end = node->raw_end > node->raw_begin ? node->raw_end : node->end;
    while (end > node->begin && strchr(" \r\n\t", text.data[end - 1])) end--;
    return end;
  }
  bool flow = is_flow(t, node);
  uint32_t end = node->begin + flow;
  CFG_EACH(node, kid) {
    uint32_t kid_end = end_of(t, kid),
             key_end = kid->key.data ? kid->key_end + !flow : 0; /* nulls that are not written: up to the colon */
    if (kid_end > end) end = kid_end;
    if (key_end > end) end = key_end;
  }
  while (flow && end < text.len && text.data[end] != ']' && text.data[end] != '}') {
    if (text.data[end] == '#')
      while (end < text.len && text.data[end] != '\n') end++;
    else
      end++;
  }
  return end + flow;
}

/* Does the value stand behind its key as it is: no alias, anchor or tag? */
static bool stands_there(const test_run *t, const cfg_node *node) {
  ottl_view text = t->test->file.text;
  uint32_t begin = node->kind < CFG_LIST ? node->raw_begin : node->begin;
  if (begin < node->key_end) return false;
  for (uint32_t i = node->key_end; i < begin && i < text.len; i++) {
    if (strchr("&*!", text.data[i])) return false;
    if (text.data[i] == '#') /* a comment */
      while (i < begin && text.data[i] != '\n') i++;
  }
  return true;
}

static void add_edit(test_run *t, uint32_t begin, uint32_t end, ottl_sbuf *text) {
  ottl_view copy = arena_copy(&t->test->arena, text->data, text->len);
  test_case *c = t->c;
  if (text->failed || !copy.data ||
      ottl__al_reserve(&t->test->al, &c->edits, &c->cap_edits, c->n_edits + 1, sizeof *c->edits) != OTTL_OK)
    t->r->fatal = OTTL_NOMEM;
  else
    c->edits[c->n_edits++] = (test_edit){begin, end, copy};
  ottl__sbuf_done(text);
}

/* The resource or scope that records have without saying so; NULL: none. */
static rec *default_above(test_run *t, test_key key, const char *name) {
  cfg_node none = {.kind = CFG_MAP}, list = {.kind = CFG_LIST, .n = 1, .first = &none};
  const cfg_node *given = test_field(t, key);
  ottl_sbuf wire;
  rec **records, *found = NULL;
  size_t n;
  if (!given) return NULL;
  ottl__sbuf_init(&wire, &t->test->al);
  bool ok =
      ottl__rec_request(t->r, t->schema, &list, key == TEST_RESOURCE ? given : NULL, key == TEST_SCOPE ? given : NULL, &wire);
  ottl_view copy = arena_copy(&t->test->run, wire.data, wire.len);
  if (ok && copy.data && ottl__rec_records(&t->test->run, t->schema, copy, &records, &n) == OTTL_OK && n)
    found = ottl__rec_find(records[0], view_str(name));
  ottl__sbuf_done(&wire);
  return found;
}

static bool same_map(test_run *t, const rec *a, const rec *b) {
  ottl_sbuf text[2];
  for (int i = 0; i < 2; i++) {
    ottl__sbuf_init(&text[i], &t->test->al);
    if (i ? b : a) ottl__rec_text(&text[i], i ? b : a, 0, false);
  }
  bool same = view_eq(sbuf_all(&text[0]), sbuf_all(&text[1]));
  for (int i = 0; i < 2; i++) ottl__sbuf_done(&text[i]);
  return same;
}

/* The record without what it has of the case, or of the file; an empty map where it lacks that. */
static rec *without_defaults(test_run *t, const rec *record) {
  static const char *const names[] = {"resource", "scope"};
  rec *copy = ottl__rec_new(&t->test->run, REC_MAP, (ottl_view){NULL, 0});
  for (int i = 0; copy && i < 2; i++) {
    rec *usual = default_above(t, i ? TEST_SCOPE : TEST_RESOURCE, names[i]), *own = ottl__rec_find(record, view_str(names[i]));
    if (same_map(t, usual, own)) continue;
    rec *kid = ottl__rec_new(&t->test->run, REC_MAP, view_str(names[i]));
    if (!kid) copy = NULL;
    if (!kid) break;
    if (own) *kid = *own;
    ottl__rec_add(copy, kid);
  }
  if (!copy) {
    t->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  for (const rec *kid = record->first; kid; kid = kid->next) {
    if (view_is(kid->key, names[0]) || view_is(kid->key, names[1])) continue;
    rec *one = arena_alloc(&t->test->run, sizeof *one);
    if (!one) {
      t->r->fatal = OTTL_NOMEM;
      return NULL;
    }
    *one = *kid;
    ottl__rec_add(copy, one);
  }
  return copy;
}

void ottl__test_put_record(test_run *t, ottl_sbuf *out, const rec *record, uint32_t indent) {
  const rec *own = without_defaults(t, record);
  if (!own) return;
  if (!own->first)
    sbuf_str(out, "{}");
  else
    ottl__rec_text(out, own, indent, true);
  if (out->len && out->data[out->len - 1] == '\n') out->len--;
}

void ottl__test_edit_item(test_run *t, const cfg_node *item, rec *record) {
  const cfg_node *expect = t->c->f[TEST_EXPECT];
  ottl_sbuf text;
  if (!stands_there(t, expect) || is_flow(t, expect) || item->begin < expect->begin || item->begin >= end_of(t, expect)) return;
  ottl__sbuf_init(&text, &t->test->al);
  ottl__test_put_record(t, &text, record, column_of(t, item->begin));
  add_edit(t, item->begin, end_of(t, item), &text);
}

static uint32_t line_end(const test_run *t, uint32_t at) {
  ottl_view text = t->test->file.text;
  while (at < text.len && text.data[at] != '\n' && text.data[at] != '\r') at++;
  return at;
}

/* A value of the case, or a new key behind the last one. text begins with what stands behind the colon. */
static void edit_key(test_run *t, test_key key, ottl_sbuf *text) {
  const cfg_node *old = t->c->f[key], *node = t->c->node;
  ottl_sbuf line;
  if (is_flow(t, node) || node->begin < t->test->f[TEST_CASES]->begin || (old && !stands_there(t, old))) {
    ottl__sbuf_done(text);
    return;
  }
  if (old && old->kind == CFG_NULL && !old->text.len) { /* only its key is written */
    uint32_t end = line_end(t, old->key_end);
    add_edit(t, end, end, text);
    return;
  }
  if (old) {
    add_edit(t, old->key_end + 1, end_of(t, old), text);
    return;
  }
  ottl__sbuf_init(&line, &t->test->al);
  ottl__sbuf_printf(&line, "\n%*s%s:", (int)column_of(t, node->begin), "", ottl__test_key_names[key]);
  sbuf_view(&line, sbuf_all(text));
  line.failed |= text->failed;
  ottl__sbuf_done(text);
  uint32_t end = line_end(t, end_of(t, node)); /* there may be a comment */
  add_edit(t, end, end, &line);
}

void ottl__test_edit_expect(test_run *t, rec **records, size_t n) {
  uint32_t indent = column_of(t, t->c->node->begin) + 2;
  ottl_sbuf text;
  if (t->c->f[TEST_EXPECT_FILE]) return;
  ottl__sbuf_init(&text, &t->test->al);
  if (!n) sbuf_str(&text, " []");
  for (size_t i = 0; i < n; i++) {
    ottl__sbuf_printf(&text, "\n%*s- ", (int)indent, "");
    ottl__test_put_record(t, &text, records[i], indent + 2);
  }
  edit_key(t, TEST_EXPECT, &text);
}

void ottl__test_edit_errors(test_run *t) {
  uint32_t indent = column_of(t, t->c->node->begin) + 2;
  ottl_sbuf text;
  if (t->n_failures != t->all_failures) return; /* too many to be kept */
  ottl__sbuf_init(&text, &t->test->al);
  if (!t->n_failures) sbuf_str(&text, " []");
  for (size_t i = 0; i < t->n_failures; i++) {
    const test_failure *f = &t->failures[i];
    ottl__sbuf_printf(&text, "\n%*s- {record: %llu, code: %.*s, message: ", (int)indent, "", (unsigned long long)f->record,
                      VIEW_ARG(f->code));
    sbuf_byte(&text, '"');
    ottl__format_escaped(&text, f->message);
    sbuf_str(&text, "\"}");
  }
  edit_key(t, TEST_ERRORS, &text);
}

/* With the line ends that the file has. */
static void put_edit(ottl_sbuf *out, ottl_view text, bool crlf) {
  for (size_t i = 0; i < text.len; i++) {
    if (crlf && text.data[i] == '\n') sbuf_byte(out, '\r');
    sbuf_byte(out, text.data[i]);
  }
}

static bool has_crlf(ottl_view text) {
  const char *newline = text.len ? memchr(text.data, '\n', text.len) : NULL;
  return newline && newline > text.data && newline[-1] == '\r';
}

static int by_place(const void *a, const void *b) {
  const test_edit *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->text.data < y->text.data ? -1 : x->text.data > y->text.data;
}

ottl_status ottl_test_update(ottl_test *t, ottl_test_write write, void *context, size_t *ret_updated) {
  size_t n = 0, updated = 0;
  if (ret_updated) *ret_updated = 0;
  if (!t || !write) return OTTL_INVALID_ARG;
  for (size_t i = 0; i < t->n_cases; i++) {
    n += t->cases[i].n_edits;
    updated += t->cases[i].n_edits > 0;
  }
  if (!n) return OTTL_OK;
  test_edit *edits = al_new(&t->al, n * sizeof *edits);
  if (!edits) return OTTL_NOMEM;
  size_t k = 0, at = 0;
  for (size_t i = 0; i < t->n_cases; i++) {
    for (size_t e = 0; e < t->cases[i].n_edits; e++) edits[k++] = t->cases[i].edits[e];
  }
  qsort(edits, n, sizeof *edits, by_place);
  ottl_sbuf out;
  ottl__sbuf_init(&out, &t->al);
  for (size_t i = 0; i < n; i++) {
    if (edits[i].begin < at) continue; /* cases that share text through aliases */
    sbuf_put(&out, t->file.text.data + at, edits[i].begin - at);
    put_edit(&out, edits[i].text, has_crlf(t->file.text));
    at = edits[i].end;
  }
  sbuf_put(&out, t->file.text.data + at, t->file.text.len - at);
  ottl_status status = sbuf_status(&out);
  if (status == OTTL_OK) write(context, out.data, out.len);
  if (status == OTTL_OK && ret_updated) *ret_updated = updated;
  ottl__sbuf_done(&out);
  al_free(&t->al, edits, n * sizeof *edits);
  return status;
}
