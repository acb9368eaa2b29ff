/* Which codes `ottl check` tells, and how loudly: options, `.ottl.toml`, comments in files. docs/lint.md tells people. */
#ifndef OTTL_CLI_RULES_H
#define OTTL_CLI_RULES_H

#include "cli.h"

typedef enum rule_level { RULE_NONE, RULE_ALLOW, RULE_WARN, RULE_DENY } rule_level;

typedef struct cli_rule {
  char code[8];
  rule_level level;
  uint32_t first, last; /* lines of a file; 0 and 0: everywhere */
} cli_rule;

typedef struct cli_rules {
  cli_rule *items; /* the last one that fits counts */
  size_t n, cap;
  size_t n_general;      /* before those of a file's comments */
  bool strict, may_fail; /* of the settings */
  size_t compat;         /* of the settings: v0.N; 0: not asked */
  bool notes;            /* notes are told without being asked for one by one */
} cli_rules;

/* Codes of an option or a list, separated by commas. False: told that one is no code that can be switched. */
bool cli_rules_add(cli_rules *rules, const char *codes, size_t len, rule_level level, const char *where);
/* Comments `# ottl: allow CODE` of a file, instead of those of the file before. */
bool cli_rules_file(cli_rules *rules, const char *path, const char *text, size_t len);
/* Does a comment at the beginning of a file of OTTL say `ottl: conditions`? */
bool cli_rules_conditions(const char *text, size_t len);
/* Does some rule ask for notes? */
bool cli_rules_need_notes(const cli_rules *rules);
void cli_rules_apply(cli_rules *rules, ottl_diags *diags);
void cli_rules_done(cli_rules *rules);

/* settings.c: reads the file, or when path is NULL the nearest `.ottl.toml` from the folder upwards (absolute; NULL: this one).
 * False: told what is wrong. */
bool cli_settings_read(const char *path, const char *folder, cli_rules *rules);

#endif
