/* The functions that take XML and give XML: GetXML, RemoveXML, InsertXML, ConvertAttributesToElementsXML,
 * ConvertTextToElementsXML. Trees live in the scratch arena, for one row. */
#include "base/limits.h"
#include "funcs/handlers.h"
#include "xml/xpath.h"

static void xpath_prep_free(const ottl_allocator *al, void *prep) {
  OTTL_UNUSED(al);
  ottl__xpath_free(prep);
}

static ottl_status xpath_prepare(ottl_prepare *p, ottl_view text) {
  ottl_xpath *xp = NULL;
  const char *message = "";
  ottl_status status = ottl__xpath_compile(p->al, text, &xp, &message);
  if (status == OTTL_COMPILE) return ottl__refuse(p, 1, "invalid xpath: %s", message);
  if (status != OTTL_OK) return status;
  p->prep = xp;
  p->free_prep = xpath_prep_free;
  return OTTL_OK;
}

static ottl_status xpath_or(ottl_prepare *p, const char *standard) {
  const ottl_arg *arg = &p->arg[1];
  bool given = arg->given && cell_view(arg->literal).len;
  return xpath_prepare(p, given ? cell_view(arg->literal) : view_str(standard));
}

ottl_status ottl__prep_xml_path(ottl_prepare *p) { return xpath_prepare(p, cell_view(p->arg[1].literal)); }
ottl_status ottl__prep_xml_attributes(ottl_prepare *p) { return xpath_or(p, "//@*"); }
ottl_status ottl__prep_xml_text(ottl_prepare *p) { return xpath_or(p, "/"); }

/* -- what they share -- */

typedef struct xml_found {
  xml_node *doc, **nodes;
  size_t n;
} xml_found;

/* limit: the row error that stands for LIMIT. */
static ottl_status xml_fail(ottl_call *c, uint32_t row, ottl_status status, uint16_t limit) {
  switch (status) {
  case OTTL_OK: return OTTL_OK;
  case OTTL_LIMIT: call_fail(c, row, limit); return OTTL_OK;
  case OTTL_RUNTIME: call_fail(c, row, OTTL_ROWERR(BAD_XPATH, 0)); return OTTL_OK; /* DIFF: here the reference panics */
  default: return status;
  }
}

/* A document without the declaration that was made up, or without the first node if the text does not begin with one. *ret NULL: the
 * row failed. */
static ottl_status xml_document(ottl_call *c, uint32_t row, ottl_view text, xml_node **ret) {
  bool deep;
  OTTL_TRY(ottl__xml_parse(&c->scratch->arena, &c->scratch->al, text, ret, &deep));
  if (!*ret) {
    call_fail(c, row, deep ? OTTL_ROWERR(TOO_DEEP, 0) : OTTL_ROWERR(BAD_XML, 0));
    return OTTL_OK;
  }
  bool declared = text.len >= 5 && memcmp(text.data, "<?xml", 5) == 0;
  if (!declared && (*ret)->first) ottl__xml_remove((*ret)->first);
  return OTTL_OK;
}

/* *ret_ok false: the row failed. */
static ottl_status xml_query(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  ottl_status status =
      ottl__xpath_select(c->prep, &c->scratch->arena, &c->scratch->al, c->scratch->regex, f->doc, &f->nodes, &f->n);
  *ret_ok = status == OTTL_OK;
  return xml_fail(c, row, status, OTTL_ROWERR(XPATH_WORK, 0));
}

static ottl_status xml_put(ottl_call *c, uint32_t row, const xml_node *doc) {
  ottl_sbuf *buf = scratch_text(c);
  ottl_status status = ottl__xml_write(&c->scratch->arena, doc, OTTL_MAX_RESULT_BYTES, buf);
  bool large = buf->len > OTTL_MAX_RESULT_BYTES;
  return status == OTTL_OK ? out_text(c, row, buf)
                           : xml_fail(c, row, status, large ? OTTL_ROWERR(TOO_LARGE, 0) : OTTL_ROWERR(XML_WORK, 0));
}

/* What is done with the nodes found, for one row. */
typedef ottl_status xml_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok);

