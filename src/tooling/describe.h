/* Writing the tables as JSON. Nothing is written for people here: docs/ and the command render what this gives. */
#ifndef OTTL_SRC_TOOLING_DESCRIBE_H
#define OTTL_SRC_TOOLING_DESCRIBE_H

#include "sema/check.h"
#include "sema/sema.h"
#include "sema/tables.h"

typedef struct describe {
  ottl_sbuf *out;
  ottl_view name; /* entries of that name; data NULL: all */
  size_t n;       /* entries that were written */
  sema_guess guess;
  const char *near[8]; /* names that contain it */
  size_t n_near;
  ottl_arena arena; /* names that are made */
} describe;

/* Is the entry asked for? Counts it, begins its object and writes its name. */
bool ottl__describe_entry(describe *d, const char *name);
void ottl__describe_end(describe *d);
void ottl__describe_comma(ottl_sbuf *out); /* where one is needed before an element or a member */
/* A member of the object: `"key":`, with a comma where one is needed. */
void ottl__describe_key(ottl_sbuf *out, const char *key);
void ottl__describe_text(ottl_sbuf *out, const char *key, const char *text);
void ottl__describe_view(ottl_sbuf *out, ottl_view text); /* an element of an array */
void ottl__describe_bool(ottl_sbuf *out, const char *key, bool value);
void ottl__describe_int(ottl_sbuf *out, const char *key, int64_t value);

/* Types as people read them, separated by commas; one name stands for several. */
void ottl__describe_types(ottl_sbuf *out, ottl_types types);     /* nil is left out */
void ottl__describe_types_nil(ottl_sbuf *out, ottl_types types); /* nil is last */

/* What follows `"entries":[` of a table. */
void ottl__describe_functions(describe *d);
void ottl__describe_paths(describe *d);
/* Members of the table of functions beside its entries: kinds of parameters, and names that the reference has. */
void ottl__describe_kinds(ottl_sbuf *out);

/* -- the same texts outside of JSON -- */
const char *ottl__describe_kind(uint8_t kind);                      /* of a parameter: "string" */
void ottl__describe_param(ottl_sbuf *out, const ottl_param *p);     /* "[delimiter: string]" */
void ottl__describe_takes(ottl_sbuf *out, const ottl_path_info *p); /* what can be written to a path */
const char *ottl__describe_keys(const ottl_path_info *p);           /* what keys may follow; "": none */
const char *ottl__manual_about(const char *function);               /* "": nothing */
/* The first example that works: how it is written. NULL: there is none. */
const char *ottl__manual_example(const char *function, const char **ret_input, const char **ret_result);

/* codes.c: why, what to do and examples of a code, as members of its object. */
void ottl__describe_code_manual(ottl_sbuf *out, const char *code);
/* manual.c: parameters and examples of a function, as members of its object. */
void ottl__describe_manual(ottl_sbuf *out, const ottl_function *f);
const char *ottl__manual_default(const char *function, const char *param, const char **ret_text); /* "": not known */

#endif
