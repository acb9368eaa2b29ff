#define _DEFAULT_SOURCE /* getentropy */
#include "base/random.h"

#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#define RANDOM_CHUNK 256 /* most that getentropy gives at once */

bool ottl__random(void *out, size_t len) {
  unsigned char *p = out;
  while (len) {
    size_t n = len < RANDOM_CHUNK ? len : RANDOM_CHUNK;
    if (getentropy(p, n) != 0) return false;
    p += n;
    len -= n;
  }
  return true;
}
