/* Any bytes as a payload: what a program does not write stays byte for byte. One field of each record is written; with that field
 * taken out, and all lengths written anew, what came in and what goes out are the same. The first byte says which program. */
#include "schema.h"
#include "target.h"

typedef struct splice_case {
  fz_program program;
  uint8_t path[6]; /* field numbers down to what is written; 0: the end */
  const char *key; /* not NULL: entries of the attributes there with this key */
} splice_case;

#define S(signal, context, text)                                                                                                 \
  {                                                                                                                              \
    OTTL_SIGNAL_##signal, OTTL_KIND_TRANSFORM, context, { text }                                                                 \
  }
static const splice_case cases[] = {
    {S(LOGS, "log", "set(log.severity_text, \"written\")"), {1, 2, 2, 3}, NULL},
    {S(LOGS, "log", "set(log.body, \"written\")"), {1, 2, 2, 5}, NULL},
    {S(LOGS, "log", "set(log.severity_number, 21) where log.flags != 1"), {1, 2, 2, 2}, NULL},
    {S(LOGS, "log", "set(log.attributes[\"written\"], 7)"), {1, 2, 2, 6}, "written"},
    {S(LOGS, "scope", "set(scope.version, \"written\")"), {1, 2, 1, 2}, NULL},
    {S(LOGS, "resource", "set(resource.schema_url, \"written\")"), {1, 3}, NULL},
    {S(TRACES, "span", "set(span.name, \"written\")"), {1, 2, 2, 5}, NULL},
    {S(TRACES, "span", "set(span.attributes[\"written\"], \"v\")"), {1, 2, 2, 9}, "written"},
    {S(TRACES, "span", "set(span.trace_state, \"written=1\")"), {1, 2, 2, 3}, NULL},
    {S(TRACES, "spanevent", "set(spanevent.name, \"written\")"), {1, 2, 2, 11, 2}, NULL},
    {S(METRICS, "metric", "set(metric.unit, \"written\")"), {1, 2, 2, 3}, NULL},
    {S(METRICS, "metric", "set(metric.description, metric.name)"), {1, 2, 2, 2}, NULL},
    {S(METRICS, "scope", "set(scope.name, \"written\")"), {1, 2, 1, 1}, NULL},
};
#define CASES (sizeof cases / sizeof *cases)

static bool has_key(const uint8_t *p, size_t len, const char *key) {
  uint64_t tag;
  size_t body;
  for (size_t at = 0, n; at < len; at += n) {
    if (!(n = mu_field(p + at, len - at, &tag, &body))) return false;
    if (tag == (1 << 3 | 2) && body == strlen(key) && memcmp(p + at + n - body, key, body) == 0) return true;
  }
  return false;
}

/* Of what may come once the last counts, the others go when the message is written. False: messages that would be one. */
static bool keep(mu_buf lists[64], const sm_message *m, uint64_t number, const void *data, size_t len) {
  const sm_field *f = sm_find(m, number);
  mu_buf *list = &lists[number % 64];
  for (unsigned i = 0; f && f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && i < m->n_fields; i++) {
    const sm_field *other = &m->fields[i];
    bool same = other != f && other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && other->quantifier_offset == f->quantifier_offset;
    if (same) lists[other->id % 64].len = 0;
  }
  if (f && f->label != PROTOBUF_C_LABEL_REPEATED && list->len) {
    if (f->type == PROTOBUF_C_TYPE_MESSAGE) return false;
    list->len = 0;
  }
  mu_put(list, data, len);
  return true;
}

/* The message without what the path leads to, its fields by their numbers: a message that is written may be put in order. One that has
 * nothing left, and one that was never there, count the same. False: it is more than this can read. */
static bool strip(mu_buf *out, const uint8_t *p, size_t len, const sm_message *m, const uint8_t *path, const char *key) {
  static const uint8_t nowhere[2] = {0};
  mu_buf lists[64] = {{0}};
  uint64_t tag;
  size_t body, at = 0;
  for (size_t n; at < len; at += n) {
    n = mu_field(p + at, len - at, &tag, &body);
    if (!n || tag >> 3 >= 64) break;
    const uint8_t *value = p + at + n - body;
    bool here = tag >> 3 == path[0];
    if (here && !path[1] && (!key || ((tag & 7) == 2 && has_key(value, body, key)))) continue;
    const sm_field *f = sm_find(m, tag >> 3);
    bool message = f && f->type == PROTOBUF_C_TYPE_MESSAGE && (tag & 7) == 2;
    here &= path[1] != 0;
    if (here && !message) break;
    if (!message) {
      if (!keep(lists, m, tag >> 3, p + at, n)) break;
      continue;
    }
    mu_buf inner = {0}, head = {0};
    bool read = strip(&inner, value, body, f->descriptor, here ? path + 1 : nowhere, key);
    mu_varint(&head, tag, 0);
    mu_varint(&head, inner.len, 0);
    mu_put(&head, inner.data, inner.len);
    if (read && (!here || inner.len || path[2])) read = keep(lists, m, tag >> 3, head.data, head.len);
    free(inner.data);
    free(head.data);
    if (!read) break;
  }
  for (size_t i = 0; i < 64; i++) {
    mu_put(out, lists[i].data, lists[i].len);
    free(lists[i].data);
  }
  return at == len;
}

static const ottl_program *compiled(size_t i) {
  static ottl_program *kept[CASES];
  const fz_program *p = &cases[i].program;
  ottl_snippet text = {.text = p->text[0], .len = strlen(p->text[0])};
  ottl_group group = {.struct_size = sizeof group,
                      .context = p->context,
                      .error_mode = OTTL_ERROR_IGNORE,
                      .statements = &text,
                      .n_statements = 1};
  if (!kept[i]) FZ_CHECK(ottl_program_compile(&group, 1, NULL, &kept[i], NULL) == OTTL_OK, "%s", p->text[0]);
  return kept[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  const splice_case *c = &cases[ft_byte(&in) % CASES];
  fz_memory memory = {.budget = FT_BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  fz_output o = fz_run(compiled((size_t)(c - cases)), &al, 0, in.data, in.len);
  fz_expect(&o, OTTL_KIND_TRANSFORM, in.data, in.len);
  fz_reopen(&o, c->program.signal);
  mu_buf before = {0}, after = {0};
  const sm_message *root = ottl__json_root((int)c->program.signal);
  if (o.status == OTTL_OK && o.result.rows_failed == 0 && strip(&before, in.data, in.len, root, c->path, c->key)) {
    FZ_CHECK(strip(&after, o.data, o.len, root, c->path, c->key), "the output is more than the input");
    FZ_CHECK(before.len == after.len && (before.len == 0 || memcmp(before.data, after.data, before.len) == 0),
             "%s: other bytes changed, too (%zu, %zu)", c->program.text[0], before.len, after.len);
  }
  free(before.data);
  free(after.data);
  fz_output_free(&o);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  return 0;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 8 == 0 || size < 1) return LLVMFuzzerMutate(data, size, max_size);
  uint64_t rng = seed;
  if (mu_below(&rng, 8) == 0) data[0] = (uint8_t)mu_next(&rng);
  ottl_signal signal = cases[data[0] % CASES].program.signal;
  const mu_buf *fixed = ft_payload(signal);
  mu_buf b = {0};
  mu_put(&b, data + 1, size - 1);
  if (b.len < 2) mu_set(&b, fixed->data, fixed->len);
  sm_payload(&b, signal, &rng);
  bool fits = b.len + 1 <= max_size;
  if (fits && b.len) memcpy(data + 1, b.data, b.len);
  size = fits ? b.len + 1 : size;
  free(b.data);
  return size;
}
