/* Profiles: payloads built from the schema, programs over them, and what becomes of rows, indices and the dictionary. What each
 * path reads and writes is in conformance/own/profiles_*.jsonl; here is what concerns bytes, odd payloads and limits. */
#include "unit/profiles_payload.h"

#include "counter.h"
#include "ottl/ottl.h"

/* -- running -- */

typedef struct run_options {
  ottl_kind kind;
  ottl_error_mode mode;
  bool row_order, frozen; /* frozen: not experimental */
  uint32_t slice;
  const ottl_allocator *al;
} run_options;

static ottl_status compile(const char *text, run_options o, ottl_program **ret, ottl_diags **diags) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = o.kind;
  options.signal = OTTL_SIGNAL_PROFILES;
  options.experimental = !o.frozen;
  options.row_order = o.row_order;
  options.allocator = o.al;
  return ottl_program_compile_text(text, strlen(text), NULL, o.mode, &options, ret, diags);
}

typedef struct outcome {
  ottl_status status;
  ottl_result result; /* data: of `out` */
  blob out;
  size_t errors;
  char failure[100];
} outcome;

static void outcome_free(outcome *o) { free(o->out.data); }

static outcome run(const char *text, run_options o, blob in) {
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = compile(text, o, &program, &diags);
  if (status != OTTL_OK) {
    ottl_diag d = {0};
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    fail_msg("%.*s", (int)d.message.len, d.message.data);
  }
  ottl_diags_free(diags);
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = o.slice;
  ottl_exec *exec = NULL;
  OK(ottl_exec_create(program, &options, &exec));
  outcome got = {0};
  got.status = ottl_exec_run(exec, in.data, in.len, &got.result);
  const char *failure = ottl_exec_failure(exec, NULL);
  snprintf(got.failure, sizeof got.failure, "%s", failure ? failure : "");
  ottl_row_error e;
  while (ottl_exec_error(exec, got.errors, &e)) got.errors++;
  if (got.result.data) got.out = blob_copy(got.result.data, got.result.len);
  got.result.data = got.out.data;
  ottl_exec_free(exec);
  ottl_program_free(program);
  return got;
}

static outcome run_ignoring(const char *text, blob in) { return run(text, (run_options){.mode = OTTL_ERROR_IGNORE}, in); }

/* All ways to run a program give the same bytes. */
static outcome run_all_ways(const char *text, blob in) {
  outcome first = run_ignoring(text, in);
  for (unsigned way = 0; way < 6; way++) {
    static const uint32_t slices[] = {1, 3, 64};
    outcome o = run(text, (run_options){.mode = OTTL_ERROR_IGNORE, .row_order = way & 1, .slice = slices[way / 2]}, in);
    assert_int_equal(o.status, first.status);
    assert_int_equal(o.errors, first.errors);
    assert_int_equal(o.out.len, first.out.len);
    assert_memory_equal(o.out.data, first.out.data, o.out.len);
    outcome_free(&o);
  }
  return first;
}

/* -- reading what came out -- */

static const P(Profile) * profile_of(const request *r, unsigned i) {
  return r->resource_profiles[0]->scope_profiles[0]->profiles[i];
}
static const char *text_of(const request *r, int32_t index) {
  assert_in_range(index, 0, r->dictionary->n_string_table - 1);
  return r->dictionary->string_table[index];
}

/* The attribute of that key among the indices; NULL: none. */
static const P(KeyValueAndUnit) * attribute_of(const request *r, const int32_t *indices, size_t n, const char *key) {
  for (size_t i = 0; i < n; i++) {
    assert_in_range(indices[i], 0, r->dictionary->n_attribute_table - 1);
    const P(KeyValueAndUnit) *a = r->dictionary->attribute_table[indices[i]];
    if (strcmp(text_of(r, a->key_strindex), key) == 0) return a;
  }
  return NULL;
}
static const P(KeyValueAndUnit) * sample_attribute(const request *r, const P(Sample) * s, const char *key) {
  return attribute_of(r, s->attribute_indices, s->n_attribute_indices, key);
}

