/* Templates in Go's Expand syntax, ReplaceAll, and the stepping of FindAll. */
#include "regex/regex_internal.h"

enum { TEMPLATE_SLACK = 16 }; /* behind the text, so that as many bytes can be copied from anywhere in it */

/* One piece of a template: text, or the first of some groups that took part. */
typedef struct template_part {
  size_t at, len;           /* of the text */
  uint32_t group, n_groups; /* in the list of groups */
} template_part;

struct ottl_regex_template {
  ottl_allocator al;
  char *text;
  size_t text_len;
  template_part *parts;
  size_t n_parts, cap_parts;
  uint32_t *groups;
  size_t n_groups, cap_groups;
};

static ottl_status template_add(ottl_regex_template *t, template_part part) {
  OTTL_TRY(ottl__al_reserve(&t->al, &t->parts, &t->cap_parts, t->n_parts + 1, sizeof *t->parts));
  t->parts[t->n_parts++] = part;
  return OTTL_OK;
}

static ottl_status template_add_group(ottl_regex_template *t, uint32_t group) {
  OTTL_TRY(ottl__al_reserve(&t->al, &t->groups, &t->cap_groups, t->n_groups + 1, sizeof *t->groups));
  t->groups[t->n_groups++] = group;
  return OTTL_OK;
}

/* Go's extract: a name or {name} at the front of what follows a `$`. Returns how many bytes it takes, 0 when malformed. */
static size_t template_name(ottl_view s, ottl_view *name) {
  size_t at = s.len && s.data[0] == '{', from = at;
  while (at < s.len) {
    unsigned width;
    uint32_t r = utf8_decode(s.data + at, s.len - at, &width);
    if (r != '_' && !ottl__regex_is_letter_or_digit(r)) break;
    at += width;
  }
  if (at == from) return 0;
  *name = view_of(s.data + from, at - from);
  if (from == 0) return at;
  return at < s.len && s.data[at] == '}' ? at + 1 : 0;
}

/* The name as a number, or -1: 0 to about 10^9, without leading zeros. */
static int64_t template_number(ottl_view name) {
  int64_t n = 0;
  for (size_t i = 0; i < name.len; i++) {
    if ((unsigned)name.data[i] - '0' > 9 || n >= 100000000) return -1;
    n = n * 10 + (name.data[i] - '0');
  }
  return name.data[0] == '0' && name.len > 1 ? -1 : n;
}

static ottl_status template_parse(ottl_regex_template *t, const ottl_regex *re) {
  ottl_view s = view_of(t->text, t->text_len);
  size_t at = 0, from = 0; /* of the text piece being read */
  while (at < s.len) {
    const char *dollar = memchr(s.data + at, '$', s.len - at);
    if (!dollar) break;
    at = (size_t)(dollar - s.data);
    ottl_view name;
    size_t taken;
    if (at + 1 < s.len && s.data[at + 1] == '$') {
      OTTL_TRY(template_add(t, (template_part){from, at + 1 - from, 0, 0})); /* with the first dollar */
      at += 2;
      from = at;
      continue;
    }
    taken = template_name(view_of(s.data + at + 1, s.len - at - 1), &name);
    if (taken == 0) {
      at++; /* malformed: the dollar is text */
      continue;
    }
    if (at > from) OTTL_TRY(template_add(t, (template_part){from, at - from, 0, 0}));
    uint32_t first = (uint32_t)t->n_groups;
    int64_t number = template_number(name);
    if (number >= 0) {
      if (number <= re->n_groups) OTTL_TRY(template_add_group(t, (uint32_t)number));
    } else {
      for (uint32_t g = 1; g <= re->n_groups; g++) {
        if (view_eq(ottl__regex_group_name(re, g), name)) OTTL_TRY(template_add_group(t, g));
      }
    }
    if (t->n_groups > first) OTTL_TRY(template_add(t, (template_part){0, 0, first, (uint32_t)t->n_groups - first}));
    at += 1 + taken;
    from = at;
  }
  if (from < s.len) OTTL_TRY(template_add(t, (template_part){from, s.len - from, 0, 0}));
  return OTTL_OK;
}

