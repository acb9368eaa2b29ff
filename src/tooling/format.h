/* Formatting of files and of configurations, on top of the layout of one statement. */
#ifndef OTTL_SRC_TOOLING_FORMAT_H
#define OTTL_SRC_TOOLING_FORMAT_H

#include "ottl/format.h"
#include "tooling/layout.h"

typedef struct format_job {
  ottl_arena *arena; /* for what lives as long as the job */
  ottl_view text;
  const ottl_format_options *options;
  ottl_diags *diags;
  ottl_sbuf *out;
  uint32_t width;
  bool refused; /* something did not parse */
} format_job;

/* Says that a statement parses and was left as it is, and why. */
void ottl__format_left(format_job *job, ottl_span span, const char *why);

/* format_config.c. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__format_config(format_job *job);
/* Can the text stand without quotes? What is special in lists alone was not there before either. */
bool ottl__format_plain(ottl_view text);
/* As it stands between double quotes; without line breaks. */
void ottl__format_escaped(ottl_sbuf *out, ottl_view text);

#endif