static request *request_of(const outcome *o) {
  assert_int_equal(o->status, OTTL_OK);
  request *r = request_unpack(o->out.len, o->out.data);
  assert_non_null(r);
  return r;
}

/* -- tests -- */

static void test_experimental(void **state) {
  OTTL_UNUSED(state);
  static const char *const texts[] = {"set(profile.period, 1)", "set(profilesample.link_index, 1)",
                                      "context: profile\nset(period, 1)", "context: profilesample\nset(values, [1])",
                                      "context: resource\nset(attributes[\"a\"], ProfileID(0x0102030405060708090a0b0c0d0e0f10))"};
  for (unsigned i = 0; i < OTTL_COUNT(texts); i++) {
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    ottl_diag d;
    assert_int_equal(compile(texts[i], (run_options){.frozen = true}, &program, &diags), OTTL_COMPILE);
    OK(ottl_diags_get(diags, 0, &d));
    assert_string_equal(d.code, "E0311");
    ottl_diags_free(diags);
    diags = NULL;
    OK(compile(texts[i], (run_options){0}, &program, &diags));
    assert_int_equal(ottl_program_signal(program), OTTL_SIGNAL_PROFILES);
    ottl_diags_free(diags);
    ottl_program_free(program);
  }
}

static void test_one_form(void **state) {
  OTTL_UNUSED(state);
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(compile("set(profile.attributes[\"a\"], profile.attribute_indices)", (run_options){0}, &program, &diags),
                   OTTL_UNSUPPORTED);
  ottl_diag d;
  OK(ottl_diags_get(diags, 0, &d));
  assert_string_equal(d.code, "E0510");
  ottl_diags_free(diags);
  /* not of one context, or not of one group */
  blob in = payload(1, 1);
  outcome o = run_ignoring("context: profile\nset(profile.attributes[\"a\"], 1)\ncontext: profilesample\n"
                           "set(profilesample.attributes[\"of\"], profile.attribute_indices)\n"
                           "context: profile\nset(profile.attribute_indices, [1])\n",
                           in);
  request *r = request_of(&o);
  const P(Sample) *s = profile_of(r, 0)->samples[0];
  const P(KeyValueAndUnit) *a = sample_attribute(r, s, "of");
  assert_non_null(a);
  assert_int_equal(a->value->array_value->n_values, 3);
  assert_int_equal(a->value->array_value->values[2]->int_value, 4); /* what the first group added */
  assert_int_equal(profile_of(r, 0)->n_attribute_indices, 1);
  request_free(r);
  outcome_free(&o);
  free(in.data);
}

static void test_reads_keep_bytes(void **state) {
  OTTL_UNUSED(state);
  static const char *const texts[] = {
      "set(profile.period, 1) where profile.attributes[\"pid\"] == 99",
      "set(profile.cache[\"a\"], profile.attributes)\nset(profile.cache[\"b\"], profile.sample_type.type)",
      "delete_key(profilesample.attributes, \"nope\")\nreplace_pattern(profilesample.attributes[\"thread\"], \"zz\", \"y\")",
      "set(profile.sample_type.type, \"cpu\") where profile.sample_type.unit == \"s\"",
  };
  blob in = payload(3, 7);
  for (unsigned i = 0; i < OTTL_COUNT(texts); i++) {
    outcome o = run_all_ways(texts[i], in);
    assert_true(o.result.unchanged);
    assert_int_equal(o.errors, 0);
    outcome_free(&o);
  }
  /* what is there already is no change, but for the unit */
  outcome o = run_all_ways("set(profilesample.attributes[\"pid\"], 7) where profilesample.attributes[\"pid\"] != nil\n"
                           "context: profile\nset(profile.sample_type.unit, \"ns\")",
                           in);
  assert_int_equal(o.out.len, in.len);
  assert_memory_equal(o.out.data, in.data, in.len);
  outcome_free(&o);
  free(in.data);
}

