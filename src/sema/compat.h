/* What older collectors do not have: grammar/versions.def. */
#ifndef OTTL_SRC_SEMA_COMPAT_H
#define OTTL_SRC_SEMA_COMPAT_H

#include "diag/diag.h"

typedef enum compat_kind {
  COMPAT_FUNCTION,
  COMPAT_PARAMETER,
  COMPAT_PATH,
  COMPAT_CONTEXT,
  COMPAT_SYNTAX,
  COMPAT_KEY
} compat_kind;

/* Tells of it when v0.`version` is known not to have it. whole, part: its name is "whole.part", or "whole" where part is empty; shown:
 * what it is called. True: it was told. */
bool ottl__compat_tell(ottl_diags *diags, uint32_t version, compat_kind kind, const char *whole, ottl_view part, ottl_span span,
                       const char *shown);

#endif
