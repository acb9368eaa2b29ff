/* Scratch memory of handlers. The pattern cache has one slot for each hash value: patterns from data are few or hopeless. */
#include "funcs/scratch.h"

#include "base/limits.h"
#include "base/map.h"
#include "funcs/grok.h"
#include "funcs/uap.h"

ottl_status ottl__scratch_create(const ottl_allocator *al, ottl_scratch **ret) {
  ottl_allocator a = ottl__alloc_or_default(al);
  ottl_scratch *s = al_zero(&a, sizeof *s);
  if (!s) return OTTL_NOMEM;
  s->al = ottl__recycler_init(&s->kept, &a);
  s->made_left = OTTL_MAX_MADE_BYTES;
  ottl__sbuf_init(&s->text, &a);
  ottl__sbuf_init(&s->text2, &a);
  ottl__arena_init(&s->arena, &a, 0);
  ottl_status status = ottl__regex_context_create(&a, &s->regex);
  if (status != OTTL_OK) {
    ottl__scratch_free(s);
    return status;
  }
  *ret = s;
  return OTTL_OK;
}

static void scratch_drop(ottl_scratch *s, scratch_pattern *p) {
  ottl__regex_template_free(p->tmpl);
  ottl__regex_free(p->re);
  al_free(&s->al, p->text, p->cap);
  *p = (scratch_pattern){0};
}

void ottl__scratch_free(ottl_scratch *s) {
  if (!s) return;
  for (size_t i = 0; i < OTTL_PATTERN_SLOTS; i++) scratch_drop(s, &s->patterns[i]);
  for (size_t i = 0; i < OTTL_GROK_SLOTS; i++) ottl__grok_drop(s, &s->grok[i]);
  ottl__uap_free(s->uap);
  ottl__regex_context_free(s->regex);
  al_free(&s->al, s->spans, s->n_spans * sizeof *s->spans);
  al_free(&s->al, s->stack, s->cap_stack);
  al_free(&s->al, s->open, s->cap_open);
  al_free(&s->al, s->decided, s->n_decided * sizeof *s->decided);
  al_free(&s->al, s->renamed, s->n_renamed * sizeof *s->renamed);
  al_free(&s->al, s->places, s->n_places * sizeof *s->places);
  ottl__sbuf_done(&s->text);
  ottl__sbuf_done(&s->text2);
  ottl__arena_done(&s->arena);
  ottl__recycler_done(&s->kept);
  ottl_allocator al = s->kept.under;
  al_free(&al, s, sizeof *s);
}

void ottl__scratch_reset(ottl_scratch *s, size_t payload_bytes) {
  s->made_left = OTTL_MAX_MADE_BYTES + 64 * (uint64_t)payload_bytes;
  sbuf_clear(&s->text);
  sbuf_clear(&s->text2);
  ottl__arena_reset(&s->arena);
  s->random = s->seed;
  if (s->seed) s->last_uuid = 0;
}

void ottl__scratch_seed(ottl_scratch *s, uint64_t seed) { s->seed = s->random = seed; }

ottl_status ottl__scratch_pattern(ottl_scratch *s, ottl_view pattern, scratch_pattern **ret) {
  scratch_pattern *p = &s->patterns[ottl__hash_bytes(pattern.data, pattern.len) & (OTTL_PATTERN_SLOTS - 1)];
  if (p->text && view_eq((ottl_view){p->text, p->text_len}, pattern)) {
    *ret = p;
    return OTTL_OK;
  }
  scratch_drop(s, p);
  ottl_regex *re = NULL;
  ottl_status status = ottl__regex_compile(&s->al, pattern, &re, NULL);
  if (status == OTTL_NOMEM) return status;
  size_t cap = pattern.len + 1;
  p->text = al_new(&s->al, cap);
  if (!p->text) {
    if (status == OTTL_OK) ottl__regex_free(re);
    return OTTL_NOMEM;
  }
  if (pattern.len) memcpy(p->text, pattern.data, pattern.len);
  p->text_len = pattern.len;
  p->cap = cap;
  p->re = status == OTTL_OK ? re : NULL;
  *ret = p;
  return OTTL_OK;
}

ottl_status ottl__scratch_template(ottl_scratch *s, scratch_pattern *p, ottl_view replacement) {
  if (p->tmpl && view_eq((ottl_view){p->text + p->text_len, p->replacement_len}, replacement)) return OTTL_OK;
  ottl__regex_template_free(p->tmpl);
  p->tmpl = NULL;
  OTTL_TRY(ottl__al_reserve(&s->al, &p->text, &p->cap, p->text_len + replacement.len, 1));
  if (replacement.len) memcpy(p->text + p->text_len, replacement.data, replacement.len);
  p->replacement_len = replacement.len;
  return ottl__regex_template_create(&s->al, p->re, replacement, &p->tmpl);
}

ottl_status ottl__scratch_spans(ottl_scratch *s, const ottl_regex *re) {
  size_t need = 2 * ((size_t)ottl__regex_groups(re) + 1);
  return need <= s->n_spans ? OTTL_OK : ottl__al_reserve(&s->al, &s->spans, &s->n_spans, need, sizeof *s->spans);
}
