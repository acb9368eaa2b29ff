/* What a plain scalar is: the rules of the YAML library that the collector reads its files with (go.yaml.in/yaml/v3), which are
 * those of YAML 1.2 with some of 1.1: 0777 is octal, `_` may stand inside numbers, yes and no are strings. */
#include <float.h>

#include "base/gonum.h"
#include "config/node.h"

static bool one_of(ottl_view v, const char *const *words) {
  for (; *words; words++) {
    if (view_is(v, *words)) return true;
  }
  return false;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_float(ottl_view text) {
  const char *p = text.data, *end = p + text.len;
  if (p < end && (*p == '-' || *p == '+')) p++;
  const char *digits = p;
  while (p < end && *p >= '0' && *p <= '9') p++;
  size_t whole = (size_t)(p - digits), fraction = 0;
  if (p < end && *p == '.') {
    digits = ++p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    fraction = (size_t)(p - digits);
  }
  if (whole + fraction == 0) return false;
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < end && (*p == '-' || *p == '+')) p++;
    digits = p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    if (p == digits) return false;
  }
  return p == end;
}

static bool resolve_number(cfg_node *node) {
  char plain[64]; /* longer ones are no number that anybody writes; they stay strings */
  size_t n = 0;
  ottl_view text = node->text;
  unsigned c = text.len ? (unsigned char)text.data[0] : 0;
  if (!((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+') || text.len >= sizeof plain) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] != '_') plain[n++] = text.data[i];
  }
  ottl_view v = {plain, n};
  if (ottl__gonum_parse_int(v, 0, &node->integer) == OTTL_NUM_OK) {
    node->kind = CFG_INT;
    return true;
  }
  double number;
  if (!looks_float(v) || ottl__gonum_parse_double(v, &number) != OTTL_NUM_OK) return false;
  node->kind = CFG_FLOAT;
  node->number = number;
  return true;
}

void ottl__cfg_resolve(cfg_node *node) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
  static const char *const trues[] = {"true", "True", "TRUE", NULL};
  static const char *const falses[] = {"false", "False", "FALSE", NULL};
  static const char *const infinities[] = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", NULL};
  static const char *const negatives[] = {"-.inf", "-.Inf", "-.INF", NULL};
  static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};
  ottl_view v = node->text;
  if (one_of(v, nulls)) {
    node->kind = CFG_NULL;
  } else if (one_of(v, trues) || one_of(v, falses)) {
    node->kind = CFG_BOOL;
    node->boolean = one_of(v, trues);
  } else if (one_of(v, infinities) || one_of(v, negatives) || one_of(v, nans)) {
    node->kind = CFG_FLOAT;
    double infinity = DBL_MAX * 2;
    node->number = one_of(v, nans) ? infinity - infinity : one_of(v, negatives) ? -infinity : infinity;
  } else if (!resolve_number(node)) {
    node->kind = CFG_STRING;
  }
}
