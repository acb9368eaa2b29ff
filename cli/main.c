/* The ottl command: finds the subcommand and hands over. */
#include "kafka.h"
#include "table.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Thread_local FILE *says; /* NULL: standard error */

FILE *cli_says(void) { return says ? says : stderr; }

void cli_capture_begin(cli_capture *c) {
  *c = (cli_capture){.before = says};
  c->file = open_memstream(&c->text, &c->len);
  if (c->file) says = c->file;
}

char *cli_capture_end(cli_capture *c) {
  says = c->before;
  if (c->file) fclose(c->file);
  if (c->text && c->len) return c->text;
  free(c->text);
  return NULL;
}

int cli_fail(int status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  FILE *to = cli_says();
  fputs("ottl: ", to);
  vfprintf(to, format, args);
  fputc('\n', to);
  va_end(args);
  return status;
}

bool cli_colour(int fd) {
  const char *no_colour = getenv("NO_COLOR");
  return isatty(fd) && !(no_colour && *no_colour);
}

const cli_command cli_commands[COMMAND_COUNT] = {
#define COMMAND(name, main, arguments, summary) {name, main, arguments, summary},
#include "options.def"
};

static int main_version(void) {
  char pcre2[64] = "";
  if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof pcre2) pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
  printf("ottl %s\nlanguage: pkg/ottl %s\ninstruction set: %s\nPCRE2: %s\nlibrdkafka: %s\n", ottl_version(),
         OTTL_REFERENCE_VERSION, ottl_isa(), pcre2, cli_kafka_version());
  return CLI_OK;
}

/* A standard stream that came closed must not become the number of the next file that is opened, which its output would then go
 * into. The wrong mode is on purpose: who uses it is told. */
static void main_standard(void) {
  static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd) _exit(CLI_USAGE);
}

int main(int argc, char **argv) {
  int status = CLI_USAGE;
  main_standard();
  if (argc < 2) {
    cli_fail(0, "what is to be done? `ottl --help` tells");
  } else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    cli_help_overview();
    status = CLI_OK;
  } else if (strcmp(argv[1], "--version") == 0) {
    status = main_version();
  } else {
    size_t i = 0;
    while (i < COMMAND_COUNT && strcmp(argv[1], cli_commands[i].name) != 0) i++;
    if (i < COMMAND_COUNT)
      status = cli_commands[i].main(argc - 1, argv + 1);
    else
      cli_fail(0, "no command `%s`; `ottl --help` lists them", argv[1]);
  }
  /* Help that did not fit on the disk, say. */
  if ((fflush(stdout) != 0 || ferror(stdout)) && status == CLI_OK) status = cli_fail(CLI_USAGE, "cannot write standard output");
  return status;
}
