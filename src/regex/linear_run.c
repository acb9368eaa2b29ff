/* The linear engine: a Pike machine. All ways through the program advance together, one rune at a time, in order of preference;
 * of those that meet in one state only the preferred goes on. Time is O(program x subject); memory O(program), and bounded for groups. */
#include "base/limits.h"
#include "regex/linear.h"
#include "regex/utf8.h"

#define LIN_NONE UINT32_MAX

/* The ways alive at one position: a sparse set of instructions, and threads for those that wait for a rune (or have matched). */
typedef struct lin_set {
  uint32_t *sparse, *dense;
  uint32_t n;
  uint32_t *threads; /* their instructions, preferred first */
  uint32_t n_threads;
  uint32_t *slots; /* n_slots for each thread */
} lin_set;

typedef struct lin_todo {
  uint32_t at; /* instruction, or LIN_NONE: restore a slot */
  uint32_t slot, old;
} lin_todo;

typedef struct lin_machine {
  const rx_program *p;
  ottl_view subject;
  uint32_t first_slot, n_slots; /* those that are kept; 0 when only the answer counts */
  uint32_t most_threads;        /* alive at one position */
  uint64_t steps;               /* instructions followed and threads moved */
  lin_set now, next;
  lin_todo *todo;
  uint32_t *current; /* slots of the way that is being followed */
  uint32_t *best;
} lin_machine;

/* Follows all that needs no rune from `at`, preferred ways first. */
static void lin_follow(lin_machine *m, lin_set *set, uint32_t at, size_t pos, uint32_t holds) {
  const lin_inst *insts = m->p->insts;
  lin_todo *todo = m->todo;
  size_t n = 0;
  todo[n++] = (lin_todo){at, 0, 0};
  while (n) {
    lin_todo t = todo[--n];
    if (t.at == LIN_NONE) {
      m->current[t.slot] = t.old;
      continue;
    }
    at = t.at;
    for (;;) {
      uint32_t k = set->sparse[at];
      if (k < set->n && set->dense[k] == at) break;
      set->sparse[at] = set->n;
      set->dense[set->n++] = at;
      const lin_inst *i = &insts[at];
      if (i->op == LIN_NOP) {
        at = i->out;
      } else if (i->op == LIN_ALT) {
        todo[n++] = (lin_todo){i->arg, 0, 0};
        at = i->out;
      } else if (i->op == LIN_CAP) {
        uint32_t slot = i->arg - m->first_slot;
        if (slot < m->n_slots) {
          todo[n++] = (lin_todo){LIN_NONE, slot, m->current[slot]};
          m->current[slot] = (uint32_t)pos;
        }
        at = i->out;
      } else if (i->op == LIN_EMPTY) {
        if (i->arg & ~holds) break;
        at = i->out;
      } else {
        if (i->op == LIN_FAIL) break;
        set->threads[set->n_threads] = at;
        if (m->n_slots) memcpy(set->slots + (size_t)set->n_threads * m->n_slots, m->current, m->n_slots * sizeof(uint32_t));
        set->n_threads++;
        break;
      }
    }
  }
}

/* Moves every thread of `now` over the rune. True: the preferred way left has matched, its slots are in `best`. */
static bool lin_step(lin_machine *m, uint32_t rune, bool end, size_t next_pos, uint32_t holds) {
  const rx_program *p = m->p;
  for (uint32_t t = 0; t < m->now.n_threads; t++) {
    const lin_inst *i = &p->insts[m->now.threads[t]];
    const uint32_t *slots = m->now.slots + (size_t)t * m->n_slots;
    if (i->op == LIN_MATCH) {
      if (m->n_slots) memcpy(m->best, slots, m->n_slots * sizeof(uint32_t));
      return true; /* the threads behind are less preferred */
    }
    if (end || !lin_takes(p, i, rune)) continue;
    if (m->n_slots) memcpy(m->current, slots, m->n_slots * sizeof(uint32_t));
    lin_follow(m, &m->next, i->out, next_pos, holds);
  }
  return false;
}

/* Lays the machine out in the scratch memory, for so many threads. */
static ottl_status lin_prepare(const ottl_allocator *al, rx_scratch *scratch, lin_machine *m, size_t threads) {
  size_t n = m->p->n, slots = m->n_slots;
  /* Every instruction is followed once a position, and leaves at most one thing to do. */
  size_t words = 4 * n + 2 * threads + 2 * threads * slots + 2 * slots;
  size_t bytes = words * sizeof(uint32_t) + (n + 1) * sizeof(lin_todo);
  if (scratch->bytes < bytes) {
    void *memory = al_zero(al, bytes + bytes / 4);
    if (!memory) return OTTL_NOMEM;
    al_free(al, scratch->memory, scratch->bytes);
    scratch->memory = memory;
    scratch->bytes = bytes + bytes / 4;
  }
  uint32_t *w = scratch->memory;
  lin_set *sets[2] = {&m->now, &m->next};
  for (unsigned i = 0; i < 2; i++) {
    sets[i]->sparse = w, w += n;
    sets[i]->dense = w, w += n;
    sets[i]->threads = w, w += threads;
    sets[i]->slots = w, w += threads * slots;
  }
  m->current = w, w += slots;
  m->best = w, w += slots;
  m->todo = (lin_todo *)w;
  return OTTL_OK;
}

