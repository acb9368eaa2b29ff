/* What ordinary use does not reach: values that no statement makes by itself, wire forms and JSON that no sender writes, arguments
 * that no host gives, and memory that runs out at each place of a compilation. */
#include "unit/batch_help.h"

#include "api/api.h"
#include "base/limits.h"
#include "base/map.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "counter.h"
#include "otlp/impl.h"
#include "otlp/json_schema.h"
#include "otlp/validate.h"
#include "ottl/ottl.h"
#include "syntax/parse.h"
#include "syntax/tree.h"

static ottl_allocator system_allocator;
static ottl_arena arena;

static int set_up(void **state) {
  OTTL_UNUSED(state);
  system_allocator = ottl__alloc_or_default(NULL);
  ottl__arena_init(&arena, &system_allocator, 0);
  return 0;
}
static int tear_down(void **state) {
  OTTL_UNUSED(state);
  ottl__arena_done(&arena);
  return 0;
}

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

static ottl_status compile_with(const char *text, ottl_signal signal, const ottl_allocator *al, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = signal;
  options.experimental = true;
  options.lint = options.explain = true;
  options.allocator = al;
  ottl_diags *diags = NULL;
  *ret = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, &options, ret, &diags);
  ottl_diag d;
  if (status == OTTL_COMPILE && ottl_diags_get(diags, 0, &d) == OTTL_OK)
    print_error("%.*s\n", (int)d.message.len, d.message.data);
  ottl_diags_free(diags);
  return status;
}

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

/* ---- code ---- */

static void code_with_lambdas(void **state) {
  OTTL_UNUSED(state);
  ottl_program *program;
  assert_int_equal(
      compile_with("context: log\nset(log.body, MapEach(Split(log.body, \" \"), (i, v) => Concat([v, \"x\"], \"\")))",
                   OTTL_SIGNAL_LOGS, NULL, &program),
      OTTL_OK);
  ottl_code *code = &program->codes[0];
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__code_disassemble(code, &text);
  sbuf_byte(&text, 0);
  assert_non_null(strstr(text.data, "; lambda 0 of call"));
  assert_true(strstr(strstr(text.data, "; lambda 0 of call"), "Concat") != NULL);
  ottl__sbuf_done(&text);
  const char *why = NULL;
  ottl_code_lambda *lambda = NULL;
  for (uint32_t i = 0; i < code->n_calls; i++) {
    if (code->calls[i].n_lambdas) lambda = (ottl_code_lambda *)(uintptr_t)&code->calls[i].lambdas[0];
  }
  assert_non_null(lambda);
  const ottl_code_lambda saved = *lambda;
  assert_int_equal(ottl__code_verify(code, &why), OTTL_OK);
  struct {
    const char *why;
    ottl_code_lambda wrong;
  } wrong[] = {{"result", saved}, {"body", saved},   {"body", saved},   {"lambda", saved},
               {"lambda", saved}, {"formal", saved}, {"lambda", saved}, {"result", saved}};
  wrong[0].wrong.result = (uint16_t)(code->n_regs + 1);
  wrong[1].wrong.first = code->n_bodies + 1;
  wrong[2].wrong.n = code->n_bodies + 1;
  wrong[3].wrong.level = OTTL_LEVEL_CONST;
  wrong[4].wrong.level = OTTL_CODE_LEVELS;
  wrong[5].wrong.formal[0] = (uint16_t)(code->n_regs + 1);
  wrong[6].wrong.n_formals = 200;
  for (uint16_t r = 0; r < code->n_regs; r++) {
    if (code->regs[r].level != saved.level && code->regs[r].level != OTTL_LEVEL_CONST) wrong[7].wrong.result = r;
  }
  for (size_t i = 0; i < OTTL_COUNT(wrong); i++) {
    *lambda = wrong[i].wrong;
    assert_int_equal(ottl__code_verify(code, &why), OTTL_INTERNAL);
    assert_string_equal(why, wrong[i].why);
    assert_int_equal(ottl__code_verify(code, NULL), OTTL_INTERNAL);
  }
  *lambda = saved;
  assert_int_equal(ottl__code_verify(code, &why), OTTL_OK);
  ottl_program_free(program);
}

