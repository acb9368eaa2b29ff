/* TraceID, SpanID, ProfileID, Hex, Base64Encode. */
#include "base/base64.h"
#include "base/hex.h"
#include "base/limits.h"
#include "funcs/handlers.h"

/* An id from its bytes, or from their hexadecimal text; false when it is neither. */
static bool id_of(ottl_view bytes, size_t size, char *out) {
  if (bytes.len == size) {
    memcpy(out, bytes.data, size);
    return true;
  }
  return bytes.len == 2 * size && ottl__hex_decode(out, bytes, NULL) == OTTL_HEX_OK;
}

static ottl_status id_prepare(ottl_prepare *p, const char *function, size_t size) {
  char id[16];
  if (!p->arg[0].is_literal) return OTTL_OK;
  ottl_view bytes = cell_is_nil(p->arg[0].literal) ? VIEW("") : cell_view(p->arg[0].literal);
  if (id_of(bytes, size, id)) return OTTL_OK;
  if (bytes.len == 2 * size) return ottl__refuse(p, 0, "%s: could not decode ID: invalid hex", function);
  return ottl__refuse(p, 0, "%s: could not decode ID: invalid length: expected %zu or %zu bytes, got %zu", function, size,
                      2 * size, bytes.len);
}
ottl_status ottl__prep_trace_id(ottl_prepare *p) { return id_prepare(p, "TraceID", 16); }
ottl_status ottl__prep_span_id(ottl_prepare *p) { return id_prepare(p, "SpanID", 8); }
ottl_status ottl__prep_profile_id(ottl_prepare *p) { return id_prepare(p, "ProfileID", 16); }

static ottl_status id_rows(ottl_call *c, ottl_type type, size_t size) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_view bytes = cell_is_nil(v) ? VIEW("") : cell_view(v);
    if (bytes.len != size) {
      char *id = arena_alloc(c->arena, size);
      if (!id) return OTTL_NOMEM;
      if (!id_of(bytes, size, id)) {
        call_fail(c, row, OTTL_ROWERR(BAD_ID, 0));
        continue;
      }
      bytes = view_of(id, size);
    }
    out_put(c, row, cell_of_view(type, bytes));
  }
  return OTTL_OK;
}
ottl_status ottl__fn_trace_id(ottl_call *c) { return id_rows(c, OTTL_T_TRACE_ID, 16); }
ottl_status ottl__fn_span_id(ottl_call *c) { return id_rows(c, OTTL_T_SPAN_ID, 8); }
ottl_status ottl__fn_profile_id(ottl_call *c) { return id_rows(c, OTTL_T_PROFILE_ID, 16); }

ottl_status ottl__fn_hex(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_view bytes = cell_is_nil(v) ? VIEW("") : cell_view(v);
    if (bytes.len > OTTL_MAX_RESULT_BYTES / 2) {
      call_fail(c, row, OTTL_ROWERR(TOO_LARGE, 0));
      continue;
    }
    char *text = arena_alloc(c->arena, 2 * bytes.len);
    if (!text) return OTTL_NOMEM;
    ottl__hex_encode(text, bytes.data, bytes.len);
    out_view(c, row, view_of(text, 2 * bytes.len));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_base64_encode(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    static const struct {
      const char *name;
      ottl_base64_form form;
    } variants[] = {{"base64", OTTL_BASE64_STD},
                    {"base64-raw", OTTL_BASE64_RAW},
                    {"base64-url", OTTL_BASE64_URL},
                    {"base64-raw-url", OTTL_BASE64_RAW_URL}};
    ottl_view text = reg_view(c->arg[0].reg, row), name = c->arg[1].given ? reg_view(c->arg[1].reg, row) : VIEW("base64");
    size_t v = 0;
    while (v < OTTL_COUNT(variants) && !view_is(name, variants[v].name)) v++;
    if (v == OTTL_COUNT(variants) || text.len > OTTL_MAX_RESULT_BYTES / 2) {
      call_fail(c, row, v == OTTL_COUNT(variants) ? OTTL_ROWERR(FUNCTION_ARGUMENT, 0) : OTTL_ROWERR(TOO_LARGE, 0));
      continue;
    }
    size_t n = ottl__base64_encoded_len(text.len, variants[v].form);
    char *out = arena_alloc(c->arena, n);
    if (!out) return OTTL_NOMEM;
    ottl__base64_encode(out, text.data, text.len, variants[v].form);
    out_view(c, row, view_of(out, n));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_is_root_span(ottl_call *c) {
  static const char none[8];
  SEL_EACH(c->sel, c->n, row) { out_bool(c, row, memcmp(reg_view(c->arg[0].reg, row).data, none, sizeof none) == 0); }
  return OTTL_OK;
}
