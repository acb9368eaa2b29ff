/* What handlers keep between rows and runs: buffers, the regex context, patterns compiled at run time. One for each exec. */
#ifndef OTTL_SRC_FUNCS_SCRATCH_H
#define OTTL_SRC_FUNCS_SCRATCH_H

#include "base/limits.h"
#include "base/recycle.h"
#include "funcs/func.h"
#include "regex/regex.h"

/* Text and containers that a function makes for one row. */

/* Patterns that came from data and are kept compiled; a power of two. */
#define OTTL_PATTERN_SLOTS 64
/* The same for grok patterns, which are large and dear to compile: the last ones used. */
#define OTTL_GROK_SLOTS 8

typedef struct scratch_pattern {
  char *text; /* pattern, then the replacement of tmpl; NULL: the slot is free */
  size_t text_len, replacement_len, cap;
  ottl_regex *re; /* NULL: Go refuses the pattern */
  ottl_regex_template *tmpl;
} scratch_pattern;

typedef struct grok_pattern grok_pattern; /* funcs/grok.h */
typedef struct scratch_grok {
  const void *owner; /* the call's constant arguments; NULL: the slot is free */
  char *text;
  size_t len;
  grok_pattern *pattern; /* NULL: it is not valid */
} scratch_grok;

/* What replace_all_patterns made of a key. */
typedef struct scratch_renamed {
  uint64_t call;  /* the answer is of that one; 0: none yet */
  ottl_view name; /* NULL: nothing matched */
} scratch_renamed;

struct ottl_scratch {
  ottl_recycler kept;
  ottl_allocator al; /* of kept: for indexes and lists that live no longer than a call */
  ottl_sbuf text;    /* building one result; whoever uses it empties it first */
  ottl_sbuf text2;   /* for what is made while text is in use */
  ottl_arena arena;  /* for one row or call; whoever uses it resets it first */
  ottl_regex_context *regex;
  size_t *spans; /* of the regex in use; room for n_spans */
  size_t n_spans;
  void *stack, *open;         /* of a parser: values, open containers */
  size_t cap_stack, cap_open; /* bytes */
  uint64_t *decided;          /* two bits a key id: whether a key pattern was tried on the key, and whether it matched */
  size_t n_decided;           /* words */
  scratch_renamed *renamed;   /* by key id */
  size_t n_renamed;
  uint64_t rename_calls;
  uint64_t *places; /* by key id: place_serial, and where the key is in the row's map */
  size_t n_places;
  uint32_t place_serial;
  struct ottl_uap *uap;  /* rules for user agents; NULL until they are asked for */
  uint64_t made_left;    /* bytes of long texts that may still be made in this run */
  uint64_t last_uuid;    /* time of the last UUIDv7 */
  uint64_t seed, random; /* seed 0: random bytes come from the system; else `random` is the state of the sequence */
  scratch_pattern patterns[OTTL_PATTERN_SLOTS];
  scratch_grok grok[OTTL_GROK_SLOTS]; /* the one used last is the first */
};

/* The compiled pattern, or NULL in *ret when it is not valid (or too large); lives until the next call.
 * Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__scratch_pattern(ottl_scratch *s, ottl_view pattern, scratch_pattern **ret);
/* The template for a replacement with that pattern; lives until the next call for the same pattern. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__scratch_template(ottl_scratch *s, scratch_pattern *p, ottl_view replacement);
/* Makes s->spans large enough for a regex. */
OTTL_MUST_CHECK ottl_status ottl__scratch_spans(ottl_scratch *s, const ottl_regex *re);

/* How long a text may get that is made now. */
static inline size_t scratch_most(const ottl_scratch *s) {
  const uint64_t left = s->made_left < 4096 ? 4096 : s->made_left;
  return left < OTTL_MAX_RESULT_BYTES ? (size_t)left : OTTL_MAX_RESULT_BYTES;
}
static inline void scratch_made(ottl_scratch *s, size_t bytes) { s->made_left -= bytes < s->made_left ? bytes : s->made_left; }
/* Counts a text that would have got longer, which nobody is to hear of again; returns the error. */
static inline uint16_t scratch_over(ottl_scratch *s) {
  const size_t made = scratch_most(s);
  scratch_made(s, made);
  s->text.over = s->text2.over = false;
  return made < OTTL_MAX_RESULT_BYTES ? OTTL_ROWERR(MADE_TOO_MUCH, 0) : OTTL_ROWERR(TOO_LARGE, 0);
}

#endif
