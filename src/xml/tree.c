/* Trees from tokens. */
#include "xml/tree.h"
#include "base/limits.h"

#include "base/utf8.h"

typedef struct prefix_use { /* of a name space */
  ottl_view name;
  int32_t level;
} prefix_use;

typedef struct tree_maker {
  ottl_arena *arena;
  const ottl_allocator *al;
  xml_node *doc, *prev;
  int32_t level;
  ottl_map spaces; /* URI to prefix, by number */
  prefix_use *uses;
  size_t n_uses, cap_uses;
} tree_maker;

xml_node *ottl__xml_node(ottl_arena *arena, xml_node_type type, ottl_view data) {
  xml_node *n = arena_zero(arena, sizeof *n);
  if (!n) return NULL;
  n->type = (uint8_t)type;
  n->data = data;
  n->blank = type == XML_TEXT_NODE && ottl__utf8_trim_space(data).len == 0;
  return n;
}

void ottl__xml_add_child(xml_node *parent, xml_node *n) {
  n->parent = parent;
  n->next = NULL;
  if (!parent->first) {
    parent->first = n;
    n->prev = NULL;
  } else if (parent->last) { /* the first of a chain that was put together by hand has no last */
    n->prev = parent->last;
    parent->last->next = n;
  }
  parent->last = n;
}

void ottl__xml_remove(xml_node *n) {
  xml_node *parent = n->parent;
  if (!parent) return;
  if (parent->first == n) {
    if (parent->last == n) {
      parent->first = parent->last = NULL;
    } else {
      parent->first = n->next;
      if (n->next) n->next->prev = NULL;
    }
  } else if (parent->last == n) {
    parent->last = n->prev;
    if (n->prev) n->prev->next = NULL;
  } else {
    if (n->prev) n->prev->next = n->next;
    if (n->next) n->next->prev = n->prev;
  }
  n->parent = n->prev = n->next = NULL;
}

/* The shorter side closes the gap: attributes that all go, in order, are not moved at all. */
uint64_t ottl__xml_remove_attr(xml_node *n, ottl_view name) {
  for (uint32_t i = 0; i < n->n_attr; i++) {
    if (n->attr[i].name.space.len || !view_eq(n->attr[i].name.local, name)) continue;
    uint32_t behind = --n->n_attr - i;
    if (i < behind) {
      memmove(n->attr + 1, n->attr, i * sizeof *n->attr);
      n->attr++;
      return 2 * (uint64_t)i + 1;
    }
    memmove(n->attr + i, n->attr + i + 1, behind * sizeof *n->attr);
    return (uint64_t)i + behind + 1;
  }
  return n->n_attr;
}

/* Behind the last of the siblings. */
static void add_sibling(xml_node *sibling, xml_node *n) {
  xml_node *last = sibling->parent ? sibling->parent->last : sibling;
  while (last->next) last = last->next;
  n->parent = sibling->parent;
  last->next = n;
  n->prev = last;
  n->next = NULL;
  if (n->parent) n->parent->last = n;
}

/* Hangs a node in at the level it has. */
static void place_node(tree_maker *m, xml_node *n) {
  if (n->level == m->prev->level) {
    add_sibling(m->prev, n);
  } else if (n->level > m->prev->level) {
    ottl__xml_add_child(m->prev, n);
  } else {
    for (int32_t i = m->prev->level - n->level; i > 1 && m->prev->parent; i--) m->prev = m->prev->parent;
    add_sibling(m->prev->parent ? m->prev->parent : m->prev, n);
  }
}

static xml_node *make_node(tree_maker *m, xml_node_type type, ottl_view data) {
  xml_node *n = ottl__xml_node(m->arena, type, data);
  if (n) n->level = m->level;
  return n;
}

/* -- elements -- */

static ottl_status use_prefix(tree_maker *m, ottl_view uri, ottl_view prefix, bool only_if_free) {
  uint32_t at = ottl__map_find(&m->spaces, uri);
  if (at == OTTL_MAP_NONE) {
    OTTL_TRY(ottl__al_reserve(m->al, &m->uses, &m->cap_uses, m->n_uses + 1, sizeof *m->uses));
    at = (uint32_t)m->n_uses++;
    OTTL_TRY(ottl__map_put(&m->spaces, uri, at));
  } else if (only_if_free && m->uses[at].level < m->level) {
    return OTTL_OK;
  }
  m->uses[at] = (prefix_use){prefix, m->level};
  return OTTL_OK;
}

