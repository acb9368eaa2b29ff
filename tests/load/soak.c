/* Load that is known in advance: batches of all sizes, generated, and checked when they come back.
 *
 *   soak generate BYTES [SEED]       delimited messages on standard output, until there are so many bytes
 *   soak check BYTES [SEED]          reads what `ottl` made of them from standard input: every message is there, in order, byte for byte
 *                                    what the library makes of it; prints "MESSAGES RECORDS BYTES"
 *   soak library BYTES [SEED]        the same batches of three signals through the library, in this process; memory is sampled
 *   soak statements                  the program, for `ottl run -f`
 *
 * A batch is one of a pool that is made of the seed; which one comes next is made of it, too. So nothing is kept but the pool. */
#include <ottl/ottl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POOL = 40, SIGNALS = 3 };

static const char *const statements[SIGNALS] = {
    "context: log\nset(attributes[\"env\"], \"prod\")\ndelete_key(attributes, \"session\")\n"
    "replace_pattern(body, \"[a-z.]+@[a-z.]+\", \"***\") where severity_number >= 9\n"
    "set(severity_text, \"high\") where severity_number > 17\n",
    "context: span\nset(attributes[\"env\"], \"prod\")\ndelete_matching_keys(attributes, \"^http\")\nset(name, "
    "attributes[\"route\"])\n",
    "context: datapoint\nset(attributes[\"env\"], metric.name)\nkeep_keys(attributes, [\"env\", \"host\"])\n"};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("soak: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(1);
}

static void *must(void *memory) {
  if (!memory) die("out of memory");
  return memory;
}

