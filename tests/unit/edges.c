/* What ordinary use does not reach: values that no statement makes by itself, wire forms that no sender writes, and memory that runs
 * out where a run needs more of it. edges_compile.c and edges_otlp.c have the rest. */
#include "unit/edges_help.h"

#include "base/map.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "counter.h"
#include "otlp/impl.h"
#include "otlp/validate.h"

/* ---- values ---- */

static ottl_cell str(const char *text) { return cell_string(view_str(text)); }

static ottl_cell list_of(ottl_type type, int n, const ottl_cell *cells) {
  ottl_list *list = arena_zero(&arena, sizeof *list);
  assert_non_null(list);
  for (int i = 0; i < n; i++) assert_int_equal(ottl__list_push(&arena, list, cells[i]), OTTL_OK);
  return cell_tree(type, list);
}

static ottl_cell map_of(const char *key, ottl_cell value) {
  ottl_rowmap *map = arena_zero(&arena, sizeof *map);
  assert_non_null(map);
  ottl_entry *e = ottl__rowmap_push(&arena, map, view_str(key));
  assert_non_null(e);
  entry_set(e, value);
  return cell_tree(OTTL_T_MAP, map);
}

static ottl_cell time_at(int64_t seconds, uint32_t nanos) { return (ottl_cell){(uint64_t)seconds, nanos, OTTL_T_TIME}; }

static ottl_cell zoned(int64_t seconds, int32_t offset) {
  ottl_zoned_time *z = arena_zero(&arena, sizeof *z);
  assert_non_null(z);
  z->seconds = seconds;
  z->offset_seconds = offset;
  return (ottl_cell){(uint64_t)(uintptr_t)z, 0, OTTL_T_TIME_ZONED};
}

static bool equal(ottl_cell a, ottl_cell b) {
  bool same;
  assert_int_equal(ottl__value_compare(&arena, a, b, OTTL_CMP_EQ, &same), OTTL_OK);
  return same;
}

static void times_in_lists_are_compared(void **state) {
  OTTL_UNUSED(state);
  const ottl_cell a = time_at(5, 7), same = zoned(5, 3600), later = time_at(5, 8);
  assert_true(equal(list_of(OTTL_T_LIST_ANY, 1, &a), list_of(OTTL_T_LIST_ANY, 1, &a)));
  assert_false(equal(list_of(OTTL_T_LIST_ANY, 1, &a), list_of(OTTL_T_LIST_ANY, 1, &later)));
  const ottl_cell whole = time_at(5, 0);
  assert_true(equal(list_of(OTTL_T_LIST_ANY, 1, &whole), list_of(OTTL_T_LIST_ANY, 1, &same)));
}

static bool equal_raw(ottl_cell a, ottl_cell b) {
  bool same;
  assert_int_equal(ottl__value_equal_raw(&arena, a, b, &same), OTTL_OK);
  return same;
}

static void raw_values_are_compared(void **state) {
  OTTL_UNUSED(state);
  const ottl_cell one = str("1"), two = str("2");
  assert_true(equal_raw(map_of("a", one), map_of("a", one)));
  assert_false(equal_raw(map_of("a", one), map_of("a", two)));
  assert_false(equal_raw(map_of("a", one), map_of("b", one)));
  assert_true(equal_raw(list_of(OTTL_T_LIST, 1, &one), list_of(OTTL_T_LIST, 1, &one)));
  assert_false(equal_raw(list_of(OTTL_T_LIST, 1, &one), list_of(OTTL_T_LIST, 1, &two)));
  assert_true(equal_raw(one, one));
}

/* Malformed bytes are told, wherever they are met: in the frame of an item, or in the value that it frames. */
static void malformed_values_are_told(void **state) {
  OTTL_UNUSED(state);
  static const uint8_t frame[] = "\x2a\x07\x0a\x03\x0a\x01x\x0a\x7f", inside[] = "\x2a\x09\x0a\x03\x0a\x01x\x0a\x02\x0a\x7f";
  const ottl_cell items[] = {str("x"), str("y")}, good = list_of(OTTL_T_LIST, 2, items);
  ottl_cell bad;
  bool same;
  uint32_t n;
  assert_int_equal(ottl__anyvalue_decode(frame, sizeof frame - 1, &bad), OTTL_OK);
  assert_int_equal(ottl__value_count(bad, &n), OTTL_DATA);
  assert_int_equal(ottl__value_equal_raw(&arena, bad, good, &same), OTTL_DATA);
  assert_int_equal(ottl__value_equal_raw(&arena, good, bad, &same), OTTL_DATA);
  assert_int_equal(ottl__anyvalue_decode(inside, sizeof inside - 1, &bad), OTTL_OK);
  assert_int_equal(ottl__value_count(bad, &n), OTTL_OK);
  assert_int_equal(ottl__value_equal_raw(&arena, bad, good, &same), OTTL_DATA);
  assert_int_equal(ottl__value_equal_raw(&arena, good, bad, &same), OTTL_DATA);
}

