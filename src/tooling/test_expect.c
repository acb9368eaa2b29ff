/* What came out against what is expected, record by record. */
#include "tooling/test.h"

#include <stdio.h>

#include "base/limits.h"
#include "ottl/diff.h"
#include "sema/sema.h"

#define MOST_SHOWN 20  /* records that are shown; the others are counted */
#define LARGE_MAP  256 /* entries; beyond them order is that of the keys */

/* A record that is expected. */
typedef struct want {
  const cfg_node *item;                  /* as the case has it; NULL: OTLP, or what came in */
  rec *exact;                            /* NULL: only some of it is looked at: */
  const cfg_node *contains, *conditions; /* may be NULL */
} want;

typedef struct matcher {
  test_run *t;
  want *wants;
  rec **got;
  size_t n_wants, n_got;
  bool counted; /* as many as expected */
  bool rewrite; /* an update may write all of them anew */
} matcher;

static void *out_of_memory(test_run *t) {
  t->r->fatal = OTTL_NOMEM;
  return NULL;
}

/* -- trees -- */

static ottl_view text_of(test_run *t, const rec *record) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &t->test->al);
  ottl__rec_text(&out, record, 0, false);
  ottl_view copy = arena_copy(&t->test->run, out.data, out.len);
  if (out.failed || !copy.data) out_of_memory(t);
  ottl__sbuf_done(&out);
  return copy.data ? copy : VIEW("");
}

static rec *copy_rec(test_run *t, const rec *v) {
  rec *copy = arena_alloc(&t->test->run, sizeof *copy);
  if (!copy) return out_of_memory(t);
  *copy = *v;
  copy->first = copy->last = copy->next = NULL;
  for (const rec *kid = v->first; kid; kid = kid->next) {
    rec *one = copy_rec(t, kid);
    if (!one) return NULL;
    ottl__rec_add(copy, one);
  }
  return copy;
}

static void take(rec *map, rec *kid) {
  rec **at = &map->first;
  map->last = NULL;
  while (*at) {
    if (*at == kid)
      *at = kid->next;
    else
      map->last = *at, at = &(*at)->next;
  }
}

static rec *merge(rec *a, rec *b) {
  rec *first = NULL, **at = &first;
  while (a && b) {
    rec **from = view_cmp(b->key, a->key) < 0 ? &b : &a;
    *at = *from;
    at = &(*at)->next;
    *from = *at;
  }
  *at = a ? a : b;
  return first;
}

/* By key; those that have the same one stay in their order. */
static rec *sort_kids(rec *first, size_t n) {
  if (n < 2) return first;
  rec *half = first;
  for (size_t i = 1; i < n / 2; i++) half = half->next;
  rec *second = half->next;
  half->next = NULL;
  rec *a = sort_kids(first, n / 2);
  return merge(a, sort_kids(second, n - n / 2));
}

static void sort_map(rec *map) {
  size_t n = 0;
  for (const rec *kid = map->first; kid; kid = kid->next) n++;
  map->first = sort_kids(map->first, n);
  for (rec *kid = map->first; kid; kid = kid->next) map->last = kid;
}

static bool is_large(const rec *map) {
  size_t n = 0;
  for (const rec *kid = map->first; kid && n <= LARGE_MAP; kid = kid->next) n++;
  return n > LARGE_MAP;
}

static void align(rec *v, rec *like);

static void align_items(rec *v, rec *like) {
  for (rec *kid = v->first, *other = like->first; kid && other; kid = kid->next, other = other->next) align(kid, other);
}

static void align_fields(rec *v, rec *like) {
  for (rec *kid = v->first; kid; kid = kid->next) {
    rec *other = ottl__rec_find(like, kid->key);
    if (other) align(kid, other);
  }
}

static void align_large(rec *v, rec *like) {
  sort_map(v);
  sort_map(like);
  for (rec *kid = v->first, *other = like->first; kid && other;) {
    int order = view_cmp(kid->key, other->key);
    if (order == 0) align(kid, other);
    if (order <= 0) kid = kid->next;
    if (order >= 0) other = other->next;
  }
}

