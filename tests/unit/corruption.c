/* Corrupted payloads, statements, JSON and frames by the thousand: no crash, no leak, no hang, nothing that cannot be read again.
 *
 * Deterministic. OTTL_CORRUPTION_N=100000: more of each (default 10,000); OTTL_CORRUPTION_FROM=17: begins at case 17;
 * OTTL_CORRUPTION_TRACE: prints each case's number before it runs; OTTL_CORRUPTION_SEED=2: other cases. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../fuzz/mutate.h"
#include "yyjson.h"

#define BUDGET      ((size_t)256 << 20) /* bytes that one program may take */
#define CPU_SECONDS 10.0                /* most for one case, with sanitizers on a busy machine */

static size_t from_env(const char *name, size_t otherwise) {
  const char *text = getenv(name);
  return text ? (size_t)strtoull(text, NULL, 10) : otherwise;
}

/* ---- seeds ---- */

typedef struct payload {
  char name[64];
  ottl_signal signal;
  uint8_t *wire;
  size_t len;
  char *json;
  size_t json_len;
} payload;

typedef struct text_case {
  ottl_kind kind;
  const char *context; /* in a document of `docs` */
  size_t fixture;
  ottl_view texts[8];
  size_t n;
} text_case;

static struct {
  payload payloads[128];
  size_t n_payloads;
  text_case *cases;
  size_t n_cases, cap_cases;
  yyjson_doc **docs;
  size_t n_docs, cap_docs;
} seeds;

