/* Help: options from options.def, and what else a newcomer wants to know. */
#include "table.h"

#include <stdio.h>
#include <string.h>

static const char files_text[] =
    "Files are read one after another; `-` or none is standard input. zstd and gzip are undone.\n"
    "run, filter and route read topics of Kafka, too, and write them: FILE is then\n"
    "kafka://HOST:PORT/TOPIC?group=NAME, and of an output kafka://HOST:PORT/TOPIC (docs/kafka.md).\n"
    "\n"
    "Formats:\n"
    "  json             one OTLP/JSON export request\n"
    "  jsonl            one a line, as the collector's file exporter writes them\n"
    "  proto            one OTLP protobuf export request\n"
    "  proto-delimited  each after its length as a varint\n"
    "  proto-framed     each after its length in 4 bytes, big-endian (file exporter, format: proto)\n";

static const char exits_text[] =
    "Exit status:\n"
    "  0 done; 2 wrong use, or a file cannot be read or written; 3 statements do not compile;\n"
    "  4 the input is not valid OTLP; 5 a record failed under --error-mode propagate; 70 internal error\n";

static const char run_text[] =
    "Runs statements on every record of OTLP logs, traces or metrics and writes the result. What no\n"
    "statement touches comes out as it went in.\n"
    "\n"
    "Examples:\n"
    "  mask e-mail addresses in log bodies\n"
    "    ottl run -s 'replace_pattern(log.body, \"[a-z.]+@[a-z.]+\", \"***\")' logs.jsonl\n"
    "  drop an attribute from all spans, protobuf in, compressed protobuf out\n"
    "    ottl run -s 'delete_key(span.attributes, \"http.url\")' traces.pb -o out.pb.zst --compress zstd\n"
    "  statements from a file, protobuf to JSON, with figures at the end\n"
    "    ottl run -f policy.ottl --from proto --to json --stats < logs.pb\n"
    "  one file for all signals: each message runs the parts of its own\n"
    "    ottl run -f all.ottl logs.jsonl traces.jsonl --to jsonl -o out.jsonl\n"
    "  the processors of a collector, as its pipelines run them\n"
    "    ottl run --config collector.yaml logs.jsonl\n"
    "  one of them, on traces in protobuf\n"
    "    ottl run --config collector.yaml --processor filter/health --signal traces < traces.pb\n"
    "  set something where a condition holds\n"
    "    ottl run -s 'set(log.severity_text, \"FATAL\") where log.severity_number >= 21' logs.jsonl\n"
    "  from a topic of Kafka to another one, as a member of the group clean\n"
    "    ottl run -f policy.ottl --signal logs 'kafka://broker:9092/otlp_logs?group=clean' \\\n"
    "             -o kafka://broker:9092/otlp_logs_clean\n";

static const char filter_text[] =
    "Drops the records for which any condition holds; --keep keeps those and drops the rest. A scope\n"
    "or resource that is left without records goes with them. A record on which a condition fails\n"
    "(under --error-mode ignore or silent) stays.\n"
    "\n"
    "Examples:\n"
    "  without debug logs\n"
    "    ottl filter -c 'log.severity_number < SEVERITY_NUMBER_INFO' logs.jsonl\n"
    "  only what failed\n"
    "    ottl filter --keep -c 'span.status.code == STATUS_CODE_ERROR' traces.pb -o errors.pb\n"
    "  without health checks, and without what one service says\n"
    "    ottl filter -c 'span.attributes[\"http.route\"] == \"/health\"' \\\n"
    "                -c 'resource.attributes[\"service.name\"] == \"noisy\"' traces.jsonl\n";

