/* The parsed pattern, and what the parts of this folder know of each other. The tree lives in the arena of one compilation.
 *
 *   pattern text -> dialect.c -> rx_node tree -+-> emit.c   -> PCRE2 pattern
 *                                              +-> linear.c -> program of the linear engine
 *                                              +-> prefilter.c (literals that decide or reject before both)
 *                                              +-> window.c (where a match can begin at all)
 *                                              +-> straight.c (matched without an engine, if the pattern is simple) */
#ifndef OTTL_SRC_REGEX_AST_H
#define OTTL_SRC_REGEX_AST_H

#include "base/alloc.h"
#include "base/sbuf.h"
#include "kernels/kernels.h"
#include "regex/regex.h"
#include "regex/unicode.h"

/* In Go's order: the parser compares two of them. */
typedef enum rx_op {
  RX_NO_MATCH = 1,
  RX_EMPTY,
  RX_LITERAL,
  RX_CLASS,
  RX_ANY_NOT_NL,
  RX_ANY,
  RX_BEGIN_LINE,
  RX_END_LINE,
  RX_BEGIN_TEXT,
  RX_END_TEXT,
  RX_WORD,
  RX_NOT_WORD,
  RX_CAPTURE,
  RX_STAR,
  RX_PLUS,
  RX_QUEST,
  RX_REPEAT,
  RX_CONCAT,
  RX_ALTERNATE,
  RX_PSEUDO = 128, /* on the parser's stack only */
  RX_LEFT_PAREN = RX_PSEUDO,
  RX_VERTICAL_BAR
} rx_op;

enum { RX_FOLD = 1, RX_DOT_NL = 2, RX_ONE_LINE = 4, RX_NON_GREEDY = 8 };

typedef struct rx_range {
  uint32_t lo, hi;
} rx_range;

/* A set of runes. Sorted, disjoint and not adjacent once cleaned. */
typedef struct rx_class {
  rx_range *items;
  size_t n, cap;
  bool dirty;
} rx_class;

typedef struct rx_node {
  uint8_t op;
  uint8_t flags;
  uint16_t height;
  int32_t min, max; /* RX_REPEAT; max -1: no limit */
  uint32_t cap;     /* RX_CAPTURE; RX_LEFT_PAREN: 0 when only grouping */
  ottl_view name;
  uint32_t *runes; /* RX_LITERAL */
  size_t n_runes, cap_runes;
  rx_class cls; /* RX_CLASS */
  struct rx_node **subs;
  size_t n_subs;
  int64_t size;      /* instructions, as the reference counts */
  uint32_t class_id; /* linear.c: number of its class, from 1 */
} rx_node;

typedef struct rx_tree {
  rx_node *root;
  uint32_t n_groups; /* without group 0 */
} rx_tree;

/* class.c: sets of runes. False: out of memory. */
bool ottl__regex_class_add(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi);
bool ottl__regex_class_add_folded(ottl_arena *arena, rx_class *c, uint32_t lo, uint32_t hi);
bool ottl__regex_class_add_all(ottl_arena *arena, rx_class *c, const rx_class *more);
bool ottl__regex_class_add_table(ottl_arena *arena, rx_class *c, unicode_table table);
void ottl__regex_class_clean(rx_class *c);
bool ottl__regex_class_negate(ottl_arena *arena, rx_class *c); /* cleans it, too */
bool ottl__regex_class_has(const rx_class *c, uint32_t rune);  /* of a clean class */
/* The next rune of the orbit of simple case folding; the rune itself when it has no case. */
uint32_t ottl__regex_fold(uint32_t rune);
const unicode_name *ottl__regex_unicode_name(const char *canonical);
bool ottl__regex_is_letter_or_digit(uint32_t rune);

/* dialect.c. Fails: COMPILE with the error filled, NOMEM. */
ottl_status ottl__regex_parse(ottl_arena *arena, ottl_view pattern, rx_tree *ret, ottl_regex_error *error);

static inline bool rx_has_runes(const rx_node *n) {
  return (n->op == RX_LITERAL && n->n_runes == 1) || n->op == RX_CLASS || n->op == RX_ANY_NOT_NL || n->op == RX_ANY;
}
/* Can it match the empty string? Assertions count as empty. */
bool ottl__regex_nullable(const rx_node *n);