static char *slurp(const char *path, size_t *ret_len) {
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  fseek(f, 0, SEEK_END);
  *ret_len = (size_t)ftell(f);
  rewind(f);
  char *text = malloc(*ret_len + 1);
  if (text && fread(text, 1, *ret_len, f) != *ret_len) fail_msg("cannot read %s", path);
  if (text) text[*ret_len] = 0;
  fclose(f);
  return text;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Names in a folder, sorted: the order of a directory is nobody's promise. */
static size_t list(const char *folder, char ***ret) {
  char **names = NULL;
  size_t n = 0;
  DIR *dir = opendir(folder);
  for (struct dirent *e; dir && (e = readdir(dir));) {
    if (e->d_name[0] == '.') continue;
    names = realloc(names, (n + 1) * sizeof *names);
    names[n++] = strdup(e->d_name);
  }
  if (dir) closedir(dir);
  if (n) qsort(names, n, sizeof *names, by_name);
  *ret = names;
  return n;
}
static void free_list(char **names, size_t n) {
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
}

/* A payload with many records, so that windows of 1024 rows are crossed. */
static void add_large(void) {
  payload *p = &seeds.payloads[seeds.n_payloads];
  mu_buf scope = {0}, all = {0};
  uint64_t rng = 7;
  for (size_t i = 0; i < 1100; i++) {
    uint8_t record[] = {0x12,
                        16,
                        0x10,
                        (uint8_t)(1 + mu_below(&rng, 20)),
                        0x2a,
                        3,
                        0x0a,
                        1,
                        (uint8_t)('a' + i % 20),
                        0x32,
                        7,
                        0x0a,
                        1,
                        (uint8_t)('a' + i % 3),
                        0x12,
                        2,
                        0x18,
                        1};
    mu_put(&scope, record, sizeof record);
  }
  mu_buf resource = {0};
  mu_put(&resource, "\x12", 1);
  mu_varint(&resource, scope.len, 0);
  mu_put(&resource, scope.data, scope.len);
  mu_put(&all, "\x0a", 1);
  mu_varint(&all, resource.len, 0);
  mu_put(&all, resource.data, resource.len);
  *p = (payload){.name = "large", .signal = OTTL_SIGNAL_LOGS, .wire = all.data, .len = all.len};
  seeds.n_payloads++;
  free(scope.data);
  free(resource.data);
}

static void load_payloads(void) {
  char **names;
  size_t n = list("tests/fixtures/otlp", &names);
  ottl_json *json = NULL;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (size_t i = 0; i < n && seeds.n_payloads < 120; i++) {
    char path[300];
    payload *p = &seeds.payloads[seeds.n_payloads];
    snprintf(path, sizeof path, "tests/fixtures/otlp/%s", names[i]);
    p->json = slurp(path, &p->json_len);
    if (!p->json) continue;
    p->signal = ottl_json_signal(p->json, p->json_len);
    const uint8_t *wire;
    if (p->signal == OTTL_SIGNAL_NONE || ottl_json_to_wire(json, p->signal, p->json, p->json_len, &wire, &p->len) != OTTL_OK) {
      free(p->json);
      continue;
    }
    p->wire = malloc(p->len + 1);
    memcpy(p->wire, wire, p->len);
    snprintf(p->name, sizeof p->name, "%.*s", (int)strcspn(names[i], "."), names[i]);
    seeds.n_payloads++;
  }
  ottl_json_free(json);
  free_list(names, n);
  assert_true(seeds.n_payloads > 20);
}

static ottl_view view_of_json(yyjson_val *v) { return (ottl_view){yyjson_get_str(v), yyjson_get_len(v)}; }

static void add_case(yyjson_doc *doc) {
  yyjson_val *root = yyjson_doc_get_root(doc);
  const char *mode = yyjson_get_str(yyjson_obj_get(root, "mode")), *fixture = yyjson_get_str(yyjson_obj_get(root, "fixture"));
  text_case c = {.kind = OTTL_KIND_VALUES, .context = yyjson_get_str(yyjson_obj_get(root, "context"))};
  if (!mode || !fixture || !c.context) goto out;
  if (!strcmp(mode, "condition")) c.kind = OTTL_KIND_CONDITIONS;
  if (!strcmp(mode, "statements")) {
    c.kind = OTTL_KIND_TRANSFORM;
    size_t i, n;
    yyjson_val *item;
    yyjson_arr_foreach(yyjson_obj_get(root, "statements"), i, n, item) {
      if (yyjson_is_str(item) && c.n < 8) c.texts[c.n++] = view_of_json(item);
    }
  } else if (yyjson_is_str(yyjson_obj_get(root, "expr"))) {
    c.texts[c.n++] = view_of_json(yyjson_obj_get(root, "expr"));
  }
  for (c.fixture = 0; c.fixture < seeds.n_payloads && strcmp(seeds.payloads[c.fixture].name, fixture); c.fixture++) {
  }
  if (!c.n || c.fixture == seeds.n_payloads) goto out;
  if (seeds.n_cases == seeds.cap_cases) {
    seeds.cap_cases = seeds.cap_cases * 2 + 1000;
    seeds.cases = realloc(seeds.cases, seeds.cap_cases * sizeof *seeds.cases);
    seeds.docs = realloc(seeds.docs, seeds.cap_cases * sizeof *seeds.docs);
  }
  seeds.docs[seeds.n_docs++] = doc;
  seeds.cases[seeds.n_cases++] = c;
  return;
out:
  yyjson_doc_free(doc);
}

static void load_cases(void) {
  static const char *const areas[] = {"contexts", "functions", "language"};
  for (size_t a = 0; a < 3; a++) {
    char folder[100], path[400], **names;
    snprintf(folder, sizeof folder, "tests/conformance/cases/%s", areas[a]);
    size_t n = list(folder, &names);
    for (size_t i = 0; i < n; i++) {
      snprintf(path, sizeof path, "%s/%s", folder, names[i]);
      size_t len;
      char *text = slurp(path, &len);
      if (!text) continue;
      for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        if (!end) break;
        yyjson_doc *doc = yyjson_read(line, (size_t)(end - line), YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_INVALID_UNICODE);
        if (doc) add_case(doc);
      }
      free(text);
    }
    free_list(names, n);
  }
  assert_true(seeds.n_cases > 1000);
}

static int load(void **state) {
  (void)state;
  load_payloads();
  load_cases();
  add_large();
  return 0;
}

static int unload(void **state) {
  (void)state;
  for (size_t i = 0; i < seeds.n_payloads; i++) {
    free(seeds.payloads[i].wire);
    free(seeds.payloads[i].json);
  }
  for (size_t i = 0; i < seeds.n_docs; i++) yyjson_doc_free(seeds.docs[i]);
  free(seeds.docs);
  free(seeds.cases);
  return 0;
}

/* ---- one case after another ---- */

typedef void corrupt_one(uint64_t *rng);

static size_t outcomes[OTTL_INTERNAL + 1]; /* by status: a test that only ever sees refusals tests little */