/* Indices at the end of their type do not wrap around. */
static void indices_do_not_wrap(void **state) {
  OTTL_UNUSED(state);
  ottl_program *program;
  assert_int_equal(compile_with("context: log\nset(log.attributes[log.severity_text], 1)\nkeep_keys(log.attributes, [\"a\"])",
                                OTTL_SIGNAL_LOGS, NULL, &program),
                   OTTL_OK);
  ottl_code *code = &program->codes[0];
  unsigned n = 0;
  for (uint32_t i = 0; i < code->n_insns; i++) {
    ottl_insn *in = &code->insns[i], saved = *in;
    if (in->op != OTTL_OP_SET_MAP_PATH && in->op != OTTL_OP_KEEP_KEYS) continue;
    for (uint32_t back = 1; back < 4; back++) {
      in->y = UINT32_MAX - back + 1;
      assert_int_equal(ottl__code_verify(code, NULL), OTTL_INTERNAL);
      n++;
    }
    *in = saved;
  }
  assert_true(n > 0);
  ottl_program_free(program);
}

/* ---- JSON ---- */

/* The transcoder knows the types that the schema has. A new schema with another type has to be met there. */
static void types_of_the_schema(void **state) {
  OTTL_UNUSED(state);
  js_schema schema = {0};
  for (int signal = OTTL_SIGNAL_LOGS; signal <= OTTL_SIGNAL_PROFILES; signal++)
    assert_non_null(ottl__json_message(&schema, &arena, ottl__json_root(signal)));
  assert_null(ottl__json_root(OTTL_SIGNAL_NONE));
  assert_true(schema.n_messages > 30);
  for (unsigned i = 0; i < schema.n_messages; i++) {
    const js_message *m = schema.messages[i];
    for (unsigned k = 0; k < m->n_fields; k++) {
      const js_field *f = &m->fields[k];
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_FLOAT);
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_SINT64);
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_SFIXED32);
      assert_true(f->quoted_len <= JS_QUOTED);
      if (f->packed && f->wire_type != JS_VARINT) assert_true(f->kind == JS_KIND_DOUBLE || f->kind == JS_KIND_TIME);
    }
  }
}

/* Numbers whose wire form is longer than their text, in text that is not the usual one. */
static void more_wire_than_text(void **state) {
  OTTL_UNUSED(state);
  enum { N = 5000 };
  char *text = malloc(2 * N + 200);
  assert_non_null(text);
  size_t len = (size_t)sprintf(text, "{\"resource_metrics\":[{\"scope_metrics\":[{\"metrics\":[{\"histogram\":{\"data_points\":"
                                     "[{\"explicit_bounds\":[0");
  for (int i = 1; i < N; i++) len += (size_t)sprintf(text + len, ",%d", i % 10);
  len += (size_t)sprintf(text + len, "]}]}}]}]}]}");
  const uint8_t *wire_data;
  size_t wire_len, out_len;
  const char *out;
  bool finished = false;
  for (size_t fail_at = 1; !finished; fail_at++) {
    counter c = {.fail_at = fail_at};
    ottl_allocator al = counter_allocator(&c);
    ottl_json *json = NULL;
    ottl_status status = ottl_json_create(&al, &json);
    if (status == OTTL_OK) status = ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, len, &wire_data, &wire_len);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    finished = status == OTTL_OK;
    if (finished) {
      c.fail_at = 0;
      assert_true(wire_len > 8 * N);
      assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, wire_data, wire_len, &out, &out_len), OTTL_OK);
      assert_true(out_len < 2 * N + 200);
      assert_non_null(strstr(out, "\"explicitBounds\":[0,1,2,3,4,5,6,7,8,9,0,1,"));
    }
    ottl_json_free(json);
    assert_int_equal(c.live_bytes, 0);
  }
  free(text);
}

static void what_was_found_instead(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *text, *found;
  } cases[] = {{"\"x\"", "a string"},
               {"{\"resourceLogs\":\"x\"}", "a string"},
               {"{\"resourceLogs\":true}", "a boolean"},
               {"{\"resourceLogs\":1}", "a number"},
               {"[]", "an array"},
               {"{\"resourceLogs\":{}}", "an object"},
               {"null", "null"}};
  ottl_json *json;
  const uint8_t *wire_data;
  size_t n;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, cases[i].text, strlen(cases[i].text), &wire_data, &n), OTTL_DATA);
    if (!strstr(ottl_json_error(json, NULL), cases[i].found)) fail_msg("%s: %s", cases[i].text, ottl_json_error(json, NULL));
  }
  ottl_json_free(json);
}

