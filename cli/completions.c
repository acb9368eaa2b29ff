/* ottl completions: scripts for shells, made of options.def. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

enum {
#define OPTION(id, commands, letter, name, argument, help) SHELL_##id,
#include "options.def"
  SHELL_COUNT
};

static const struct command {
  const char *name, *arguments, *summary;
} commands[] = {
#define COMMAND(name, main, arguments, summary) {name, arguments, summary},
#include "options.def"
};

static const struct option {
  int in;
  char letter;
  const char *name, *argument, *help;
} options[] = {
#define OPTION(id, commands, letter, name, argument, help) {commands, letter, name, argument, help},
#include "options.def"
};

static const struct {
  int id;
  const char *words;
} choices[] = {
#define CHOICES(id, words) {SHELL_##id, words},
#include "options.def"
};

static const struct {
  const char *argument, *words;
} arguments[] = {
#define WORDS(argument, words) {argument, words},
#include "options.def"
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

/* What a word is completed to. */
typedef enum value_kind { VALUE_TEXT, VALUE_WORDS, VALUE_FILE, VALUE_COMMAND } value_kind;
typedef struct value {
  value_kind kind;
  const char *words;
} value;

static bool takes(const struct command *c, int id) {
  const cli_help_text *h = cli_help_find(c->name);
  return h && (options[id].in & h->in);
}

static value value_of_option(int id) {
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    if (choices[i].id == id) return (value){VALUE_WORDS, choices[i].words};
  }
  const char *argument = options[id].argument;
  bool file = strncmp(argument, "FILE", 4) == 0 || strcmp(argument, "DIR") == 0;
  return (value){file ? VALUE_FILE : VALUE_TEXT, NULL};
}

static value value_of_command(const struct command *c) {
  if (strstr(c->arguments, "FILE")) return (value){VALUE_FILE, NULL};
  for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
    if (strstr(c->arguments, arguments[i].argument)) return (value){VALUE_WORDS, arguments[i].words};
  }
  return (value){strstr(c->arguments, "COMMAND") ? VALUE_COMMAND : VALUE_TEXT, NULL};
}

static void put_commands(void) {
  for (size_t i = 0; i < N_COMMANDS; i++) printf("%s%s", i ? " " : "", commands[i].name);
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

static void bash_command(const struct command *c) {
  printf("    %s)\n      options='", c->name);
  for (int id = 0; id < SHELL_COUNT; id++) {
    if (takes(c, id)) printf("--%s ", options[id].name);
  }
  puts("'\n      case $previous in");
  for (int id = 0; id < SHELL_COUNT; id++) {
    if (!takes(c, id) || !options[id].argument) continue;
    printf("        --%s", options[id].name);
    if (options[id].letter) printf(" | -%c", options[id].letter);
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
  for (size_t i = 0; i < N_COMMANDS; i++) bash_command(&commands[i]);
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
  put_help(options[id].help, "[]:\\");
  putchar(']');
  if (options[id].argument) zsh_value("value", value_of_option(id));
  putchar('\'');
}

static void zsh_command(const struct command *c) {
  printf("    %s)\n      _arguments -s", c->name);
  for (int id = 0; id < SHELL_COUNT; id++) {
    if (!takes(c, id)) continue;
    char head[64];
    snprintf(head, sizeof head, "--%s%s", options[id].name, options[id].argument ? "=" : "");
    zsh_option(id, head);
    snprintf(head, sizeof head, "-%c%s", options[id].letter, options[id].argument ? "+" : "");
    if (options[id].letter) zsh_option(id, head);
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
  for (size_t i = 0; i < N_COMMANDS; i++) {
    printf("    '%s:", commands[i].name);
    put_help(commands[i].summary, ":\\");
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
  for (size_t i = 0; i < N_COMMANDS; i++) zsh_command(&commands[i]);
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

static void fish_command(const struct command *c) {
  for (int id = 0; id < SHELL_COUNT; id++) {
    if (!takes(c, id)) continue;
    printf("complete -c ottl -n '__fish_seen_subcommand_from %s' -l %s", c->name, options[id].name);
    if (options[id].letter) printf(" -s %c", options[id].letter);
    if (options[id].argument) fish_value(value_of_option(id));
    fputs(" -d '", stdout);
    put_help(options[id].help, "\\");
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
  for (size_t i = 0; i < N_COMMANDS; i++) {
    printf("complete -c ottl -f -n __fish_use_subcommand -a %s -d '", commands[i].name);
    put_help(commands[i].summary, "\\");
    puts("'");
  }
  for (size_t i = 0; i < N_COMMANDS; i++) fish_command(&commands[i]);
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