ottl_status ottl__regex_template_create(const ottl_allocator *al, const ottl_regex *re, ottl_view text,
                                        ottl_regex_template **ret) {
  ottl_regex_template *t = al_zero(al, sizeof *t);
  if (!t) return OTTL_NOMEM;
  t->al = *al;
  t->text = al_zero(al, text.len + TEMPLATE_SLACK);
  ottl_status status = t->text ? OTTL_OK : OTTL_NOMEM;
  t->text_len = text.len;
  if (status == OTTL_OK) {
    if (text.len) memcpy(t->text, text.data, text.len);
    status = template_parse(t, re);
  }
  if (status != OTTL_OK) {
    ottl__regex_template_free(t);
    return status;
  }
  *ret = t;
  return OTTL_OK;
}

void ottl__regex_template_free(ottl_regex_template *t) {
  if (!t) return;
  al_free(&t->al, t->text, t->text_len + TEMPLATE_SLACK);
  al_free(&t->al, t->parts, t->cap_parts * sizeof *t->parts);
  al_free(&t->al, t->groups, t->cap_groups * sizeof *t->groups);
  ottl_allocator al = t->al;
  al_free(&al, t, sizeof *t);
}

static void template_expand(const ottl_regex_template *t, ottl_view subject, const size_t *spans, ottl_sbuf *out) {
  for (size_t i = 0; i < t->n_parts; i++) {
    const template_part *part = &t->parts[i];
    if (part->n_groups == 0) sbuf_put(out, t->text + part->at, part->len);
    for (uint32_t k = 0; k < part->n_groups; k++) {
      const size_t *ends = spans + 2 * (size_t)t->groups[part->group + k];
      if (ends[0] == SIZE_MAX) continue;
      sbuf_put(out, subject.data + ends[0], ends[1] - ends[0]);
      break;
    }
  }
}

ottl_status ottl__regex_expand(const ottl_regex *re, const ottl_regex_template *t, ottl_view subject, const size_t *spans,
                               ottl_sbuf *out) {
  OTTL_UNUSED(re);
  template_expand(t, subject, spans, out);
  return sbuf_status(out);
}

static size_t replace_width(ottl_view s, size_t at) {
  unsigned width = 0;
  if (at < s.len) (void)utf8_decode(s.data + at, s.len - at, &width);
  return width;
}

/* A few bytes of a memory that ends at `end`: most often 16 can be copied. */
static inline void replace_copy(ottl_sbuf *out, const char *from, size_t len, const char *end) {
  if (OTTL_LIKELY(len <= TEMPLATE_SLACK && end - from >= TEMPLATE_SLACK && out->cap - out->len >= TEMPLATE_SLACK)) {
    memcpy(out->data + out->len, from, TEMPLATE_SLACK);
    out->len += len;
    return;
  }
  sbuf_put(out, from, len);
}

/* Matches of a straight pattern, which are not empty, one after another. Appends what is before them, and what takes their place.
 * *ret_done: behind the last one. False: from there on it is for the engines. */
static bool replace_straight(const ottl_regex *re, ottl_regex_context *cx, const ottl_regex_template *t, ottl_view subject,
                             ottl_sbuf *out, size_t *ret_done) {
  size_t *spans = cx->spans, done = 0;
  straight_state state = ottl__regex_straight_begin(subject);
  for (straight_found found; OTTL_LIKELY(!out->over); done = spans[1]) {
    found = ottl__regex_straight_find(re->straight, &re->window, cx->kernels, subject, done, &state, spans);
    if (found != STRAIGHT_HIT) {
      *ret_done = done;
      return found == STRAIGHT_NONE;
    }
    sbuf_put(out, subject.data + done, spans[0] - done);
    template_expand(t, subject, spans, out);
  }
  *ret_done = done;
  return true;
}

/* PERF: replace_all_patterns of digits. The same for a template without groups. */
static bool replace_plain(const ottl_regex *re, ottl_regex_context *cx, ottl_view with, ottl_view subject, ottl_sbuf *out,
                          size_t *ret_done) {
  const char *end = subject.data + subject.len;
  straight_state state = ottl__regex_straight_begin(subject);
  straight_found found = STRAIGHT_HIT;
  straight_spans spans;
  size_t done = 0;
  while (found == STRAIGHT_HIT) {
    found = ottl__regex_straight_all(re->straight, &re->window, cx->kernels, subject, done, &state, &spans);
    for (size_t i = 0; i < spans.n; i++) {
      replace_copy(out, subject.data + done, spans.at[i][0] - done, end);
      replace_copy(out, with.data, with.len, with.data + with.len + TEMPLATE_SLACK);
      done = spans.at[i][1];
    }
    if (OTTL_UNLIKELY(out->over)) break;
  }
  *ret_done = done;
  return found == STRAIGHT_NONE || out->over;
}

