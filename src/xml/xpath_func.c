/* Functions and comparisons of XPath, with the original's notions of type: comparing truth values is false or a panic, lengths and
 * positions in strings are bytes. */
#include <math.h>

#include "base/gonum.h"
#include "base/unicode_case.h"
#include "base/utf8.h"
#include "xml/xpath_impl.h"

static xp_value v_bool(bool b) { return (xp_value){.type = XP_V_BOOL, .b = b}; }
static xp_value v_number(double d) { return (xp_value){.type = XP_V_NUMBER, .number = d}; }
static xp_value v_string(ottl_view text) { return (xp_value){.type = XP_V_STRING, .text = text}; }

/* What is in r->buf, as a string that stays. */
static ottl_view buf_text(xp_run *r) {
  ottl_view copy = arena_copy(r->arena, r->buf.data, r->buf.len);
  ottl__xpath_spend(r, r->buf.len);
  if (!r->buf.failed && copy.data) return copy;
  if (r->status == OTTL_OK) r->status = OTTL_NOMEM;
  return VIEW("");
}
static ottl_sbuf *buf_empty(xp_run *r) {
  sbuf_clear(&r->buf);
  return &r->buf;
}

/* -- conversions -- */

double ottl__xpath_parse_number(ottl_view text) {
  double d;
  return ottl__gonum_parse_double(ottl__utf8_trim_space(text), &d) == OTTL_NUM_OK ? d : NAN;
}

static double nav_number(xp_run *r, xp_nav nav) { return ottl__xpath_parse_number(ottl__xpath_text(r, nav)); }

double ottl__xpath_to_number(xp_run *r, xp_value v) {
  xp_nav nav;
  switch (v.type) {
  case XP_V_QUERY: return ottl__xpath_next(r, v.query, &nav) ? nav_number(r, nav) : NAN;
  case XP_V_NUMBER: return v.number;
  case XP_V_STRING: return ottl__xpath_parse_number(v.text);
  case XP_V_BOOL: return v.b;
  default: return NAN;
  }
}

bool ottl__xpath_to_bool(xp_run *r, xp_value v) {
  xp_nav nav;
  switch (v.type) {
  case XP_V_QUERY: return ottl__xpath_next(r, v.query, &nav);
  case XP_V_NUMBER: return v.number != 0;
  case XP_V_STRING: return v.text.len > 0;
  case XP_V_BOOL: return v.b;
  default: return false;
  }
}

static ottl_view number_text(xp_run *r, double d) {
  if (isnan(d)) return VIEW("NaN");
  if (isinf(d)) return d > 0 ? VIEW("Infinity") : VIEW("-Infinity");
  if (d == 0) return VIEW("0");
  char digits[OTTL_DOUBLE_TEXT_MAX];
  size_t n = ottl__gonum_format_double(digits, d, 'f');
  ottl_view copy = arena_copy(r->arena, digits, n);
  if (copy.data) return copy;
  r->status = OTTL_NOMEM;
  return VIEW("");
}

static ottl_view to_string(xp_run *r, xp_value v) {
  xp_nav nav;
  switch (v.type) {
  case XP_V_BOOL: return v.b ? VIEW("true") : VIEW("false");
  case XP_V_NUMBER: return number_text(r, v.number);
  case XP_V_STRING: return v.text;
  case XP_V_QUERY: return ottl__xpath_next(r, v.query, &nav) ? ottl__xpath_text(r, nav) : VIEW("");
  default: return VIEW("");
  }
}

/* -- comparison -- */

static bool compare_numbers(xp_op op, double a, double b) {
  switch (op) {
  case XP_EQ: return a == b;
  case XP_GT: return a > b;
  case XP_LT: return a < b;
  case XP_GE: return a >= b;
  case XP_LE: return a <= b;
  default: return a != b;
  }
}

