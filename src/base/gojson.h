/* Scalars as two Go JSON encoders write them. Maps and lists are walked elsewhere.
 *
 *   OTTL_JSON_GOCCY  goccy/go-json Marshal, behind String, Concat, IsMatch, ..: "<" as \u003c, 1e-07
 *   OTTL_JSON_STD    encoding/json without HTML escapes, behind pdata's AsString of maps and lists: "<", \b, \f, 1e-7 */
#ifndef OTTL_SRC_BASE_GOJSON_H
#define OTTL_SRC_BASE_GOJSON_H

#include "base/sbuf.h"

typedef enum ottl_json_style { OTTL_JSON_GOCCY, OTTL_JSON_STD } ottl_json_style;

/* A JSON string with its quotes. Invalid bytes become \ufffd. */
void ottl__gojson_put_string(ottl_sbuf *buf, ottl_view text, ottl_json_style style);
/* Does the text stand between the quotes as it is? Then put_plain writes it. */
bool ottl__gojson_is_plain(ottl_view text, ottl_json_style style);
void ottl__gojson_put_plain(ottl_sbuf *buf, ottl_view text);
/* Order of the keys of a map. encoding/json sorts the keys; goccy their JSON, closing quote included, so that "a!" comes before
 * "a" and "=" before "<". 0 when both give the same JSON. */
int ottl__gojson_compare_keys(ottl_view a, ottl_view b, ottl_json_style style);
/* A JSON number. NaN and infinities: nothing is appended and *ret_unsupported is set (never cleared; may be NULL). */
void ottl__gojson_put_double(ottl_sbuf *buf, double value, ottl_json_style style, bool *ret_unsupported);
/* Bytes: base64 in quotes; `null` when there are none, because pdata's empty bytes are Go's nil. */
void ottl__gojson_put_bytes(ottl_sbuf *buf, ottl_view bytes);
/* pdata's Value.AsString of a double: as OTTL_JSON_STD, and NaN, Infinity, -Infinity. */
void ottl__gojson_put_plain_double(ottl_sbuf *buf, double value);
/* What goccy says of a NaN or infinity: "json: unsupported value: +Inf". */
void ottl__gojson_put_unsupported(ottl_sbuf *buf, double value);

#endif
