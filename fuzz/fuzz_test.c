/* Files of cases: whatever they say, they are read, run and updated, or refused with a word; what an update
 * writes can be run again. */
#include "target.h"

typedef struct text {
  char *data;
  size_t len;
} text;

static void keep(void *context, const char *data, size_t len) {
  text *t = context;
  FZ_CHECK(!t->data, "written twice");
  t->data = malloc(len + 1);
  FZ_CHECK(t->data, "no memory");
  memcpy(t->data, data, len);
  t->len = len;
}

static bool read_file(void *context, const char *path, ottl_view *ret_text, const char **ret_name) {
  (void)context, (void)ret_name;
  static const char policy[] = "set(log.attributes[\"n\"], Int(log.body)) where log.flags == 1 or log.body != nil\n";
  *ret_text = (ottl_view){policy, sizeof policy - 1};
  return path[0] == 'p';
}

static void check_diags(ottl_diags *diags, ottl_status status) {
  FZ_CHECK(status != OTTL_COMPILE || ottl_diags_errors(diags), "refused without a word");
  ottl_diags_free(diags);
}

/* Runs all cases; the text with what they gave, if that differs. */
static text run_all(const char *data, size_t len, const ottl_test_options *o) {
  ottl_test *test = NULL;
  ottl_diags *diags = NULL;
  text out = {0};
  ottl_status status = ottl_test_parse(data, len, o, &test, &diags);
  FZ_CHECK((status == OTTL_OK) == (test != NULL), "%s", ottl_status_name(status));
  check_diags(diags, status);
  for (size_t i = 0; i < ottl_test_cases(test); i++) {
    ottl_test_result result;
    status = ottl_test_run(test, i, &result, &diags);
    FZ_CHECK(status == OTTL_OK || status == OTTL_NOMEM, "%s", ottl_status_name(status));
    FZ_CHECK(status != OTTL_OK || result.outcome == OTTL_TEST_PASSED || result.outcome == OTTL_TEST_SKIPPED || result.message.len,
             "not passed, without a word");
    ottl_diags_free(diags);
  }
  if (test) {
    status = ottl_test_update(test, keep, &out, NULL);
    FZ_CHECK(status == OTTL_OK || status == OTTL_NOMEM, "%s", ottl_status_name(status));
  }
  ottl_test_free(test);
  return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fz_memory memory = {.budget = FT_BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  ottl_coverage *coverage = NULL;
  ottl_test_options o;
  ottl_test_options_init(&o);
  o.allocator = &al;
  o.read = read_file;
  if (ottl_coverage_create(&al, &coverage) == OTTL_OK) o.coverage = coverage;
  text once = run_all((const char *)data, size, &o);
  if (once.data) free(run_all(once.data, once.len, &o).data);
  for (size_t i = ottl_coverage_gaps(coverage); i-- > 0;) {
    ottl_coverage_gap_info gap;
    FZ_CHECK(ottl_coverage_gap_at(coverage, i, &gap) == OTTL_OK && gap.line, "a gap without a place");
  }
  free(once.data);
  ottl_coverage_free(coverage);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  return 0;
}
