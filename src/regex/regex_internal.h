/* The compiled regex and the context, for the files that run matches, and switches for tests. */
#ifndef OTTL_SRC_REGEX_REGEX_INTERNAL_H
#define OTTL_SRC_REGEX_REGEX_INTERNAL_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "regex/ast.h"
#include "regex/utf8.h"

/* The allocator for PCRE2, and whether it ever said no: PCRE2 goes without what it can do without, and does not tell why. */
typedef struct regex_memory {
  const ottl_allocator *al;
  bool refused;
} regex_memory;

struct ottl_regex {
  ottl_allocator al;
  regex_memory memory;
  pcre2_code *code; /* NULL: the linear engine serves alone */
  bool jit;
  bool bytes;     /* compiled without PCRE2_UTF: any subject will do */
  bool unbounded; /* a search can take longer than the subject is long; needs `limited` */
  bool limited;   /* compiled with PCRE2_USE_OFFSET_LIMIT */
  uint32_t n_groups;
  ottl_view *names; /* of groups 1..n, then their text; NULL when none has one */
  size_t names_bytes;
  rx_prefilter filter;
  rx_window window;
  bool window_is_literal; /* it fits where the literal of the filter is, and nowhere else */
  bool window_alone;      /* the window is all that is looked for before an engine runs, and not at one place only */
  rx_straight *straight;  /* NULL: an engine is needed */
  rx_program *program;
};

typedef enum ottl_regex_engine { REGEX_AUTO, REGEX_LINEAR, REGEX_PCRE2, REGEX_WALK } ottl_regex_engine;

struct ottl_regex_context {
  ottl_allocator al;
  regex_memory memory;
  const ottl_kernels *kernels;
  pcre2_general_context *general;
  pcre2_match_context *match;
  pcre2_match_data *data;
  uint32_t n_pairs; /* that data holds */
  pcre2_jit_stack *stack;
  rx_scratch linear;
  const ottl_regex *slow; /* gave PCRE2 up lately */
  unsigned slow_left;     /* so many matches go to the linear engine at once */
  rx_walk walk;
  const ottl_regex *tedious; /* its matches in one subject took too long lately */
  unsigned tedious_left;     /* so many subjects are walked at once */
  size_t *spans;             /* for replacements */
  size_t n_spans;
  /* A copy of a subject that is not UTF-8, with U+FFFD in it, and where the bad bytes were. */
  char *copy;
  size_t copy_cap, copy_len;
  size_t *bad;
  size_t bad_cap, n_bad;
  const char *copy_of; /* the subject copied during one replacement, NULL otherwise */
  /* For tests. */
  ottl_regex_engine force;
  unsigned no_filter;
  unsigned hurry;             /* the time for all matches of a subject is over after so many searches; 0: by the clock */
  unsigned n_linear, n_pcre2; /* matches each engine has done */
};

static inline bool regex_straight(const ottl_regex *re, const ottl_regex_context *cx) {
  return re->straight && cx->force == REGEX_AUTO && !cx->no_filter;
}

/* A literal is missing that every match has, and that is looked for first. */
bool ottl__regex_lacks(const ottl_regex *re, const ottl_regex_context *cx, ottl_view s);
/* As ottl__regex_find; *kind is UTF8_UNKNOWN or what is known, and is updated. With spans NULL only *ret is wanted. */
OTTL_MUST_CHECK ottl_status ottl__regex_run(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start,
                                            utf8_kind *kind, size_t *spans, bool *ret);
/* The same as one of the searches for all matches of a subject, each at or behind the end of the match before. `spans` is given. */
OTTL_MUST_CHECK ottl_status ottl__regex_step(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start,
                                             utf8_kind *kind, ottl_regex_course *course, size_t *spans, bool *ret);
/* Room for the spans of this regex in cx->spans. */
OTTL_MUST_CHECK ottl_status ottl__regex_reserve_spans(const ottl_regex *re, ottl_regex_context *cx);

#endif
