/* Basic types of the library: statuses, views, allocators, version.
 *
 * Every function that can fail returns an `ottl_status`; text for people is in an `ottl_diags` (see diag.h). The library
 * prints nothing, never aborts on input, and has no global state. */
#ifndef OTTL_BASE_H
#define OTTL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OTTL_VERSION_MAJOR  0
#define OTTL_VERSION_MINOR  1
#define OTTL_VERSION_PATCH  0
#define OTTL_VERSION_STRING "0.1.0"
/* Version of the reference (Go pkg/ottl) whose results this library gives. */
#define OTTL_REFERENCE_VERSION "1.3.1"

#if defined(OTTL_STATIC) || !defined(__GNUC__)
#define OTTL_API
#else
#define OTTL_API __attribute__((visibility("default")))
#endif
#if defined(__GNUC__)
#define OTTL_MUST_CHECK __attribute__((warn_unused_result))
#else
#define OTTL_MUST_CHECK
#endif

/* Outcome of a call. Values are never renumbered. */
typedef enum ottl_status {
  OTTL_OK = 0,
  OTTL_NOMEM = 1,       /* the allocator said no */
  OTTL_INVALID_ARG = 2, /* the caller broke the contract of the function */
  OTTL_COMPILE = 3,     /* statements do not compile: see the diagnostics */
  OTTL_DATA = 4,        /* the payload is not valid OTLP */
  OTTL_LIMIT = 5,       /* a limit of limits.def was reached */
  OTTL_UNSUPPORTED = 6, /* part of OTTL, but not of this build yet */
  OTTL_RUNTIME = 7,     /* a row failed under error mode propagate */
  OTTL_INTERNAL = 8     /* a defect of this library */
} ottl_status;

/* What a payload carries. Values are never renumbered. */
typedef enum ottl_signal {
  OTTL_SIGNAL_NONE = 0, /* not known */
  OTTL_SIGNAL_LOGS = 1,
  OTTL_SIGNAL_TRACES = 2,
  OTTL_SIGNAL_METRICS = 3,
  OTTL_SIGNAL_PROFILES = 4 /* experimental, as the schema is: profiles.v1development */
} ottl_signal;

/* Borrowed bytes: not zero-terminated, may hold zeros; data may be NULL when len is 0. */
typedef struct ottl_view {
  const char *data;
  size_t len; /* bytes */
} ottl_view;

/* Where memory comes from. All three functions are set, or none (then malloc, realloc, free).
 * Threads: called on the thread that calls the library; must be safe if objects are used on several threads. */
typedef struct ottl_allocator {
  void *(*alloc)(void *context, size_t bytes);                                    /* NULL when out of memory */
  void *(*realloc)(void *context, void *old, size_t old_bytes, size_t new_bytes); /* old may be NULL */
  void (*free)(void *context, void *memory, size_t bytes);                        /* memory may be NULL */
  void *context;
} ottl_allocator;

/* Name of a status, such as "data". Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_status_name(ottl_status status);
/* Version of the linked library, such as "0.1.0". Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_version(void);
/* Instruction set in use, such as "scalar", "x86-64-v3". Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_isa(void);

#ifdef __cplusplus
}
#endif
#endif