static void test_dictionary_grows_once(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(3, 1500);
  outcome o =
      run_all_ways("set(profilesample.attributes[\"env\"], \"prod\")\nset(profilesample.attributes[\"thread\"], \"w2\") where "
                   "profilesample.attributes[\"thread\"] == \"w1\"",
                   in);
  request *r = request_of(&o);
  assert_int_equal(r->dictionary->n_string_table, 8 + 1);    /* env */
  assert_int_equal(r->dictionary->n_attribute_table, 4 + 2); /* env: prod, thread: w2 */
  assert_string_equal(r->dictionary->string_table[8], "env");
  for (unsigned p = 0; p < 3; p++) {
    for (unsigned i = 0; i < 1500; i++) {
      const P(Sample) *s = profile_of(r, p)->samples[i];
      const P(KeyValueAndUnit) *thread = sample_attribute(r, s, "thread");
      assert_string_equal(sample_attribute(r, s, "env")->value->string_value, "prod");
      assert_int_equal(thread != NULL, i % 2 == 0);
      if (thread) assert_string_equal(thread->value->string_value, "w2");
      assert_int_equal(s->stack_index, i);
      assert_int_equal(s->n_values, 2);
    }
    assert_int_equal(profile_of(r, p)->attribute_indices[0], 2); /* not named, not touched */
  }
  request_free(r);
  outcome_free(&o);
  /* a second program finds all of it there */
  blob again = blob_copy(in.data, in.len);
  o = run_ignoring("set(profile.attributes[\"pid\"], 7)\nset(profile.sample_type.type, \"thread\")", again);
  r = request_of(&o);
  assert_int_equal(r->dictionary->n_string_table, 8);
  assert_int_equal(r->dictionary->n_attribute_table, 4);
  assert_string_equal(text_of(r, profile_of(r, 2)->sample_type->type_strindex), "thread");
  request_free(r);
  outcome_free(&o);
  free(again.data);
  free(in.data);
}

static void test_units(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(1, 1);
  /* what is written has no unit; its neighbours keep theirs */
  outcome o = run_all_ways("set(profile.attributes[\"pid\"], 8)", in);
  request *r = request_of(&o);
  const P(Profile) *p = profile_of(r, 0);
  assert_int_equal(p->attribute_indices[1], 3);
  assert_int_equal(attribute_of(r, p->attribute_indices, 2, "size")->unit_strindex, 7);
  request_free(r);
  outcome_free(&o);
  o = run_all_ways("set(profile.attributes[\"size\"], profile.attributes[\"size\"])", in);
  r = request_of(&o);
  p = profile_of(r, 0);
  assert_int_equal(attribute_of(r, p->attribute_indices, 2, "size")->unit_strindex, 0);
  assert_int_equal(r->dictionary->n_attribute_table, 5);
  request_free(r);
  outcome_free(&o);
  free(in.data);
}

/* Adds an unknown field 99 to the end of a message that a builder wrote. */
static void w_unknown(wire *w, const char *text) { w_str(w, 99, text); }