static const char route_text[] =
    "Routes records as the collector's routing connector does: routes are tried in order, the first one\n"
    "whose condition holds takes the record, under a copy of its resource and scope. What no route takes\n"
    "goes to the default pipelines, if there are any. A condition that fails on a record does not hold\n"
    "(under --error-mode ignore or silent).\n"
    "\n"
    "Examples:\n"
    "  what each pipeline of a collector would get\n"
    "    ottl route --config collector.yaml logs.jsonl\n"
    "  the same, written to out/logs_errors.jsonl and so on\n"
    "    ottl route --config collector.yaml --out-dir out logs.jsonl\n"
    "  errors apart from the rest, without a configuration\n"
    "    ottl route -r 'errors: log.severity_number >= SEVERITY_NUMBER_ERROR' -r rest \\\n"
    "               -o errors=errors.jsonl -o rest=- logs.jsonl\n";

static const char check_text[] =
    "Says what is wrong with statements, without running them: what does not compile, what fails on\n"
    "every record, what never runs, comparisons that are always false. With --may-fail also what fails\n"
    "on some records, and how to guard it. Files that end in .yaml, .yml or .json are configurations of\n"
    "collectors.\n"
    "\n"
    "Examples:\n"
    "  a file, and a statement\n"
    "    ottl check policy.ottl\n"
    "    ottl check collector.yaml\n"
    "    ottl check -s 'set(log.severity_text, log.severity_number)'\n"
    "  everything that could go wrong at run time\n"
    "    ottl check --may-fail -s 'set(log.attributes[\"id\"], log.body[\"id\"])'\n"
    "  before a deployment: warnings count, for a program to read\n"
    "    ottl check --strict --format json *.ottl\n"
    "  for code scanning, and as annotations of a workflow\n"
    "    ottl check --format sarif --config collector.yaml > ottl.sarif\n"
    "    ottl check --format github *.ottl\n";

static const char check_exits_text[] =
    "Exit status:\n"
    "  0 nothing wrong; 1 errors (with --strict: or warnings); 2 wrong use, or a file cannot be read;\n"
    "  70 internal error\n";

static const char fmt_text[] =
    "Lays statements out in the canonical way: files of statements or conditions as a whole; in a\n"
    "collector's file the statements and conditions of the transform and filter processors and routing\n"
    "connectors, and nothing else. What a program does never changes. A statement that does not parse\n"
    "stays as it is and is told, the others are formatted. Files are written in place, and the names of\n"
    "those that changed are printed; `-` or none is standard input, which goes to standard output.\n"
    "\n"
    "Examples:\n"
    "  all files of a folder\n"
    "    ottl fmt policies/*.ottl\n"
    "  the statements of a collector, to look at first\n"
    "    ottl fmt --diff collector.yaml\n"
    "  before a commit\n"
    "    ottl fmt --check *.ottl collector.yaml\n"
    "  in an editor\n"
    "    ottl fmt < policy.ottl\n";

static const char fmt_exits_text[] =
    "Exit status:\n"
    "  0 done; 1 something does not parse (with --check and --diff: or would change); 2 wrong use, or a\n"
    "  file cannot be read or written; 70 internal error\n";

static const char view_text[] =
    "Shows OTLP logs, traces, metrics and profiles record by record, under the headings of their\n"
    "resources and scopes: times in RFC 3339, ids in hex, enums by name, no control characters. It shows\n"
    "values: of your own data.\n"
    "\n"
    "Examples:\n"
    "  the first records of a file\n"
    "    ottl view -n 5 logs.jsonl\n"
    "  what failed, in protobuf\n"
    "    ottl view --where 'span.status.code == STATUS_CODE_ERROR' traces.pb.zst\n"
    "  record 7 of message 2, as a warning of `ottl run` names it\n"
    "    ottl view --row 2:7 logs.jsonl\n"
    "  a line for each value, for grep\n"
    "    ottl view --format lines --fields body,attributes logs.jsonl | grep token\n";

static const char view_exits_text[] =
    "Exit status:\n"
    "  0 shown, also when there is nothing to show; 2 wrong use, no such --row, or a file cannot be read;\n"
    "  3 a condition does not compile; 4 the input is not valid OTLP; 70 internal error\n";

