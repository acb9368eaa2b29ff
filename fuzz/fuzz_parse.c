/* Functions that take a text apart: the first byte says which, then the text, and for those that want one a format or pattern. Each
 * runs twice, on the text as a string and on rows that share it; the answers are the same, and what is returned can be walked. */
#include "target.h"

/* %: the second text as a literal. */
static const char *const forms[] = {
    "ParseCEF(log.body)",
    "ParseCLF(log.body)",
    "ParseCLF(log.body, %)",
    "ParseCSV(log.body, \"a,b,c\")",
    "ParseCSV(log.body, %, delimiter=\";\", mode=\"lazyQuotes\")",
    "ParseCSV(log.body, %, headerDelimiter=\"|\", mode=\"ignoreQuotes\")",
    "ParseELF(log.body)",
    "ParseInt(log.body, 10)",
    "ParseInt(log.body, 0)",
    "ParseInt(log.body, 36)",
    "ParseJSON(log.body)",
    "ParseKeyValue(log.body)",
    "ParseKeyValue(log.body, \"=\", %)",
    "ParseKeyValue(log.body, %, \" \")",
    "ParseLEEF(log.body)",
    "ParseSeverity(log.body, {\"error\": [\"err\", {\"min\": 3, \"max\": 4}], \"info\": \"5xx\"})",
    "ParseSimplifiedXML(log.body)",
    "ParseXML(log.body)",
    "GetXML(log.body, %)",
    "GetXML(log.body, \"/a/b[@c='d']/text()\")",
    "InsertXML(log.body, \"/a\", \"<b/>\")",
    "RemoveXML(log.body, %)",
    "ConvertTextToElementsXML(log.body)",
    "ConvertAttributesToElementsXML(log.body)",
    "ExtractPatterns(log.body, \"(?P<a>\\\\w+)=(?P<b>\\\\S*)\")",
    "ExtractPatterns(log.body, %)",
    "ExtractGrokPatterns(log.body, \"%{COMBINEDAPACHELOG}\", true)",
    "ExtractGrokPatterns(log.body, %)",
    "URL(log.body)",
    "UserAgent(log.body)",
    "Time(log.body, \"%Y-%m-%dT%H:%M:%S.%f%z\")",
    "Time(log.body, %)",
    "Time(log.body, %, \"Europe/Berlin\")",
    "FormatTime(Unix(Int(log.body)), %)",
    "Duration(log.body)",
    "Hex(log.body)",
    "Decode(log.body, \"base64\")",
    "Decode(log.body, \"utf-16le\")",
    "Decode(log.body, %)",
    "Split(log.body, %)",
    "Double(log.body)",
    "Int(log.body)",
    "Bool(log.body)",
    "TraceID(Decode(log.body, \"base64\"))",
    "SpanID(log.body)",
    "IsMatch(log.body, %)",
    "Format(%, [log.body, 7, 1.5, true])",
    "ConvertCase(log.body, \"snake\")",
    "Trim(log.body, %)",
    "Substring(log.body, 1, 3)",
    "IsValidLuhn(log.body)",
    "IsInCIDR(log.body, [%])",
    "Values(ParseJSON(log.body))",
    "Flatten(ParseJSON(log.body))",
};
#define FORMS (sizeof forms / sizeof *forms)

/* As a literal: escapes alone where they are needed. Bytes that no literal can have become question marks. */
static void put_literal(mu_buf *out, ottl_view text) {
  mu_put(out, "\"", 1);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\') mu_put(out, "\\", 1);
    if (c == '\n') {
      mu_put(out, "\\n", 2);
    } else {
      mu_put(out, c < ' ' ? "?" : &text.data[i], 1);
    }
  }
  mu_put(out, "\"", 1);
}

static void put_form(mu_buf *out, const char *form, ottl_view argument) {
  const char *mark = strchr(form, '%');
  while (mark && (mark[1] == '{' || (mark[1] >= 'A' && mark[1] <= 'z'))) mark = strchr(mark + 1, '%');
  if (!mark) {
    mu_put(out, form, strlen(form));
    return;
  }
  mu_put(out, form, (size_t)(mark - form));
  put_literal(out, argument);
  mu_put(out, mark + 1, strlen(mark + 1));
}

/* Three records: the text as body, twice, and an empty one between. */
static void put_payload(mu_buf *out, const uint8_t *text, size_t len) {
  mu_buf body = {0}, record = {0}, scope = {0}, resource = {0};
  mu_put(&body, "\x0a", 1);
  mu_varint(&body, len, 0);
  mu_put(&body, text, len);
  mu_put(&record, "\x2a", 1);
  mu_varint(&record, body.len, 0);
  mu_put(&record, body.data, body.len);
  for (unsigned i = 0; i < 3; i++) {
    mu_put(&scope, "\x12", 1);
    mu_varint(&scope, i == 1 ? 0 : record.len, 0);
    if (i != 1) mu_put(&scope, record.data, record.len);
  }
  mu_put(&resource, "\x12", 1);
  mu_varint(&resource, scope.len, 0);
  mu_put(&resource, scope.data, scope.len);
  mu_put(out, "\x0a", 1);
  mu_varint(out, resource.len, 0);
  mu_put(out, resource.data, resource.len);
  free(body.data);
  free(record.data);
  free(scope.data);
  free(resource.data);
}

static void run(const char *form, ottl_view argument, const uint8_t *text, size_t len, uint8_t option) {
  mu_buf call = {0}, statement = {0}, payload = {0};
  put_form(&call, form, argument);
  mu_put(&statement, "set(log.attributes[\"r\"], ", 25);
  mu_put(&statement, call.data, call.len);
  mu_put(&statement, ")", 1);
  put_payload(&payload, text, len);
  fz_memory memory = fz_memory_of(option & 4 ? len : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  for (unsigned kind = OTTL_KIND_TRANSFORM; kind <= OTTL_KIND_VALUES; kind += OTTL_KIND_VALUES - OTTL_KIND_TRANSFORM) {
    const mu_buf *b = kind == OTTL_KIND_TRANSFORM ? &statement : &call;
    ottl_view view = {(const char *)b->data, b->len};
    ottl_program *program = NULL;
    double begin = fz_cpu();
    if (fz_compile(&al, OTTL_SIGNAL_LOGS, (ottl_kind)kind, "log", &view, 1, OTTL_ERROR_IGNORE, option & 1, &program, NULL) ==
        OTTL_OK) {
      fz_output whole = fz_run(program, &al, 0, payload.data, payload.len),
                rows = fz_run(program, &al, 1, payload.data, payload.len);
      fz_expect(&whole, (ottl_kind)kind, payload.data, payload.len);
      fz_agree(&whole, &rows, "slices");
      fz_reopen(&whole, OTTL_SIGNAL_LOGS);
      fz_output_free(&whole);
      fz_output_free(&rows);
    }
    ottl_program_free(program);
    FZ_CHECK(fz_cpu() - begin < 20, "%.1f s", fz_cpu() - begin);
  }
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  free(call.data);
  free(statement.data);
  free(payload.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t form = ft_byte(&in), option = ft_byte(&in);
  ottl_view argument = {"", 0};
  bool has = strchr(forms[form % FORMS], '%') != NULL;
  if (has) argument = ft_text(&in);
  run(forms[form % FORMS], argument, in.data, in.len, option);
  if (has) free((void *)(uintptr_t)argument.data);
  return 0;
}
