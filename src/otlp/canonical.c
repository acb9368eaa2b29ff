/* The slow path of projection: a message that is encoded in a legal but odd way, put into the one form that the fast path knows.
 *
 * Fields in the order of their numbers (those we do not know keep their order and come last from 32 on); of a scalar that came
 * several times the last stays; the pieces of a singular message are joined, which is what protobuf's merging amounts to; the
 * last member of a oneof stays, alone; elements of packed fields are packed; entries of a map stand side by side. Time and space
 * are linear in the length of the message: payloads are hostile. */
#include "otlp/impl.h"

typedef enum cn_rule { CN_KEEP, CN_LAST, CN_JOIN, CN_SUB, CN_PACK, CN_PACK_VARINT, CN_ONEOF, CN_CHILD } cn_rule;

typedef struct cn_rules {
  uint8_t rule[OT_NUMBERS];
  uint32_t oneof;  /* bit set of the numbers under CN_ONEOF */
  uint32_t metric; /* bit set of the containers of a metric's points: also a oneof */
} cn_rules;

static void rules_of(unsigned message, unsigned sub, cn_rules *ret) {
  *ret = (cn_rules){0};
  for (uint32_t i = 0; i < ottl__n_places; i++) {
    const ottl_field_place *p = &ottl__places[i];
    if (p->message != message) continue;
    if (sub == 0 && p->sub) {
      ret->rule[p->sub] = CN_SUB;
      continue;
    }
    if (p->sub != sub) continue;
    uint8_t *rule = &ret->rule[p->number];
    switch (ottl__fields[p->field].wire) {
    case OTTL_W_MAP:
    case OTTL_W_REPEATED: *rule = CN_KEEP; break;
    case OTTL_W_PACKED: *rule = CN_PACK; break;
    case OTTL_W_PACKED_VARINT:
    case OTTL_W_DICT_MAP: *rule = CN_PACK_VARINT; break;
    case OTTL_W_ANY: *rule = CN_JOIN; break;
    case OTTL_W_MESSAGE:
      if (*rule != CN_SUB) *rule = CN_JOIN;
      break;
    case OTTL_W_NUMBER:
      *rule = CN_ONEOF;
      ret->oneof |= 1u << p->number;
      break;
    default: *rule = CN_LAST; break;
    }
  }
  if (sub == 0 && message <= OTTL_M_SCOPE) ret->rule[2] = CN_CHILD;
  if (sub == 0 && message == OTTL_M_METRIC) {
    for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
      unsigned number = ottl__metric_container((ottl_metric_kind)k);
      ret->rule[number] = CN_SUB;
      ret->metric |= 1u << number;
    }
  }
}

static ottl_status collect(ottl_batch *b, const uint8_t *p, const uint8_t *end) {
  ot_impl *im = ot_of(b);
  while (p < end) {
    ot_field f = {.tag = p};
    uint32_t type;
    p = wr_tag(p, end, &f.number, &type);
    if (!p) return ottl__ot_refuse(b, f.tag, "malformed tag");
    f.wire_type = (uint8_t)type;
    f.value = p;
    p = ottl__wr_skip(p, end, type);
    if (!p) return ottl__ot_refuse(b, f.tag, "malformed field");
    f.end = p;
    if (type == WR_LEN) {
      uint32_t len;
      f.value = wr_len(f.value, p, &len);
    }
    OTTL_TRY(ottl__al_reserve(&b->al, &im->fields, &im->fields_cap, im->n_fields + 1, sizeof *im->fields));
    im->fields[im->n_fields++] = f;
  }
  return OTTL_OK;
}

/* Writes fields [first, n_fields) at `at`. There is room for as many bytes as they have, and some. Recursion: one level of
 * sub-messages. */