static const char diff_text[] =
    "Runs statements and shows what they change: each record that is not as it was, as a difference of\n"
    "its values, and what was dropped, added or moved below another resource; then a summary. The engine\n"
    "tells which record is which, they are not guessed by what they hold.\n"
    "\n"
    "Examples:\n"
    "  what a policy does to a file\n"
    "    ottl diff -f policy.ottl logs.jsonl\n"
    "  what the pipelines of a collector do, as a page for a reviewer\n"
    "    ottl diff --config collector.yaml --html diff.html logs.jsonl\n"
    "  what a filter would drop\n"
    "    ottl diff -c 'log.severity_number < SEVERITY_NUMBER_INFO' logs.jsonl\n"
    "  nothing may change: in a script\n"
    "    ottl diff --summary -f policy.ottl samples.jsonl\n";

static const char diff_exits_text[] =
    "Exit status:\n"
    "  0 no record changed; 1 some did; 2 wrong use, or a file cannot be read or written; 3 statements do\n"
    "  not compile; 4 the input is not valid OTLP; 5 a record failed under --error-mode propagate; 70\n"
    "  internal error\n";

static const char test_text[] =
    "Runs cases: records go in, and what comes out of the statements is compared with what is expected,\n"
    "record by record. FOLDER: all .ottlt files in it and below; default: this folder. The format, YAML, is in\n"
    "docs/testing.md; a case:\n"
    "\n"
    "  statements_file: policy.ottl\n"
    "  cases:\n"
    "    - name: masks card numbers\n"
    "      input:\n"
    "        - body: card 4111111111111111\n"
    "      expect:\n"
    "        - body: card ***\n"
    "\n"
    "Examples:\n"
    "  all cases of a folder, and what they do not reach\n"
    "    ottl test --coverage tests/\n"
    "  write name and input, look at what comes out, keep it\n"
    "    ottl test policy.ottlt\n"
    "    ottl test --update policy.ottlt && git diff\n"
    "  the processors of a collector, again after each change\n"
    "    ottl test --watch --config collector.yaml cases/\n"
    "  in CI\n"
    "    ottl test --min-coverage 90 --junit report.xml tests/\n";

static const char test_exits_text[] =
    "Exit status:\n"
    "  0 all cases passed (or were skipped); 1 some did not, or there is too little coverage; 2 wrong use,\n"
    "  or a file cannot be read or written; 70 internal error. --watch: 0 after Ctrl-C\n";

static const char trace_text[] =
    "Follows one record through every statement: what each part of a condition came to, why it did not\n"
    "hold, and what each statement changed, as the engine saw it while it ran. It shows values: of your\n"
    "own data.\n"
    "\n"
    "Examples:\n"
    "  why is this record not masked?\n"
    "    ottl trace -f policy.ottl --row 7 logs.jsonl\n"
    "  the first one with an address, through the pipelines of a collector\n"
    "    ottl trace --config collector.yaml --where 'log.attributes[\"user.email\"] != nil' logs.jsonl\n"
    "  what a filter makes of it, for a program to read\n"
    "    ottl trace -c 'log.severity_number < 9' --row 2 --format json logs.jsonl\n";

static const char trace_exits_text[] =
    "Exit status:\n"
    "  0 shown; 2 wrong use, no such record, or a file cannot be read; 3 statements do not compile; 4 the\n"
    "  input is not valid OTLP; 5 a record failed under --error-mode propagate; 70 internal error\n";

static const char describe_text[] =
    "Shows the tables of the language. A table is listed with a line for each entry; NAME shows one entry,\n"
    "functions with their arguments and examples. Without TABLE it tells which tables there are.\n"
    "\n"
    "Examples:\n"
    "  all functions, and one of them\n"
    "    ottl describe functions\n"
    "    ottl describe functions replace_pattern\n"
    "  the paths of a context, and one path\n"
    "    ottl describe paths log\n"
    "    ottl describe paths log.severity_number\n"
    "  what an error code means\n"
    "    ottl describe diagnostics E0501\n"
    "  everything about functions, for a program to read\n"
    "    ottl describe functions --format json\n";