static void many(corrupt_one *one, size_t share) {
  size_t n = from_env("OTTL_CORRUPTION_N", 10000) / share, from = from_env("OTTL_CORRUPTION_FROM", 0);
  uint64_t seed = from_env("OTTL_CORRUPTION_SEED", 1);
  double worst = 0;
  memset(outcomes, 0, sizeof outcomes);
  for (size_t i = from; i < n; i++) {
    uint64_t rng = seed * 1000003 + i;
    (void)mu_next(&rng);
    if (getenv("OTTL_CORRUPTION_TRACE")) fprintf(stderr, "case %zu\n", i);
    double begin = fz_cpu();
    one(&rng);
    double seconds = fz_cpu() - begin;
    if (seconds > worst) worst = seconds;
    if (seconds > 1.0) fprintf(stderr, "case %zu took %.2f s\n", i, seconds);
    if (seconds > CPU_SECONDS) fail_msg("case %zu took %.1f s", i, seconds);
  }
  print_message("%zu cases, slowest %.3f s:", n, worst);
  for (int i = 0; i <= OTTL_INTERNAL; i++) {
    if (outcomes[i]) print_message(" %s %zu", ottl_status_name((ottl_status)i), outcomes[i]);
  }
  print_message("\n");
}

static const payload *any_payload(uint64_t *rng) {
  for (;;) {
    const payload *p = &seeds.payloads[mu_below(rng, seeds.n_payloads)];
    if (p->len < 10000 || mu_below(rng, 10) == 0) return p; /* large ones now and then */
  }
}

static const uint32_t slices[] = {0, 1, 3, 64};

