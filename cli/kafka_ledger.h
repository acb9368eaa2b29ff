/* What was read from which partition, and how far it is written: the offsets that may be committed. Knows nothing of Kafka itself.
 * Everything here takes the ledger's lock, but for fields that only the reading thread touches. */
#ifndef OTTL_CLI_KAFKA_LEDGER_H
#define OTTL_CLI_KAFKA_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_NONE (-1) /* no offset */

typedef struct ledger_partition {
  char *topic;
  int32_t number;
  char place[300]; /* "topic[3]", for people */
  /* Of the reading thread: */
  bool ours, at_end;
  int64_t end;             /* where it is to end; LEDGER_NONE: not told */
  int64_t first;           /* that was read since it is ours */
  int64_t sent, confirmed; /* offsets that were committed, and for which the broker said so */
  /* Under the lock: */
  uint32_t epoch;  /* each time that it is given to us or taken away */
  int64_t done;    /* the next one to be read again after a crash */
  int64_t written; /* it will be, when files are on the disk; LEDGER_NONE: nothing waits for that */
  uint64_t n_written;
} ledger_partition;

typedef struct ledger ledger;
typedef struct ledger_ticket ledger_ticket; /* what became of one job */

typedef struct ledger_counts {
  uint64_t read, done, again; /* messages; again: somebody else may read them a second time */
} ledger_counts;

/* NULL: out of memory. */
ledger *ledger_create(void);
void ledger_free(ledger *l);

/* The partition, made when it is new; UINT32_MAX: out of memory. */
uint32_t ledger_find(ledger *l, const char *topic, int32_t number);
size_t ledger_partitions(const ledger *l);
ledger_partition *ledger_at(const ledger *l, uint32_t i); /* stays where it is */
void ledger_give(ledger *l, uint32_t i, bool ours);       /* a new epoch */
bool ledger_current(ledger *l, uint32_t i, uint32_t epoch);
int64_t ledger_done(ledger *l, uint32_t i);

/* Tickets are made and closed by the writing side, in the order of the jobs. NULL: out of memory. */
ledger_ticket *ledger_open(ledger *l, size_t n_marks);
/* n messages of a partition were looked at; the next one has this offset. No more marks than were asked for. */
void ledger_mark(ledger_ticket *t, uint32_t partition, uint32_t epoch, int64_t next, uint64_t n);
void ledger_sent(ledger *l, ledger_ticket *t);      /* a message is on its way */
void ledger_delivered(ledger *l, ledger_ticket *t); /* one has arrived; any thread */
void ledger_close(ledger *l, ledger_ticket *t);     /* there will be no more of them */
/* files: some of it goes to files, and counts when ledger_synced was called afterwards. */
void ledger_files(ledger *l, bool files);
void ledger_synced(ledger *l);

/* Takes off the tickets of which everything was delivered, oldest first: `done` of their partitions goes on, or `written` where there
 * are files. How many are left. */
size_t ledger_settle(ledger *l);
bool ledger_unsynced(ledger *l); /* is there anything that waits for ledger_synced? */
void ledger_read(ledger *l, uint64_t n);
ledger_counts ledger_count(ledger *l);

#endif
