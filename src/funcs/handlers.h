/* The handlers and preparers that grammar/functions.def names, and what they share. */
#ifndef OTTL_SRC_FUNCS_HANDLERS_H
#define OTTL_SRC_FUNCS_HANDLERS_H

#include "base/limits.h"
#include "funcs/scratch.h"

/* -- results -- */

/* Stores a value of the result's type, whatever the register's store. */
static inline void out_put(ottl_call *c, uint32_t row, ottl_cell v) { reg_put(c->out, row, v); }
static inline void out_bool(ottl_call *c, uint32_t row, bool v) {
  if (OTTL_LIKELY(c->out->store == OTTL_STORE_BOOL))
    bm_put(c->out->bits, row, v);
  else
    out_put(c, row, cell_bool(v));
}
static inline void out_int(ottl_call *c, uint32_t row, int64_t v) { out_put(c, row, cell_int(v)); }
static inline void out_view(ottl_call *c, uint32_t row, ottl_view v) { out_put(c, row, cell_string(v)); }

/* Whether a text of `len` bytes may be made; else the row fails. Short ones are not counted: their number is bounded by the rows. */
static inline bool out_room(ottl_call *c, uint32_t row, size_t len) {
  if (OTTL_LIKELY(len < 4096)) return true;
  ottl_scratch *s = c->scratch;
  bool fits = len <= OTTL_MAX_RESULT_BYTES;
  if (fits && len <= s->made_left) {
    s->made_left -= len;
    return true;
  }
  call_fail(c, row, fits ? OTTL_ROWERR(MADE_TOO_MUCH, 0) : OTTL_ROWERR(TOO_LARGE, 0));
  return false;
}

/* Copies what is in scratch->text to the call's arena as the row's result. */
OTTL_MUST_CHECK static inline ottl_status out_text(ottl_call *c, uint32_t row, const ottl_sbuf *text) {
  if (text->failed) return OTTL_NOMEM;
  if (OTTL_UNLIKELY(text->over)) {
    call_fail(c, row, scratch_over(c->scratch));
    return OTTL_OK;
  }
  if (!out_room(c, row, text->len)) return OTTL_OK;
  ottl_view copy = arena_copy(c->arena, text->data, text->len);
  if (!copy.data) return OTTL_NOMEM;
  out_view(c, row, copy);
  return OTTL_OK;
}
static inline ottl_sbuf *scratch_text(ottl_call *c) {
  sbuf_clear(&c->scratch->text);
  return &c->scratch->text;
}
/* The same for a text that may grow beyond what it is made of: as far as one may now. */
static inline ottl_sbuf *scratch_bounded(ottl_call *c) {
  ottl_sbuf *buf = scratch_text(c);
  sbuf_bound(buf, scratch_most(c->scratch));
  return buf;
}

/* True, with the row failed, when evaluating this argument failed (functions with OTTL_FN_LAZY). */
static inline bool arg_failed(ottl_call *c, const ottl_reg *reg, uint32_t row) {
  if (OTTL_LIKELY(!reg_failed(reg, row))) return false;
  call_fail(c, row, reg->code[reg_at(reg, row)]);
  return true;
}

/* What went wrong with a value of a row; statuses that end the run stay. */
OTTL_MUST_CHECK static inline ottl_status fail_status(ottl_call *c, uint32_t row, ottl_status status) {
  if (status == OTTL_DATA)
    call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
  else if (status == OTTL_LIMIT)
    call_fail(c, row, c->scratch->text.over || c->scratch->text2.over ? scratch_over(c->scratch) : OTTL_ROWERR(TOO_DEEP, 0));
  else
    return status;
  return OTTL_OK;
}

/* Refuses arguments when they are prepared; the message goes to people. */
ottl_status ottl__refuse(ottl_prepare *p, uint32_t arg, const char *format, ...) OTTL_PRINTF(3, 4);

/* Refuses the call where the large tables that it looks into are not loaded. */
ottl_preparer ottl__need_bulk;

/* -- patterns -- */

#define OTTL_NO_ARG UINT32_MAX

typedef struct pattern_prep {
  ottl_regex *re; /* NULL: the pattern is not a literal */
  ottl_regex_template *tmpl;
} pattern_prep;
typedef struct pattern_use {
  const ottl_regex *re;
  const ottl_regex_template *tmpl;
} pattern_use;

