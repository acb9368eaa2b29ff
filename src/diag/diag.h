/* Collecting diagnostics.
 *
 *   ottl__diag_help(ottl__diag_add(diags, DIAG_UNKNOWN_PATH, span, "unknown path `%s`", name), "did you mean `%s`?", other);
 *
 * Codes are rows of grammar/diagnostics.def. Every function here takes NULL for the collection or the diagnostic and then does
 * nothing, so that callers need no checks: a diagnostic that finds no memory or no room is dropped, but counted. */
#ifndef OTTL_SRC_DIAG_DIAG_H
#define OTTL_SRC_DIAG_DIAG_H

#include "base/alloc.h"
#include "base/sbuf.h"
#include "ottl/diag.h"
#include "ottl/program.h"

typedef enum ottl_diag_code {
#define DIAG(code, severity, name, summary, help) DIAG_##name,
#include "diagnostics.def"
#undef DIAG
  DIAG_N_CODES
} ottl_diag_code;

typedef struct ottl_diag_info {
  const char *code; /* "E0201" */
  ottl_severity severity;
  const char *name, *summary, *help; /* help: shown when the diagnostic has none of its own; may be "" */
} ottl_diag_info;
extern const ottl_diag_info ottl__diag_infos[DIAG_N_CODES];

/* [begin, end) in bytes of the text of a source. */
typedef struct ottl_span {
  uint32_t source, begin, end;
} ottl_span;

/* A text that spans point into. Its first byte may lie somewhere inside a file. */
typedef struct ottl_source {
  ottl_view name, text;
  size_t offset;         /* of the first byte in its file */
  uint32_t line, column; /* of the first byte, from 1 */
  uint32_t indent;       /* bytes that stand before each line but the first in the file, and are not in the text */
  bool derived;          /* the file has it in another form: fixes would not fit */
  bool doubles;          /* the file has `$$` for a `$` */
  const uint32_t
      *places;      /* of each byte of the text and its end, in bytes behind the first: where the file has it; NULL: as it is */
  const char *file; /* from the first byte on, to the last of the places */
} ottl_source;

typedef struct diag_label {
  ottl_span span;
  ottl_view text;
} diag_label;

typedef struct ottl_diag_item {
  ottl_diags *diags;
  ottl_diag_code code;
  ottl_severity severity;
  uint8_t n_labels, n_notes, n_fixes;
  diag_label primary;
  diag_label labels[OTTL_DIAG_MAX_LABELS];
  diag_label fixes[OTTL_DIAG_MAX_FIXES]; /* text: the replacement */
  ottl_view message, help, notes[OTTL_DIAG_MAX_NOTES];
} ottl_diag_item;

struct ottl_diags {
  ottl_allocator al;
  ottl_arena arena;
  ottl_diag_item **items;
  size_t n, cap;
  ottl_source *sources;
  size_t n_sources, cap_sources;
  size_t n_errors, n_warnings, n_notes; /* seen, not kept */
  bool nomem;                           /* something was lost for want of memory */
};

/* For printf's "%.*s". */
#define VIEW_ARG(v) (int)((v).len < 4096 ? (v).len : 4096), ((v).data ? (v).data : "")

OTTL_MUST_CHECK ottl_status ottl__diags_create(const ottl_allocator *al, ottl_diags **ret);
/* Hands them to the caller of the API, who wants them if `ret` is not NULL; frees them if not, or if there are none. Returns
 * `status`, or NOMEM for another failure whose causes could not all be kept. */
OTTL_MUST_CHECK ottl_status ottl__diags_give(ottl_diags *diags, ottl_diags **ret, ottl_status status);
/* Registers a text and gives its id; name and text are copied. line and column: of the first byte, 1 and 1 for a text of its
 * own; offset: of the first byte in its file. Out of memory: an id without text. */
uint32_t ottl__diags_source(ottl_diags *diags, ottl_view name, ottl_view text, uint32_t line, uint32_t column, size_t offset);
/* The same for a snippet, with how and where its file has it, which is copied too. */
uint32_t ottl__diags_snippet(ottl_diags *diags, const ottl_snippet *snippet);
/* Makes places and file of the source, where it has them, copies in an arena. False: out of memory. */
bool ottl__source_keep_places(ottl_source *source, ottl_arena *arena);

/* NULL when it is not kept (too many, no memory). The message: lower case, no full stop, names in backquotes. */
ottl_diag_item *ottl__diag_add(ottl_diags *diags, ottl_diag_code code, ottl_span span, const char *format, ...) OTTL_PRINTF(4, 5);
/* Few words beside the carets of the main span. */
void ottl__diag_mark(ottl_diag_item *item, const char *format, ...) OTTL_PRINTF(2, 3);
/* Another place, with few words; more than three are dropped. */
void ottl__diag_label(ottl_diag_item *item, ottl_span span, const char *format, ...) OTTL_PRINTF(3, 4);
/* One line with a correction, when we are sure; the last one counts. */
void ottl__diag_help(ottl_diag_item *item, const char *format, ...) OTTL_PRINTF(2, 3);
void ottl__diag_note(ottl_diag_item *item, const char *format, ...) OTTL_PRINTF(2, 3);
void ottl__diag_fix(ottl_diag_item *item, ottl_span span, ottl_view replacement);
/* Changes the severity that the table gives, for instance to make an error a warning. */
void ottl__diag_severity(ottl_diag_item *item, ottl_severity severity);
/* Orders diagnostics from index `from` on by source and place; equal places keep their order. */
void ottl__diags_sort(ottl_diags *diags, size_t from);

/* Where a byte of a source is. line_begin and line_end are offsets into its text. */
typedef struct diag_place {
  uint32_t line, column, column_utf16;
  size_t line_begin, line_end;
} diag_place;
diag_place ottl__diag_place(const ottl_source *source, size_t at);
/* [begin, end) of a source as people count, with a text about it. */
ottl_diag_span ottl__diag_span(const ottl_source *source, size_t begin, size_t end, ottl_view text);
const ottl_source *ottl__diag_source_of(const ottl_diags *diags, uint32_t id); /* never NULL */
/* Length in bytes (1 to 4) of the code point at data, and the code point; ill-formed: 1 byte, U+FFFD. */
size_t ottl__diag_rune(const char *data, size_t len, uint32_t *ret);

void ottl__diag_render_text(const ottl_diags *diags, bool colour, ottl_sbuf *out);
void ottl__diag_render_short(const ottl_diags *diags, bool colour, ottl_sbuf *out);
/* A JSON string; bytes that are no UTF-8 become U+FFFD. */
void ottl__diag_json_text(ottl_sbuf *out, ottl_view text);
void ottl__diag_render_json(const ottl_diags *diags, ottl_sbuf *out);

#endif