/* request { unknown, dictionary, resource { unknown, scope { unknown, profile { unknown, value type { unknown } ... */
static blob hand_made(bool dictionary_first, bool unpacked) {
  wire type = {0}, sample = {0}, profile = {0}, scope = {0}, resource = {0}, dictionary = {0}, attribute = {0}, all = {0};
  w_int(&type, 1, 1);
  w_unknown(&type, "in the type");
  w_int(&type, 2, 2);
  if (unpacked) {
    w_int(&sample, 2, 1);
    w_str(&sample, 2, "\x01"); /* and a packed piece: 1 again */
    w_int(&sample, 4, 5);
    w_int(&sample, 4, 6);
  } else {
    w_str(&sample, 2, "\x01");
    w_str(&sample, 4, "\x05\x06");
  }
  w_unknown(&sample, "in the sample");
  w_msg(&profile, 1, &type);
  w_unknown(&profile, "in the profile");
  w_msg(&profile, 2, &sample);
  w_str(&profile, 11, "\x01");
  w_msg(&scope, 2, &profile);
  w_unknown(&scope, "in the scope");
  w_msg(&resource, 2, &scope);
  w_unknown(&resource, "in the resource");
  w_int(&attribute, 1, 3);
  wire value = {0};
  w_str(&value, 1, "v");
  w_msg(&attribute, 2, &value);
  w_unknown(&attribute, "in the attribute");
  w_str(&dictionary, 5, "");
  w_str(&dictionary, 5, "cpu");
  w_str(&dictionary, 5, "ns");
  w_msg(&dictionary, 6, &(wire){0});
  w_msg(&dictionary, 6, &attribute);
  w_unknown(&dictionary, "in the dictionary");
  w_str(&dictionary, 5, "k");
  if (dictionary_first) w_msg(&all, 2, &dictionary);
  w_msg(&all, 1, &resource);
  w_unknown(&all, "in the request");
  if (!dictionary_first) w_msg(&all, 2, &dictionary);
  return blob_copy(all.data, all.len);
}

static bool has_text(blob b, const char *text) {
  size_t n = strlen(text);
  for (size_t i = 0; i + n <= b.len; i++) {
    if (memcmp(b.data + i, text, n) == 0) return true;
  }
  return false;
}

static void test_unknown_fields(void **state) {
  OTTL_UNUSED(state);
  for (unsigned way = 0; way < 4; way++) {
    blob in = hand_made(way & 1, way & 2);
    outcome o = run_all_ways("context: profilesample\nset(profilesample.attributes[\"k\"], \"new\")\n"
                             "set(profilesample.attributes[\"other\"], profilesample.values)\n"
                             "set(profile.attributes[\"k\"], \"p\")\nset(profile.sample_type.unit, \"ms\")\n"
                             "set(resource.attributes[\"r\"], profile.sample_type.unit)",
                             in);
    assert_int_equal(o.errors, 0);
    request *r = request_of(&o);
    const P(Profile) *p = profile_of(r, 0);
    const P(Sample) *s = p->samples[0];
    assert_string_equal(sample_attribute(r, s, "k")->value->string_value, "new");
    assert_int_equal(sample_attribute(r, s, "other")->value->array_value->n_values, 2);
    assert_string_equal(attribute_of(r, p->attribute_indices, p->n_attribute_indices, "k")->value->string_value, "p");
    assert_string_equal(text_of(r, p->sample_type->type_strindex), "cpu");
    assert_string_equal(text_of(r, p->sample_type->unit_strindex), "ms");
    assert_int_equal(r->dictionary->n_string_table, 4 + 2); /* other, ms */
    request_free(r);
    static const char *const where[] = {"in the type",     "in the sample",    "in the profile",    "in the scope",
                                        "in the resource", "in the attribute", "in the dictionary", "in the request"};
    for (unsigned i = 0; i < OTTL_COUNT(where); i++) {
      if (!has_text(o.out, where[i])) fail_msg("%s: lost", where[i]);
    }
    outcome_free(&o);
    free(in.data);
  }
}

static void test_dictionary_absent_or_twice(void **state) {
  OTTL_UNUSED(state);
  wire sample = {0}, profile = {0}, scope = {0}, resource = {0}, all = {0}, table = {0};
  w_msg(&profile, 2, &sample);
  w_msg(&scope, 2, &profile);
  w_msg(&resource, 2, &scope);
  w_msg(&all, 1, &resource);
  blob in = blob_copy(all.data, all.len);
  outcome o = run_all_ways("set(profilesample.attributes[\"k\"], \"v\")", in); /* as the reference: it makes no empty entries */
  request *r = request_of(&o);
  assert_non_null(r->dictionary);
  assert_int_equal(r->dictionary->n_string_table, 1);
  assert_string_equal(sample_attribute(r, profile_of(r, 0)->samples[0], "k")->value->string_value, "v");
  request_free(r);
  outcome_free(&o);
  /* a text of an empty table cannot be read */
  o = run_ignoring("set(profile.original_payload_format, profile.sample_type.type)", in);
  assert_int_equal(o.errors, 1);
  outcome_free(&o);
  free(in.data);
  /* two dictionaries are one */
  w_str(&table, 5, "");
  w_msg(&all, 2, &table);
  w_str(&table, 5, "one");
  w_msg(&all, 2, &table);
  in = blob_copy(all.data, all.len);
  o = run_all_ways("set(profile.sample_type.type, \"one\")\nset(profile.sample_type.unit, \"two\")", in);
  r = request_of(&o);
  assert_int_equal(profile_of(r, 0)->sample_type->type_strindex, 2);
  assert_int_equal(profile_of(r, 0)->sample_type->unit_strindex, 3);
  assert_string_equal(text_of(r, 3), "two");
  request_free(r);
  outcome_free(&o);
  free(in.data);
}

