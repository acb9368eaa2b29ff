/* XML as Go's encoding/xml (1.26, strict) reads it, token by token: no DTD is looked at, the five entities of XML are known and no others,
 * names get their name space. Nothing outside of the text is ever read. */
#ifndef OTTL_SRC_XML_READER_H
#define OTTL_SRC_XML_READER_H

#include "base/map.h"
#include "base/sbuf.h"

typedef struct xml_name {
  ottl_view space, local;
} xml_name;

typedef struct xml_attr {
  xml_name name;
  ottl_view value;
  ottl_view uri; /* of the tree: the name space before it became a prefix */
} xml_attr;

typedef enum xml_token_kind { XML_START, XML_END, XML_TEXT, XML_COMMENT, XML_PI, XML_DIRECTIVE, XML_EOF } xml_token_kind;

typedef struct xml_token {
  xml_token_kind kind;
  xml_name name;  /* XML_START, XML_END */
  xml_attr *attr; /* XML_START */
  uint32_t n_attr;
  ottl_view target; /* XML_PI */
  ottl_view data;
  ottl_view source; /* what was read for this token, without a `<` that the token before had looked at */
} xml_token;

typedef struct xml_binding {
  ottl_view prefix, uri;
  uint32_t shadowed; /* binding of the same prefix before this one; 0: none */
} xml_binding;

typedef struct xml_open { /* an element that is open: its name as written */
  xml_name name;
  uint32_t n_bindings; /* before it */
} xml_open;

typedef struct xml_reader {
  ottl_view text;
  size_t at;
  bool looked; /* the byte at `at` was seen by the token before */
  bool close_pending;
  bool recodes; /* an encoding that is declared is undone; else it is refused */
  bool recoded, recoded_before;
  xml_name to_close;
  ottl_arena *arena;
  const ottl_allocator *al;
  ottl_sbuf buf;
  ottl_map prefixes; /* number of the binding in force + 1; 0: none */
  xml_binding *bindings;
  size_t n_bindings, cap_bindings;
  xml_open *open;
  size_t n_open, cap_open;
  const char *bad;
} xml_reader;

/* Tokens live in the arena or are views of the text. */
void ottl__xml_reader_init(xml_reader *r, ottl_arena *arena, const ottl_allocator *al, ottl_view text);
void ottl__xml_reader_done(xml_reader *r);
/* DATA: malformed, r->bad says why. UNSUPPORTED: an encoding that is not known (without `recodes`: not UTF-8). Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__xml_next(xml_reader *r, xml_token *ret);

#endif