static const prefix_use *prefix_of(const tree_maker *m, ottl_view uri) {
  uint32_t at = ottl__map_find(&m->spaces, uri);
  return at == OTTL_MAP_NONE ? NULL : &m->uses[at];
}

/* Was the element written with that prefix? The original looks at the first bytes of what it read. */
static bool written_with(ottl_view source, ottl_view prefix, ottl_view local) {
  if (source.len && source.data[0] == '<') source = view_of(source.data + 1, source.len - 1);
  return source.len > prefix.len + local.len && prefix.len + local.len < 4095 &&
         memcmp(source.data, prefix.data, prefix.len) == 0 && source.data[prefix.len] == ':' &&
         memcmp(source.data + prefix.len + 1, local.data, local.len) == 0;
}

/* Before the first element a declaration is made up; callers take it away again. */
static ottl_status missing_declaration(tree_maker *m) {
  xml_node *n = make_node(m, XML_DECLARATION, VIEW("xml"));
  xml_attr *version = arena_zero(m->arena, sizeof *version);
  if (!n || !version) return OTTL_NOMEM;
  *version = (xml_attr){.name.local = VIEW("version"), .value = VIEW("1.0")};
  n->attr = version;
  n->n_attr = 1;
  n->level = m->level = 1;
  ottl__xml_add_child(m->prev, n);
  m->prev = n;
  return OTTL_OK;
}

static ottl_status add_element(tree_maker *m, const xml_token *t, bool *ret_ok) {
  if (m->level == 0) OTTL_TRY(missing_declaration(m));
  for (uint32_t i = 0; i < t->n_attr; i++) {
    const xml_attr *a = &t->attr[i];
    if (view_is(a->name.local, "xmlns"))
      OTTL_TRY(use_prefix(m, a->value, VIEW(""), true));
    else if (view_is(a->name.space, "xmlns"))
      OTTL_TRY(use_prefix(m, a->value, a->name.local, false));
  }
  const prefix_use *own = t->name.space.len ? prefix_of(m, t->name.space) : NULL;
  *ret_ok = own || !t->name.space.len;
  if (!*ret_ok) return OTTL_OK;
  for (uint32_t i = 0; i < t->n_attr; i++) {
    xml_attr *a = &t->attr[i];
    a->uri = a->name.space;
    const prefix_use *use = prefix_of(m, a->name.space);
    if (use) a->name.space = use->name;
  }
  xml_node *n = make_node(m, XML_ELEMENT, t->name.local);
  if (!n) return OTTL_NOMEM;
  n->uri = t->name.space;
  n->attr = t->attr;
  n->n_attr = t->n_attr;
  if (own && written_with(t->source, own->name, n->data)) n->prefix = own->name;
  place_node(m, n);
  m->prev = n;
  m->level++;
  return OTTL_OK;
}

/* -- the rest -- */

/* ![CDATA[ in any case, at the beginning of what was read, makes even plain text a CDATA section. */
static bool reads_like_cdata(ottl_view source) {
  static const char mark[] = "![CDATA[";
  if (source.len && source.data[0] == '<') source = view_of(source.data + 1, source.len - 1);
  for (size_t i = 0; i < sizeof mark - 1; i++) {
    if (i >= source.len || (source.data[i] >= 'a' && source.data[i] <= 'z' ? source.data[i] - 32 : source.data[i]) != mark[i]) {
      return false;
    }
  }
  return true;
}

static ottl_view trim_quotes(ottl_view v) {
  while (v.len && (v.data[0] == '"' || v.data[0] == '\'')) v = view_of(v.data + 1, v.len - 1);
  while (v.len && (v.data[v.len - 1] == '"' || v.data[v.len - 1] == '\'')) v.len--;
  return v;
}

