/* A profiles payload built from the schema. */
#ifndef OTTL_TESTS_UNIT_PROFILES_PAYLOAD_H
#define OTTL_TESTS_UNIT_PROFILES_PAYLOAD_H

#include "opentelemetry/proto/collector/profiles/v1development/profiles_service.pb-c.h"
#include "unit/batch_help.h"

#define P(name) Ottl__Otlp__Profiles__V1development__##name
typedef Ottl__Otlp__Collector__Profiles__V1development__ExportProfilesServiceRequest request;

#define request_unpack(len, data)                                                                                                \
  ottl__otlp__collector__profiles__v1development__export_profiles_service_request__unpack(NULL, len, data)
#define request_free(r) ottl__otlp__collector__profiles__v1development__export_profiles_service_request__free_unpacked(r, NULL)

static inline blob pack(request *r) {
  size_t len = protobuf_c_message_get_packed_size(&r->base);
  blob b = {malloc(len + 1), len};
  assert_non_null(b.data);
  protobuf_c_message_pack(&r->base, b.data);
  return b;
}

/* Profiles with samples, each with attributes 1 (thread: w1), 2 (pid: 7) or both; attribute 3 has a unit. */
static inline blob payload(unsigned n_profiles, unsigned n_samples) {
  static char *strings[] = {"", "cpu", "ns", "thread", "w1", "pid", "size", "bytes"};
  Ottl__Otlp__Common__V1__AnyValue values[3];
  P(KeyValueAndUnit) attributes[4], *attribute_list[4];
  for (unsigned i = 0; i < 4; i++) {
    ottl__otlp__profiles__v1development__key_value_and_unit__init(&attributes[i]);
    attribute_list[i] = &attributes[i];
  }
  for (unsigned i = 0; i < 3; i++) {
    ottl__otlp__common__v1__any_value__init(&values[i]);
    attributes[i + 1].key_strindex = (int32_t[]){3, 5, 6}[i];
    attributes[i + 1].value = &values[i];
    values[i].value_case =
        i ? OTTL__OTLP__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE : OTTL__OTLP__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE;
    if (i)
      values[i].int_value = 7 + (int64_t)i - 1;
    else
      values[i].string_value = "w1";
  }
  attributes[3].unit_strindex = 7;
  P(ProfilesDictionary) dictionary;
  ottl__otlp__profiles__v1development__profiles_dictionary__init(&dictionary);
  dictionary.string_table = strings;
  dictionary.n_string_table = OTTL_COUNT(strings);
  dictionary.attribute_table = attribute_list;
  dictionary.n_attribute_table = 4;

  P(ValueType) type;
  ottl__otlp__profiles__v1development__value_type__init(&type);
  type.type_strindex = 1;
  type.unit_strindex = 2;
  static int32_t indices[] = {1, 2, 3};
  static int64_t numbers[] = {5, -6};
  static uint64_t times[] = {1700000000000000000u, 1700000000000000001u};
  P(Sample) *samples = calloc(n_samples + 1, sizeof *samples), **sample_list = calloc(n_samples + 1, sizeof *sample_list);
  for (unsigned i = 0; i < n_samples; i++) {
    ottl__otlp__profiles__v1development__sample__init(&samples[i]);
    samples[i].attribute_indices = indices + i % 2;
    samples[i].n_attribute_indices = 1 + i % 3 / 2;
    samples[i].values = numbers;
    samples[i].n_values = 2;
    samples[i].timestamps_unix_nano = times;
    samples[i].n_timestamps_unix_nano = i % 3;
    samples[i].stack_index = (int32_t)i;
    sample_list[i] = &samples[i];
  }
  P(Profile) *profiles = calloc(n_profiles + 1, sizeof *profiles), **profile_list = calloc(n_profiles + 1, sizeof *profile_list);
  for (unsigned i = 0; i < n_profiles; i++) {
    ottl__otlp__profiles__v1development__profile__init(&profiles[i]);
    profiles[i].sample_type = &type;
    profiles[i].samples = sample_list;
    profiles[i].n_samples = n_samples;
    profiles[i].attribute_indices = indices + 1;
    profiles[i].n_attribute_indices = 2;
    profiles[i].period = (int64_t)i;
    profile_list[i] = &profiles[i];
  }
  P(ScopeProfiles) scope, *scope_list[] = {&scope};
  ottl__otlp__profiles__v1development__scope_profiles__init(&scope);
  scope.profiles = profile_list;
  scope.n_profiles = n_profiles;
  P(ResourceProfiles) resource, *resource_list[] = {&resource};
  ottl__otlp__profiles__v1development__resource_profiles__init(&resource);
  resource.scope_profiles = scope_list;
  resource.n_scope_profiles = 1;
  request r;
  ottl__otlp__collector__profiles__v1development__export_profiles_service_request__init(&r);
  r.resource_profiles = resource_list;
  r.n_resource_profiles = 1;
  r.dictionary = &dictionary;
  blob b = pack(&r);
  free(samples);
  free(sample_list);
  free(profiles);
  free(profile_list);
  return b;
}

#endif