/* The order of attributes does not count: those of `v` take that of `like`. */
static void align(rec *v, rec *like) {
  if (v->kind != like->kind || !v->first) return;
  if (v->kind == REC_LIST) {
    align_items(v, like);
    return;
  }
  if (v->kind == REC_MAP && !v->pairs) {
    align_fields(v, like);
    return;
  }
  if (is_large(v) || is_large(like)) {
    align_large(v, like);
    return;
  }
  rec ordered = *v;
  ordered.first = ordered.last = NULL;
  for (rec *other = like->first; other; other = other->next) {
    rec *kid = ottl__rec_find(v, other->key);
    if (!kid) continue;
    take(v, kid);
    ottl__rec_add(&ordered, kid);
    align(kid, other);
  }
  while (v->first) {
    rec *kid = v->first;
    take(v, kid);
    ottl__rec_add(&ordered, kid);
  }
  v->first = ordered.first;
  v->last = ordered.last;
}

/* -- `contains`: the record with the fields that are given -- */

static void put_kid(rec *map, rec *kid, ottl_view key) {
  for (rec **at = &map->first; *at; at = &(*at)->next) {
    if (!view_eq((*at)->key, key)) continue;
    rec *old = *at;
    if (!kid) {
      take(map, old);
      return;
    }
    kid->next = old->next;
    if (map->last == old) map->last = kid;
    *at = kid;
    return;
  }
  if (kid) ottl__rec_add(map, kid);
}

/* A field by itself; NULL: it is at its default. */
static rec *field_value(test_run *t, const js_message *m, const js_field *f, const cfg_node *value) {
  ottl_sbuf wire;
  rec *all = ottl__rec_new(&t->test->run, REC_MAP, (ottl_view){NULL, 0});
  if (!all) return out_of_memory(t);
  ottl__sbuf_init(&wire, &t->test->al);
  bool ok = ottl__rec_field(t->r, f, value, &wire);
  ottl_view copy = arena_copy(&t->test->run, wire.data, wire.len);
  if (wire.failed || !copy.data) {
    ok = false;
    out_of_memory(t);
  }
  ottl__sbuf_done(&wire);
  ottl_status status = ok ? ottl__rec_message(&t->test->run, m, copy, all) : OTTL_OK;
  if (status != OTTL_OK) t->r->fatal = status;
  return all->first;
}

static void patch_pairs(test_run *t, rec *map, const js_message *m, const js_field *f, const cfg_node *given) {
  if (given->n > OTTL_MAX_TEST_CONTAINS) {
    CFG_ERROR(t->r, CONFIG_SIZE, cfg_span(t->r, given), "`contains` has more than %d keys in one map", OTTL_MAX_TEST_CONTAINS);
    return;
  }
  CFG_EACH(given, kid) {
    rec *old = ottl__rec_find(map, kid->key);
    if (kid->kind == CFG_MAP && old && old->kind == REC_MAP &&
        !(kid->n == 1 && kid->first->key.len && kid->first->key.data[0] == '$')) {
      patch_pairs(t, old, m, f, kid);
      continue;
    }
    cfg_node one = *kid, list = {.kind = CFG_MAP, .n = 1, .first = &one};
    one.next = NULL;
    rec *attributes = kid->kind == CFG_NULL ? NULL : field_value(t, m, f, &list);
    put_kid(map, attributes ? attributes->first : NULL, kid->key);
  }
}

static rec *kid_map(test_run *t, rec *map, ottl_view key, bool pairs) {
  rec *kid = ottl__rec_find(map, key);
  if (kid) return kid;
  kid = ottl__rec_new(&t->test->run, REC_MAP, key);
  if (!kid) return out_of_memory(t);
  kid->pairs = pairs;
  ottl__rec_add(map, kid);
  return kid;
}

