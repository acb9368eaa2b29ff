/* From the pattern's tree to matchers, through the original's rewritings: common beginnings and ends of alternatives are taken
 * out, neighbours are glued together, and what is left becomes binary trees around the longest part of fixed length. */
#include "regex/glob_impl.h"

typedef const glob_matcher *matcher_ptr;

typedef struct matcher_list {
  matcher_ptr *at;
  uint32_t n;
} matcher_list;

bool ottl__glob_in_list(ottl_view list, uint32_t rune) {
  for (size_t i = 0; i < list.len;) {
    uint32_t r;
    i += (size_t)utf8_decode(list.data + i, list.len - i, &r);
    if (r == rune) return true;
  }
  return false;
}

/* NULL: out of memory. */
static glob_matcher *gb_new(ottl_arena *arena, glob_op op, int32_t len) {
  glob_matcher *m = arena_zero(arena, sizeof *m);
  if (!m) return NULL;
  m->op = (uint8_t)op;
  m->len = len;
  return m;
}

static matcher_ptr gb_text(ottl_arena *arena, glob_op op, ottl_view a) {
  glob_matcher *m = gb_new(arena, op, op == GM_TEXT ? (int32_t)ottl__utf8_count(a) : -1);
  if (m) m->a = a;
  return m;
}

/* -- optimizing one matcher -- */

static matcher_ptr gb_optimize(ottl_arena *arena, matcher_ptr m);

static matcher_ptr gb_optimize_btree(ottl_arena *arena, matcher_ptr old) {
  matcher_ptr left = old->left ? gb_optimize(arena, old->left) : NULL;
  matcher_ptr right = old->right ? gb_optimize(arena, old->right) : NULL;
  glob_matcher *m = gb_new(arena, GM_BTREE, old->len);
  if (!m || (old->left && !left) || (old->right && !right)) return NULL;
  *m = *old;
  m->left = left;
  m->right = right;
  if (m->value->op != GM_TEXT) return m;
  ottl_view text = m->value->a;
  if (!left && !right) return gb_text(arena, GM_TEXT, text);
  bool left_super = left && left->op == GM_SUPER, right_super = right && right->op == GM_SUPER;
  if (left_super && right_super) return gb_text(arena, GM_CONTAINS, text);
  if (left_super && !right) return gb_text(arena, GM_SUFFIX, text);
  if (right_super && !left) return gb_text(arena, GM_PREFIX, text);
  glob_matcher *both = NULL;
  if (!left && right->op == GM_SUFFIX) {
    both = gb_new(arena, GM_PREFIX_SUFFIX, -1);
    if (both) both->a = text, both->b = right->a;
    return both;
  }
  if (!right && left->op == GM_PREFIX) {
    both = gb_new(arena, GM_PREFIX_SUFFIX, -1);
    if (both) both->a = left->a, both->b = text;
    return both;
  }
  return m;
}

static matcher_ptr gb_optimize(ottl_arena *arena, matcher_ptr m) {
  if (m->op == GM_ANY_OF && m->n == 1) return m->sub[0];
  if (m->op == GM_LIST && !m->not&&ottl__utf8_count(m->a) == 1) return gb_text(arena, GM_TEXT, m->a);
  return m->op == GM_BTREE ? gb_optimize_btree(arena, m) : m;
}

/* -- gluing -- */

/* Runs of *, ? and negated lists; false: they do not glue. Fills `out` except for parts of GM_EVERY_OF. */
static bool glue_as_every(const matcher_ptr *at, uint32_t n, glob_matcher *out) {
  bool super = false, single = false;
  uint32_t min = 0;
  ottl_view separators = VIEW("");
  for (uint32_t i = 0; i < n; i++) {
    ottl_view own = VIEW("");
    switch (at[i]->op) {
    case GM_SUPER: super = true; break;
    case GM_LIST:
      if (!at[i]->not) return false;
      own = at[i]->a;
      /* fall through */
    case GM_SINGLE:
      single = true;
      min++;
      break;
    default: return false;
    }
    if (i == 0) separators = own;
    if (!view_eq(own, separators)) return false;
  }
  *out = (glob_matcher){.op = GM_EVERY_OF, .len = -1, .lo = min, .a = separators, .not= super};
  if (super && !single)
    out->op = GM_SUPER;
  else if (super && !separators.len)
    out->op = GM_MIN;
  return true;
}

