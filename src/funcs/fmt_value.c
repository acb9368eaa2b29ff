/* Values: which piece a verb asks for, by type; lists element by element; what is no value in its own text. */
#include <stdlib.h>

#include "base/golayout.h"
#include "base/goquote.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "batch/value_wire.h"
#include "funcs/fmt.h"

static void fmt_print(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth);

const char *ottl__fmt_type(ottl_cell v) { return cell_is_nil(v) ? "<nil>" : ottl__type_go_name(cell_type(v)); }

static void fmt_bad_begin(fmt_state *f, uint32_t verb, const char *type) {
  sbuf_put(f->out, "%!", 2);
  ottl__utf8_put(f->out, verb);
  sbuf_byte(f->out, '(');
  sbuf_str(f->out, type);
}

/* %!d(string=hi) */
static void fmt_bad(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  fmt_bad_begin(f, verb, ottl__fmt_type(v));
  if (!cell_is_nil(v)) {
    bool erroring = f->erroring;
    f->erroring = true;
    sbuf_byte(f->out, '=');
    fmt_print(f, v, 'v', depth);
    f->erroring = erroring;
  }
  sbuf_byte(f->out, ')');
}

/* -- numbers; type is for messages -- */

static void fmt_integer(fmt_state *f, uint64_t v, bool is_signed, uint32_t verb, const char *type) {
  switch (verb) {
  case 'v':
    if (f->go_syntax && !is_signed) {
      bool sharp = f->sharp;
      f->sharp = true;
      ottl__fmt_integer(f, v, 16, false, false, false);
      f->sharp = sharp;
      return;
    }
    ottl__fmt_integer(f, v, 10, is_signed, false, false);
    return;
  case 'd': ottl__fmt_integer(f, v, 10, is_signed, false, false); return;
  case 'b': ottl__fmt_integer(f, v, 2, is_signed, false, false); return;
  case 'o':
  case 'O': ottl__fmt_integer(f, v, 8, is_signed, false, verb == 'O'); return;
  case 'x':
  case 'X': ottl__fmt_integer(f, v, 16, is_signed, verb == 'X', false); return;
  case 'U': ottl__fmt_unicode(f, v); return;
  case 'c':
  case 'q': {
    uint32_t rune = v > OTTL_RUNE_MAX ? OTTL_RUNE_ERROR : (uint32_t)v;
    ottl_sbuf *text = &f->c->scratch->text2;
    sbuf_clear(text);
    if (verb == 'c')
      ottl__utf8_put(text, rune);
    else
      ottl__goquote_put_rune(text, rune, f->plus);
    f->out->failed |= text->failed;
    ottl__fmt_pad(f, sbuf_all(text));
    return;
  }
  default: break;
  }
  fmt_bad_begin(f, verb, type);
  sbuf_byte(f->out, '=');
  fmt_integer(f, v, is_signed, 'v', type);
  sbuf_byte(f->out, ')');
}

static bool fmt_double(fmt_state *f, double v, uint32_t verb) {
  switch (verb) {
  case 'v': ottl__fmt_double(f, v, 'g', -1); return true;
  case 'b':
  case 'g':
  case 'G':
  case 'x':
  case 'X': ottl__fmt_double(f, v, (char)verb, -1); return true;
  case 'f':
  case 'e':
  case 'E': ottl__fmt_double(f, v, (char)verb, 6); return true;
  case 'F': ottl__fmt_double(f, v, 'f', 6); return true;
  default: return false;
  }
}

/* -- text -- */

static bool fmt_text(fmt_state *f, ottl_view text, uint32_t verb) {
  switch (verb) {
  case 'v':
    if (f->go_syntax)
      ottl__fmt_quoted(f, text);
    else
      ottl__fmt_string(f, text);
    return true;
  case 's': ottl__fmt_string(f, text); return true;
  case 'x':
  case 'X': ottl__fmt_hex(f, text, verb == 'X'); return true;
  case 'q': ottl__fmt_quoted(f, text); return true;
  default: return false;
  }
}

