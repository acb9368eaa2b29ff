/* Names: the nearest known one to a misspelt one, and the reference's camel case. */
#include "sema/sema.h"

#define SUGGEST_MAX 64 /* longer names get no suggestions */

uint32_t ottl__edit_distance(ottl_view a, ottl_view b, uint32_t most) {
  if (a.len > SUGGEST_MAX || b.len > SUGGEST_MAX) return most + 1;
  if (a.len + most < b.len || b.len + most < a.len) return most + 1;
  uint8_t rows[3][SUGGEST_MAX + 1];
  uint8_t *two = rows[0], *one = rows[1], *now = rows[2];
  for (size_t j = 0; j <= b.len; j++) one[j] = (uint8_t)j;
  for (size_t i = 1; i <= a.len; i++) {
    now[0] = (uint8_t)i;
    for (size_t j = 1; j <= b.len; j++) {
      uint8_t best = (uint8_t)(one[j - 1] + (a.data[i - 1] != b.data[j - 1]));
      if (one[j] + 1 < best) best = (uint8_t)(one[j] + 1);
      if (now[j - 1] + 1 < best) best = (uint8_t)(now[j - 1] + 1);
      if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1] && two[j - 2] + 1 < best)
        best = (uint8_t)(two[j - 2] + 1);
      now[j] = best;
    }
    uint8_t *old = two;
    two = one, one = now, now = old;
  }
  return one[b.len] <= most ? one[b.len] : most + 1;
}

/* How many edits still look like a slip: the longer the name, the more. */
static uint32_t suggest_most(size_t len) { return len <= 4 ? 1 : len <= 8 ? 2 : 3; }

sema_guess ottl__guess(ottl_view wanted) { return (sema_guess){NULL, suggest_most(wanted.len) + 1, wanted}; }

void ottl__guess_try(sema_guess *g, const char *candidate) {
  if (g->distance == 0) return;
  uint32_t d = ottl__edit_distance(g->wanted, view_str(candidate), g->distance - 1);
  if (d >= g->distance) return;
  g->distance = d;
  g->name = candidate;
}

size_t ottl__to_camel(ottl_view s, char *ret) {
  size_t n = 0;
  bool cap_next = true, prev_cap = false;
  for (size_t i = 0; i < s.len; i++) {
    char v = s.data[i];
    bool is_cap = v >= 'A' && v <= 'Z', is_low = v >= 'a' && v <= 'z';
    if (cap_next) {
      if (is_low) v = (char)(v - 'a' + 'A');
    } else if (prev_cap && is_cap)
      v = (char)(v - 'A' + 'a');
    prev_cap = is_cap;
    if (is_cap || is_low) {
      ret[n++] = v;
      cap_next = false;
    } else if (v >= '0' && v <= '9') {
      ret[n++] = v;
      cap_next = true;
    } else
      cap_next = v == '_' || v == ' ' || v == '-' || v == '.';
  }
  ret[n] = 0;
  return n;
}
