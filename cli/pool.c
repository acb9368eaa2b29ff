/* Threads that work off tasks, first come first served. */
#include "pool.h"

#include <stdlib.h>

struct cli_pool {
  pthread_mutex_t lock;
  pthread_cond_t work, change;
  cli_task *first, **last;
  bool over;
  size_t n;
  struct pool_thread {
    cli_pool *pool;
    pthread_t thread;
    cli_worker *worker;
  } threads[];
};

static void *pool_thread(void *argument) {
  struct pool_thread *t = argument;
  cli_pool *pool = t->pool;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->first && !pool->over) pthread_cond_wait(&pool->work, &pool->lock);
    cli_task *task = pool->first;
    if (!task) break;
    pool->first = task->next;
    if (!pool->first) pool->last = &pool->first;
    pthread_mutex_unlock(&pool->lock);
    task->run(task, t->worker);
    pthread_mutex_lock(&pool->lock);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

cli_pool *cli_pool_create(cli_shared *shared, size_t n) {
  cli_pool *pool = calloc(1, sizeof *pool + n * sizeof *pool->threads);
  if (!pool) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->change, NULL);
  pool->last = &pool->first;
  for (size_t i = 0; i < n; i++) {
    struct pool_thread *t = &pool->threads[pool->n];
    *t = (struct pool_thread){.pool = pool, .worker = cli_worker_create(shared)};
    if (t->worker && pthread_create(&t->thread, NULL, pool_thread, t) == 0)
      pool->n++;
    else
      cli_worker_free(t->worker);
  }
  if (pool->n) return pool;
  cli_pool_free(pool);
  return NULL;
}

void cli_pool_free(cli_pool *pool) {
  if (!pool) return;
  pthread_mutex_lock(&pool->lock);
  pool->over = true;
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->lock);
  for (size_t i = 0; i < pool->n; i++) {
    pthread_join(pool->threads[i].thread, NULL);
    cli_worker_free(pool->threads[i].worker);
  }
  pthread_cond_destroy(&pool->work);
  pthread_cond_destroy(&pool->change);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

size_t cli_pool_size(const cli_pool *pool) { return pool->n; }

void cli_pool_add(cli_pool *pool, cli_task *task) {
  task->next = NULL;
  pthread_mutex_lock(&pool->lock);
  *pool->last = task;
  pool->last = &task->next;
  pthread_cond_signal(&pool->work);
  pthread_mutex_unlock(&pool->lock);
}

void cli_pool_lock(cli_pool *pool) { pthread_mutex_lock(&pool->lock); }
void cli_pool_unlock(cli_pool *pool) { pthread_mutex_unlock(&pool->lock); }
void cli_pool_wait(cli_pool *pool) { pthread_cond_wait(&pool->change, &pool->lock); }
void cli_pool_changed(cli_pool *pool) { pthread_cond_broadcast(&pool->change); }
