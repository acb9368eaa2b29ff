/* Values of the engine as text for people. */
#ifndef OTTL_SRC_TOOLING_CELL_TEXT_H
#define OTTL_SRC_TOOLING_CELL_TEXT_H

#include "base/sbuf.h"
#include "batch/value.h"

/* Appends the value on one line: texts in quotes, {"k": 1}, ["a"], times in RFC 3339; no more than about `most` bytes, then "...". */
void ottl__cell_text(ottl_sbuf *buf, ottl_cell cell, size_t most);

#endif