static bool compare_strings(xp_run *r, xp_op op, ottl_view a, ottl_view b) {
  ottl__xpath_spend(r, (a.len < b.len ? a.len : b.len) / 16);
  if (op == XP_EQ) return view_eq(a, b);
  if (op == XP_NE) return !view_eq(a, b);
  return compare_numbers(op, ottl__xpath_parse_number(a), ottl__xpath_parse_number(b));
}

/* A value that is no node set against the text of a node, in the order they were written. */
static bool compare_node(xp_run *r, xp_op op, xp_value v, ottl_view text, bool node_first) {
  if (v.type == XP_V_STRING) return node_first ? compare_strings(r, op, text, v.text) : compare_strings(r, op, v.text, text);
  double d = ottl__xpath_parse_number(text);
  return node_first ? compare_numbers(op, d, v.number) : compare_numbers(op, v.number, d);
}

static bool compare_sets(xp_run *r, xp_op op, xp_query *a, xp_query *b) {
  for (xp_nav x, y; !xp_stop(r) && ottl__xpath_next(r, a, &x);) {
    if (!ottl__xpath_next(r, b, &y)) return false;
    ottl_view text = ottl__xpath_text(r, x);
    do {
      if (compare_strings(r, op, text, ottl__xpath_text(r, y))) return true;
    } while (ottl__xpath_next(r, b, &y));
    ottl__xpath_value(r, b);
  }
  return false;
}

bool ottl__xpath_compare(xp_run *r, xp_op op, xp_value a, xp_value b) {
  if (xp_stop(r)) return false;
  if (a.type <= XP_V_BOOL || b.type <= XP_V_BOOL) {
    if (a.type != b.type || a.type == XP_V_NIL) xp_panic(r);
    return false; /* so truth values are never equal, nor unequal */
  }
  if (a.type == XP_V_QUERY && b.type == XP_V_QUERY) return compare_sets(r, op, a.query, b.query);
  if (a.type == XP_V_QUERY || b.type == XP_V_QUERY) {
    bool node_first = a.type == XP_V_QUERY;
    xp_query *q = node_first ? a.query : b.query;
    for (xp_nav nav; !xp_stop(r) && ottl__xpath_next(r, q, &nav);) {
      if (compare_node(r, op, node_first ? b : a, ottl__xpath_text(r, nav), node_first)) return true;
    }
    return false;
  }
  if (a.type == XP_V_STRING && b.type == XP_V_STRING) return compare_strings(r, op, a.text, b.text);
  return compare_numbers(op, ottl__xpath_to_number(r, a), ottl__xpath_to_number(r, b));
}

/* -- arguments -- */

static xp_value arg_value(xp_run *r, xp_query *q, uint32_t i) {
  if (i >= q->n_args) {
    xp_panic(r);
    return (xp_value){.type = XP_V_NIL};
  }
  xp_query *arg = q->args[i];
  if (arg->kind != XQ_FUNCTION) arg = ottl__xpath_clone(r, arg);
  return arg ? ottl__xpath_value(r, arg) : (xp_value){.type = XP_V_NIL};
}

/* A string, or the text of the first node. *ret_ok false: there is no node. Other types are "". */
static ottl_view arg_text(xp_run *r, xp_query *q, uint32_t i, bool *ret_ok, bool *ret_other) {
  xp_value v = arg_value(r, q, i);
  xp_nav nav;
  *ret_ok = true;
  *ret_other = false;
  if (v.type == XP_V_STRING) return v.text;
  if (v.type == XP_V_QUERY) {
    *ret_ok = ottl__xpath_next(r, v.query, &nav);
    return *ret_ok ? ottl__xpath_text(r, nav) : VIEW("");
  }
  *ret_other = true;
  return VIEW("");
}

static size_t find_text(xp_run *r, ottl_view s, ottl_view what) {
  ottl__xpath_spend(r, s.len / 8);
  for (size_t i = 0; i + what.len <= s.len; i++) {
    if (!what.len || memcmp(s.data + i, what.data, what.len) == 0) return i;
  }
  return SIZE_MAX;
}

/* -- strings -- */

