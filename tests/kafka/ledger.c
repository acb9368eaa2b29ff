/* The ledger of what was read and written (cli/kafka_ledger.c), against a model: after every step an offset may be committed exactly when all before it is
 * delivered, and on the disk where there are files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kafka_ledger.h"

enum { PARTITIONS = 3, TICKETS = 400, STEPS = 4000 };

typedef struct model_ticket {
  ledger_ticket *ticket;
  uint32_t partition, epoch;
  int64_t next;
  unsigned n, on_the_way;
  bool closed;
} model_ticket;

typedef struct model {
  ledger *l;
  bool files;
  uint64_t random;
  model_ticket tickets[TICKETS];
  size_t n, settled; /* tickets before `settled` are delivered as a whole, and so are all before them */
  uint32_t epoch[PARTITIONS];
  int64_t read[PARTITIONS], done[PARTITIONS], written[PARTITIONS];
  uint64_t n_done, n_again, n_written[PARTITIONS];
} model;

static unsigned chance(model *m, unsigned below) {
  m->random = m->random * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(m->random >> 33) % below;
}

static void model_settle(model *m) {
  for (; m->settled < m->n; m->settled++) {
    const model_ticket *t = &m->tickets[m->settled];
    if (!t->closed || t->on_the_way) return;
    if (t->epoch != m->epoch[t->partition]) {
      m->n_again += t->n;
    } else if (m->files) {
      m->written[t->partition] = t->next;
      m->n_written[t->partition] += t->n;
    } else {
      m->done[t->partition] = t->next;
      m->n_done += t->n;
    }
  }
}

static void model_synced(model *m) {
  model_settle(m);
  for (int p = 0; p < PARTITIONS; p++) {
    if (m->written[p] != LEDGER_NONE) m->done[p] = m->written[p];
    m->n_done += m->n_written[p];
    m->n_written[p] = 0;
    m->written[p] = LEDGER_NONE;
  }
}

/* It goes to somebody else, or comes back: what is not confirmed is read again. Half of the time it was. */
static void model_give(model *m, uint32_t p) {
  ledger_partition *partition = ledger_at(m->l, p);
  model_settle(m);
  ledger_settle(m->l);
  bool confirmed = chance(m, 2);
  int64_t known = partition->first;
  if (confirmed) known = partition->confirmed = m->done[p];
  uint64_t late = m->done[p] > known ? (uint64_t)(m->done[p] - known) : 0;
  m->n_again += late + m->n_written[p];
  m->n_done -= late;
  m->n_written[p] = 0;
  m->epoch[p]++;
  m->done[p] = m->written[p] = LEDGER_NONE;
  ledger_give(m->l, p, true);
  assert_int_equal(partition->epoch, m->epoch[p]);
}

/* A job of some messages of one partition is written. */
static void model_job(model *m) {
  model_ticket *t = &m->tickets[m->n];
  uint32_t p = chance(m, PARTITIONS);
  ledger_partition *partition = ledger_at(m->l, p);
  *t = (model_ticket){ledger_open(m->l, 1), p, m->epoch[p], m->read[p] + 1 + chance(m, 5), 0, chance(m, 4), false};
  assert_non_null(t->ticket);
  if (partition->first == LEDGER_NONE) partition->first = m->read[p];
  t->n = (unsigned)(t->next - m->read[p]);
  m->read[p] = t->next;
  m->n++;
  ledger_mark(t->ticket, p, t->epoch, t->next, t->n);
  for (unsigned i = 0; i < t->on_the_way; i++) ledger_sent(m->l, t->ticket);
}

static void model_step(model *m) {
  model_ticket *last = m->n ? &m->tickets[m->n - 1] : NULL;
  unsigned what = chance(m, 20);
  if (what < 5 && m->n < TICKETS && (!last || last->closed)) {
    model_job(m);
  } else if (what < 10 && last && !last->closed) {
    ledger_close(m->l, last->ticket);
    last->closed = true;
    if (m->files) assert_true(ledger_unsynced(m->l));
  } else if (what < 16 && m->n > m->settled) { /* in any order */
    model_ticket *t = &m->tickets[m->settled + (chance(m, 2) ? 0 : chance(m, (unsigned)(m->n - m->settled)))];
    if (t->on_the_way) {
      t->on_the_way--;
      ledger_delivered(m->l, t->ticket);
    }
  } else if (what < 18) {
    ledger_synced(m->l);
    model_synced(m);
  } else if (what < 19) {
    model_give(m, chance(m, PARTITIONS));
  }
}

static void model_compare(model *m) {
  model_settle(m);
  assert_int_equal(ledger_settle(m->l), m->n - m->settled);
  for (uint32_t p = 0; p < PARTITIONS; p++) assert_int_equal(ledger_done(m->l, p), m->done[p]);
  ledger_counts counts = ledger_count(m->l);
  assert_int_equal(counts.done, m->n_done);
  assert_int_equal(counts.again, m->n_again);
}

static void test_model(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    model *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->l = ledger_create();
    assert_non_null(m->l);
    m->files = seed % 2;
    m->random = seed;
    ledger_files(m->l, m->files);
    for (int p = 0; p < PARTITIONS; p++) {
      assert_int_equal(ledger_find(m->l, "topic", p), p);
      m->done[p] = m->written[p] = LEDGER_NONE;
    }
    for (int i = 0; i < STEPS; i++) {
      model_step(m);
      model_compare(m);
    }
    assert_true(m->settled > TICKETS / 2);
    ledger_free(m->l);
    free(m);
  }
}

/* Partitions are found again, whatever was looked for last, and stay where they are. */
static void test_partitions(void **state) {
  (void)state;
  ledger *l = ledger_create();
  assert_non_null(l);
  ledger_partition *first = NULL;
  for (int n = 0; n < 100; n++) {
    uint32_t a = ledger_find(l, "a", n), b = ledger_find(l, "b", n);
    assert_int_equal(a, 2 * n);
    assert_int_equal(b, 2 * n + 1);
    if (!n) first = ledger_at(l, a);
  }
  assert_int_equal(ledger_partitions(l), 200);
  assert_int_equal(ledger_find(l, "b", 50), 101);
  assert_int_equal(ledger_find(l, "a", 0), 0);
  assert_ptr_equal(ledger_at(l, 0), first);
  assert_string_equal(ledger_at(l, 101)->place, "b[50]");
  ledger_free(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_partitions), cmocka_unit_test(test_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