/* name=value, once each; a prefix is split off. */
static void add_pair(xml_node *n, ottl_view pair) {
  const char *equals = pair.len ? memchr(pair.data, '=', pair.len) : NULL;
  if (!equals || equals == pair.data) return;
  ottl_view name = view_of(pair.data, (size_t)(equals - pair.data));
  xml_attr a = {.name.local = name, .value = trim_quotes(view_of(equals + 1, pair.len - name.len - 1))};
  const char *colon = memchr(name.data, ':', name.len);
  if (colon && colon > name.data) {
    a.name.space = view_of(name.data, (size_t)(colon - name.data));
    a.name.local = view_of(colon + 1, name.len - a.name.space.len - 1);
  }
  for (uint32_t i = 0; i < n->n_attr; i++) {
    if (view_eq(n->attr[i].name.space, a.name.space) && view_eq(n->attr[i].name.local, a.name.local)) return;
  }
  n->attr[n->n_attr++] = a;
}

/* Few instructions have many attributes; those behind the first 64 of one that is not <?xml?> are never written, and are left out. */
#define PI_ATTRS 64

static ottl_status add_instruction(tree_maker *m, const xml_token *t) {
  bool declaration = view_is(t->target, "xml");
  xml_node *n = make_node(m, declaration ? XML_DECLARATION : XML_INSTRUCTION, t->target);
  if (!n) return OTTL_NOMEM;
  n->level = m->prev->type == XML_DOCUMENT ? m->level + 1 : m->level;
  n->attr = arena_array(m->arena, PI_ATTRS, sizeof *n->attr);
  if (!n->attr) return OTTL_NOMEM;
  for (size_t begin = 0, i = 0; i <= t->data.len && n->n_attr < PI_ATTRS; i++) {
    if (i < t->data.len && t->data.data[i] != ' ') continue;
    add_pair(n, ottl__utf8_trim_space(view_of(t->data.data + begin, i - begin)));
    begin = i + 1;
  }
  if (!declaration) n->instruction = ottl__utf8_trim_space(t->data);
  place_node(m, n);
  m->prev = n;
  m->level = n->level;
  return OTTL_OK;
}

static ottl_status add_token(tree_maker *m, const xml_token *t, bool *ret_ok) {
  xml_node *n = NULL;
  *ret_ok = true;
  switch (t->kind) {
  case XML_START: return add_element(m, t, ret_ok);
  case XML_END: m->level--; return OTTL_OK;
  case XML_PI: return add_instruction(m, t);
  case XML_TEXT: n = make_node(m, reads_like_cdata(t->source) ? XML_CDATA : XML_TEXT_NODE, t->data); break;
  case XML_COMMENT: n = make_node(m, XML_COMMENT_NODE, t->data); break;
  default: n = make_node(m, XML_NOTATION, t->data); break;
  }
  if (!n) return OTTL_NOMEM;
  place_node(m, n);
  return OTTL_OK;
}

/* A document has at least one element, at its top or beside it. */
static bool has_element(const xml_node *doc) {
  for (; doc; doc = doc->next) {
    for (const xml_node *n = doc->first; n; n = n->next) {
      if (n->type == XML_ELEMENT) return true;
    }
  }
  return false;
}

ottl_status ottl__xml_parse(ottl_arena *arena, const ottl_allocator *al, ottl_view text, xml_node **ret, bool *ret_deep) {
  tree_maker m = {.arena = arena, .al = al, .doc = ottl__xml_node(arena, XML_DOCUMENT, VIEW(""))};
  xml_reader r;
  *ret = NULL;
  *ret_deep = false;
  if (!m.doc) return OTTL_NOMEM;
  m.prev = m.doc;
  ottl__xml_reader_init(&r, arena, al, text);
  r.recodes = true;
  ottl__map_init(&m.spaces, al);
  ottl_status status = use_prefix(&m, VIEW("http://www.w3.org/XML/1998/namespace"), VIEW("xml"), false);
  bool ok = true;
  while (status == OTTL_OK && ok && !*ret_deep) {
    xml_token t;
    status = ottl__xml_next(&r, &t);
    if (status == OTTL_OK && t.kind == XML_EOF) break;
    if (status == OTTL_OK) status = add_token(&m, &t, &ok);
    *ret_deep = m.level > OTTL_MAX_XML_DEPTH;
  }
  ottl__xml_reader_done(&r);
  ottl__map_done(&m.spaces);
  al_free(al, m.uses, m.cap_uses * sizeof *m.uses);
  if (status == OTTL_DATA || status == OTTL_UNSUPPORTED) return OTTL_OK;
  if (status == OTTL_OK && ok && !*ret_deep && has_element(m.doc)) *ret = m.doc;
  return status;
}