static uint64_t chance;
static uint64_t number(uint64_t n) {
  chance += 0x9e3779b97f4a7c15u;
  uint64_t x = (chance ^ (chance >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return (x ^ (x >> 31)) % n;
}

/* ---- the pool ---- */

typedef struct batch {
  uint8_t *in, *out; /* delimited: the length stands before */
  size_t in_len, in_head, out_len;
  uint64_t records;
} batch;

static batch pool[SIGNALS][POOL];

static size_t put_varint(uint8_t *p, uint64_t v) {
  size_t n = 0;
  for (; v > 0x7f; v >>= 7) p[n++] = (uint8_t)(v | 0x80);
  p[n++] = (uint8_t)v;
  return n;
}

/* The message behind its length; *ret_head: bytes of the length. */
static uint8_t *delimited(const uint8_t *data, size_t len, size_t *ret_len, size_t *ret_head) {
  uint8_t *out = must(malloc(len + 10));
  *ret_head = put_varint(out, len);
  if (len) memcpy(out + *ret_head, data, len);
  *ret_len = *ret_head + len;
  return out;
}

static size_t put_record(char *p, size_t room, int signal, unsigned i) {
  static const char *const words[] = {"order",   "cart",         "signed in", "paid by ann.lee@example.org",
                                      "timeout", "retry of job", "cache miss"};
  unsigned a = (unsigned)number(1000), b = (unsigned)number(24), w = (unsigned)number(7), n = 0;
  switch (signal) {
  case 0:
    n = (unsigned)snprintf(p, room,
                           "{\"timeUnixNano\":\"%u\",\"severityNumber\":%u,\"body\":{\"stringValue\":\"%s %u from "
                           "10.0.0.%u\"},\"attributes\":[{\"key\":"
                           "\"session\",\"value\":{\"stringValue\":\"s%u\"}},{\"key\":\"n\",\"value\":{\"intValue\":\"%u\"}}",
                           i + 1, b + 1, words[w], a, a % 255, a, i);
    for (unsigned k = (unsigned)number(6); k; k--)
      n +=
          (unsigned)snprintf(p + n, room - n, ",{\"key\":\"k%u\",\"value\":{\"stringValue\":\"value %u of a thing\"}}", k, a + k);
    return n + (unsigned)snprintf(p + n, room - n, "]}");
  case 1:
    return (size_t)snprintf(
        p, room,
        "{\"name\":\"GET /%u\",\"kind\":2,\"attributes\":[{\"key\":\"http.method\",\"value\":{\"stringValue\":\"GET\"}},{\"key\":"
        "\"route\",\"value\":{\"stringValue\":\"/"
        "r%u\"}},{\"key\":\"http.n\",\"value\":{\"intValue\":\"%u\"}}],\"events\":[{\"name\":\"e\"}]}",
        a, a % 9, i);
  default:
    return (size_t)snprintf(p, room,
                            "{\"name\":\"m%u\",\"gauge\":{\"dataPoints\":[{\"asInt\":\"%u\",\"attributes\":[{\"key\":\"host\","
                            "\"value\":{\"stringValue\":"
                            "\"h%u\"}},{\"key\":\"pod\",\"value\":{\"stringValue\":\"p%u\"}}]},{\"asDouble\":1.5}]}}",
                            a % 50, i, a % 7, a);
  }
}

/* Mostly hundreds of records, some with one, some with thousands. */
static unsigned size_of_batch(int i) {
  return i % 8 == 0 ? 1 : i % 8 == 1 ? 4000 + (unsigned)number(8000) : 50 + (unsigned)number(1200);
}

static void make_batch(ottl_json *json, ottl_exec *exec, int signal, int i) {
  static const char *const names[][3] = {{"resourceLogs", "scopeLogs", "logRecords"},
                                         {"resourceSpans", "scopeSpans", "spans"},
                                         {"resourceMetrics", "scopeMetrics", "metrics"}};
  unsigned n = size_of_batch(i), resources = 1 + (unsigned)number(3);
  size_t cap = 2000 + (size_t)n * 1200, len = 0;
  char *text = must(malloc(cap));
  len += (size_t)snprintf(text, cap, "{\"%s\":[", names[signal][0]);
  for (unsigned r = 0; r < resources; r++) {
    unsigned from = n * r / resources, to = n * (r + 1) / resources;
    len += (size_t)snprintf(
        text + len, cap - len,
        "%s{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"svc%u\"}}]},\"%s\":[{\"%s\":[",
        r ? "," : "", r, names[signal][1], names[signal][2]);
    for (unsigned k = from; k < to; k++) {
      if (k > from) text[len++] = ',';
      len += put_record(text + len, cap - len, signal, k);
    }
    len += (size_t)snprintf(text + len, cap - len, "]}]}");
  }
  len += (size_t)snprintf(text + len, cap - len, "]}");
  const uint8_t *wire;
  size_t wire_len, head;
  ottl_result r;
  batch *b = &pool[signal][i];
  if (ottl_json_to_wire(json, (ottl_signal)(signal + 1), text, len, &wire, &wire_len) != OTTL_OK)
    die("%s", ottl_json_error(json, NULL));
  b->in = delimited(wire, wire_len, &b->in_len, &b->in_head);
  b->records = n;
  if (ottl_exec_run(exec, b->in + b->in_head, wire_len, &r) != OTTL_OK || !r.data) die("a batch does not run");
  b->out = delimited(r.data, r.len, &b->out_len, &head);
  free(text);
}

static ottl_program *program_of(int signal) {
  ottl_program *p = NULL;
  if (ottl_program_compile_text(statements[signal], strlen(statements[signal]), NULL, OTTL_ERROR_IGNORE, NULL, &p, NULL) !=
      OTTL_OK)
    die("the program does not compile");
  return p;
}

static void make_pool(uint64_t seed, int signals) {
  ottl_json *json;
  if (ottl_json_create(NULL, &json) != OTTL_OK) die("out of memory");
  chance = seed;
  for (int signal = 0; signal < signals; signal++) {
    ottl_program *p = program_of(signal);
    ottl_exec *exec;
    if (ottl_exec_create(p, NULL, &exec) != OTTL_OK) die("out of memory");
    for (int i = 0; i < POOL; i++) make_batch(json, exec, signal, i);
    ottl_exec_free(exec);
    ottl_program_free(p);
  }
  ottl_json_free(json);
  chance = seed + 1;
}

/* All of the pool comes first: what the largest batches need is there from then on. */
static const batch *next_batch(int signals, uint64_t i, int *ret_signal) {
  uint64_t all = (uint64_t)signals * POOL, k = i < all ? i : number(all);
  *ret_signal = (int)(k / POOL);
  return &pool[k / POOL][k % POOL];
}

/* ---- the ends of the pipe ---- */

static void generate(uint64_t bytes, uint64_t seed) {
  make_pool(seed, 1);
  int signal;
  for (uint64_t done = 0, i = 0; done < bytes; i++) {
    const batch *b = next_batch(1, i, &signal);
    for (size_t at = 0; at < b->in_len;) {
      ssize_t n = write(STDOUT_FILENO, b->in + at, b->in_len - at);
      if (n <= 0) die("cannot write");
      at += (size_t)n;
    }
    done += b->in_len;
  }
}

static size_t fill(uint8_t *buffer, size_t n) {
  size_t len = 0;
  for (ssize_t got = 1; got > 0 && len < n; len += got > 0 ? (size_t)got : 0) got = read(STDIN_FILENO, buffer + len, n - len);
  return len;
}

static void check(uint64_t bytes, uint64_t seed) {
  make_pool(seed, 1);
  uint64_t messages = 0, records = 0, out = 0;
  uint8_t *buffer = must(malloc((size_t)64 << 20));
  int signal;
  for (uint64_t done = 0; done < bytes; messages++) {
    const batch *b = next_batch(1, messages, &signal);
    if (b->out_len > (size_t)64 << 20 || fill(buffer, b->out_len) != b->out_len)
      die("message %llu: it is cut off", (unsigned long long)messages);
    if (memcmp(buffer, b->out, b->out_len) != 0) die("message %llu: other bytes", (unsigned long long)messages);
    done += b->in_len;
    out += b->out_len;
    records += b->records;
  }
  if (fill(buffer, 1)) die("there are more messages than %llu", (unsigned long long)messages);
  printf("%llu %llu %llu\n", (unsigned long long)messages, (unsigned long long)records, (unsigned long long)out);
  free(buffer);
}

/* ---- the library ---- */

static long rss_kib(void) {
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f || fscanf(f, "%*d %ld", &pages) != 1) die("no /proc/self/statm");
  fclose(f);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void library(uint64_t bytes, uint64_t seed) {
  make_pool(seed, SIGNALS);
  ottl_program *programs[SIGNALS];
  ottl_exec *execs[SIGNALS];
  for (int i = 0; i < SIGNALS; i++) {
    programs[i] = program_of(i);
    if (ottl_exec_create(programs[i], NULL, &execs[i]) != OTTL_OK) die("out of memory");
  }
  uint64_t messages = 0, records = 0, rows = 0;
  long first = 0, most = 0, now = 0;
  enum { SAMPLES = 50 };
  uint64_t sample = 0;
  for (uint64_t done = 0; done < bytes; messages++) {
    int signal;
    const batch *b = next_batch(SIGNALS, messages, &signal);
    ottl_result r;
    if (ottl_exec_run(execs[signal], b->in + b->in_head, b->in_len - b->in_head, &r) != OTTL_OK) die("a batch does not run");
    size_t head = b->out_len - r.len;
    if (r.len > b->out_len || memcmp(r.data, b->out + head, r.len) != 0)
      die("message %llu: other bytes", (unsigned long long)messages);
    rows += signal == 2 ? r.rows_in / 2 : r.rows_in; /* two points a metric */
    records += b->records;
    done += b->in_len;
    if (messages + 1 < (uint64_t)SIGNALS * POOL || (first && done / (bytes / SAMPLES + 1) < sample)) continue;
    now = rss_kib();
    sample++;
    if (!first) first = now;
    if (now > most) most = now;
  }
  if (rows != records) die("%llu records came, and %llu were run", (unsigned long long)records, (unsigned long long)rows);
  printf("%llu messages, %llu records, memory %ld KiB once each batch was seen, %ld KiB at most, %ld KiB at the end\n",
         (unsigned long long)messages, (unsigned long long)records, first, most, now);
  if (most > first + first / 50 + 512) die("memory grows: %ld KiB, then %ld KiB", first, most);
  for (int i = 0; i < SIGNALS; i++) {
    ottl_exec_free(execs[i]);
    ottl_program_free(programs[i]);
  }
}

static void free_pool(void) {
  for (int signal = 0; signal < SIGNALS; signal++) {
    for (int i = 0; i < POOL; i++) {
      free(pool[signal][i].in);
      free(pool[signal][i].out);
    }
  }
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  uint64_t bytes = argc > 2 ? strtoull(argv[2], NULL, 10) : 0, seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
  if (strcmp(what, "statements") == 0)
    fputs(statements[0], stdout);
  else if (strcmp(what, "generate") == 0)
    generate(bytes, seed);
  else if (strcmp(what, "check") == 0)
    check(bytes, seed);
  else if (strcmp(what, "library") == 0)
    library(bytes, seed);
  else
    die("usage: soak generate|check|library BYTES [SEED], or soak statements");
  free_pool();
  return 0;
}
