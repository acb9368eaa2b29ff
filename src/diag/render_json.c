/* Diagnostics for programs: one JSON array. Offsets are bytes of the file, lines and columns start at 1. */
#include "diag/diag.h"

void ottl__diag_json_text(ottl_sbuf *out, ottl_view text) {
  sbuf_byte(out, '"');
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    size_t n = ottl__diag_rune(text.data + i, text.len - i, &rune);
    if (rune == '"' || rune == '\\') {
      sbuf_byte(out, '\\');
      sbuf_byte(out, (char)rune);
    } else if (rune == '\n')
      sbuf_str(out, "\\n");
    else if (rune < 0x20 || rune == 0x7F || rune == 0x2028 || rune == 0x2029)
      ottl__sbuf_printf(out, "\\u%04x", (unsigned)rune);
    else if (rune == 0xFFFD)
      sbuf_str(out, "\xEF\xBF\xBD");
    else
      sbuf_put(out, text.data + i, n);
    i += n;
  }
  sbuf_byte(out, '"');
}

static void json_span(ottl_sbuf *out, const ottl_diag_span *s) {
  sbuf_str(out, "\"file\":");
  ottl__diag_json_text(out, s->file);
  ottl__sbuf_printf(out,
                    ",\"begin\":%zu,\"end\":%zu,\"line\":%u,\"column\":%u,\"column_utf16\":%u,\"end_line\":%u,\"end_column\":%u,"
                    "\"end_column_utf16\":%u",
                    s->begin, s->end, (unsigned)s->line, (unsigned)s->column, (unsigned)s->column_utf16, (unsigned)s->end_line,
                    (unsigned)s->end_column, (unsigned)s->end_column_utf16);
}

void ottl__diag_render_json(const ottl_diags *d, ottl_sbuf *out) {
  static const char *const severities[] = {"error", "warning", "note"};
  sbuf_byte(out, '[');
  for (size_t i = 0; i < d->n; i++) {
    ottl_diag x;
    if (ottl_diags_get(d, i, &x) != OTTL_OK) continue;
    ottl__sbuf_printf(out, "%s\n{\"code\":\"%s\",\"severity\":\"%s\",\"message\":", i ? "," : "", x.code, severities[x.severity]);
    ottl__diag_json_text(out, x.message);
    sbuf_byte(out, ',');
    json_span(out, &x.span);
    if (x.span.text.len) {
      sbuf_str(out, ",\"label\":");
      ottl__diag_json_text(out, x.span.text);
    }
    sbuf_str(out, ",\"labels\":[");
    for (size_t k = 0; k < x.n_labels; k++) {
      sbuf_str(out, k ? ",{" : "{");
      json_span(out, &x.labels[k]);
      sbuf_str(out, ",\"text\":");
      ottl__diag_json_text(out, x.labels[k].text);
      sbuf_byte(out, '}');
    }
    sbuf_str(out, "],\"notes\":[");
    for (size_t k = 0; k < x.n_notes; k++) {
      if (k) sbuf_byte(out, ',');
      ottl__diag_json_text(out, x.notes[k]);
    }
    sbuf_str(out, "],\"help\":");
    if (x.help.len)
      ottl__diag_json_text(out, x.help);
    else
      sbuf_str(out, "null");
    sbuf_str(out, ",\"fixes\":[");
    for (size_t k = 0; k < x.n_fixes; k++) {
      sbuf_str(out, k ? ",{" : "{");
      json_span(out, &x.fixes[k].span);
      sbuf_str(out, ",\"replacement\":");
      ottl__diag_json_text(out, x.fixes[k].replacement);
      sbuf_byte(out, '}');
    }
    sbuf_str(out, "]}");
  }
  sbuf_str(out, "\n]\n");
}
