/* YAML to nodes, by libyaml's events. What a hostile file could blow up is counted: bytes, depth, and nodes with aliases followed. */
#include "base/map.h"
#include "config/node.h"
#include "sema/tables.h"

#include <yaml.h>

typedef struct yaml_anchor {
  ottl_view name;
  const cfg_node *node; /* NULL: still being read */
  struct yaml_anchor *next;
} yaml_anchor;

typedef struct yaml_reader {
  cfg_reader *r;
  ottl_view text;
  yaml_parser_t parser;
  yaml_anchor *anchors; /* newest first */
  size_t at_char;       /* marks count characters: here is the byte of the last one that was asked for */
  size_t at_byte;
  uint32_t depth, n_anchors;
} yaml_reader;

/* The byte of a mark. Marks come in order, but for the ends of what was read ahead. */
static uint32_t byte_of(yaml_reader *y, yaml_mark_t mark) {
  if (mark.index < y->at_char) y->at_char = y->at_byte = 0;
  while (y->at_char < mark.index && y->at_byte < y->text.len) {
    y->at_byte++;
    while (y->at_byte < y->text.len && ((unsigned char)y->text.data[y->at_byte] & 0xc0) == 0x80) y->at_byte++;
    y->at_char++;
  }
  return (uint32_t)y->at_byte;
}

