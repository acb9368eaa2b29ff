/* Compressed bytes of files that somebody dropped. */
#ifndef UNPACK_H
#define UNPACK_H

#include "glue.h"

typedef enum unpack_kind { UNPACK_NONE = 0, UNPACK_GZIP = 1, UNPACK_ZSTD = 2 } unpack_kind;

/* By the first bytes. */
unpack_kind unpack_kind_of(const void *data, size_t len);
/* Undoes gzip (members one behind the other) or zstd (frames likewise) into `out`, at most max_bytes. Fails: DATA, LIMIT, NOMEM, each with
 * *ret_why, a text that stays. */
ottl_status unpack(unpack_kind kind, const void *data, size_t len, uint64_t max_bytes, glue_text *out, const char **ret_why);

#endif
