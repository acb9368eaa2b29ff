/* The library in a program: compile a statement once, run it on payloads. Here the payload comes as OTLP/JSON.
 *
 *   cc -std=c99 embed.c $(pkg-config --cflags --libs ottl) -o embed && ./embed */
#include <ottl/ottl.h>
#include <stdio.h>
#include <string.h>

static const char payload[] = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
                              "{\"severityNumber\":9,\"body\":{\"stringValue\":\"ana@example.com signed in\"}},"
                              "{\"severityNumber\":5,\"body\":{\"stringValue\":\"cache miss\"}}]}]}]}";

static void to_stderr(void *context, const char *data, size_t len) {
  (void)context;
  fwrite(data, 1, len, stderr);
}

int main(void) {
  static const char text[] = "replace_pattern(log.body, \"[a-z]+@[a-z.]+\", \"<email>\") where log.severity_number >= 9";
  ottl_snippet statement = {0};
  ottl_group group = {0};
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_exec *exec = NULL;
  ottl_json *json = NULL;
  const uint8_t *wire;
  size_t wire_len, text_len;
  const char *out;
  ottl_result result;
  int failed = 1;

  /* Once: statements to a program. Any number of threads may share it. */
  statement.text = text;
  statement.len = strlen(text);
  group.struct_size = sizeof group;
  group.statements = &statement;
  group.n_statements = 1;
  if (ottl_program_compile(&group, 1, NULL, &program, &diags) != OTTL_OK) {
    if (ottl_diags_render(diags, OTTL_DIAGS_TEXT, false, to_stderr, NULL) != OTTL_OK) fputs("out of memory\n", stderr);
    goto out;
  }

  /* Once for each thread. */
  if (ottl_exec_create(program, NULL, &exec) != OTTL_OK) goto out;
  if (ottl_json_create(NULL, &json) != OTTL_OK) goto out;

  /* For each payload: protobuf in, protobuf out. */
  if (ottl_json_to_wire(json, ottl_program_signal(program), payload, strlen(payload), &wire, &wire_len) != OTTL_OK) goto out;
  if (ottl_exec_run(exec, wire, wire_len, &result) != OTTL_OK) goto out;
  printf("%d records, %d changed, %d dropped\n", (int)result.rows_in, (int)result.rows_changed, (int)result.rows_dropped);
  if (ottl_json_from_wire(json, ottl_program_signal(program), result.data, result.len, &out, &text_len) != OTTL_OK) goto out;
  printf("%.*s\n", (int)text_len, out);
  failed = 0;
out:
  ottl_json_free(json);
  ottl_exec_free(exec);
  ottl_program_free(program);
  ottl_diags_free(diags);
  return failed;
}
