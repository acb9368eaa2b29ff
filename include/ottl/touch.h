/* What a program touches of a payload: for hosts that hold telemetry in a form of their own, and make payloads of as much of it as the
 * program needs. A payload that has every resource, scope and record in its place, and of each what is told here, runs as the whole
 * one does: the same records dropped, the same counts, the same failures. What the result has in the touched places is what the whole
 * one's would have; nothing else is written. */
#ifndef OTTL_TOUCH_H
#define OTTL_TOUCH_H

#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A field of OTLP's protobuf schema. */
typedef struct ottl_touch {
  ottl_block_level level; /* of the message: ResourceLogs and its like, ScopeLogs, LogRecord, Span, Metric */
  /* Number of the message inside of that which has the field: a Resource (1), a Status (15), a Sum (7), also where it stands for all
   * kinds of metrics that have the field; 0: none. */
  uint32_t inner;
  uint32_t number; /* of the field */
  bool map;        /* it is a map of attributes */
  ottl_view key;   /* of it: the entry that is touched; data NULL: any entry may be */
  bool written;    /* some statement may write it; else it is read */
} ottl_touch;

/* Is the program's work told by its touches? Not if it looks at more than fields of resources, scopes and records themselves: data
 * points and events, whole records (as functions of the transform processor do), a payload that is flattened, routes; nor if it may
 * append records; nor for profiles. Of metrics, the payload has the kind as well: the message that holds the points, with nothing in
 * it. Never fails; any thread; since 0.1. */
OTTL_API bool ottl_program_narrow(const ottl_program *program);

/* The i-th touch; false when there are no more, and of a program that is not narrow. A field can come several times, a map with some of
 * its keys and as a whole. ret_touch->key lives as long as the program. Any thread; since 0.1. */
OTTL_API bool ottl_program_touch(const ottl_program *program, size_t i, ottl_touch *ret_touch);

#ifdef __cplusplus
}
#endif
#endif
