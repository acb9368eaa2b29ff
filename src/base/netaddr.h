/* IP addresses and networks as Go's net.ParseIP and net.ParseCIDR read them. */
#ifndef OTTL_SRC_BASE_NETADDR_H
#define OTTL_SRC_BASE_NETADDR_H

#include "base/common.h"

/* An IPv4 address is kept in its IPv6 form, ::ffff:a.b.c.d, and so is one that was written that way. */
typedef struct ottl_netaddr {
  uint8_t byte[16];
} ottl_netaddr;

typedef struct ottl_network {
  ottl_netaddr addr;
  uint8_t mask[16];
  bool is_v4;
} ottl_network;

static inline bool netaddr_is_v4(const ottl_netaddr *a) {
  static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return memcmp(a->byte, prefix, 12) == 0;
}

/* net.ParseIP: no zone, no leading zeros. False: not an address. */
OTTL_MUST_CHECK bool ottl__netaddr_parse(ottl_view text, ottl_netaddr *ret);
/* net.ParseCIDR. */
OTTL_MUST_CHECK bool ottl__network_parse(ottl_view text, ottl_network *ret);
/* IPNet.Contains. */
bool ottl__network_contains(const ottl_network *network, const ottl_netaddr *addr);

#endif