static xp_value call_has(xp_run *r, xp_query *q) {
  bool ok, other;
  ottl_view s = arg_text(r, q, 0, &ok, &other);
  if (other) xp_panic(r);
  if (!ok || xp_stop(r)) return v_bool(false);
  xp_value what = arg_value(r, q, 1);
  if (what.type != XP_V_STRING) {
    xp_panic(r);
    return v_bool(false);
  }
  ottl_view w = what.text;
  if (q->function == XF_CONTAINS) return v_bool(find_text(r, s, w) != SIZE_MAX);
  if (w.len > s.len) return v_bool(false);
  size_t at = q->function == XF_STARTS_WITH ? 0 : s.len - w.len;
  return v_bool(view_eq(view_of(s.data + at, w.len), w));
}

static ottl_regex *call_pattern(xp_run *r, ottl_view pattern) {
  ottl_regex *re = NULL;
  ottl__xpath_spend(r, 4096 + 64 * pattern.len);
  if (xp_stop(r)) return NULL;
  ottl_status status = ottl__regex_compile(r->al, pattern, &re, NULL);
  if (status == OTTL_OK) return re;
  r->status = status == OTTL_COMPILE ? OTTL_RUNTIME : status;
  return NULL;
}

static xp_value call_matches(xp_run *r, xp_query *q) {
  bool ok, other, hit = false;
  ottl_view s = arg_text(r, q, 0, &ok, &other);
  if (!ok || xp_stop(r)) return v_string(VIEW(""));
  xp_value pattern = arg_value(r, q, 1);
  if (pattern.type != XP_V_STRING) xp_panic(r);
  ottl_regex *re = xp_stop(r) ? NULL : call_pattern(r, pattern.text);
  if (!re) return v_bool(false);
  ottl__xpath_spend(r, s.len / 4);
  uint64_t before = ottl__regex_steps(r->regex);
  ottl_status status = ottl__regex_match(re, r->regex, s, &hit);
  ottl__xpath_spend(r, (ottl__regex_steps(r->regex) - before) / 8);
  if (status != OTTL_OK && r->status == OTTL_OK) r->status = status;
  ottl__regex_free(re);
  return v_bool(hit);
}

/* $1 is made ${1}, for every group there is. */
static ottl_view braced_groups(xp_run *r, const ottl_regex *re, ottl_view text) {
  for (uint32_t g = ottl__regex_groups(re); g > 0 && memchr(text.data, '$', text.len) && !xp_stop(r); g--) {
    char digits[OTTL_INT_TEXT_MAX + 1] = "$";
    size_t n = 1 + ottl__gonum_format_uint(digits + 1, g);
    ottl_sbuf *buf = buf_empty(r);
    for (size_t i = 0; i < text.len;) {
      if (text.len - i >= n && memcmp(text.data + i, digits, n) == 0) {
        sbuf_str(buf, "${");
        sbuf_put(buf, digits + 1, n - 1);
        sbuf_byte(buf, '}');
        i += n;
      } else {
        sbuf_byte(buf, text.data[i++]);
      }
    }
    text = buf_text(r);
  }
  return text;
}

static xp_value call_replace(xp_run *r, xp_query *q) {
  ottl_view s = to_string(r, arg_value(r, q, 0)), pattern = to_string(r, arg_value(r, q, 1)),
            with = to_string(r, arg_value(r, q, 2));
  ottl_regex *re = xp_stop(r) ? NULL : call_pattern(r, pattern);
  if (!re) return v_string(VIEW(""));
  ottl_regex_template *t = NULL;
  bool changed = false;
  with = braced_groups(r, re, with.len ? with : VIEW(""));
  ottl__xpath_spend(r, s.len / 4);
  ottl_sbuf *buf = buf_empty(r);
  sbuf_bound(buf, OTTL_MAX_XPATH_STEPS); /* each byte is a step in the end */
  uint64_t before = ottl__regex_steps(r->regex);
  ottl_status status = ottl__regex_template_create(r->al, re, with, &t);
  if (status == OTTL_OK) status = ottl__regex_replace_all(re, r->regex, t, s, buf, &changed);
  ottl__xpath_spend(r, (ottl__regex_steps(r->regex) - before) / 8);
  ottl__regex_template_free(t);
  ottl__regex_free(re);
  if (status != OTTL_OK && r->status == OTTL_OK) r->status = status;
  return v_string(changed ? buf_text(r) : s);
}