/* Bytes one by one, as an array or slice of uint8. */
static void fmt_each_byte(fmt_state *f, ottl_view bytes, uint32_t verb, const char *type, bool may_be_nil) {
  if (f->go_syntax) {
    sbuf_str(f->out, type);
    if (may_be_nil && bytes.len == 0) {
      sbuf_str(f->out, "(nil)");
      return;
    }
  }
  sbuf_byte(f->out, f->go_syntax ? '{' : '[');
  for (size_t i = 0; i < bytes.len && !f->row_error; i++) {
    if (i) sbuf_str(f->out, f->go_syntax ? ", " : " ");
    fmt_integer(f, (unsigned char)bytes.data[i], false, verb, "uint8");
  }
  sbuf_byte(f->out, f->go_syntax ? '}' : ']');
}

static void fmt_bytes(fmt_state *f, ottl_view bytes, uint32_t verb, unsigned depth) {
  if (verb == 's' || verb == 'x' || verb == 'X' || verb == 'q')
    (void)fmt_text(f, bytes, verb);
  else
    fmt_each_byte(f, bytes, verb, depth == 0 && (verb == 'v' || verb == 'd') ? "[]byte" : "[]uint8", true);
}

/* -- what has a String method -- */

static bool fmt_is_string_verb(uint32_t verb) { return verb == 'v' || verb == 's' || verb == 'x' || verb == 'X' || verb == 'q'; }

static ottl_zoned_time fmt_time_of(ottl_cell v) {
  if (cell_type(v) == OTTL_T_TIME) return (ottl_zoned_time){(int64_t)v.word, v.len, 0, VIEW("UTC"), NULL};
  return *(const ottl_zoned_time *)(uintptr_t)v.word;
}

static void fmt_time_go(fmt_state *f, ottl_cell v) {
  ottl_zoned_time t = fmt_time_of(v);
  ottl_civil d = ottl__gotime_civil((ottl_instant){t.seconds, t.nanos}, t.offset_seconds);
  ottl_sbuf *buf = &f->c->scratch->text2;
  sbuf_clear(buf);
  ottl__sbuf_printf(buf, "time.Date(%lld, time.%s, %d, %d, %d, %d, %u, ", (long long)d.year, ottl__month_names[d.month - 1],
                    d.day, d.hour, d.minute, d.second, t.nanos);
  if (cell_type(v) == OTTL_T_TIME) {
    sbuf_str(buf, "time.UTC)");
  } else {
    sbuf_str(buf, "time.Location("); /* DIFF: the short name, where Go has the name of the zone */
    ottl__goquote_put(buf, t.zone, false);
    sbuf_str(buf, "))");
  }
  f->out->failed |= buf->failed;
  ottl__fmt_string(f, sbuf_all(buf));
}

static bool fmt_by_method(fmt_state *f, ottl_cell v, uint32_t verb) {
  ottl_type type = cell_type(v);
  bool is_time = type == OTTL_T_TIME || type == OTTL_T_TIME_ZONED, is_id = type == OTTL_T_TRACE_ID || type == OTTL_T_SPAN_ID;
  if (f->erroring || (!is_time && !is_id && type != OTTL_T_DURATION)) return false;
  if (f->go_syntax) {
    if (is_time) fmt_time_go(f, v);
    return is_time;
  }
  if (!fmt_is_string_verb(verb)) return false;
  ottl_sbuf *buf = &f->c->scratch->text2;
  sbuf_clear(buf);
  if (is_time) {
    ottl_zoned_time t = fmt_time_of(v);
    ottl__gotime_put_string(buf, (ottl_instant){t.seconds, t.nanos}, t.offset_seconds, t.zone);
  } else if (is_id) {
    ottl_view id = cell_view(v);
    bool zero = true;
    for (size_t i = 0; i < id.len; i++) zero &= id.data[i] == 0;
    if (!zero) ottl__hex_put(buf, id);
  } else {
    ottl__gotime_put_duration(buf, (int64_t)v.word);
  }
  ottl_view text = arena_copy(f->c->arena, buf->data, buf->len); /* quoting needs the buffer */
  f->out->failed |= buf->failed || !text.data;
  if (text.data) (void)fmt_text(f, text, verb);
  return true;
}

