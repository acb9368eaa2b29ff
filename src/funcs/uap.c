/* Choosing rules by the texts that the agent holds, and running them. */
#include "funcs/uap.h"

typedef struct uap_text {
  const char *data;
  uint8_t len, key; /* key: offset of the three bytes that it is found by */
} uap_text;

#include "../../third_party/uap-core/rules.inc"

enum {
  UAP_RULES = UAP_PROGRAMS + UAP_SYSTEMS,
  UAP_RULE_WORDS = (UAP_RULES + 63) / 64,
  UAP_TEXT_WORDS = (UAP_TEXTS + 63) / 64,
  UAP_FIELDS = 5, /* most: a system and four parts of its version */
  UAP_KEY_BYTES = 3
};
_Static_assert(OTTL_COUNT(uap_rules) == UAP_RULES && OTTL_COUNT(uap_more_heads) == UAP_RULES + 1, "rules");
_Static_assert(OTTL_COUNT(uap_texts) == UAP_TEXTS && OTTL_COUNT(uap_open_heads) == UAP_TEXTS + 1, "texts");
_Static_assert(OTTL_COUNT(uap_heads) == (1 << UAP_KEY_BITS) + 1, "keys");

typedef struct uap_rule {
  ottl_regex *re;                         /* NULL: not tried so far */
  ottl_regex_template *field[UAP_FIELDS]; /* NULL: the group of the field's number, from 1 */
} uap_rule;

struct ottl_uap {
  ottl_allocator al;
  uint64_t found[UAP_TEXT_WORDS], candidate[UAP_RULE_WORDS];
  size_t spans[2 * (UAP_GROUPS + 1)];
  ottl_sbuf name[2], version[2]; /* of the program and of the system */
  bool all;
  uap_rule rule[UAP_RULES];
};

static bool bit_get(const uint64_t *bits, size_t i) { return bits[i / 64] >> i % 64 & 1; }
static void bit_set(uint64_t *bits, size_t i) { bits[i / 64] |= (uint64_t)1 << i % 64; }

ottl_status ottl__uap_create(const ottl_allocator *al, ottl_uap **ret) {
  ottl_uap *u = al_zero(al, sizeof *u);
  if (!u) return OTTL_NOMEM;
  u->al = *al;
  for (unsigned i = 0; i < 2; i++) {
    ottl__sbuf_init(&u->name[i], al);
    ottl__sbuf_init(&u->version[i], al);
  }
  *ret = u;
  return OTTL_OK;
}

static void uap_rule_drop(uap_rule *r) {
  for (unsigned k = 0; k < UAP_FIELDS; k++) ottl__regex_template_free(r->field[k]);
  ottl__regex_free(r->re);
  *r = (uap_rule){0};
}

void ottl__uap_free(ottl_uap *u) {
  if (!u) return;
  for (unsigned i = 0; i < UAP_RULES; i++) uap_rule_drop(&u->rule[i]);
  for (unsigned i = 0; i < 2; i++) {
    ottl__sbuf_done(&u->name[i]);
    ottl__sbuf_done(&u->version[i]);
  }
  ottl_allocator al = u->al;
  al_free(&al, u, sizeof *u);
}

void ottl__uap_try_all(ottl_uap *u, bool all) { u->all = all; }

/* -- which rules -- */

static void uap_scan(ottl_uap *u, ottl_view agent) {
  memset(u->found, 0, sizeof u->found);
  memset(u->candidate, u->all ? 0xff : 0, sizeof u->candidate);
  for (size_t i = 0; i < OTTL_COUNT(uap_always); i++) bit_set(u->candidate, uap_always[i]);
  const uint8_t *s = (const uint8_t *)agent.data;
  uint32_t key = agent.len >= UAP_KEY_BYTES ? (uint32_t)s[0] << 8 | (uint32_t)s[1] << 16 : 0;
  for (size_t at = 0; at + UAP_KEY_BYTES <= agent.len; at++) {
    key = key >> 8 | (uint32_t)s[at + 2] << 16;
    uint32_t hash = key * UAP_KEY_FACTOR >> (32 - UAP_KEY_BITS);
    for (unsigned t = uap_heads[hash]; t < uap_heads[hash + 1]; t++) {
      const uap_text *text = &uap_texts[t];
      if (bit_get(u->found, t) || at < text->key || agent.len - (at - text->key) < text->len) continue;
      if (memcmp(s + at - text->key, text->data, text->len) != 0) continue;
      bit_set(u->found, t);
      for (unsigned k = uap_open_heads[t]; k < uap_open_heads[t + 1]; k++) bit_set(u->candidate, uap_opens[k]);
    }
  }
}