static ottl_status xml_row(ottl_call *c, uint32_t row, ottl_view text, xml_edit *edit) {
  xml_found f = {0};
  bool ok;
  OTTL_TRY(xml_document(c, row, text, &f.doc));
  if (!f.doc) return OTTL_OK;
  OTTL_TRY(xml_query(c, row, &f, &ok));
  if (ok) OTTL_TRY(edit(c, row, &f, &ok));
  return ok ? xml_put(c, row, f.doc) : OTTL_OK;
}

static ottl_status xml_rows(ottl_call *c, bool empty_is_empty, xml_edit *edit) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    ottl__arena_reset(&c->scratch->arena);
    if (empty_is_empty && !text.len)
      out_view(c, row, VIEW(""));
    else
      OTTL_TRY(xml_row(c, row, text, edit));
  }
  return OTTL_OK;
}

/* -- GetXML -- */

/* Elements and text are moved, attributes and CDATA sections become text. */
static ottl_status get_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  OTTL_UNUSED(row);
  ottl_arena *arena = &c->scratch->arena;
  xml_node *result = ottl__xml_node(arena, XML_DOCUMENT, VIEW(""));
  *ret_ok = true;
  if (!result) return OTTL_NOMEM;
  for (size_t i = 0; i < f->n; i++) {
    xml_node *n = f->nodes[i];
    if (n->type == XML_ELEMENT || n->type == XML_TEXT_NODE) {
      ottl__xml_add_child(result, n);
    } else if (n->type == XML_ATTRIBUTE || n->type == XML_CDATA) {
      xml_node *text = ottl__xml_node(arena, XML_TEXT_NODE, n->type == XML_CDATA ? n->data : n->first->data);
      if (!text) return OTTL_NOMEM;
      ottl__xml_add_child(result, text);
    }
  }
  f->doc = result;
  return OTTL_OK;
}

ottl_status ottl__fn_get_xml(ottl_call *c) { return xml_rows(c, true, get_edit); }

/* -- RemoveXML -- */

/* Removing attributes is linear in those of their element. */
static bool attr_steps(ottl_call *c, uint32_t row, uint64_t *steps, uint64_t more) {
  *steps += more;
  if (*steps <= OTTL_MAX_XML_STEPS) return true;
  call_fail(c, row, OTTL_ROWERR(XML_WORK, 0));
  return false;
}

static ottl_status remove_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  uint64_t steps = 0;
  *ret_ok = true;
  for (size_t i = 0; i < f->n && *ret_ok; i++) {
    xml_node *n = f->nodes[i];
    if (n->type == XML_ATTRIBUTE)
      *ret_ok = attr_steps(c, row, &steps, ottl__xml_remove_attr(n->parent, n->data));
    else if (n->type == XML_TEXT_NODE)
      n->data = VIEW("");
    else if (n->type == XML_ELEMENT || n->type == XML_COMMENT_NODE || n->type == XML_CDATA)
      ottl__xml_remove(n);
  }
  return OTTL_OK;
}

ottl_status ottl__fn_remove_xml(ottl_call *c) { return xml_rows(c, true, remove_edit); }

/* -- InsertXML -- */

/* The nodes of the part are moved into each target in turn, without being copied: the reference shares them. */
static ottl_status insert_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  xml_node *part = (xml_node *)f->nodes[f->n];
  *ret_ok = true;
  for (size_t i = 0; i < f->n; i++) {
    xml_node *n = f->nodes[i];
    if (n->type != XML_ELEMENT && n->type != XML_DOCUMENT) {
      call_fail(c, row, OTTL_ROWERR(NOT_ELEMENT, 0));
      *ret_ok = false;
      return OTTL_OK;
    }
    for (xml_node *child = part->first, *next; child; child = next) {
      next = child->next;
      ottl__xml_add_child(n, child);
    }
  }
  return OTTL_OK;
}

