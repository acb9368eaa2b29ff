/* XPath as github.com/antchfx/xpath 1.3.8 understands it: XPath 1.0 but for what that library leaves out, adds (matches, replace,
 * ends-with, lower-case, string-join, reverse) and gets wrong. The query tree is built and walked in its way, since positions, context
 * and the order of results depend on it. */
#ifndef OTTL_SRC_XML_XPATH_H
#define OTTL_SRC_XML_XPATH_H

#include "regex/regex.h"
#include "xml/tree.h"

typedef struct ottl_xpath ottl_xpath; /* immutable, any thread */

/* COMPILE: refused, *ret_message says why (it lives as long as the program). Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__xpath_compile(const ottl_allocator *al, ottl_view text, ottl_xpath **ret,
                                                const char **ret_message);
void ottl__xpath_free(ottl_xpath *xp);

/* The nodes that a query finds in a document, in its order; an attribute is a node of its own with its element as parent and a text
 * child. LIMIT: too much work. RUNTIME: where the reference panics. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__xpath_select(const ottl_xpath *xp, ottl_arena *arena, const ottl_allocator *al,
                                               ottl_regex_context *regex, xml_node *doc, xml_node ***ret, size_t *ret_n);

#endif
