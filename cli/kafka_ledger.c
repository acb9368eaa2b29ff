/* Jobs are settled in the order in which they were written, so that `done` of a partition never passes over a message. */
#include "kafka_ledger.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ledger_mark_of {
  uint32_t partition, epoch;
  int64_t next;
  uint64_t n;
} ledger_mark_of;

struct ledger_ticket {
  ledger_ticket *next;
  size_t open; /* messages on their way, and one until it is closed */
  size_t n;
  ledger_mark_of marks[];
};

struct ledger {
  pthread_mutex_t lock;
  ledger_partition **partitions; /* each in a place of its own: others keep pointers */
  size_t n, cap;
  uint32_t last; /* that was looked for */
  bool files;
  bool unsynced; /* something was written to files, and may not be on the disk */
  ledger_ticket *first, **end;
  size_t open;
  ledger_counts counts;
};

ledger *ledger_create(void) {
  ledger *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  pthread_mutex_init(&l->lock, NULL);
  l->end = &l->first;
  return l;
}

void ledger_free(ledger *l) {
  if (!l) return;
  for (ledger_ticket *t = l->first, *next; t; t = next) {
    next = t->next;
    free(t);
  }
  for (size_t i = 0; i < l->n; i++) {
    free(l->partitions[i]->topic);
    free(l->partitions[i]);
  }
  free(l->partitions);
  pthread_mutex_destroy(&l->lock);
  free(l);
}

static ledger_partition *partition_make(const char *topic, int32_t number) {
  ledger_partition *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  *p = (ledger_partition){.number = number,
                          .done = LEDGER_NONE,
                          .written = LEDGER_NONE,
                          .end = LEDGER_NONE,
                          .first = LEDGER_NONE,
                          .sent = LEDGER_NONE,
                          .confirmed = LEDGER_NONE};
  p->topic = strdup(topic);
  if (!p->topic) {
    free(p);
    return NULL;
  }
  snprintf(p->place, sizeof p->place, "%s[%d]", topic, (int)number);
  return p;
}

uint32_t ledger_find(ledger *l, const char *topic, int32_t number) {
  for (size_t k = 0; k < l->n; k++) { /* messages of a partition come one behind the other, mostly */
    uint32_t i = (uint32_t)((l->last + k) % l->n);
    if (l->partitions[i]->number == number && strcmp(l->partitions[i]->topic, topic) == 0) return l->last = i;
  }
  ledger_partition *p = partition_make(topic, number);
  if (!p) return UINT32_MAX;
  pthread_mutex_lock(&l->lock);
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 16;
    ledger_partition **grown = realloc(l->partitions, cap * sizeof(ledger_partition *));
    if (grown) l->partitions = grown;
    if (grown) l->cap = cap;
  }
  bool room = l->n < l->cap && l->n < UINT32_MAX;
  if (room) l->partitions[l->n++] = p;
  pthread_mutex_unlock(&l->lock);
  if (room) return l->last = (uint32_t)l->n - 1;
  free(p->topic);
  free(p);
  return UINT32_MAX;
}

size_t ledger_partitions(const ledger *l) { return l->n; }
ledger_partition *ledger_at(const ledger *l, uint32_t i) { return l->partitions[i]; }

/* Messages, by their offsets, that are done and that no broker knows of. */
static uint64_t partition_late(const ledger_partition *p) {
  int64_t known = p->confirmed == LEDGER_NONE ? p->first : p->confirmed;
  return p->done > known ? (uint64_t)(p->done - known) : 0;
}

void ledger_give(ledger *l, uint32_t i, bool ours) {
  pthread_mutex_lock(&l->lock);
  ledger_partition *p = l->partitions[i];
  uint64_t late = partition_late(p);
  l->counts.done -= late < l->counts.done ? late : l->counts.done;
  l->counts.again += late + p->n_written;
  p->n_written = 0;
  p->epoch++;
  p->ours = ours;
  p->at_end = false;
  p->end = p->first = p->done = p->written = p->sent = p->confirmed = LEDGER_NONE;
  pthread_mutex_unlock(&l->lock);
}

