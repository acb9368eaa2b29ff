/* Names that are no functions, and what to write instead: grammar/renamed.def. */
#ifndef OTTL_SRC_SYNTAX_RENAMED_H
#define OTTL_SRC_SYNTAX_RENAMED_H

#include "diag/diag.h"
#include "syntax/tree.h"

typedef struct ottl_renamed {
  const char *name;
  bool statement;       /* written as a statement; else as a value */
  const char *function; /* "": none does it */
  const char *use, *fix, *help;
} ottl_renamed;

extern const ottl_renamed ottl__renamed[];
extern const size_t ottl__n_renamed;

/* Names without regard to case and `_`; a part of a name without regard to case. */
bool ottl__name_same(const char *a, ottl_view b);
bool ottl__name_contains(const char *whole, ottl_view part);

/* The function of that name, or the one that renamed.def has for it: a converter if there is one. NULL: none. */
const char *ottl__function_like(ottl_view name);

bool ottl__is_editor(ottl_view name);

/* Adds help and fix for a call whose name is no function: what the table says. name: its span; node: the call, or the name alone where a
 * function is named. False: nothing is known of it. */
bool ottl__renamed_help(ottl_diag_item *item, const ottl_node *node, ottl_span name, bool statement);
/* The same for a name written in the wrong place, where it may also be a function that differs in case and `_` alone. */
void ottl__misplaced_help(ottl_diag_item *item, const ottl_node *call, ottl_span name, bool statement);

#endif