static void expect_text(ottl_cell value, const char *wanted) {
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  assert_int_equal(ottl__value_string_like(&arena, &text, value), OTTL_OK);
  sbuf_byte(&text, 0);
  assert_string_equal(text.data, wanted);
  ottl__sbuf_done(&text);
}

static void values_as_text(void **state) {
  OTTL_UNUSED(state);
  const ottl_cell berlin = zoned(0, 3600), number = cell_int(1);
  const ottl_cell containers[] = {map_of("a", number), list_of(OTTL_T_LIST, 1, &number)};
  expect_text(list_of(OTTL_T_LIST_ANY, 1, &berlin), "[\"1970-01-01T01:00:00+01:00\"]");
  expect_text(berlin, "\"1970-01-01T01:00:00+01:00\"");
  expect_text(list_of(OTTL_T_LIST_ANY, 2, containers), "[{},{}]"); /* structs without exported fields */
  expect_text(list_of(OTTL_T_LIST_TIME, 0, NULL), "null");         /* a nil slice */
  expect_text(list_of(OTTL_T_LIST_DOUBLE, 0, NULL), "null");
  expect_text(list_of(OTTL_T_LIST_UINT64, 0, NULL), "null");
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  assert_int_equal(ottl__value_as_string(&arena, &text, berlin), OTTL_INTERNAL); /* no AnyValue holds it */
  assert_int_equal(ottl__value_as_string(&arena, &text, cell_nil()), OTTL_OK);
  assert_int_equal(text.len, 0);
  ottl__sbuf_done(&text);
}

/* KeyValue.key_strindex is a number, and passed over where there is no dictionary. */
static void entries_with_an_index(void **state) {
  OTTL_UNUSED(state);
  ottl_view key;
  ottl_cell value;
  assert_true(ottl__wire_entry(view_of("\x0a\x01k\x18\x07\x12\x03\x0a\x01v", 10), &key, &value));
  assert_true(view_is(key, "k") && view_is(cell_view(value), "v"));
  assert_false(ottl__wire_entry(view_of("\x0a\x01k\x1a\x01x", 6), &key, &value)); /* not a number */
  assert_false(ottl__wire_entry(view_of("\x0a\x01k\x18\xff", 5), &key, &value));  /* cut short */
  assert_false(ottl__wire_entry(view_of("\x0a\x01k\x27", 4), &key, &value));      /* no wire type */
  assert_true(ottl__wire_entry(view_of("\x0a\x01k\x20\x01", 5), &key, &value));   /* nobody knows field 4 */
}

/* ---- the dictionary of keys is bounded, and full at some time ---- */

static void keys_have_an_end(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  static char names[40000][16];
  uint32_t known = 0, none = 0;
  for (uint32_t i = 0; i < 40000; i++) {
    snprintf(names[i], sizeof names[i], "k%u", i);
    uint32_t id = ottl__key_id(b, view_str(names[i]));
    if (id == OTTL_NO_KEY) {
      none++;
      continue;
    }
    assert_int_equal(id, known++);
  }
  assert_int_equal(known, 16384);
  assert_int_equal(none, 40000 - 16384);
  assert_int_equal(ottl__key_id(b, view_str("k0")), 0);
  ottl__batch_free(b);
}

/* Keys that all want one place of the table: it is not searched on and on; what has none has no number. */
static void keys_that_collide(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  static char names[24][16];
  unsigned n = 0;
  for (uint32_t i = 0; n < 24; i++) {
    snprintf(names[n], sizeof names[n], "%x", i);
    if ((ottl__hash_bytes(names[n], strlen(names[n])) & 255) == 7) n++;
  }
  for (unsigned i = 0; i < 24; i++) assert_int_equal(ottl__key_id(b, view_str(names[i])), i < 16 ? i : OTTL_NO_KEY);
  assert_int_equal(ottl__key_id(b, view_str(names[3])), 3);
  ottl__batch_free(b);
}

/* ---- programs ---- */