static void check_payload(size_t i, const mu_buf *b, uint64_t *rng) {
  const fz_program *p = &fz_programs[i];
  ottl_error_mode mode = mu_below(rng, 8) ? OTTL_ERROR_IGNORE : (ottl_error_mode)mu_below(rng, 3);
  fz_memory memory = fz_memory_of(mu_next(rng), BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  fz_output a = fz_run(fz_get(i, false, mode), &al, 0, b->data, b->len);
  outcomes[a.status]++;
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  FZ_CHECK(a.status != OTTL_NOMEM || memory.refused, "out of memory at %zu bytes", memory.peak);
  FZ_CHECK(memory.peak < ((size_t)4 << 20) + 3000 * b->len, "program %zu: %zu bytes for a payload of %zu", i, memory.peak,
           b->len);
  fz_expect(&a, p->kind, b->data, b->len);
  fz_reopen(&a, p->signal);
  if (i < FZ_READERS && a.status == OTTL_OK && !fz_flattens(strlen(p->text[0])))
    FZ_CHECK(a.result.unchanged, "nothing was written, but something changed");
  fz_output c = fz_run(fz_get(i, false, mode), NULL, slices[mu_below(rng, 4)], b->data, b->len);
  fz_agree(&a, &c, "slices");
  fz_output_free(&c);
  if (mu_below(rng, 2)) {
    c = fz_run(fz_get(i, true, mode), NULL, 0, b->data, b->len);
    fz_agree(&a, &c, "row order");
    fz_output_free(&c);
  }
  if (mu_below(rng, 4) == 0) fz_check_strict(fz_get(i, false, mode), &a, NULL, b->data, b->len);
  fz_output_free(&a);
}

static void corrupt_payload(uint64_t *rng) {
  const payload *seed = any_payload(rng);
  mu_buf b = {0};
  mu_set(&b, seed->wire, seed->len);
  mu_payload(&b, rng);
  for (size_t tries = 0; tries < 2;) {
    size_t i = mu_below(rng, FZ_PROGRAMS);
    if (fz_programs[i].signal != seed->signal && mu_below(rng, 40)) continue; /* now and then a payload of another signal */
    check_payload(i, &b, rng);
    tries++;
  }
  free(b.data);
}

static void write_nothing(void *context, const char *data, size_t len) {
  (void)data;
  *(size_t *)context += len;
}

static void check_text(const text_case *c, const ottl_view *texts, size_t n, uint64_t *rng) {
  const payload *p = &seeds.payloads[c->fixture];
  fz_memory memory = fz_memory_of(mu_next(rng), BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_kind kind = c->kind == OTTL_KIND_CONDITIONS && mu_below(rng, 2) ? OTTL_KIND_FILTER : c->kind;
  ottl_error_mode mode = (ottl_error_mode)mu_below(rng, 3);
  ottl_status status = fz_compile(&al, p->signal, kind, mu_below(rng, 6) ? c->context : NULL, texts, n, mode,
                                  mu_below(rng, 4) == 0, &program, &diags);
  outcomes[status]++;
  FZ_CHECK((status == OTTL_OK) == (program != NULL), "%s with program %d", ottl_status_name(status), program != NULL);
  FZ_CHECK(status == OTTL_OK || status == OTTL_COMPILE || status == OTTL_UNSUPPORTED || status == OTTL_LIMIT ||
               status == OTTL_NOMEM,
           "compiling: %s", ottl_status_name(status));
  FZ_CHECK(status != OTTL_NOMEM || memory.refused, "out of memory at %zu bytes", memory.peak);
  if (status == OTTL_COMPILE) FZ_CHECK(ottl_diags_errors(diags) > 0 || memory.refused, "refused without a word");
  for (int format = OTTL_DIAGS_TEXT; diags && format <= OTTL_DIAGS_JSON; format++) {
    size_t bytes = 0;
    status = ottl_diags_render(diags, (ottl_diags_format)format, false, write_nothing, &bytes);
    FZ_CHECK(status == OTTL_OK || memory.refused, "rendering: %s", ottl_status_name(status));
  }
  ottl_diags_free(diags);
  if (program) {
    fz_output o = fz_run(program, &al, slices[mu_below(rng, 4)], p->wire, p->len);
    FZ_CHECK(o.status != OTTL_NOMEM || memory.refused, "out of memory at %zu bytes", memory.peak);
    fz_expect(&o, kind, p->wire, p->len);
    fz_reopen(&o, p->signal);
    fz_output_free(&o);
  }
  ottl_program_free(program);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
}

static void corrupt_text(uint64_t *rng) {
  const text_case *c = &seeds.cases[mu_below(rng, seeds.n_cases)], *other = &seeds.cases[mu_below(rng, seeds.n_cases)];
  ottl_view texts[8];
  mu_buf b = {0};
  size_t k = mu_below(rng, c->n);
  memcpy(texts, c->texts, sizeof texts);
  mu_set(&b, texts[k].data, texts[k].len);
  mu_text(&b, other->texts[0], rng);
  /* A block of its exact size, so that sanitizers see a byte too far. */
  char *exact = malloc(b.len ? b.len : 1);
  if (b.len) memcpy(exact, b.data, b.len);
  texts[k] = (ottl_view){exact, b.len};
  if (getenv("OTTL_CORRUPTION_TRACE")) fprintf(stderr, "%s: %.*s\n", c->context, (int)(b.len < 2000 ? b.len : 2000), exact);
  check_text(c, texts, c->n, rng);
  if (mu_below(rng, 10) == 0) { /* as a file too */
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    ottl_status status = ottl_program_compile_text(exact, b.len, "a.ottl", OTTL_ERROR_IGNORE, NULL, &program, &diags);
    FZ_CHECK((status == OTTL_OK) == (program != NULL), "%s", ottl_status_name(status));
    ottl_program_free(program);
    ottl_diags_free(diags);
  }
  free(exact);
  free(b.data);
}

static void corrupt_json(uint64_t *rng) {
  const payload *seed = any_payload(rng);
  if (!seed->json) return;
  mu_buf b = {0};
  const uint8_t *wire;
  const char *text;
  size_t len, text_len, offset;
  mu_set(&b, seed->json, seed->json_len);
  mu_text(&b, (ottl_view){seed->json, seed->json_len}, rng);
  char *exact = malloc(b.len ? b.len : 1);
  if (b.len) memcpy(exact, b.data, b.len);
  fz_memory memory = fz_memory_of(mu_next(rng), BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_json *json = NULL;
  ottl_status status = ottl_json_create(&al, &json);
  (void)ottl_json_signal(exact, b.len);
  if (status == OTTL_OK) status = ottl_json_to_wire(json, seed->signal, exact, b.len, &wire, &len);
  outcomes[status]++;
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT || status == OTTL_NOMEM, "%s",
           ottl_status_name(status));
  FZ_CHECK(status != OTTL_NOMEM || memory.refused, "out of memory at %zu bytes", memory.peak);
  if (status == OTTL_DATA) FZ_CHECK(ottl_json_error(json, &offset)[0] && offset <= b.len, "no reason");
  if (status == OTTL_OK) { /* there and back is the same */
    mu_buf first = {0};
    mu_set(&first, wire, len);
    status = ottl_json_from_wire(json, seed->signal, first.data, first.len, &text, &text_len);
    FZ_CHECK(status == OTTL_OK || memory.refused || status == OTTL_LIMIT, "back: %s", ottl_status_name(status));
    if (status == OTTL_OK) {
      mu_set(&b, text, text_len);
      status = ottl_json_to_wire(json, seed->signal, (const char *)b.data, b.len, &wire, &len);
      FZ_CHECK(status == OTTL_OK || memory.refused, "there again: %s at %s", ottl_status_name(status),
               ottl_json_error(json, NULL));
    }
    free(first.data);
  }
  ottl_json_free(json);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  free(exact);
  free(b.data);
}

static void corrupt_wire_to_json(uint64_t *rng) {
  const payload *seed = any_payload(rng);
  mu_buf b = {0};
  const uint8_t *wire;
  const char *text;
  size_t len, text_len;
  mu_set(&b, seed->wire, seed->len);
  mu_payload(&b, rng);
  ottl_json *json = NULL;
  FZ_CHECK(ottl_json_create(NULL, &json) == OTTL_OK, "no memory");
  ottl_status status = ottl_json_from_wire(json, seed->signal, b.data, b.len, &text, &text_len);
  outcomes[status]++;
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT, "%s", ottl_status_name(status));
  if (status == OTTL_OK) {
    mu_set(&b, text, text_len);
    status = ottl_json_to_wire(json, seed->signal, (const char *)b.data, b.len, &wire, &len);
    FZ_CHECK(status == OTTL_OK, "its own text is refused: %s", ottl_json_error(json, NULL));
  }
  ottl_json_free(json);
  free(b.data);
}

static void corrupt_frames(uint64_t *rng) {
  mu_buf stream = {0};
  ottl_framing framing = (ottl_framing)(1 + mu_below(rng, 5));
  for (size_t i = 0, n = 1 + mu_below(rng, 3); i < n; i++) {
    const payload *p = any_payload(rng);
    bool as_json = framing >= OTTL_FRAMING_JSON && p->json;
    const void *message = as_json ? (const void *)p->json : p->wire;
    size_t len = as_json ? p->json_len : p->len;
    ottl_frame_edges edges;
    if (ottl_frame_edges_of(framing, 0, message, len, &edges) != OTTL_OK) continue;
    mu_put(&stream, edges.before, edges.n_before);
    mu_put(&stream, message, len);
    mu_put(&stream, edges.after, edges.n_after);
  }
  mu_bytes(&stream, rng);
  if (mu_below(rng, 2)) mu_payload(&stream, rng);
  fz_memory memory = {.budget = BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  ottl_frame_reader *reader = NULL;
  if (mu_below(rng, 2)) framing = mu_below(rng, 2) ? OTTL_FRAMING_AUTO : (ottl_framing)mu_below(rng, 6);
  FZ_CHECK(ottl_frame_reader_create(&al, framing, mu_below(rng, 3) ? 0 : 1 + mu_below(rng, 5000), &reader) == OTTL_OK,
           "no memory");
  ottl_status status = OTTL_OK;
  size_t messages = 0, bytes = 0, largest = 1 + mu_below(rng, mu_below(rng, 2) ? 20 : 20000);
  for (size_t at = 0, n; status == OTTL_OK; at += n) {
    n = at < stream.len ? 1 + mu_below(rng, largest) : 0;
    if (n > stream.len - at) n = stream.len - at;
    status = ottl_frame_reader_push(reader, stream.data + at, n);
    for (bool found = true; status == OTTL_OK && found;) {
      ottl_view message = {NULL, 0};
      status = ottl_frame_reader_next(reader, &found, &message);
      if (status == OTTL_OK && found) {
        FZ_CHECK(++messages <= stream.len + 1, "more messages than bytes");
        bytes += message.len;
        (void)ottl_message_encoding(message.data, message.len);
      }
    }
    if (!n) break;
  }
  outcomes[status]++;
  FZ_CHECK(bytes <= stream.len, "more bytes out than in");
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT, "%s", ottl_status_name(status));
  if (status != OTTL_OK) FZ_CHECK(ottl_frame_reader_error(reader, NULL)[0], "no reason");
  FZ_CHECK(memory.peak <= 8 * stream.len + ((size_t)1 << 20), "%zu bytes for a stream of %zu", memory.peak, stream.len);
  ottl_frame_reader_free(reader);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  free(stream.data);
}

static void payloads(void **state) {
  (void)state;
  many(corrupt_payload, 1);
}
static void texts_of_the_language(void **state) {
  (void)state;
  many(corrupt_text, 1);
}
static void json(void **state) {
  (void)state;
  many(corrupt_json, 5);
}
static void wire_to_json(void **state) {
  (void)state;
  many(corrupt_wire_to_json, 5);
}
static void frames(void **state) {
  (void)state;
  many(corrupt_frames, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(payloads), cmocka_unit_test(texts_of_the_language), cmocka_unit_test(json), cmocka_unit_test(wire_to_json),
      cmocka_unit_test(frames),
  };
  const char *only = getenv("OTTL_CORRUPTION_ONLY");
  if (only) cmocka_set_test_filter(only);
  return cmocka_run_group_tests_name("corruption", tests, load, unload);
}