static const char describe_exits_text[] =
    "Exit status:\n"
    "  0 shown; 1 no such entry (names that are near are told); 2 wrong use; 70 internal error\n";

static const char plan_text[] =
    "Says what statements will do, before they run: which context they are of and why, what they read and\n"
    "write, what runs vectorized or record by record and why, what is computed once or shared, what can\n"
    "fail. With --cost it runs them, and tells of each statement and each operand of its condition how many\n"
    "records came and for how many it held, and what it took. Nothing is written but that.\n"
    "\n"
    "Examples:\n"
    "  what a file of statements will do, with the types of all expressions\n"
    "    ottl explain --types policy.ottl\n"
    "  all processors of a collector, or one of them\n"
    "    ottl explain collector.yaml\n"
    "    ottl explain --processor filter/health collector.yaml\n"
    "  where the time goes, on records of yours\n"
    "    ottl explain --cost logs.jsonl policy.ottl\n"
    "  the same as a flame graph\n"
    "    ottl explain --cost logs.jsonl --svg flames.svg policy.ottl\n"
    "  what never holds, for a program to read\n"
    "    ottl explain --cost logs.jsonl --no-times --format json policy.ottl\n";

static const char plan_exits_text[] =
    "Exit status:\n"
    "  0 shown; 1 there is no statement to show; 2 wrong use, or a file cannot be read or written;\n"
    "  3 statements do not compile; 4 the payload is not valid OTLP; 5 a record failed under error mode propagate; 70 internal "
    "error\n";

static const char explain_text[] =
    "Says why a diagnostic is told and what to do, with an example that is wrong and one that is right.\n"
    "\n"
    "Examples:\n"
    "  a warning of `ottl check`\n"
    "    ottl explain-code W0702\n"
    "  the same for a program to read\n"
    "    ottl explain-code W0702 --format json\n";

static const char explain_exits_text[] = "Exit status:\n"
                                         "  0 shown; 1 no such code; 2 wrong use; 70 internal error\n";

static const char completions_text[] =
    "Prints a script which lets bash, zsh or fish complete commands, options and their values.\n"
    "\n"
    "Examples:\n"
    "  bash: for this session, or for good\n"
    "    source <(ottl completions bash)\n"
    "    ottl completions bash > ~/.local/share/bash-completion/completions/ottl\n"
    "  zsh: in a folder of $fpath\n"
    "    ottl completions zsh > _ottl\n"
    "  fish\n"
    "    ottl completions fish > ~/.config/fish/completions/ottl.fish\n";

static const char help_text[] =
    "Explains a command: what it does, examples, options, formats, exit statuses. Without COMMAND it lists the\n"
    "commands.\n"
    "\n"
    "Examples:\n"
    "  a command\n"
    "    ottl help run\n"
    "  its manual page\n"
    "    ottl help --man run | man -l -\n";

static const char done_exits_text[] = "Exit status:\n"
                                      "  0 shown; 2 wrong use\n";

static const char lsp_text[] =
    "Answers an editor about .ottl files and collector configurations: mistakes as `ottl check` tells\n"
    "them (.ottl.toml and comments count), completion, hover, signatures, definitions, outline,\n"
    "formatting, corrections, highlighting. Editors start it themselves: docs/editors.md shows how, and\n"
    "which settings there are, such as a sample payload whose attribute keys are offered.\n"
    "\n"
    "Examples:\n"
    "  what editors start\n"
    "    ottl lsp --stdio\n";

static const char lsp_exits_text[] = "Exit status:\n"
                                     "  0 the editor said `shutdown`, then `exit`; 1 it went away without; 2 wrong use\n";