static xp_value call_substring(xp_run *r, xp_query *q) {
  bool ok, other;
  ottl_view s = arg_text(r, q, 0, &ok, &other);
  if (!ok || xp_stop(r)) return v_string(VIEW(""));
  xp_value from = arg_value(r, q, 1);
  if (from.type != XP_V_NUMBER) xp_panic(r);
  double start = round(from.number), end = (double)s.len;
  if (xp_stop(r) || start > (double)s.len) return v_string(VIEW(""));
  if (q->n_args < 3) {
    if (start <= 0) return v_string(s);
  } else {
    xp_value count = arg_value(r, q, 2);
    if (count.type != XP_V_NUMBER) xp_panic(r);
    double length = round(count.number);
    if (xp_stop(r) || length <= 0) return v_string(VIEW(""));
    if (length > (double)s.len) length = (double)s.len;
    if (start < 0) {
      length -= fabs(start);
      if (length <= 1) return v_string(VIEW(""));
    }
    end = start <= 0 ? length - 1 : length + start - 1;
    if (start <= 0) start = 1;
  }
  if (!(start >= 1 && end >= start - 1 && end <= (double)s.len)) { /* NaN too */
    xp_panic(r);
    return v_string(VIEW(""));
  }
  size_t at = (size_t)start - 1;
  return v_string(view_of(s.data + at, (size_t)end - at));
}

static xp_value call_substring_by(xp_run *r, xp_query *q) {
  bool ok, other;
  ottl_view s = arg_text(r, q, 0, &ok, &other);
  if (!ok) return v_string(VIEW(""));
  ottl_view word = arg_text(r, q, 1, &ok, &other);
  size_t at = word.len ? find_text(r, s, word) : SIZE_MAX;
  if (!ok || at == SIZE_MAX) return v_string(VIEW(""));
  if (q->function == XF_SUBSTRING_BEFORE) return v_string(view_of(s.data, at));
  return v_string(view_of(s.data + at + word.len, s.len - at - word.len));
}

static xp_value call_normalize(xp_run *r, xp_query *q) {
  bool ok, other;
  ottl_view s = ottl__utf8_trim_space(arg_text(r, q, 0, &ok, &other));
  ottl_sbuf *buf = buf_empty(r);
  if (!ok) return v_string(VIEW(""));
  for (size_t i = 0; i < s.len;) {
    size_t space = ottl__utf8_space_width(s.data + i, s.len - i);
    if (space) {
      i += space;
      if (i < s.len && ottl__utf8_space_width(s.data + i, s.len - i)) continue;
      sbuf_byte(buf, ' ');
    } else {
      uint32_t rune;
      i += (size_t)utf8_decode(s.data + i, s.len - i, &rune);
      ottl__utf8_put(buf, rune);
    }
  }
  return v_string(buf_text(r));
}

/* The first rule for a character counts. What it becomes is the byte of `to` at the character's place in bytes, as a rune. */
static xp_value call_translate(xp_run *r, xp_query *q) {
  ottl_view s = to_string(r, arg_value(r, q, 0)), from = to_string(r, arg_value(r, q, 1)), to = to_string(r, arg_value(r, q, 2));
  ottl_sbuf *buf = buf_empty(r);
  ottl__xpath_spend(r, s.len * (1 + from.len / 16));
  for (size_t i = 0; i < s.len && !xp_stop(r);) {
    bool hit = false;
    for (size_t k = 0; k < from.len && !hit;) {
      uint32_t rune;
      char text[4];
      size_t width = (size_t)utf8_decode(from.data + k, from.len - k, &rune), n = (size_t)ottl__utf8_encode(text, rune);
      hit = s.len - i >= n && memcmp(s.data + i, text, n) == 0;
      if (hit && k < to.len) ottl__utf8_put(buf, (unsigned char)to.data[k]);
      if (hit) i += n;
      k += width;
    }
    if (!hit) sbuf_byte(buf, s.data[i++]);
  }
  return v_string(buf_text(r));
}

