/* Pattern, subject and replacement: the engines must agree, on each instruction set, and take bounded time. */
#include "base/limits.h"
#include "funcs/grok.h"
#include "regex/regex_internal.h"
#include "target.h"

static void find_all(const ottl_regex *re, ottl_regex_engine engine, bool filter, size_t isa, ottl_view subject,
                     ottl_view replacement, mu_buf *out) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx = NULL;
  FZ_CHECK(ottl__regex_context_create(&al, &cx) == OTTL_OK, "no memory");
  cx->force = engine;
  cx->no_filter = !filter;
  if (ottl__kernels_at(isa)) cx->kernels = ottl__kernels_at(isa);
  size_t n = 2 * ((size_t)ottl__regex_groups(re) + 1), *spans = calloc(n, sizeof *spans);
  FZ_CHECK(spans, "no memory");
  ottl_regex_iter it = {.previous_end = SIZE_MAX};
  bool found, any = false, matches = false, changed = false;
  for (size_t k = 0;; k++) {
    FZ_CHECK(k <= subject.len + 1, "more matches than bytes");
    FZ_CHECK(ottl__regex_next(re, cx, subject, &it, spans, &found) == OTTL_OK, "next");
    if (!found) break;
    any = true;
    for (size_t g = 0; g < n; g += 2) {
      FZ_CHECK((spans[g] == SIZE_MAX) == (spans[g + 1] == SIZE_MAX), "half a group");
      FZ_CHECK(spans[g] == SIZE_MAX || (spans[g] <= spans[g + 1] && spans[g + 1] <= subject.len), "group %zu out of the subject",
               g / 2);
    }
    mu_put(out, spans, n * sizeof *spans);
  }
  FZ_CHECK(ottl__regex_match(re, cx, subject, &matches) == OTTL_OK && matches == any, "match says %d, find %d", matches, any);
  ottl_regex_template *t = NULL;
  FZ_CHECK(ottl__regex_template_create(&al, re, replacement, &t) == OTTL_OK, "template");
  ottl_sbuf text;
  ottl__sbuf_init(&text, &al);
  ottl_status status = ottl__regex_replace_all(re, cx, t, subject, &text, &changed);
  FZ_CHECK(status == OTTL_OK || status == OTTL_LIMIT, "replace: %s", ottl_status_name(status));
  FZ_CHECK(status != OTTL_OK || changed == any, "replaced: %d, found: %d", changed, any);
  mu_put(out, text.data, text.len);
  ottl__sbuf_done(&text);
  ottl__regex_template_free(t);
  free(spans);
  ottl__regex_context_free(cx);
}

/* As a grok pattern, with the third text as a definition that may refer to itself: bounded. */
static void expand(ottl_view pattern, ottl_view definition) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  grok_definitions own = {.text = &definition};
  ottl__map_init(&own.index, &al);
  FZ_CHECK(ottl__map_put(&own.index, VIEW("ME"), 0) == OTTL_OK, "no memory");
  grok_expansion e;
  ottl_status status = ottl__grok_expand(&al, &own, definition.len & 1, pattern, &e);
  FZ_CHECK(status == OTTL_OK || status == OTTL_COMPILE || status == OTTL_LIMIT, "grok: %s", ottl_status_name(status));
  FZ_CHECK(e.text.len <= OTTL_MAX_GROK_BYTES, "grok: %zu bytes", e.text.len);
  ottl__grok_expansion_done(&e);
  ottl__map_done(&own.index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  ottl_view pattern = ft_text(&in), subject = ft_text(&in), replacement = ft_text(&in);
  ottl_regex *re = NULL;
  ottl_regex_error error;
  double begin = fz_cpu();
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_status status = ottl__regex_compile(&al, pattern, &re, &error);
  FZ_CHECK(status == OTTL_OK || status == OTTL_COMPILE || status == OTTL_LIMIT, "%s", ottl_status_name(status));
  if (status == OTTL_COMPILE) FZ_CHECK(error.offset <= pattern.len && memchr(error.message, 0, sizeof error.message), "error");
  if (status == OTTL_OK) {
    mu_buf a = {0}, b = {0};
    find_all(re, REGEX_AUTO, true, SIZE_MAX, subject, replacement, &a);
    find_all(re, REGEX_LINEAR, false, 0, subject, replacement, &b);
    FZ_CHECK(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0), "the linear engine differs");
    b.len = 0;
    find_all(re, REGEX_PCRE2, false, 0, subject, replacement, &b);
    FZ_CHECK(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0), "PCRE2 differs");
    b.len = 0;
    find_all(re, REGEX_WALK, false, 0, subject, replacement, &b);
    FZ_CHECK(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0), "the walk differs");
    for (size_t isa = 0; ottl__kernels_at(isa); isa++) {
      b.len = 0;
      find_all(re, REGEX_AUTO, true, isa, subject, replacement, &b);
      FZ_CHECK(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0), "%s differs", ottl__kernels_at(isa)->isa);
    }
    free(a.data);
    free(b.data);
  }
  ottl__regex_free(re);
  expand(pattern, replacement);
  FZ_CHECK(fz_cpu() - begin < 20, "%.1f s", fz_cpu() - begin);
  free((void *)(uintptr_t)pattern.data);
  free((void *)(uintptr_t)subject.data);
  free((void *)(uintptr_t)replacement.data);
  return 0;
}
