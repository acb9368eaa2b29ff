/* The record that a failure is about: where it stands, and its values when asked for. Counts from 1, as everything that is told. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t record_add(char *text, size_t size, size_t at, const char *name, uint64_t place) {
  if (place == OTTL_NO_PLACE || at >= size) return at;
  int n = snprintf(text + at, size - at, "%s%s %" PRIu64, at ? ", " : "", name, place);
  return n > 0 ? at + (size_t)n : at;
}

void cli_record_of(ottl_exec *exec, size_t error, bool bytes, cli_record *ret) {
  ottl_record_place r = {.struct_size = sizeof r};
  *ret = (cli_record){.name = "record"};
  if (!ottl_exec_error_record(exec, error, &r)) return;
  ret->name = strcmp(r.context, "log") == 0 ? "log record" : r.context;
  const uint64_t places[] = {r.resource, r.scope, r.item, r.child, r.grandchild};
  static const char *const names[] = {"resource", "scope", "item", "child", "grandchild"};
  size_t at = 0;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    at = record_add(ret->place, sizeof ret->place, at, names[i], places[i] == OTTL_NO_PLACE ? OTTL_NO_PLACE : places[i] + 1);
  if (bytes) record_add(ret->place, sizeof ret->place, at, "byte", r.offset);
}

char *cli_record_values(ottl_exec *exec, size_t error, ottl_signal signal) {
  const uint8_t *data;
  size_t len;
  const char *text;
  char *copy = NULL;
  ottl_json *json = NULL;
  if (ottl_exec_error_payload(exec, error, &data, &len) != OTTL_OK || ottl_json_create(NULL, &json) != OTTL_OK) return NULL;
  if (ottl_json_from_wire(json, signal, data, len, &text, &len) == OTTL_OK) copy = cli_json_plain(text, len);
  ottl_json_free(json);
  return copy;
}
