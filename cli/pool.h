/* Threads that work off tasks, first come first served. */
#ifndef OTTL_CLI_POOL_H
#define OTTL_CLI_POOL_H

#include "job.h"

typedef struct cli_task cli_task;
struct cli_task {
  void (*run)(cli_task *task, cli_worker *worker);
  cli_task *next;
};

typedef struct cli_pool cli_pool;

/* Starts up to n threads, each with a worker of its own. NULL: not even one. */
cli_pool *cli_pool_create(cli_shared *shared, size_t n);
/* Waits until all tasks have run. */
void cli_pool_free(cli_pool *pool);
size_t cli_pool_size(const cli_pool *pool); /* threads */
void cli_pool_add(cli_pool *pool, cli_task *task);

/* Everything that tasks and the one who waits for them tell each other changes under this lock; cli_pool_wait lets go of it until
 * something has changed, and cli_pool_changed says so. */
void cli_pool_lock(cli_pool *pool);
void cli_pool_unlock(cli_pool *pool);
void cli_pool_wait(cli_pool *pool);
void cli_pool_changed(cli_pool *pool);

#endif