/* A time as the struct it is: {wall ext loc}. */
static void fmt_time_struct(fmt_state *f, ottl_cell v, uint32_t verb) {
  ottl_zoned_time t = fmt_time_of(v);
  bool utc = cell_type(v) == OTTL_T_TIME;
  sbuf_byte(f->out, '{');
  fmt_integer(f, t.nanos, false, verb, "uint64");
  sbuf_byte(f->out, ' ');
  fmt_integer(f, (uint64_t)t.seconds - (uint64_t)OTTL_INSTANT_ZERO_SECONDS, true, verb, "int64");
  sbuf_byte(f->out, ' ');
  if (verb == 'v')
    ottl__fmt_pad(f, VIEW("<nil>"));
  else if (verb == 'b' || verb == 'o' || verb == 'd' || verb == 'x' || verb == 'X')
    fmt_integer(f, utc ? 0 : 0xc000000000, false, verb, "uintptr");
  else {
    fmt_bad_begin(f, verb, "*time.Location=");
    ottl__fmt_pad(f, VIEW("<nil>"));
    sbuf_byte(f->out, ')');
  }
  sbuf_byte(f->out, '}');
}

/* -- lists, maps -- */

static void fmt_list(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  const ottl_list *list = cell_list(v);
  if (f->go_syntax) sbuf_str(f->out, ottl__type_go_name(cell_type(v)));
  sbuf_byte(f->out, f->go_syntax ? '{' : '[');
  for (uint32_t i = 0; i < list->n && !f->row_error; i++) {
    if (i) sbuf_str(f->out, f->go_syntax ? ", " : " ");
    if (cell_is_nil(list->items[i]))
      sbuf_str(f->out, f->go_syntax ? "interface {}(nil)" : "<nil>");
    else if (cell_type(v) == OTTL_T_LIST_UINT64)
      fmt_integer(f, list->items[i].word, false, verb, "uint64");
    else
      fmt_print(f, list->items[i], verb, depth + 1);
  }
  sbuf_byte(f->out, f->go_syntax ? '}' : ']');
}

/* DIFF: pdata's maps and lists are structs of pointers to Go; here they are printed as the maps and slices that they stand for. */

static void fmt_item(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  if (cell_is_nil(v))
    sbuf_str(f->out, f->go_syntax ? "interface {}(nil)" : "<nil>");
  else
    fmt_print(f, v, verb, depth);
}

static void fmt_any_list(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  ottl_walk k = walk_begin(v);
  ottl_cell item;
  sbuf_str(f->out, f->go_syntax ? "[]interface {}{" : "[");
  for (uint32_t i = 0; !f->row_error; i++) {
    bool more;
    if (!walk_item(&k, &item, &more)) f->row_error = OTTL_ROWERR(BAD_WIRE, 0);
    if (f->row_error || !more) break;
    if (i) sbuf_str(f->out, f->go_syntax ? ", " : " ");
    fmt_item(f, item, verb, depth + 1);
  }
  sbuf_byte(f->out, f->go_syntax ? '}' : ']');
}

typedef struct fmt_pair {
  ottl_view key;
  ottl_cell value;
} fmt_pair;

static int fmt_pair_compare(const void *a, const void *b) {
  return view_cmp(((const fmt_pair *)a)->key, ((const fmt_pair *)b)->key);
}

/* The entries in order of their keys; NULL with a row error or out->failed. */
static fmt_pair *fmt_pairs(fmt_state *f, ottl_cell v, uint32_t *ret_n) {
  ottl_status status = ottl__value_count(v, ret_n);
  fmt_pair *pairs = arena_array(f->c->arena, (size_t)*ret_n + 1, sizeof *pairs);
  if (!pairs) f->out->failed = true;
  ottl_walk k = walk_begin(v);
  for (uint32_t i = 0; pairs && status == OTTL_OK && i < *ret_n; i++) {
    bool more;
    if (!walk_entry(&k, &pairs[i].key, &pairs[i].value, &more)) status = OTTL_DATA;
  }
  if (status != OTTL_OK) f->row_error = OTTL_ROWERR(BAD_WIRE, 0);
  if (!pairs || status != OTTL_OK) return NULL;
  if (*ret_n > 1) qsort(pairs, *ret_n, sizeof *pairs, fmt_pair_compare);
  return pairs;
}