static ottl_status insert_row(ottl_call *c, uint32_t row) {
  ottl_view text = reg_view(c->arg[0].reg, row);
  ottl_arena *arena = &c->scratch->arena;
  xml_found f = {0};
  xml_node *part;
  bool ok;
  if (text.len)
    OTTL_TRY(xml_document(c, row, text, &f.doc));
  else if (!(f.doc = ottl__xml_node(arena, XML_ELEMENT, VIEW(""))))
    return OTTL_NOMEM;
  if (!f.doc) return OTTL_OK;
  OTTL_TRY(xml_document(c, row, reg_view(c->arg[2].reg, row), &part));
  if (!part) return OTTL_OK;
  OTTL_TRY(xml_query(c, row, &f, &ok));
  if (!ok) return OTTL_OK;
  xml_node **nodes = arena_array(arena, f.n + 1, sizeof(xml_node *));
  if (!nodes) return OTTL_NOMEM;
  if (f.n) memcpy(nodes, f.nodes, f.n * sizeof(xml_node *));
  nodes[f.n] = part;
  f.nodes = nodes;
  OTTL_TRY(insert_edit(c, row, &f, &ok));
  return ok ? xml_put(c, row, f.doc) : OTTL_OK;
}

ottl_status ottl__fn_insert_xml(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl__arena_reset(&c->scratch->arena);
    OTTL_TRY(insert_row(c, row));
  }
  return OTTL_OK;
}

/* -- ConvertAttributesToElementsXML -- */

static ottl_status attributes_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  uint64_t steps = 0;
  *ret_ok = true;
  for (size_t i = 0; i < f->n && *ret_ok; i++) {
    xml_node *n = f->nodes[i];
    if (n->type != XML_ATTRIBUTE) continue;
    xml_node *element = ottl__xml_node(&c->scratch->arena, XML_ELEMENT, n->data);
    if (!element) return OTTL_NOMEM;
    element->first = n->first;
    ottl__xml_add_child(n->parent, element);
    *ret_ok = attr_steps(c, row, &steps, ottl__xml_remove_attr(n->parent, n->data));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_convert_attributes_xml(ottl_call *c) { return xml_rows(c, false, attributes_edit); }

/* -- ConvertTextToElementsXML -- */

/* Text beside other text or elements becomes an element. */
static ottl_status wrap_text(ottl_arena *arena, const xml_node *parent, ottl_view name) {
  size_t texts = 0, elements = 0;
  for (const xml_node *n = parent->first; n; n = n->next) {
    texts += n->type == XML_TEXT_NODE;
    elements += n->type == XML_ELEMENT;
  }
  if (!texts || texts + elements <= 1) return OTTL_OK;
  for (xml_node *n = parent->first; n; n = n->next) {
    if (n->type != XML_TEXT_NODE) continue;
    xml_node *text = ottl__xml_node(arena, XML_TEXT_NODE, n->data);
    if (!text) return OTTL_NOMEM;
    n->type = XML_ELEMENT;
    n->data = name;
    n->first = n->last = text;
  }
  return OTTL_OK;
}

/* A node and all elements below it: first they are gathered, since wrapped text is not to be looked at again. */
static ottl_status wrap_below(ottl_arena *arena, xml_node *top, ottl_view name) {
  size_t n = 0, cap = 0;
  xml_node **list = NULL, *at = top;
  for (size_t next = 0; at; at = next < n ? list[next++] : NULL) {
    for (xml_node *child = at->first; child; child = child->next) {
      if (child->type != XML_ELEMENT) continue;
      if (n == cap) {
        cap = cap ? 2 * cap : 16;
        xml_node **more = arena_array(arena, cap, sizeof(xml_node *));
        if (!more) return OTTL_NOMEM;
        if (n) memcpy(more, list, n * sizeof(xml_node *));
        list = more;
      }
      list[n++] = child;
    }
  }
  OTTL_TRY(wrap_text(arena, top, name));
  for (size_t i = 0; i < n; i++) OTTL_TRY(wrap_text(arena, list[i], name));
  return OTTL_OK;
}

static ottl_status text_edit(ottl_call *c, uint32_t row, xml_found *f, bool *ret_ok) {
  OTTL_UNUSED(row);
  const ottl_arg *arg = &c->arg[2];
  ottl_view name = arg->given && cell_view(arg->literal).len ? cell_view(arg->literal) : VIEW("value");
  *ret_ok = true;
  for (size_t i = 0; i < f->n; i++) {
    xml_node *n = f->nodes[i];
    if (n->type == XML_ELEMENT || n->type == XML_DOCUMENT) OTTL_TRY(wrap_below(&c->scratch->arena, n, name));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_convert_text_xml(ottl_call *c) { return xml_rows(c, false, text_edit); }