static void patch_fields(test_run *t, rec *map, const js_message *m, const char *what, const cfg_node *given) {
  if (given->kind != CFG_MAP) {
    CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, given), "`%s` is a map, this is %s", what, ottl__cfg_kind_name(given));
    return;
  }
  CFG_EACH(given, kid) {
    const js_field *f = ottl__rec_field_of(t->r, m, what, kid);
    if (!f) continue;
    ottl_view name = ottl__rec_name(f);
    bool pairs = f->repeated && f->message && f->message->is_pair;
    rec *sub = NULL;
    if (kid->kind == CFG_MAP && f->message && (pairs || (!f->repeated && !f->message->is_value))) {
      if (!(sub = kid_map(t, map, name, pairs))) return;
      if (pairs)
        patch_pairs(t, sub, m, f, kid);
      else
        patch_fields(t, sub, f->message, f->snake, kid);
      if (!sub->first) put_kid(map, NULL, name);
      continue;
    }
    rec *value = field_value(t, m, f, kid);
    put_kid(map, value, name);
  }
}

/* Resource and scope stand beside the fields, and the URL of their schema among theirs. */
static void patch_above(test_run *t, rec *record, const char *name, const js_message *m, const js_message *outer,
                        const cfg_node *given) {
  rec *map = kid_map(t, record, view_str(name), false);
  if (!map || given->kind != CFG_MAP) return;
  CFG_EACH(given, kid) {
    cfg_node one = *kid, single = {.kind = CFG_MAP, .n = 1, .first = &one, .begin = given->begin, .end = given->end};
    one.next = NULL;
    if (!view_is(kid->key, "schema_url")) {
      patch_fields(t, map, m, name, &single);
    } else {
      put_kid(map, field_value(t, outer, &outer->fields[js_find(outer, 3)], kid), kid->key);
    }
  }
  if (!map->first) put_kid(record, NULL, view_str(name));
}

static rec *patch(test_run *t, const rec *got, const cfg_node *given) {
  rec *record = copy_rec(t, got);
  if (!record || !given) return record;
  if (given->kind != CFG_MAP) {
    CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, given), "`contains` is a map of fields, this is %s", ottl__cfg_kind_name(given));
    return record;
  }
  CFG_EACH(given, kid) {
    cfg_node one = *kid, single = {.kind = CFG_MAP, .n = 1, .first = &one};
    one.next = NULL;
    if (view_is(kid->key, "resource"))
      patch_above(t, record, "resource", t->schema->resource, t->schema->resources, kid);
    else if (view_is(kid->key, "scope"))
      patch_above(t, record, "scope", t->schema->scope, t->schema->scopes, kid);
    else
      patch_fields(t, record, t->schema->item, "contains", &single);
  }
  return record;
}

/* -- what is expected -- */

static bool only_keys(const cfg_node *item) {
  CFG_EACH(item->kind == CFG_MAP ? item : NULL, kid) {
    if (!view_is(kid->key, "contains") && !view_is(kid->key, "conditions")) return false;
  }
  return item->kind == CFG_MAP && item->n;
}

/* Records of a request that lives as long as the run. */
static bool records_of(test_run *t, ottl_view wire, rec ***ret, size_t *ret_n) {
  ottl_view copy = arena_copy(&t->test->run, wire.data, wire.len);
  ottl_status status = copy.data ? ottl__rec_records(&t->test->run, t->schema, copy, ret, ret_n) : OTTL_NOMEM;
  if (status == OTTL_DATA || status == OTTL_LIMIT)
    ottl__test_broken(t, "the records cannot be shown: %s",
                      status == OTTL_LIMIT ? "values are nested too deep" : "malformed OTLP");
  else if (status != OTTL_OK)
    t->r->fatal = status;
  return status == OTTL_OK;
}