static void fmt_map(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  uint32_t n = 0;
  const fmt_pair *pairs = fmt_pairs(f, v, &n);
  sbuf_str(f->out, f->go_syntax ? "map[string]interface {}{" : "map[");
  for (uint32_t i = 0; pairs && i < n && !f->row_error; i++) {
    if (i) sbuf_str(f->out, f->go_syntax ? ", " : " ");
    fmt_print(f, cell_string(pairs[i].key), verb, depth + 1);
    sbuf_byte(f->out, ':');
    fmt_item(f, pairs[i].value, verb, depth + 1);
  }
  sbuf_byte(f->out, f->go_syntax ? '}' : ']');
}

/* -- any value -- */

static void fmt_print(fmt_state *f, ottl_cell v, uint32_t verb, unsigned depth) {
  if (f->row_error) return;
  if (depth > OTTL_MAX_VALUE_DEPTH) {
    f->row_error = OTTL_ROWERR(TOO_DEEP, 0);
    return;
  }
  if (verb == 'w' && !f->erroring && cell_type(v) >= OTTL_T_MAP && cell_type(v) != OTTL_T_GO_INT) {
    fmt_bad(f, v, verb, depth);
    return;
  }
  if (fmt_by_method(f, v, verb)) return;
  bool good = true;
  switch (cell_type(v)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: ottl__fmt_pad(f, VIEW("<nil>")); break;
  case OTTL_T_BOOL:
    good = verb == 't' || verb == 'v';
    if (good) ottl__fmt_pad(f, v.word ? VIEW("true") : VIEW("false"));
    break;
  case OTTL_T_INT:
  case OTTL_T_GO_INT:
  case OTTL_T_DURATION: fmt_integer(f, v.word, true, verb, ottl__type_go_name(cell_type(v))); break;
  case OTTL_T_DOUBLE: good = fmt_double(f, double_of_bits(v.word), verb); break;
  case OTTL_T_STRING: good = fmt_text(f, cell_view(v), verb); break;
  case OTTL_T_BYTES: fmt_bytes(f, cell_view(v), verb, depth); break;
  case OTTL_T_TRACE_ID:
  case OTTL_T_SPAN_ID:
    if (verb == 's' || verb == 'q' || verb == 'x' || verb == 'X')
      (void)fmt_text(f, cell_view(v), verb);
    else
      fmt_each_byte(f, cell_view(v), verb, ottl__type_go_name(cell_type(v)), false);
    break;
  case OTTL_T_TIME:
  case OTTL_T_TIME_ZONED: fmt_time_struct(f, v, verb); break;
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_DOUBLE: fmt_list(f, v, verb, depth); break;
  case OTTL_T_MAP: fmt_map(f, v, verb, depth); break;
  case OTTL_T_LIST: fmt_any_list(f, v, verb, depth); break;
  default: sbuf_str(f->out, "{}"); break;
  }
  if (!good) fmt_bad(f, v, verb, depth);
}

static bool fmt_has_address(ottl_type type) {
  return type == OTTL_T_BYTES || (type >= OTTL_T_LIST_ANY && type <= OTTL_T_LIST_DOUBLE);
}

void ottl__fmt_value(fmt_state *f, ottl_cell v, uint32_t verb) {
  if (cell_is_nil(v)) {
    if (verb == 'T' || verb == 'v')
      ottl__fmt_pad(f, VIEW("<nil>"));
    else
      fmt_bad(f, v, verb, 0);
  } else if (verb == 'T') {
    ottl__fmt_string(f, view_str(ottl__fmt_type(v)));
  } else if (verb == 'p' && fmt_has_address(cell_type(v))) {
    ottl__fmt_pad(f, VIEW("0xc000000000")); /* DIFF: an address is nothing to tell */
  } else if (verb == 'p') {
    fmt_bad(f, v, verb, 0);
  } else {
    fmt_print(f, v, verb, 0);
  }
}
