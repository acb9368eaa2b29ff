/* Jobs in flight, in a ring. Whoever has run the oldest one writes it, and those behind it that have run meanwhile. Without threads
 * a job runs and is written where it is given. */
#include "order.h"

#include <stdlib.h>

typedef struct order_slot {
  cli_task task; /* first: a task is its slot */
  cli_order *order;
  cli_job job;
  size_t bytes; /* while it is in flight */
  bool ran;
} order_slot;

struct cli_order {
  cli_pool *pool;
  cli_worker *worker; /* without a pool */
  void (*write)(void *context, cli_job *job);
  void *context;
  size_t n_slots, most_bytes;
  /* under the lock of the pool: */
  size_t bytes;
  uint64_t given, written;
  bool writing;
  order_slot slots[];
};

#define ORDER_SLOTS ((size_t)2) /* for each thread; and two */

cli_order *cli_order_create(cli_pool *pool, cli_worker *worker, size_t most_bytes, void (*write)(void *context, cli_job *job),
                            void *context) {
  size_t n = pool ? cli_pool_size(pool) * ORDER_SLOTS + 2 : 1;
  cli_order *o = calloc(1, sizeof *o + n * sizeof *o->slots);
  if (!o) return NULL;
  *o = (cli_order){.pool = pool, .worker = worker, .write = write, .context = context, .n_slots = n, .most_bytes = most_bytes};
  return o;
}

void cli_order_free(cli_order *o) {
  if (!o) return;
  for (size_t i = 0; i < o->n_slots; i++) cli_job_done(&o->slots[i].job);
  free(o);
}

static order_slot *slot_of(cli_order *o, uint64_t number) { return &o->slots[number % o->n_slots]; }

cli_job *cli_order_next(cli_order *o) {
  if (o->pool) {
    cli_pool_lock(o->pool);
    while (o->given - o->written == o->n_slots || (o->given != o->written && o->bytes > o->most_bytes)) cli_pool_wait(o->pool);
    cli_pool_unlock(o->pool);
  }
  cli_job *job = &slot_of(o, o->given)->job;
  cli_job_clear(job);
  return job;
}

/* With the lock. */
static void order_write(cli_order *o) {
  if (o->writing) return;
  o->writing = true;
  while (o->written != o->given && slot_of(o, o->written)->ran) {
    order_slot *slot = slot_of(o, o->written);
    cli_pool_unlock(o->pool);
    o->write(o->context, &slot->job);
    cli_pool_lock(o->pool);
    slot->ran = false;
    o->bytes -= slot->bytes;
    o->written++;
    cli_pool_changed(o->pool);
  }
  o->writing = false;
}

static void order_task(cli_task *task, cli_worker *worker) {
  order_slot *slot = (order_slot *)task;
  cli_order *o = slot->order;
  cli_job_run(&slot->job, worker);
  cli_pool_lock(o->pool);
  slot->ran = true;
  order_write(o);
  cli_pool_unlock(o->pool);
}

void cli_order_give(cli_order *o) {
  order_slot *slot = slot_of(o, o->given);
  if (!o->pool) {
    cli_job_run(&slot->job, o->worker);
    o->write(o->context, &slot->job);
    return;
  }
  slot->task.run = order_task;
  slot->order = o;
  slot->bytes = slot->job.buffer_bytes + slot->job.borrowed;
  cli_pool_lock(o->pool);
  o->bytes += slot->bytes;
  o->given++;
  cli_pool_unlock(o->pool);
  cli_pool_add(o->pool, &slot->task);
}

void cli_order_drain(cli_order *o) {
  if (!o->pool) return;
  cli_pool_lock(o->pool);
  while (o->written != o->given) cli_pool_wait(o->pool);
  cli_pool_unlock(o->pool);
}
