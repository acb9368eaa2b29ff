/* ottl diff: what becomes of entries is written as text, JSON or HTML. */
#ifndef OTTL_CLI_DIFF_H
#define OTTL_CLI_DIFF_H

#include "messages.h"

typedef struct diff_totals {
  uint64_t messages, records_in, records_out;
  uint64_t by_level[OTTL_BLOCK_RECORD + 1][OTTL_CHANGE_ADDED + 1];
  uint64_t moved; /* records */
  uint64_t fields;
  uint64_t bytes_in, bytes_out;
} diff_totals;

/* "changed, moved to resource 2, scope 2.1"; "unchanged". */
void diff_what(const ottl_diff_entry *e, char *text, size_t size);
/* "log record 3", by its number before if it has one. */
void diff_name(const ottl_diff_entry *e, char *text, size_t size);
ottl_view diff_summary(const ottl_diff_entry *e);
/* The summary, a line each. */
size_t diff_totals_text(const diff_totals *t, char *text, size_t size);

/* json.c of it: messages and their entries as one object. */
void diff_json_begin(void);
void diff_json_message(const cli_message *m, bool first);
bool diff_json_entry(const ottl_diff_entry *e, bool first); /* false: out of memory */
void diff_json_message_end(void);
bool diff_json_end(const diff_totals *t);

/* diff_html.c: a page. */
typedef struct diff_page diff_page;
int diff_page_open(const char *path, const cli_options *options, const cli_program *program, diff_page **ret);
int diff_page_message(diff_page *page, const cli_message *m);
int diff_page_entry(diff_page *page, const ottl_diff_entry *e);
int diff_page_finish(diff_page *page, const diff_totals *t); /* frees it */
void diff_page_abandon(diff_page *page);                     /* NULL is fine */

#endif