/* Runs statements on a payload in wire form; what comes out as JSON, that the caller frees; NULL and *ret_status: it failed. */
static char *run_wire(const char *statements, ottl_signal signal, const void *data, size_t len, ottl_status *ret_status) {
  ottl_program *program;
  ottl_exec *exec;
  ottl_result result;
  char *copy = NULL;
  assert_int_equal(compile_with(statements, signal, NULL, &program), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  *ret_status = ottl_exec_run(exec, data, len, &result);
  if (*ret_status == OTTL_OK) {
    ottl_json *json;
    const char *text;
    size_t n;
    assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
    assert_int_equal(ottl_json_from_wire(json, signal, result.data, result.len, &text, &n), OTTL_OK);
    copy = malloc(n + 1);
    assert_non_null(copy);
    memcpy(copy, text, n);
    copy[n] = 0;
    ottl_json_free(json);
  }
  ottl_exec_free(exec);
  ottl_program_free(program);
  return copy;
}

/* A map that is large and searched often has an index; a key that goes leaves its place to the last entry there too. */
static void a_key_leaves_an_indexed_map(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0};
  char name[16];
  w_str(&log, 3, "new");
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "k%02d", i);
    w_attr(&log, 6, name, "v");
  }
  char statements[2000] = "context: log\n";
  for (int i = 0; i < 12; i++) strcat(statements, "set(log.attributes[log.severity_text], log.severity_text)\n");
  strcat(statements, "delete_key(log.attributes, \"k03\")\nset(log.body, log.attributes[log.severity_text])\n");
  wire in = w_request(&log);
  ottl_status status;
  char *out = run_wire(statements, OTTL_SIGNAL_LOGS, in.data, in.len, &status);
  assert_int_equal(status, OTTL_OK);
  const char *hole = strstr(out, "\"k02\""), *moved = strstr(out, "{\"key\":\"new\",\"value\":{\"stringValue\":\"new\"}}");
  assert_true(hole && moved && hole < moved);
  assert_true(moved < strstr(out, "\"k04\""));
  assert_null(strstr(out, "k03"));
  assert_non_null(strstr(out, "\"body\":{\"stringValue\":\"new\"}"));
  free(out);
}

/* An index whose places are used up by keys that came and went is made anew. */
static void keys_come_and_go(void **state) {
  OTTL_UNUSED(state);
  static char names[4000][16];
  ottl_rowmap map = {0};
  for (unsigned i = 0; i < 100; i++) {
    snprintf(names[i], sizeof names[i], "k%u", i);
    assert_non_null(ottl__rowmap_push(&arena, &map, view_str(names[i])));
  }
  for (unsigned i = 100; i < 4000; i++) {
    snprintf(names[i], sizeof names[i], "k%u", i);
    assert_non_null(ottl__rowmap_push(&arena, &map, view_str(names[i])));
    ottl_entry *gone = ottl__rowmap_lookup(&arena, &map, view_str(names[i - 100]));
    assert_true(gone && view_is((ottl_view){gone->key, gone->klen}, names[i - 100]));
    ottl__rowmap_remove_swap(&map, (uint32_t)(gone - map.items));
    assert_null(ottl__rowmap_lookup(&arena, &map, view_str(names[i - 100])));
    const ottl_entry *there = ottl__rowmap_lookup(&arena, &map, view_str(names[i - 50]));
    assert_true(there && view_is((ottl_view){there->key, there->klen}, names[i - 50]));
  }
  assert_int_equal(map.n, 100);
}

static wire metric_with(unsigned number, const wire *point) {
  wire data = {.len = 0}, metric = {.len = 0};
  w_msg(&data, 1, point);
  w_str(&metric, 1, "m");
  w_msg(&metric, number, &data);
  return w_request(&metric);
}

