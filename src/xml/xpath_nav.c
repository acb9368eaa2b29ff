/* Where a query stands, and moving from there: xmlquery's NodeNavigator. */
#include "xml/xpath_impl.h"

xp_test ottl__xpath_type(xp_nav nav) {
  switch (nav.node->type) {
  case XML_COMMENT_NODE: return XP_COMMENT;
  case XML_TEXT_NODE:
  case XML_CDATA:
  case XML_NOTATION: return XP_TEXT;
  case XML_DECLARATION:
  case XML_DOCUMENT: return XP_ROOT_NODE;
  default: return nav.node->type == XML_ELEMENT && nav.attr >= 0 ? XP_ATTRIBUTE : XP_ELEMENT;
  }
}

/* NULL: the node itself; also after going to the root from an attribute, when the number stays. */
static const xml_attr *attr_of(xp_nav nav) {
  return nav.attr >= 0 && (uint32_t)nav.attr < nav.node->n_attr ? &nav.node->attr[nav.attr] : NULL;
}

ottl_view ottl__xpath_local(xp_nav nav) { return attr_of(nav) ? attr_of(nav)->name.local : nav.node->data; }
ottl_view ottl__xpath_uri(xp_nav nav) { return attr_of(nav) ? attr_of(nav)->uri : nav.node->uri; }
ottl_view ottl__xpath_prefix(xp_nav nav) {
  return ottl__xpath_type(nav) == XP_ATTRIBUTE ? attr_of(nav)->name.space : nav.node->prefix;
}

bool ottl__xpath_parent(xp_nav *nav) {
  if (nav->attr >= 0) {
    nav->attr = -1;
    return true;
  }
  if (!nav->node->parent) return false;
  nav->node = nav->node->parent;
  return true;
}

bool ottl__xpath_child(xp_nav *nav) {
  if (nav->attr >= 0 || !nav->node->first) return false;
  nav->node = nav->node->first;
  return true;
}

bool ottl__xpath_first(xp_nav *nav) {
  if (nav->attr >= 0 || !nav->node->prev) return false;
  while (nav->node->prev) nav->node = nav->node->prev;
  return true;
}

/* Blank text is passed over, and where only that is left the walk ends on it. */
bool ottl__xpath_following(xp_nav *nav) {
  if (nav->attr >= 0) return false;
  while (nav->node->next) {
    nav->node = nav->node->next;
    if (!nav->node->blank) return true;
  }
  return false;
}
bool ottl__xpath_preceding(xp_nav *nav) {
  if (nav->attr >= 0) return false;
  while (nav->node->prev) {
    nav->node = nav->node->prev;
    if (!nav->node->blank) return true;
  }
  return false;
}

/* NodeNavigator.Value: the text of an element, of text and comments; "" of everything else, CDATA sections too. */
ottl_view ottl__xpath_text(xp_run *r, xp_nav nav) {
  const xml_node *n = nav.node;
  if (n->type == XML_COMMENT_NODE || n->type == XML_TEXT_NODE) return n->data;
  if (n->type != XML_ELEMENT || !n->first) return attr_of(nav) ? attr_of(nav)->value : VIEW("");
  if (attr_of(nav)) return attr_of(nav)->value;
  if (n->first == n->last && n->first->type == XML_TEXT_NODE) return n->first->data;
  sbuf_clear(&r->buf);
  ottl_status status = ottl__xml_inner_text(r->arena, &r->texts, n, (size_t)64 << 20, &r->buf);
  if (status != OTTL_OK) {
    if (r->status == OTTL_OK) r->status = status;
    return VIEW("");
  }
  ottl__xpath_spend(r, 16 + r->buf.len + 4 * (uint64_t)r->texts.steps);
  ottl_view copy = arena_copy(r->arena, r->buf.data, r->buf.len);
  if (copy.data) return copy;
  r->status = OTTL_NOMEM;
  return VIEW("");
}
