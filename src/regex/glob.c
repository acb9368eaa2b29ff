/* Reading a glob pattern into a tree. Oddities of the original that show are kept: a zero byte ends the text it is in, or at
 * the beginning of an item the whole pattern; braces need not be closed; a backslash at the end is nothing. */
#include "base/limits.h"
#include "regex/glob_impl.h"

typedef struct glob_parser {
  ottl_glob *g;
  ottl_view text;
  size_t at;
  uint32_t depth, n_nodes;
  const char *bad;
} glob_parser;

#define GLOB_END 0u

/* The rune at `at` and its width; the end reads as 0 of width 0. */
static uint32_t glob_peek(glob_parser *p, size_t *ret_width) {
  uint32_t rune;
  *ret_width = 0;
  if (p->at == p->text.len) return GLOB_END;
  size_t width = (size_t)utf8_decode(p->text.data + p->at, p->text.len - p->at, &rune);
  if (rune == OTTL_RUNE_ERROR) {
    if (!p->bad) p->bad = "could not read rune";
    return GLOB_END;
  }
  *ret_width = width;
  return rune;
}
static uint32_t glob_read(glob_parser *p) {
  size_t width;
  uint32_t rune = glob_peek(p, &width);
  p->at += width;
  return rune;
}

/* NULL: out of memory or too many. */
static glob_node *glob_add(glob_parser *p, glob_node *parent, glob_kind kind) {
  ottl_arena *arena = &p->g->arena;
  if (++p->n_nodes > OTTL_MAX_GLOB_NODES) return NULL;
  glob_node *n = arena_zero(arena, sizeof *n);
  if (!n) return NULL;
  n->kind = (uint8_t)kind;
  n->parent = parent;
  if (parent->n == parent->cap) {
    uint32_t cap = parent->cap ? 2 * parent->cap : 4;
    glob_node **more = arena_array(arena, cap, sizeof(glob_node *));
    if (!more) return NULL;
    if (parent->n) memcpy(more, parent->child, parent->n * sizeof(glob_node *));
    parent->child = more;
    parent->cap = cap;
  }
  parent->child[parent->n++] = n;
  return n;
}

/* Text up to one of the breakers, without its escapes. */
static ottl_status glob_text(glob_parser *p, const char *breakers, ottl_view *ret) {
  char *out = arena_text(&p->g->arena, p->text.len - p->at + 1);
  size_t n = 0;
  bool escaped = false;
  if (!out) return OTTL_NOMEM;
  for (;;) {
    size_t width;
    uint32_t rune = glob_peek(p, &width);
    if (rune == GLOB_END) {
      p->at += width;
      break;
    }
    if (!escaped && rune < 0x80 && strchr(breakers, (int)rune)) break;
    p->at += width;
    if (!escaped && rune == '\\') {
      escaped = true;
      continue;
    }
    escaped = false;
    memcpy(out + n, p->text.data + p->at - width, width);
    n += width;
  }
  *ret = view_of(out, n);
  return OTTL_OK;
}

static ottl_status glob_bad(glob_parser *p, const char *why) {
  if (!p->bad) p->bad = why;
  return OTTL_COMPILE;
}

/* Behind the opening bracket: a range lo-hi, or characters. */
static ottl_status glob_class(glob_parser *p, glob_node *parent) {
  glob_node item = {0};
  size_t width, begin = p->at;
  uint32_t rune = glob_read(p);
  if (rune == '!') {
    item.not = true;
    begin = p->at;
    rune = glob_read(p);
  }
  if (rune == GLOB_END) return glob_bad(p, "unexpected end of input");
  if (glob_peek(p, &width) == '-') {
    p->at += width;
    item.kind = GLOB_RANGE;
    item.lo = rune;
    item.hi = glob_read(p);
    if (item.hi == GLOB_END) return glob_bad(p, "unexpected end of input");
    if (item.hi < item.lo) return glob_bad(p, "the upper character of a range is less than the lower");
  } else {
    p->at = begin;
    item.kind = GLOB_LIST;
    OTTL_TRY(glob_text(p, "]", &item.text));
  }
  rune = glob_read(p);
  if (rune == GLOB_END) return glob_bad(p, "unexpected end of input");
  if (rune != ']') return glob_bad(p, "expected close range character");
  if (item.kind == GLOB_LIST && !item.text.len) return glob_bad(p, "could not parse range");
  glob_node *n = glob_add(p, parent, (glob_kind)item.kind);
  if (!n) return p->n_nodes > OTTL_MAX_GLOB_NODES ? OTTL_LIMIT : OTTL_NOMEM;
  n->not = item.not;
  n->lo = item.lo;
  n->hi = item.hi;
  n->text = item.text;
  return OTTL_OK;
}

