/* A tree of XML and its text, as github.com/antchfx/xmlquery 1.5.1 makes them. Nodes live in an arena and are linked freely: the XML
 * functions move them about as the reference does, which can leave a node in two chains, or a chain that bites its tail. */
#ifndef OTTL_SRC_XML_TREE_H
#define OTTL_SRC_XML_TREE_H

#include "base/limits.h"
#include "xml/reader.h"

/* Of elements; the reference has no limit on reading, but on most of what it does with them. */

typedef enum xml_node_type {
  XML_DOCUMENT,
  XML_DECLARATION,
  XML_ELEMENT,
  XML_TEXT_NODE,
  XML_CDATA,
  XML_COMMENT_NODE,
  XML_ATTRIBUTE, /* only what a query found */
  XML_NOTATION,
  XML_INSTRUCTION
} xml_node_type;

typedef struct xml_node {
  struct xml_node *parent, *first, *last, *prev, *next;
  uint8_t type;
  bool blank;     /* XML_TEXT_NODE: nothing but white space; walks along siblings pass over it */
  uint32_t place; /* for XPath: number among its siblings that are not blank, from 1; 0: not known yet */
  int32_t level;
  ottl_view data, prefix, uri;
  ottl_view instruction; /* XML_INSTRUCTION */
  xml_attr *attr;
  uint32_t n_attr;
} xml_node;

/* NULL when out of memory. */
xml_node *ottl__xml_node(ottl_arena *arena, xml_node_type type, ottl_view data);

/* *ret NULL: malformed, or (then *ret_deep is set) nested more than OTTL_MAX_XML_DEPTH levels. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__xml_parse(ottl_arena *arena, const ottl_allocator *al, ottl_view text, xml_node **ret,
                                            bool *ret_deep);
/* Appends the children of a node. LIMIT: more than `most` bytes, or too many steps. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__xml_write(ottl_arena *scratch, const xml_node *node, size_t most, ottl_sbuf *out);
/* What walks through texts share: room that is used again, and how many steps the last one took. Zeroed at the start. */
typedef struct xml_text_walk {
  void *frames;
  size_t cap;
  uint32_t steps;
} xml_text_walk;

/* Appends the text inside; LIMIT and NOMEM as above. `scratch` lives as long as the walk. */
OTTL_MUST_CHECK ottl_status ottl__xml_inner_text(ottl_arena *scratch, xml_text_walk *walk, const xml_node *node, size_t most,
                                                 ottl_sbuf *out);

void ottl__xml_add_child(xml_node *parent, xml_node *n);
void ottl__xml_remove(xml_node *n);
/* The first attribute without a prefix that has the name. Returns how many were looked at and moved. */
uint64_t ottl__xml_remove_attr(xml_node *n, ottl_view name);

#endif
