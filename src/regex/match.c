/* Running a match: literals first, then PCRE2 under limits, and the linear engine when it gives up. */
#include <time.h>

#include "regex/regex_internal.h"

enum {
  LIMIT_LEAST = 1000, /* PCRE2's steps of one start position: this and 4 for each byte of the subject */
  LIMIT_MOST = 50000,
  LIMIT_OF_MANY = 64,  /* at least, where many starts are tried in one call */
  FEW_STARTS = 64,     /* and these get what so many would get, at first */
  CALL_STEPS = 16384,  /* of one call */
  CALL_WORK = 1 << 27, /* steps of one call times bytes of the subject, which a step may scan */
  SMALL_SUBJECT = 64,  /* searched in one call */
  FIRST_STARTS = 64,   /* start positions of the first call on a larger subject */
  BUDGET_NS = 100000,  /* and BYTE_NS for each byte: about what the linear engine takes */
  BYTE_NS = 10,
  SLOW_MATCHES = 32,   /* after PCRE2 gave up, so many go straight to the linear engine */
  LITERAL_LEAST = 100, /* bytes of a text in which a literal is looked for by its window */
  COURSE_NS = 400,     /* for each byte, and BUDGET_NS: all matches of a subject, before it is walked */
  FIRST_LOOK = 8,      /* searches before the clock is read */
  LOOKS = 16           /* and between two looks at most */
};

ottl_status ottl__regex_reserve_spans(const ottl_regex *re, ottl_regex_context *cx) {
  return ottl__al_reserve(&cx->al, &cx->spans, &cx->n_spans, 2 * ((size_t)re->n_groups + 1), sizeof *cx->spans);
}

/* --- literals --- */

/* Where the literal is in a long text. A byte of it that is rare in general is most often not there at all; where it is, the window,
 * which is the literal, is not stopped by each. PERF: IsMatch(body, "user") in JSON */
static OTTL_NOINLINE size_t match_long(const ottl_regex *re, const ottl_kernels *kernels, ottl_view text) {
  const rx_prefilter *f = &re->filter;
  const char *hit = memchr(text.data + f->literal_rare, f->literal[f->literal_rare], text.len - f->literal_len + 1);
  if (!hit) return SIZE_MAX;
  const size_t at = (size_t)(hit - text.data) - f->literal_rare;
  if (memcmp(text.data + at, f->literal, f->literal_len) == 0) return at;
  return kernels->find_window((const uint8_t *)text.data, at + 1, text.len, &re->window.window);
}

/* True: *ret is the answer. */
static bool match_literal(const ottl_regex *re, const ottl_kernels *kernels, rx_shape shape, ottl_view s, size_t start,
                          size_t *spans, bool *ret) {
  const rx_prefilter *f = &re->filter;
  size_t n = f->literal_len, at = 0;
  bool hit = true;
  switch (shape) {
  case SHAPE_NONE: return false;
  case SHAPE_ALWAYS: break;
  case SHAPE_CONTAINS: {
    ottl_view text = view_of(s.data + start, s.len - start);
    size_t found = text.len >= LITERAL_LEAST && re->window_is_literal ? match_long(re, kernels, text)
                                                                      : ottl__regex_search(text, f->literal, n, f->literal_rare);
    hit = found != SIZE_MAX;
    at = start + found;
    break;
  }
  case SHAPE_PREFIX: hit = start == 0 && s.len >= n && memcmp(s.data, f->literal, n) == 0; break;
  case SHAPE_EQUAL: hit = start == 0 && s.len == n && memcmp(s.data, f->literal, n) == 0; break;
  case SHAPE_SUFFIX:
    hit = s.len - start >= n && memcmp(s.data + s.len - n, f->literal, n) == 0;
    at = s.len - n;
    break;
  }
  if (hit && spans) {
    spans[0] = at;
    spans[1] = at + n;
  }
  *ret = hit;
  return true;
}

/* --- subjects that are not UTF-8 --- */

