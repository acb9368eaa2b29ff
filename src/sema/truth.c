/* What conditions must give: comparisons by the types of their operands and by facts about the path, checks such as IsString,
 * and what `not`, `and`, `or` make of it. */
#include "sema/sema.h"

enum { CAN_TRUE = 1, CAN_FALSE = 2 };

int ottl__truth_mirror(int op) {
  static const uint8_t mirror[] = {OTTL_CMP_EQ, OTTL_CMP_NE, OTTL_CMP_GT, OTTL_CMP_GE, OTTL_CMP_LE, OTTL_CMP_LT};
  return mirror[op];
}

int ottl__truth_negate(int op) {
  static const uint8_t negated[] = {OTTL_CMP_NE, OTTL_CMP_EQ, OTTL_CMP_GE, OTTL_CMP_GT, OTTL_CMP_LT, OTTL_CMP_LE};
  return negated[op];
}

/* ---- types ---- */

#define T_NUMBERS (TYPES(INT) | TYPES(DOUBLE))

/* Two values that are not nil. */
static unsigned truth_of_values(int op, ottl_types a, ottl_types b) {
  unsigned none = op == OTTL_CMP_NE ? CAN_TRUE : CAN_FALSE, open = CAN_TRUE | CAN_FALSE;
  if (a & T_NUMBERS) return b & T_NUMBERS ? open : none;
  if (a & TYPES_TIME) return b & TYPES_TIME ? open : none;
  if (a & (TYPES(BOOL) | TYPES(STRING) | TYPES(BYTES) | TYPES(DURATION))) return a == b ? open : none;
  if (op > OTTL_CMP_NE) return CAN_FALSE; /* no order */
  ottl_types lists = TYPES(LIST) | TYPES(LIST_ANY);
  return a == b || ((a & lists) && (b & lists)) ? open : none;
}

/* Is a value of the type nil: 2 always, 1 when it is empty, 0 never. */
static int truth_nil(ottl_types t) { return t & TYPES_NIL ? 2 : t & TYPES(BYTES) ? 1 : 0; }

static unsigned truth_of_pair(int op, ottl_types a, ottl_types b) {
  int a_nil = truth_nil(a), b_nil = truth_nil(b);
  unsigned result = 0;
  if (a_nil && b_nil) result |= op == OTTL_CMP_EQ || op == OTTL_CMP_LE || op == OTTL_CMP_GE ? CAN_TRUE : CAN_FALSE;
  if ((a_nil && b_nil < 2) || (b_nil && a_nil < 2)) result |= op == OTTL_CMP_NE ? CAN_TRUE : CAN_FALSE;
  if (a_nil < 2 && b_nil < 2) result |= truth_of_values(op, a, b);
  return result;
}

unsigned ottl__truth_of_types(int op, ottl_types a, ottl_types b) {
  unsigned result = 0;
  for (ottl_types x = a; x; x &= x - 1) {
    for (ottl_types y = b; y; y &= y - 1) {
      result |= truth_of_pair(op, x & -x, y & -y);
      if (result == (CAN_TRUE | CAN_FALSE)) return result;
    }
  }
  return result;
}

/* ---- literals ---- */

/* Numbers up to 2^53 alone: above, ints and doubles that differ compare as equal. */
bool ottl__truth_keeps(ottl_cell c) {
  const int64_t most = (int64_t)1 << 53;
  switch (cell_type(c)) {
  case OTTL_T_BOOL:
  case OTTL_T_STRING: return true;
  case OTTL_T_INT: return (int64_t)c.word > -most && (int64_t)c.word < most;
  case OTTL_T_DOUBLE: return double_of_bits(c.word) > (double)-most && double_of_bits(c.word) < (double)most;
  default: return false;
  }
}

static bool literal_is(ottl_arena *arena, ottl_cell a, ottl_cell b, int op) {
  bool result = false;
  return ottl__value_compare(arena, a, b, op, &result) == OTTL_OK && result;
}

static bool literals_ordered(ottl_cell a, ottl_cell b) {
  ottl_types x = (ottl_types)1 << cell_type(a), y = (ottl_types)1 << cell_type(b);
  return x == y || ((x & T_NUMBERS) && (y & T_NUMBERS));
}

static ottl_truth truth_if(bool yes, bool no) { return yes ? OTTL_TRUTH_TRUE : no ? OTTL_TRUTH_FALSE : OTTL_TRUTH_OPEN; }

/* The path is less than a (or equal to it): is it `op2` b? `less`, `same`: a against b. */
static ottl_truth implied_by_less(bool or_equal, int op2, bool less, bool same) {
  bool below = less || (same && !or_equal); /* the path is less than b */
  switch (op2) {
  case OTTL_CMP_LT:
  case OTTL_CMP_NE: return truth_if(below, false);
  case OTTL_CMP_LE: return truth_if(less || same, false);
  case OTTL_CMP_EQ:
  case OTTL_CMP_GE: return truth_if(false, below);
  default: return truth_if(false, less || same);
  }
}