/* With an engine, from `done` on, and from the first match there, whose spans are in the context. Appends. */
static ottl_status replace_rest(const ottl_regex *re, ottl_regex_context *cx, const ottl_regex_template *t, ottl_view subject,
                                size_t done, utf8_kind kind, ottl_regex_course *course, ottl_sbuf *out) {
  size_t *spans = cx->spans, search = done;
  ottl_status status = OTTL_OK;
  for (bool hit = true; hit;) {
    if (kind == UTF8_INVALID) cx->copy_of = subject.data;
    sbuf_put(out, subject.data + done, spans[0] - done);
    /* Not for an empty match right behind the one before. */
    if (spans[1] > done || spans[0] == 0) template_expand(t, subject, spans, out);
    done = spans[1];
    size_t width = replace_width(subject, search);
    if (search + width > done) {
      search += width;
    } else if (search + 1 > done) {
      search++;
    } else {
      search = done;
    }
    if (search > subject.len || OTTL_UNLIKELY(out->over)) break;
    status = ottl__regex_step(re, cx, subject, search, &kind, course, spans, &hit);
    if (status != OTTL_OK) break;
  }
  cx->copy_of = NULL;
  if (status != OTTL_OK) return status;
  sbuf_put(out, subject.data + done, subject.len - done);
  return sbuf_status(out);
}

ottl_status ottl__regex_replace_all(const ottl_regex *re, ottl_regex_context *cx, const ottl_regex_template *t, ottl_view subject,
                                    ottl_sbuf *out, bool *ret_changed) {
  utf8_kind kind = UTF8_UNKNOWN;
  size_t before = out->len, done = 0;
  ottl_regex_course course = {0};
  bool hit = false, all = false;
  ottl_status status = OTTL_OK;
  *ret_changed = false;
  if (ottl__regex_lacks(re, cx, subject)) return OTTL_OK;
  OTTL_TRY(ottl__regex_reserve_spans(re, cx));
  if (regex_straight(re, cx)) {
    bool plain = t->n_parts == 1 && t->parts->n_groups == 0;
    ottl_view with = view_of(t->text + (plain ? t->parts->at : 0), plain ? t->parts->len : 0);
    all = plain || t->n_parts == 0 ? replace_plain(re, cx, with, subject, out, &done)
                                   : replace_straight(re, cx, t, subject, out, &done);
  }
  if (!all) status = ottl__regex_step(re, cx, subject, done, &kind, &course, cx->spans, &hit);
  if (status == OTTL_OK && hit) {
    status = replace_rest(re, cx, t, subject, done, kind, &course, out);
  } else if (status == OTTL_OK && done) {
    sbuf_put(out, subject.data + done, subject.len - done);
    status = sbuf_status(out);
  }
  if (status != OTTL_OK) out->len = before;
  *ret_changed = hit || done;
  return status;
}

ottl_status ottl__regex_next(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, ottl_regex_iter *it, size_t *spans,
                             bool *ret) {
  utf8_kind kind = (utf8_kind)it->kind;
  while (it->position <= subject.len) {
    bool hit;
    OTTL_TRY(ottl__regex_step(re, cx, subject, it->position, &kind, &it->course, spans, &hit));
    it->kind = (uint8_t)kind;
    if (!hit) break;
    bool accept = true;
    if (spans[1] == it->position) {
      /* Empty, here: not right behind a match. */
      accept = spans[0] != it->previous_end;
      size_t width = replace_width(subject, it->position);
      it->position = width ? it->position + width : subject.len + 1;
    } else {
      it->position = spans[1];
    }
    it->previous_end = spans[1];
    if (accept) {
      *ret = true;
      return OTTL_OK;
    }
  }
  it->position = subject.len + 1;
  *ret = false;
  return OTTL_OK;
}
