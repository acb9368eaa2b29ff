/* Hot reload: a host swaps the program while threads run batches. Every batch is run once, whole, by one program, which is none that was
 * replaced before the batch was taken. The host's part is what docs/security.md recommends: programs with a count of users, each thread's
 * exec made anew when the current program is another one. OTTL_RELOAD_BATCHES=100000 is a long run; ThreadSanitizer may watch. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

enum { N_THREADS = 4, N_RECORDS = 60, EACH = 50 /* batches for each program, about */ };

/* ---- the host ---- */

typedef struct shared_program {
  ottl_program *program;
  uint64_t version;
  atomic_uint users; /* execs, and the host as long as it is current */
} shared_program;

typedef struct host {
  pthread_mutex_t lock; /* of `current` and of taking batches */
  shared_program *current;
  uint64_t next, n_batches;
  uint64_t allowed; /* batches before the next swap, so that a machine that is busy swaps as often as others */
  pthread_cond_t change;
  atomic_ulong freed; /* programs */
  /* By batch, written by the thread that took it: */
  uint32_t *runs, *version_taken, *version_done, *version_seen;
} host;

static shared_program *program_of(uint64_t version) {
  char text[400];
  snprintf(text, sizeof text,
           "set(log.attributes[\"first\"], %llu)\nreplace_pattern(log.body, \"secret \\\\d+\", \"***\")\n"
           "set(log.attributes[\"last\"], %llu) where IsMatch(log.body, \"^batch\")\nset(resource.attributes[\"v%llu\"], true)",
           (unsigned long long)version, (unsigned long long)version, (unsigned long long)(version % 3));
  shared_program *s = calloc(1, sizeof *s);
  ottl_status status =
      s ? ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, NULL, &s->program, NULL) : OTTL_NOMEM;
  if (status != OTTL_OK) abort();
  s->version = version;
  atomic_init(&s->users, 1);
  return s;
}

static void release(host *h, shared_program *s) {
  if (atomic_fetch_sub(&s->users, 1) != 1) return;
  ottl_program_free(s->program);
  free(s);
  atomic_fetch_add(&h->freed, 1);
}

/* The next batch and the program for it; false: there is none left. Keeps the one in hand if it is still current. */
static bool take(host *h, uint64_t *ret_batch, shared_program **mine, ottl_exec **exec) {
  pthread_mutex_lock(&h->lock);
  while (h->next >= h->allowed && h->next < h->n_batches) pthread_cond_wait(&h->change, &h->lock);
  bool there = h->next < h->n_batches;
  shared_program *now = h->current;
  bool other = there && now != *mine;
  if (other) atomic_fetch_add(&now->users, 1);
  if (there) *ret_batch = h->next++;
  pthread_cond_broadcast(&h->change);
  pthread_mutex_unlock(&h->lock);
  if (!other) return there;
  ottl_exec_free(*exec);
  if (*mine) release(h, *mine);
  *mine = now;
  *exec = NULL;
  if (ottl_exec_create(now->program, NULL, exec) != OTTL_OK) abort();
  return true;
}

static void swap(host *h, uint64_t version) {
  shared_program *made = program_of(version); /* outside the lock: compiling takes its time */
  pthread_mutex_lock(&h->lock);
  shared_program *old = h->current;
  h->current = made;
  pthread_mutex_unlock(&h->lock);
  release(h, old);
}

/* ---- batches ---- */

/* One log record a line of bytes: number of the batch in the body. Wire form by hand: it is small. */
static size_t put_len(uint8_t *out, uint8_t tag, const uint8_t *body, size_t len) {
  size_t n = 0;
  out[n++] = tag;
  size_t v = len;
  for (; v > 0x7f; v >>= 7) out[n++] = (uint8_t)(v | 0x80);
  out[n++] = (uint8_t)v;
  memmove(out + n, body, len);
  return n + len;
}

static size_t batch_of(uint64_t number, uint8_t *out) {
  static _Thread_local uint8_t records[N_RECORDS * 100], scope[N_RECORDS * 100 + 10];
  size_t len = 0;
  for (unsigned i = 0; i < N_RECORDS; i++) {
    char body[64];
    uint8_t any[80], record[90];
    int n = snprintf(body, sizeof body, "batch %llu secret %u", (unsigned long long)number, i);
    size_t text = put_len(any, 0x0a, (const uint8_t *)body, (size_t)n);
    size_t value = put_len(record, 0x2a, any, text);
    len += put_len(records + len, 0x12, record, value);
  }
  size_t inner = put_len(scope, 0x12, records, len);
  return put_len(out, 0x0a, scope, inner);
}

/* How often a text is in the bytes. */
static unsigned count(const uint8_t *data, size_t len, const char *text) {
  unsigned n = 0;
  size_t size = strlen(text);
  for (size_t i = 0; i + size <= len; i++) n += memcmp(data + i, text, size) == 0;
  return n;
}