static xp_value call_concat(xp_run *r, xp_query *q) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, r->al);
  for (uint32_t i = 0; i < q->n_args && !xp_stop(r); i++) {
    ottl_view part = to_string(r, arg_value(r, q, i));
    ottl__xpath_spend(r, part.len);
    sbuf_view(&out, part);
  }
  ottl_view copy = arena_copy(r->arena, out.data, out.len);
  if ((out.failed || !copy.data) && r->status == OTTL_OK) r->status = OTTL_NOMEM;
  ottl__sbuf_done(&out);
  return v_string(xp_stop(r) ? VIEW("") : copy);
}

static xp_value call_join(xp_run *r, xp_query *q) {
  bool ok, other;
  ottl_view separator = arg_text(r, q, 1, &ok, &other);
  xp_value v = arg_value(r, q, 0);
  if (v.type != XP_V_QUERY) return v_string(v.type == XP_V_STRING ? v.text : VIEW(""));
  ottl_sbuf out;
  ottl__sbuf_init(&out, r->al);
  bool more = false;
  for (xp_nav nav; !xp_stop(r) && ottl__xpath_next(r, v.query, &nav); more = true) {
    ottl_view part = ottl__xpath_text(r, nav);
    ottl__xpath_spend(r, part.len + separator.len);
    if (more) sbuf_view(&out, separator);
    sbuf_view(&out, part);
  }
  ottl_view copy = arena_copy(r->arena, out.data, out.len);
  if ((out.failed || !copy.data) && r->status == OTTL_OK) r->status = OTTL_NOMEM;
  ottl__sbuf_done(&out);
  return v_string(xp_stop(r) ? VIEW("") : copy);
}

static xp_value call_length(xp_run *r, xp_query *q) {
  bool ok, other;
  return v_number((double)arg_text(r, q, 0, &ok, &other).len);
}

static xp_value call_lower(xp_run *r, xp_query *q) {
  ottl_view s = to_string(r, arg_value(r, q, 0));
  ottl__unicode_put_lower(buf_empty(r), s);
  return v_string(buf_text(r));
}

static xp_value call_string(xp_run *r, xp_query *q) {
  return v_string(q->n_args ? to_string(r, arg_value(r, q, 0)) : ottl__xpath_text(r, r->current));
}

/* -- nodes -- */

static xp_value call_name(xp_run *r, xp_query *q) {
  xp_nav nav = r->current;
  if (q->n_args) {
    xp_query *arg = ottl__xpath_clone(r, q->args[0]);
    if (!arg || !ottl__xpath_next(r, arg, &nav)) return v_string(VIEW(""));
  }
  if (q->function == XF_NAMESPACE_URI) return v_string(ottl__xpath_uri(nav));
  ottl_view local = ottl__xpath_local(nav), prefix = ottl__xpath_prefix(nav);
  if (q->function == XF_LOCAL_NAME || !prefix.len) return v_string(local);
  ottl_sbuf *buf = buf_empty(r);
  sbuf_view(buf, prefix);
  sbuf_byte(buf, ':');
  sbuf_view(buf, local);
  return v_string(buf_text(r));
}

static bool tested(const xp_query *q, xp_nav nav) { return !q || !ottl__xpath_has_test(q) || ottl__xpath_test(q, nav); }

