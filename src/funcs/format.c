/* Format: Go's fmt.Sprintf. The format is read for each row; it is short, and most of it is text. */
#include "base/limits.h"
#include "base/utf8.h"
#include "funcs/fmt.h"

#define FORMAT_NUMBER_MAX 1000000 /* widths and precisions that fmt takes */

typedef struct format_reader {
  fmt_state f;
  ottl_view format;
  size_t at;
  uint32_t row, n_args, arg; /* arg: the next one */
  const ottl_reg *const *args;
  bool reordered, good_arg, after_index;
} format_reader;

static char format_byte(const format_reader *r) { return r->at < r->format.len ? r->format.data[r->at] : 0; }
static bool format_is(const format_reader *r, char byte) { return r->at < r->format.len && r->format.data[r->at] == byte; }

/* A number in format[at..end). False: there is none, or (*ret_at is end then) it is too large. */
static bool format_number(ottl_view format, size_t at, size_t end, int *ret, size_t *ret_at) {
  int64_t n = 0;
  size_t i = at;
  *ret = 0;
  for (; i < end && format.data[i] >= '0' && format.data[i] <= '9'; i++) {
    if (n > FORMAT_NUMBER_MAX) {
      *ret_at = end;
      return false;
    }
    n = n * 10 + (format.data[i] - '0');
  }
  *ret_at = i;
  *ret = (int)n;
  return i > at;
}

/* [3] before a verb, a width or a precision. */
static void format_index(format_reader *r) {
  r->after_index = false;
  if (!format_is(r, '[')) return;
  r->reordered = true;
  size_t left = r->format.len - r->at, used = 1, end;
  const char *close = left >= 3 ? memchr(r->format.data + r->at + 1, ']', left - 1) : NULL;
  int n;
  bool good = false;
  if (close) {
    size_t stop = (size_t)(close - r->format.data);
    good = format_number(r->format, r->at + 1, stop, &n, &end) && end == stop;
    used = stop + 1 - r->at;
  }
  r->at += used;
  r->after_index = good;
  if (good && n >= 1 && (uint32_t)n <= r->n_args)
    r->arg = (uint32_t)n - 1;
  else
    r->good_arg = false;
}

/* A width or precision out of the arguments: `*`. */
static bool format_star(format_reader *r, int *ret) {
  *ret = 0;
  if (r->arg >= r->n_args) return false;
  ottl_cell v = reg_cell(r->args[r->arg++], r->row);
  ottl_type type = cell_type(v);
  if (type != OTTL_T_INT && type != OTTL_T_GO_INT && type != OTTL_T_DURATION) return false;
  int64_t n = (int64_t)v.word;
  if (n > FORMAT_NUMBER_MAX || n < -FORMAT_NUMBER_MAX) return false;
  *ret = (int)n;
  return true;
}

static void format_width(format_reader *r) {
  fmt_state *f = &r->f;
  if (format_is(r, '*')) {
    r->at++;
    f->wid_present = format_star(r, &f->wid);
    if (!f->wid_present) sbuf_str(f->out, "%!(BADWIDTH)");
    if (f->wid < 0) {
      f->wid = -f->wid;
      f->minus = true;
      f->zero = false;
    }
    r->after_index = false;
  } else {
    f->wid_present = format_number(r->format, r->at, r->format.len, &f->wid, &r->at);
    if (r->after_index && f->wid_present) r->good_arg = false;
  }
}

static void format_precision(format_reader *r) {
  fmt_state *f = &r->f;
  if (!format_is(r, '.') || r->at + 1 >= r->format.len) return;
  r->at++;
  if (r->after_index) r->good_arg = false;
  format_index(r);
  if (format_is(r, '*')) {
    r->at++;
    f->prec_present = format_star(r, &f->prec);
    if (f->prec < 0) {
      f->prec = 0;
      f->prec_present = false;
    }
    if (!f->prec_present) sbuf_str(f->out, "%!(BADPREC)");
    r->after_index = false;
  } else {
    if (!format_number(r->format, r->at, r->format.len, &f->prec, &r->at)) f->prec = 0;
    f->prec_present = true;
  }
}

