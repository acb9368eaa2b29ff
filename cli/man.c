/* ottl help --man: manual pages, made of the help. */
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Text as troff reads it. `begins`: at the start of a line, where points and quotes mean something. */
static void man_text(const char *text, size_t len, bool begins) {
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    if (begins && (c == '.' || c == '\'')) fputs("\\&", stdout);
    begins = false;
    if (c == '\\')
      fputs("\\e", stdout);
    else if (c == '-')
      fputs("\\-", stdout);
    else if (c == '\'')
      fputs("\\(aq", stdout);
    else if (c == '`')
      fputs("\\(ga", stdout);
    else if (c == '^')
      fputs("\\(ha", stdout);
    else if (c == '~')
      fputs("\\(ti", stdout);
    else
      putchar(c);
  }
}

static void man_line(const char *text, size_t len) {
  man_text(text, len, true);
  putchar('\n');
}

/* Help as it is shown: paragraphs, headings that end in a colon, and lines that are indented, which stay as they are. */
static void man_help(const char *text) {
  bool fixed = false;
  for (const char *p = text; *p;) {
    size_t len = strcspn(p, "\n");
    bool heading = len > 1 && p[len - 1] == ':' && isupper((unsigned char)*p), indented = len && *p == ' ';
    if (fixed && !indented) {
      puts(".fi\n.RE");
      fixed = false;
    }
    if (heading) {
      fputs(".SH \"", stdout);
      for (size_t i = 0; i + 1 < len; i++) putchar(toupper((unsigned char)p[i]));
      puts("\"");
    } else if (!len) {
      if (p[1] && strchr(p + 1, '\n') && strcspn(p + 1, "\n") && p[1 + strcspn(p + 1, "\n") - 1] != ':') puts(".PP");
    } else {
      if (indented && !fixed) {
        puts(".RS 2\n.nf");
        fixed = true;
      }
      man_line(indented ? p + 2 : p, indented ? len - 2 : len);
    }
    p += len + (p[len] == '\n');
  }
  if (fixed) puts(".fi\n.RE");
}

static void man_title(const char *name) {
  printf(".TH \"");
  for (; *name; name++) putchar(toupper((unsigned char)*name));
  printf("\" \"1\" \"\" \"ottl %s\" \"User Commands\"\n", ottl_version());
}

static void man_options(int in) {
  puts(".SH OPTIONS");
  for (size_t i = 0; i < ARG_COUNT; i++) {
    if (!(cli_args[i].in & in)) continue;
    puts(".TP");
    if (cli_args[i].letter) printf("\\fB\\-%c\\fR, ", cli_args[i].letter);
    fputs("\\fB\\-\\-", stdout);
    man_text(cli_args[i].name, strlen(cli_args[i].name), false);
    fputs("\\fR", stdout);
    if (cli_args[i].argument) {
      fputs(" \\fI", stdout);
      man_text(cli_args[i].argument, strlen(cli_args[i].argument), false);
      fputs("\\fR", stdout);
    }
    putchar('\n');
    bool list = false; /* lines with two spaces in them are columns */
    for (const char *p = cli_args[i].help; *p;) {
      size_t len = strcspn(p, "\n");
      bool column = false;
      for (size_t k = 0; k + 1 < len; k++) column |= p[k] == ' ' && p[k + 1] == ' ';
      if (column || list) puts(".br");
      list = column;
      man_line(p, len);
      p += len + (p[len] == '\n');
    }
  }
}

static void man_see_also(const char *but) {
  puts(".SH \"SEE ALSO\"");
  bool first = true;
  if (but) {
    fputs(".BR ottl (1)", stdout);
    first = false;
  }
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (but && strcmp(cli_commands[i].name, but) == 0) continue;
    fputs(first ? "" : ",\n", stdout);
    fputs(".BR ottl\\-", stdout);
    man_text(cli_commands[i].name, strlen(cli_commands[i].name), false);
    fputs(" (1)", stdout);
    first = false;
  }
  putchar('\n');
}

static void man_overview(void) {
  man_title("ottl");
  puts(".SH NAME\nottl \\- run OpenTelemetry Transformation Language statements on OTLP payloads\n"
       ".SH SYNOPSIS\n.B ottl\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n"
       ".SH COMMANDS");
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    fputs(".TP\n.BR ottl\\-", stdout);
    man_text(cli_commands[i].name, strlen(cli_commands[i].name), false);
    puts(" (1)");
    man_line(cli_commands[i].summary, strlen(cli_commands[i].summary));
  }
  puts(".SH OPTIONS\n"
       ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nthe list of commands; \\fBottl help\\fR \\fICOMMAND\\fR explains one\n"
       ".TP\n\\fB\\-\\-version\\fR\nversions of the program and of the language\n"
       ".SH ENVIRONMENT\n"
       ".TP\n.B NO_COLOR\nwhen it is set, to anything but nothing: no colours on terminals");
  man_see_also(NULL);
}

static int man_command(size_t i) {
  const cli_help_text *h = cli_help_find(cli_commands[i].name);
  char title[64];
  snprintf(title, sizeof title, "ottl-%s", cli_commands[i].name);
  man_title(title);
  fputs(".SH NAME\n", stdout);
  man_text(title, strlen(title), false);
  fputs(" \\- ", stdout);
  man_line(cli_commands[i].summary, strlen(cli_commands[i].summary));
  fputs(".SH SYNOPSIS\n.B ottl ", stdout);
  man_line(cli_commands[i].name, strlen(cli_commands[i].name));
  man_line(cli_commands[i].arguments, strlen(cli_commands[i].arguments));
  puts(".SH DESCRIPTION");
  if (!h) return CLI_OK;
  man_help(h->text);
  man_options(h->in);
  if (h->files) {
    puts(".SH FILES");
    man_help(h->files);
  }
  man_help(h->exits);
  man_see_also(cli_commands[i].name);
  return CLI_OK;
}

int cli_man(const char *command) {
  if (!command) {
    man_overview();
    return CLI_OK;
  }
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(command, cli_commands[i].name) == 0) return man_command(i);
  }
  return cli_fail(CLI_USAGE, "no command `%s`; `ottl --help` lists them", command);
}
