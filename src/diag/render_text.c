/* Diagnostics for people:
 *
 *   error[E0301]: unknown path `atributes` in the log context
 *    --> rules.ottl:1:5
 *     |
 *   1 | set(atributes["k"], 1)
 *     |     ^^^^^^^^^ not a path
 *     = help: did you mean `attributes`?
 *
 * Several places on one line share it, each with a row of marks of its own. */
#include "diag/diag.h"

#include <stdio.h>

#define DIAG_LINE_RUNES 160 /* longer lines are shown in part */
#define DIAG_LINE_LEAD  60  /* code points before the marks in a line shown in part */

static const char *const diag_words[] = {"error", "warning", "note"};
static const char *const diag_colours[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};

/* One code point as it may be shown: no control characters, tabs as one blank so that marks stand below what they mean. */
static void diag_put_rune(ottl_sbuf *out, uint32_t rune, const char *bytes, size_t n) {
  if (rune == '\t')
    sbuf_byte(out, ' ');
  else if (rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0xFFFD || rune == 0x2028 || rune == 0x2029 ||
           (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069))
    sbuf_str(out, "\xEF\xBF\xBD");
  else
    sbuf_put(out, bytes, n);
}

static void diag_put_clean(ottl_sbuf *out, ottl_view text) {
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    size_t n = ottl__diag_rune(text.data + i, text.len - i, &rune);
    diag_put_rune(out, rune, text.data + i, n);
    i += n;
  }
}

static void diag_colour(ottl_sbuf *out, bool colour, const char *escape) {
  if (colour) sbuf_str(out, escape);
}

static void diag_head(const ottl_diag_item *item, bool colour, ottl_sbuf *out) {
  diag_colour(out, colour, diag_colours[item->severity]);
  ottl__sbuf_printf(out, "%s[%s]", diag_words[item->severity], ottl__diag_infos[item->code].code);
  diag_colour(out, colour, "\x1b[0m");
  sbuf_str(out, ": ");
  diag_put_clean(out, item->message);
  sbuf_byte(out, '\n');
}

/* Code points of text[from, to). */
static size_t diag_runes(const ottl_source *s, size_t from, size_t to) {
  size_t count = 0;
  for (size_t i = from; i < to; count++) {
    uint32_t rune;
    i += ottl__diag_rune(s->text.data + i, to - i, &rune);
  }
  return count;
}

typedef struct diag_window {
  size_t from, to; /* code points of the line that are shown */
} diag_window;

static void diag_line(const ottl_source *s, const diag_place *place, diag_window w, int gutter, bool colour, ottl_sbuf *out) {
  diag_colour(out, colour, "\x1b[1;34m");
  ottl__sbuf_printf(out, "%*u | ", gutter, (unsigned)place->line);
  diag_colour(out, colour, "\x1b[0m");
  if (w.from) sbuf_str(out, "...");
  size_t at = 0, i = place->line_begin;
  for (; i < place->line_end && at < w.to; at++) {
    uint32_t rune;
    size_t n = ottl__diag_rune(s->text.data + i, place->line_end - i, &rune);
    if (at >= w.from && !(rune == '\r' && i + 1 == place->line_end)) diag_put_rune(out, rune, s->text.data + i, n);
    i += n;
  }
  if (i < place->line_end) sbuf_str(out, "...");
  while (out->len && out->data[out->len - 1] == ' ') out->len--;
  sbuf_byte(out, '\n');
}

static void diag_blank(int gutter, bool colour, ottl_sbuf *out) {
  diag_colour(out, colour, "\x1b[1;34m");
  ottl__sbuf_printf(out, "%*s |", gutter, "");
  diag_colour(out, colour, "\x1b[0m");
}

static void diag_marks(const ottl_source *s, const diag_place *place, diag_window w, const diag_label *label, char mark,
                       const char *escape, int gutter, bool colour, ottl_sbuf *out) {
  size_t end = label->span.end < place->line_end ? label->span.end : place->line_end;
  size_t begin = label->span.begin < end ? label->span.begin : end;
  size_t first = diag_runes(s, place->line_begin, begin), n = diag_runes(s, begin, end);
  if (n == 0) n = 1;
  if (first < w.from) first = w.from;
  if (first + n > w.to + 1) n = w.to + 1 > first ? w.to + 1 - first : 1;
  diag_blank(gutter, colour, out);
  ottl__sbuf_printf(out, " %*s", (int)(first - w.from) + (w.from ? 3 : 0), "");
  diag_colour(out, colour, escape);
  for (size_t i = 0; i < n; i++) sbuf_byte(out, mark);
  if (label->text.len) sbuf_byte(out, ' ');
  diag_put_clean(out, label->text);
  diag_colour(out, colour, "\x1b[0m");
  sbuf_byte(out, '\n');
}

