/* A tree as text. No recursion: trees are as deep as hostile input makes them; steps are counted, since chains may run in circles. */
#include "base/limits.h"
#include "xml/tree.h"

#include "base/utf8.h"

typedef struct frame {
  const xml_node *node; /* whose children are walked */
  const xml_node *child;
  bool preserve;
} frame;

typedef struct walk {
  ottl_arena *arena;
  frame *frames;
  size_t n, cap, most;
  uint32_t steps;
  ottl_sbuf *out;
} walk;

static ottl_status push(walk *w, const xml_node *node, bool preserve) {
  if (w->n == w->cap) {
    size_t cap = w->cap ? 2 * w->cap : 32;
    frame *more = arena_array(w->arena, cap, sizeof *more);
    if (!more) return OTTL_NOMEM;
    if (w->n) memcpy(more, w->frames, w->n * sizeof *more);
    w->frames = more;
    w->cap = cap;
  }
  w->frames[w->n++] = (frame){node, node->first, preserve};
  return OTTL_OK;
}

/* html.EscapeString */
static void escape(ottl_sbuf *out, ottl_view v) {
  size_t begin = 0;
  for (size_t i = 0; i < v.len; i++) {
    const char *with = NULL;
    switch (v.data[i]) {
    case '&': with = "&amp;"; break;
    case '<': with = "&lt;"; break;
    case '>': with = "&gt;"; break;
    case '"': with = "&#34;"; break;
    case '\'': with = "&#39;"; break;
    default: continue;
    }
    sbuf_put(out, v.data + begin, i - begin);
    sbuf_str(out, with);
    begin = i + 1;
  }
  if (begin < v.len) sbuf_put(out, v.data + begin, v.len - begin);
}

static void write_name(ottl_sbuf *out, const char *before, ottl_view prefix, ottl_view local) {
  sbuf_str(out, before);
  if (prefix.len) {
    sbuf_view(out, prefix);
    sbuf_byte(out, ':');
  }
  sbuf_view(out, local);
}

/* xml:space, or what holds outside. */
static bool preserves(const xml_node *n, bool outside) {
  for (uint32_t i = 0; i < n->n_attr; i++) {
    if (!view_is(n->attr[i].name.space, "xml") || !view_is(n->attr[i].name.local, "space")) continue;
    if (view_is(n->attr[i].value, "preserve")) return true;
    return view_is(n->attr[i].value, "default") ? false : outside;
  }
  return outside;
}

static void write_marked(ottl_sbuf *out, const char *before, ottl_view text, const char *after) {
  sbuf_str(out, before);
  sbuf_view(out, text);
  sbuf_str(out, after);
}

static ottl_status write_node(walk *w, const xml_node *n, bool preserve) {
  ottl_sbuf *out = w->out;
  preserve = preserves(n, preserve);
  switch (n->type) {
  case XML_TEXT_NODE: escape(out, preserve ? n->data : ottl__utf8_trim_space(n->data)); return OTTL_OK;
  case XML_CDATA: write_marked(out, "<![CDATA[", n->data, "]]>"); return OTTL_OK;
  case XML_COMMENT_NODE: write_marked(out, "<!--", n->data, "-->"); return OTTL_OK;
  case XML_NOTATION: write_marked(out, "<!", n->data, ">"); return OTTL_OK;
  case XML_INSTRUCTION:
    write_marked(out, "<?", n->data, n->instruction.len ? " " : "");
    sbuf_view(out, n->instruction);
    sbuf_str(out, "?>");
    return OTTL_OK;
  case XML_DECLARATION: write_name(out, "<?", VIEW(""), n->data); break;
  default: write_name(out, "<", n->prefix, n->data); break;
  }
  for (uint32_t i = 0; i < n->n_attr; i++) {
    write_name(out, " ", n->attr[i].name.space, n->attr[i].name.local);
    sbuf_str(out, "=\"");
    escape(out, n->attr[i].value);
    sbuf_byte(out, '"');
  }
  sbuf_str(out, n->type == XML_DECLARATION ? "?>" : ">");
  return push(w, n, preserve);
}

static ottl_status check(const walk *w, size_t begin) {
  if (w->out->failed) return OTTL_NOMEM;
  return w->steps > OTTL_MAX_XML_STEPS || w->out->len - begin > w->most ? OTTL_LIMIT : OTTL_OK;
}

ottl_status ottl__xml_write(ottl_arena *scratch, const xml_node *node, size_t most, ottl_sbuf *out) {
  walk w = {.arena = scratch, .most = most, .out = out};
  size_t begin = out->len;
  OTTL_TRY(push(&w, node, preserves(node, true)));
  while (w.n) {
    frame *f = &w.frames[w.n - 1];
    const xml_node *child = f->child;
    w.steps++;
    OTTL_TRY(check(&w, begin));
    if (child) {
      f->child = child->next;
      OTTL_TRY(write_node(&w, child, f->preserve));
      continue;
    }
    w.n--;
    if (w.n == 0 || f->node->type == XML_DECLARATION) continue;
    write_name(out, "</", f->node->prefix, f->node->data);
    sbuf_byte(out, '>');
  }
  return check(&w, begin);
}

ottl_status ottl__xml_inner_text(ottl_arena *scratch, xml_text_walk *walk_of, const xml_node *node, size_t most, ottl_sbuf *out) {
  walk w = {.arena = scratch, .frames = walk_of->frames, .cap = walk_of->cap, .most = most, .out = out};
  size_t begin = out->len;
  ottl_status status = OTTL_OK;
  walk_of->steps = 1;
  if (node->type == XML_TEXT_NODE || node->type == XML_CDATA) {
    sbuf_view(out, node->data);
    return sbuf_status(out);
  }
  if (node->type == XML_COMMENT_NODE) return OTTL_OK;
  OTTL_TRY(push(&w, node, true));
  while (w.n && status == OTTL_OK) {
    frame *f = &w.frames[w.n - 1];
    const xml_node *child = f->child;
    w.steps++;
    status = check(&w, begin);
    if (!child) {
      w.n--;
      continue;
    }
    f->child = child->next;
    if (child->type == XML_TEXT_NODE || child->type == XML_CDATA)
      sbuf_view(out, child->data);
    else if (child->type != XML_COMMENT_NODE && status == OTTL_OK)
      status = push(&w, child, true);
  }
  *walk_of = (xml_text_walk){w.frames, w.cap, w.steps};
  return status == OTTL_OK ? check(&w, begin) : status;
}