/* A point that is odd (a field twice) is put into canonical form, where packed fields have to be packed, or of their type. */
static void odd_points_with_wrong_types(void **state) {
  OTTL_UNUSED(state);
  static const char counts[] = "context: datapoint\nset(datapoint.count, datapoint.count + 1)";
  static const char lengths[] = "context: profile\nset(profile.duration_unix_nano, profile.duration_unix_nano + 3)";
  ottl_status status;
  for (int wrong = 0; wrong < 2; wrong++) {
    wire point = {.len = 0};
    w_64(&point, 4, 1);
    w_64(&point, 4, 2);
    if (wrong)
      w_int(&point, 6, 1);
    else
      w_64(&point, 6, 2);
    wire in = metric_with(9, &point);
    char *out = run_wire(counts, OTTL_SIGNAL_METRICS, in.data, in.len, &status);
    assert_int_equal(status, wrong ? OTTL_DATA : OTTL_OK);
    assert_true(wrong ? !out : strstr(out, "\"count\":\"3\"") && strstr(out, "\"bucketCounts\":[\"2\"]"));
    free(out);
  }
  for (int wrong = 0; wrong < 2; wrong++) {
    wire profile = {.len = 0}, dictionary = {.len = 0};
    w_int(&profile, 4, 1);
    w_int(&profile, 4, 2);
    if (wrong)
      w_64(&profile, 11, 0);
    else
      w_int(&profile, 11, 0);
    wire in = w_request(&profile);
    w_str(&dictionary, 5, "");
    w_msg(&in, 2, &dictionary);
    char *out = run_wire(lengths, OTTL_SIGNAL_PROFILES, in.data, in.len, &status);
    assert_int_equal(status, wrong ? OTTL_DATA : OTTL_OK);
    assert_true(wrong ? !out : strstr(out, "\"durationNano\":\"5\"") && strstr(out, "\"attributeIndices\":[0]"));
    free(out);
  }
}

/* Entries inside values of profiles: fields that nobody knows are passed over, malformed ones refuse what reads them. */
static void entries_of_profiles(void **state) {
  OTTL_UNUSED(state);
  static const char read[] = "context: resource\nset(resource.attributes[\"x\"], resource.attributes[\"m\"][\"k\"])";
  for (int malformed = 0; malformed < 2; malformed++) {
    wire any = {.len = 0}, kv = {.len = 0}, list = {.len = 0}, outer = {.len = 0}, attribute = {.len = 0}, resource = {.len = 0},
         all = {.len = 0}, request = {.len = 0}, dictionary = {.len = 0};
    w_str(&any, 1, "v");
    w_str(&kv, 1, "k");
    w_msg(&kv, 2, &any);
    w_int(&kv, 9, 1);
    if (malformed) w_byte(&kv, 9 << 3 | 7);
    w_msg(&list, 1, &kv);
    w_msg(&outer, 6, &list);
    w_str(&attribute, 1, "m");
    w_msg(&attribute, 2, &outer);
    w_msg(&resource, 1, &attribute);
    w_msg(&all, 1, &resource);
    w_msg(&request, 1, &all);
    w_str(&dictionary, 5, "");
    w_msg(&request, 2, &dictionary);
    ottl_status status;
    char *out = run_wire(read, OTTL_SIGNAL_PROFILES, request.data, request.len, &status);
    if (malformed) {
      assert_int_not_equal(status, OTTL_OK);
      assert_null(out);
    } else {
      assert_int_equal(status, OTTL_OK);
      assert_non_null(strstr(out, "{\"key\":\"x\",\"value\":{\"stringValue\":\"v\"}}"));
    }
    free(out);
  }
}

/* The same call with an argument more is another value. */
static void calls_that_differ_in_what_is_given(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0}, any = {.len = 0};
  w_str(&any, 1, "abc");
  w_msg(&log, 5, &any);
  wire in = w_request(&log);
  ottl_status status;
  char *out = run_wire(
      "context: log\nset(log.attributes[\"a\"], Concat([ParseInt(\"11\", 2), Time(\"2024\", \"%Y\")], \"\"))\n"
      "set(log.attributes[\"b\"], [UnixNano(Time(\"2024\", \"%Y\")), UnixNano(Time(\"2024\", \"%Y\", \"Asia/Tokyo\"))])\n"
      "set(log.attributes[\"c\"], [Split(log.body, \"b\"), Concat([log.body], \"b\"), Concat([log.body, log.body], \"b\")])",
      OTTL_SIGNAL_LOGS, in.data, in.len, &status);
  assert_int_equal(status, OTTL_OK);
  assert_non_null(strstr(out, "\"1704067200000000000\""));
  assert_non_null(strstr(out, "\"1704034800000000000\""));
  assert_non_null(strstr(out, "\"abcbabc\""));
  free(out);
}