/* Makes cx->copy, where every bad byte is U+FFFD, and cx->bad, where those bytes were. */
static ottl_status match_repair(ottl_regex_context *cx, ottl_view s) {
  if (s.len > SIZE_MAX / 8) return OTTL_LIMIT;
  cx->copy_len = cx->n_bad = 0;
  OTTL_TRY(ottl__al_reserve(&cx->al, &cx->copy, &cx->copy_cap, 3 * s.len, 1));
  char *out = cx->copy;
  for (size_t i = 0; i < s.len;) {
    unsigned width;
    uint32_t r = utf8_decode(s.data + i, s.len - i, &width);
    if (r == UNICODE_ERROR && width == 1) {
      OTTL_TRY(ottl__al_reserve(&cx->al, &cx->bad, &cx->bad_cap, cx->n_bad + 1, sizeof *cx->bad));
      cx->bad[cx->n_bad++] = i;
      memcpy(out, "\xef\xbf\xbd", 3);
      out += 3;
    } else {
      memcpy(out, s.data + i, width);
      out += width;
    }
    i += width;
  }
  cx->copy_len = (size_t)(out - cx->copy);
  return OTTL_OK;
}

/* How many bad bytes lie before an offset; `extra` is 2 for offsets of the copy, where each has grown by 2 bytes. */
static size_t match_bad_before(const ottl_regex_context *cx, size_t at, size_t extra) {
  size_t lo = 0, hi = cx->n_bad;
  while (lo < hi) {
    size_t mid = (lo + hi) / 2;
    if (cx->bad[mid] + extra * mid < at) {
      lo = mid + 1;
    } else {
      hi = mid;
    }
  }
  return lo;
}

/* --- PCRE2 --- */

/* Where matches may begin: starts from `first` to `last`, which may be behind the end. */
typedef struct match_starts {
  size_t first, last;
} match_starts;

/* PCRE2's return code for some starts. */
static int match_pcre2_once(const ottl_regex *re, ottl_regex_context *cx, ottl_view s, match_starts at) {
  if (re->limited) (void)pcre2_set_offset_limit(cx->match, at.last < s.len ? at.last : PCRE2_UNSET);
  PCRE2_SPTR data = (PCRE2_SPTR)s.data;
  if (re->jit) return pcre2_jit_match(re->code, data, s.len, at.first, 0, cx->data, cx->match);
  return pcre2_match(re->code, data, s.len, at.first, re->bytes ? 0 : PCRE2_NO_UTF_CHECK, cx->data, cx->match);
}

