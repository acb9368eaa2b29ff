/* Changes of programs that know the language: statements, conditions and arguments are derived from the tables of functions and
 * paths (tests/unit/random_typed.h), mostly of the right types, or taken from elsewhere, so that most of what comes out compiles.
 * For targets whose input is that of ft_program_of: included once, it defines libFuzzer's custom mutator and cross-over. */
#ifndef OTTL_FUZZ_GRAMMAR_H
#define OTTL_FUZZ_GRAMMAR_H

#include "schema.h"
#include "target.h"

#include "../tests/unit/random_typed.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed);

typedef struct gm_input {
  uint8_t head[2];
  mu_buf text[6];
  size_t n;
  mu_buf payload;
} gm_input;

static inline gm_input gm_parse(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  gm_input g = {.head = {0}};
  g.head[0] = ft_byte(&in);
  g.head[1] = ft_byte(&in);
  do {
    ottl_view text = ft_text(&in);
    mu_set(&g.text[g.n++], text.data, text.len);
    free((void *)(uintptr_t)text.data);
  } while (in.len && *in.data && g.n < 6);
  if (in.len > 1) mu_set(&g.payload, in.data + 1, in.len - 1);
  return g;
}
static inline void gm_free(gm_input *g) {
  for (size_t i = 0; i < 6; i++) free(g->text[i].data);
  free(g->payload.data);
}
/* False: it does not fit. */
static inline bool gm_write(const gm_input *g, uint8_t *out, size_t max_size, size_t *ret) {
  mu_buf b = {0};
  mu_put(&b, g->head, 2);
  for (size_t i = 0; i < g->n; i++) {
    if (i) mu_put(&b, "", 1);
    mu_put(&b, g->text[i].data, g->text[i].len);
  }
  if (g->payload.len) {
    mu_put(&b, "\0", 2);
    mu_put(&b, g->payload.data, g->payload.len);
  }
  bool fits = b.len <= max_size;
  if (fits) memcpy(out, b.data, b.len);
  *ret = b.len;
  free(b.data);
  return fits;
}

/* ---- derived texts ---- */

static inline const rg_context *gm_context(const gm_input *g) {
  const ft_context *c = &ft_contexts[g->head[0] % FT_CONTEXTS];
  for (size_t i = 0; c->name && i < sizeof rg_contexts / sizeof *rg_contexts; i++)
    if (strcmp(rg_contexts[i].name, c->name) == 0) return &rg_contexts[i];
  return c->signal == OTTL_SIGNAL_TRACES    ? &rg_contexts[RG_SPAN]
         : c->signal == OTTL_SIGNAL_METRICS ? &rg_contexts[RG_METRIC]
                                            : &rg_contexts[RG_LOG];
}

typedef enum gm_kind { GM_TEXT, GM_VALUE, GM_CONDITION } gm_kind;

/* A statement, condition or value as the program's kind wants it, or a part of one. */
static inline void gm_derive(mu_buf *out, const gm_input *g, gm_kind kind, uint64_t *rng) {
  static const char types[] = "isdbmltua";
  char text[2 * RG_TEXT], where[RG_TEXT] = "";
  rnd r = {mu_next(rng)};
  rt t = {.g = {&r, gm_context(g), {text, 0, RG_TEXT}}};
  text[0] = 0;
  rt_focus(&t);
  ottl_kind program = (ottl_kind)(g->head[1] & 3);
  if (kind == GM_TEXT && program != OTTL_KIND_TRANSFORM) kind = program == OTTL_KIND_VALUES ? GM_VALUE : GM_CONDITION;
  if (kind == GM_VALUE) {
    rt_value(&t, types[rnd_below(&r, 9)], 2);
  } else if (kind == GM_CONDITION) {
    rt_condition(&t, 2);
  } else {
    rt_editor(&t);
    t.g.o = (rg_out){where, 0, RG_TEXT};
    if (rnd_in(&r, 50)) rt_condition(&t, 2);
  }
  mu_put(out, text, strlen(text));
  if (where[0]) mu_put(out, " where ", 7);
  mu_put(out, where, strlen(where));
}

/* ---- parts of a text ---- */

typedef struct gm_part {
  size_t at, len;
} gm_part;

/* Behind a string literal that begins at `at`. */
static inline size_t gm_string(const mu_buf *b, size_t at) {
  for (at++; at < b->len && b->data[at] != '"'; at++) at += b->data[at] == '\\';
  return at < b->len ? at + 1 : b->len;
}

/* An argument or member, somewhere: what lies between brackets and commas, with its own brackets closed. False: none. */
static inline bool gm_argument(const mu_buf *b, uint64_t *rng, gm_part *ret) {
  size_t begins[64], n = 0;
  for (size_t i = 0; i < b->len && n < 64; i++) {
    if (b->data[i] == '"') {
      i = gm_string(b, i) - 1;
    } else if (memchr("([{,", b->data[i], 4)) {
      begins[n++] = i + 1;
    }
  }
  if (!n) return false;
  size_t at = begins[mu_below(rng, n)], depth = 0;
  while (at < b->len && b->data[at] == ' ') at++;
  *ret = (gm_part){at, 0};
  for (size_t i = at; i < b->len; i++) {
    if (b->data[i] == '"') {
      i = gm_string(b, i) - 1;
    } else if (memchr("([{", b->data[i], 3)) {
      depth++;
    } else if (memchr(")]}", b->data[i], 3)) {
      if (depth-- == 0) break;
    } else if (b->data[i] == ',' && depth == 0) {
      break;
    }
    ret->len = i + 1 - at;
  }
  if (at + ret->len > b->len) ret->len = b->len - at;
  return true;
}