static bool glue(const matcher_ptr *at, uint32_t n, glob_matcher *out) {
  if (n <= 1) return false;
  if (glue_as_every(at, n, out)) return true;
  int32_t len = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (at[i]->len == -1) return false;
    len += at[i]->len;
  }
  *out = (glob_matcher){.op = GM_ROW, .len = len, .sub = at, .n = n};
  return true;
}

/* What glue found, as a matcher. */
static matcher_ptr glue_make(ottl_arena *arena, const glob_matcher *found) {
  glob_matcher *m = gb_new(arena, (glob_op)found->op, found->len);
  if (!m) return NULL;
  *m = *found;
  if (m->op != GM_EVERY_OF) return m;
  matcher_ptr *sub = arena_array(arena, 3, sizeof(matcher_ptr));
  if (!sub) return NULL;
  m->sub = sub;
  m->n = 0;
  for (int i = 0; i < 3; i++) { /* at least so many, at most so many, none of those (as a text: the original's mistake) */
    if (i == 0 ? !found->lo : i == 1 ? !found->lo || found->not : !found->a.len) continue;
    glob_matcher *part = gb_new(arena, i == 0 ? GM_MIN : i == 1 ? GM_MAX : GM_CONTAINS, -1);
    if (!part) return NULL;
    part->lo = found->lo;
    part->a = found->a;
    part->not = i == 2;
    sub[m->n++] = part;
  }
  return m;
}

/* Replaces the longest run that glues by one matcher, as long as there is one. */
static ottl_status gb_minimize(ottl_arena *arena, matcher_list *list) {
  for (;;) {
    glob_matcher best = {0}, found;
    uint32_t left = 0, count = 0;
    for (uint32_t l = 0; l < list->n; l++) {
      for (uint32_t r = list->n; r > l; r--) {
        if (!glue(list->at + l, r - l, &found)) continue;
        if (count && !(best.len > -1 && found.len > best.len) && count >= r - l) continue;
        best = found;
        left = l;
        count = r - l;
      }
    }
    if (!count) return OTTL_OK;
    matcher_ptr *next = arena_array(arena, list->n, sizeof(matcher_ptr));
    matcher_ptr glued = glue_make(arena, &best);
    if (!next || !glued) return OTTL_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
      if (i == left) next[n++] = glued;
      if (i < left || i >= left + count) next[n++] = list->at[i];
    }
    bool done = n == list->n;
    *list = (matcher_list){next, n};
    if (done) return OTTL_OK;
  }
}

/* -- binary trees -- */

static matcher_ptr gb_btree(ottl_arena *arena, matcher_ptr value, matcher_ptr left, matcher_ptr right) {
  glob_matcher *m = gb_new(arena, GM_BTREE, -1);
  if (!m) return NULL;
  m->value = value;
  m->left = left;
  m->right = right;
  m->left_len = left ? left->len : 0;
  m->right_len = right ? right->len : 0;
  if (value->len != -1 && m->left_len != -1 && m->right_len != -1) m->len = m->left_len + value->len + m->right_len;
  return m;
}

/* The last of the longest parts of fixed length in the middle. */
static matcher_ptr gb_tree(ottl_arena *arena, const matcher_ptr *at, uint32_t n) {
  glob_matcher found;
  if (n == 1) return at[0];
  if (glue(at, n, &found)) return glue_make(arena, &found);
  uint32_t mid = 0;
  int32_t longest = -1;
  matcher_ptr left = NULL, right = NULL;
  for (uint32_t i = 0; i < n; i++) {
    if (at[i]->len == -1 || at[i]->len < longest) continue;
    longest = at[i]->len;
    mid = i;
  }
  if (mid > 0 && !(left = gb_tree(arena, at, mid))) return NULL;
  if (mid + 1 < n && !(right = gb_tree(arena, at + mid + 1, n - mid - 1))) return NULL;
  return gb_btree(arena, at[mid], left, right);
}