static int64_t match_clock_ns(clockid_t id) {
  struct timespec t;
  (void)clock_gettime(id, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}
static int64_t match_now_ns(void) { return match_clock_ns(CLOCK_MONOTONIC); }

/* PCRE2 limits the steps of one start position, not of all, and does not count plain scanning. So the starts on a larger subject
 * are tried in groups, many with few steps each or few with many, and under a clock: a search that grows with a power of the subject
 * is given up. The engines agree, so the clock decides who answers, not what. */
typedef struct match_clock {
  int64_t begun;       /* ns; 0 until the first group has failed, which is bounded as it is */
  size_t call, starts; /* steps of a call; starts of the next */
  size_t owed;         /* steps allowed since the last look at the clock */
  bool alone;          /* the next start gets all that one may take */
} match_clock;

static match_clock match_clock_start(size_t left) {
  match_clock clock = {.call = CALL_STEPS, .starts = FIRST_STARTS};
  if (OTTL_UNLIKELY(left >= CALL_WORK / CALL_STEPS)) {
    size_t share = CALL_WORK / (left + 1);
    clock.call = share < LIMIT_LEAST ? LIMIT_LEAST : share;
    if (clock.starts > clock.call / LIMIT_OF_MANY) clock.starts = clock.call / LIMIT_OF_MANY;
  }
  return clock;
}

static bool match_clock_over(match_clock *clock, size_t steps, size_t left) {
  if ((clock->owed += steps) < clock->call) return false;
  clock->owed = 0;
  int64_t now = match_now_ns();
  if (!clock->begun) clock->begun = now;
  return (uint64_t)(now - clock->begun) / BYTE_NS > BUDGET_NS / BYTE_NS + left;
}

/* Steps allowed to each of some starts in one call. */
static uint32_t match_limit(const match_clock *clock, size_t left, size_t starts) {
  size_t most = left < LIMIT_MOST / 4 ? LIMIT_LEAST + 4 * left : LIMIT_MOST;
  size_t share = starts > FEW_STARTS ? clock->call / starts : clock->call / FEW_STARTS;
  if (clock->alone) {
    share = left < CALL_WORK / LIMIT_MOST ? LIMIT_MOST : CALL_WORK / (left + 1);
    if (share < LIMIT_LEAST) share = LIMIT_LEAST;
  }
  if (share < LIMIT_OF_MANY) share = LIMIT_OF_MANY;
  return (uint32_t)(share < most ? share : most);
}

/* The next start behind `at` that is no byte within a rune. */
static size_t match_behind(const ottl_regex *re, ottl_view s, size_t at) {
  at++;
  while (!re->bytes && at < s.len && ((uint8_t)s.data[at] & 0xc0) == 0x80) at++;
  return at;
}

/* at.first is moved over starts that are known to fail. */
static int match_pcre2(const ottl_regex *re, ottl_regex_context *cx, ottl_view s, match_starts *at) {
  size_t left = s.len - at->first, begin = at->first;
  bool windows = re->window.used && !cx->no_filter, timed = (re->unbounded || windows) && left > SMALL_SUBJECT;
  match_clock clock = match_clock_start(left);
  uint32_t last = 0;
  clock.alone = !timed;
  for (;;) {
    while (!re->bytes && at->first > begin && ((uint8_t)s.data[at->first] & 0xc0) == 0x80) at->first--;
    match_starts group = *at;
    if (timed && group.last - group.first >= clock.starts) group.last = group.first + clock.starts - 1;
    size_t starts = timed ? group.last - group.first + 1 : 1;
    uint32_t limit = match_limit(&clock, left, starts);
    if (limit != last) (void)pcre2_set_match_limit(cx->match, last = limit);
    int rc = match_pcre2_once(re, cx, s, group);
    bool few = rc == PCRE2_ERROR_MATCHLIMIT && !clock.alone; /* steps: then fewer starts */
    if ((rc != PCRE2_ERROR_NOMATCH && !few) || (!few && group.last >= s.len)) return rc;
    if (timed && match_clock_over(&clock, starts * limit, left)) return PCRE2_ERROR_MATCHLIMIT;
    if (few) {
      clock.alone = starts == 1;
      clock.starts = starts / 8 ? starts / 8 : 1;
      continue;
    }
    clock.alone = !timed;
    if (clock.starts < clock.call / LIMIT_OF_MANY) clock.starts *= 2;
    at->first = match_behind(re, s, group.last);
    if (group.last < at->last) continue;
    begin = at->first;
    if (!windows || begin > s.len) return rc;
    if (!ottl__regex_window_next(&re->window, cx->kernels, s, begin, &at->first, &at->last)) return rc;
  }
}

static ottl_status match_reserve_data(const ottl_regex *re, ottl_regex_context *cx) {
  if (re->n_groups < cx->n_pairs) return OTTL_OK;
  uint32_t n = re->n_groups + 1 + cx->n_pairs;
  pcre2_match_data *data = pcre2_match_data_create(n, cx->general);
  if (!data) return OTTL_NOMEM;
  pcre2_match_data_free(cx->data);
  cx->data = data;
  cx->n_pairs = n;
  return OTTL_OK;
}

/* Before the linear engine: the literal was not looked for where windows seemed to be better. */
static bool match_has_need(const ottl_regex *re, ottl_view s, size_t start) {
  const rx_prefilter *f = &re->filter;
  return !f->need || ottl__regex_search(view_of(s.data + start, s.len - start), f->need, f->need_len, f->need_rare) != SIZE_MAX;
}

bool ottl__regex_lacks(const ottl_regex *re, const ottl_regex_context *cx, ottl_view s) {
  const rx_prefilter *f = &re->filter;
  if (!f->need || re->window.instead_of_need || cx->no_filter) return false;
  return ottl__regex_search(s, f->need, f->need_len, f->need_rare) == SIZE_MAX;
}

/* What literals and windows say. True: *ret is the answer. Otherwise the engines are to begin at `at`. */
static inline bool match_filtered(const ottl_regex *re, const ottl_regex_context *cx, ottl_view s, match_starts *at,
                                  size_t *spans, bool *ret) {
  if (OTTL_UNLIKELY(cx->no_filter)) return false;
  *ret = false;
  if (match_literal(re, cx->kernels, spans ? re->filter.find : re->filter.match, s, at->first, spans, ret)) return true;
  if (re->filter.need && !re->window.instead_of_need) {
    ottl_view rest = view_of(s.data + at->first, s.len - at->first);
    size_t found = ottl__regex_search(rest, re->filter.need, re->filter.need_len, re->filter.need_rare);
    if (found == SIZE_MAX) return true;
    if (re->filter.need_begins) at->first += found;
  }
  return false;
}

/* The rest: `start` is where the search began, `at` where matches may begin. */
static OTTL_NOINLINE ottl_status match_engines(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start,
                                               match_starts at, utf8_kind *kind, size_t *spans, bool *ret) {
  bool linear = !re->code || cx->force == REGEX_LINEAR || cx->force == REGEX_WALK;
  if (OTTL_UNLIKELY(cx->slow == re)) {
    if (cx->slow_left && cx->force != REGEX_PCRE2) {
      cx->slow_left--;
      linear = true;
    } else {
      cx->slow = NULL;
    }
  }
  ottl_view text = subject;
  bool repaired = false;
  if (!linear && !re->bytes) {
    bool known = *kind != UTF8_UNKNOWN;
    if (*kind == UTF8_UNKNOWN) *kind = ottl__regex_utf8_kind(subject);
    if (*kind == UTF8_VALID && start < subject.len && ((uint8_t)subject.data[start] & 0xc0) == 0x80) {
      linear = true; /* in the middle of a rune, which PCRE2 must not be asked */
    } else if (*kind == UTF8_INVALID) {
      if (cx->copy_of != subject.data) {
        /* Known from an earlier step of an iteration: a copy for each step would be too dear. */
        linear = known;
        if (!linear) OTTL_TRY(match_repair(cx, subject));
      }
      text = view_of(cx->copy, cx->copy_len);
      at = (match_starts){start + 2 * match_bad_before(cx, start, 0), SIZE_MAX};
      repaired = true;
    } else if (*kind == UTF8_VALID) {
      while (at.first > start && ((uint8_t)subject.data[at.first] & 0xc0) == 0x80) at.first--;
    }
  }
  if (!linear) {
    OTTL_TRY(match_reserve_data(re, cx));
    int rc = match_pcre2(re, cx, text, &at);
    if (rc == PCRE2_ERROR_NOMATCH) {
      cx->n_pcre2++;
      *ret = false;
      return OTTL_OK;
    }
    if (rc >= 0) {
      cx->n_pcre2++;
      const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(cx->data);
      for (uint32_t i = 0; spans && i < 2 * (re->n_groups + 1); i++) {
        spans[i] = i < 2 * (uint32_t)rc && ends[i] != PCRE2_UNSET ? ends[i] : SIZE_MAX;
        if (repaired && spans[i] != SIZE_MAX) spans[i] -= 2 * match_bad_before(cx, spans[i], 2);
      }
      *ret = true;
      return OTTL_OK;
    }
    cx->slow = re; /* a limit: steps, JIT stack, heap */
    cx->slow_left = SLOW_MATCHES;
    start = repaired ? at.first - 2 * match_bad_before(cx, at.first, 2) : at.first;
  }
  cx->n_linear++;
  if (!cx->no_filter && !match_has_need(re, subject, start)) {
    *ret = false;
    return OTTL_OK;
  }
  return ottl__regex_linear_find(&cx->al, re->program, &cx->linear, subject, start, spans, ret);
}

uint64_t ottl__regex_steps(const ottl_regex_context *cx) { return cx->linear.steps + cx->walk.steps; }

ottl_status ottl__regex_run(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start, utf8_kind *kind,
                            size_t *spans, bool *ret) {
  if (start > subject.len) {
    *ret = false;
    return OTTL_OK;
  }
  if (!subject.data) subject.data = "";
  match_starts at = {start, SIZE_MAX};
  if (match_filtered(re, cx, subject, &at, spans, ret)) return OTTL_OK;
  if (regex_straight(re, cx)) {
    straight_state state = ottl__regex_straight_begin(subject);
    straight_found found = ottl__regex_straight_find(re->straight, &re->window, cx->kernels, subject, at.first, &state, spans);
    *ret = found == STRAIGHT_HIT;
    if (found != STRAIGHT_UNKNOWN) return OTTL_OK;
  }
  if (re->window.used && !cx->no_filter) {
    *ret = false;
    if (!ottl__regex_window_next(&re->window, cx->kernels, subject, at.first, &at.first, &at.last)) return OTTL_OK;
  }
  return match_engines(re, cx, subject, start, at, kind, spans, ret);
}

/* PERF: w06, w03 */
bool ottl__regex_rejects(const ottl_regex *re, const ottl_regex_context *cx, ottl_view subject) {
  if (!re->window_alone || OTTL_UNLIKELY(cx->no_filter)) return false;
  const size_t at =
      cx->kernels->find_window((const uint8_t *)subject.data, re->window.before_min, subject.len, &re->window.window);
  return at == SIZE_MAX ||
         (re->window.behind.n_sets && ottl__regex_window_find(&re->window, cx->kernels, subject, at) == SIZE_MAX);
}

ottl_status ottl__regex_match(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, bool *ret) {
  if (ottl__regex_rejects(re, cx, subject)) {
    *ret = false;
    return OTTL_OK;
  }
  utf8_kind kind = UTF8_UNKNOWN;
  return ottl__regex_run(re, cx, subject, 0, &kind, NULL, ret);
}

ottl_status ottl__regex_find(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start, size_t *spans,
                             bool *ret) {
  utf8_kind kind = UTF8_UNKNOWN;
  return ottl__regex_run(re, cx, subject, start, &kind, spans, ret);
}

/* --- all matches of one subject --- */

#ifdef CLOCK_THREAD_CPUTIME_ID
#define COURSE_CLOCK CLOCK_THREAD_CPUTIME_ID
#else
#define COURSE_CLOCK CLOCK_MONOTONIC
#endif

/* A search is bounded by the subject's length, but as many of them as there are matches are not. So they run under a clock, too. */
static bool match_course_over(const ottl_regex *re, ottl_regex_context *cx, ottl_regex_course *c, size_t bytes) {
  uint32_t n = c->n++;
  if (OTTL_UNLIKELY(cx->force != REGEX_AUTO)) return cx->force == REGEX_WALK;
  if (OTTL_UNLIKELY(cx->hurry)) return n >= cx->hurry;
  if (n == 1 && OTTL_UNLIKELY(cx->tedious == re) && cx->tedious_left) {
    cx->tedious_left--;
    return true;
  }
  if (n < FIRST_LOOK || n < c->look) return false;
  c->look = n + (n < LOOKS ? n : LOOKS);
  int64_t now = match_clock_ns(c->busy ? COURSE_CLOCK : CLOCK_MONOTONIC);
  if (!c->begun) c->begun = now;
  if ((uint64_t)(now - c->begun) / COURSE_NS <= BUDGET_NS / COURSE_NS + bytes) return false;
  if (!c->busy) { /* or others were: now by the thread's own clock, which takes longer to read */
    c->busy = true;
    c->begun = match_clock_ns(COURSE_CLOCK);
    return false;
  }
  cx->tedious = re;
  cx->tedious_left = SLOW_MATCHES;
  return true;
}

ottl_status ottl__regex_step(const ottl_regex *re, ottl_regex_context *cx, ottl_view subject, size_t start, utf8_kind *kind,
                             ottl_regex_course *course, size_t *spans, bool *ret) {
  if (OTTL_LIKELY(!course->walk) && (course->stays || !match_course_over(re, cx, course, subject.len)))
    return ottl__regex_run(re, cx, subject, start, kind, spans, ret);
  *ret = false;
  if (start > subject.len) return OTTL_OK;
  /* Another subject may have been walked since. */
  if (course->walk != cx->walk.number || !course->walk) {
    ottl_status status = ottl__regex_walk_begin(&cx->al, re->program, &cx->walk, subject.data ? subject : VIEW(""), start);
    course->walk = status == OTTL_OK ? cx->walk.number : 0;
    course->stays = status == OTTL_LIMIT;
    if (course->stays) return ottl__regex_run(re, cx, subject, start, kind, spans, ret);
    if (status != OTTL_OK) return status;
  }
  *ret = ottl__regex_walk_next(&cx->walk, start, spans);
  return OTTL_OK;
}
