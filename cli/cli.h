/* What the files of the command line share. It sees the library as any host does: through include/ottl alone. */
#ifndef OTTL_CLI_H
#define OTTL_CLI_H

#include "io.h"
#include "ottl/ottl.h"

#include <stdio.h>

/* Exit statuses, aligned with jq where jq has one. */
enum {
  CLI_OK = 0,
  CLI_NO = 1,      /* the answer is "no" */
  CLI_USAGE = 2,   /* wrong use, or a file that cannot be read or written */
  CLI_COMPILE = 3, /* statements do not compile */
  CLI_PAYLOAD = 4, /* the input is not valid OTLP */
  CLI_ROW = 5,     /* a record failed under error mode propagate */
  CLI_INTERNAL = 70
};

enum {
  IN_RUN = 1,
  IN_FILTER = 2,
  IN_HELP = 4,
  IN_CHECK = 8,
  IN_ROUTE = 16,
  IN_DESCRIBE = 32,
  IN_FMT = 64,
  IN_EXPLAIN = 128,
  IN_COMPLETIONS = 1 << 24,
  IN_LSP = 256,
  IN_VIEW = 1 << 16,
  IN_DIFF = 1 << 17,
  IN_TRACE = 1 << 18,
  IN_TEST = 1 << 20,
  IN_PLAN = 1 << 19
}; /* which commands know an option */

/* --format of `ottl check`, besides what the library renders. */
typedef enum cli_report { REPORT_LIBRARY, REPORT_SARIF, REPORT_GITHUB } cli_report;

extern const char *const cli_signal_names[]; /* by ottl_signal */

typedef struct cli_texts {
  const char **items; /* room for one for each argument */
  size_t n;
} cli_texts;

typedef struct cli_options {
  cli_texts snippets; /* -s or -c */
  bool has_statements, has_conditions;
  cli_texts files;
  const char *program_file;     /* -f */
  const char *config, *request; /* --config */
  cli_texts processors;
  const char *context, *output;
  const char *connector, *out_dir; /* route */
  cli_texts outputs;               /* PIPELINE=FILE */
  ottl_error_mode error_mode;
  bool error_mode_given;
  ottl_signal signal;
  ottl_framing from, to; /* to: AUTO is "as the input" */
  bool compress_given;
  io_compression compress;
  int level;      /* of compression; 0: the usual one */
  size_t threads; /* 0: not told, one */
  bool keep, stats, help, experimental;
  bool conditions, may_fail, strict;  /* check */
  bool only_check, diff;              /* fmt */
  cli_texts names;                    /* test: --name */
  const char *junit;                  /* test */
  bool update, watch, list, coverage; /* test */
  double min_coverage;                /* test: percent; 0: any */
  const char *as;
  ottl_path_style paths;
  ottl_diags_format format;
  cli_report report; /* check */
  cli_texts rules;   /* check: "allow", "warn" or "deny", each followed by its codes */
  const char *settings;
  size_t compat;    /* check: of v0.N; 0: not asked */
  bool no_progress; /* run, filter, route */
  bool atomic, rollback, flatten, show_values, strict_input;
  cli_texts where;        /* view, trace: conditions, any of which chooses */
  size_t message, row;    /* view, trace: of the only one to show, from 1; 0: not told */
  size_t limit, max_text; /* 0: none */
  const char *fields, *html;
  bool lines, all, summary;                   /* view; diff */
  cli_texts kafka_config;                     /* KEY=VALUE, or a file */
  bool until_end;                             /* of topics */
  const char *cost, *svg;                     /* explain */
  bool types, bytecode, no_times, connectors; /* connectors: they do instead of processors */
} cli_options;

/* args.c: reads the arguments behind the name of the command. Returns CLI_OK, or tells what is wrong and returns CLI_USAGE.
 * The caller calls cli_options_done in either case. */
int cli_options_read(const char *command, int in, int argc, char **argv, cli_options *ret);
void cli_options_done(cli_options *options);
bool cli_ends_in(const char *text, const char *ending); /* and is longer */
/* "v0.130", "0.130.1": 130. False: it is no version. */
bool cli_version_number(const char *value, size_t *ret);
bool cli_is_yaml(const char *path); /* a collector configuration, by its name */