/* Refuses a literal pattern, with the reference's words. */
ottl_status ottl__pattern_refuse(ottl_prepare *p, const char *function, uint32_t arg, const char *why);
/* Compiles a literal pattern and, when both are literals, its replacement (argument index or OTTL_NO_ARG). */
ottl_status ottl__pattern_prepare(ottl_prepare *p, const char *function, uint32_t pattern, uint32_t replacement);
/* The pattern for a row. When the pattern is not valid, the row fails and *ret_ok is false. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__pattern_for_row(ottl_call *c, uint32_t row, uint32_t pattern, uint32_t replacement,
                                                  pattern_use *ret, bool *ret_ok);
/* What became of a text.
 * FAILED: a function or format did, for which the row has not failed yet. GIVEN_UP: a limit, and the row has failed. */
typedef enum replaced { RE_SAME, RE_CHANGED, RE_FAILED, RE_GIVEN_UP } replaced;
/* What the replace_* editors do to one text, with the arguments from `function_arg` on (function, format): when it changed, it stands
 * in scratch->text. *ret_error: of RE_FAILED. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__replace_in_text(ottl_call *c, uint32_t row, const pattern_use *use, ottl_view text,
                                                  uint32_t function_arg, replaced *ret, uint16_t *ret_error);

/* A converter with one string parameter, on one text; *ret is a string. A failure shows as *ret_error. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__apply_function(ottl_call *c, const ottl_function *f, ottl_view text, ottl_view *ret,
                                                 uint16_t *ret_error);
/* Appends a value as replacement_format (which need not be given) has it. A failure shows as *ret_error. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__apply_format(ottl_call *c, uint32_t row, const ottl_arg *format, ottl_view value,
                                               ottl_sbuf *buf, uint16_t *ret_error);

/* -- list arguments (SliceGetter) -- */

/* Calls a function for each item of a SLICE_* argument of a row.
 * of_pdata: the item was an element of a pdata list (what a StringLikeGetter makes of it differs). */
typedef struct slice_items {
  const ottl_arg *arg;
  ottl_cell list; /* when arg.reg */
  uint32_t row, next;
  const ottl_cell *items;
  uint32_t n;
  bool of_pdata, is_nil;
} slice_items;
/* *ret_ok false: the row failed. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__slice_begin(ottl_call *c, uint32_t row, uint32_t arg, slice_items *ret, bool *ret_ok);
static inline bool slice_next(slice_items *s, ottl_cell *ret) {
  if (s->next >= s->n) return false;
  *ret = s->items ? s->items[s->next] : reg_cell(s->arg->items[s->next], s->row);
  s->next++;
  return true;
}

/* -- functions.def -- */

ottl_handler ottl__fn_delete_key, ottl__fn_delete_matching_keys, ottl__fn_keep_keys, ottl__fn_keep_matching_keys,
    ottl__fn_replace_all_patterns, ottl__fn_merge_maps, ottl__fn_truncate_all, ottl__fn_limit;
ottl_handler ottl__fn_replace_pattern, ottl__fn_append, ottl__fn_clear;
ottl_handler ottl__fn_is_match, ottl__fn_concat, ottl__fn_len, ottl__fn_like, ottl__fn_coalesce;
ottl_handler ottl__fn_when, ottl__fn_is_root_span, ottl__fn_is_string, ottl__fn_is_int, ottl__fn_is_double, ottl__fn_is_bool,
    ottl__fn_is_map, ottl__fn_is_list;
ottl_handler ottl__fn_upper, ottl__fn_lower, ottl__fn_substring, ottl__fn_split, ottl__fn_has_prefix, ottl__fn_has_suffix,
    ottl__fn_trim, ottl__fn_trim_prefix, ottl__fn_trim_suffix;
ottl_handler ottl__fn_sha256, ottl__fn_fnv, ottl__fn_hex, ottl__fn_trace_id, ottl__fn_span_id, ottl__fn_profile_id;
ottl_handler ottl__fn_parse_json;
ottl_handler ottl__fn_now, ottl__fn_unix, ottl__fn_unix_nano, ottl__fn_unix_micro, ottl__fn_unix_milli, ottl__fn_unix_seconds,
    ottl__fn_duration, ottl__fn_nanoseconds, ottl__fn_microseconds, ottl__fn_milliseconds, ottl__fn_seconds, ottl__fn_minutes,
    ottl__fn_hours, ottl__fn_year, ottl__fn_month, ottl__fn_day, ottl__fn_hour, ottl__fn_minute, ottl__fn_second,
    ottl__fn_nanosecond, ottl__fn_weekday;