static ottl_status emit(ottl_batch *b, unsigned message, unsigned sub, size_t first, uint8_t *at, uint8_t **ret_end,
                        uint8_t **ret_gap) {
  ot_impl *im = ot_of(b);
  const size_t n = im->n_fields;
  cn_rules rules;
  rules_of(message, sub, &rules);
  uint32_t present = 0, winner = 0, container = 0;
  for (size_t i = first; i < n; i++) {
    uint32_t number = im->fields[i].number;
    if (number >= OT_NUMBERS) continue;
    present |= 1u << number;
    if (rules.oneof >> number & 1) winner = number;
    if (rules.metric >> number & 1) container = number;
  }
  for (uint32_t number = 1; number < OT_NUMBERS; number++) {
    if (number == 2 && ret_gap) *ret_gap = at;
    if (!(present >> number & 1)) continue;
    unsigned rule = rules.rule[number];
    if (rule == CN_CHILD || ((rules.oneof >> number & 1) && number != winner)) continue;
    if ((rules.metric >> number & 1) && number != container) continue;
    size_t last = first, count = 0, bytes = 0;
    for (size_t i = first; i < n; i++) {
      const ot_field *f = &im->fields[i];
      if (f->number != number) continue;
      if ((rule == CN_JOIN || rule == CN_SUB) && f->wire_type != WR_LEN) return ottl__ot_refuse(b, f->tag, "wrong wire type");
      if (rule == CN_PACK && f->wire_type != WR_LEN && f->wire_type != WR_64)
        return ottl__ot_refuse(b, f->tag, "wrong wire type");
      if (rule == CN_PACK_VARINT && f->wire_type != WR_LEN && f->wire_type != WR_VARINT)
        return ottl__ot_refuse(b, f->tag, "wrong wire type");
      if (rule == CN_PACK && (f->end - f->value) % 8) return ottl__ot_refuse(b, f->tag, "a packed field ends within an element");
      last = i;
      count++;
      bytes += (size_t)(f->end - f->value);
    }
    if (rule == CN_KEEP) {
      for (size_t i = first; i < n; i++) {
        const ot_field *f = &im->fields[i];
        if (f->number == number) at = wr_put(at, f->tag, (size_t)(f->end - f->tag));
      }
    } else if (rule == CN_LAST || rule == CN_ONEOF || (rule == CN_JOIN && count == 1)) {
      at = wr_put(at, im->fields[last].tag, (size_t)(im->fields[last].end - im->fields[last].tag));
    } else if (rule == CN_SUB) {
      /* The body goes behind the longest head, and then back to where it belongs. */
      bool metric = rules.metric != 0;
      for (size_t i = first; i < n; i++) {
        ot_field f = im->fields[i];
        if (f.number == number && (!metric || i == last)) OTTL_TRY(collect(b, f.value, f.end));
      }
      uint8_t *body = at + 6, *end;
      OTTL_TRY(emit(b, message, number, n, body, &end, NULL));
      im->n_fields = n;
      size_t len = (size_t)(end - body);
      *at++ = (uint8_t)WR_TAG(number, WR_LEN);
      at = varint_put(at, len);
      memmove(at, body, len);
      at += len;
    } else {
      at = varint_put(at, WR_TAG(number, WR_LEN));
      at = varint_put(at, bytes);
      for (size_t i = first; i < n; i++) {
        const ot_field *f = &im->fields[i];
        if (f->number == number) at = wr_put(at, f->value, (size_t)(f->end - f->value));
      }
    }
  }
  for (size_t i = first; i < n; i++) {
    const ot_field *f = &im->fields[i];
    if (f->number >= OT_NUMBERS) at = wr_put(at, f->tag, (size_t)(f->end - f->tag));
  }
  *ret_end = at;
  return OTTL_OK;
}

ottl_status ottl__ot_canonical(ottl_batch *b, unsigned message, const uint8_t *body, uint32_t len, const uint8_t **ret,
                               uint32_t *ret_len, uint32_t *ret_gap) {
  ot_impl *im = ot_of(b);
  im->n_fields = 0;
  OTTL_TRY(collect(b, body, body + len));
  /* Joining and cutting only shorten; a packed field of one element grows by a byte, a sub-message stands 6 bytes off. */
  size_t room = (size_t)len + 64;
  uint8_t *out = arena_alloc(&b->arena, room), *end, *gap = out;
  if (!out) return OTTL_NOMEM;
  OTTL_TRY(emit(b, message, 0, 0, out, &end, &gap));
  arena_trim(&b->arena, out, room, (size_t)(end - out));
  *ret = out;
  *ret_len = (uint32_t)(end - out);
  *ret_gap = (uint32_t)(gap - out);
  return OTTL_OK;
}