/* Has the agent a text of each of the rule's other clauses? */
static bool uap_holds(const ottl_uap *u, size_t rule) {
  if (u->all) return true;
  for (size_t at = uap_more_heads[rule]; at < uap_more_heads[rule + 1];) {
    size_t end = at + 1 + uap_more[at];
    bool any = false;
    for (at++; at < end; at++) any = any || bit_get(u->found, uap_more[at]);
    if (!any) return false;
  }
  return true;
}

/* -- a rule -- */

static ottl_status uap_rule_make(const ottl_allocator *al, const char *text, unsigned n_fields, uap_rule *r) {
  OTTL_TRY(ottl__regex_compile(al, view_str(text), &r->re, NULL));
  if (ottl__regex_groups(r->re) > UAP_GROUPS) return OTTL_INTERNAL;
  for (unsigned k = 0; k < n_fields; k++) {
    text += strlen(text) + 1;
    if (*text) OTTL_TRY(ottl__regex_template_create(al, r->re, view_str(text), &r->field[k]));
  }
  return OTTL_OK;
}

static void uap_field(const ottl_uap *u, const uap_rule *r, unsigned k, ottl_view agent, ottl_sbuf *out) {
  if (r->field[k]) {
    if (ottl__regex_expand(r->re, r->field[k], agent, u->spans, out) != OTTL_OK) out->failed = true;
    return;
  }
  if (k >= ottl__regex_groups(r->re)) return;
  const size_t *span = &u->spans[2 * (k + 1)];
  if (span[0] != SIZE_MAX) sbuf_put(out, agent.data + span[0], span[1] - span[0]);
}

/* Parts of a version, with dots before all but the first; those that are empty are left out with their dot. */
static void uap_version(const ottl_uap *u, const uap_rule *r, unsigned n_fields, ottl_view agent, ottl_sbuf *out) {
  out->len = 0;
  for (unsigned k = 1; k < n_fields; k++) {
    size_t before = out->len;
    if (k > 1) sbuf_byte(out, '.');
    size_t from = out->len;
    uap_field(u, r, k, agent, out);
    if (out->len == from) out->len = before;
  }
}

/* The first of n rules that matches and gives a name. One that matches without a name leaves its version, as in the reference. */
static ottl_status uap_list(ottl_uap *u, ottl_regex_context *cx, size_t first, size_t n, unsigned n_fields, ottl_view agent,
                            ottl_sbuf *name, ottl_sbuf *version) {
  name->len = version->len = 0;
  name->failed = version->failed = false;
  for (size_t i = first; i < first + n; i++) {
    if (!bit_get(u->candidate, i) || !uap_holds(u, i)) continue;
    uap_rule *r = &u->rule[i];
    bool hit = false;
    if (!r->re) {
      ottl_status status = uap_rule_make(&u->al, uap_rules[i], n_fields, r);
      if (status != OTTL_OK) uap_rule_drop(r);
      OTTL_TRY(status);
    }
    OTTL_TRY(ottl__regex_find(r->re, cx, agent, 0, u->spans, &hit));
    if (!hit) continue;
    uap_version(u, r, n_fields, agent, version);
    uap_field(u, r, 0, agent, name);
    if (name->failed || version->failed) return OTTL_NOMEM;
    if (name->len) return OTTL_OK;
  }
  sbuf_str(name, "Other");
  return sbuf_status(name);
}

ottl_status ottl__uap_parse(ottl_uap *u, ottl_regex_context *cx, ottl_view agent, uap_answer *ret) {
  uap_scan(u, agent);
  OTTL_TRY(uap_list(u, cx, 0, UAP_PROGRAMS, UAP_FIELDS - 1, agent, &u->name[0], &u->version[0]));
  OTTL_TRY(uap_list(u, cx, UAP_PROGRAMS, UAP_SYSTEMS, UAP_FIELDS, agent, &u->name[1], &u->version[1]));
  *ret = (uap_answer){sbuf_all(&u->name[0]), sbuf_all(&u->version[0]), sbuf_all(&u->name[1]), sbuf_all(&u->version[1])};
  return OTTL_OK;
}
