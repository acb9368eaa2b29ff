/* Routing programs: a table of routes over codes whose conditions are the routes' (route.h of the public API). */
#ifndef OTTL_SRC_API_ROUTE_H
#define OTTL_SRC_API_ROUTE_H

#include "api/api.h"
#include "ottl/route.h"

typedef enum route_what {
  ROUTE_ROWS,    /* a condition (or the statement) of a code decides */
  ROUTE_REQUEST, /* a value of the request decides for everything */
} route_what;

typedef struct route_entry {
  uint8_t what;
  bool copy;
  uint32_t code, condition; /* ROWS */
  ottl_view name, value;    /* REQUEST */
  bool differs;             /* !=, not == */
  const uint32_t *pipelines;
  uint32_t n_pipelines;
} route_entry;

/* Routes in their order; neighbours of one code are decided together, in one pass. */
struct program_routes {
  route_entry *entries;
  uint32_t n;
  ottl_view *pipelines;
  uint32_t n_pipelines;
  uint32_t *defaults;
  uint32_t n_defaults;
  uint8_t error_mode;
};

struct exec_routes {
  ottl_part *parts; /* by pipeline */
  ottl_route_payload *outputs;
  vm_routes marks;
  bool valid; /* the last run was OK */
};

OTTL_MUST_CHECK ottl_status ottl__route_exec_create(ottl_exec *x);
void ottl__route_exec_free(ottl_exec *x);
/* All routes over the batch, which is open. */
OTTL_MUST_CHECK ottl_status ottl__route_run(ottl_exec *x, ottl_result *result);

/* Does some value of that name in the request's headers compare? */
bool ottl__route_request(const vm_request *request, const route_entry *entry);

/* Compiles into diagnostics of the caller's. */
OTTL_MUST_CHECK ottl_status ottl__route_program(const ottl_route *routes, size_t n_routes, const ottl_route_options *options,
                                                ottl_diags *diags, ottl_program **ret_program);

#endif
