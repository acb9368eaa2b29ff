/* Walks a whole request and refuses what pdata refuses: see `strict` in ottl/exec.h. */
#ifndef OTTL_SRC_OTLP_VALIDATE_H
#define OTTL_SRC_OTLP_VALIDATE_H

#include "base/alloc.h"

typedef struct ottl_validator ottl_validator;

typedef struct ottl_invalid {
  size_t offset;  /* in the request: of the tag of the field that is wrong */
  char text[192]; /* names of the schema and numbers, nothing of the payload */
} ottl_invalid;

/* Tables for the requests of a signal. Owns: the caller frees. Fails: NOMEM, INVALID_ARG. */
OTTL_MUST_CHECK ottl_status ottl__validator_create(const ottl_allocator *al, int signal, ottl_validator **ret);
void ottl__validator_free(ottl_validator *v);

/* Fails: DATA, LIMIT (nested too deep, or more than INT32_MAX bytes): *why tells. Allocates nothing. */
OTTL_MUST_CHECK ottl_status ottl__validate(const ottl_validator *v, const uint8_t *in, size_t in_len, ottl_invalid *why);

#endif