/* Does every match begin at the start of the text? */
bool ottl__regex_anchored(const rx_node *n);
/* simplify.c: trivial counts and doubled operators go away, in place. False: out of memory. */
bool ottl__regex_simplify(ottl_arena *arena, rx_node **node);
/* Takes out groups without a name; the others get new numbers, in order. */
void ottl__regex_drop_unnamed(rx_tree *tree);

/* bytes.c: bytes may be matched without regard to UTF-8, whatever the subject is. */
bool ottl__regex_bytes_will_do(const rx_node *root);

/* emit.c: appends the PCRE2 pattern, for PCRE2_UTF or for bytes. Returns false where PCRE2 would not answer as Go does: the
 * linear engine serves alone. */
bool ottl__regex_emit(const rx_node *root, bool bytes, ottl_sbuf *out);
/* Is there a node of one of the kinds from `first` to `last`? */
bool ottl__regex_has(const rx_node *n, rx_op first, rx_op last);
/* Is there a repetition without upper limit, or are there very many ways to take the same text? Then a search can take much longer
 * than the subject is long. */
bool ottl__regex_unbounded(const rx_node *n);

/* linear.c: the program of the linear engine, immutable, and its scratch memory, grown to what a program needs. */
typedef struct rx_program rx_program;
typedef struct rx_scratch {
  void *memory;
  size_t bytes;
  uint64_t steps;    /* of all searches */
  size_t most_bytes; /* for tests: of captures, instead of the limit */
} rx_scratch;
OTTL_MUST_CHECK ottl_status ottl__regex_linear_compile(const ottl_allocator *al, const rx_tree *tree, rx_program **ret);
void ottl__regex_linear_free(const ottl_allocator *al, rx_program *program);
/* spans NULL: whether there is a match is all that matters. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__regex_linear_find(const ottl_allocator *al, const rx_program *program, rx_scratch *scratch,
                                                    ottl_view subject, size_t start, size_t *spans, bool *ret);

/* linear_all.c: all matches of one subject, in order, in time linear in its length. */
typedef struct rx_walk_set {
  uint64_t *bits;
  uint32_t *items, n;
} rx_walk_set;
typedef struct rx_walk {
  void *memory;
  size_t bytes;
  uint64_t number; /* of the subject that is being walked, from 1 */
  uint64_t steps;
  size_t most_bytes; /* for tests: of sets, instead of the limit */
  const rx_program *program;
  ottl_view subject;
  size_t from;             /* where it begins; places are counted from there */
  uint64_t *bounds;        /* places between runes */
  uint64_t *starts;        /* those where a match begins */
  uint64_t *marks;         /* for the first place of each block, what leads to a match from there */
  uint64_t *rows;          /* for all places of one block */
  size_t row_words, block; /* of a row; bytes of a block */
  size_t in_rows;          /* the block */
  rx_walk_set now, next;   /* instructions */
  void *todo;              /* ways left for later */
  uint32_t *first, *edges; /* the program turned round */
  uint32_t match;          /* its last instruction */
} rx_walk;
/* The program and the subject are used until the last match. Fails: NOMEM; LIMIT (it would take too much memory). */
OTTL_MUST_CHECK ottl_status ottl__regex_walk_begin(const ottl_allocator *al, const rx_program *program, rx_walk *walk,
                                                   ottl_view subject, size_t from);
/* The leftmost match at or after `start`, which lies between runes, and not before the end of the match before. */
bool ottl__regex_walk_next(rx_walk *walk, size_t start, size_t *spans);

