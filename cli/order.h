/* Jobs in flight: they run in any order, and are written in theirs. */
#ifndef OTTL_CLI_ORDER_H
#define OTTL_CLI_ORDER_H

#include "pool.h"

typedef struct cli_order cli_order;

/* write: called for each job, one at a time, in the order in which they were given; by some thread.
 * most_bytes: of input, of all jobs in flight together, as long as there are several. NULL: out of memory. */
cli_order *cli_order_create(cli_pool *pool, cli_worker *worker, size_t most_bytes, void (*write)(void *context, cli_job *job),
                            void *context);
/* No job may be in flight: see cli_order_drain. */
void cli_order_free(cli_order *order);
/* A job to fill, cleared; its buffer is for use again. Waits until there is one. */
cli_job *cli_order_next(cli_order *order);
/* Lets the job that was given last run. */
void cli_order_give(cli_order *order);
/* Waits until all is written. */
void cli_order_drain(cli_order *order);

#endif
