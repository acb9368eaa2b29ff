/* The syntax tree of one statement, condition or value expression.
 *
 * Nodes live in the arena of the parse. Spans are byte offsets into the source text that was parsed. Parentheses leave no
 * node (the parser checks where they are allowed); everything else is there in the order it was written. */
#ifndef OTTL_SRC_SYNTAX_TREE_H
#define OTTL_SRC_SYNTAX_TREE_H

#include "base/alloc.h"

typedef enum ottl_node_kind {
  NODE_ERROR = 0, /* something that did not parse; a diagnostic was given */
  NODE_STATEMENT, /* children: CALL, and the condition if there is a `where` */
  NODE_NIL,
  NODE_BOOL,    /* integer: 0 or 1 */
  NODE_INT,     /* integer */
  NODE_FLOAT,   /* number */
  NODE_STRING,  /* text: unescaped */
  NODE_BYTES,   /* text: the decoded bytes */
  NODE_ENUM,    /* text: the symbol, such as SPAN_KIND_SERVER; as an argument it may also name a function */
  NODE_PATH,    /* children: FIELD, at least one */
  NODE_FIELD,   /* text: the segment's name; children: KEY */
  NODE_KEY,     /* one child: STRING, INT or any other expression that may be a key */
  NODE_CALL,    /* text: the name, blanks removed; children: ARG in order, then KEY; editor: is_editor */
  NODE_ARG,     /* text: the name given, or empty; one child: a value or FUNCREF */
  NODE_FUNCREF, /* text: name of a function given as an argument (not all upper case: that is an ENUM) */
  NODE_POS,     /* unary plus; one child */
  NODE_NEG,     /* unary minus; one child */
  NODE_MATH,    /* op: '+' '-' '*' '/'; two children */
  NODE_CMP,     /* op: ottl_cmp; two children */
  NODE_NOT,     /* one child */
  NODE_AND,     /* two or more children, flattened as written: a and b and c has three */
  NODE_OR,
  NODE_LIST,    /* children: the items */
  NODE_MAP,     /* children: MAPITEM */
  NODE_MAPITEM, /* text: the key, unescaped; one child */
  NODE_LAMBDA,  /* children: FORMAL, then the body */
  NODE_FORMAL,  /* text: the name, or "_" */
} ottl_node_kind;

typedef enum ottl_cmp { OTTL_CMP_EQ, OTTL_CMP_NE, OTTL_CMP_LT, OTTL_CMP_LE, OTTL_CMP_GE, OTTL_CMP_GT } ottl_cmp;

typedef struct ottl_node ottl_node;
struct ottl_node {
  uint8_t kind; /* ottl_node_kind */
  uint8_t op;
  bool is_editor;                /* CALL: the name starts in lower case */
  bool parenthesized;            /* written inside at least one pair of parentheses of its own */
  uint32_t begin, end;           /* span, [begin, end) */
  uint32_t name_begin, name_end; /* CALL, ARG: span of the name */
  ottl_view text;
  union {
    int64_t integer;
    double number;
  };
  ottl_node *first, *last; /* children */
  ottl_node *next;         /* next sibling */
  uint32_t n_children;
  uint32_t height; /* how many nodes nest below, this one counted; ARG, FIELD, KEY, MAPITEM, FORMAL and leaves do not count */
};

#endif