/* A path whose key is a lambda's parameter sees the map as it is. */
static void keys_from_lambdas(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0};
  w_attr(&log, 6, "a", "1");
  w_attr(&log, 6, "b", "2");
  wire in = w_request(&log);
  ottl_status status;
  char *out = run_wire("context: log\nset(log.attributes[\"b\"], \"3\")\n"
                       "set(log.body, MapEach([\"a\", \"b\"], (i, v) => log.attributes[v]))",
                       OTTL_SIGNAL_LOGS, in.data, in.len, &status);
  assert_int_equal(status, OTTL_OK);
  assert_non_null(strstr(out, "\"body\":{\"arrayValue\":{\"values\":[{\"stringValue\":\"1\"},{\"stringValue\":\"3\"}]}}"));
  free(out);
}

/* ---- batches ---- */

static ottl_status no_verdict(void *context, unsigned rule, ottl_view key, bool *ret) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(rule);
  OTTL_UNUSED(key);
  *ret = false;
  return OTTL_LIMIT;
}

/* A rule about keys that cannot be decided ends the window: what should have gone must not stay. */
static void keys_that_cannot_be_judged(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0};
  w_attr(&log, 6, "a", "1");
  wire in = w_request(&log);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_ITEM);
  unsigned m = plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, false);
  p->maps[m].prune = 1;
  b->key_rule.goes = no_verdict;
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 8));
  assert_int_equal(ottl__batch_window(b, 0, 1), OTTL_LIMIT);
  free(p);
  ottl__batch_free(b);
}

static void requests_of_two_gigabytes(void **state) {
  OTTL_UNUSED(state);
  ottl_validator *v;
  ottl_invalid why;
  static const uint8_t byte;
  assert_int_equal(ottl__validator_create(&system_allocator, OTTL_SIGNAL_LOGS, &v), OTTL_OK);
  assert_int_equal(ottl__validate(v, &byte, (size_t)INT32_MAX + 1, &why), OTTL_LIMIT); /* refused before a byte is read */
  assert_string_equal(why.text, "a request of more than 2147483647 bytes");
  ottl__validator_free(v);
  ottl_batch *b = batch_new();
  assert_int_equal(ottl__batch_open(b, OTTL_SIGNAL_LOGS, &byte, (size_t)INT32_MAX + 1), OTTL_LIMIT);
  assert_int_equal(ottl__batch_open(b, OTTL_SIGNAL_NONE, &byte, 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl__batch_open(b, OTTL_SIGNAL_LOGS, NULL, 1), OTTL_INVALID_ARG);
  ottl__batch_free(b);
}

/* Places that no record has. */
static void records_that_are_not_there(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0}, point = {.len = 0};
  w_str(&log, 3, "x");
  w_64(&point, 4, 1);
  wire logs = w_request(&log), metrics = metric_with(9, &point);
  ottl_batch *b = batch_new();
  ottl_located where;
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, logs.data, logs.len));
  assert_false(ottl__batch_locate(b, OTTL_L_ITEM, (uint32_t)logs.len, 0, 0, &where)); /* behind the payload */
  assert_false(ottl__batch_locate(b, OTTL_L_ITEM, 1, 0, 0, &where));                  /* inside of a resource, of no scope */
  assert_false(ottl__batch_locate(b, OTTL_L_RESOURCE, 1, 0, 0, &where));              /* not where one begins */
  assert_true(ottl__batch_locate(b, OTTL_L_RESOURCE, 0, 0, 0, &where));
  assert_int_equal(where.len, logs.len);
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, metrics.data, metrics.len));
  const uint32_t item = 4; /* behind two tags and lengths */
  assert_true(ottl__batch_locate(b, OTTL_L_CHILD, item, 0, 0, &where));
  assert_int_equal(where.child, 0);
  assert_false(ottl__batch_locate(b, OTTL_L_CHILD, item, 1, 0, &where));      /* it has one point */
  assert_false(ottl__batch_locate(b, OTTL_L_GRANDCHILD, item, 0, 0, &where)); /* without exemplars */
  ottl__batch_free(b);
}

/* ---- memory ---- */

/* From now on the arena gives nothing any more. */
static void exhaust(ottl_arena *a, counter *c) {
  *c = (counter){.fail_at = 1, .onwards = true};
  a->al = counter_allocator(c);
  while (arena_alloc(a, 1)) continue;
}