static inline size_t gm_where(const mu_buf *b) {
  for (size_t i = 0; i + 7 <= b->len; i++) {
    if (b->data[i] == '"') i = gm_string(b, i) - 1;
    if (i + 7 <= b->len && memcmp(b->data + i, " where ", 7) == 0) return i;
  }
  return b->len;
}

/* Another function in place of one: editors for editors, converters for converters. */
static inline void gm_swap_function(mu_buf *b, uint64_t *rng) {
  mu_tokens *t = malloc(sizeof *t);
  FZ_CHECK(t, "no memory");
  mu_cut(t, (const char *)b->data, b->len);
  for (unsigned tries = 0; tries < 30 && t->n > 1; tries++) {
    size_t k = mu_below(rng, t->n - 1);
    uint32_t old = ottl__function_find(t->item[k]);
    if (t->item[k + 1].data[0] != '(' || old >= ottl__n_functions) continue;
    const ottl_function *f = &ottl__functions[mu_below(rng, ottl__n_functions)];
    if (f->kind != ottl__functions[old].kind) continue;
    mu_splice(b, (size_t)(t->item[k].data - (const char *)b->data), t->item[k].len, f->name, strlen(f->name));
    break;
  }
  free(t);
}

static inline void gm_change_text(gm_input *g, size_t i, const gm_input *other, uint64_t *rng) {
  mu_buf *b = &g->text[i], fresh = {0};
  const mu_buf *from = &other->text[mu_below(rng, other->n)];
  gm_part part, theirs;
  switch (mu_below(rng, 10)) {
  case 0:
  case 1: /* a new one */
    gm_derive(&fresh, g, GM_TEXT, rng);
    mu_set(b, fresh.data, fresh.len);
    break;
  case 2:
  case 3:
  case 4: /* a new argument */
    if (!gm_argument(b, rng, &part)) break;
    gm_derive(&fresh, g, GM_VALUE, rng);
    mu_splice(b, part.at, part.len, fresh.data, fresh.len);
    break;
  case 5: /* an argument of another text */
    if (!gm_argument(from, rng, &theirs) || !gm_argument(b, rng, &part)) break;
    mu_put(&fresh, from->data + theirs.at, theirs.len);
    mu_splice(b, part.at, part.len, fresh.data, fresh.len);
    break;
  case 6: { /* another condition */
    size_t where = gm_where(b);
    if (mu_below(rng, 4)) {
      mu_put(&fresh, " where ", 7);
      gm_derive(&fresh, g, GM_CONDITION, rng);
    }
    mu_splice(b, where, b->len - where, fresh.data, fresh.len);
    break;
  }
  case 7: gm_swap_function(b, rng); break;
  default: /* tokens; the other text may be this one */
    mu_put(&fresh, from->data, from->len);
    if (b->len) mu_text(b, (ottl_view){(const char *)fresh.data, fresh.len}, rng);
  }
  free(fresh.data);
}

static inline void gm_change(gm_input *g, const gm_input *other, uint64_t *rng) {
  size_t what = mu_below(rng, 20), i = mu_below(rng, g->n);
  if (what < 3 && g->n < 6) { /* one more */
    gm_derive(&g->text[g->n], g, GM_TEXT, rng);
    g->n++;
  } else if (what == 3 && g->n > 1) { /* one less */
    free(g->text[i].data);
    memmove(&g->text[i], &g->text[i + 1], (g->n - i - 1) * sizeof *g->text);
    g->text[--g->n] = (mu_buf){0};
  } else if (what == 4) {
    g->head[mu_below(rng, 2)] = (uint8_t)mu_next(rng);
  } else if (what < 8) { /* the payload */
    ottl_signal signal = ft_contexts[g->head[0] % FT_CONTEXTS].signal;
    if (!g->payload.len) mu_set(&g->payload, ft_payload(signal)->data, ft_payload(signal)->len);
    sm_payload(&g->payload, signal, rng);
  } else {
    gm_change_text(g, i, other, rng);
  }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  uint64_t rng = seed;
  if (seed % 8 == 0 || size < 2) return LLVMFuzzerMutate(data, size, max_size);
  gm_input g = gm_parse(data, size);
  for (size_t k = 1 + mu_below(&rng, 3); k-- > 0;) gm_change(&g, &g, &rng);
  size_t n;
  bool fits = gm_write(&g, data, max_size, &n);
  gm_free(&g);
  return fits ? n : LLVMFuzzerMutate(data, size, max_size);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed) {
  uint64_t rng = seed;
  gm_input a = gm_parse(data1, size1), b = gm_parse(data2, size2);
  if (mu_below(&rng, 2)) {
    gm_change_text(&a, mu_below(&rng, a.n), &b, &rng);
  } else {
    for (size_t i = 0; i < b.n && a.n < 6; i++)
      if (mu_below(&rng, 2)) mu_put(&a.text[a.n++], b.text[i].data, b.text[i].len);
  }
  if (b.payload.len && mu_below(&rng, 3) == 0) mu_set(&a.payload, b.payload.data, b.payload.len);
  size_t n;
  bool fits = gm_write(&a, out, max_size, &n);
  gm_free(&a);
  gm_free(&b);
  return fits ? n : 0;
}

#endif
