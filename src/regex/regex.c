/* Compiling: pattern to tree, tree to literals, to the linear program, and to PCRE2 code. */
#include "regex/regex_internal.h"

/* --- the caller's allocator as PCRE2 wants it: free must know the size --- */

enum { REGEX_HEAD = 16 };

static void *regex_pcre2_alloc(size_t bytes, void *data) {
  regex_memory *m = data;
  char *p = bytes <= SIZE_MAX - REGEX_HEAD ? al_new(m->al, bytes + REGEX_HEAD) : NULL;
  if (!p) {
    m->refused = true;
    return NULL;
  }
  memcpy(p, &bytes, sizeof bytes);
  return p + REGEX_HEAD;
}

static void regex_pcre2_free(void *memory, void *data) {
  if (!memory) return;
  const regex_memory *m = data;
  char *p = (char *)memory - REGEX_HEAD;
  size_t bytes;
  memcpy(&bytes, p, sizeof bytes);
  al_free(m->al, p, bytes + REGEX_HEAD);
}

/* --- names --- */

static void regex_collect_names(const rx_node *n, ottl_view *names, size_t *bytes) {
  if (n->op == RX_CAPTURE) {
    *bytes += n->name.len;
    if (names) names[n->cap] = n->name;
  }
  for (size_t i = 0; i < n->n_subs; i++) regex_collect_names(n->subs[i], names, bytes);
}

static ottl_status regex_keep_names(ottl_regex *re, const rx_node *root) {
  size_t bytes = 0, head = (re->n_groups + 1) * sizeof(ottl_view);
  regex_collect_names(root, NULL, &bytes);
  if (bytes == 0) return OTTL_OK;
  re->names = al_zero(&re->al, head + bytes);
  if (!re->names) return OTTL_NOMEM;
  re->names_bytes = head + bytes;
  regex_collect_names(root, re->names, &bytes);
  char *text = (char *)re->names + head;
  for (uint32_t g = 1; g <= re->n_groups; g++) {
    ottl_view *name = &re->names[g];
    if (!name->len) continue;
    memcpy(text, name->data, name->len);
    name->data = text;
    text += name->len;
  }
  return OTTL_OK;
}

/* --- PCRE2 --- */

/* Leaves re->code NULL where PCRE2 cannot serve. */
static ottl_status regex_compile_pcre2(ottl_regex *re, const rx_node *root) {
  ottl_status status = OTTL_OK;
  pcre2_general_context *general = NULL;
  pcre2_compile_context *cc = NULL;
  ottl_sbuf text;
  ottl__sbuf_init(&text, &re->al);
  if (!ottl__regex_emit(root, re->bytes, &text)) {
    status = sbuf_status(&text);
    goto out;
  }
  general = pcre2_general_context_create(regex_pcre2_alloc, regex_pcre2_free, &re->memory);
  cc = general ? pcre2_compile_context_create(general) : NULL;
  if (!cc) {
    status = OTTL_NOMEM;
    goto out;
  }
  (void)pcre2_set_newline(cc, PCRE2_NEWLINE_LF);
  uint32_t options = PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
  re->unbounded = ottl__regex_unbounded(root) && !ottl__regex_anchored(root);
  if (!re->bytes) options |= PCRE2_UTF | PCRE2_NO_UTF_CHECK;
  re->limited = re->unbounded || (re->window.used && !re->window.anchored);
  if (re->limited) options |= PCRE2_USE_OFFSET_LIMIT;
  /* With its start optimizations, PCRE2's machine code (10.42) forgets ways: (a|)b*a finds nothing in "ab", because a repetition
   * that failed behind one alternative is taken to fail behind all of them. Without alternatives it is right. */
  if (ottl__regex_has(root, RX_ALTERNATE, RX_ALTERNATE) && ottl__regex_has(root, RX_STAR, RX_REPEAT))
    options |= PCRE2_NO_START_OPTIMIZE;
  int error;
  PCRE2_SIZE offset;
  re->code = pcre2_compile((PCRE2_SPTR)(text.data ? text.data : ""), text.len, options, &error, &offset, cc);
  if (!re->code) {
    if (error == PCRE2_ERROR_HEAP_FAILED) status = OTTL_NOMEM;
    goto out; /* too large for PCRE2, then */
  }
  re->jit = pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0; /* the system may forbid it */
  if (re->memory.refused) status = OTTL_NOMEM;
out:
  pcre2_compile_context_free(cc);
  pcre2_general_context_free(general);
  ottl__sbuf_done(&text);
  return status;
}

/* --- the regex --- */

