/* TraceID, SpanID, Hex. */
#include "base/hex.h"
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

ottl_status ottl__fn_hex(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_view bytes = cell_is_nil(v) ? VIEW("") : cell_view(v);
    if (bytes.len > OTTL_RESULT_MAX / 2) {
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
