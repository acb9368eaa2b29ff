/* Reading by a format: the reference builds a layout, tries it, and where an element did not fit allows spaces before it or takes
 * the next way to read its directive, until the layout fits. The usual layouts are made when the program is compiled. */
#include "funcs/strptime.h"

#define STRPTIME_ELEMENTS 11   /* most elements of one directive: %c */
#define STRPTIME_ATTEMPTS 4096 /* layouts tried for one text: only formats that repeat %z or %D need more than a few */

typedef struct strptime_directive {
  char letter;
  const char *layout;
  const char *ways[STRPTIME_WAYS];
} strptime_directive;

static const strptime_directive strptime_directives[] = {
#define TIMEFORMAT(letter, layout, parse, parse2, parse3, doc) {letter, layout, {parse, parse2, parse3}},
#include "timeformats.def"
#undef TIMEFORMAT
};

/* The directive at format.data[at], NULL when unknown; *ret_len is 0 when there is none: a % at the end or before a new line. */
static const strptime_directive *strptime_at(ottl_view format, size_t at, size_t *ret_len) {
  *ret_len = 0;
  if (format.data[at] != '%' || at + 1 >= format.len || format.data[at + 1] == '\n') return NULL;
  *ret_len = 2;
  for (size_t i = 0; i < OTTL_COUNT(strptime_directives); i++) {
    if (strptime_directives[i].letter == format.data[at + 1]) return &strptime_directives[i];
  }
  return NULL;
}

static const char *strptime_way(const strptime_directive *d, uint32_t way) {
  return d->ways[way] ? d->ways[way] : way == 0 ? d->layout : NULL;
}

ottl_status ottl__strptime_check(ottl_prepare *p, uint32_t arg, ottl_view format) {
  if (format.len == 0) return ottl__refuse(p, arg, "the format cannot be empty");
  for (size_t i = 0; i < format.len; i++) {
    if (format.data[i] >= '0' && format.data[i] <= '9')
      return ottl__refuse(p, arg, "a format string should not contain decimals");
  }
  for (size_t i = 1; i + 1 < format.len; i++) {
    char before = format.data[i - 1], letter = format.data[i + 1];
    if (format.data[i] == '%' && before != '.' && before != ',' && (letter == 'L' || letter == 'f' || letter == 's'))
      return ottl__refuse(p, arg, "fractional seconds `%%%c` must be preceded by `.` or `,`", letter);
  }
  size_t len;
  for (size_t i = 0; i < format.len; i += len ? len : 1) {
    const strptime_directive *d = strptime_at(format, i, &len);
    if (len && !d) {
      unsigned char letter = (unsigned char)format.data[i + 1];
      if (letter > ' ' && letter < 0x7f) return ottl__refuse(p, arg, "unsupported directive `%%%c` in the format", letter);
      return ottl__refuse(p, arg, "unsupported directive in the format");
    }
  }
  return OTTL_OK;
}

bool ottl__strptime_names_zone(ottl_view format) {
  size_t len;
  for (size_t i = 0; i < format.len; i += len ? len : 1) {
    const strptime_directive *d = strptime_at(format, i, &len);
    if (d && d->letter == 'Z') return true;
  }
  return false;
}

/* -- layouts made beforehand -- */

static ottl_status strptime_chunks(ottl_arena *arena, ottl_view layout, const ottl_layout_chunk **ret) {
  size_t n = 1;
  ottl_layout_chunk c;
  for (ottl_view rest = layout; ottl__layout_next(&rest, &c);) n++;
  ottl_layout_chunk *chunks = arena_array(arena, n, sizeof *chunks);
  if (!chunks) return OTTL_NOMEM;
  ottl_view rest = layout;
  for (size_t i = 0; i < n; i++) (void)ottl__layout_next(&rest, &chunks[i]);
  *ret = chunks;
  return OTTL_OK;
}

static void strptime_put_way(ottl_sbuf *buf, const char *way) {
  for (; *way; way++) {
    if (*way != '|') sbuf_byte(buf, *way);
  }
}

/* The layout with all directives in one way; way -1: to print by. */
static ottl_status strptime_layout(ottl_arena *arena, ottl_view format, int way, ottl_view *ret) {
  ottl_sbuf buf;
  ottl__sbuf_init(&buf, &arena->al);
  size_t len;
  for (size_t i = 0; i < format.len; i += len ? len : 1) {
    const strptime_directive *d = strptime_at(format, i, &len);
    if (!d) {
      sbuf_byte(&buf, format.data[i]);
    } else if (way < 0) {
      sbuf_str(&buf, d->layout);
    } else {
      const char *text = strptime_way(d, (uint32_t)way);
      strptime_put_way(&buf, text ? text : strptime_way(d, 0));
    }
  }
  ottl_status status = sbuf_status(&buf);
  if (status == OTTL_OK) {
    *ret = arena_copy(arena, buf.data, buf.len);
    if (!ret->data) status = OTTL_NOMEM;
  }
  ottl__sbuf_done(&buf);
  return status;
}

