/* Addresses: at most a few dozen bytes are looked at, whatever the length of the text. */
#include "base/netaddr.h"

/* a.b.c.d: four numbers up to 255 without leading zeros. */
static bool na_v4(ottl_view text, uint8_t out[4]) {
  size_t i = 0;
  for (int part = 0; part < 4; part++) {
    if (part && (i >= text.len || text.data[i++] != '.')) return false;
    unsigned value = 0, digits = 0;
    for (; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++, digits++) {
      if (digits == 1 && value == 0) return false;
      value = value * 10 + (unsigned)(text.data[i] - '0');
      if (value > 255) return false;
    }
    if (!digits) return false;
    out[part] = (uint8_t)value;
  }
  return i == text.len;
}

static int na_hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char low = (char)(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Fields of hexadecimal digits; `::` stands for at least one field of zeros; the last four bytes may be written as IPv4. */
static bool na_v6(ottl_view text, uint8_t out[16]) {
  size_t n = 0, gap = SIZE_MAX, i = 0;
  memset(out, 0, 16);
  if (text.len >= 2 && text.data[0] == ':' && text.data[1] == ':') {
    gap = 0;
    i = 2;
    if (i == text.len) return true;
  }
  while (n < 16) {
    size_t begin = i;
    unsigned value = 0;
    for (; i < text.len && na_hex(text.data[i]) >= 0; i++) {
      if (i - begin > 3) return false;
      value = value * 16 + (unsigned)na_hex(text.data[i]);
    }
    if (i == begin) return false;
    if (i < text.len && text.data[i] == '.') {
      if ((gap == SIZE_MAX && n != 12) || n + 4 > 16) return false;
      if (!na_v4(view_of(text.data + begin, text.len - begin), out + n)) return false;
      n += 4;
      i = text.len;
      break;
    }
    out[n++] = (uint8_t)(value >> 8);
    out[n++] = (uint8_t)value;
    if (i == text.len) break;
    if (text.data[i++] != ':' || i == text.len) return false;
    if (text.data[i] == ':') {
      if (gap != SIZE_MAX) return false;
      gap = n;
      if (++i == text.len) break;
    }
  }
  if (i != text.len) return false;
  if (n == 16) return gap == SIZE_MAX;
  if (gap == SIZE_MAX) return false;
  memmove(out + 16 - (n - gap), out + gap, n - gap);
  memset(out + gap, 0, 16 - n);
  return true;
}

/* *ret_v4: written as IPv4. */
static bool na_parse(ottl_view text, ottl_netaddr *ret, bool *ret_v4) {
  for (size_t i = 0; i < text.len && i < 40; i++) { /* the first of them decides */
    if (text.data[i] == ':') {
      *ret_v4 = false;
      return na_v6(text, ret->byte);
    }
    if (text.data[i] != '.') continue;
    *ret_v4 = true;
    memset(ret->byte, 0, 10);
    ret->byte[10] = ret->byte[11] = 0xff;
    return na_v4(text, ret->byte + 12);
  }
  return false;
}

bool ottl__netaddr_parse(ottl_view text, ottl_netaddr *ret) {
  bool v4;
  return na_parse(text, ret, &v4);
}

bool ottl__network_parse(ottl_view text, ottl_network *ret) {
  const char *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
  if (!slash) return false;
  bool written_v4;
  ottl_view addr = view_of(text.data, (size_t)(slash - text.data)), bits = view_of(slash + 1, text.len - addr.len - 1);
  if (!na_parse(addr, &ret->addr, &written_v4)) return false;
  unsigned n = 0, most = written_v4 ? 32 : 128;
  if (bits.len == 0) return false;
  for (size_t i = 0; i < bits.len; i++) {
    if (bits.data[i] < '0' || bits.data[i] > '9') return false;
    n = n * 10 + (unsigned)(bits.data[i] - '0');
    if (n > most) return false;
  }
  if (written_v4) n += 96;
  for (unsigned i = 0; i < 16; i++) {
    unsigned left = n > 8 * i ? n - 8 * i : 0;
    ret->mask[i] = left >= 8 ? 0xff : (uint8_t)(0xff00 >> left);
    ret->addr.byte[i] &= ret->mask[i];
  }
  /* What the mask leaves decides what kind of network it is: ::ffff:a.b.c.d/120 is one of IPv4, ::ffff:a.b.c.d/64 is not. */
  ret->is_v4 = netaddr_is_v4(&ret->addr);
  return true;
}

bool ottl__network_contains(const ottl_network *network, const ottl_netaddr *addr) {
  if (network->is_v4 != netaddr_is_v4(addr)) return false;
  for (unsigned i = network->is_v4 ? 12 : 0; i < 16; i++) {
    if ((network->addr.byte[i] ^ addr->byte[i]) & network->mask[i]) return false;
  }
  return true;
}