/* One item into *tree; *tree becomes the pattern that goes on. */
static ottl_status glob_item(glob_parser *p, glob_node **tree, bool *ret_end) {
  size_t begin = p->at;
  uint32_t rune = glob_read(p);
  glob_node *n = NULL;
  ottl_view text;
  if (p->bad) return OTTL_COMPILE;
  switch (rune) {
  case GLOB_END: *ret_end = true; return OTTL_OK;
  case '[': return glob_class(p, *tree);
  case '?': n = glob_add(p, *tree, GLOB_SINGLE); break;
  case '*':
    if (p->at < p->text.len && p->text.data[p->at] == '*') {
      p->at++;
      n = glob_add(p, *tree, GLOB_SUPER);
    } else {
      n = glob_add(p, *tree, GLOB_STAR);
    }
    break;
  case '{':
    if (++p->depth > OTTL_MAX_GLOB_DEPTH) return OTTL_LIMIT;
    n = glob_add(p, *tree, GLOB_ANY_OF);
    if (n) *tree = n = glob_add(p, n, GLOB_PATTERN);
    break;
  case ',':
  case '}':
    if (p->depth && rune == ',') {
      n = glob_add(p, (*tree)->parent, GLOB_PATTERN);
      if (n) *tree = n;
      break;
    }
    if (p->depth) {
      p->depth--;
      *tree = (*tree)->parent->parent;
      return OTTL_OK;
    }
    /* fall through */
  default:
    p->at = begin;
    OTTL_TRY(glob_text(p, p->depth ? "?*[{}," : "?*[{", &text));
    if (!text.len) return OTTL_OK; /* a backslash at the end */
    n = glob_add(p, *tree, GLOB_TEXT);
    if (n) n->text = text;
  }
  if (n) return OTTL_OK;
  return p->n_nodes > OTTL_MAX_GLOB_NODES ? OTTL_LIMIT : OTTL_NOMEM;
}

ottl_status ottl__glob_compile(const ottl_allocator *al, ottl_view pattern, ottl_glob **ret, const char **ret_message) {
  *ret_message = "it is too large";
  if (pattern.len > OTTL_MAX_GLOB_BYTES) return OTTL_LIMIT;
  ottl_glob *g = al_zero(al, sizeof *g);
  if (!g) return OTTL_NOMEM;
  g->al = *al;
  ottl__arena_init(&g->arena, al, 1024);
  glob_parser p = {.g = g, .text = pattern};
  glob_node *tree = g->root = arena_zero(&g->arena, sizeof *g->root);
  ottl_status status = tree ? OTTL_OK : OTTL_NOMEM;
  if (tree) tree->kind = GLOB_PATTERN;
  for (bool end = false; status == OTTL_OK && !end;) status = glob_item(&p, &tree, &end);
  if (status == OTTL_OK && p.bad) status = OTTL_COMPILE;
  if (status == OTTL_OK) status = ottl__glob_linear_build(g);
  if (status == OTTL_OK) status = ottl__glob_build(g);
  if (status == OTTL_COMPILE) *ret_message = p.bad;
  if (status == OTTL_OK)
    *ret = g;
  else
    ottl__glob_free(g);
  return status;
}

void ottl__glob_free(ottl_glob *glob) {
  if (!glob) return;
  ottl__arena_done(&glob->arena);
  ottl_allocator al = glob->al;
  al_free(&al, glob, sizeof *glob);
}