static void test_bad_indices(void **state) {
  OTTL_UNUSED(state);
  wire good = {0}, bad = {0}, profile = {0}, scope = {0}, resource = {0}, dictionary = {0}, attribute = {0}, lost = {0},
       all = {0};
  w_str(&good, 2, "\x01");
  w_bytes(&bad, 2, "\x01\x63\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02", 13); /* 1, 99, -1, and one whose key is nowhere */
  w_msg(&profile, 2, &good);
  w_msg(&profile, 2, &bad);
  w_msg(&scope, 2, &profile);
  w_msg(&resource, 2, &scope);
  w_int(&attribute, 1, 1);
  w_int(&lost, 1, 77);
  w_str(&dictionary, 5, "");
  w_str(&dictionary, 5, "k");
  w_msg(&dictionary, 6, &(wire){0});
  w_msg(&dictionary, 6, &attribute);
  w_msg(&dictionary, 6, &lost);
  w_msg(&all, 1, &resource);
  w_msg(&all, 2, &dictionary);
  blob in = blob_copy(all.data, all.len);
  static const char *const fails[] = {
      "set(profilesample.link_index, 1) where profilesample.attributes[\"k\"] == nil",
      "set(profilesample.link_index, Len(profilesample.attributes))", "set(profilesample.attributes[\"new\"], 1)",
      "set(profilesample.attributes[Concat([\"n\", \"ew\"], \"\")], 1)", "delete_key(profilesample.attributes, \"k\")"};
  for (unsigned i = 0; i < OTTL_COUNT(fails); i++) {
    outcome o = run_all_ways(fails[i], in);
    assert_int_equal(o.status, OTTL_OK);
    assert_int_equal(o.errors, 1);
    outcome_free(&o);
  }
  /* under propagate the payload is refused */
  outcome o = run(fails[0], (run_options){0}, in);
  assert_int_equal(o.status, OTTL_RUNTIME);
  outcome_free(&o);
  /* a key that is there can be written; what points nowhere stays; and a new map mends the row */
  o = run_all_ways("set(profilesample.attributes[\"k\"], \"new\")", in);
  request *r = request_of(&o);
  const P(Sample) *s = profile_of(r, 0)->samples[1];
  assert_int_equal(s->n_attribute_indices, 4);
  assert_int_equal(s->attribute_indices[0], 3);
  assert_int_equal(s->attribute_indices[1], 99);
  assert_int_equal(s->attribute_indices[2], -1);
  request_free(r);
  outcome_free(&o);
  o = run_all_ways(
      "set(profilesample.attributes, {\"fresh\": true})\nset(profilesample.attributes[\"n\"], Len(profilesample.attributes))",
      in);
  assert_int_equal(o.errors, 0);
  r = request_of(&o);
  s = profile_of(r, 0)->samples[1];
  assert_int_equal(s->n_attribute_indices, 2);
  assert_int_equal(sample_attribute(r, s, "n")->value->int_value, 1);
  request_free(r);
  outcome_free(&o);
  free(in.data);
}