static xp_value call_position(xp_run *r, xp_query *q) {
  xp_nav nav = r->current;
  double count = q->function == XF_POSITION;
  if (q->function == XF_POSITION) {
    while (!xp_stop(r) && ottl__xpath_preceding(&nav)) {
      ottl__xpath_spend(r, 1);
      count += tested(q->input_of, nav);
    }
    return v_number(count);
  }
  ottl__xpath_first(&nav);
  do {
    ottl__xpath_spend(r, 2);
    count += tested(q->input_of, nav);
  } while (!xp_stop(r) && ottl__xpath_following(&nav));
  return v_number(count);
}

static xp_value call_count(xp_run *r, xp_query *q) {
  xp_value v = arg_value(r, q, 0);
  double count = 0;
  for (xp_nav nav; v.type == XP_V_QUERY && ottl__xpath_next(r, v.query, &nav);) count++;
  return v_number(count);
}

static xp_value call_sum(xp_run *r, xp_query *q) {
  xp_value v = arg_value(r, q, 0);
  double sum = 0, d;
  if (v.type == XP_V_NUMBER) return v_number(v.number);
  if (v.type == XP_V_STRING) {
    if (ottl__gonum_parse_double(v.text, &sum) != OTTL_NUM_OK) xp_panic(r);
    return v_number(sum);
  }
  for (xp_nav nav; v.type == XP_V_QUERY && ottl__xpath_next(r, v.query, &nav);) {
    if (ottl__gonum_parse_double(ottl__xpath_text(r, nav), &d) == OTTL_NUM_OK) sum += d;
  }
  return v_number(sum);
}

static xp_value call_round(xp_run *r, xp_query *q) {
  double d = ottl__xpath_to_number(r, arg_value(r, q, 0));
  if (q->function == XF_CEILING) return v_number(ceil(d));
  if (q->function == XF_FLOOR) return v_number(floor(d));
  if (isnan(d) || isinf(d)) return v_number(d);
  if (d >= -0.5 && d < 0.5) return v_number(d * 0);
  double whole = floor(d);
  return v_number(d - whole >= 0.5 ? whole + 1 : whole);
}

static xp_value call_not(xp_run *r, xp_query *q) {
  xp_value v = arg_value(r, q, 0);
  xp_nav nav;
  if (v.type == XP_V_BOOL) return v_bool(!v.b);
  return v_bool(v.type == XP_V_QUERY && !ottl__xpath_next(r, v.query, &nav));
}

xp_value ottl__xpath_call(xp_run *r, xp_query *q) {
  switch (q->function) {
  case XF_LOWER_CASE: return call_lower(r, q);
  case XF_STARTS_WITH:
  case XF_ENDS_WITH:
  case XF_CONTAINS: return call_has(r, q);
  case XF_MATCHES: return call_matches(r, q);
  case XF_SUBSTRING: return call_substring(r, q);
  case XF_SUBSTRING_BEFORE:
  case XF_SUBSTRING_AFTER: return call_substring_by(r, q);
  case XF_STRING_LENGTH: return call_length(r, q);
  case XF_NORMALIZE_SPACE: return call_normalize(r, q);
  case XF_REPLACE: return call_replace(r, q);
  case XF_TRANSLATE: return call_translate(r, q);
  case XF_NOT: return call_not(r, q);
  case XF_NAME:
  case XF_LOCAL_NAME:
  case XF_NAMESPACE_URI: return call_name(r, q);
  case XF_TRUE: return v_bool(true);
  case XF_FALSE: return v_bool(false);
  case XF_LAST:
  case XF_POSITION: return call_position(r, q);
  case XF_BOOLEAN: return v_bool(ottl__xpath_to_bool(r, arg_value(r, q, 0)));
  case XF_STRING: return call_string(r, q);
  case XF_NUMBER: return v_number(ottl__xpath_to_number(r, arg_value(r, q, 0)));
  case XF_COUNT: return call_count(r, q);
  case XF_SUM: return call_sum(r, q);
  case XF_CEILING:
  case XF_FLOOR:
  case XF_ROUND: return call_round(r, q);
  case XF_CONCAT: return call_concat(r, q);
  default: return call_join(r, q);
  }
}