static bool read_want(test_run *t, const cfg_node *item, want *ret) {
  ret->item = item;
  if (only_keys(item)) {
    CFG_EACH(item, kid) * (view_is(kid->key, "contains") ? &ret->contains : &ret->conditions) = kid;
    return true;
  }
  if (item->kind == CFG_STRING) {
    ottl_diag_item *d = CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, item), "a record is a map, this is a string");
    ottl__diag_help(d, "conditions are a list of their own, about all records; about this one, write `- conditions: ...`");
    return false;
  }
  cfg_node one = *item, list = {.kind = CFG_LIST, .n = 1, .first = &one};
  rec **records;
  size_t n;
  ottl_sbuf wire;
  one.next = NULL;
  ottl__sbuf_init(&wire, &t->test->al);
  bool ok = ottl__rec_request(t->r, t->schema, &list, test_field(t, TEST_RESOURCE), test_field(t, TEST_SCOPE), &wire) &&
            records_of(t, sbuf_all(&wire), &records, &n) && n == 1;
  ottl__sbuf_done(&wire);
  if (ok) ret->exact = records[0];
  return ok;
}

static bool want_requests(matcher *m, ottl_view wire) {
  rec **records;
  if (!records_of(m->t, wire, &records, &m->n_wants)) return false;
  m->wants = arena_zero(&m->t->test->run, (m->n_wants + 1) * sizeof *m->wants);
  if (!m->wants) return out_of_memory(m->t) != NULL;
  for (size_t i = 0; i < m->n_wants; i++) m->wants[i].exact = records[i];
  return true;
}

static bool want_payload(matcher *m) {
  ottl_sbuf wire;
  ottl__sbuf_init(&wire, &m->t->test->al);
  bool ok = ottl__test_payload(m->t, TEST_EXPECT, TEST_EXPECT_FILE, &wire) && want_requests(m, sbuf_all(&wire));
  ottl__sbuf_done(&wire);
  return ok;
}

static bool want_list(matcher *m, const cfg_node *list) {
  bool ok = true;
  m->wants = arena_zero(&m->t->test->run, ((size_t)list->n + 1) * sizeof *m->wants);
  if (!m->wants) return out_of_memory(m->t) != NULL;
  CFG_EACH(list, item) {
    want *w = &m->wants[m->n_wants++];
    ok &= read_want(m->t, item, w);
    if (!w->exact) m->rewrite = false;
  }
  return ok && !m->t->r->n_errors;
}

/* -- comparing -- */

/* Both as texts that are equal when the records are. */
static void texts(test_run *t, const want *w, rec *got, ottl_view ret[2]) {
  rec *expected = w->exact ? w->exact : patch(t, got, w->contains);
  if (w->exact) align(got, w->exact);
  ret[0] = expected ? text_of(t, expected) : VIEW("");
  ret[1] = text_of(t, got);
}

static bool same(test_run *t, const want *w, rec *got) {
  ottl_view both[2];
  texts(t, w, got, both);
  return view_eq(both[0], both[1]);
}

/* Without leaving anything in the arena of the run. */
static bool same_scratch(test_run *t, const want *w, rec *got, ottl_arena *scratch) {
  ottl_arena *run = &t->test->run, kept = *run;
  *run = *scratch;
  bool equal = same(t, w, got);
  ottl__arena_reset(run);
  *scratch = *run;
  *run = kept;
  return equal;
}

/* A run of lines as `diff -u` has it, further in. */
static void put_hunk(ottl_sbuf *out, const ottl_line_diff *diff, size_t begin, size_t end) {
  size_t n[2] = {0, 0};
  for (size_t i = begin; i < end; i++) {
    n[0] += diff->lines[i].kind != '+';
    n[1] += diff->lines[i].kind != '-';
  }
  ottl__sbuf_printf(out, "  @@ -%zu,%zu +%zu,%zu @@\n", diff->lines[begin].before + (n[0] > 0), n[0],
                    diff->lines[begin].after + (n[1] > 0), n[1]);
  for (size_t i = begin; i < end; i++) {
    ottl__sbuf_printf(out, "  %c", diff->lines[i].kind);
    sbuf_view(out, diff->lines[i].text);
    sbuf_byte(out, '\n');
  }
}