/* -- alternatives with common parts -- */

static bool gb_same(const glob_node *a, const glob_node *b) {
  if (a->kind != b->kind || a->not!= b->not|| a->lo != b->lo || a->hi != b->hi || !view_eq(a->text, b->text) || a->n != b->n) {
    return false;
  }
  for (uint32_t i = 0; i < a->n; i++) {
    if (!gb_same(a->child[i], b->child[i])) return false;
  }
  return true;
}

/* How many children all alternatives begin with, and end with. */
static void gb_common(const glob_node *any_of, uint32_t *ret_left, uint32_t *ret_right) {
  *ret_left = *ret_right = 0;
  if (any_of->n <= 1) return;
  const glob_node *least = any_of->child[0];
  for (uint32_t k = 1; k < any_of->n; k++) {
    if (any_of->child[k]->n < least->n) least = any_of->child[k];
  }
  bool stop_left = false, stop_right = false;
  uint32_t n = least->n;
  for (uint32_t i = 0; *ret_left + *ret_right < n && i < n && !(stop_left && stop_right); i++) {
    uint32_t j = n - 1 - i;
    for (uint32_t k = 0; k < any_of->n && !(stop_left && stop_right); k++) {
      const glob_node *other = any_of->child[k];
      if (other == least) continue;
      stop_left = stop_left || !gb_same(least->child[i], other->child[i]);
      stop_right = stop_right || (!stop_left && j <= i) || !gb_same(least->child[j], other->child[j + other->n - n]);
    }
    *ret_left += !stop_left;
    *ret_right += !stop_right;
  }
}

static glob_node *gb_node(ottl_arena *arena, glob_kind kind, glob_node **child, uint32_t n) {
  glob_node *node = arena_zero(arena, sizeof *node);
  if (!node) return NULL;
  node->kind = (uint8_t)kind;
  node->child = child;
  node->n = n;
  return node;
}

/* beginning, alternatives of what differs, end; *ret NULL: nothing in common. */
static ottl_status gb_factor(ottl_arena *arena, const glob_node *any_of, const glob_node **ret) {
  uint32_t left, right, n = 0, unique = 0;
  *ret = NULL;
  gb_common(any_of, &left, &right);
  if (!left && !right) return OTTL_OK;
  glob_node **parts = arena_array(arena, 3, sizeof(glob_node *)), *first = any_of->child[0];
  glob_node **rest = arena_array(arena, any_of->n, sizeof(glob_node *));
  if (!parts || !rest) return OTTL_NOMEM;
  for (uint32_t i = 0; i < any_of->n; i++) {
    const glob_node *child = any_of->child[i];
    uint32_t own = child->n - left - right;
    glob_node *node = gb_node(arena, own ? GLOB_PATTERN : GLOB_NOTHING, own ? child->child + left : NULL, own);
    if (!node) return OTTL_NOMEM;
    bool twice = false;
    for (uint32_t k = 0; k < unique && !twice; k++) twice = gb_same(rest[k], node);
    if (!twice) rest[unique++] = node;
  }
  if (left) parts[n++] = gb_node(arena, GLOB_PATTERN, first->child, left);
  if (unique == 1 && rest[0]->kind != GLOB_NOTHING) parts[n++] = rest[0];
  if (unique > 1) parts[n++] = gb_node(arena, GLOB_ANY_OF, rest, unique);
  if (right) parts[n++] = gb_node(arena, GLOB_PATTERN, first->child + first->n - right, right);
  for (uint32_t i = 0; i < n; i++) {
    if (!parts[i]) return OTTL_NOMEM;
  }
  *ret = gb_node(arena, GLOB_PATTERN, parts, n);
  return *ret ? OTTL_OK : OTTL_NOMEM;
}

