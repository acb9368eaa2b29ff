/* Decode: base64 in its four forms, and text in the encodings of the IANA registry. */
#include "base/base64.h"
#include "base/charset.h"
#include "base/unicode_case.h"
#include "funcs/handlers.h"

typedef struct decode_as {
  bool base64, known;
  ottl_base64_form form;
  ottl_charset charset;
} decode_as;

/* Names of the reference's own come first, in any case; base64 does not know case. */
static ottl_status decode_find(const ottl_allocator *al, ottl_view name, decode_as *ret) {
  static const char *const forms[] = {"base64", "base64-raw", "base64-url", "base64-raw-url"};
  static const struct {
    const char *name;
    ottl_charset charset;
  } own[] = {{"utf-16", CHARSET_UTF16_LE}, {"utf16", CHARSET_UTF16_LE}, {"utf-8", CHARSET_UTF8}, {"utf8", CHARSET_UTF8},
             {"utf-8-raw", CHARSET_RAW},   {"utf8-raw", CHARSET_RAW},   {"ascii", CHARSET_UTF8}, {"us-ascii", CHARSET_UTF8},
             {"nop", CHARSET_RAW},         {"", CHARSET_UTF8}};
  for (unsigned i = 0; i < OTTL_COUNT(forms); i++) {
    if (!view_is(name, forms[i])) continue;
    *ret = (decode_as){.base64 = true, .known = true, .form = (ottl_base64_form)i};
    return OTTL_OK;
  }
  decode_as as = {.charset = ottl__charset_find(name)};
  ottl_status status = OTTL_OK;
  if (name.len < 32) {
    ottl_sbuf lower;
    ottl__sbuf_init(&lower, al);
    ottl__unicode_put_lower(&lower, name);
    status = sbuf_status(&lower);
    for (size_t i = 0; i < OTTL_COUNT(own); i++) {
      if (view_is(sbuf_all(&lower), own[i].name)) as.charset = own[i].charset;
    }
    ottl__sbuf_done(&lower);
  }
  as.known = as.charset != CHARSET_NONE;
  *ret = as;
  return status;
}

ottl_status ottl__prep_decode(ottl_prepare *p) {
  const ottl_arg *arg = &p->arg[1];
  if (!arg->is_literal || cell_type(arg->literal) != OTTL_T_STRING) return ottl__need_bulk(p);
  ottl_view name = cell_view(arg->literal);
  decode_as as;
  OTTL_TRY(decode_find(p->al, name, &as));
  if (ottl__charset_is_table(as.charset)) return ottl__need_bulk(p);
  if (as.known) return OTTL_OK;
  return ottl__refuse(p, 1, "unsupported encoding '%.*s'", (int)(name.len < 100 ? name.len : 100), name.data);
}

static ottl_status decode_row(ottl_call *c, uint32_t row, const decode_as *as, ottl_view text) {
  ottl_sbuf *buf = scratch_text(c);
  if (!as->base64) {
    ottl__charset_put(buf, as->charset, text);
    return out_text(c, row, buf);
  }
  size_t most = base64_decoded_max(text.len) + 3, n;
  char *out = arena_text(c->arena, most);
  if (!out) return OTTL_NOMEM;
  if (ottl__base64_decode(out, &n, text, as->form, NULL))
    out_view(c, row, view_of(out, n));
  else
    call_fail(c, row, OTTL_ROWERR(BAD_BASE64, 0));
  return OTTL_OK;
}

ottl_status ottl__fn_decode(ottl_call *c) {
  ottl_view last = {NULL, 0};
  decode_as as = {.known = false};
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_view name = reg_view(c->arg[1].reg, row);
    if (!last.data || !view_eq(last, name)) OTTL_TRY(decode_find(&c->scratch->al, name, &as));
    last = name;
    ottl_type type = cell_type(v);
    if (!as.known)
      call_fail(c, row, OTTL_ROWERR(BAD_ENCODING, 0));
    else if (type != OTTL_T_STRING && type != OTTL_T_BYTES)
      call_fail(c, row, OTTL_ROWERR(UNSUPPORTED_TYPE, v.tag));
    else
      OTTL_TRY(decode_row(c, row, &as, cell_view(v)));
  }
  return OTTL_OK;
}
