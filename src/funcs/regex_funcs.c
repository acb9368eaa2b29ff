/* IsMatch, ExtractPatterns, and what the replace_* editors do with a function. */
#include "base/limits.h"
#include "funcs/handlers.h"

ottl_status ottl__prep_is_match(ottl_prepare *p) { return ottl__pattern_prepare(p, "IsMatch", 1, OTTL_NO_ARG); }

ottl_status ottl__fn_is_match(ottl_call *c) {
  const ottl_regex *literal = c->prep ? ((const pattern_prep *)c->prep)->re : NULL;
  SEL_EACH(c->sel, c->n, row) {
    pattern_use use = {.re = literal};
    bool ok = true, hit = false;
    if (!literal) OTTL_TRY(ottl__pattern_for_row(c, row, 1, OTTL_NO_ARG, &use, &ok));
    if (!ok) continue;
    ottl_cell text = reg_cell(c->arg[0].reg, row);
    if (!cell_is_nil(text)) OTTL_TRY(ottl__regex_match(use.re, c->scratch->regex, cell_view(text), &hit));
    out_bool(c, row, hit);
  }
  return OTTL_OK;
}

/* -- ExtractPatterns -- */

static bool has_named_group(const ottl_regex *re) {
  for (uint32_t g = 1; g <= ottl__regex_groups(re); g++) {
    if (ottl__regex_group_name(re, g).len) return true;
  }
  return false;
}

ottl_status ottl__prep_extract_patterns(ottl_prepare *p) { return ottl__pattern_prepare(p, "ExtractPatterns", 1, OTTL_NO_ARG); }

/* Groups that took no part are "", and the last of equal names counts. */
static ottl_status extract_row(ottl_call *c, uint32_t row, const ottl_regex *re, ottl_view text) {
  ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  bool hit;
  OTTL_TRY(ottl__scratch_spans(c->scratch, re));
  const size_t *spans = c->scratch->spans;
  OTTL_TRY(ottl__regex_find(re, c->scratch->regex, text, 0, c->scratch->spans, &hit));
  for (uint32_t g = 1; hit && g <= ottl__regex_groups(re); g++) {
    ottl_view name = ottl__regex_group_name(re, g), part = VIEW("");
    if (!name.len) continue;
    if (spans[2 * g] != SIZE_MAX) part = view_of(text.data + spans[2 * g], spans[2 * g + 1] - spans[2 * g]);
    ottl_entry *e = ottl__rowmap_find(map, name);
    if (!e) {
      name = arena_copy(c->arena, name.data, name.len); /* a pattern from data may be gone before the map is */
      e = name.data ? ottl__rowmap_push(c->arena, map, name) : NULL;
    }
    if (!e) return OTTL_NOMEM;
    entry_set(e, cell_string(part));
  }
  out_put(c, row, cell_tree(OTTL_T_MAP, map));
  return OTTL_OK;
}

ottl_status ottl__fn_extract_patterns(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    pattern_use use;
    bool ok;
    OTTL_TRY(ottl__pattern_for_row(c, row, 1, OTTL_NO_ARG, &use, &ok));
    if (!ok) continue;
    if (has_named_group(use.re))
      OTTL_TRY(extract_row(c, row, use.re, reg_view(c->arg[0].reg, row)));
    else
      call_fail(c, row, OTTL_ROWERR(NO_NAMED_GROUP, 0));
  }
  return OTTL_OK;
}

/* -- the function of replace_* -- */

ottl_status ottl__apply_function(ottl_call *c, const ottl_function *f, ottl_view text, ottl_view *ret, uint16_t *ret_error) {
  if (!(f->flags & OTTL_FN_STRING_ARG) || !f->handler) {
    *ret_error = OTTL_ROWERR(FUNCTION_ARGUMENT, 0); /* wrong number of arguments, or where the reference panics */
    return OTTL_OK;
  }
  uint64_t in_word = (uint64_t)(uintptr_t)text.data, out_word = 0, sel = 1, bits = 0, err = 0;
  uint32_t in_len = (uint32_t)text.len, out_len = 0;
  uint8_t out_tag = OTTL_T_NIL;
  uint16_t code = 0;
  ottl_reg in = {.store = OTTL_STORE_VIEW, .type = OTTL_T_STRING, .word = &in_word, .len = &in_len};
  ottl_reg out = {.store = OTTL_STORE_CELL, .tag = &out_tag, .word = &out_word, .len = &out_len, .bits = &bits};
  ottl_arg arg = {.reg = &in, .given = true};
  ottl_call one = {.arg = &arg,
                   .n_args = 1,
                   .out = &out,
                   .sel = &sel,
                   .n = 1,
                   .arena = c->arena,
                   .scratch = c->scratch,
                   .kernels = c->kernels,
                   .now_seconds = c->now_seconds,
                   .now_nanos = c->now_nanos,
                   .err = &err,
                   .code = &code};
  ottl_sbuf building = c->scratch->text; /* the function may use the same buffer: ours is put aside */
  ottl__sbuf_init(&c->scratch->text, &c->scratch->al);
  ottl_status status = f->handler(&one);
  ottl__sbuf_done(&c->scratch->text);
  c->scratch->text = building;
  if (status != OTTL_OK) return status;
  *ret = cell_view((ottl_cell){out_word, out_len, out_tag});
  *ret_error = one.any_err ? code : out_tag == OTTL_T_STRING ? 0 : OTTL_ROWERR(FUNCTION_RESULT, 0);
  return OTTL_OK;
}