/* The value of the first attribute with this key of one letter after another; the same in all records, or UINT32_MAX. */
static uint32_t attribute(const uint8_t *data, size_t len, const char *key) {
  uint32_t found = UINT32_MAX;
  size_t size = strlen(key);
  unsigned n = 0;
  for (size_t i = 0; i + size + 5 < len; i++) {
    if (memcmp(data + i, key, size) != 0) continue;
    const uint8_t *p = data + i + size; /* 12 LEN 18 VARINT: value, int_value */
    uint32_t v = 0;
    if (p[0] != 0x12 || p[2] != 0x18) return UINT32_MAX;
    p += 3;
    for (unsigned shift = 0;; shift += 7) {
      v |= (uint32_t)(*p & 0x7f) << shift;
      if (!(*p++ & 0x80)) break;
    }
    if (n++ && v != found) return UINT32_MAX;
    found = v;
  }
  return n == N_RECORDS ? found : UINT32_MAX;
}

static uint64_t version_now(host *h) {
  pthread_mutex_lock(&h->lock);
  uint64_t version = h->current->version;
  pthread_mutex_unlock(&h->lock);
  return version;
}

static void *worker(void *context) {
  host *h = context;
  shared_program *mine = NULL;
  ottl_exec *exec = NULL;
  uint64_t batch;
  uint8_t *in = malloc(N_RECORDS * 110);
  if (!in) abort();
  while (take(h, &batch, &mine, &exec)) {
    char name[40];
    size_t len = batch_of(batch, in);
    ottl_result r;
    h->version_taken[batch] = (uint32_t)mine->version;
    if (ottl_exec_run(exec, in, len, &r) != OTTL_OK) abort();
    snprintf(name, sizeof name, "batch %llu ***", (unsigned long long)batch);
    uint32_t first = attribute(r.data, r.len, "first"), last = attribute(r.data, r.len, "last");
    h->version_seen[batch] =
        first == last && count(r.data, r.len, name) == N_RECORDS && r.rows_in == N_RECORDS ? first : UINT32_MAX;
    h->version_done[batch] = (uint32_t)version_now(h);
    h->runs[batch]++;
  }
  ottl_exec_free(exec);
  if (mine) release(h, mine);
  free(in);
  return NULL;
}

static void programs_are_swapped_under_load(void **state) {
  (void)state;
  const char *told = getenv("OTTL_RELOAD_BATCHES");
  host h = {.n_batches = told ? strtoull(told, NULL, 10) : 4000};
  pthread_mutex_init(&h.lock, NULL);
  pthread_cond_init(&h.change, NULL);
  h.current = program_of(1);
  uint32_t *all = calloc(4 * h.n_batches, sizeof *all);
  assert_non_null(all);
  h.runs = all;
  h.version_taken = all + h.n_batches;
  h.version_done = all + 2 * h.n_batches;
  h.version_seen = all + 3 * h.n_batches;
  pthread_t threads[N_THREADS];
  for (int i = 0; i < N_THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, worker, &h), 0);
  uint64_t version = 1;
  for (bool more = true; more;) { /* threads are at work on the batches that are left */
    swap(&h, ++version);
    pthread_mutex_lock(&h.lock);
    h.allowed += EACH;
    pthread_cond_broadcast(&h.change);
    while (h.next + EACH / 2 < h.allowed && h.next < h.n_batches) pthread_cond_wait(&h.change, &h.lock);
    more = h.allowed < h.n_batches;
    pthread_mutex_unlock(&h.lock);
  }
  for (int i = 0; i < N_THREADS; i++) pthread_join(threads[i], NULL);
  uint32_t versions = 0, last = 0;
  for (uint64_t i = 0; i < h.n_batches; i++) {
    if (h.runs[i] != 1) fail_msg("batch %llu was run %u times", (unsigned long long)i, h.runs[i]);
    if (h.version_seen[i] != h.version_taken[i])
      fail_msg("batch %llu: program %u was taken, and its records tell %u", (unsigned long long)i, h.version_taken[i],
               h.version_seen[i]);
    if (h.version_taken[i] < last || h.version_taken[i] > h.version_done[i])
      fail_msg("batch %llu was run by program %u, after one by %u", (unsigned long long)i, h.version_taken[i], last);
    versions += h.version_taken[i] != last;
    last = h.version_taken[i]; /* batches are taken in order, under the lock that programs are swapped under */
  }
  assert_true(versions > h.n_batches / EACH / 2);
  release(&h, h.current);
  assert_int_equal(atomic_load(&h.freed), version);
  print_message("%u of %llu programs ran %llu batches\n", versions, (unsigned long long)version, (unsigned long long)h.n_batches);
  pthread_cond_destroy(&h.change);
  pthread_mutex_destroy(&h.lock);
  free(all);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(programs_are_swapped_under_load)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
