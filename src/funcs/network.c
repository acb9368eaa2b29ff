/* IsInCIDR, CommunityID. */
#include "base/base64.h"
#include "base/digest.h"
#include "base/netaddr.h"
#include "funcs/handlers.h"
#include "funcs/scratch.h"
#include "kernels/kernels.h"

/* -- IsInCIDR: target, networks -- */

typedef struct cidr_prep {
  uint32_t n;
  ottl_network network[];
} cidr_prep;

/* The reference reads networks beforehand, up to the first that is no literal; what it read counts when that is all of them. */
ottl_status ottl__prep_is_in_cidr(ottl_prepare *p) {
  const ottl_cell *items = p->first_literals[1];
  uint32_t n = p->n_first_literals[1];
  cidr_prep *prep = arena_alloc(p->arena, sizeof *prep + n * sizeof *prep->network);
  if (!prep) return OTTL_NOMEM;
  prep->n = n;
  for (uint32_t i = 0; i < n; i++) {
    ottl_view text = cell_view(items[i]);
    if (ottl__network_parse(text, &prep->network[i])) continue;
    return ottl__refuse(p, 1, "invalid CIDR address: %.*s", (int)(text.len < 60 ? text.len : 60), text.data);
  }
  if (n == p->arg[1].n_items) p->prep = prep;
  return OTTL_OK;
}

/* A network of the list as it was read for a row before: rows mostly have the same. */
typedef struct cidr_read {
  ottl_view text;
  ottl_network network;
  bool is_network;
} cidr_read;

static const ottl_network *cidr_network(cidr_read *last, ottl_view text) {
  bool same = last->text.data && last->text.len == text.len && (last->text.data == text.data || view_eq(last->text, text));
  if (!same) {
    last->text = text;
    last->is_network = ottl__network_parse(text, &last->network);
  }
  return last->is_network ? &last->network : NULL;
}

static void cidr_row(ottl_call *c, cidr_read *read, uint32_t row) {
  const cidr_prep *prep = c->prep;
  ottl_netaddr addr;
  if (arg_failed(c, c->arg[0].reg, row)) return;
  bool in = false, is_addr = ottl__netaddr_parse(reg_view(c->arg[0].reg, row), &addr);
  if (is_addr && prep) {
    for (uint32_t i = 0; i < prep->n && !in; i++) in = ottl__network_contains(&prep->network[i], &addr);
  } else if (is_addr) {
    for (uint32_t i = 0; i < c->arg[1].n_items && !in; i++) {
      const ottl_reg *item = c->arg[1].items[i];
      if (arg_failed(c, item, row)) return;
      const ottl_network *network = cidr_network(&read[i], reg_view(item, row));
      if (!network) {
        call_fail(c, row, OTTL_ROWERR(BAD_ADDRESS, 0));
        return;
      }
      in = ottl__network_contains(network, &addr);
    }
  }
  out_bool(c, row, in);
}

ottl_status ottl__fn_is_in_cidr(ottl_call *c) {
  cidr_read *read = NULL;
  if (!c->prep && c->arg[1].n_items) {
    ottl__arena_reset(&c->scratch->arena);
    read = arena_zero(&c->scratch->arena, c->arg[1].n_items * sizeof *read);
    if (!read) return OTTL_NOMEM;
  }
  SEL_EACH(c->sel, c->n, row) cidr_row(c, read, row);
  return OTTL_OK;
}

/* -- CommunityID: source_ip, source_port, destination_ip, destination_port, protocol, seed -- */

typedef struct flow_end {
  ottl_view text; /* what the address was read of; of the row before most often, where it is constant */
  uint8_t addr[16];
  size_t len;
  uint16_t port;
} flow_end;

static bool flow_read(ottl_call *c, uint32_t row, uint32_t arg, flow_end *ret) {
  ottl_netaddr addr;
  ottl_view text = reg_view(c->arg[arg].reg, row);
  int64_t port = reg_int(c->arg[arg + 1].reg, row);
  if (port < 0 || port > 65535) {
    call_fail(c, row, OTTL_ROWERR(OUT_OF_RANGE, 0));
    return false;
  }
  ret->port = (uint16_t)port;
  if (ret->len && ret->text.data == text.data && ret->text.len == text.len) return true;
  ret->len = 0;
  if (!ottl__netaddr_parse(text, &addr)) {
    call_fail(c, row, OTTL_ROWERR(BAD_ADDRESS, 0));
    return false;
  }
  ret->text = text;
  bool v4 = netaddr_is_v4(&addr);
  ret->len = v4 ? 4 : 16;
  memcpy(ret->addr, addr.byte + (v4 ? 12 : 0), ret->len);
  return true;
}