/* The reference's check of replacement_format: one line with a %s and no other verb, a % at the end excepted. */
static bool format_valid(ottl_view f) {
  bool found = false;
  for (size_t i = 0; i < f.len; i++) {
    if (f.data[i] == '\n') return false;
    if (f.data[i] != '%' || i + 1 == f.len) continue;
    if (f.data[i + 1] != 's') return false;
    found = true;
  }
  return found;
}

/* Go's Sprintf(format, value). */
static void format_put(ottl_sbuf *buf, ottl_view f, ottl_view value) {
  bool used = false;
  for (size_t i = 0; i < f.len; i++) {
    if (f.data[i] != '%') {
      sbuf_byte(buf, f.data[i]);
    } else if (i + 1 == f.len) {
      sbuf_str(buf, "%!(NOVERB)");
    } else {
      if (used)
        sbuf_str(buf, "%!s(MISSING)");
      else
        sbuf_view(buf, value);
      used = true;
      i++;
    }
  }
}

ottl_status ottl__apply_format(ottl_call *c, uint32_t row, const ottl_arg *format, ottl_view value, ottl_sbuf *buf,
                               uint16_t *ret_error) {
  OTTL_UNUSED(c);
  *ret_error = 0;
  if (!format->given) {
    sbuf_view(buf, value);
  } else if (reg_failed(format->reg, row)) {
    *ret_error = format->reg->code[reg_at(format->reg, row)];
  } else {
    ottl_view text = reg_view(format->reg, row);
    if (format_valid(text))
      format_put(buf, text, value);
    else
      *ret_error = OTTL_ROWERR(BAD_FORMAT, 0);
  }
  return sbuf_status(buf);
}

/* Each match expanded, given to the function, formatted. The result is appended to scratch->text, which may be over then. A failure
 * of the row shows as *ret_error. Fails: NOMEM, LIMIT. */
static ottl_status replace_by_function(ottl_call *c, uint32_t row, const pattern_use *use, ottl_view subject,
                                       uint32_t function_arg, uint16_t *ret_error) {
  const ottl_function *f = &ottl__functions[c->arg[function_arg].function];
  const ottl_arg *format = &c->arg[function_arg + 1];
  ottl_scratch *s = c->scratch;
  const ottl_regex *re = use->re;
  *ret_error = 0;
  OTTL_TRY(ottl__scratch_spans(s, re));
  ottl_regex_iter it = {.previous_end = SIZE_MAX};
  size_t last = 0, expansions = 0; /* bytes: they live as long as the batch */
  for (bool hit;;) {
    OTTL_TRY(ottl__regex_next(re, s->regex, subject, &it, s->spans, &hit));
    if (!hit) break;
    size_t begin = s->spans[0], end = s->spans[1];
    sbuf_clear(&s->text2);
    sbuf_bound(&s->text2, s->text.most);
    ottl_status status = ottl__regex_expand(re, use->tmpl, subject, s->spans, &s->text2);
    s->text.over |= s->text2.over || (expansions += s->text2.len) > s->text.most;
    if (status != OTTL_OK || s->text.over) return status;
    ottl_view expanded = arena_copy(c->arena, s->text2.data, s->text2.len);
    if (!expanded.data) return OTTL_NOMEM;
    ottl_view result;
    OTTL_TRY(ottl__apply_function(c, f, expanded, &result, ret_error));
    if (*ret_error) return OTTL_OK;
    sbuf_put(&s->text, subject.data + last, begin - last);
    OTTL_TRY(ottl__apply_format(c, row, format, result, &s->text, ret_error));
    if (*ret_error) return OTTL_OK;
    last = end;
    if (s->text.over) return OTTL_OK;
  }
  sbuf_put(&s->text, subject.data + last, subject.len - last);
  return sbuf_status(&s->text);
}

ottl_status ottl__replace_in_text(ottl_call *c, uint32_t row, const pattern_use *use, ottl_view text, uint32_t function_arg,
                                  replaced *ret, uint16_t *ret_error) {
  ottl_sbuf *buf = scratch_bounded(c);
  const bool plain = !c->arg[function_arg].given;
  bool hit = false;
  *ret = RE_SAME;
  *ret_error = 0;
  ottl_status status = plain ? ottl__regex_replace_all(use->re, c->scratch->regex, use->tmpl, text, buf, &hit)
                             : ottl__regex_match(use->re, c->scratch->regex, text, &hit);
  if (status == OTTL_OK && hit && !plain) status = replace_by_function(c, row, use, text, function_arg, ret_error);
  if (buf->over) {
    *ret = RE_GIVEN_UP;
    call_fail(c, row, scratch_over(c->scratch));
    return OTTL_OK;
  }
  if (status != OTTL_OK || !hit) return status;
  const bool room = *ret_error || out_room(c, row, buf->len);
  *ret = !room ? RE_GIVEN_UP : *ret_error ? RE_FAILED : RE_CHANGED;
  return sbuf_status(buf);
}
