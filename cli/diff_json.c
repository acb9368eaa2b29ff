/* ottl diff --format json: one object, written as it grows. */
#include "diff.h"

#include <stdio.h>
#include <stdlib.h>

#include "yyjson.h"

/* Writes a value of the document, and frees that. False: out of memory. */
static bool put(yyjson_mut_doc *doc, yyjson_mut_val *value, const bool *failed) {
  char *text = value && !*failed ? yyjson_mut_val_write(value, 0, NULL) : NULL;
  if (text) fputs(text, stdout);
  free(text);
  yyjson_mut_doc_free(doc);
  return text != NULL;
}

void diff_json_begin(void) { fputs("{\"messages\":[", stdout); }

void diff_json_message(const cli_message *m, bool first) {
  bool failed = false;
  yyjson_mut_doc *doc = cli_json_doc(&failed);
  printf("%s\n{\"input\":", first ? "" : ",");
  /* A name that is no text is no JSON either. */
  if (!put(doc, yyjson_mut_str(doc, m->input), &failed)) fputs("null", stdout);
  printf(",\"message\":%llu,\"signal\":\"%s\",\"entries\":[", (unsigned long long)m->number, cli_signal_names[m->signal]);
}

void diff_json_message_end(void) { fputs("]}", stdout); }

static yyjson_mut_val *place(yyjson_mut_doc *doc, const ottl_block *b) {
  yyjson_mut_val *o = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_uint(doc, o, "number", b->number + 1);
  yyjson_mut_obj_add_uint(doc, o, "resource", b->resource + 1);
  if (b->scope != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(doc, o, "scope", b->scope + 1);
  if (b->item != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(doc, o, "item", b->item + 1);
  return o;
}

bool diff_json_entry(const ottl_diff_entry *e, bool first) {
  static const char *const changes[] = {"none", "changed", "dropped", "added"};
  static const char *const kinds[] = {"same", "before", "after"};
  bool failed = false;
  yyjson_mut_doc *doc = cli_json_doc(&failed);
  yyjson_mut_val *o = yyjson_mut_obj(doc), *lines = yyjson_mut_arr(doc);
  yyjson_mut_obj_add_str(doc, o, "kind", e->has_before ? e->before.kind : e->after.kind);
  yyjson_mut_obj_add_str(doc, o, "change", changes[e->change]);
  yyjson_mut_obj_add_bool(doc, o, "moved", e->moved);
  if (e->has_before) yyjson_mut_obj_add_val(doc, o, "before", place(doc, &e->before));
  if (e->has_after) yyjson_mut_obj_add_val(doc, o, "after", place(doc, &e->after));
  yyjson_mut_obj_add_uint(doc, o, "fields", e->fields);
  bool shown = e->change != OTTL_CHANGE_NONE;
  for (size_t i = 0; shown && i < e->lines.n; i++) {
    const ottl_diff_line *line = &e->lines.lines[i];
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, lines);
    const char *kind = kinds[line->kind == '-' ? 1 : line->kind == '+' ? 2 : 0];
    yyjson_mut_obj_add_val(doc, one, kind, yyjson_mut_strn(doc, line->text.data, line->text.len));
  }
  yyjson_mut_obj_add_val(doc, o, "lines", lines);
  printf("%s\n  ", first ? "" : ",");
  return put(doc, o, &failed);
}

bool diff_json_end(const diff_totals *t) {
  static const char *const levels[] = {"resources", "scopes", "records"};
  static const char *const changes[] = {"unchanged", "changed", "dropped", "added"};
  bool failed = false;
  yyjson_mut_doc *doc = cli_json_doc(&failed);
  yyjson_mut_val *o = yyjson_mut_obj(doc);
  for (size_t level = 0; level <= OTTL_BLOCK_RECORD; level++) {
    yyjson_mut_val *one = yyjson_mut_obj_add_obj(doc, o, levels[level]);
    for (size_t i = 0; i <= OTTL_CHANGE_ADDED; i++) yyjson_mut_obj_add_uint(doc, one, changes[i], t->by_level[level][i]);
    if (level == OTTL_BLOCK_RECORD) yyjson_mut_obj_add_uint(doc, one, "moved", t->moved);
  }
  yyjson_mut_obj_add_uint(doc, o, "fields", t->fields);
  yyjson_mut_obj_add_uint(doc, o, "bytes_in", t->bytes_in);
  yyjson_mut_obj_add_uint(doc, o, "bytes_out", t->bytes_out);
  fputs("\n],\"summary\":", stdout);
  bool written = put(doc, o, &failed);
  puts("}");
  return written;
}
