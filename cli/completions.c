/* ottl completions: scripts for shells, made of options.def. */
#include "table.h"

#include <stdio.h>
#include <string.h>

static const struct {
  int id;
  const char *words;
} choices[] = {
#define CHOICES(id, words) {ARG_##id, words},
#include "options.def"
};

static const struct {
  const char *argument, *words;
} arguments[] = {
#define WORDS(argument, words) {argument, words},
#include "options.def"
};

/* What a word is completed to. */
typedef enum value_kind { VALUE_TEXT, VALUE_WORDS, VALUE_FILE, VALUE_COMMAND } value_kind;
typedef struct value {
  value_kind kind;
  const char *words;
} value;

static bool takes(const cli_command *c, int id) {
  const cli_help_text *h = cli_help_find(c->name);
  return h && (cli_args[id].in & h->in);
}

static value value_of_option(int id) {
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    if (choices[i].id == id) return (value){VALUE_WORDS, choices[i].words};
  }
  const char *argument = cli_args[id].argument;
  bool file = strncmp(argument, "FILE", 4) == 0 || strcmp(argument, "DIR") == 0;
  return (value){file ? VALUE_FILE : VALUE_TEXT, NULL};
}

static value value_of_command(const cli_command *c) {
  if (strstr(c->arguments, "FILE")) return (value){VALUE_FILE, NULL};
  for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
    if (strstr(c->arguments, arguments[i].argument)) return (value){VALUE_WORDS, arguments[i].words};
  }
  return (value){strstr(c->arguments, "COMMAND") ? VALUE_COMMAND : VALUE_TEXT, NULL};
}

static void put_commands(void) {
  for (size_t i = 0; i < COMMAND_COUNT; i++) printf("%s%s", i ? " " : "", cli_commands[i].name);
}

/* The first line of a help, inside of single quotes; what is in `escape` gets a backslash. */
static void put_help(const char *help, const char *escape) {
  for (; *help && *help != '\n'; help++) {
    if (*help == '\'') {
      fputs("'\\''", stdout);
      continue;
    }
    if (strchr(escape, *help)) putchar('\\');
    putchar(*help);
  }
}

/* ---- bash ---- */

static void bash_value(value v) {
  if (v.kind == VALUE_FILE) {
    fputs("files=1", stdout);
    return;
  }
  fputs("values='", stdout);
  if (v.kind == VALUE_WORDS) fputs(v.words, stdout);
  if (v.kind == VALUE_COMMAND) put_commands();
  putchar('\'');
}

static void bash_command(const cli_command *c) {
  printf("    %s)\n      options='", c->name);
  for (int id = 0; id < ARG_COUNT; id++) {
    if (takes(c, id)) printf("--%s ", cli_args[id].name);
  }
  puts("'\n      case $previous in");
  for (int id = 0; id < ARG_COUNT; id++) {
    if (!takes(c, id) || !cli_args[id].argument) continue;
    printf("        --%s", cli_args[id].name);
    if (cli_args[id].letter) printf(" | -%c", cli_args[id].letter);
    fputs(") options='' ", stdout);
    bash_value(value_of_option(id));
    puts(" ;;");
  }
  fputs("        *) ", stdout);
  bash_value(value_of_command(c));
  puts(" ;;\n      esac\n      ;;");
}

static void bash_script(void) {
  puts("# bash completion of ottl, made by `ottl completions bash`\n"
       "_ottl() {\n"
       "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options='' values='' files=''\n"
       "  local IFS=$' \\t\\n'\n"
       "  if [[ $word == = ]]; then\n"
       "    word=''\n"
       "  elif [[ $previous == = ]]; then\n"
       "    previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
       "  fi\n"
       "  COMPREPLY=()\n"
       "  if ((COMP_CWORD == 1)); then");
  fputs("    COMPREPLY=($(compgen -W '", stdout);
  put_commands();
  puts(" --help --version' -- \"$word\"))\n"
       "    return\n"
       "  fi\n"
       "  case ${COMP_WORDS[1]} in");
  for (size_t i = 0; i < COMMAND_COUNT; i++) bash_command(&cli_commands[i]);
  puts("    *) return ;;\n"
       "  esac\n"
       "  if [[ $word == -* && $options ]]; then\n"
       "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
       "  elif [[ $files ]]; then\n"
       "    IFS=$'\\n'\n"
       "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
       "    compopt -o filenames 2>/dev/null\n"
       "  else\n"
       "    COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
       "  fi\n"
       "}\n"
       "complete -F _ottl ottl");
}

