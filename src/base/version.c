#include "base/common.h"

const char *ottl_version(void) { return OTTL_VERSION_STRING; }

const char *ottl_status_name(ottl_status status) {
  static const char *const names[] = {"ok",    "nomem",       "invalid_arg", "compile", "data",
                                      "limit", "unsupported", "runtime",     "internal"};
  return (unsigned)status < OTTL_COUNT(names) ? names[status] : "unknown";
}
