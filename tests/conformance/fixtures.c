/* Payloads of the cases, read and brought to wire form once. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *fix_copy(const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(conf_realloc(NULL, size), text, size);
}

static void fix_load(conf_fixture *fix, ottl_json *json, const char *folder) {
  conf_buf path = {0}, text = {0};
  conf_buf_printf(&path, "%s/%s.json", folder, fix->name);
  const uint8_t *wire;
  bool given = fix->name[0] == '{';
  if (given) conf_buf_puts(&text, fix->name);
  if (!given && !conf_file_read(path.data, &text)) {
    fix->failure = fix_copy("the fixture cannot be read");
  } else if (!(fix->json = yyjson_read(text.data, text.len, CONF_JSON_FLAGS))) {
    fix->failure = fix_copy("the fixture is not JSON");
  } else if (ottl_json_to_wire(json, fix->signal, text.data, text.len, &wire, &fix->len) != OTTL_OK) {
    fix->failure = fix_copy(ottl_json_error(json, NULL));
  } else {
    fix->wire = conf_realloc(NULL, fix->len);
    if (fix->len) memcpy(fix->wire, wire, fix->len);
  }
  conf_buf_free(&path);
  conf_buf_free(&text);
}

conf_fixture *conf_fixtures_get(conf_fixtures *fixtures, ottl_json *json, const char *name, ottl_signal signal) {
  for (size_t i = 0; i < fixtures->n; i++) {
    if (fixtures->items[i].signal == signal && !strcmp(fixtures->items[i].name, name)) return &fixtures->items[i];
  }
  fixtures->items = conf_realloc(fixtures->items, (fixtures->n + 1) * sizeof *fixtures->items);
  conf_fixture *fix = &fixtures->items[fixtures->n++];
  *fix = (conf_fixture){.name = fix_copy(name), .signal = signal};
  fix_load(fix, json, fixtures->folder);
  return fix;
}

void conf_fixtures_free(conf_fixtures *fixtures) {
  for (size_t i = 0; i < fixtures->n; i++) {
    conf_fixture *fix = &fixtures->items[i];
    free(fix->name);
    free(fix->wire);
    free(fix->failure);
    yyjson_doc_free(fix->json);
  }
  free(fixtures->items);
  fixtures->items = NULL;
  fixtures->n = 0;
}
