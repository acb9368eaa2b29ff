/* Names of days, months and day periods in other languages (CLDR), and times in those languages put into English. */
#ifndef OTTL_SRC_FUNCS_LOCALE_H
#define OTTL_SRC_FUNCS_LOCALE_H

#include "base/sbuf.h"

typedef struct locale_names {
  ottl_view name[12]; /* n of them, or none when the language has no such names */
  uint32_t n;
} locale_names;

typedef struct ottl_locale {
  locale_names short_days, days, short_months, months, periods;
} ottl_locale;

/* The locale of a tag such as "fr-CA", in exactly that case. False: there is none. Any thread. */
bool ottl__locale_find(ottl_view tag, ottl_locale *ret);
/* What the reference's lunes.Translate gives for a layout and a value; false: they do not fit, or the language lacks the names. */
OTTL_MUST_CHECK bool ottl__locale_translate(ottl_sbuf *out, const ottl_locale *locale, ottl_view layout, ottl_view value);

#endif
