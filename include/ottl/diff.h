/* What programs change, record by record: a payload before and after, compared as text (view.h).
 *
 *   ottl_diff_begin   one export request, as it is before
 *   ottl_diff_step    a program ran on it; and so on, each on the result of the one before
 *   ottl_diff_get     the i-th entry: a resource, scope or record and what became of it
 *
 * Records are put side by side by what the engine knows of where they came from (ottl_exec_origin), not by what they hold: one that
 * was dropped is told as dropped, and its neighbour as itself, however alike they are. */
#ifndef OTTL_DIFF_H
#define OTTL_DIFF_H

#include "ottl/view.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- two texts, line by line ---- */

typedef struct ottl_diff_line {
  char kind;            /* ' ' in both, '-' in the first alone, '+' in the second alone */
  bool ends;            /* it has a line end; else it is the last of its text */
  ottl_view text;       /* without its line end; of the first text, but for '+' */
  size_t before, after; /* lines of each text that stand before it */
} ottl_diff_line;

typedef struct ottl_line_diff {
  const ottl_diff_line *lines;
  size_t n;
  size_t n_removed, n_added;
  void *impl; /* private */
} ottl_line_diff;

/* A shortest difference of two texts; of texts with more than 2,000 lines that come or go, one that is right, if not shortest.
 * al: NULL for malloc; must outlive the result. Owns: the caller frees the result with ottl_line_diff_free; its texts are those of
 * before and after. Fails: NOMEM, INVALID_ARG. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_line_diff_create(const ottl_allocator *al, ottl_view before, ottl_view after,
                                                           ottl_line_diff *ret);
/* NULL is accepted. Since 0.1. */
OTTL_API void ottl_line_diff_free(ottl_line_diff *diff);
/* The next run of lines to show: changes with no more than 2 * context lines between them, and that many around them. *end: where
 * the last one ended, 0 to begin with. False: there are no more. Since 0.1. */
OTTL_API bool ottl_line_diff_hunk(const ottl_line_diff *diff, size_t context, size_t *ret_begin, size_t *end);

/* ---- payloads ---- */

typedef struct ottl_diff ottl_diff;

typedef enum ottl_change {
  OTTL_CHANGE_NONE = 0,
  OTTL_CHANGE_CHANGED = 1,
  OTTL_CHANGE_DROPPED = 2,
  OTTL_CHANGE_ADDED = 3 /* appended by a statement; of resources and scopes: a copy that was made for records */
} ottl_change;

typedef struct ottl_diff_entry {
  ottl_block_level level;
  ottl_change change;
  bool moved;               /* it stands below another resource or scope than before, or a copy of its own */
  bool has_before;          /* not so of records that were appended; copies have the one that they are a copy of */
  bool has_after;           /* not so of what was dropped */
  ottl_block before, after; /* without texts, but for the summary */
  ottl_line_diff lines;     /* of texts in OTTL_VIEWER_LINES; of what did not change there may be none */
  size_t fields;            /* values that came, went or changed, by their paths */
} ottl_diff_entry;

/* al: NULL for malloc; must outlive it. Owns: the caller frees *ret with ottl_diff_free. Fails: NOMEM, INVALID_ARG. Threads: any; an
 * object: one at a time. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diff_create(const ottl_allocator *al, ottl_diff **ret);
/* NULL is accepted. Since 0.1. */
OTTL_API void ottl_diff_free(ottl_diff *diff);

/* Begins with a payload in wire form, and forgets the one before. wire: borrowed until the next begin or free.
 * Fails: DATA, LIMIT (ottl_diff_error tells), NOMEM, INVALID_ARG. Threads: one at a time per object. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diff_begin(ottl_diff *diff, ottl_signal signal, const uint8_t *wire, size_t len);
/* The exec has run on the payload as it was after the last step (ottl_exec_run: OTTL_OK), with this result.
 * result->data: borrowed as by begin; the exec is asked during the call alone.
 * Fails: as begin, INVALID_ARG also when the exec did not run on that payload. Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diff_step(ottl_diff *diff, ottl_exec *exec, const ottl_result *result);
/* Why the last call failed, and the byte offset in its payload (may be NULL); "" when it did not. Since 0.1. */
OTTL_API const char *ottl_diff_error(const ottl_diff *diff, size_t *ret_offset);

/* How many entries there are, in the order of the payload that came in; what was added stands behind what it follows in the result.
 * Threads: as above. Since 0.1. */
OTTL_API size_t ottl_diff_count(const ottl_diff *diff);
/* The i-th entry. Owns: texts are borrowed until the next call on the object. Fails: INVALID_ARG (no such entry), LIMIT (its text is too
 * long), NOMEM. Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diff_get(ottl_diff *diff, size_t i, ottl_diff_entry *ret);

#ifdef __cplusplus
}
#endif
#endif