bool ledger_current(ledger *l, uint32_t i, uint32_t epoch) {
  pthread_mutex_lock(&l->lock);
  bool current = l->partitions[i]->epoch == epoch;
  pthread_mutex_unlock(&l->lock);
  return current;
}

int64_t ledger_done(ledger *l, uint32_t i) {
  pthread_mutex_lock(&l->lock);
  int64_t done = l->partitions[i]->done;
  pthread_mutex_unlock(&l->lock);
  return done;
}

ledger_ticket *ledger_open(ledger *l, size_t n_marks) {
  ledger_ticket *t = calloc(1, sizeof *t + n_marks * sizeof *t->marks);
  if (!t) return NULL;
  t->open = 1;
  pthread_mutex_lock(&l->lock);
  *l->end = t;
  l->end = &t->next;
  l->open++;
  pthread_mutex_unlock(&l->lock);
  return t;
}

void ledger_mark(ledger_ticket *t, uint32_t partition, uint32_t epoch, int64_t next, uint64_t n) {
  t->marks[t->n++] = (ledger_mark_of){partition, epoch, next, n};
}

void ledger_sent(ledger *l, ledger_ticket *t) {
  pthread_mutex_lock(&l->lock);
  t->open++;
  pthread_mutex_unlock(&l->lock);
}

void ledger_delivered(ledger *l, ledger_ticket *t) {
  pthread_mutex_lock(&l->lock);
  t->open--;
  pthread_mutex_unlock(&l->lock);
}

void ledger_close(ledger *l, ledger_ticket *t) {
  pthread_mutex_lock(&l->lock);
  t->open--;
  l->unsynced = l->files;
  pthread_mutex_unlock(&l->lock);
}

void ledger_files(ledger *l, bool files) { l->files = files; }

static void ticket_settle(ledger *l, const ledger_ticket *t) {
  for (size_t i = 0; i < t->n; i++) {
    const ledger_mark_of *m = &t->marks[i];
    ledger_partition *p = l->partitions[m->partition];
    if (p->epoch != m->epoch) {
      l->counts.again += m->n;
    } else if (l->files) {
      p->written = m->next;
      p->n_written += m->n;
    } else {
      p->done = m->next;
      l->counts.done += m->n;
    }
  }
}

/* With the lock. */
static size_t settle(ledger *l) {
  while (l->first && l->first->open == 0) {
    ledger_ticket *t = l->first;
    ticket_settle(l, t);
    l->unsynced |= l->files;
    l->first = t->next;
    if (!l->first) l->end = &l->first;
    l->open--;
    free(t);
  }
  return l->open;
}

size_t ledger_settle(ledger *l) {
  pthread_mutex_lock(&l->lock);
  size_t open = settle(l);
  pthread_mutex_unlock(&l->lock);
  return open;
}

void ledger_synced(ledger *l) {
  pthread_mutex_lock(&l->lock);
  settle(l);
  for (size_t i = 0; i < l->n; i++) {
    ledger_partition *p = l->partitions[i];
    if (p->written != LEDGER_NONE) p->done = p->written;
    l->counts.done += p->n_written;
    p->written = LEDGER_NONE;
    p->n_written = 0;
  }
  l->unsynced = false;
  pthread_mutex_unlock(&l->lock);
}

bool ledger_unsynced(ledger *l) {
  pthread_mutex_lock(&l->lock);
  bool is = l->unsynced;
  pthread_mutex_unlock(&l->lock);
  return is;
}

void ledger_read(ledger *l, uint64_t n) {
  pthread_mutex_lock(&l->lock);
  l->counts.read += n;
  pthread_mutex_unlock(&l->lock);
}

ledger_counts ledger_count(ledger *l) {
  pthread_mutex_lock(&l->lock);
  ledger_counts counts = l->counts;
  pthread_mutex_unlock(&l->lock);
  return counts;
}