static const cli_help_text help_texts[] = {
    {"run", run_text, files_text, exits_text, IN_RUN},
    {"filter", filter_text, files_text, exits_text, IN_FILTER},
    {"route", route_text, files_text, exits_text, IN_ROUTE},
    {"check", check_text, NULL, check_exits_text, IN_CHECK},
    {"fmt", fmt_text, NULL, fmt_exits_text, IN_FMT},
    {"view", view_text, files_text, view_exits_text, IN_VIEW},
    {"diff", diff_text, files_text, diff_exits_text, IN_DIFF},
    {"test", test_text, NULL, test_exits_text, IN_TEST},
    {"trace", trace_text, files_text, trace_exits_text, IN_TRACE},
    {"describe", describe_text, NULL, describe_exits_text, IN_DESCRIBE},
    {"explain", plan_text, NULL, plan_exits_text, IN_PLAN},
    {"explain-code", explain_text, NULL, explain_exits_text, IN_EXPLAIN},
    {"lsp", lsp_text, NULL, lsp_exits_text, IN_LSP},
    {"completions", completions_text, NULL, done_exits_text, IN_COMPLETIONS},
    {"help", help_text, NULL, done_exits_text, IN_HELP},
};

const cli_help_text *cli_help_find(const char *name) {
  for (size_t i = 0; i < sizeof help_texts / sizeof *help_texts; i++) {
    if (strcmp(name, help_texts[i].name) == 0) return &help_texts[i];
  }
  return NULL;
}

void cli_help_overview(void) {
  puts("ottl: run OpenTelemetry Transformation Language statements on OTLP payloads\n\nUsage: ottl COMMAND ...\n");
  for (size_t i = 0; i < COMMAND_COUNT; i++) printf("  %-12s %s\n", cli_commands[i].name, cli_commands[i].summary);
  puts("\n"
       "  --help      this text; `ottl help COMMAND` tells more and shows examples\n"
       "  --version   versions of the program and of the language\n"
       "\n"
       "A first look:\n"
       "  ottl run -s 'set(log.body, \"hello\")' logs.jsonl");
}

static void help_options(int in) {
  puts("Options:");
  for (size_t i = 0; i < ARG_COUNT; i++) {
    if (!(cli_args[i].in & in)) continue;
    char head[64];
    snprintf(head, sizeof head, "%c%c%s --%s%s%s", cli_args[i].letter ? '-' : ' ', cli_args[i].letter ? cli_args[i].letter : ' ',
             cli_args[i].letter ? "," : " ", cli_args[i].name, cli_args[i].argument ? " " : "",
             cli_args[i].argument ? cli_args[i].argument : "");
    printf("  %-27s ", head);
    for (const char *p = cli_args[i].help; *p; p++) {
      putchar(*p);
      if (*p == '\n') printf("%30s", "");
    }
    putchar('\n');
  }
  putchar('\n');
}

bool cli_help_command(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(name, cli_commands[i].name) != 0) continue;
    printf("ottl %s: %s\n\nUsage: ottl %s %s\n\n", name, cli_commands[i].summary, name, cli_commands[i].arguments);
    const cli_help_text *h = cli_help_find(name);
    if (!h) return true;
    puts(h->text);
    help_options(h->in);
    if (h->files) puts(h->files);
    fputs(h->exits, stdout);
    return true;
  }
  return false;
}

int cli_help(int argc, char **argv) {
  bool man = argc > 1 && strcmp(argv[1], "--man") == 0;
  if (man && argc > 3) return cli_fail(CLI_USAGE, "help explains one command at a time");
  if (man) return cli_man(argv[2]);
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    cli_help_overview();
    return CLI_OK;
  }
  if (argc > 2) return cli_fail(CLI_USAGE, "help explains one command at a time");
  if (!cli_help_command(argv[1])) return cli_fail(CLI_USAGE, "no command `%s`; `ottl --help` lists them", argv[1]);
  return CLI_OK;
}