static cfg_node *failed(yaml_reader *y) {
  const yaml_parser_t *p = &y->parser;
  if (p->error == YAML_MEMORY_ERROR) {
    y->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  /* The reader's own errors (what is no UTF-8) know the byte, the others a mark. */
  uint32_t at = p->error == YAML_READER_ERROR ? (uint32_t)p->problem_offset : byte_of(y, p->problem_mark);
  if (at > y->text.len) at = (uint32_t)y->text.len;
  uint32_t end = at < y->text.len ? at + 1 : at;
  ottl_diag_item *d = CFG_ERROR(y->r, CONFIG_SYNTAX, ((ottl_span){y->r->source, at, end}), "this is not YAML: %s",
                                p->problem ? p->problem : "it cannot be read");
  if (p->context) ottl__diag_note(d, "%s", p->context);
  bool code = at > 0 && at < y->text.len && (y->text.data[at - 1] == '"' || y->text.data[at] == '[');
  if (code && p->problem && strstr(p->problem, "expected ','"))
    ottl__diag_help(d, "within `[ ]` and `{ }`, put a statement or condition into single quotes: 'set(log.body, \"x\")'");
  if (at < y->text.len && y->text.data[at] == '\t') ottl__diag_help(d, "this is a tab: YAML is indented by spaces alone");
  return NULL;
}

static cfg_node *too_much(yaml_reader *y, uint32_t at, ottl_limit limit) {
  const ottl_limit_info *l = &ottl__limits[limit];
  CFG_ERROR(y->r, CONFIG_SIZE, ((ottl_span){y->r->source, at, at}), "the configuration has more than %llu %s%s",
            (unsigned long long)l->standard, l->unit, limit == OTTL_LIMIT_CONFIG_DEPTH ? " inside one another" : "");
  y->r->fatal = OTTL_LIMIT;
  return NULL;
}

static cfg_node *new_node(yaml_reader *y, const yaml_event_t *event, cfg_kind kind) {
  cfg_node *n = arena_zero(y->r->arena, sizeof *n);
  if (!n) {
    y->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  n->kind = (uint8_t)kind;
  n->begin = byte_of(y, event->start_mark);
  n->end = byte_of(y, event->end_mark);
  n->weight = 1;
  if (++y->r->nodes > ottl__limits[OTTL_LIMIT_CONFIG_NODES].standard) return too_much(y, n->begin, OTTL_LIMIT_CONFIG_NODES);
  return n;
}

/* Where a literal block's text begins. Its first character that is not blank is at `at`; empty lines and blanks before that may be text. */
static uint32_t block_text(const char *data, cfg_node *n, uint32_t at) {
  uint32_t newlines = 0, blanks = 0;
  while (newlines < n->text.len && n->text.data[newlines] == '\n') newlines++;
  while (newlines + blanks < n->text.len && n->text.data[newlines + blanks] == ' ') blanks++;
  for (uint32_t i = at; i > n->begin && data[i - 1] != '\n'; i--) n->indent++;
  if (blanks > n->indent) blanks = n->indent;
  n->indent -= blanks;
  at -= blanks;
  if (!newlines) return at;
  const char *first = memchr(data + n->begin, '\n', at - n->begin); /* the end of the line with the `|` */
  return first ? (uint32_t)(first - data) + 1 : at;
}

/* Behind anchor and tag, which an event begins with. */
static uint32_t behind_properties(const yaml_reader *y, uint32_t at) {
  const char *data = y->text.data;
  size_t end = y->text.len;
  while (at < end && (data[at] == '&' || data[at] == '!')) {
    while (at < end && !strchr(" \t\r\n", data[at])) at++;
    while (at < end && strchr(" \t\r\n", data[at])) at++;
  }
  return at;
}

/* Moves `begin` to the first character of a scalar: behind the quote, or to the text of a block. */
static void find_text(const yaml_reader *y, cfg_node *n, yaml_scalar_style_t style) {
  const char *data = y->text.data;
  uint32_t at = n->begin, end = n->end <= y->text.len ? n->end : (uint32_t)y->text.len;
  bool quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  if (quoted && at < end) at++;
  if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
    while (at < end && data[at] != '\n') at++;
    while (at < end && (data[at] == '\n' || data[at] == '\r' || data[at] == ' ')) at++;
    if (at == end) at = n->begin;
    if (style == YAML_LITERAL_SCALAR_STYLE) at = block_text(data, n, at);
  }
  n->begin = at;
  if (quoted && n->end > at) n->end--;
  size_t len = n->text.len;
  if (style == YAML_LITERAL_SCALAR_STYLE && len && n->text.data[len - 1] == '\n') len--; /* behind the last line */
  n->verbatim = len <= y->text.len - at && memcmp(data + at, n->text.data, len) == 0;
}

static cfg_node *scalar(yaml_reader *y, const yaml_event_t *event) {
  cfg_node *n = new_node(y, event, CFG_STRING);
  if (!n) return NULL;
  n->text = arena_copy(y->r->arena, event->data.scalar.value, event->data.scalar.length);
  if (!n->text.data) {
    y->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  yaml_scalar_style_t style = event->data.scalar.style;
  if (event->data.scalar.anchor || event->data.scalar.tag) n->begin = behind_properties(y, n->begin);
  if (n->end < n->begin) n->end = n->begin; /* nothing is there but blanks */
  n->raw_begin = n->begin;
  n->raw_end = n->end;
  n->style = style == YAML_SINGLE_QUOTED_SCALAR_STYLE   ? CFG_SINGLE_QUOTED
             : style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? CFG_DOUBLE_QUOTED
             : style == YAML_LITERAL_SCALAR_STYLE       ? CFG_LITERAL
             : style == YAML_FOLDED_SCALAR_STYLE        ? CFG_FOLDED
                                                        : CFG_PLAIN;
  find_text(y, n, style);
  const char *tag = (const char *)event->data.scalar.tag;
  bool plain = style == YAML_PLAIN_SCALAR_STYLE;
  if (tag && strcmp(tag, "!") != 0 ? strcmp(tag, YAML_STR_TAG) != 0 : plain) ottl__cfg_resolve(n);
  if (tag && strcmp(tag, YAML_FLOAT_TAG) == 0 && n->kind == CFG_INT) {
    n->kind = CFG_FLOAT;
    n->number = (double)n->integer;
  }
  return n;
}

static bool remember(yaml_reader *y, const yaml_char_t *name, yaml_anchor **ret) {
  *ret = NULL;
  if (!name) return true;
  if (++y->n_anchors > ottl__limits[OTTL_LIMIT_CONFIG_ANCHORS].standard)
    return too_much(y, (uint32_t)y->at_byte, OTTL_LIMIT_CONFIG_ANCHORS) != NULL;
  yaml_anchor *a = arena_zero(y->r->arena, sizeof *a);
  if (a) a->name = arena_copy(y->r->arena, name, strlen((const char *)name));
  if (!a || !a->name.data) {
    y->r->fatal = OTTL_NOMEM;
    return false;
  }
  a->next = y->anchors;
  y->anchors = a;
  *ret = a;
  return true;
}

static cfg_node *alias(yaml_reader *y, const yaml_event_t *event) {
  ottl_view name = view_str((const char *)event->data.alias.anchor);
  const yaml_anchor *a = y->anchors;
  while (a && !view_eq(a->name, name)) a = a->next;
  cfg_node *n = new_node(y, event, CFG_NULL);
  if (!n) return NULL;
  if (!a || !a->node) {
    CFG_ERROR(y->r, CONFIG_SYNTAX, cfg_span(y->r, n),
              a ? "the anchor `%.*s` is inside itself" : "there is no anchor `%.*s` before this", VIEW_ARG(name));
    return NULL;
  }
  y->r->nodes += a->node->weight;
  if (y->r->nodes > ottl__limits[OTTL_LIMIT_CONFIG_NODES].standard) return too_much(y, n->begin, OTTL_LIMIT_CONFIG_NODES);
  *n = *a->node; /* places are those of the anchor: that is where the text is */
  n->next = NULL;
  n->key = (ottl_view){NULL, 0};
  return n;
}

/* A map while it is read. */
typedef struct yaml_map {
  cfg_node *node;
  const cfg_node **tail;
  ottl_map keys; /* to where the key stands */
} yaml_map;

static bool remember_key(yaml_reader *y, yaml_map *map, const cfg_node *kid) {
  if (ottl__map_put(&map->keys, kid->key, kid->key_begin) == OTTL_OK) return true;
  y->r->fatal = OTTL_NOMEM;
  return false;
}

static bool add_entry(yaml_reader *y, yaml_map *map, cfg_node *kid) {
  if (!remember_key(y, map, kid)) return false;
  *map->tail = kid;
  map->tail = &kid->next;
  map->node->n++;
  map->node->weight += kid->weight;
  return true;
}

/* `<<`: what the map does not have itself comes from another. */
static bool merge(yaml_reader *y, yaml_map *map, const cfg_node *from) {
  if (from->kind == CFG_LIST) {
    CFG_EACH(from, kid) {
      if (!merge(y, map, kid)) return false;
    }
    return true;
  }
  if (from->kind != CFG_MAP) {
    CFG_ERROR(y->r, CONFIG_SYNTAX, cfg_span(y->r, from), "`<<` takes a map or a list of maps");
    return false;
  }
  CFG_EACH(from, kid) {
    if (ottl__map_find(&map->keys, kid->key) != OTTL_MAP_NONE) continue;
    cfg_node *copy = arena_alloc(y->r->arena, sizeof *copy);
    if (!copy) {
      y->r->fatal = OTTL_NOMEM;
      return false;
    }
    *copy = *kid;
    copy->next = NULL;
    if (!add_entry(y, map, copy)) return false;
    y->r->nodes += copy->weight;
    if (y->r->nodes > ottl__limits[OTTL_LIMIT_CONFIG_NODES].standard)
      return too_much(y, map->node->begin, OTTL_LIMIT_CONFIG_NODES) != NULL;
  }
  return true;
}

static cfg_node *value(yaml_reader *y, yaml_event_t *event);

static bool next_event(yaml_reader *y, yaml_event_t *event) {
  if (yaml_parser_parse(&y->parser, event)) return true;
  failed(y);
  return false;
}

static bool list_items(yaml_reader *y, cfg_node *list) {
  const cfg_node **tail = &list->first;
  yaml_event_t event;
  for (;;) {
    if (!next_event(y, &event)) return false;
    if (event.type == YAML_SEQUENCE_END_EVENT) break;
    cfg_node *kid = value(y, &event);
    if (!kid) return false;
    *tail = kid;
    tail = &kid->next;
    list->n++;
    list->weight += kid->weight;
  }
  yaml_event_delete(&event);
  return true;
}

static bool is_merge(const yaml_event_t *event) {
  return event->type == YAML_SCALAR_EVENT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

static bool check_key(yaml_reader *y, const yaml_map *map, const cfg_node *key) {
  if (key->kind >= CFG_LIST) {
    CFG_ERROR(y->r, CONFIG_SYNTAX, cfg_span(y->r, key), "a key is a text, this is a %s", key->kind == CFG_LIST ? "list" : "map");
    return false;
  }
  uint32_t twin = ottl__map_find(&map->keys, key->text);
  if (twin == OTTL_MAP_NONE) return true;
  ottl_diag_item *d =
      CFG_ERROR(y->r, CONFIG_DUPLICATE_KEY, cfg_span(y->r, key), "the key `%.*s` is there twice", VIEW_ARG(key->text));
  ottl__diag_label(d, (ottl_span){y->r->source, twin, twin + (key->end - key->begin)}, "first here");
  return true; /* there may be more to tell */
}

static bool map_entries(yaml_reader *y, yaml_map *map) {
  const cfg_node *merged = NULL;
  yaml_event_t event;
  for (;;) {
    if (!next_event(y, &event)) return false;
    if (event.type == YAML_MAPPING_END_EVENT) break;
    bool merges = is_merge(&event);
    const cfg_node *key = value(y, &event);
    if (!key || !check_key(y, map, key) || !next_event(y, &event)) return false;
    cfg_node *kid = value(y, &event);
    if (!kid) return false;
    kid->key = key->text;
    kid->key_begin = key->begin;
    kid->key_end = key->end;
    if (merges) {
      merged = kid;
      if (!remember_key(y, map, kid)) return false;
    } else if (!add_entry(y, map, kid)) {
      return false;
    }
  }
  yaml_event_delete(&event);
  return !merged || merge(y, map, merged);
}

static bool map_read(yaml_reader *y, cfg_node *node) {
  yaml_map map = {.node = node, .tail = &node->first};
  ottl__map_init(&map.keys, &y->r->al);
  bool ok = map_entries(y, &map);
  ottl__map_done(&map.keys);
  return ok;
}

static cfg_node *container(yaml_reader *y, const yaml_event_t *event) {
  bool list = event->type == YAML_SEQUENCE_START_EVENT;
  cfg_node *n = new_node(y, event, list ? CFG_LIST : CFG_MAP);
  if (!n) return NULL;
  if (y->depth >= ottl__limits[OTTL_LIMIT_CONFIG_DEPTH].standard) return too_much(y, n->begin, OTTL_LIMIT_CONFIG_DEPTH);
  y->depth++;
  bool ok = list ? list_items(y, n) : map_read(y, n);
  y->depth--;
  return ok ? n : NULL;
}

/* The node that begins with the event, which is used up. */
static cfg_node *value(yaml_reader *y, yaml_event_t *event) {
  yaml_anchor *anchor = NULL;
  cfg_node *n = NULL;
  switch (event->type) {
  case YAML_ALIAS_EVENT: n = alias(y, event); break;
  case YAML_SCALAR_EVENT:
    if (remember(y, event->data.scalar.anchor, &anchor)) n = scalar(y, event);
    break;
  case YAML_SEQUENCE_START_EVENT:
    if (remember(y, event->data.sequence_start.anchor, &anchor)) n = container(y, event);
    break;
  case YAML_MAPPING_START_EVENT:
    if (remember(y, event->data.mapping_start.anchor, &anchor)) n = container(y, event);
    break;
  default: y->r->fatal = OTTL_INTERNAL; break;
  }
  yaml_event_delete(event);
  if (anchor) anchor->node = n;
  return n;
}

static cfg_node *document(yaml_reader *y) {
  yaml_event_t event;
  for (;;) {
    if (!next_event(y, &event)) return NULL;
    switch (event.type) {
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT: yaml_event_delete(&event); break;
    case YAML_STREAM_END_EVENT: {
      cfg_node *n = new_node(y, &event, CFG_NULL);
      yaml_event_delete(&event);
      return n;
    }
    default: {
      cfg_node *n = value(y, &event);
      if (!n || !next_event(y, &event)) return NULL; /* nothing but its end may follow */
      yaml_event_delete(&event);
      return n;
    }
    }
  }
}

cfg_node *ottl__cfg_read(cfg_reader *r, ottl_view text) {
  yaml_reader y = {.r = r, .text = text};
  if (text.len > ottl__limits[OTTL_LIMIT_CONFIG_BYTES].standard) return too_much(&y, 0, OTTL_LIMIT_CONFIG_BYTES);
  if (!yaml_parser_initialize(&y.parser)) {
    r->fatal = OTTL_NOMEM;
    return NULL;
  }
  yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&y.parser, (const unsigned char *)(text.len ? text.data : ""), text.len);
  cfg_node *n = document(&y);
  yaml_parser_delete(&y.parser);
  return r->n_errors || r->fatal ? NULL : n;
}