static void test_malformed(void **state) {
  OTTL_UNUSED(state);
  blob good = payload(2, 3);
  /* cut anywhere: refused or framed, never read beyond */
  for (size_t len = 0; len < good.len; len++) {
    blob cut = blob_copy(good.data, len);
    outcome o =
        run_ignoring("set(profilesample.attributes[\"k\"], profile.attributes)\nset(profile.sample_type.type, \"x\")", cut);
    assert_true(o.status == OTTL_DATA || o.status == OTTL_OK);
    outcome_free(&o);
    free(cut.data);
  }
  free(good.data);
  /* what is wrong in a dictionary is found when something needs it */
  wire dictionary = {0}, all = {0};
  w_int(&dictionary, 6, 1); /* an attribute that is no message */
  w_msg(&all, 1, &(wire){0});
  w_msg(&all, 2, &dictionary);
  blob in = blob_copy(all.data, all.len);
  outcome o = run_ignoring("set(profile.period, 1)", in);
  assert_int_equal(o.status, OTTL_OK);
  outcome_free(&o);
  o = run_ignoring("set(profile.attributes[\"a\"], 1)", in);
  assert_int_equal(o.status, OTTL_DATA);
  assert_string_equal(o.failure, "wrong wire type");
  outcome_free(&o);
  free(in.data);
}

static void test_filter(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(3, 4);
  outcome o = run("context: profile\nprofile.period == 1", (run_options){.kind = OTTL_KIND_FILTER}, in);
  request *r = request_of(&o);
  assert_int_equal(r->resource_profiles[0]->scope_profiles[0]->n_profiles, 2);
  assert_int_equal(r->dictionary->n_string_table, 8); /* stays as it is */
  request_free(r);
  outcome_free(&o);
  o = run("context: profilesample\nprofilesample.attributes[\"thread\"] == \"w1\"", (run_options){.kind = OTTL_KIND_FILTER}, in);
  r = request_of(&o);
  assert_int_equal(r->resource_profiles[0]->scope_profiles[0]->n_profiles, 3);
  assert_int_equal(profile_of(r, 0)->n_samples, 2);
  assert_int_equal(o.result.rows_dropped, 6);
  request_free(r);
  outcome_free(&o);
  o = run("context: profile\nprofile.sample_type.type == \"cpu\"", (run_options){.kind = OTTL_KIND_FILTER}, in);
  assert_int_equal(o.status, OTTL_OK);
  assert_int_equal(o.out.len, 0); /* nothing is left */
  outcome_free(&o);
  free(in.data);
}

static void test_samples_emptied(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(2, 5);
  outcome o = run_all_ways("set(profile.sample, nil) where profile.period == 1", in);
  request *r = request_of(&o);
  assert_int_equal(profile_of(r, 0)->n_samples, 5);
  assert_int_equal(profile_of(r, 1)->n_samples, 0);
  assert_int_equal(profile_of(r, 1)->n_attribute_indices, 2);
  request_free(r);
  outcome_free(&o);
  free(in.data);
}

static void test_json(void **state) {
  OTTL_UNUSED(state);
  static const char text[] =
      "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"samples\":[{\"values\":[\"-1\",\"2\"],\"timestampsUnixNano\":"
      "[\"3\"]}],\"profileId\":\"0102030405060708090a0b0c0d0e0f10\",\"originalPayload\":\"AQ==\",\"attributeIndices\":[1]}]}]}],"
      "\"dictionary\":{\"linkTable\":[{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\"}],\"stringTable\":[\"\",\"k\"],"
      "\"attributeTable\":[{},{\"keyStrindex\":1,\"value\":{\"stringValue\":\"v\"}}]}}";
  ottl_json *json = NULL;
  OK(ottl_json_create(NULL, &json));
  assert_int_equal(ottl_json_signal(text, sizeof text - 1), OTTL_SIGNAL_PROFILES);
  const uint8_t *wire_data;
  size_t len, text_len;
  const char *back;
  OK(ottl_json_to_wire(json, OTTL_SIGNAL_PROFILES, text, sizeof text - 1, &wire_data, &len));
  blob b = blob_copy(wire_data, len);
  request *r = request_unpack(b.len, b.data);
  assert_non_null(r);
  assert_int_equal(profile_of(r, 0)->profile_id.len, 16);
  assert_int_equal(profile_of(r, 0)->samples[0]->values[0], -1);
  request_free(r);
  OK(ottl_json_from_wire(json, OTTL_SIGNAL_PROFILES, b.data, b.len, &back, &text_len));
  assert_int_equal(text_len, sizeof text - 1);
  assert_memory_equal(back, text, text_len);
  free(b.data);
  ottl_json_free(json);
}