/* Keys that are set in a map whose list of entries is full. */
static void memory_for_entries(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0};
  w_attr(&log, 6, "a", "1");
  wire in = w_request(&log);
  unsigned n_failed = 0;
  for (unsigned keys = 1; keys < 20; keys++) {
    static char names[20][16];
    ottl_batch *b = batch_new();
    plan *p = plan_new(OTTL_L_ITEM);
    unsigned m = plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, true);
    for (unsigned k = 0; k < keys; k++) {
      snprintf(names[k], sizeof names[k], "k%u", k);
      plan_key(p, names[k]);
    }
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 8));
    OK(ottl__batch_window(b, 0, 1));
    for (unsigned k = 0; k < keys; k++) {
      col_set(&b->columns[k], 0, cell_int((int64_t)k));
      col_touch(&b->columns[k], 0);
    }
    counter c;
    ottl_allocator was = b->arena.al;
    exhaust(&b->arena, &c);
    ottl_status status = ottl__map_flush(b, (uint16_t)m, (const uint64_t[]){1}, 1);
    assert_true(status == OTTL_OK ? b->maps[m].rows[0].n == keys + 1 : status == OTTL_NOMEM);
    n_failed += status == OTTL_NOMEM;
    b->arena.al = was;
    free(p);
    ottl__batch_free(b);
  }
  assert_true(n_failed > 0 && n_failed < 19);
}

/* Room for more rows above, when records are appended. */
static void memory_for_rows_above(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0};
  w_attr(&log, 6, "a", "1");
  wire in = w_request(&log);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_CHILD);
  plan_field(p, OTTL_FIELD_SPAN_NAME);
  OK(ottl__batch_open(b, OTTL_SIGNAL_TRACES, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 8));
  counter c;
  ottl_arena *pass = &ot_of(b)->pass;
  ottl_allocator was = pass->al;
  exhaust(pass, &c);
  assert_int_equal(ottl__ot_reserve_above(b, OTTL_L_ITEM, 100000), OTTL_NOMEM);
  assert_int_equal(ottl__ot_reserve_above(b, OTTL_L_ITEM, UINT32_MAX), OTTL_LIMIT);
  assert_int_equal(ottl__ot_reserve_above(b, OTTL_L_ITEM, 1), OTTL_OK);
  pass->al = was;
  assert_int_equal(ottl__ot_reserve_above(b, OTTL_L_ITEM, 100000), OTTL_OK);
  free(p);
  ottl__batch_free(b);
}

/* Every allocation of a run that cuts lists. */
static void memory_for_cuts(void **state) {
  OTTL_UNUSED(state);
  wire span = {.len = 0}, event = {.len = 0};
  w_str(&event, 2, "e");
  w_msg(&span, 11, &event);
  w_str(&span, 5, "s");
  w_msg(&span, 11, &event);
  wire in = w_request(&span);
  ottl_program *program;
  assert_int_equal(compile_with("context: span\nset(span.events, nil)", OTTL_SIGNAL_TRACES, NULL, &program), OTTL_OK);
  bool finished = false;
  for (size_t fail_at = 1; !finished; fail_at++) {
    counter c = {.fail_at = fail_at};
    ottl_allocator al = counter_allocator(&c);
    ottl_exec_options options;
    ottl_exec_options_init(&options);
    options.allocator = &al;
    ottl_exec *exec = NULL;
    ottl_result result;
    ottl_status status = ottl_exec_create(program, &options, &exec);
    if (status == OTTL_OK) status = ottl_exec_run(exec, in.data, in.len, &result);
    finished = !c.failed;
    assert_true(status == OTTL_OK || (status == OTTL_NOMEM && !finished)); /* some memory is only for speed */
    assert_true(status != OTTL_OK || result.len == in.len - 2 * (event.len + 2));
    ottl_exec_free(exec);
    assert_int_equal(c.live_blocks, 0);
  }
  ottl_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(times_in_lists_are_compared),
      cmocka_unit_test(raw_values_are_compared),
      cmocka_unit_test(malformed_values_are_told),
      cmocka_unit_test(values_as_text),
      cmocka_unit_test(entries_with_an_index),
      cmocka_unit_test(keys_have_an_end),
      cmocka_unit_test(keys_that_collide),
      cmocka_unit_test(a_key_leaves_an_indexed_map),
      cmocka_unit_test(keys_come_and_go),
      cmocka_unit_test(odd_points_with_wrong_types),
      cmocka_unit_test(entries_of_profiles),
      cmocka_unit_test(calls_that_differ_in_what_is_given),
      cmocka_unit_test(keys_from_lambdas),
      cmocka_unit_test(keys_that_cannot_be_judged),
      cmocka_unit_test(requests_of_two_gigabytes),
      cmocka_unit_test(records_that_are_not_there),
      cmocka_unit_test(memory_for_entries),
      cmocka_unit_test(memory_for_rows_above),
      cmocka_unit_test(memory_for_cuts),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