ottl_handler ottl__fn_keys, ottl__fn_values, ottl__fn_index, ottl__fn_contains_value;

ottl_handler ottl__fn_parse_int, ottl__fn_log, ottl__fn_is_valid_luhn, ottl__fn_is_empty, ottl__fn_base64_encode,
    ottl__fn_extract_patterns, ottl__fn_extract_grok_patterns, ottl__fn_parse_key_value, ottl__fn_stringify_all,
    ottl__fn_delete_index, ottl__fn_flatten, ottl__fn_slice_to_map;

ottl_handler ottl__fn_time, ottl__fn_format_time, ottl__fn_truncate_time;
ottl_preparer ottl__prep_time, ottl__prep_format_time;
ottl_handler ottl__fn_is_in_cidr, ottl__fn_community_id, ottl__fn_parse_severity, ottl__fn_sort, ottl__fn_parse_csv,
    ottl__fn_convert_case, ottl__fn_camel, ottl__fn_snake, ottl__fn_uuid, ottl__fn_uuid_v7, ottl__fn_to_key_value_string,
    ottl__fn_format, ottl__fn_md5, ottl__fn_sha1, ottl__fn_sha512, ottl__fn_murmur3, ottl__fn_murmur3_128, ottl__fn_xxh3,
    ottl__fn_xxh128;
ottl_preparer ottl__prep_is_in_cidr, ottl__prep_parse_severity, ottl__prep_sort, ottl__prep_parse_csv, ottl__prep_convert_case,
    ottl__prep_to_key_value_string;
ottl_handler ottl__fn_parse_cef, ottl__fn_parse_clf, ottl__fn_parse_elf, ottl__fn_parse_leef;
ottl_preparer ottl__prep_parse_clf;
ottl_handler ottl__fn_get_xml, ottl__fn_remove_xml, ottl__fn_insert_xml, ottl__fn_convert_attributes_xml,
    ottl__fn_convert_text_xml, ottl__fn_parse_xml, ottl__fn_parse_simplified_xml;
ottl_preparer ottl__prep_xml_path, ottl__prep_xml_attributes, ottl__prep_xml_text;
ottl_handler ottl__fn_url, ottl__fn_user_agent;
ottl_handler ottl__fn_decode;
ottl_preparer ottl__prep_decode;
ottl_handler ottl__fn_replace_match, ottl__fn_replace_all_matches;
ottl_preparer ottl__prep_replace_match, ottl__prep_replace_all_matches;
/* whole records */
ottl_handler ottl__fn_convert_sum_to_gauge, ottl__fn_convert_gauge_to_sum, ottl__fn_copy_metric,
    ottl__fn_convert_summary_count_val_to_sum, ottl__fn_convert_summary_sum_val_to_sum,
    ottl__fn_convert_summary_quantile_val_to_gauge, ottl__fn_extract_sum_metric, ottl__fn_extract_count_metric,
    ottl__fn_extract_percentile_metric, ottl__fn_scale_metric, ottl__fn_convert_exponential_histogram,
    ottl__fn_merge_histogram_buckets, ottl__fn_has_attr_on_datapoint, ottl__fn_aggregate_on_attributes,
    ottl__fn_aggregate_on_attribute_value, ottl__fn_set_semconv_span_name;
ottl_preparer ottl__prep_convert_gauge_to_sum, ottl__prep_extract_percentile_metric, ottl__prep_convert_exponential_histogram,
    ottl__prep_merge_histogram_buckets, ottl__prep_aggregate, ottl__prep_set_semconv_span_name;

ottl_preparer ottl__prep_flatten, ottl__prep_extract_patterns, ottl__prep_extract_grok_patterns, ottl__prep_parse_key_value;
ottl_preparer ottl__prep_delete_matching_keys, ottl__prep_keep_matching_keys, ottl__prep_keep_keys,
    ottl__prep_replace_all_patterns, ottl__prep_merge_maps, ottl__prep_truncate_all, ottl__prep_limit;
ottl_preparer ottl__prep_replace_pattern, ottl__prep_append;
ottl_preparer ottl__prep_is_match, ottl__prep_concat, ottl__prep_coalesce, ottl__prep_trace_id, ottl__prep_span_id,
    ottl__prep_profile_id;

#endif