ottl_truth ottl__truth_implied(ottl_arena *arena, int op1, ottl_cell a, int op2, ottl_cell b) {
  if (!literals_ordered(a, b)) return OTTL_TRUTH_OPEN; /* types tell, where they are known */
  bool same = literal_is(arena, a, b, OTTL_CMP_EQ), less = literal_is(arena, a, b, OTTL_CMP_LT);
  switch (op1) {
  case OTTL_CMP_EQ: {
    bool holds = literal_is(arena, a, b, op2);
    return truth_if(holds, !holds);
  }
  case OTTL_CMP_NE: return same ? truth_if(op2 == OTTL_CMP_NE, op2 == OTTL_CMP_EQ) : OTTL_TRUTH_OPEN;
  case OTTL_CMP_LT:
  case OTTL_CMP_LE: return implied_by_less(op1 == OTTL_CMP_LE, op2, less, same);
  default: return implied_by_less(op1 == OTTL_CMP_GE, ottl__truth_mirror(op2), !less && !same, same);
  }
}

/* ---- checks ---- */

bool ottl__truth_check(uint16_t function, ottl_types *ret) {
  static const struct {
    const char *name;
    ottl_types types;
  } checks[] = {
#define CHECK(function, types) {#function, types},
#include "refine.def"
  };
  const char *name = ottl__functions[function].name;
  if (name[0] != 'I') return false;
  for (size_t i = 0; i < OTTL_COUNT(checks); i++) {
    if (strcmp(checks[i].name, name) != 0) continue;
    *ret = checks[i].types;
    return true;
  }
  return false;
}

/* ---- conditions ---- */

static uint8_t truth_of_bits(unsigned bits) {
  return bits == CAN_TRUE ? OTTL_TRUTH_TRUE : bits == CAN_FALSE ? OTTL_TRUTH_FALSE : OTTL_TRUTH_OPEN;
}

static void truth_of_comparison(sema *s, ottl_expr *e, ottl_span *because, bool *has_because) {
  const ottl_expr *a = e->kids[0], *b = e->kids[1];
  e->truth = truth_of_bits(ottl__truth_of_types(e->op, a->types, b->types));
  if (e->truth != OTTL_TRUTH_OPEN) {
    *has_because = (a->kind == OTTL_E_PATH && ottl__narrow_origin(s, a, because)) ||
                   (b->kind == OTTL_E_PATH && ottl__narrow_origin(s, b, because));
    return;
  }
  if (!a->types || !b->types) return;
  if (b->is_literal)
    e->truth = ottl__narrow_compared(s, a, e->op, b->literal, because);
  else if (a->is_literal)
    e->truth = ottl__narrow_compared(s, b, ottl__truth_mirror(e->op), a->literal, because);
  *has_because = e->truth != OTTL_TRUTH_OPEN;
}

static void truth_of_call(sema *s, ottl_expr *e, ottl_span *because, bool *has_because) {
  const ottl_expr *call = e->kids[0];
  ottl_types checked;
  if (call->kind != OTTL_E_CALL || !ottl__truth_check(call->call->function, &checked)) return;
  const ottl_expr *arg = call->call->args[0].expr;
  if (!arg || !arg->types) return;
  if (arg->types & checked) {
    if (!(arg->types & ~checked)) e->truth = OTTL_TRUTH_TRUE;
  } else
    e->truth = OTTL_TRUTH_FALSE;
  if (e->truth != OTTL_TRUTH_OPEN && arg->kind == OTTL_E_PATH) *has_because = ottl__narrow_origin(s, arg, because);
}

void ottl__truth_set(sema *s, ottl_expr *e, ottl_span *because, bool *has_because) {
  *has_because = false;
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_CMP: truth_of_comparison(s, e, because, has_because); return;
  case OTTL_E_TRUTH: truth_of_call(s, e, because, has_because); return;
  case OTTL_E_NOT:
    if (e->kids[0]->truth != OTTL_TRUTH_OPEN)
      e->truth = e->kids[0]->truth == OTTL_TRUTH_TRUE ? OTTL_TRUTH_FALSE : OTTL_TRUTH_TRUE;
    return;
  case OTTL_E_AND:
  case OTTL_E_OR: {
    ottl_truth decides = e->kind == OTTL_E_AND ? OTTL_TRUTH_FALSE : OTTL_TRUTH_TRUE;
    bool all = true;
    for (uint32_t i = 0; i < e->n_kids; i++) {
      if (e->kids[i]->truth == decides) {
        e->truth = (uint8_t)decides;
        return;
      }
      all &= e->kids[i]->truth != OTTL_TRUTH_OPEN;
    }
    if (all) e->truth = decides == OTTL_TRUTH_TRUE ? OTTL_TRUTH_FALSE : OTTL_TRUTH_TRUE;
    return;
  }
  default: return;
  }
}