static void diag_more(const char *word, ottl_view text, int gutter, bool colour, ottl_sbuf *out) {
  diag_colour(out, colour, "\x1b[1;34m");
  ottl__sbuf_printf(out, "%*s =", gutter, "");
  diag_colour(out, colour, "\x1b[0m");
  ottl__sbuf_printf(out, " %s: ", word);
  diag_put_clean(out, text);
  sbuf_byte(out, '\n');
}

static void diag_item(const ottl_diags *d, const ottl_diag_item *item, bool colour, ottl_sbuf *out) {
  struct {
    const diag_label *label;
    const ottl_source *source;
    diag_place place;
    bool done;
  } marks[1 + OTTL_DIAG_MAX_LABELS];
  size_t n = 1 + item->n_labels;
  unsigned last_line = 1;
  for (size_t i = 0; i < n; i++) {
    marks[i].label = i ? &item->labels[i - 1] : &item->primary;
    marks[i].source = ottl__diag_source_of(d, marks[i].label->span.source);
    marks[i].place = ottl__diag_place(marks[i].source, marks[i].label->span.begin);
    marks[i].done = false;
    if (marks[i].place.line > last_line) last_line = marks[i].place.line;
  }
  int gutter = snprintf(NULL, 0, "%u", last_line);

  diag_head(item, colour, out);
  diag_colour(out, colour, "\x1b[1;34m");
  ottl__sbuf_printf(out, "%*s--> ", gutter, "");
  diag_colour(out, colour, "\x1b[0m");
  diag_put_clean(out, marks[0].source->name);
  ottl__sbuf_printf(out, "%s%u:%u\n", marks[0].source->name.len ? ":" : "", (unsigned)marks[0].place.line,
                    (unsigned)marks[0].place.column);
  diag_blank(gutter, colour, out);
  sbuf_byte(out, '\n');
  /* Lines in the order of the text; a label of another source says where it is by itself. */
  for (size_t shown = 0; shown < n;) {
    size_t least = n;
    for (size_t i = 0; i < n; i++)
      if (!marks[i].done &&
          (least == n || (marks[i].source == marks[least].source && marks[i].place.line < marks[least].place.line)))
        least = i;
    const ottl_source *s = marks[least].source;
    const diag_place *place = &marks[least].place;
    diag_window w = {0, diag_runes(s, place->line_begin, place->line_end)};
    if (w.to > DIAG_LINE_RUNES) {
      size_t begin = marks[least].label->span.begin < place->line_end ? marks[least].label->span.begin : place->line_end;
      size_t first = diag_runes(s, place->line_begin, begin);
      w.from = first > DIAG_LINE_LEAD ? first - DIAG_LINE_LEAD : 0;
      if (w.to > w.from + DIAG_LINE_RUNES) w.to = w.from + DIAG_LINE_RUNES;
    }
    diag_line(s, place, w, gutter, colour, out);
    for (size_t i = 0; i < n; i++)
      if (!marks[i].done && marks[i].source == s && marks[i].place.line == place->line) {
        diag_marks(s, place, w, marks[i].label, i ? '-' : '^', i ? "\x1b[1;34m" : diag_colours[item->severity], gutter, colour,
                   out);
        marks[i].done = true;
        shown++;
      }
  }
  for (size_t i = 0; i < item->n_notes; i++) diag_more("note", item->notes[i], gutter, colour, out);
  if (item->help.len) diag_more("help", item->help, gutter, colour, out);
}

void ottl__diag_render_text(const ottl_diags *d, bool colour, ottl_sbuf *out) {
  for (size_t i = 0; i < d->n; i++) {
    if (i) sbuf_byte(out, '\n');
    diag_item(d, d->items[i], colour, out);
  }
}

void ottl__diag_render_short(const ottl_diags *d, bool colour, ottl_sbuf *out) {
  for (size_t i = 0; i < d->n; i++) {
    const ottl_diag_item *item = d->items[i];
    const ottl_source *s = ottl__diag_source_of(d, item->primary.span.source);
    diag_place place = ottl__diag_place(s, item->primary.span.begin);
    diag_put_clean(out, s->name);
    ottl__sbuf_printf(out, "%s%u:%u: ", s->name.len ? ":" : "", (unsigned)place.line, (unsigned)place.column);
    diag_head(item, colour, out);
  }
}