static void format_argument(format_reader *r, uint32_t verb) {
  fmt_state *f = &r->f;
  if (verb == 'v' || verb == 'w') {
    f->go_syntax = f->sharp;
    f->sharp = false;
    f->plus = false;
  }
  ottl__fmt_value(f, reg_cell(r->args[r->arg++], r->row), verb);
}

/* From behind the %. False: the format ends here. */
static bool format_verb(format_reader *r) {
  fmt_state *f = &r->f;
  *f = (fmt_state){.c = f->c, .out = f->out, .row_error = f->row_error};
  r->good_arg = true;
  for (bool flags = true; flags;) {
    switch (format_byte(r)) {
    case '#': f->sharp = true; break;
    case '0': f->zero = true; break;
    case '+': f->plus = true; break;
    case '-': f->minus = true; break;
    case ' ': f->space = true; break;
    default: flags = false; break;
    }
    r->at += flags;
  }
  format_index(r);
  format_width(r);
  format_precision(r);
  if (!r->after_index) format_index(r);
  if (r->at >= r->format.len) {
    sbuf_str(f->out, "%!(NOVERB)");
    return false;
  }
  uint32_t verb;
  r->at += (size_t)utf8_decode(r->format.data + r->at, r->format.len - r->at, &verb);
  if (verb == '%') {
    sbuf_byte(f->out, '%');
  } else if (!r->good_arg || r->arg >= r->n_args) {
    sbuf_put(f->out, "%!", 2);
    ottl__utf8_put(f->out, verb);
    sbuf_str(f->out, r->good_arg ? "(MISSING)" : "(BADINDEX)");
  } else {
    format_argument(r, verb);
  }
  return true;
}

/* Arguments that no verb asked for. */
static void format_extra(format_reader *r) {
  fmt_state *f = &r->f;
  *f = (fmt_state){.c = f->c, .out = f->out, .row_error = f->row_error};
  sbuf_str(f->out, "%!(EXTRA ");
  for (uint32_t i = r->arg; i < r->n_args && !f->row_error; i++) {
    ottl_cell v = reg_cell(r->args[i], r->row);
    if (i > r->arg) sbuf_put(f->out, ", ", 2);
    sbuf_str(f->out, ottl__fmt_type(v));
    if (cell_is_nil(v)) continue;
    sbuf_byte(f->out, '=');
    ottl__fmt_value(f, v, 'v');
  }
  sbuf_byte(f->out, ')');
}

static ottl_status format_row(ottl_call *c, uint32_t row) {
  for (uint32_t i = 0; i < c->arg[1].n_items; i++) {
    if (arg_failed(c, c->arg[1].items[i], row)) return OTTL_OK;
  }
  format_reader r = {.f = {.c = c, .out = scratch_text(c)},
                     .format = cell_view(c->arg[0].literal),
                     .row = row,
                     .n_args = c->arg[1].n_items,
                     .args = c->arg[1].items};
  while (r.at < r.format.len && !r.f.row_error && r.f.out->len <= OTTL_MAX_RESULT_BYTES) {
    const char *percent = memchr(r.format.data + r.at, '%', r.format.len - r.at);
    size_t next = percent ? (size_t)(percent - r.format.data) : r.format.len;
    sbuf_put(r.f.out, r.format.data + r.at, next - r.at);
    r.at = next + 1;
    if (!percent || !format_verb(&r)) break;
  }
  if (!r.reordered && r.arg < r.n_args && !r.f.row_error) format_extra(&r);
  if (r.f.out->failed) return OTTL_NOMEM;
  if (r.f.row_error) {
    call_fail(c, row, r.f.row_error);
    return OTTL_OK;
  }
  return out_text(c, row, r.f.out);
}

ottl_status ottl__fn_format(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(format_row(c, row));
  return OTTL_OK;
}