/* ---- zsh ---- */

static void zsh_value(const char *name, value v) {
  printf(":%s:", name);
  switch (v.kind) {
  case VALUE_FILE: fputs("_files", stdout); break;
  case VALUE_WORDS: printf("(%s)", v.words); break;
  case VALUE_COMMAND:
    putchar('(');
    put_commands();
    putchar(')');
    break;
  case VALUE_TEXT: putchar(' '); break;
  }
}

static void zsh_option(int id, const char *head) {
  printf(" \\\n        '*%s[", head);
  put_help(cli_args[id].help, "[]:\\");
  putchar(']');
  if (cli_args[id].argument) zsh_value("value", value_of_option(id));
  putchar('\'');
}

static void zsh_command(const cli_command *c) {
  printf("    %s)\n      _arguments -s", c->name);
  for (int id = 0; id < ARG_COUNT; id++) {
    if (!takes(c, id)) continue;
    char head[64];
    snprintf(head, sizeof head, "--%s%s", cli_args[id].name, cli_args[id].argument ? "=" : "");
    zsh_option(id, head);
    snprintf(head, sizeof head, "-%c%s", cli_args[id].letter, cli_args[id].argument ? "+" : "");
    if (cli_args[id].letter) zsh_option(id, head);
  }
  fputs(" \\\n        '*", stdout);
  zsh_value("argument", value_of_command(c));
  puts("'\n      ;;");
}

static void zsh_script(void) {
  puts("#compdef ottl\n"
       "# zsh completion of ottl, made by `ottl completions zsh`\n"
       "_ottl() {\n"
       "  local -a commands=(");
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    printf("    '%s:", cli_commands[i].name);
    put_help(cli_commands[i].summary, ":\\");
    puts("'");
  }
  puts("  )\n"
       "  if ((CURRENT == 2)); then\n"
       "    _describe command commands\n"
       "    return\n"
       "  fi\n"
       "  local command=$words[2]\n"
       "  shift words\n"
       "  ((CURRENT--))\n"
       "  case $command in");
  for (size_t i = 0; i < COMMAND_COUNT; i++) zsh_command(&cli_commands[i]);
  puts("  esac\n"
       "}\n"
       "compdef _ottl ottl");
}

/* ---- fish ---- */

static void fish_value(value v) {
  if (v.kind == VALUE_FILE) {
    fputs(" -r -F", stdout);
    return;
  }
  fputs(" -x", stdout);
  if (v.kind == VALUE_WORDS) printf(" -a '%s'", v.words);
}

static void fish_command(const cli_command *c) {
  for (int id = 0; id < ARG_COUNT; id++) {
    if (!takes(c, id)) continue;
    printf("complete -c ottl -n '__fish_seen_subcommand_from %s' -l %s", c->name, cli_args[id].name);
    if (cli_args[id].letter) printf(" -s %c", cli_args[id].letter);
    if (cli_args[id].argument) fish_value(value_of_option(id));
    fputs(" -d '", stdout);
    put_help(cli_args[id].help, "\\");
    puts("'");
  }
  value v = value_of_command(c);
  printf("complete -c ottl -n '__fish_seen_subcommand_from %s' %s", c->name, v.kind == VALUE_FILE ? "-F" : "-f");
  if (v.kind == VALUE_WORDS) printf(" -a '%s'", v.words);
  if (v.kind == VALUE_COMMAND) {
    fputs(" -a '", stdout);
    put_commands();
    putchar('\'');
  }
  putchar('\n');
}

static void fish_script(void) {
  puts("# fish completion of ottl, made by `ottl completions fish`");
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    printf("complete -c ottl -f -n __fish_use_subcommand -a %s -d '", cli_commands[i].name);
    put_help(cli_commands[i].summary, "\\");
    puts("'");
  }
  for (size_t i = 0; i < COMMAND_COUNT; i++) fish_command(&cli_commands[i]);
}

int cli_completions(int argc, char **argv) {
  static const struct {
    const char *shell;
    void (*put)(void);
  } scripts[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
  if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
    cli_help_command(argv[0]);
    return CLI_OK;
  }
  if (argc != 2) return cli_fail(CLI_USAGE, "completions for which shell? `ottl completions bash`, zsh or fish");
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
    if (strcmp(argv[1], scripts[i].shell) != 0) continue;
    scripts[i].put();
    return CLI_OK;
  }
  return cli_fail(CLI_USAGE, "no completions for `%s`: there are bash, zsh and fish", argv[1]);
}