/* -- memory -- */

static const char memory_text[] =
    "context: profilesample\nset(profilesample.attributes[\"k\"], profile.sample_type.type)\n"
    "set(profilesample.attributes[\"v\"], profilesample.values)\nset(profile.sample_type.type, \"x\")\n"
    "context: profile\ndelete_key(profile.attributes, \"pid\")\nset(profile.attributes[\"n\"][\"m\"], 1)\n";

static void test_warm(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(3, 300);
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  ottl_program *program = NULL;
  OK(compile(memory_text, (run_options){.mode = OTTL_ERROR_IGNORE, .al = &al}, &program, NULL));
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = &al;
  ottl_exec *exec = NULL;
  ottl_result result;
  OK(ottl_exec_create(program, &options, &exec));
  for (int turn = 0; turn < 4; turn++) OK(ottl_exec_run(exec, in.data, in.len, &result));
  size_t before = c.n;
  for (int turn = 0; turn < 4; turn++) OK(ottl_exec_run(exec, in.data, in.len, &result));
  assert_int_equal(c.n, before);
  ottl_exec_free(exec);
  ottl_program_free(program);
  assert_int_equal(c.live_blocks, 0);
  free(in.data);
}

static void test_failing_memory(void **state) {
  OTTL_UNUSED(state);
  blob in = payload(2, 30);
  for (size_t fail_at = 1;; fail_at++) {
    counter c = {.fail_at = fail_at};
    ottl_allocator al = counter_allocator(&c);
    ottl_program *program = NULL;
    ottl_exec *exec = NULL;
    ottl_exec_options options;
    ottl_exec_options_init(&options);
    options.allocator = &al;
    ottl_result result;
    ottl_diags *diags = NULL;
    ottl_status status = compile(memory_text, (run_options){.mode = OTTL_ERROR_IGNORE, .al = &al}, &program, &diags);
    ottl_diags_free(diags);
    if (status == OTTL_OK) status = ottl_exec_create(program, &options, &exec);
    size_t before = c.n;
    if (status == OTTL_OK) {
      status = ottl_exec_run(exec, in.data, in.len, &result);
      bool in_run = before < fail_at && c.n >= fail_at;
      if (in_run != (status == OTTL_NOMEM)) fail_msg("allocation %zu: %s", fail_at, ottl_status_name(status));
      OK(ottl_exec_run(exec, in.data, in.len, &result)); /* an exec that ran out of memory runs again */
    } else {
      assert_int_equal(status, OTTL_NOMEM);
    }
    bool all = c.n < fail_at;
    ottl_exec_free(exec);
    ottl_program_free(program);
    assert_int_equal(c.live_blocks, 0);
    if (all) break;
  }
  free(in.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_experimental),
      cmocka_unit_test(test_one_form),
      cmocka_unit_test(test_reads_keep_bytes),
      cmocka_unit_test(test_dictionary_grows_once),
      cmocka_unit_test(test_units),
      cmocka_unit_test(test_unknown_fields),
      cmocka_unit_test(test_dictionary_absent_or_twice),
      cmocka_unit_test(test_bad_indices),
      cmocka_unit_test(test_malformed),
      cmocka_unit_test(test_filter),
      cmocka_unit_test(test_samples_emptied),
      cmocka_unit_test(test_json),
      cmocka_unit_test(test_warm),
      cmocka_unit_test(test_failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