static ottl_status regex_compile(const ottl_allocator *al, ottl_view pattern, bool named_only, ottl_regex **ret,
                                 ottl_regex_error *error) {
  ottl_regex *re = al_zero(al, sizeof *re);
  if (!re) return OTTL_NOMEM;
  re->al = *al;
  re->memory.al = &re->al;
  rx_tree tree = {0};
  ottl_arena arena;
  ottl__arena_init(&arena, al, 4096);
  ottl_status status = ottl__regex_parse(&arena, pattern, &tree, error);
  if (status != OTTL_OK) goto out;
  if (named_only) ottl__regex_drop_unnamed(&tree);
  re->n_groups = tree.n_groups;
  status = regex_keep_names(re, tree.root);
  if (status != OTTL_OK) goto out;
  if (!ottl__regex_simplify(&arena, &tree.root)) {
    status = OTTL_NOMEM;
    goto out;
  }
  status = ottl__regex_prefilter_init(al, &tree, &re->filter);
  if (status != OTTL_OK) goto out;
  status = ottl__regex_window_init(&arena, tree.root, &re->filter, &re->window);
  if (status != OTTL_OK) goto out;
  re->window_alone = re->window.used && re->window.instead_of_need && !re->window.anchored && re->filter.match == SHAPE_NONE &&
                     re->filter.find == SHAPE_NONE;
  re->window_is_literal = re->filter.match == SHAPE_CONTAINS &&
                          ottl__regex_window_is(&re->window, view_of(re->filter.literal, re->filter.literal_len));
  re->bytes = ottl__regex_bytes_will_do(tree.root);
  if (re->bytes && re->filter.find == SHAPE_NONE) status = ottl__regex_straight_create(al, tree.root, &re->window, &re->straight);
  if (status != OTTL_OK) goto out;
  if (re->straight) re->window.behind.n_sets = 0; /* it sees as soon by itself */
  status = ottl__regex_linear_compile(al, &tree, &re->program);
  if (status != OTTL_OK) goto out;
  status = regex_compile_pcre2(re, tree.root);
out:
  ottl__arena_done(&arena);
  if (status != OTTL_OK) {
    ottl__regex_free(re);
    return status;
  }
  *ret = re;
  return OTTL_OK;
}

ottl_status ottl__regex_compile(const ottl_allocator *al, ottl_view pattern, ottl_regex **ret, ottl_regex_error *error) {
  return regex_compile(al, pattern, false, ret, error);
}

ottl_status ottl__regex_compile_named(const ottl_allocator *al, ottl_view pattern, ottl_regex **ret, ottl_regex_error *error) {
  return regex_compile(al, pattern, true, ret, error);
}

void ottl__regex_free(ottl_regex *re) {
  if (!re) return;
  pcre2_code_free(re->code);
  ottl__regex_linear_free(&re->al, re->program);
  ottl__regex_straight_free(&re->al, re->straight);
  ottl__regex_prefilter_done(&re->al, &re->filter);
  al_free(&re->al, re->names, re->names_bytes);
  ottl_allocator al = re->al;
  al_free(&al, re, sizeof *re);
}

uint32_t ottl__regex_groups(const ottl_regex *re) { return re->n_groups; }

ottl_view ottl__regex_group_name(const ottl_regex *re, uint32_t group) {
  return re->names && group <= re->n_groups ? re->names[group] : (ottl_view){NULL, 0};
}

/* --- the context --- */

ottl_status ottl__regex_context_create(const ottl_allocator *al, ottl_regex_context **ret) {
  enum { STACK_FIRST = 32 << 10, STACK_MOST = 1 << 20, FIRST_PAIRS = 8, HEAP_KIB = 16 << 10 };
  ottl_regex_context *cx = al_zero(al, sizeof *cx);
  if (!cx) return OTTL_NOMEM;
  cx->al = *al;
  cx->memory.al = &cx->al;
  cx->kernels = ottl__kernels_pick();
  cx->general = pcre2_general_context_create(regex_pcre2_alloc, regex_pcre2_free, &cx->memory);
  if (cx->general) {
    cx->match = pcre2_match_context_create(cx->general);
    cx->data = pcre2_match_data_create(FIRST_PAIRS, cx->general);
    cx->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MOST, cx->general);
  }
  if (!cx->general || !cx->match || !cx->data || cx->memory.refused) {
    ottl__regex_context_free(cx);
    return OTTL_NOMEM;
  }
  cx->n_pairs = FIRST_PAIRS;
  (void)pcre2_set_heap_limit(cx->match, HEAP_KIB);
  /* No stack (a build without JIT): PCRE2 then uses 32 KiB of the machine's. */
  if (cx->stack) pcre2_jit_stack_assign(cx->match, NULL, cx->stack);
  *ret = cx;
  return OTTL_OK;
}

void ottl__regex_context_free(ottl_regex_context *cx) {
  if (!cx) return;
  if (cx->stack) pcre2_jit_stack_free(cx->stack);
  pcre2_match_data_free(cx->data);
  pcre2_match_context_free(cx->match);
  pcre2_general_context_free(cx->general);
  al_free(&cx->al, cx->linear.memory, cx->linear.bytes);
  al_free(&cx->al, cx->walk.memory, cx->walk.bytes);
  al_free(&cx->al, cx->spans, cx->n_spans * sizeof *cx->spans);
  al_free(&cx->al, cx->copy, cx->copy_cap);
  al_free(&cx->al, cx->bad, cx->bad_cap * sizeof *cx->bad);
  ottl_allocator al = cx->al;
  al_free(&al, cx, sizeof *cx);
}