ottl_status ottl__strptime_printer(ottl_arena *arena, ottl_view format, const ottl_layout_chunk **ret) {
  ottl_view layout;
  OTTL_TRY(strptime_layout(arena, format, -1, &layout));
  return strptime_chunks(arena, layout, ret);
}

ottl_status ottl__strptime_reader(ottl_arena *arena, ottl_view format, strptime_format *ret) {
  *ret = (strptime_format){.text = format};
  uint32_t n_choices = 0;
  size_t len;
  for (size_t i = 0; i < format.len; i += len ? len : 1) {
    const strptime_directive *d = strptime_at(format, i, &len);
    if (!d) continue;
    ret->has_year |= strchr("YyDxFc", d->letter) != NULL;
    n_choices += d->ways[1] != NULL;
    if (n_choices == 1 && d->ways[1]) ret->n_ways = d->ways[2] ? 3 : 2;
  }
  if (n_choices != 1) ret->n_ways = 1; /* several choices are tried one by one, below */
  for (uint32_t w = 0; w < ret->n_ways; w++) {
    OTTL_TRY(strptime_layout(arena, format, (int)w, &ret->way[w].layout));
    OTTL_TRY(strptime_chunks(arena, ret->way[w].layout, &ret->way[w].chunks));
  }
  return OTTL_OK;
}

/* -- reading -- */

typedef struct strptime_place { /* one directive of the format */
  size_t at;                    /* in the format */
  const strptime_directive *d;
  uint32_t way, n;
  ottl_view element[STRPTIME_ELEMENTS], spaces[STRPTIME_ELEMENTS]; /* spaces allowed before an element */
} strptime_place;

static void strptime_choose(strptime_place *p, uint32_t way) {
  p->way = way;
  p->n = 0;
  const char *text = strptime_way(p->d, way);
  while (*text && p->n < STRPTIME_ELEMENTS) {
    size_t len = strcspn(text, "|");
    p->element[p->n] = view_of(text, len);
    p->spaces[p->n++] = VIEW("");
    text += len + (text[len] == '|');
  }
}

static void strptime_build(ottl_sbuf *buf, ottl_view format, const strptime_place *places, size_t n) {
  sbuf_clear(buf);
  size_t at = 0;
  for (size_t k = 0; k < n; k++) {
    sbuf_put(buf, format.data + at, places[k].at - at);
    for (uint32_t i = 0; i < places[k].n; i++) {
      sbuf_view(buf, places[k].spaces[i]);
      sbuf_view(buf, places[k].element[i]);
    }
    at = places[k].at + 2;
  }
  sbuf_put(buf, format.data + at, format.len - at);
}

static size_t strptime_spaces(ottl_view text) {
  size_t n = 0;
  while (n < text.len && memchr("\t\n\f\r ", text.data[n], 5)) n++;
  return n;
}

/* The next thing to try after an error; false: nothing is left. *ret_place is the place that changed. */
static bool strptime_adjust(ottl_arena *arena, strptime_place *places, size_t n, const ottl_layout_error *error,
                            size_t *ret_place) {
  for (size_t k = n; k-- > 0;) {
    strptime_place *p = &places[k];
    uint32_t i = 0;
    while (i < p->n && !view_eq(p->element[i], error->element) && !(p->spaces[i].len && view_eq(p->spaces[i], error->element)))
      i++;
    if (i == p->n) continue;
    *ret_place = k;
    char first = view_eq(p->element[i], error->element) ? p->element[i].data[0] : ' ';
    size_t spaces = (first >= '0' && first <= '9') || first == 'Z' ? strptime_spaces(error->value) : 0;
    if (spaces) {
      /* DIFF: the reference adds the same spaces for ever when it takes one element for another of the same kind. */
      if (p->spaces[i].len) return false;
      p->spaces[i] = arena_copy(arena, error->value.data, spaces);
      return p->spaces[i].data != NULL;
    }
    if (p->way + 1 >= STRPTIME_WAYS || !p->d->ways[p->way + 1]) return false;
    strptime_choose(p, p->way + 1);
    return true;
  }
  return false;
}