/* -- nodes -- */

static ottl_status gb_compile(ottl_arena *arena, const glob_node *n, matcher_ptr *ret);

static ottl_status gb_children(ottl_arena *arena, const glob_node *n, matcher_list *ret) {
  *ret = (matcher_list){arena_array(arena, n->n, sizeof(matcher_ptr)), n->n};
  if (!ret->at) return OTTL_NOMEM;
  for (uint32_t i = 0; i < n->n; i++) OTTL_TRY(gb_compile(arena, n->child[i], &ret->at[i]));
  return OTTL_OK;
}

/* The original forgets a first alternative of no fixed length. */
static int32_t gb_any_of_len(const matcher_list *list) {
  int32_t len = -1;
  for (uint32_t i = 0; i < list->n; i++) {
    if (len == -1)
      len = list->at[i]->len;
    else if (list->at[i]->len != len)
      return -1;
  }
  return len;
}

static ottl_status gb_any_of(ottl_arena *arena, const glob_node *n, matcher_ptr *ret) {
  const glob_node *factored;
  matcher_list list;
  OTTL_TRY(gb_factor(arena, n, &factored));
  if (factored) return gb_compile(arena, factored, ret);
  OTTL_TRY(gb_children(arena, n, &list));
  glob_matcher *m = gb_new(arena, GM_ANY_OF, gb_any_of_len(&list));
  if (!m) return OTTL_NOMEM;
  m->sub = list.at;
  m->n = list.n;
  *ret = gb_optimize(arena, m);
  return OTTL_OK;
}

static ottl_status gb_compile(ottl_arena *arena, const glob_node *n, matcher_ptr *ret) {
  glob_matcher *m = NULL;
  matcher_list list;
  switch (n->kind) {
  case GLOB_ANY_OF: return gb_any_of(arena, n, ret);
  case GLOB_PATTERN:
    if (!n->n) {
      *ret = gb_new(arena, GM_NOTHING, 0);
      return *ret ? OTTL_OK : OTTL_NOMEM;
    }
    OTTL_TRY(gb_children(arena, n, &list));
    OTTL_TRY(gb_minimize(arena, &list));
    *ret = gb_tree(arena, list.at, list.n);
    if (*ret) *ret = gb_optimize(arena, *ret);
    return *ret ? OTTL_OK : OTTL_NOMEM;
  case GLOB_STAR:
  case GLOB_SUPER: m = gb_new(arena, GM_SUPER, -1); break;
  case GLOB_SINGLE: m = gb_new(arena, GM_SINGLE, 1); break;
  case GLOB_NOTHING: m = gb_new(arena, GM_NOTHING, 0); break;
  case GLOB_TEXT: *ret = gb_text(arena, GM_TEXT, n->text); return *ret ? OTTL_OK : OTTL_NOMEM;
  default:
    m = gb_new(arena, n->kind == GLOB_LIST ? GM_LIST : GM_RANGE, 1);
    if (!m) return OTTL_NOMEM;
    m->not = n->not;
    m->a = n->text;
    m->lo = n->lo;
    m->hi = n->hi;
  }
  *ret = m ? gb_optimize(arena, m) : NULL;
  return *ret ? OTTL_OK : OTTL_NOMEM;
}

/* What every text that matches begins with. A tree finds its value where nothing is before it, or what its left part matches. */
static ottl_view gb_head(const glob_matcher *m) {
  while (m->op == GM_BTREE) m = m->left ? m->left : m->value;
  return m->op == GM_TEXT || m->op == GM_PREFIX || m->op == GM_PREFIX_SUFFIX ? m->a : VIEW("");
}

ottl_status ottl__glob_build(ottl_glob *g) {
  OTTL_TRY(gb_compile(&g->arena, g->root, &g->matcher));
  g->head = gb_head(g->matcher);
  return OTTL_OK;
}
