/* Between complete.c and keys.c. */
#ifndef OTTL_SRC_TOOLING_COMPLETE_H
#define OTTL_SRC_TOOLING_COMPLETE_H

#include "tooling/describe.h"
#include "tooling/language.h"

#define UNFIT 10 /* added to the rank of what has another type than is wanted */

typedef struct complete_job {
  ottl_document *d;
  size_t offset;
  const lang_region *r;
  ottl_document *groups;   /* whose group the region's is: the document's own, or a repaired one's */
  ottl_context_id context; /* COUNT: it cannot be told */
  bool own, bare;          /* paths may, or must, be written without their context */
  lang_tokens t;           /* up to the place */
  uint32_t word;           /* the token where the word begins that is being typed, or t.n */
  uint32_t word_begin;     /* where it begins in the text */
  uint64_t expected;       /* TOK_... bits */
  ottl_completion *items;
  size_t n, cap;
  bool nomem;
} complete_job;

/* Does some context that the group may be of see this one? */
bool ottl__complete_sees(const complete_job *j, ottl_context_id other);
/* An item that inserts `before`, the cursor, `behind`. label lives as long as the answer. NULL: out of memory. */
ottl_completion *ottl__complete_add(complete_job *j, ottl_completion_kind kind, const char *label, uint32_t rank,
                                    ottl_view before, ottl_view behind);
/* keys.c: in a string that does not end. */
OTTL_MUST_CHECK ottl_status ottl__complete_string(complete_job *j);

#endif