static void show(test_run *t, ottl_view before, ottl_view after, const char *format, size_t record) {
  ottl_sbuf *detail = &t->test->detail;
  ottl_line_diff diff;
  size_t begin, end = 0;
  if (t->n_different++ >= MOST_SHOWN) return;
  if (ottl_line_diff_create(&t->test->al, before, after, &diff) != OTTL_OK) {
    out_of_memory(t);
    return;
  }
  ottl__sbuf_printf(detail, format, record);
  sbuf_str(detail, "  --- expected\n  +++ got\n");
  while (ottl_line_diff_hunk(&diff, 3, &begin, &end)) put_hunk(detail, &diff, begin, end);
  ottl_line_diff_free(&diff);
}

static void compare(matcher *m, size_t i, size_t k) {
  test_run *t = m->t;
  ottl_view both[2];
  texts(t, &m->wants[i], m->got[k], both);
  if (!view_eq(both[0], both[1])) {
    show(t, both[0], both[1], "record %zu:\n", k + 1);
    if (m->counted && m->wants[i].exact && m->wants[i].item) ottl__test_edit_item(t, m->wants[i].item, m->got[k]);
  }
  if (m->wants[i].conditions) ottl__test_conditions(t, m->wants[i].conditions, k);
}

static void missing(matcher *m, size_t i) {
  if (m->wants[i].exact)
    show(m->t, text_of(m->t, m->wants[i].exact), VIEW(""), "expected record %zu did not come out:\n", i + 1);
  else if (m->t->n_different++ < MOST_SHOWN)
    ottl__sbuf_printf(&m->t->test->detail, "expected record %zu did not come out\n", i + 1);
}

/* From wants[i] and got[k] on, up to those before the ends: pairs as long as there are some. */
static void compare_between(matcher *m, size_t *i, size_t *k, size_t i_end, size_t k_end) {
  while (*i < i_end && *k < k_end) compare(m, (*i)++, (*k)++);
  for (; *i < i_end; ++*i) missing(m, *i);
  for (; *k < k_end; ++*k) show(m->t, VIEW(""), text_of(m->t, m->got[*k]), "record %zu was not expected:\n", *k + 1);
}

/* Some records are too many or too few: the longest row of equal ones is kept. */
static void compare_unequal(matcher *m) {
  size_t n = m->n_wants, g = m->n_got, i = 0, k = 0;
  uint32_t *len = n && g && n <= OTTL_MAX_TEST_PAIRS / g ? arena_zero(&m->t->test->run, (n + 1) * (g + 1) * sizeof *len) : NULL;
  bool *equal = len ? arena_zero(&m->t->test->run, n * g) : NULL;
  if (!equal) {
    compare_between(m, &i, &k, n, g);
    return;
  }
  ottl_arena scratch;
  ottl__arena_init(&scratch, &m->t->test->al, 0);
#define LEN(a, b) len[(a) * (g + 1) + (b)]
  for (size_t a = n; a-- > 0 && !m->t->r->n_errors;) {
    for (size_t b = g; b-- > 0;) {
      equal[a * g + b] = same_scratch(m->t, &m->wants[a], m->got[b], &scratch);
      uint32_t down = LEN(a + 1, b), right = LEN(a, b + 1);
      LEN(a, b) = equal[a * g + b] ? LEN(a + 1, b + 1) + 1 : down > right ? down : right;
    }
  }
  ottl__arena_done(&scratch);
  if (m->t->r->n_errors) return;
  size_t a = 0, b = 0;
  while (a < n && b < g) {
    if (equal[a * g + b]) {
      compare_between(m, &i, &k, a, b);
      compare(m, a, b);
      i = ++a;
      k = ++b;
    } else if (LEN(a + 1, b) >= LEN(a, b + 1)) {
      a++;
    } else {
      b++;
    }
  }
#undef LEN
  compare_between(m, &i, &k, n, g);
}

static void plural(char *text, size_t size, size_t n) { snprintf(text, size, "%zu record%s", n, n == 1 ? "" : "s"); }