static bool flow_protocol(ottl_view name, uint8_t *ret) {
  static const struct {
    const char *name;
    uint8_t number;
  } protocols[] = {{"ICMP", 1}, {"TCP", 6}, {"UDP", 17}, {"RSVP", 46}, {"ICMP6", 58}, {"SCTP", 132}};
  for (size_t i = 0; i < OTTL_COUNT(protocols); i++) {
    if (!view_is(name, protocols[i].name)) continue;
    *ret = protocols[i].number;
    return true;
  }
  return false;
}

/* Both directions of a flow have one id: the lesser end comes first. */
static bool flow_swapped(const flow_end *a, const flow_end *b) {
  if (a->len != b->len) return a->len > b->len;
  int c = memcmp(a->addr, b->addr, a->len);
  return c ? c > 0 : a->port > b->port;
}

static size_t flow_put(uint8_t *out, size_t at, const void *data, size_t len) {
  memcpy(out + at, data, len);
  return at + len;
}

enum {
  FLOW_BYTES = 2 + 16 + 16 + 2 + 4,
  FLOW_MANY = 16 /* hashed at once */
};

/* What is hashed for a row; 0: the row failed. */
static size_t flow_bytes(ottl_call *c, uint32_t row, flow_end ends[2], uint8_t *out) {
  if (!flow_read(c, row, 0, &ends[0]) || !flow_read(c, row, 2, &ends[1])) return 0;
  uint8_t protocol = 6;
  int64_t seed = c->arg[5].given ? reg_int(c->arg[5].reg, row) : 0;
  if (c->arg[4].given && !flow_protocol(reg_view(c->arg[4].reg, row), &protocol)) {
    call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, 0));
    return 0;
  }
  if (seed < 0 || seed > 65535) {
    call_fail(c, row, OTTL_ROWERR(OUT_OF_RANGE, 0));
    return 0;
  }
  bool swapped = flow_swapped(&ends[0], &ends[1]);
  const flow_end *a = &ends[swapped], *b = &ends[!swapped];
  uint8_t tail[6] = {protocol, 0};
  out[0] = (uint8_t)(seed >> 8);
  out[1] = (uint8_t)seed;
  for (unsigned i = 0; i < 4; i++) tail[2 + i] = (uint8_t)((i < 2 ? a->port : b->port) >> (i % 2 ? 0 : 8));
  return flow_put(out, flow_put(out, flow_put(out, 2, a->addr, a->len), b->addr, b->len), tail, sizeof tail);
}

static ottl_status flow_hash(ottl_call *c, const ottl_view *flows, const uint32_t *rows, uint32_t n) {
  unsigned char digest[FLOW_MANY][OTTL_DIGEST_MAX];
  c->kernels->digest(OTTL_SHA1, flows, n, digest);
  for (uint32_t k = 0; k < n; k++) {
    char *text = arena_alloc(c->arena, 2 + 28);
    if (!text) return OTTL_NOMEM;
    memcpy(text, "1:", 2);
    size_t len = ottl__base64_encode(text + 2, digest[k], 20, OTTL_BASE64_STD);
    out_view(c, rows[k], view_of(text, 2 + len));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_community_id(ottl_call *c) {
  uint8_t bytes[FLOW_MANY][FLOW_BYTES];
  ottl_view flows[FLOW_MANY];
  uint32_t rows[FLOW_MANY], waiting = 0;
  flow_end ends[2] = {{.len = 0}, {.len = 0}};
  SEL_EACH(c->sel, c->n, row) {
    size_t n = flow_bytes(c, row, ends, bytes[waiting]);
    if (n == 0) continue;
    flows[waiting] = view_of(bytes[waiting], n);
    rows[waiting++] = row;
    if (waiting < FLOW_MANY) continue;
    OTTL_TRY(flow_hash(c, flows, rows, waiting));
    waiting = 0;
  }
  return waiting ? flow_hash(c, flows, rows, waiting) : OTTL_OK;
}