/* One attempt; what failed is in *ret_error. *used is the text the chunks were held against. */
static bool strptime_try(ottl_scratch *s, const ottl_locale *locale, ottl_view layout, const ottl_layout_chunk *chunks,
                         const ottl_zone *zone, ottl_view text, ottl_parsed_time *ret, ottl_layout_error *ret_error,
                         ottl_view *used) {
  *used = text;
  *ret_error = (ottl_layout_error){VIEW(""), VIEW("")};
  if (locale) {
    sbuf_clear(&s->text2);
    if (!ottl__locale_translate(&s->text2, locale, layout, text) || s->text2.failed) return false;
    *used = sbuf_all(&s->text2);
  }
  return ottl__layout_parse(chunks, *used, zone, ret, ret_error);
}

/* parseGotime: an abbreviation that says nothing to the zone may be the name of another one. */
static bool strptime_other_zone(const ottl_layout_chunk *chunks, ottl_view text, const ottl_zone *zone, ottl_parsed_time *t) {
  if (t->offset != 0 || view_is(t->name, "UTC") || view_eq(t->name, ottl__zone_at(zone, t->at.seconds).name)) return true;
  const ottl_zone *other = ottl__zone_find(t->name);
  if (!other) return false;
  ottl_parsed_time again;
  ottl_layout_error ignored;
  if (ottl__layout_parse(chunks, text, other, &again, &ignored)) *t = again;
  return true;
}

static ottl_status strptime_search(ottl_scratch *s, const strptime_format *format, const ottl_zone *zone,
                                   const ottl_locale *locale, ottl_view text, ottl_parsed_time *ret, bool *ret_ok) {
  ottl__arena_reset(&s->arena);
  size_t n = 0, len;
  for (size_t i = 0; i < format->text.len; i += len ? len : 1) n += strptime_at(format->text, i, &len) != NULL;
  strptime_place *places = arena_array(&s->arena, n ? n : 1, sizeof *places);
  if (!places) return OTTL_NOMEM;
  size_t k = 0;
  for (size_t i = 0; i < format->text.len; i += len ? len : 1) {
    const strptime_directive *d = strptime_at(format->text, i, &len);
    if (!d) continue;
    places[k].at = i;
    places[k].d = d;
    strptime_choose(&places[k++], 0);
  }
  ottl_layout_chunk *chunks = NULL;
  size_t cap = 0;
  for (int attempt = 0; attempt < STRPTIME_ATTEMPTS; attempt++) { /* DIFF: the reference knows no end */
    strptime_build(&s->text, format->text, places, n);
    OTTL_TRY(sbuf_status(&s->text));
    if (s->text.len + 1 > cap) {
      cap = 2 * s->text.len + 1;
      chunks = arena_array(&s->arena, cap, sizeof *chunks);
      if (!chunks) return OTTL_NOMEM;
    }
    ottl_view rest = sbuf_all(&s->text), used;
    for (size_t i = 0; ottl__layout_next(&rest, &chunks[i]);) i++;
    ottl_layout_error error;
    if (strptime_try(s, locale, sbuf_all(&s->text), chunks, zone, text, ret, &error, &used)) {
      *ret_ok = strptime_other_zone(chunks, used, zone, ret);
      return OTTL_OK;
    }
    OTTL_TRY(sbuf_status(&s->text2));
    size_t changed;
    if (error.element.len == 0 || !strptime_adjust(&s->arena, places, n, &error, &changed)) return OTTL_OK;
    for (size_t i = changed + 1; i < n; i++) strptime_choose(&places[i], 0);
  }
  return OTTL_OK;
}

ottl_status ottl__strptime_read(ottl_scratch *scratch, const strptime_format *format, const ottl_zone *zone,
                                const ottl_locale *locale, ottl_view text, ottl_parsed_time *ret, bool *ret_ok) {
  *ret_ok = false;
  sbuf_clear(&scratch->text2);
  for (uint32_t w = 0; w < format->n_ways; w++) {
    ottl_layout_error error;
    ottl_view used;
    const struct strptime_way *way = &format->way[w];
    if (strptime_try(scratch, locale, way->layout, way->chunks, zone, text, ret, &error, &used)) {
      *ret_ok = strptime_other_zone(way->chunks, used, zone, ret);
      return OTTL_OK;
    }
    OTTL_TRY(sbuf_status(&scratch->text2));
    if (error.element.len == 0) return OTTL_OK;
    bool zone_failed = error.element.data[0] == 'Z' && w + 1 < format->n_ways && strptime_spaces(error.value) == 0;
    if (!zone_failed) break;
  }
  return strptime_search(scratch, format, zone, locale, text, ret, ret_ok);
}
