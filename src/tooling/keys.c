/* Keys of maps: those of sample payloads, and those that the document uses elsewhere. */
#include "tooling/complete.h"

#include "syntax/parser.h"

typedef struct keys_job {
  complete_job *j;
  ottl_sbuf map; /* the path of the map, keys of maps inside maps behind zeros */
  bool closed;   /* `"]` follows already, or a quote does */
  ottl_map seen;
} keys_job;

/* The name of a map. False: it is no path of a map, or it has keys that are no texts. */
static bool map_name(const lang_tokens *t, const lang_chain *chain, uint32_t n_keys, ottl_context_id context, bool own,
                     ottl_sbuf *out) {
  const ottl_path_info *p = ottl__lang_keyed(t, chain, n_keys, context, own, out);
  return p && p->keyable;
}

static void add_key(keys_job *k, ottl_view key, const char *detail, uint32_t rank) {
  complete_job *j = k->j;
  if (!key.len) return; /* no name to show */
  for (size_t i = 0; i < key.len; i++) {
    if ((unsigned char)key.data[i] < 0x20) return; /* not worth the escapes */
  }
  ottl_sbuf out;
  ottl_view copy = arena_copy(&j->d->query, key.data, key.len), written;
  if (!copy.data) {
    j->nomem = true;
    return;
  }
  if (ottl__map_find(&k->seen, key) != OTTL_MAP_NONE) return;
  if (ottl__map_put(&k->seen, copy, 0) != OTTL_OK) j->nomem = true;
  ottl__sbuf_init(&out, &j->d->al);
  for (size_t i = 0; i < key.len; i++) {
    if (key.data[i] == '"' || key.data[i] == '\\') sbuf_byte(&out, '\\');
    sbuf_byte(&out, key.data[i]);
  }
  if (!k->closed) sbuf_str(&out, "\"]");
  if (ottl__lang_keep(j->d, &out, &written) != OTTL_OK) j->nomem = true;
  ottl__sbuf_done(&out);
  if (j->nomem) return;
  ottl_completion *c = ottl__complete_add(j, OTTL_COMPLETION_KEY, copy.data, rank, written, (ottl_view){"", 0});
  if (c) c->detail = view_str(detail);
}

static void add_sampled(keys_job *k) {
  const ottl_sample *s = k->j->d->options.sample;
  ottl_view map = sbuf_all(&k->map);
  for (size_t i = 0; s && i < s->n; i++) {
    ottl_view name = s->names[i];
    if (name.len <= map.len || memcmp(name.data, map.data, map.len) != 0 || name.data[map.len] != 0) continue;
    ottl_view key = {name.data + map.len + 1, name.len - map.len - 1}, types;
    if (memchr(key.data, 0, key.len)) continue; /* of a map inside */
    ottl_sbuf out;
    ottl__sbuf_init(&out, &k->j->d->al);
    ottl__describe_types(&out, s->types[i]);
    sbuf_str(&out, out.len ? " in the sample" : "in the sample");
    if (ottl__lang_keep(k->j->d, &out, &types) != OTTL_OK) k->j->nomem = true;
    ottl__sbuf_done(&out);
    if (k->j->nomem) return;
    add_key(k, key, types.data, 0);
  }
}

/* Keys of this map in another region. */
static ottl_status add_of_region(keys_job *k, const lang_region *r, ottl_sbuf *name) {
  ottl_document *d = k->j->d;
  ottl_status status;
  lang_tokens t;
  ottl_context_id context = ottl__lang_context(d, r, &status);
  OTTL_TRY(status);
  OTTL_TRY(ottl__lang_lex(d, r->text, &t));
  for (uint32_t i = 0; i < t.n; i++) {
    lang_chain chain;
    if (t.items[i].kind != TOK_LOWER || !ottl__lang_chain(&t, i, t.n, &chain) || chain.first != i) continue;
    for (uint32_t n = 0; n < chain.n_keys && chain.keys[n] != UINT32_MAX; n++) {
      bool same = map_name(&t, &chain, n, context, ottl__lang_own(d, r), name) && view_eq(sbuf_all(name), sbuf_all(&k->map));
      if (same) add_key(k, t.items[chain.keys[n]].text, "used in this file", 1);
    }
    i = chain.last;
  }
  return sbuf_status(name);
}

#define KEYS_REGIONS 500 /* regions of a document that are looked through */

static ottl_status add_used(keys_job *k) {
  ottl_document *d = k->j->d;
  ottl_sbuf name;
  ottl_status status = OTTL_OK;
  if (k->j->groups != d) return OTTL_OK; /* in what has no region yet, keys of samples alone are offered */
  ottl__sbuf_init(&name, &d->al);
  for (size_t i = 0; i < d->n_regions && i < KEYS_REGIONS && status == OTTL_OK; i++) {
    if (&d->regions[i] != k->j->r && d->regions[i].map) status = add_of_region(k, &d->regions[i], &name);
  }
  ottl__sbuf_done(&name);
  return status;
}

/* Is the string closed behind the place already? Editors close what is opened. */
static bool is_closed(const complete_job *j) {
  size_t at = j->offset;
  const ottl_view text = j->d->text;
  while (at < text.len && text.data[at] != '"' && text.data[at] != '\n' && text.data[at] != ']') at++;
  return at < text.len && text.data[at] == '"';
}

ottl_status ottl__complete_string(complete_job *j) {
  uint32_t at = j->t.n - 1; /* the string */
  lang_chain chain;
  j->word = at;
  j->word_begin = j->t.items[at].begin + 1;
  if (at < 2 || j->t.items[at - 1].kind != TOK_LBRACK || !ottl__lang_chain(&j->t, at - 2, at - 1, &chain)) return OTTL_OK;
  keys_job k = {.j = j, .closed = is_closed(j)};
  ottl__sbuf_init(&k.map, &j->d->al);
  ottl__map_init(&k.seen, &j->d->al);
  ottl_status status = OTTL_OK;
  if (map_name(&j->t, &chain, chain.n_keys, j->context, j->own, &k.map)) {
    add_sampled(&k);
    status = add_used(&k);
  }
  if (status == OTTL_OK) status = sbuf_status(&k.map);
  ottl__map_done(&k.seen);
  ottl__sbuf_done(&k.map);
  return status;
}
