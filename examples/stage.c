/* A stage of a pipeline: export requests in protobuf, each after its length (4 bytes, big-endian: the collector's file exporter with
 * `format: proto`), from standard input to standard output, through the statements of a file.
 *
 *   cc -std=c99 stage.c $(pkg-config --cflags --libs ottl) -o stage && ./stage rules.ottl <in >out
 *
 * What a plugin of Fluent Bit, nginx or a log shipper does is the same: compile once, an exec for each thread, run, hand on. */
#include <stdio.h>
#include <stdlib.h>

#include <ottl/ottl.h>

static void tell(void *file, const char *text, size_t len) { fwrite(text, 1, len, file); }

/* All of a file, at most a megabyte; NULL: it cannot be read. The caller frees. */
static char *slurp(const char *path, size_t *ret_len) {
  enum { MOST = 1 << 20 };
  FILE *f = fopen(path, "rb");
  char *text = f ? malloc(MOST) : NULL;
  *ret_len = text ? fread(text, 1, MOST, f) : 0;
  if (f) fclose(f);
  return text;
}

static ottl_program *compile(const char *path) {
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  size_t len;
  char *text = slurp(path, &len);
  ottl_status status =
      text ? ottl_program_compile_text(text, len, path, OTTL_ERROR_IGNORE, NULL, &program, &diags) : OTTL_INVALID_ARG;
  if (diags && ottl_diags_render(diags, OTTL_DIAGS_TEXT, false, tell, stderr) != OTTL_OK) fputs("diagnostics are lost\n", stderr);
  if (!text) fprintf(stderr, "%s cannot be read\n", path);
  ottl_diags_free(diags);
  free(text);
  return status == OTTL_OK ? program : NULL;
}

/* One message into *io_buffer. 1: read; 0: the end; -1: cut off, too large, or out of memory. */
static int read_message(unsigned char **io_buffer, size_t *ret_len) {
  unsigned char head[4];
  size_t n = fread(head, 1, 4, stdin);
  if (n == 0 && feof(stdin)) return 0;
  *ret_len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
  if (n != 4 || *ret_len > OTTL_FRAME_MAX_BYTES) return -1;
  unsigned char *grown = realloc(*io_buffer, *ret_len + 1);
  if (!grown) return -1;
  *io_buffer = grown;
  return fread(grown, 1, *ret_len, stdin) == *ret_len ? 1 : -1;
}

static bool write_message(const unsigned char *data, size_t len) {
  const unsigned char head[4] = {(unsigned char)(len >> 24), (unsigned char)(len >> 16), (unsigned char)(len >> 8),
                                 (unsigned char)len};
  return fwrite(head, 1, 4, stdout) == 4 && fwrite(data, 1, len, stdout) == len;
}

int main(int argc, char **argv) {
  ottl_exec *exec = NULL;
  ottl_result result;
  unsigned char *message = NULL;
  size_t len;
  int more = -1;
  ottl_program *program = argc == 2 ? compile(argv[1]) : NULL;
  if (!program || ottl_exec_create(program, NULL, &exec) != OTTL_OK) goto out;
  while ((more = read_message(&message, &len)) > 0) {
    ottl_status status = ottl_exec_run(exec, message, len, &result);
    if (status != OTTL_OK) {
      fprintf(stderr, "a message is refused: %s\n", ottl_status_name(status));
      more = -1;
      break;
    }
    if (result.data && !write_message(result.data, result.len)) break; /* NULL: nothing is left of it */
  }
out:
  free(message);
  ottl_exec_free(exec);
  ottl_program_free(program);
  return more == 0 && fflush(stdout) == 0 ? 0 : 1;
}
