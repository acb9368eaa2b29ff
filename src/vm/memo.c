/* Memo of calls. The table is bounded and searched a few slots far: values that are made to collide cost the memo, not time. */
#include "vm/memo.h"

#include <stdlib.h>
#include <time.h>

#define MEMO_LEAST_ROWS 32 /* windows with fewer rows do without */
#define MEMO_SAMPLE     64 /* rows after which the search is given up where most are distinct */
#define MEMO_PROBES     8
#define MEMO_MOST_SKIP  255
#define MEMO_SURE_NS    300 /* what costs more in a row pays surely where values come again */
#define MEMO_TURNS      64  /* windows until what costs less is measured again */

/* What a slot knows: the hash of a value and the row that had it first. */
typedef struct memo_slot {
  uint32_t hash;
  uint32_t row; /* 1 + row; 0: free */
} memo_slot;

static int64_t memo_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

vm_memo_mode ottl__memo_mode(void) {
#ifndef __wasm__ /* no environment there, and asking for one imports it */
  const char *force = getenv("OTTL_FORCE_MEMO");
  if (force) return strcmp(force, "on") == 0 ? VM_MEMO_ON : strcmp(force, "off") == 0 ? VM_MEMO_OFF : VM_MEMO_AUTO;
#endif
  return VM_MEMO_AUTO;
}

/* -- which calls -- */

/* The one argument of a call whose register is not constant, or MEMO_NONE. */
static uint16_t memo_arg(const ottl_code *code, const ottl_code_call *cc) {
  const ottl_function *f = &ottl__functions[cc->site->function];
  uint16_t found = MEMO_NONE;
  if (!(f->flags & OTTL_FN_COSTLY)) return MEMO_NONE;
  for (uint32_t k = 0; k < cc->site->n_args; k++) {
    for (uint32_t i = 0; cc->items[k] && i < cc->site->args[k].n_items; i++) {
      if (code->regs[cc->items[k][i]].level != OTTL_LEVEL_CONST) return MEMO_NONE;
    }
    bool old = f->params[k].kind == OTTL_P_GETSETTER; /* of a path editor: the engine brings it */
    if (!old && (cc->regs[k] == OTTL_NO_REG || code->regs[cc->regs[k]].level == OTTL_LEVEL_CONST)) continue;
    if (found != MEMO_NONE) return MEMO_NONE;
    found = (uint16_t)k;
  }
  return found;
}

ottl_status ottl__memo_create(const ottl_allocator *al, const ottl_code *code, vm_memo **ret) {
  vm_memo *memos = al_zero(al, code->n_calls * sizeof *memos);
  if (!memos) return OTTL_NOMEM;
  for (uint32_t i = 0; i < code->n_calls; i++) memos[i].arg = memo_arg(code, &code->calls[i]);
  *ret = memos;
  return OTTL_OK;
}

void ottl__memo_free(const ottl_allocator *al, const ottl_code *code, vm_memo *memos) {
  al_free(al, memos, code->n_calls * sizeof *memos);
}

/* -- one window -- */

/* Whether the word of a value is the address of `len` bytes that are all there is to it. */
static inline bool memo_is_bytes(uint8_t tag) {
  switch (tag) {
  case OTTL_T_STRING:
  case OTTL_T_BYTES:
  case OTTL_T_TRACE_ID:
  case OTTL_T_SPAN_ID:
  case OTTL_T_PROFILE_ID:
  case OTTL_T_MAP: /* on the wire */
  case OTTL_T_LIST: return true;
  default: return false;
  }
}

/* Of long texts some bytes at both ends and between. */
static inline uint32_t memo_hash(ottl_cell c) {
  uint64_t a = c.word, b = 0, h = c.tag * UINT64_C(0x9e3779b97f4a7c15) + c.len;
  if (memo_is_bytes(c.tag)) {
    const char *p = (const char *)(uintptr_t)c.word;
    uint32_t n = c.len;
    if (n >= 8) {
      a = load_u64(p);
      b = load_u64(p + n - 8);
      if (n > 16) {
        a ^= load_u64(p + (n >> 1) - 4) * UINT64_C(0xff51afd7ed558ccd);
        b ^= load_u64(p + (n >> 2)) * UINT64_C(0xc4ceb9fe1a85ec53);
      }
      if (n > 32) a += load_u64(p + n - 16) * UINT64_C(0x87c37b91114253d5);
    } else if (n >= 4) {
      a = load_u32(p);
      b = load_u32(p + n - 4);
    } else {
      a = n ? (uint64_t)(uint8_t)p[0] | (uint64_t)(uint8_t)p[n >> 1] << 8 | (uint64_t)(uint8_t)p[n - 1] << 16 : 0;
    }
  }
  h = (h ^ a) * UINT64_C(0x9e3779b97f4a7c15);
  h = (h ^ h >> 32 ^ b) * UINT64_C(0xd6e8feb86659fd93);
  return (uint32_t)(h >> 32 ^ h);
}

static inline bool memo_same(ottl_cell a, ottl_cell b) {
  if (a.tag != b.tag || a.len != b.len) return false;
  if (a.word == b.word) return true;
  return memo_is_bytes(a.tag) &&
         (a.len == 0 || memcmp((const void *)(uintptr_t)a.word, (const void *)(uintptr_t)b.word, a.len) == 0);
}

