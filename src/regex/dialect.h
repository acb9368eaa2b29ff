/* The parser's own state, shared by dialect.c (structure) and dialect_class.c (escapes and classes). */
#ifndef OTTL_SRC_REGEX_DIALECT_H
#define OTTL_SRC_REGEX_DIALECT_H

#include "regex/ast.h"
#include "regex/utf8.h"

typedef struct rx_parser {
  ottl_arena *arena;
  ottl_view text;
  size_t at; /* offset of what is to be read next */
  uint8_t flags;
  rx_node **stack;
  size_t n_stack, cap_stack;
  uint32_t n_groups;
  uint32_t n_nodes, n_free; /* nodes made and given back, as the reference counts them for its size limit */
  size_t n_runes;
  int64_t repeats; /* product of all repetitions */
  bool sized;      /* sizes are being checked */
  ottl_regex_error *error;
  ottl_status status;
} rx_parser;

/* Always false, so that callers can return it. */
bool ottl__regex_parse_fail(rx_parser *p, const char *what, size_t from, size_t to);
bool ottl__regex_parse_nomem(rx_parser *p);
rx_node *ottl__regex_parse_node(rx_parser *p, uint8_t op); /* NULL: the parser has failed */
bool ottl__regex_parse_push(rx_parser *p, rx_node *n);
/* Reads one rune at p->at; fails where it is not UTF-8. */
bool ottl__regex_parse_rune(rx_parser *p, uint32_t *ret);
bool ottl__regex_parse_utf8(rx_parser *p, size_t from, size_t to);

/* At a `[`: the whole class, pushed. */
bool ottl__regex_parse_class(rx_parser *p);
/* At a backslash: an escape for one rune. */
bool ottl__regex_parse_escape(rx_parser *p, uint32_t *ret);
/* \pN, \d and the like at p->at, added to the class; *found tells whether there was one. */
bool ottl__regex_parse_group_escape(rx_parser *p, rx_class *c, bool *found);

static inline size_t parse_left(const rx_parser *p) { return p->text.len - p->at; }
static inline char parse_char(const rx_parser *p, size_t ahead) { return p->text.data[p->at + ahead]; }
static inline bool parse_alnum(uint32_t c) { return c - '0' < 10 || (c | 0x20) - 'a' < 26; }

#endif
