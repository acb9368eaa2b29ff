/* Statements in their canonical layout: docs/formatting.md has the rules. What a program does is never changed; formatting what was
 * formatted changes nothing. */
#ifndef OTTL_FORMAT_H
#define OTTL_FORMAT_H

#include "ottl/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the text is. */
typedef enum ottl_format_form {
  OTTL_FORMAT_FILE = 0,    /* a file of statements or of conditions (.ottl): comments and blank lines stay */
  OTTL_FORMAT_SNIPPET = 1, /* one statement, condition or value expression */
  OTTL_FORMAT_CONFIG = 2   /* a configuration: statements and conditions in it; all other bytes stay as they are */
} ottl_format_form;

typedef struct ottl_format_options {
  size_t struct_size;              /* sizeof(ottl_format_options) */
  const ottl_allocator *allocator; /* NULL: malloc. The YAML reader itself uses malloc */
  ottl_format_form form;
  ottl_config_form config; /* CONFIG: what the configuration is */
  const char *name;        /* file name for diagnostics; NULL: none */
  size_t width;            /* columns that a line should not pass; 0: 100 */
} ottl_format_options;

/* Takes the text, all of it in one call. */
typedef void (*ottl_format_write)(void *context, const char *data, size_t len);

/* Defaults: a file, 100 columns, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_format_options_init(ottl_format_options *options);

/* Formats a text of len bytes and hands the result to write, once, before it returns. What does not parse stays as it is, is told in the
 * diagnostics, and makes the status COMPILE; the rest is formatted and written all the same. Other failures write nothing.
 * Notes tell what parses and was left as it is, because rewriting it would not be safe.
 * options: may be NULL. ret_diags: may be NULL; else set in every case (NULL: nothing to tell), and the caller frees them with
 * ottl_diags_free. Fails: COMPILE, NOMEM, LIMIT (a configuration that is too large), INVALID_ARG. Threads: any. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_format(const char *text, size_t len, const ottl_format_options *options,
                                                 ottl_format_write write, void *context, ottl_diags **ret_diags);

#ifdef __cplusplus
}
#endif
#endif