/* The row that had the value of row i first: i itself when it is new or there is no room for it. */
static inline uint32_t memo_first(memo_slot *slots, uint32_t cap, const ottl_reg *arg, uint32_t i) {
  ottl_cell c = reg_cell(arg, i);
  uint32_t hash = memo_hash(c);
  for (uint32_t at = hash, probes = 0; probes < MEMO_PROBES; at++, probes++) {
    memo_slot *s = &slots[at & (cap - 1)];
    if (!s->row) {
      *s = (memo_slot){hash, i + 1};
      return i;
    }
    if (s->hash == hash && memo_same(c, reg_cell(arg, s->row - 1))) return s->row - 1;
  }
  return i;
}

/* It did not pay: longer and longer pauses. */
static void memo_pause(vm_memo *memo) {
  uint32_t pause = memo->pause * 2u + 1;
  memo->skip = memo->pause = (uint16_t)(pause < MEMO_MOST_SKIP ? pause : MEMO_MOST_SKIP);
}

ottl_status ottl__memo_begin(ottl_vm *vm, uint32_t call_index, const ottl_call *call, uint64_t *rows, memo_run *run) {
  vm_memo *memo = &vm->frame->memos[call_index];
  bool force = vm->memo == VM_MEMO_ON;
  run->memo = NULL;
  if (memo->arg == MEMO_NONE || vm->memo == VM_MEMO_OFF) return OTTL_OK;
  uint32_t m = 0;
  for (size_t w = 0; w < BM_WORDS(call->n); w++) m += (uint32_t)__builtin_popcountll(rows[w]);
  if (m < (force ? 2 : MEMO_LEAST_ROWS)) return OTTL_OK;
  if (memo->skip && !force) {
    memo->skip--;
    return OTTL_OK;
  }
  *run = (memo_run){.memo = memo, .n = m, .begun = memo_now()};
  if (memo->measure && !force) {
    memo->measure = false;
    run->plain = true;
    return OTTL_OK;
  }
  const ottl_reg *arg = call->arg[memo->arg].reg;
  uint32_t cap = 64;
  while (cap < 2 * m) cap *= 2;
  memo_slot *slots = arena_zero(&vm->slice, cap * sizeof *slots);
  uint32_t *copies = arena_array(&vm->slice, m, 2 * sizeof *copies);
  if (!slots || !copies) return OTTL_NOMEM;
  run->copies = copies;
  uint32_t seen = 0;
  for (size_t w = 0; w < BM_WORDS(call->n); w++) {
    if (seen >= MEMO_SAMPLE && !force && run->n_copies * 4 < seen) break; /* what is left goes to the handler */
    for (uint64_t bits = rows[w]; bits; bits &= bits - 1, seen++) {
      uint32_t i = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);
      if (OTTL_UNLIKELY(reg_failed(arg, i))) continue;
      uint32_t first = memo_first(slots, cap, arg, i);
      if (first == i) continue;
      copies[2 * run->n_copies] = i;
      copies[2 * run->n_copies++ + 1] = first;
      bm_clear(rows, i);
    }
  }
  run->n_first = m - run->n_copies;
  if (seen < m) memo_pause(memo);
  run->searched = memo_now();
  return OTTL_OK;
}

/* What row `from` got, value or failure, for row i. */
static inline void memo_copy(ottl_call *call, uint32_t i, uint32_t from) {
  ottl_reg *d = call->out;
  if (OTTL_UNLIKELY(call->any_err) && bm_get(call->err, from)) {
    call_fail(call, i, call->code[from]);
    return;
  }
  if (call->changed && bm_get(call->changed, from)) bm_set(call->changed, i);
  switch (d->store) {
  case OTTL_STORE_BOOL: bm_put(d->bits, i, bm_get(d->bits, from)); break;
  case OTTL_STORE_CELL: d->tag[i] = d->tag[from]; /* fall through */
  case OTTL_STORE_VIEW: d->len[i] = d->len[from]; /* fall through */
  default: d->word[i] = d->word[from]; break;
  }
}

/* Whether the memo cost less in this window than doing without would have. */
static bool memo_paid(const memo_run *run, int64_t computed, int64_t end) {
  vm_memo *memo = run->memo;
  int64_t search = run->searched - run->begun + end - computed, handler = computed - run->searched;
  if (handler >= MEMO_SURE_NS * (int64_t)run->n_first) return search * run->n_first < handler * run->n_copies;
  /* The fixed cost of a call and of the clock is no longer small: measure a window without. */
  if (memo->plain == 0 || ++memo->turns % MEMO_TURNS == 0) {
    memo->measure = true;
    memo->plain = 0;
    return search * run->n_first < handler * run->n_copies;
  }
  return (float)(search + handler) < memo->plain * (float)run->n;
}

void ottl__memo_end(memo_run *run, ottl_call *call) {
  vm_memo *memo = run->memo;
  if (!memo) return;
  int64_t computed = memo_now();
  if (run->plain) {
    memo->plain = (float)(computed - run->begun) / (float)run->n;
    return;
  }
  for (uint32_t k = 0; k < run->n_copies; k++) memo_copy(call, run->copies[2 * k], run->copies[2 * k + 1]);
  if (memo->skip) return; /* given up already */
  if (memo_paid(run, computed, memo_now()))
    memo->pause = 0;
  else
    memo_pause(memo);
}