static void arguments_of_json(void **state) {
  OTTL_UNUSED(state);
  ottl_json *json;
  const uint8_t *data;
  const char *text;
  size_t n;
  assert_int_equal(ottl_json_create(NULL, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  const ottl_signal logs = OTTL_SIGNAL_LOGS, none = OTTL_SIGNAL_NONE, beyond = (ottl_signal)(OTTL_SIGNAL_PROFILES + 1);
  assert_int_equal(ottl_json_to_wire(NULL, logs, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, NULL, 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", 2, NULL, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", 2, &data, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, none, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, beyond, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", SIZE_MAX / 2, &data, &n), OTTL_LIMIT);
  assert_int_equal(ottl_json_from_wire(NULL, logs, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, NULL, 2, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", 0, NULL, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", 0, &text, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, none, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, beyond, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", SIZE_MAX / 2, &text, &n), OTTL_LIMIT);
  assert_int_equal(ottl_json_from_wire(json, logs, NULL, 0, &text, &n), OTTL_OK);
  assert_string_equal(ottl_json_error(NULL, &n), "");
  assert_int_equal(n, 0);
  assert_int_equal(ottl_json_signal(NULL, 0), OTTL_SIGNAL_NONE);
  ottl_json_free(json);
  ottl_json_free(NULL);
}

/* ---- framings ---- */

static void arguments_of_framings(void **state) {
  OTTL_UNUSED(state);
  ottl_frame_reader *r;
  ottl_frame_edges edges;
  ottl_view message;
  bool found;
  void *room, *buffer;
  size_t bytes;
  uint64_t at;
  const ottl_framing beyond = (ottl_framing)77;
  assert_string_equal(ottl_framing_name(OTTL_FRAMING_JSONL), "jsonl");
  assert_string_equal(ottl_framing_name(beyond), "unknown");
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_AUTO, 0, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_create(NULL, beyond, 0, &r), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(beyond, 0, "", 0, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_AUTO, 0, "", 0, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO, 0, "", 0, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO, 0, NULL, 1, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSONL, 0, "a\nb", 3, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSONL, 0, "a\rb", 3, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSON, 1, "{}", 2, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO_FRAMED, 0, "x", (size_t)UINT32_MAX + 1, &edges), OTTL_LIMIT);
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_PROTO_DELIMITED, 100, &r), OTTL_OK);
  assert_int_equal(ottl_frame_reader_room(NULL, 1, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 1, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 0, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, SIZE_MAX, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(NULL, 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(r, 1), OTTL_INVALID_ARG); /* there was no room for it */
  assert_int_equal(ottl_frame_reader_push(NULL, "", 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_push(r, NULL, 1), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(NULL, &found, &message), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(r, NULL, &message), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(r, &found, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(NULL, NULL, 0, &buffer, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 0, NULL, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 0, &buffer, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 3, &buffer, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_framing(NULL), OTTL_FRAMING_AUTO);
  assert_string_equal(ottl_frame_reader_error(NULL, &at), "");
  assert_int_equal(at, 0);
  /* A length of eleven bytes; and what failed stays failed, at its place. */
  assert_int_equal(ottl_frame_reader_push(r, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11), OTTL_OK);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(ottl_frame_reader_next(r, &found, &message), OTTL_DATA);
    assert_string_equal(ottl_frame_reader_error(r, &at), "bad message length");
    assert_int_equal(at, 0);
  }
  ottl_frame_reader_free(r);
  ottl_frame_reader_free(NULL);
  /* The end comes once. */
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_PROTO, SIZE_MAX, &r), OTTL_OK);
  assert_int_equal(ottl_frame_reader_push(r, NULL, 0), OTTL_OK);
  assert_int_equal(ottl_frame_reader_push(r, "x", 1), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 1, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(r, 0), OTTL_INVALID_ARG);
  ottl_frame_reader_free(r);
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

/* ---- syntax ---- */

static void append(void *context, const char *data, size_t len) { sbuf_put(context, data, len); }

static void expect_help(ottl_parse_entry entry, const char *source, const char *code, const char *help) {
  ottl_arena trees;
  ottl__arena_init(&trees, &system_allocator, 0);
  ottl_diags *diags;
  ottl_node *root;
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  uint32_t id = ottl__diags_source(diags, VIEW(""), view_str(source), 1, 1, 0);
  assert_int_equal(ottl__parse(&trees, entry, view_str(source), id, 0, diags, &root), OTTL_COMPILE);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  assert_int_equal(ottl_diags_render(diags, OTTL_DIAGS_TEXT, false, append, &text), OTTL_OK);
  sbuf_byte(&text, 0);
  if (!strstr(text.data, code) || !strstr(text.data, help)) fail_msg("%s: %s", source, text.data);
  ottl__sbuf_done(&text);
  ottl_diags_free(diags);
  ottl__arena_done(&trees);
}

static void help_where_it_is_rare(void **state) {
  OTTL_UNUSED(state);
  expect_help(OTTL_ENTRY_CONDITION, "a == A AND b == 1", "E0226", "keywords are written in lower case: `and`");
  expect_help(OTTL_ENTRY_VALUE, "F(a, . b)", "E", "paths do not begin with a point");
  expect_help(OTTL_ENTRY_VALUE, "F(a => 1)", "E0201", "arguments are named with `=`");
  expect_help(OTTL_ENTRY_VALUE, "{\"a\": b \".\" 1}", "E", "");
}

/* A string that holds a mark may be that mark: behind a path in a map, what comes next decides. */
static void marks_in_strings(void **state) {
  OTTL_UNUSED(state);
  ottl_diags *diags;
  ottl_node *root;
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  ottl_view source = VIEW("{\"a\": b \".\" c}");
  uint32_t id = ottl__diags_source(diags, VIEW(""), source, 1, 1, 0);
  assert_int_equal(ottl__parse(&arena, OTTL_ENTRY_VALUE, source, id, 0, diags, &root), OTTL_OK);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__tree_print(root, &text);
  sbuf_byte(&text, 0);
  assert_string_equal(text.data, "(map (item \"a\" (path b c)))");
  ottl__sbuf_done(&text);
  ottl_diags_free(diags);
}

static void texts_that_are_too_long(void **state) {
  OTTL_UNUSED(state);
  char *text = malloc(OTTL_MAX_STATEMENT_BYTES + 2);
  assert_non_null(text);
  memset(text, ' ', OTTL_MAX_STATEMENT_BYTES + 1);
  text[OTTL_MAX_STATEMENT_BYTES + 1] = 0;
  expect_help(OTTL_ENTRY_STATEMENT, text, "E", "text of more than");
  free(text);
}

static void trees_of_nothing(void **state) {
  OTTL_UNUSED(state);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &system_allocator);
  ottl__tree_print(NULL, &text);
  sbuf_byte(&text, 0);
  assert_string_equal(text.data, "(none)");
  ottl__sbuf_done(&text);
}

/* ---- memory ---- */

/* An arena with so many bytes left and no more: whichever place asks for what is behind them gets nothing. */
enum { BLOCK = 1 << 20 };
static bool blocks_end;
static void *block_alloc(void *context, size_t bytes) {
  OTTL_UNUSED(context);
  return blocks_end && bytes >= BLOCK ? NULL : malloc(bytes);
}
static void *block_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(old_bytes);
  return blocks_end && bytes >= BLOCK ? NULL : realloc(old, bytes);
}
static void block_free(void *context, void *memory, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(bytes);
  free(memory);
}

static void arena_with(ottl_arena *a, size_t left) {
  static const ottl_allocator al = {block_alloc, block_realloc, block_free, NULL};
  blocks_end = false;
  ottl__arena_init(a, &al, BLOCK);
  assert_non_null(arena_alloc(a, 16));
  const size_t room = (size_t)(a->end - a->at) & ~(size_t)15;
  assert_non_null(arena_alloc(a, room - left));
  assert_true((size_t)(a->end - a->at) < left + 16);
  blocks_end = true;
}

static ottl_status parse_in(size_t left, ottl_parse_entry entry, const char *text) {
  ottl_arena trees;
  ottl_diags *diags;
  ottl_node *root;
  arena_with(&trees, left);
  assert_int_equal(ottl__diags_create(NULL, &diags), OTTL_OK);
  uint32_t id = ottl__diags_source(diags, VIEW(""), view_str(text), 1, 1, 0);
  ottl_status status = ottl__parse(&trees, entry, view_str(text), id, 0, diags, &root);
  ottl_parsed_tokens tokens;
  if (status == OTTL_OK) status = ottl__parse_tokens(&trees, entry, view_str(text), id, 0, NULL, &root, &tokens);
  ottl_diags_free(diags);
  ottl__arena_done(&trees);
  return status;
}

static void memory_for_trees(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    ottl_parse_entry entry;
    ottl_status status;
    const char *text;
  } cases[] = {{OTTL_ENTRY_STATEMENT, OTTL_OK,
                "set(attributes . a [ \"k\" ], - 1.5e3 + x[0] * (2 - 3)) where body == \"\\u00e9\\n\" or not true"},
               {OTTL_ENTRY_VALUE, OTTL_OK, "{\"a\": [1, 2.5, nil], \"b\": F((x) => G(x)[\"y\"], n = TRUE)}"},
               {OTTL_ENTRY_VALUE, OTTL_OK, "C oncat([Y ear(x)], S ha)"},
               {OTTL_ENTRY_STATEMENT, OTTL_COMPILE, "set(attributes[\"a\", {\"b\": (1 + 2}) where"},
               {OTTL_ENTRY_CONDITION, OTTL_COMPILE, "a AND \"\\q\" === [1"}};
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    size_t left = 0;
    ottl_status status;
    while ((status = parse_in(left, cases[i].entry, cases[i].text)) == OTTL_NOMEM) left += 16;
    if (status != cases[i].status) fail_msg("%s: %zu bytes: %s", cases[i].text, left, ottl_status_name(status));
    assert_true(left > 1000);
    for (size_t more = left + 160; left < more; left += 16)
      assert_int_equal(parse_in(left, cases[i].entry, cases[i].text), cases[i].status);
  }
}

static void memory_for_code(void **state) {
  OTTL_UNUSED(state);
  static const char *const programs[] = {
      "context: log\nkeep_keys(log.attributes, [\"a\", \"b\"])\nset(log.body, {\"k\": [log.attributes[\"a\"], 1.5]})\n"
      "delete_key(log.attributes, \"c\") where Len(log.body) > 3 and not IsMatch(log.severity_text, \"x\")",
      "context: log\nset(log.attributes[\"x\"], MapEach([log.body, \"b\"], (i, v) => Concat([v, log.attributes[v]], \"-\")))\n"
      "replace_pattern(resource.attributes[\"y\"], \"a\", log.body)",
  };
  for (size_t i = 0; i < OTTL_COUNT(programs); i++) {
    ottl_program *program;
    assert_int_equal(compile_with(programs[i], OTTL_SIGNAL_LOGS, NULL, &program), OTTL_OK);
    for (int debug = 0; debug < 2; debug++) {
      ottl_status status = OTTL_NOMEM;
      size_t left = 0;
      for (; status == OTTL_NOMEM; left += 16) {
        ottl_arena code_arena;
        ottl_code code;
        code_debug about;
        arena_with(&code_arena, left);
        status = debug ? ottl__emit_debug(&code_arena, &program->checked[0], OTTL_KIND_TRANSFORM, false, &code, &about)
                       : ottl__emit_group(&code_arena, &program->checked[0], OTTL_KIND_TRANSFORM, false, NULL, &code);
        if (status == OTTL_OK) {
          assert_int_equal(code.n_insns, program->codes[0].n_insns);
          assert_int_equal(ottl__code_verify(&code, NULL), OTTL_OK);
        }
        ottl__arena_done(&code_arena);
      }
      assert_int_equal(status, OTTL_OK);
      assert_true(left > 1000);
    }
    ottl_program_free(program);
  }
}

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
      cmocka_unit_test(code_with_lambdas),
      cmocka_unit_test(indices_do_not_wrap),
      cmocka_unit_test(types_of_the_schema),
      cmocka_unit_test(more_wire_than_text),
      cmocka_unit_test(what_was_found_instead),
      cmocka_unit_test(arguments_of_json),
      cmocka_unit_test(arguments_of_framings),
      cmocka_unit_test(keys_that_cannot_be_judged),
      cmocka_unit_test(requests_of_two_gigabytes),
      cmocka_unit_test(records_that_are_not_there),
      cmocka_unit_test(help_where_it_is_rare),
      cmocka_unit_test(marks_in_strings),
      cmocka_unit_test(texts_that_are_too_long),
      cmocka_unit_test(trees_of_nothing),
      cmocka_unit_test(memory_for_trees),
      cmocka_unit_test(memory_for_code),
      cmocka_unit_test(memory_for_entries),
      cmocka_unit_test(memory_for_rows_above),
      cmocka_unit_test(memory_for_cuts),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