static bool lin_may_begin(const rx_program *p, uint8_t c) { return p->first[c / 64] >> c % 64 & 1; }

/* The search from `pos`. On a match m->best holds the slots. */
static bool lin_search(lin_machine *m, size_t pos) {
  const rx_program *p = m->p;
  ottl_view subject = m->subject;
  bool matched = false;
  m->now.n = m->now.n_threads = 0;
  for (;;) {
    if (m->now.n_threads == 0) {
      if (matched || (p->anchored && pos > 0)) break;
      while (!p->any_first && pos < subject.len && !lin_may_begin(p, (uint8_t)subject.data[pos])) {
        unsigned width;
        (void)utf8_decode(subject.data + pos, subject.len - pos, &width);
        pos += width;
      }
    }
    /* Nothing alive is waiting here unless it was put there by the last step, so the set may be made empty when it has no
     * threads; otherwise the new beginning is the least preferred of them. */
    uint32_t holds = lin_conditions(subject, pos);
    if (!matched && (pos == 0 || !p->anchored)) {
      if (m->n_slots) {
        memset(m->current, 0xff, m->n_slots * sizeof(uint32_t));
        if (m->first_slot == 0) m->current[0] = (uint32_t)pos;
      }
      if (m->now.n_threads == 0) m->now.n = 0;
      lin_follow(m, &m->now, p->start, pos, holds);
    }
    m->steps += 1 + m->now.n + m->now.n_threads;
    if (m->most_threads < m->now.n_threads) m->most_threads = m->now.n_threads;
    bool end = pos >= subject.len;
    unsigned width = 0;
    uint32_t rune = end ? LIN_NONE : utf8_decode(subject.data + pos, subject.len - pos, &width);
    size_t next_pos = pos + width;
    m->next.n = m->next.n_threads = 0;
    if (lin_step(m, rune, end, next_pos, end ? 0 : lin_conditions(subject, next_pos))) {
      matched = true;
      if (!m->n_slots) break;
      if (m->first_slot == 0) m->best[1] = (uint32_t)pos;
    }
    lin_set swap = m->now;
    m->now = m->next;
    m->next = swap;
    pos = next_pos;
    if (end) break;
  }
  return matched;
}

static void lin_give(const lin_machine *m, size_t *spans) {
  for (uint32_t i = 0; i < m->n_slots; i += 2) {
    bool set = m->best[i] != LIN_NONE && m->best[i + 1] != LIN_NONE;
    spans[m->first_slot + i] = set ? m->best[i] : SIZE_MAX;
    spans[m->first_slot + i + 1] = set ? m->best[i + 1] : SIZE_MAX;
  }
}

/* How many slots fit the memory, at least one group's two. */
static uint32_t lin_window(const rx_scratch *scratch, uint32_t n_slots, size_t threads) {
  size_t most = scratch->most_bytes ? scratch->most_bytes : OTTL_MAX_REGEX_CAPTURE_BYTES;
  size_t pairs = most / (2 * 2 * sizeof(uint32_t) * (threads + 1));
  return n_slots <= 2 * pairs ? n_slots : pairs ? (uint32_t)(2 * pairs) : 2;
}

/* Captures do not decide which way is preferred. So where those of all threads together would take too much memory, they are
 * found some groups at a time, by further runs over the match. */
ottl_status ottl__regex_linear_find(const ottl_allocator *al, const rx_program *p, rx_scratch *scratch, ottl_view subject,
                                    size_t start, size_t *spans, bool *ret) {
  if (subject.len >= UINT32_MAX) return OTTL_LIMIT;
  uint32_t n_slots = spans ? p->n_slots : 0;
  lin_machine m = {.p = p, .subject = subject, .n_slots = n_slots};
  if (m.n_slots > lin_window(scratch, n_slots, p->n_threads)) m.n_slots = 2;
  OTTL_TRY(lin_prepare(al, scratch, &m, p->n_threads));
  bool matched = lin_search(&m, start);
  if (matched && spans) lin_give(&m, spans);
  uint32_t threads = m.most_threads + 1, window = lin_window(scratch, n_slots, threads);
  for (uint32_t first = m.n_slots; matched && first < n_slots; first += window) {
    m.first_slot = first;
    m.n_slots = window < n_slots - first ? window : n_slots - first;
    OTTL_TRY(lin_prepare(al, scratch, &m, threads));
    (void)lin_search(&m, spans[0]);
    lin_give(&m, spans);
  }
  scratch->steps += m.steps;
  *ret = matched;
  return OTTL_OK;
}
