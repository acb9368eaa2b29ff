/* Regular expressions with the syntax, meaning and messages of Go's `regexp`.
 *
 * PCRE2 with its JIT does the work where it gives Go's answers in bounded time; a linear-time engine on the same parsed pattern
 * does the rest, so a match never fails for its running time. Subjects are any bytes: one that is no valid UTF-8 counts as
 * U+FFFD. All offsets are bytes of the subject as given. */
#ifndef OTTL_SRC_REGEX_REGEX_H
#define OTTL_SRC_REGEX_REGEX_H

#include "base/sbuf.h"

typedef struct ottl_regex ottl_regex;                 /* immutable after compile, any thread */
typedef struct ottl_regex_context ottl_regex_context; /* match data, JIT stack, scratch: one thread at a time */
typedef struct ottl_regex_template ottl_regex_template;

typedef struct ottl_regex_error {
  char message[200]; /* as Go words it, cut if long */
  uint32_t offset;   /* of the offending text, bytes of the pattern */
} ottl_regex_error;

/* Owns: ottl__regex_free; the pattern need not outlive the call. error may be NULL.
 * Fails: COMPILE (Go refuses the pattern too), LIMIT (Go takes it, but it is too large for this library), NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__regex_compile(const ottl_allocator *al, ottl_view pattern, ottl_regex **ret,
                                                ottl_regex_error *error);
/* The same with the groups that have a name alone, numbered anew: what is not asked for is not kept while matching. */
OTTL_MUST_CHECK ottl_status ottl__regex_compile_named(const ottl_allocator *al, ottl_view pattern, ottl_regex **ret,
                                                      ottl_regex_error *error);
void ottl__regex_free(ottl_regex *re);
/* Capture groups without group 0. */
uint32_t ottl__regex_groups(const ottl_regex *re);
/* Empty when unnamed. Lives as long as the regex. Names may repeat. */
ottl_view ottl__regex_group_name(const ottl_regex *re, uint32_t group);

OTTL_MUST_CHECK ottl_status ottl__regex_context_create(const ottl_allocator *al, ottl_regex_context **ret);
void ottl__regex_context_free(ottl_regex_context *cx);

/* Steps of the linear engines so far: what a host of many matches counts. */
uint64_t ottl__regex_steps(const ottl_regex_context *cx);
/* True: it matches nowhere, found out at little cost. False: it may match. */
bool ottl__regex_rejects(const ottl_regex *re, const ottl_regex_context *cx, ottl_view subject);
/* Does it match anywhere? Fails: NOMEM, LIMIT (a subject of 4 GiB or more); *ret is untouched then. */
OTTL_MUST_CHECK ottl_status ottl__regex_match(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, bool *ret);
/* The leftmost-first match at or after `start`. On a match spans[2*g], spans[2*g+1] are the ends of groups 0..n; a pair of
 * SIZE_MAX: the group took no part. Fails: as above; spans are unspecified then, and without a match. */
OTTL_MUST_CHECK ottl_status ottl__regex_find(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start,
                                             size_t *spans, bool *ret);

/* How the search for all matches of one subject goes; zero to begin with. */
typedef struct ottl_regex_course {
  uint32_t n, look; /* searches so far, and before which of them the clock is looked at */
  int64_t begun;    /* ns */
  uint64_t walk;    /* number of the context's walk; 0: each match is searched anew */
  bool busy;        /* the time was over once */
  bool stays;       /* a walk would take too much memory */
} ottl_regex_course;

/* The steps of Go's FindAllStringSubmatchIndex. Initialise with {.previous_end = SIZE_MAX}; one subject per iteration. All of them
 * together take time that grows with the subject's length. */
typedef struct ottl_regex_iter {
  size_t position, previous_end;
  uint8_t kind; /* 0, or what is known of the subject's UTF-8 */
  ottl_regex_course course;
} ottl_regex_iter;
OTTL_MUST_CHECK ottl_status ottl__regex_next(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, ottl_regex_iter *it,
                                             size_t *spans, bool *ret);

/* A replacement in Go's Expand syntax ($1, ${name}, $$; $1x is the group "1x"), prepared for one regex. Copies the text. */
OTTL_MUST_CHECK ottl_status ottl__regex_template_create(const ottl_allocator *al, const ottl_regex *re, ottl_view text,
                                                        ottl_regex_template **ret);
void ottl__regex_template_free(ottl_regex_template *t);
/* Go's Expand for one match found before; appends. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__regex_expand(const ottl_regex *re, const ottl_regex_template *t, ottl_view subject,
                                               const size_t *spans, ottl_sbuf *out);
/* Go's ReplaceAllString; appends. *ret_changed false, and nothing appended, when nothing matches. The subject must not lie in
 * the memory of `out`. Fails: NOMEM, LIMIT; then `out` is as long as before. */
OTTL_MUST_CHECK ottl_status ottl__regex_replace_all(const ottl_regex *re, ottl_regex_context *cx, const ottl_regex_template *t,
                                                    ottl_view subject, ottl_sbuf *out, bool *ret_changed);

#endif
