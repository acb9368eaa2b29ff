/* Diagnostics: what is wrong with statements, where, and how to mend it.
 *
 * Calls that compile text hand back an `ottl_diags`, a list of errors, warnings and notes. Positions are byte offsets into the
 * source together with line and column; columns count code points, and UTF-16 units for editors that want those. */
#ifndef OTTL_DIAG_H
#define OTTL_DIAG_H

#include "ottl/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_diags ottl_diags;

typedef enum ottl_severity { OTTL_SEVERITY_ERROR = 0, OTTL_SEVERITY_WARNING = 1, OTTL_SEVERITY_NOTE = 2 } ottl_severity;

typedef enum ottl_diags_format {
  OTTL_DIAGS_TEXT = 0,  /* message, source line, carets, help */
  OTTL_DIAGS_SHORT = 1, /* one line each: file:line:column: error[E0201]: message */
  OTTL_DIAGS_JSON = 2   /* one array */
} ottl_diags_format;

/* A range of a source, [begin, end) in bytes. Lines and columns start at 1. */
typedef struct ottl_diag_span {
  ottl_view file; /* name of the source; empty when it has none */
  size_t begin, end;
  uint32_t line, column, column_utf16;
  uint32_t end_line, end_column, end_column_utf16;
  ottl_view text; /* what to say about this range; may be empty */
} ottl_diag_span;

/* Replace the range by `replacement`. */
typedef struct ottl_diag_fix {
  ottl_diag_span span;
  ottl_view replacement;
} ottl_diag_fix;

#define OTTL_DIAG_MAX_LABELS 3
#define OTTL_DIAG_MAX_NOTES  2
#define OTTL_DIAG_MAX_FIXES  2

typedef struct ottl_diag {
  const char *code; /* such as "E0201"; a number is never used again for something else */
  ottl_severity severity;
  ottl_view message;
  ottl_diag_span span;
  size_t n_labels, n_notes, n_fixes;
  ottl_diag_span labels[OTTL_DIAG_MAX_LABELS]; /* other places that matter */
  ottl_view notes[OTTL_DIAG_MAX_NOTES];
  ottl_diag_fix fixes[OTTL_DIAG_MAX_FIXES]; /* all of them together are one correction */
  ottl_view help;                           /* may be empty */
} ottl_diag;

/* Takes a piece of rendered text; called several times in a row. */
typedef void (*ottl_diags_write)(void *context, const char *data, size_t len);

/* Number of diagnostics. diags may be NULL: 0. Never fails; any thread while nobody changes diags; since 0.1. */
OTTL_API size_t ottl_diags_count(const ottl_diags *diags);
/* Number of errors, those beyond the limit of what is kept included. diags may be NULL. Never fails; as above; since 0.1. */
OTTL_API size_t ottl_diags_errors(const ottl_diags *diags);
/* The i-th diagnostic, in the order of the text.
 * Owns: views in *ret live until ottl_diags_free. Fails: INVALID_ARG (no such diagnostic). Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diags_get(const ottl_diags *diags, size_t i, ottl_diag *ret);
/* Writes all diagnostics in a format. colour: ANSI escapes in OTTL_DIAGS_TEXT and OTTL_DIAGS_SHORT.
 * Control characters of the source are never written as such. Fails: NOMEM, INVALID_ARG. Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_diags_render(const ottl_diags *diags, ottl_diags_format format, bool colour,
                                                       ottl_diags_write write, void *context);
/* Shows each diagnostic to `revise`, in order: it may change `severity`, and says whether the diagnostic is to be kept. Nothing else of
 * *diag may be changed. diags may be NULL. Never fails; one thread, while nobody else uses diags; since 0.1. */
OTTL_API void ottl_diags_revise(ottl_diags *diags, bool (*revise)(void *context, ottl_diag *diag), void *context);
/* diags may be NULL. Never fails; since 0.1. */
OTTL_API void ottl_diags_free(ottl_diags *diags);

#ifdef __cplusplus
}
#endif
#endif
