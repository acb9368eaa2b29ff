/* Profiles say most things by index into a dictionary, and who writes one may number as he likes: before two payloads are
 * compared, each says in place what its indices stand for. The two tables themselves are left out then.
 *
 *   "typeStrindex": 1          ->  "type": "cpu"
 *   "attributeIndices": [2]    ->  "attributes": [{"key": "pid", "value": {"intValue": "42"}}]
 */
#include "conformance.h"

#include <stdlib.h>
#include <string.h>

typedef struct resolve_state {
  yyjson_mut_doc *out;
  yyjson_val *strings, *attributes;
} resolve_state;

static yyjson_mut_val *resolve_value(resolve_state *st, yyjson_val *in);

static long resolve_index(yyjson_val *val) {
  return strtol(yyjson_is_raw(val) ? yyjson_get_raw(val) : yyjson_get_str(val), NULL, 10);
}

static yyjson_mut_val *resolve_attribute(resolve_state *st, yyjson_val *index) {
  long i = resolve_index(index);
  yyjson_val *attribute = i < 0 ? NULL : yyjson_arr_get(st->attributes, (size_t)i);
  if (attribute) {
    yyjson_mut_val *out = resolve_value(st, attribute);
    if (!yyjson_obj_get(attribute, "value")) yyjson_mut_obj_add_val(st->out, out, "value", yyjson_mut_obj(st->out));
    return out;
  }
  yyjson_mut_val *nowhere = yyjson_mut_obj(st->out);
  yyjson_mut_obj_add_int(st->out, nowhere, "index", i);
  return nowhere;
}

static yyjson_mut_val *resolve_object(resolve_state *st, yyjson_val *in) {
  yyjson_mut_val *out = yyjson_mut_obj(st->out);
  size_t i, n, k, m;
  yyjson_val *name, *member, *index;
  yyjson_obj_foreach(in, i, n, name, member) {
    const char *key = yyjson_get_str(name);
    size_t len = yyjson_get_len(name), tail = strlen("Strindex");
    if (len > tail && !strcmp(key + len - tail, "Strindex")) {
      long at = resolve_index(member);
      yyjson_val *text = at < 0 ? NULL : yyjson_arr_get(st->strings, (size_t)at);
      if (text) { /* "keyStrindex" is the key, "stringValueStrindex" the value */
        yyjson_mut_obj_add(out, yyjson_mut_strncpy(st->out, key, len - tail), yyjson_val_mut_copy(st->out, text));
        continue;
      }
    }
    if (!strcmp(key, "attributeIndices")) {
      yyjson_mut_val *list = yyjson_mut_arr(st->out);
      yyjson_arr_foreach(member, k, m, index) yyjson_mut_arr_add_val(list, resolve_attribute(st, index));
      yyjson_mut_obj_add_val(st->out, out, "attributes", list);
      continue;
    }
    if (!strcmp(key, "stringTable") || !strcmp(key, "attributeTable")) continue;
    yyjson_mut_obj_add(out, yyjson_mut_strcpy(st->out, key), resolve_value(st, member));
  }
  return out;
}

static yyjson_mut_val *resolve_value(resolve_state *st, yyjson_val *in) {
  if (yyjson_is_obj(in)) return resolve_object(st, in);
  if (!yyjson_is_arr(in)) return yyjson_val_mut_copy(st->out, in);
  yyjson_mut_val *list = yyjson_mut_arr(st->out);
  size_t i, n;
  yyjson_val *member;
  yyjson_arr_foreach(in, i, n, member) yyjson_mut_arr_add_val(list, resolve_value(st, member));
  return list;
}

yyjson_doc *conf_profiles_resolved(yyjson_val *payload) {
  yyjson_val *dictionary = yyjson_obj_get(payload, "dictionary");
  resolve_state st = {yyjson_mut_doc_new(NULL), yyjson_obj_get(dictionary, "stringTable"),
                      yyjson_obj_get(dictionary, "attributeTable")};
  yyjson_mut_doc_set_root(st.out, resolve_value(&st, payload));
  yyjson_doc *doc = yyjson_mut_doc_imut_copy(st.out, NULL);
  yyjson_mut_doc_free(st.out);
  return doc;
}