/* prefilter.c: what literals decide without an engine. */
typedef enum rx_shape {
  SHAPE_NONE,
  SHAPE_ALWAYS,   /* matches every text */
  SHAPE_CONTAINS, /* the literal anywhere */
  SHAPE_PREFIX,
  SHAPE_SUFFIX,
  SHAPE_EQUAL
} rx_shape;
typedef struct rx_prefilter {
  rx_shape match; /* answers whether there is a match */
  rx_shape find;  /* answers where it is, too */
  char *literal;  /* of the shapes */
  size_t literal_len;
  char *need; /* every match contains it */
  size_t need_len;
  bool need_begins;               /* every match begins with it */
  size_t need_rare, literal_rare; /* index of the byte to look for first */
} rx_prefilter;
OTTL_MUST_CHECK ottl_status ottl__regex_prefilter_init(const ottl_allocator *al, const rx_tree *tree, rx_prefilter *ret);
void ottl__regex_prefilter_done(const ottl_allocator *al, rx_prefilter *f);
/* window.c: sets of bytes in a row that every match has. */
typedef struct rx_window {
  bool used;
  bool anchored;        /* matches begin at 0 */
  bool instead_of_need; /* looking for the filter's `need` before gains nothing */
  kernel_window window;
  kernel_window behind; /* what follows the window, where it is known to help: no sets else, and not for an anchored one */
  kernel_window start;  /* where a match begins; no sets: it says nothing */
  kernel_window later;  /* anchored: what is behind the first later_min bytes somewhere; no sets: it is not known */
  size_t later_min;
  uint64_t before[4];            /* bytes that a match may have before the window */
  size_t before_min, before_max; /* how many; SIZE_MAX: no limit */
} rx_window;
OTTL_MUST_CHECK ottl_status ottl__regex_window_init(ottl_arena *arena, const rx_node *root, const rx_prefilter *filter,
                                                    rx_window *ret);
/* The window fits where these bytes are, and nowhere else. */
bool ottl__regex_window_is(const rx_window *w, ottl_view literal);
/* The window fits at `at`, or nowhere (SIZE_MAX): the first such place that has `behind`, too, which there is. */
size_t ottl__regex_window_find(const rx_window *w, const ottl_kernels *kernels, ottl_view text, size_t at);
/* Matches that begin at or after `from`, which is not behind the end, begin at *ret_first to *ret_last, or behind that. False:
 * there are none. The places are bytes: not always between runes. */
bool ottl__regex_window_next(const rx_window *w, const ottl_kernels *kernels, ottl_view text, size_t from, size_t *ret_first,
                             size_t *ret_last);
/* The ASCII runes that rune `rune` of a node that takes one can be; true: it can be one that is not ASCII, too. */
bool ottl__regex_window_runes(const rx_node *n, size_t rune, uint64_t set[2]);

/* straight.c: patterns that are matched without an engine. */
typedef struct rx_straight rx_straight;
typedef enum straight_found { STRAIGHT_NONE, STRAIGHT_HIT, STRAIGHT_UNKNOWN } straight_found;
/* Of the searches in one subject: places where a match can begin, and what they may still take. */
typedef struct straight_state {
  size_t from;
  uint64_t hits;
  size_t steps;
} straight_state;
/* Of a pattern that may be matched by bytes. *ret stays as it is: not for this one. */
OTTL_MUST_CHECK ottl_status ottl__regex_straight_create(const ottl_allocator *al, const rx_node *root, const rx_window *window,
                                                        rx_straight **ret);
void ottl__regex_straight_free(const ottl_allocator *al, rx_straight *s);
straight_state ottl__regex_straight_begin(ottl_view text);
/* UNKNOWN: it would take long. spans NULL: whether there is a match is all that matters. `window`: that of the pattern. */
straight_found ottl__regex_straight_find(const rx_straight *s, const rx_window *window, const ottl_kernels *kernels,
                                         ottl_view text, size_t from, straight_state *state, size_t *spans);
/* Matches one behind the other, without their groups. HIT: there may be more. */
enum { STRAIGHT_SPANS = 32 };
typedef struct straight_spans {
  size_t n, at[STRAIGHT_SPANS][2];
} straight_spans;
straight_found ottl__regex_straight_all(const rx_straight *s, const rx_window *window, const ottl_kernels *kernels,
                                        ottl_view text, size_t from, straight_state *state, straight_spans *ret);
/* Offset of the needle, of at least one byte, or SIZE_MAX. */
size_t ottl__regex_search(ottl_view text, const char *needle, size_t len, size_t rare);

#endif
