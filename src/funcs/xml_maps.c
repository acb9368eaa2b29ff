/* ParseXML and ParseSimplifiedXML: XML as maps. */
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "funcs/handlers.h"
#include "xml/tree.h"

static ottl_status map_put(ottl_arena *arena, ottl_rowmap *map, ottl_view key, ottl_cell value) {
  ottl_entry *e = ottl__rowmap_push(arena, map, key);
  if (!e) return OTTL_NOMEM;
  entry_set(e, value);
  return OTTL_OK;
}

/* -- ParseXML: tag, content, attributes, children -- */

typedef struct element {
  struct element *parent;
  ottl_view tag, text;
  ottl_rowmap *attributes;
  ottl_list *children;
} element;

/* Of equal names, which differ in their prefixes, the last value stays. */
static ottl_status element_attributes(ottl_call *c, const xml_token *t, ottl_rowmap **ret) {
  ottl_rowmap *map = *ret = t->n_attr ? arena_zero(c->arena, sizeof *map) : NULL;
  if (t->n_attr && !map) return OTTL_NOMEM;
  ottl_map index;
  ottl__map_init(&index, &c->scratch->al);
  ottl_status status = OTTL_OK;
  for (uint32_t i = 0; i < t->n_attr && status == OTTL_OK; i++) {
    const xml_attr *a = &t->attr[i];
    uint32_t at = ottl__map_find(&index, a->name.local);
    if (at != OTTL_MAP_NONE) {
      entry_set(&map->items[at], cell_string(a->value));
      continue;
    }
    status = ottl__map_put(&index, a->name.local, map->n);
    if (status == OTTL_OK) status = map_put(c->arena, map, a->name.local, cell_string(a->value));
  }
  ottl__map_done(&index);
  return status;
}

static ottl_status element_map(ottl_arena *arena, const element *e, ottl_cell *ret) {
  ottl_rowmap *map = arena_zero(arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  OTTL_TRY(map_put(arena, map, VIEW("tag"), cell_string(e->tag)));
  if (e->text.len) OTTL_TRY(map_put(arena, map, VIEW("content"), cell_string(e->text)));
  if (e->attributes) OTTL_TRY(map_put(arena, map, VIEW("attributes"), cell_tree(OTTL_T_MAP, e->attributes)));
  if (e->children) OTTL_TRY(map_put(arena, map, VIEW("children"), cell_tree(OTTL_T_LIST, e->children)));
  *ret = cell_tree(OTTL_T_MAP, map);
  return OTTL_OK;
}

static ottl_status element_close(ottl_arena *arena, const element *e, ottl_cell *ret) {
  OTTL_TRY(element_map(arena, e, ret));
  if (!e->parent) return OTTL_OK;
  if (!e->parent->children) e->parent->children = arena_zero(arena, sizeof *e->parent->children);
  if (!e->parent->children) return OTTL_NOMEM;
  return ottl__list_push(arena, e->parent->children, *ret);
}

/* White space at the ends of every piece is left out. */
static ottl_status element_text(ottl_arena *arena, element *e, ottl_view piece) {
  piece = ottl__utf8_trim_space(piece);
  if (!piece.len) return OTTL_OK;
  if (!e->text.len) {
    e->text = piece;
    return OTTL_OK;
  }
  char *joined = arena_alloc(arena, e->text.len + piece.len);
  if (!joined) return OTTL_NOMEM;
  memcpy(joined, e->text.data, e->text.len);
  memcpy(joined + e->text.len, piece.data, piece.len);
  e->text = view_of(joined, e->text.len + piece.len);
  return OTTL_OK;
}

/* One element and nothing behind it. *ret_error: what is wrong with the row. */
static ottl_status parse_tokens(ottl_call *c, xml_reader *r, ottl_cell *ret, uint16_t *ret_error) {
  element *at = NULL;
  xml_token t;
  size_t joined = 0;
  *ret_error = OTTL_ROWERR(BAD_XML, 0);
  for (size_t depth = 0;;) {
    ottl_status status = ottl__xml_next(r, &t);
    if (status == OTTL_DATA || status == OTTL_UNSUPPORTED) return OTTL_OK;
    if (status != OTTL_OK) return status;
    if (t.kind == XML_EOF) return OTTL_OK;
    if (t.kind == XML_START) {
      element *e = arena_zero(c->arena, sizeof *e);
      if (!e) return OTTL_NOMEM;
      *e = (element){.parent = at, .tag = t.name.local};
      OTTL_TRY(element_attributes(c, &t, &e->attributes));
      at = e;
      if (++depth > OTTL_MAX_XML_PARSE_DEPTH) {
        *ret_error = OTTL_ROWERR(TOO_DEEP, 0);
        return OTTL_OK;
      }
    } else if (t.kind == XML_END) {
      OTTL_TRY(element_close(c->arena, at, ret));
      at = at->parent;
      depth--;
      if (at) continue;
      if (r->at == r->text.len) *ret_error = 0;
      return OTTL_OK;
    } else if (t.kind == XML_TEXT && at) {
      OTTL_TRY(element_text(c->arena, at, t.data));
      joined += at->text.len; /* pieces are joined one by one */
      if (joined > OTTL_MAX_RESULT_BYTES) {
        *ret_error = OTTL_ROWERR(TOO_LARGE, 0);
        return OTTL_OK;
      }
    }
  }
}

ottl_status ottl__fn_parse_xml(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    xml_reader r;
    ottl_cell map = cell_nil();
    uint16_t error;
    ottl__xml_reader_init(&r, c->arena, &c->scratch->al, reg_view(c->arg[0].reg, row));
    ottl_status status = parse_tokens(c, &r, &map, &error);
    ottl__xml_reader_done(&r);
    if (status != OTTL_OK) return status;
    if (error)
      call_fail(c, row, error);
    else
      out_put(c, row, map);
  }
  return OTTL_OK;
}

