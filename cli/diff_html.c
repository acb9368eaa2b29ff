/* ottl diff --html: one page that needs nothing else, no script either. Everything that does not stand here is escaped. */
#include "diff.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct diff_page {
  io_output *out;
  bool failed;
  int status; /* why */
  bool open;  /* a section of a message is */
};

static void page_put(diff_page *p, const char *text, size_t len) {
  io_error error;
  if (p->failed || !len) return;
  io_status io = io_write(p->out, text, len, &error);
  if (io == IO_OK) return;
  p->failed = true;
  p->status = io == IO_CLOSED ? CLI_OK : cli_io_fail(io, &error);
}

static void page_str(diff_page *p, const char *text) { page_put(p, text, strlen(text)); }

/* Text of others. */
static void page_text(diff_page *p, ottl_view text) {
  size_t from = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    const char *as = c == '&'    ? "&amp;"
                     : c == '<'  ? "&lt;"
                     : c == '>'  ? "&gt;"
                     : c == '"'  ? "&quot;"
                     : c == '\'' ? "&#39;"
                                 : NULL;
    if (!as && ((unsigned char)c < ' ' && c != '\n' && c != '\t')) as = "&#xfffd;";
    if (!as) continue;
    page_put(p, text.data + from, i - from);
    page_str(p, as);
    from = i + 1;
  }
  page_put(p, text.data + from, text.len - from);
}

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>ottl diff</title>\n<style>\n"
    ":root { color-scheme: light dark; --text: #1f2328; --back: #ffffff; --soft: #59636e; --line: #d1d9e0; --box: #f6f8fa;\n"
    "  --old: #82071e; --old-back: #ffebe9; --new: #116329; --new-back: #dafbe1; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --text: #e6edf3; --back: #0d1117; --soft: #9198a1; --line: #3d444d; --box: #151b23;\n"
    "    --old: #ffb3ad; --old-back: #4a1a1c; --new: #8ee6a1; --new-back: #12361f; }\n}\n"
    "body { margin: 0 auto; max-width: 75rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text);\n"
    "  background: var(--back); display: flex; flex-direction: column; }\n"
    "#summary { order: -1; }\nh1 { font-size: 1.4rem; margin: .5rem 0; }\nh2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }\n"
    "pre { margin: 0; font: .85rem/1.45 ui-monospace, monospace; overflow-x: auto; }\n"
    "details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; overflow: hidden; }\n"
    "details > summary { background: var(--box); padding: .35rem .7rem; cursor: pointer; }\n"
    "details > pre { padding: .35rem 0; border-top: 1px solid var(--line); }\n"
    "details > pre > * { display: block; padding: 0 .7rem; min-height: 1.45em; width: max-content; min-width: 100%;\n"
    "  box-sizing: border-box; text-decoration: none; }\n"
    "del { color: var(--old); background: var(--old-back); } ins { color: var(--new); background: var(--new-back); }\n"
    ".soft { color: var(--soft); } .what { font-weight: 600; } .dropped .what { color: var(--old); } .added .what { color: "
    "var(--new); "
    "}\n"
    ".program { background: var(--box); border-radius: .4rem; padding: .7rem; }\n"
    "</style>\n</head>\n<body>\n";

static void page_program(diff_page *p, const cli_options *o, const cli_program *program) {
  page_str(p, "<section>\n<h2>Program</h2>\n<pre class=\"program\">");
  for (size_t i = 0; i < o->snippets.n; i++) {
    page_text(p, (ottl_view){o->snippets.items[i], strlen(o->snippets.items[i])});
    page_str(p, "\n");
  }
  if (o->program_file) page_text(p, (ottl_view){program->text, program->text_len});
  if (o->config) page_text(p, (ottl_view){o->config, strlen(o->config)});
  for (size_t i = 0; i < o->processors.n; i++) {
    page_str(p, "\n");
    page_text(p, (ottl_view){o->processors.items[i], strlen(o->processors.items[i])});
  }
  page_str(p, "</pre>\n</section>\n");
}

int diff_page_open(const char *path, const cli_options *options, const cli_program *program, diff_page **ret) {
  io_error error;
  diff_page *p = calloc(1, sizeof *p);
  if (!p) return cli_fail(CLI_INTERNAL, "out of memory");
  io_status io = io_open_output(path, &p->out, &error);
  if (io != IO_OK) {
    free(p);
    return cli_io_fail(io, &error);
  }
  page_str(p, head);
  page_program(p, options, program);
  *ret = p;
  return CLI_OK;
}

static int page_status(const diff_page *p) { return p->failed && p->status == CLI_OK ? CLI_ENOUGH : p->status; }

static void page_section_end(diff_page *p) {
  if (p->open) page_str(p, "</section>\n");
  p->open = false;
}

int diff_page_message(diff_page *p, const cli_message *m) {
  char number[80];
  page_section_end(p);
  p->open = true;
  page_str(p, "<section>\n<h2>");
  page_text(p, (ottl_view){m->input, strlen(m->input)});
  int n = snprintf(number, sizeof number, " <span class=\"soft\">message %" PRIu64 ", %s</span></h2>\n", m->number,
                   cli_signal_names[m->signal]);
  page_put(p, number, (size_t)n);
  return page_status(p);
}

static void page_line(diff_page *p, const ottl_diff_line *line) {
  const char *tag = line->kind == '-' ? "del" : line->kind == '+' ? "ins" : "span";
  char sign[] = {line->kind, ' ', 0};
  page_str(p, "<");
  page_str(p, tag);
  page_str(p, ">");
  page_str(p, sign);
  page_text(p, line->text);
  page_str(p, "</");
  page_str(p, tag);
  page_str(p, ">");
}

int diff_page_entry(diff_page *p, const ottl_diff_entry *e) {
  static const char *const classes[] = {"same", "changed", "dropped", "added"};
  char name[80], what[120];
  diff_name(e, name, sizeof name);
  diff_what(e, what, sizeof what);
  page_str(p, "<details class=\"");
  page_str(p, classes[e->change]);
  page_str(p, e->change == OTTL_CHANGE_CHANGED ? "\" open><summary>" : "\"><summary>");
  page_str(p, name);
  page_str(p, " <span class=\"soft\">");
  page_text(p, diff_summary(e));
  page_str(p, "</span> <span class=\"what\">");
  page_str(p, what);
  page_str(p, "</span></summary><pre>");
  for (size_t i = 0; i < e->lines.n && !p->failed; i++) page_line(p, &e->lines.lines[i]);
  page_str(p, "</pre></details>\n");
  return page_status(p);
}

int diff_page_finish(diff_page *p, const diff_totals *t) {
  char text[1000];
  io_error error;
  page_section_end(p);
  page_str(p, "<header id=\"summary\">\n<h1>What changes</h1>\n<pre>");
  page_text(p, (ottl_view){text, diff_totals_text(t, text, sizeof text)});
  page_str(p, "</pre>\n</header>\n</body>\n</html>\n");
  int status = page_status(p);
  if (p->failed) {
    io_abandon(p->out);
  } else {
    io_status io = io_finish(p->out, &error);
    if (io != IO_OK && io != IO_CLOSED) status = cli_io_fail(io, &error);
  }
  free(p);
  return status == CLI_ENOUGH ? CLI_OK : status;
}

void diff_page_abandon(diff_page *p) {
  if (!p) return;
  io_abandon(p->out);
  free(p);
}