/* help.c */
void cli_help_overview(void);
bool cli_help_command(const char *name); /* false: no such command */
/* What there is to tell of a command besides its options. */
typedef struct cli_help_text {
  const char *name, *text, *files, *exits;
  int in;
} cli_help_text;
const cli_help_text *cli_help_find(const char *name); /* NULL: no such command */
int cli_man(const char *command);                     /* man.c; NULL: the page of ottl itself */

/* Commands: argv[0] is the name of the command. */
int cli_run(int argc, char **argv);
int cli_filter(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_route(int argc, char **argv);
int cli_describe(int argc, char **argv);
int cli_fmt(int argc, char **argv);
int cli_test(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_explain_code(int argc, char **argv);
int cli_view(int argc, char **argv);
int cli_diff(int argc, char **argv);
int cli_completions(int argc, char **argv);
int cli_trace(int argc, char **argv);
int cli_lsp(int argc, char **argv);
int cli_help(int argc, char **argv);

/* describe.c */
/* Words in lines of 100 columns. column: where the cursor is; indent: of the lines that follow. Ends the line. */
void cli_put_words(const char *text, size_t column, size_t indent);
/* A table of the language, read. NULL: *ret_status says why. */
struct yyjson_doc *cli_table(const char *table, const char *name, ottl_status *ret_status);

/* text.c: takers of what the library writes. */
typedef struct cli_text {
  char *data; /* with a zero behind it; the caller frees; NULL: nothing was written, or failed */
  size_t len;
  bool failed; /* out of memory */
} cli_text;
/* Room for one more than n items of `size` bytes; items: the address of the pointer to them, which stays when there is no memory. */
bool cli_grow(void *items, size_t n, size_t *cap, size_t size);
void cli_put(void *file, const char *data, size_t len);  /* to a FILE */
void cli_keep(void *text, const char *data, size_t len); /* behind what a cli_text has, which is zero at first */

/* json_text.c */
size_t cli_utf8(const char *p, size_t len, uint32_t *ret); /* length of the character at p; 0: there is none */
void cli_json_text(const char *text, size_t len);          /* a string, to standard output */
/* JSON with escapes for what no terminal should see; the caller frees; NULL: out of memory. */
char *cli_json_plain(const char *json, size_t len);
/* A document that sets *failed when something did not get into it for want of memory; *failed lives as long. NULL: likewise. */
struct yyjson_mut_doc *cli_json_doc(bool *failed);

/* sarif.c: diagnostics for services. files: their sources are files, not statements of the command line. */
typedef struct cli_sarif cli_sarif;
cli_sarif *cli_sarif_begin(void); /* NULL: out of memory */
void cli_sarif_add(cli_sarif *sarif, const ottl_diags *diags, bool files);
bool cli_sarif_end(cli_sarif *sarif, FILE *to); /* writes it, unless `to` is NULL, and frees; false: nothing was written */
void cli_github(const ottl_diags *diags, bool files);

/* Part of a file of statements, from one `context:` line to the next. */
typedef struct cli_section {
  size_t begin, end;
  ottl_signal signal; /* NONE: serves every signal */
  bool empty;         /* no statement */
} cli_section;

#define CLI_SIGNALS 5 /* by ottl_signal */

/* config.c: processors of a configuration, for each signal that turns up. */
typedef struct cli_step {
  size_t processor;
  ottl_program *program;
  ottl_exec *exec;
} cli_step;

typedef struct cli_config {
  ottl_config *config;
  struct {
    cli_step *steps;
    size_t n;
    bool made;
  } by_signal[CLI_SIGNALS];
} cli_config;

/* Where a message of a topic ends in a part. */
typedef struct cli_cut {
  size_t end, from; /* from: which message of the job it was */
} cli_cut;

/* How far a part goes. */
typedef struct cli_extent {
  size_t len, n_cuts;
  uint64_t written, messages, records;
} cli_extent;

/* Messages that go to one sink, framed, one behind the other. */
typedef struct cli_part {
  char *data;
  size_t len, cap;
  uint64_t written;           /* how many */
  uint64_t messages, records; /* of `ottl route` */
  bool packed;                /* compressed already */
  bool apart;                 /* for a topic: cut, not framed */
  cli_cut *cuts;
  size_t n_cuts, cap_cuts;
  cli_extent whole; /* without what came of the message that is being run */
} cli_part;

/* A place that messages are written to. */
typedef struct cli_sink {
  ottl_view name;   /* of the pipeline, in `ottl route` */
  const char *path; /* NULL: standard output; in `ottl route`: nowhere */
  io_output *out;
  struct cli_kafka_out *topic; /* instead of `out` */
  cli_part gathered;           /* to be compressed */
  uint64_t written, messages, records;
  bool packed; /* something was written, compressed */
  bool closed; /* nobody reads it any more */
  bool lost;   /* something did not get there */
} cli_sink;

typedef struct cli_routes cli_routes; /* route.c */

/* program.c: the statements, compiled for each signal that turns up. */
typedef struct cli_program {
  const cli_options *options;
  bool filter;
  char *text; /* of -f */
  size_t text_len;
  char *request; /* of --request */
  size_t request_len;
  cli_section *sections; /* of -f, when it serves several signals or none in particular */
  size_t n_sections;
  ottl_signal signal; /* what it works on; NONE: told by each message */
  bool told;          /* warnings are told once */
  cli_config *config; /* NULL: statements */
  cli_step by_signal[CLI_SIGNALS];
  cli_routes *routes; /* NULL: not a routing table */
} cli_program;

/* A value of the environment, for ottl_config_options. */
const char *cli_config_env(void *context, const char *name);
/* An exec for a program of it, told what --request tells. first: it gets messages as they came in. */
int cli_exec_create(const cli_program *p, const ottl_program *program, bool first, ottl_exec **ret);
ottl_on_failure cli_on_failure(const cli_options *options);
int cli_program_request(cli_program *program); /* reads what --request tells */
int cli_program_open(cli_program *program, const cli_options *options, bool filter);
/* What runs on messages of a signal, in order; without execs. */
int cli_program_steps(cli_program *program, ottl_signal signal, cli_step **ret, size_t *ret_n);
const char *cli_program_what(const cli_program *program); /* "statements", "conditions", "processors" */
void cli_program_close(cli_program *program);
/* Text of a file, all of it, zero-terminated; the caller frees. */
int cli_file_text(const char *path, const char *what, char **ret_text, size_t *ret_len);
bool cli_colour(int fd);                /* main.c: is it a terminal, and is colour wanted? */
void cli_tell(const ottl_diags *diags); /* all diagnostics, where things are said */
/* textdiff.c: the difference of two texts as `diff -u` shows it, to standard output. False: out of memory. */
bool cli_text_diff(const char *name, ottl_view before, ottl_view after, bool colour);
/* Shows diagnostics, and gives the exit status that goes with the outcome. */
int cli_compiled(ottl_status status, ottl_diags *diags, const char *what);

int cli_config_open(cli_program *program, const cli_options *options);
/* The processors that run on messages of a signal, in order. */
int cli_config_steps(cli_program *program, ottl_signal signal, cli_step **ret, size_t *ret_n);
/* Name of a processor, such as "filter/health". */
const char *cli_config_name(const cli_config *config, size_t processor, char *text, size_t size);
bool cli_config_filters(const cli_config *config, size_t processor); /* is it a filter? */
void cli_config_close(cli_config *config);

/* route.c */
int cli_routes_steps(cli_program *program, ottl_signal signal, cli_step **ret, size_t *ret_n);
/* Before the first message: pipelines without a file get one in --out-dir, whose name ends in this. */
int cli_routes_open_sinks(cli_program *program, const char *ending);
void cli_routes_sinks(cli_program *program, cli_sink **ret, size_t *ret_n); /* by pipeline */
void cli_routes_place(const cli_program *program, uint32_t route, char *text, size_t size);
void cli_routes_close(cli_routes *routes);

/* sections.c: the text has compiled; options are those it compiled with. False: out of memory. */
bool cli_sections_split(cli_program *program, const ottl_compile_options *options);
bool cli_sections_any(const cli_program *program, ottl_signal signal);   /* has some section anything for the signal? */
char *cli_sections_text(const cli_program *program, ottl_signal signal); /* what runs on a signal; the caller frees */

double cli_now(void); /* seconds; progress.c */

/* progress.c: a line that shows how far a run is. NULL is one that shows nothing. */
typedef struct cli_progress cli_progress;
#define CLI_PROGRESS_GONE "\r\033[K"                                              /* takes it from the terminal */
cli_progress *cli_progress_begin(const cli_options *options, bool writes_stdout); /* freed with free */
void cli_progress_step(cli_progress *progress, uint64_t bytes);                   /* of this file so far, as it lies there */
void cli_progress_file(cli_progress *progress, uint64_t bytes);                   /* it is done */
void cli_progress_clear(cli_progress *progress);                                  /* before something else is said */

/* stream.c: all input through the program to the output. */
int cli_stream(const cli_options *options, cli_program *program);
int cli_io_fail(io_status status, const io_error *error); /* tells, and gives the exit status */
int cli_one_json(void);                                   /* several messages for a format that holds one */

/* "FILE: message 3", for errors about something with `input` and `number`. */
#define CLI_AT_FORMAT "%s: message %llu: "
#define CLI_AT(m)     (m)->input, (unsigned long long)(m)->number

/* record.c: the record that a failure is about. */
typedef struct cli_record {
  const char *name; /* "log record", "datapoint", ... */
  char place[160];  /* "resource 1, scope 1, item 3, byte 83"; empty when it is not known */
} cli_record;

void cli_record_of(ottl_exec *exec, size_t error, bool bytes, cli_record *ret);
char *cli_record_values(ottl_exec *exec, size_t error, ottl_signal signal); /* as OTLP/JSON; the caller frees; NULL: none */

/* refused.c: a step failed on a message; tells, and gives the exit status. */
typedef struct cli_refused {
  const cli_program *program;
  const cli_step *step;
  const char *input; /* its name */
  uint64_t number;   /* of the message in it, from 1 */
  ottl_signal signal;
  bool bytes; /* offsets mean something, because it came as protobuf */
} cli_refused;
int cli_run_refused(const cli_refused *refused, ottl_status status);
/* The library refused the message CLI_AT(...) as `what`, "OTLP" or "OTLP/JSON", because of what stands at the offset. */
int cli_message_refused(const char *input, unsigned long long number, const char *what, ottl_status status, size_t offset,
                        const char *why);

/* stats.c: what happened, summed up over the messages. */
typedef struct cli_failure {
  size_t processor; /* --config: its number */
  uint32_t group, statement, condition;
  uint64_t count, message, item;
  cli_record record;
  char *values; /* of the first one, when they are shown */
  char text[200];
} cli_failure;

#define CLI_FAILURES 32 /* different statements that are told apart */

typedef struct cli_stats {
  uint64_t messages, rows_in, rows_changed, rows_dropped, rows_failed, errors;
  uint64_t passed_over;         /* messages of topics that are no OTLP, among `messages` */
  uint64_t bytes_in, bytes_out; /* of messages, not compressed */
  cli_failure failures[CLI_FAILURES];
  size_t n_failures;
  double seconds;
  bool show_values;
} cli_stats;

/* What one step did with a message; the first one counts its records. bytes: offsets in what it ran on mean something, because
 * that came as protobuf. */
void cli_stats_add(cli_stats *stats, const cli_step *steps, size_t step, const ottl_result *result, ottl_signal signal,
                   bool bytes);
/* What happened in messages after those of `stats`; takes over what is shown of failures. */
void cli_stats_merge(cli_stats *stats, cli_stats *more);
void cli_stats_done(cli_stats *stats);
void cli_stats_warn(const cli_stats *stats, const cli_program *program);
void cli_stats_print(const cli_stats *stats);
/* Which statement a failure is about, such as "statement 2 (set(...))". processor: the number of the step's. */
void cli_failure_place(const cli_program *program, size_t processor, uint32_t group, uint32_t statement, uint32_t condition,
                       char *text, size_t size);

/* main.c: one line on standard error, "ottl: ..."; returns status. */
int cli_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Where this thread says things: standard error, or a text while its turn to speak has not come. */
FILE *cli_says(void);
typedef struct cli_capture {
  FILE *before, *file;
  char *text;
  size_t len;
} cli_capture;
void cli_capture_begin(cli_capture *capture); /* they nest */
char *cli_capture_end(cli_capture *capture);  /* what was said; the caller frees; NULL: nothing */

#endif