static void compare_all(matcher *m) {
  test_run *t = m->t;
  size_t i = 0, k = 0;
  char expected[40], came[40];
  m->counted = m->n_wants == m->n_got;
  if (m->counted)
    compare_between(m, &i, &k, m->n_wants, m->n_got);
  else
    compare_unequal(m);
  plural(expected, sizeof expected, m->n_wants);
  plural(came, sizeof came, m->n_got);
  if (t->n_different > MOST_SHOWN) ottl__sbuf_printf(&t->test->detail, "... and %zu more\n", t->n_different - MOST_SHOWN);
  if (!m->counted) {
    ottl__test_failed(t, "%s expected, %s came out%s", expected, m->n_got ? came : "nothing",
                      t->refused ? ": the payload was refused" : "");
  } else if (t->n_different) {
    ottl__test_failed(t, "%zu of %s %s not as expected", t->n_different, came, t->n_different == 1 ? "is" : "are");
  }
}

static bool all_texts(const cfg_node *list) {
  CFG_EACH(list, item) {
    if (item->kind != CFG_STRING) return false;
  }
  return list->n > 0;
}

static void expect_word(matcher *m, const cfg_node *node) {
  test_run *t = m->t;
  if (view_is(node->text, "unchanged")) {
    m->rewrite = true;
    if (view_eq(sbuf_all(&t->in), sbuf_all(&t->out)) || !want_requests(m, sbuf_all(&t->in))) return;
    compare_all(m);
    if (t->result->outcome == OTTL_TEST_PASSED) ottl__test_failed(t, "the records are the same, but not byte for byte");
    return;
  }
  ottl_diag_item *d =
      CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "`expect` is a list of records or of conditions, or `unchanged`");
  sema_guess guess = ottl__guess(node->text);
  ottl__guess_try(&guess, "unchanged");
  if (guess.name) ottl__diag_help(d, "did you mean `unchanged`?");
}

/* Nothing is expected yet. */
static void show_output(matcher *m) {
  test_run *t = m->t;
  t->result->outcome = OTTL_TEST_OPEN;
  sbuf_str(&t->test->message, "it expects nothing: --update writes what came out");
  for (size_t i = 0; i < m->n_got && i < MOST_SHOWN; i++) {
    sbuf_str(&t->test->detail, "- ");
    ottl__test_put_record(t, &t->test->detail, m->got[i], 2);
    sbuf_byte(&t->test->detail, '\n');
  }
  if (!m->n_got) sbuf_str(&t->test->detail, "nothing came out\n");
  ottl__test_edit_expect(t, m->got, m->n_got);
}

void ottl__test_expect(test_run *t) {
  const cfg_node *expect = t->c->f[TEST_EXPECT];
  bool file = t->c->f[TEST_EXPECT_FILE] != NULL;
  if (expect && expect->kind == CFG_NULL) expect = NULL; /* to be filled in */
  matcher m = {.t = t, .rewrite = !file};
  rec **in;
  size_t n_in = 0;
  if (!records_of(t, sbuf_all(&t->out), &m.got, &m.n_got) || !records_of(t, sbuf_all(&t->in), &in, &n_in)) return;
  t->result->records_in = n_in;
  t->result->records_out = m.n_got;
  if (!expect && !file) {
    if (!t->c->f[TEST_ERRORS]) show_output(&m);
    return;
  }
  if (expect && expect->kind == CFG_STRING) {
    expect_word(&m, expect);
  } else if (expect && expect->kind == CFG_LIST && all_texts(expect)) {
    m.rewrite = false;
    ottl__test_conditions(t, expect, SIZE_MAX);
  } else {
    if (!(expect && expect->kind == CFG_LIST ? want_list(&m, expect) : want_payload(&m))) return;
    compare_all(&m);
  }
  /* Records that could be written one by one were. */
  if (t->result->outcome == OTTL_TEST_FAILED && m.rewrite && !t->c->n_edits) ottl__test_edit_expect(t, m.got, m.n_got);
}