/* -- ParseSimplifiedXML: elements by their names -- */

typedef struct simple_tag {
  uint32_t count, entry; /* entry: where the list of such elements is, + 1 */
} simple_tag;

typedef struct simple_level {
  ottl_map index; /* of tags, by name */
  simple_tag *tags;
  size_t n, cap;
} simple_level;

/* The first text in an element without elements. */
static ottl_view simple_leaf(const xml_node *n) {
  ottl_view text = VIEW("");
  bool found = false;
  for (const xml_node *child = n->first; child; child = child->next) {
    if (child->type == XML_ELEMENT) return VIEW("");
    if (found || (child->type != XML_TEXT_NODE && child->type != XML_CDATA)) continue;
    text = child->data;
    found = true;
  }
  return text;
}

static ottl_status simple_map(ottl_call *c, const xml_node *parent, uint32_t depth, ottl_rowmap **ret);

/* An element's text, or its map; nil for a map without entries. */
static ottl_status simple_value(ottl_call *c, const xml_node *n, uint32_t depth, ottl_cell *ret) {
  ottl_view leaf = simple_leaf(n);
  *ret = cell_string(leaf);
  if (leaf.len) return OTTL_OK;
  ottl_rowmap *map;
  OTTL_TRY(simple_map(c, n, depth + 1, &map));
  *ret = map->n ? cell_tree(OTTL_T_MAP, map) : cell_nil();
  return OTTL_OK;
}

static ottl_status simple_count(ottl_call *c, const xml_node *parent, simple_level *level) {
  const ottl_allocator *al = &c->scratch->al;
  for (const xml_node *n = parent->first; n; n = n->next) {
    if (n->type != XML_ELEMENT) continue;
    uint32_t at = ottl__map_find(&level->index, n->data);
    if (at == OTTL_MAP_NONE) {
      at = (uint32_t)level->n;
      OTTL_TRY(ottl__al_reserve(al, &level->tags, &level->cap, level->n + 1, sizeof *level->tags));
      OTTL_TRY(ottl__map_put(&level->index, n->data, at));
      level->tags[level->n++] = (simple_tag){0, 0};
    }
    level->tags[at].count++;
  }
  return OTTL_OK;
}

/* An element whose name comes more than once goes into a list. */
static ottl_status simple_element(ottl_call *c, const xml_node *n, simple_tag *tag, uint32_t depth, ottl_rowmap *map) {
  ottl_cell value;
  ottl_list *list = NULL;
  if (tag->count > 1) {
    if (!tag->entry) {
      list = arena_zero(c->arena, sizeof *list);
      if (!list) return OTTL_NOMEM;
      OTTL_TRY(map_put(c->arena, map, n->data, cell_tree(OTTL_T_LIST, list)));
      tag->entry = map->n;
    }
    list = cell_list(entry_cell(&map->items[tag->entry - 1]));
  }
  OTTL_TRY(simple_value(c, n, depth, &value));
  if (cell_is_nil(value)) return OTTL_OK;
  return list ? ottl__list_push(c->arena, list, value) : map_put(c->arena, map, n->data, value);
}

static ottl_status simple_map(ottl_call *c, const xml_node *parent, uint32_t depth, ottl_rowmap **ret) {
  ottl_rowmap *map = *ret = arena_zero(c->arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  if (depth > OTTL_MAX_XML_SIMPLE_DEPTH) return OTTL_LIMIT;
  simple_level level = {0};
  ottl__map_init(&level.index, &c->scratch->al);
  ottl_status status = simple_count(c, parent, &level);
  for (const xml_node *n = parent->first; n && status == OTTL_OK; n = n->next) {
    if (n->type != XML_ELEMENT || !n->first) continue;
    status = simple_element(c, n, &level.tags[ottl__map_find(&level.index, n->data)], depth, map);
  }
  ottl__map_done(&level.index);
  al_free(&c->scratch->al, level.tags, level.cap * sizeof *level.tags);
  return status;
}

ottl_status ottl__fn_parse_simplified_xml(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    xml_node *doc;
    ottl_rowmap *map;
    bool deep;
    OTTL_TRY(ottl__xml_parse(c->arena, &c->scratch->al, reg_view(c->arg[0].reg, row), &doc, &deep));
    if (!doc) {
      call_fail(c, row, deep ? OTTL_ROWERR(TOO_DEEP, 0) : OTTL_ROWERR(BAD_XML, 0));
      continue;
    }
    ottl_status status = simple_map(c, doc, 0, &map);
    if (status != OTTL_OK)
      OTTL_TRY(fail_status(c, row, status));
    else
      out_put(c, row, cell_tree(OTTL_T_MAP, map));
  }
  return OTTL_OK;
}
