/* The checker: typed trees, exact diagnostics, inference over groups, tables, camel case, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "counter.h"
#include "sema/sema.h"

struct typed_case { /* accepted without a word; context and tree with types, ! may fail, @level */
  ottl_kind kind;
  ottl_path_style paths;
  const char *context;
  ottl_signal signal;
  const char *text, *tree;
};
struct told_case {
  ottl_kind kind;
  ottl_path_style paths;
  const char *context;
  ottl_signal signal;
  ottl_status status;
  const char *text, *told;
};

/* clang-format off */
static const struct typed_case typed_cases[] = {
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, "set(log.attributes[\"a\"], log.body[\"x\"] + 1) where log.severity_number >= SEVERITY_NUMBER_WARN",
     "log: (set log.attributes[\"a\"]:any attribute value@2 (+ log.body[\"x\"]:any attribute value!@2 1):int or double!@2):nothing!@2 where (>= log.severity_number:int@2 13):bool@2"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, "log", OTTL_SIGNAL_NONE, "set(attributes[\"a\"], resource.attributes[\"service.name\"]) where body.string == \"x\"",
     "log: (set log.attributes[\"a\"]:any attribute value@2 resource.attributes[\"service.name\"]:any attribute value@0):nothing@2 where (== log.body.string:string@2 \"x\"):bool@2"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_BARE, "scope", OTTL_SIGNAL_NONE, "set(attributes[\"x\"], instrumentation_scope.name)",
     "scope: (set scope.attributes[\"x\"]:any attribute value@1 scope.name:string@1):nothing@1"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_BARE, "datapoint", OTTL_SIGNAL_NONE, "set(attributes[\"x\"], metric.name)",
     "datapoint: (set datapoint.attributes[\"x\"]:any attribute value@3 metric.name:string@2):nothing@3"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "exemplar", OTTL_SIGNAL_NONE, "set(exemplar.filtered_attributes[\"x\"], datapoint.attributes[metric.name][\"k\"])",
     "exemplar: (set exemplar.filtered_attributes[\"x\"]:any attribute value@4 datapoint.attributes[metric.name][\"k\"]:any attribute value!@3):nothing!@4"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "replace_pattern(log.body, \"a\", \"b\", function=SHA256)",
     "log: (replace_pattern log.body:any attribute value@2 \"a\" \"b\" @SHA256 -):nothing!@2"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "set(value=Substring(\"abcdef\", length=2, start=1), target=log.cache[\"k\"])",
     "log: (set log.cache[\"k\"]:any attribute value@2 (Substring \"abcdef\" 1 2 -):string!@-1):nothing!@2"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, "set(resource.attributes[\"k\"], SEVERITY_NUMBER_INFO)",
     "log: (set resource.attributes[\"k\"]:any attribute value@0 9):nothing@0"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_METRICS, "set(resource.attributes[\"k\"], FLAG_NONE)",
     "datapoint: (set resource.attributes[\"k\"]:any attribute value@0 0):nothing@0"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_TRACES, "set(scope.name, span.kind.string) where spanevent.name == \"x\"",
     "spanevent: (set scope.name:string@1 span.kind.string:string@2):nothing@2 where (== spanevent.name:string@3 \"x\"):bool@3"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "1 == 1.0 and \"a\" < \"b\"",
     "log: true"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "log.body == 1 and not false and (true)",
     "log: (== log.body:any attribute value@2 1):bool@2"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "not (log.body == 1 or 1 + 1 == 2) and 1 + 1 == 2",
     "log: (and (not (or (== log.body:any attribute value@2 1):bool@2 (== (+ 1 1):int@-1 2):bool@-1):bool@2):bool@2 (== (+ 1 1):int@-1 2):bool@-1):bool@2"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "IsMatch(log.body, \"^a\") and log.body == 1 or IsInt(log.body)",
     "log: (or (and (truth (IsMatch log.body:any attribute value@2 \"^a\"):bool!@2):bool!@2 (== log.body:any attribute value@2 1):bool@2):bool!@2 (truth (IsInt log.body:any attribute value@2):bool@2):bool@2):bool!@2"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "span", OTTL_SIGNAL_NONE, "span.trace_state[\"k\"] != \"\" or span.status.code == STATUS_CODE_OK",
     "span: (or (!= span.trace_state[\"k\"]:string or nil@2 \"\"):bool@2 (== span.status.code:int@2 1):bool@2):bool@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "[1, {\"a\": [nil, true], \"b\": 1, \"c\": {}}, -2.5, -(1), (+3), 0x00ff, \"q\\\"\\t\", [log.body]]",
     "log: (list 1 {\"a\":p[nil true] \"b\":1 \"c\":{}} -2.5 (neg 1):int@-1 3 0x00ff \"q\\\"\\x09\" (list log.body:any attribute value@2):list@2):list@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "[1, [2.0, \"x\"], {\"a\": [{\"b\": 0x01}]}]",
     "log: [1 [2.0 \"x\"] {\"a\":p[{\"b\":0x01}]}]"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "{\"a\": log.body, \"b\": [log.time]}",
     "log: (map \"a\":log.body:any attribute value@2 \"b\":(list log.time:time@2):list@2):map!@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "log.time - log.observed_time + Duration(\"1s\")",
     "log: (+ (- log.time:time@2 log.observed_time:time@2):duration@2 (Duration \"1s\"):duration!@-1):duration!@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "Split(\"a,b\", \",\")[0]",
     "log: (index (Split \"a,b\" \",\"):list!@-1 0):string!@-1"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "ParseJSON(log.body.string)[\"a\"][-1]",
     "log: (index (ParseJSON log.body.string:string@2):map or list!@2 \"a\" -1):any type!@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "log.severity_number / 2 + 1.5 / log.flags",
     "log: (+ (/ log.severity_number:int@2 2):int@2 (/ 1.5 log.flags:int@2):double!@2):double!@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "datapoint", OTTL_SIGNAL_NONE, "datapoint.positive.bucket_counts",
     "datapoint: datapoint.positive.bucket_counts:list or nil@3"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "Now(unseen, Nope())",
     "log: (Now):time@-1"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "Coalesce([log.attributes[\"a\"], 1, \"x\"])",
     "log: (Coalesce (items log.attributes[\"a\"]:any attribute value@2 1 \"x\")):bool, int, double, string, bytes, map or list@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "Concat(log.attributes[\"l\"], \"-\")",
     "log: (Concat log.attributes[\"l\"]:any attribute value@2 \"-\"):string!@2"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, "Concat([1, \"a\", log.body], \"-\")",
     "log: (Concat (items \"1\" \"a\" log.body:any attribute value@2) \"-\"):string!@2"},
};
static const struct told_case told_cases[] = {
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(body, name)",
     "error[E0301]: unknown path `name`\n"
     " --> 1:11\n"
     "  |\n"
     "1 | set(body, name)\n"
     "  |           ^^^^ not a path of the log context\n"
     "  = help: attributes are reached with keys: `attributes[\"name\"]`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(body.string, \"x\")",
     "error[E0302]: the path `body.string` has no context in front\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(body.string, \"x\")\n"
     "  |     ^^^^^^^^^^^\n"
     "  = help: write `log.body.string`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(lgo.body, span.name)",
     "error[E0303]: unknown context `lgo`\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(lgo.body, span.name)\n"
     "  |     ^^^\n"
     "  = help: did you mean `log`?\n"
     "\n"
     "error[E0303]: the log context does not see `span`\n"
     " --> 1:15\n"
     "  |\n"
     "1 | set(lgo.body, span.name)\n"
     "  |               ^^^^\n"
     "  = help: it sees `log`, `scope`, `resource`, `otelcol`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.bdy, log.attributes.service.name)",
     "error[E0301]: unknown path `log.bdy`\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(log.bdy, log.attributes.service.name)\n"
     "  |     ^^^^^^^ not a path of the log context\n"
     "  = help: did you mean `log.body`?\n"
     "\n"
     "error[E0301]: `log.attributes` has no field `service.name`\n"
     " --> 1:29\n"
     "  |\n"
     "1 | set(log.bdy, log.attributes.service.name)\n"
     "  |                             ^^^^^^^^^^^^\n"
     "  = help: values in it are reached with keys: `log.attributes[\"service.name\"]`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.trace_id[\"x\"], log.body.strin)",
     "error[E0305]: `log.trace_id` takes no keys\n"
     " --> 1:17\n"
     "  |\n"
     "1 | set(log.trace_id[\"x\"], log.body.strin)\n"
     "  |                 ^^^^^\n"
     "  = note: it reads trace id\n"
     "  = help: leave them out\n"
     "\n"
     "error[E0301]: `log.body` has no field `strin`\n"
     " --> 1:33\n"
     "  |\n"
     "1 | set(log.trace_id[\"x\"], log.body.strin)\n"
     "  |                                 ^^^^^\n"
     "  = help: did you mean `log.body.string`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "scope", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(scope.name, instrumentation_scope.name)",
     "error[E0303]: the scope context does not see `instrumentation_scope`\n"
     " --> 1:17\n"
     "  |\n"
     "1 | set(scope.name, instrumentation_scope.name)\n"
     "  |                 ^^^^^^^^^^^^^^^^^^^^^\n"
     "  = help: write `scope`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.attributes[\"x\"], resource.cache[\"y\"])",
     "error[E0304]: the log context has no access to the cache of `resource`\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.attributes[\"x\"], resource.cache[\"y\"])\n"
     "  |                          ^^^^^^^^^^^^^^^^^^^\n"
     "  = help: use its own: `log.cache`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_BARE, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(resource, log.body)",
     "error[E0301]: `resource` is a context, not a path\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(resource, log.body)\n"
     "  |     ^^^^^^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.severity_number, SEVERITY_NUMBER_WARM)",
     "error[E0306]: unknown enum symbol `SEVERITY_NUMBER_WARM` in the log context\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.severity_number, SEVERITY_NUMBER_WARM)\n"
     "  |                          ^^^^^^^^^^^^^^^^^^^^\n"
     "  = help: did you mean `SEVERITY_NUMBER_WARN`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "resource", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(resource.attributes[\"x\"], SPAN_KIND_SERVER)",
     "error[E0306]: unknown enum symbol `SPAN_KIND_SERVER` in the resource context\n"
     " --> 1:31\n"
     "  |\n"
     "1 | set(resource.attributes[\"x\"], SPAN_KIND_SERVER)\n"
     "  |                               ^^^^^^^^^^^^^^^^\n"
     "  = note: `SPAN_KIND_SERVER` is a symbol of the span context\n"
     "  = help: write the number: 2\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "span", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(span.trace_state[\"a\"][\"b\"], \"x\")",
     "error[E0310]: `trace_state` takes one key\n"
     " --> 1:10\n"
     "  |\n"
     "1 | set(span.trace_state[\"a\"][\"b\"], \"x\")\n"
     "  |          ^^^^^^^^^^^^^^^^^^^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "st(log.body, 1)",
     "error[E0501]: unknown function `st`\n"
     " --> 1:1\n"
     "  |\n"
     "1 | st(log.body, 1)\n"
     "  | ^^\n"
     "  = help: did you mean `set`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, Uppercase(\"a\"))",
     "error[E0501]: unknown function `Uppercase`\n"
     " --> 1:15\n"
     "  |\n"
     "1 | set(log.body, Uppercase(\"a\"))\n"
     "  |               ^^^^^^^^^\n"
     "  = help: did you mean `ToUpperCase`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body)",
     "error[E0502]: `set` wants 2 arguments, but there is 1\n"
     " --> 1:1\n"
     "  |\n"
     "1 | set(log.body)\n"
     "  | ^^^\n"
     "  = help: its signature is `set(target, value)`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, value=\"x\", 3)",
     "error[E0502]: `set` wants 2 arguments, but there are 3\n"
     " --> 1:1\n"
     "  |\n"
     "1 | set(log.body, value=\"x\", 3)\n"
     "  | ^^^\n"
     "  = help: its signature is `set(target, value)`\n"
     "\n"
     "error[E0504]: an argument without a name after one with a name\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.body, value=\"x\", 3)\n"
     "  |                          ^\n"
     "  |               --------- named from here on\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(target=log.body, valeu=\"x\")",
     "error[E0503]: `set` has no parameter `valeu`\n"
     " --> 1:22\n"
     "  |\n"
     "1 | set(target=log.body, valeu=\"x\")\n"
     "  |                      ^^^^^\n"
     "  = note: its signature is `set(target, value)`\n"
     "  = help: did you mean `value`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set((log.body), 1)",
     "error[E0506]: `target` of `set` wants a path\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set((log.body), 1)\n"
     "  |     ^^^^^^^^^^\n"
     "  = help: leave the parentheses out\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "limit(log.attributes, -1, [log.body])",
     "error[E0505]: `limit` of `limit` wants an int literal without sign or parentheses\n"
     " --> 1:23\n"
     "  |\n"
     "1 | limit(log.attributes, -1, [log.body])\n"
     "  |                       ^^\n"
     "  = help: its signature is `limit(target, limit, priority_keys)`\n"
     "\n"
     "error[E0505]: `priority_keys` of `limit` wants string literals only\n"
     " --> 1:28\n"
     "  |\n"
     "1 | limit(log.attributes, -1, [log.body])\n"
     "  |                            ^^^^^^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, Coalesce(log.attributes[\"x\"]))",
     "error[E0507]: `values` of `Coalesce` wants a list in brackets, such as `[a, b]`\n"
     " --> 1:24\n"
     "  |\n"
     "1 | set(log.body, Coalesce(log.attributes[\"x\"]))\n"
     "  |                        ^^^^^^^^^^^^^^^^^^^\n"
     "  = help: put it into brackets\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, ToUpperCase(5))",
     "error[E0401]: `target` of `ToUpperCase` wants a string\n"
     " --> 1:27\n"
     "  |\n"
     "1 | set(log.body, ToUpperCase(5))\n"
     "  |                           ^ int\n"
     "  = help: as a text it stands in double quotes\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, IsString(nil)) where IsInt(\"a\")",
     "error[E0401]: `target` of `IsString` wants a string\n"
     " --> 1:24\n"
     "  |\n"
     "1 | set(log.body, IsString(nil)) where IsInt(\"a\")\n"
     "  |                        ^^^ nil\n"
     "\n"
     "error[E0401]: `target` of `IsInt` wants an int\n"
     " --> 1:42\n"
     "  |\n"
     "1 | set(log.body, IsString(nil)) where IsInt(\"a\")\n"
     "  |                                          ^^^ string\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "replace_pattern(log.body, \"(\", \"b\", Len(\"a\"))",
     "error[E0508]: `function` of `replace_pattern` wants the name of a converter\n"
     " --> 1:37\n"
     "  |\n"
     "1 | replace_pattern(log.body, \"(\", \"b\", Len(\"a\"))\n"
     "  |                                     ^^^^^^^^\n"
     "  = help: write the name alone: `Len`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "replace_pattern(log.body, \"(\", \"b\")",
     "error[E0511]: the regex pattern supplied to replace_pattern '\"(\"' is not a valid pattern: error parsing regexp: missing closing ): `(`\n"
     " --> 1:27\n"
     "  |\n"
     "1 | replace_pattern(log.body, \"(\", \"b\")\n"
     "  |                           ^^^\n"
     "  = help: a parenthesis that is meant itself is written `\\\\(`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(target=log.body, target=log.flags)",
     "error[E0509]: `value` of `set` is missing\n"
     " --> 1:1\n"
     "  |\n"
     "1 | set(target=log.body, target=log.flags)\n"
     "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "  = note: the reference accepts this and crashes when it runs\n"
     "  = help: its signature is `set(target, value)`\n"
     "\n"
     "warning[W0704]: `target` is given twice; the last one counts\n"
     " --> 1:22\n"
     "  |\n"
     "1 | set(target=log.body, target=log.flags)\n"
     "  |                      ^^^^^^^^^^^^^^^^\n"
     "  |            -------- not used\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "limit(log.attributes, limit=1, limit=2)",
     "warning[W0707]: `priority_keys` of `limit` is missing and counts as empty\n"
     " --> 1:1\n"
     "  |\n"
     "1 | limit(log.attributes, limit=1, limit=2)\n"
     "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "  = help: its signature is `limit(target, limit, priority_keys)`\n"
     "\n"
     "warning[W0704]: `limit` is given twice; the last one counts\n"
     " --> 1:32\n"
     "  |\n"
     "1 | limit(log.attributes, limit=1, limit=2)\n"
     "  |                                ^^^^^^^\n"
     "  |                             - not used\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.attributes[\"x\"], otelcol.client.add)",
     "error[E0301]: unknown path `otelcol.client.add`\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.attributes[\"x\"], otelcol.client.add)\n"
     "  |                          ^^^^^^^^^^^^^^^^^^ not a path of the otelcol context\n"
     "  = help: did you mean `otelcol.client.addr`?\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, Len) where IsRootSpan()",
     "error[E0513]: `Len` is the name of a function, not a value\n"
     " --> 1:15\n"
     "  |\n"
     "1 | set(log.body, Len) where IsRootSpan()\n"
     "  |               ^^^\n"
     "  = help: call it: `Len(...)`\n"
     "\n"
     "error[E0501]: the log context has no function `IsRootSpan`\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.body, Len) where IsRootSpan()\n"
     "  |                          ^^^^^^^^^^\n"
     "  = help: it is there in the span context\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(log.body, IsString((x) => x))",
     "error[E0512]: no function here takes a lambda\n"
     " --> 1:24\n"
     "  |\n"
     "1 | set(log.body, IsString((x) => x))\n"
     "  |                        ^^^^^^^^\n"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_COMPILE, "{\"a\": [[{\"b\": 1}]]}",
     "error[E0402]: a map literal does not take a map two lists down\n"
     " --> 1:7\n"
     "  |\n"
     "1 | {\"a\": [[{\"b\": 1}]]}\n"
     "  |       ^^^^^^^^^^^^\n"
     "  = help: the reference refuses it too: a map may stand in a list, not in a list of lists\n"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "{\"a\": log.time, \"b\": 1, \"b\": 2}",
     "warning[W0701]: this always fails: a map literal does not take time\n"
     " --> 1:7\n"
     "  |\n"
     "1 | {\"a\": log.time, \"b\": 1, \"b\": 2}\n"
     "  |       ^^^^^^^^\n"
     "  = help: set the key by itself, such as `set(log.attributes[\"key\"], ...)`\n"
     "\n"
     "warning[W0705]: the key `b` is given twice; the last value counts\n"
     " --> 1:25\n"
     "  |\n"
     "1 | {\"a\": log.time, \"b\": 1, \"b\": 2}\n"
     "  |                         ^^^^^^\n"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "Split(\"a,b\", \",\")[0] + 1",
     "warning[W0701]: this arithmetic always fails: `+` does not take these types\n"
     " --> 1:24\n"
     "  |\n"
     "1 | Split(\"a,b\", \",\")[0] + 1\n"
     "  |                        ^ int\n"
     "  | -------------------- string\n"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "log.attributes[log.severity_number]",
     "warning[W0701]: this always fails: a map has no keys of type int\n"
     " --> 1:16\n"
     "  |\n"
     "1 | log.attributes[log.severity_number]\n"
     "  |                ^^^^^^^^^^^^^^^^^^^\n"
     "  = help: keys of maps are strings\n"},
    {OTTL_KIND_VALUES, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "ToUpperCase(log.trace_id)",
     "warning[W0701]: this call always fails: `target` of `ToUpperCase` wants a string\n"
     " --> 1:13\n"
     "  |\n"
     "1 | ToUpperCase(log.trace_id)\n"
     "  |             ^^^^^^^^^^^^ trace id\n"
     "  = help: take its text: add `.string`\n"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "log.trace_id == \"abc\" and log.attributes[\"a\"] == 1 and false",
     "warning[W0703]: this condition is always false\n"
     " --> 1:1\n"
     "  |\n"
     "1 | log.trace_id == \"abc\" and log.attributes[\"a\"] == 1 and false\n"
     "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "  |                                                        ----- because of this\n"
     "\n"
     "warning[W0702]: this comparison is always false: the types are never equal\n"
     " --> 1:17\n"
     "  |\n"
     "1 | log.trace_id == \"abc\" and log.attributes[\"a\"] == 1 and false\n"
     "  |                 ^^^^^ string\n"
     "  | ------------ trace id\n"
     "  = help: compare the text: add `.string`\n"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "Len(\"a\")",
     "warning[W0701]: this condition always fails: a bool is wanted\n"
     " --> 1:1\n"
     "  |\n"
     "1 | Len(\"a\")\n"
     "  | ^^^^^^^^ int\n"
     "  = help: compare it, such as `Len(...) != nil`\n"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "log.body == 1 and (true or IsString(\"a\"))",
     "warning[W0703]: this condition is always true\n"
     " --> 1:19\n"
     "  |\n"
     "1 | log.body == 1 and (true or IsString(\"a\"))\n"
     "  |                   ^^^^^^^^^^^^^^^^^^^^^^^\n"
     "  |                    ---- because of this\n"
     "\n"
     "warning[W0710]: this check is always true\n"
     " --> 1:28\n"
     "  |\n"
     "1 | log.body == 1 and (true or IsString(\"a\"))\n"
     "  |                            ^^^^^^^^^^^^^\n"
     "  |                                     --- string\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "log", OTTL_SIGNAL_NONE, OTTL_OK, "set(log.severity_number, \"x\") where 1 == 2",
     "warning[W0701]: this always fails: the path takes int\n"
     " --> 1:26\n"
     "  |\n"
     "1 | set(log.severity_number, \"x\") where 1 == 2\n"
     "  |                          ^^^ string\n"
     "\n"
     "warning[W0703]: this statement never runs: the condition is always false\n"
     " --> 1:37\n"
     "  |\n"
     "1 | set(log.severity_number, \"x\") where 1 == 2\n"
     "  |                                     ^^^^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "span", OTTL_SIGNAL_NONE, OTTL_OK, "set(span.status.code, \"Error\") where span.kind == \"SPAN_KIND_SERVER\"",
     "warning[W0701]: this always fails: the path takes int\n"
     " --> 1:23\n"
     "  |\n"
     "1 | set(span.status.code, \"Error\") where span.kind == \"SPAN_KIND_SERVER\"\n"
     "  |                       ^^^^^^^ string\n"
     "  = help: the number has a name: `STATUS_CODE_ERROR`\n"
     "\n"
     "warning[W0702]: this comparison is always false: the types are never equal\n"
     " --> 1:51\n"
     "  |\n"
     "1 | set(span.status.code, \"Error\") where span.kind == \"SPAN_KIND_SERVER\"\n"
     "  |                                                   ^^^^^^^^^^^^^^^^^^ string\n"
     "  |                                      --------- int\n"
     "  = note: the statement never runs\n"
     "  = help: the number has a name: `SPAN_KIND_SERVER`\n"},
    {OTTL_KIND_CONDITIONS, OTTL_PATHS_PREFIXED, "span", OTTL_SIGNAL_NONE, OTTL_OK, "span.trace_id != nil or span.kind == \"me\"",
     "warning[W0702]: this comparison is always true: the types are never equal\n"
     " --> 1:18\n"
     "  |\n"
     "1 | span.trace_id != nil or span.kind == \"me\"\n"
     "  |                  ^^^ nil\n"
     "  | ------------- trace id\n"
     "  = help: an id is never nil: one that was not given is all zeros\n"
     "\n"
     "warning[W0702]: this comparison is always false: the types are never equal\n"
     " --> 1:38\n"
     "  |\n"
     "1 | span.trace_id != nil or span.kind == \"me\"\n"
     "  |                                      ^^^^ string\n"
     "  |                         --------- int\n"
     "  = help: compare the text: add `.string`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_PREFIXED, "spanevent", OTTL_SIGNAL_NONE, OTTL_OK, "set(spanevent.event_index, 1)",
     "warning[W0706]: `event_index` always fails here: the host does not tell it\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(spanevent.event_index, 1)\n"
     "  |     ^^^^^^^^^^^^^^^^^^^^^\n"
     "\n"
     "warning[W0701]: this always fails: the path cannot be written\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(spanevent.event_index, 1)\n"
     "  |     ^^^^^^^^^^^^^^^^^^^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(body, 1)",
     "error[E0307]: cannot tell the context: no path of the group names one\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(body, 1)\n"
     "  |     ^^^^\n"
     "  = help: write `log.body`, or name the context of the group\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(instrumentation_scope.name, \"x\")",
     "error[E0307]: paths of `instrumentation_scope` alone do not tell the context of a group\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(instrumentation_scope.name, \"x\")\n"
     "  |     ^^^^^^^^^^^^^^^^^^^^^\n"
     "  = help: write `scope`\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_TRACES, OTTL_COMPILE, "set(log.body, \"x\")",
     "error[E0309]: this signal has no log context\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(log.body, \"x\")\n"
     "  |     ^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(resource.attributes[\"k\"], SPAN_KIND_SERVER) where SEVERITY_NUMBER_INFO == 9",
     "error[E0306]: unknown enum symbol `SPAN_KIND_SERVER` in the resource context\n"
     " --> 1:31\n"
     "  |\n"
     "1 | set(resource.attributes[\"k\"], SPAN_KIND_SERVER) where SEVERITY_NUMBER_INFO == 9\n"
     "  |                               ^^^^^^^^^^^^^^^^\n"
     "  = note: `SPAN_KIND_SERVER` is a symbol of the span context\n"
     "  = help: write the number: 2\n"
     "\n"
     "error[E0306]: unknown enum symbol `SEVERITY_NUMBER_INFO` in the resource context\n"
     " --> 1:55\n"
     "  |\n"
     "1 | set(resource.attributes[\"k\"], SPAN_KIND_SERVER) where SEVERITY_NUMBER_INFO == 9\n"
     "  |                                                       ^^^^^^^^^^^^^^^^^^^^\n"
     "  = note: `SEVERITY_NUMBER_INFO` is a symbol of the log context\n"
     "  = help: write the number: 9\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, NULL, OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(foo.bar, 1)",
     "error[E0303]: unknown context `foo`\n"
     " --> 1:5\n"
     "  |\n"
     "1 | set(foo.bar, 1)\n"
     "  |     ^^^\n"},
    {OTTL_KIND_TRANSFORM, OTTL_PATHS_EITHER, "lgo", OTTL_SIGNAL_NONE, OTTL_COMPILE, "set(foo.bar, 1)",
     "error[E0308]: unknown context `lgo` for a group\n"
     " --> 1:1\n"
     "  |\n"
     "1 | set(foo.bar, 1)\n"
     "  | ^\n"
     "  = help: did you mean `log`?\n"},
};
/* clang-format on */

static char rendered[1 << 16];
static void collect(void *context, const char *data, size_t len) {
  size_t *n = context;
  assert_true(*n + len < sizeof rendered);
  memcpy(rendered + *n, data, len);
  *n += len;
  rendered[*n] = 0;
}
static const char *render(const ottl_diags *d) {
  size_t n = 0;
  rendered[0] = 0;
  assert_int_equal(ottl_diags_render(d, OTTL_DIAGS_TEXT, false, collect, &n), OTTL_OK);
  while (n && rendered[n - 1] == '\n') n--; /* compared without blank lines at the end */
  if (n) rendered[n++] = '\n';
  rendered[n] = 0;
  return rendered;
}

typedef struct checked {
  ottl_allocator al;
  ottl_arena arena;
  ottl_diags *diags;
  ottl_checked_group group;
  ottl_status status;
} checked;

static void check_group(checked *c, const ottl_compile_options *options, const ottl_group *group) {
  c->al = ottl__alloc_or_default(options->allocator);
  ottl__arena_init(&c->arena, &c->al, 0);
  c->diags = NULL;
  c->status = ottl__diags_create(&c->al, &c->diags);
  if (c->status == OTTL_OK) c->status = ottl__sema_group(&c->arena, options, group, c->diags, &c->group);
}
static void check_done(checked *c) {
  if (c->status == OTTL_OK) ottl__sema_release(&c->al, &c->group);
  ottl_diags_free(c->diags);
  ottl__arena_done(&c->arena);
}
static void check_one(checked *c, const ottl_compile_options *options, const char *context, const char *text) {
  ottl_snippet snippet = {.text = text, .len = strlen(text)};
  ottl_group group = {.struct_size = sizeof group, .context = context, .statements = &snippet, .n_statements = 1};
  check_group(c, options, &group);
}

static void test_typed(void **state) {
  (void)state;
  for (size_t i = 0; i < OTTL_COUNT(typed_cases); i++) {
    ottl_compile_options options = {.struct_size = sizeof options, .kind = typed_cases[i].kind};
    options.paths = typed_cases[i].paths;
    options.signal = typed_cases[i].signal;
    checked c;
    check_one(&c, &options, typed_cases[i].context, typed_cases[i].text);
    assert_string_equal(render(c.diags), "");
    assert_int_equal(c.status, OTTL_OK);
    ottl_sbuf out;
    ottl__sbuf_init(&out, &c.al);
    ottl__sbuf_printf(&out, "%s: ", ottl__contexts[c.group.context].name);
    ottl__expr_print(c.group.statements[0].call, true, &out);
    if (c.group.statements[0].where) sbuf_str(&out, " where ");
    if (c.group.statements[0].where) ottl__expr_print(c.group.statements[0].where, true, &out);
    sbuf_byte(&out, 0);
    assert_string_equal(out.data, typed_cases[i].tree);
    ottl__sbuf_done(&out);
    check_done(&c);
  }
}

static void test_told(void **state) {
  (void)state;
  for (size_t i = 0; i < OTTL_COUNT(told_cases); i++) {
    ottl_compile_options options = {.struct_size = sizeof options, .kind = told_cases[i].kind};
    options.paths = told_cases[i].paths;
    options.signal = told_cases[i].signal;
    checked c;
    check_one(&c, &options, told_cases[i].context, told_cases[i].text);
    assert_string_equal(render(c.diags), told_cases[i].told);
    assert_int_equal(c.status, told_cases[i].status);
    check_done(&c);
  }
}

#define SNIPPET(literal) {.text = literal, .len = sizeof(literal) - 1}

/* Statements and conditions decide together; errors of all of them are told, those of broken ones are not guessed at. */
static void test_group(void **state) {
  (void)state;
  ottl_compile_options options = {.struct_size = sizeof options};
  ottl_snippet statements[] = {SNIPPET("set(resource.attributes[\"a\"], 1)"), SNIPPET("set(scope.name, \"x\")")};
  ottl_snippet conditions[] = {SNIPPET("span.kind == SPAN_KIND_SERVER"), SNIPPET("false")};
  ottl_group group = {.struct_size = sizeof group,
                      .statements = statements,
                      .n_statements = 2,
                      .conditions = conditions,
                      .n_conditions = 2,
                      .error_mode = OTTL_ERROR_IGNORE};
  checked c;
  check_group(&c, &options, &group);
  assert_int_equal(c.status, OTTL_OK);
  assert_int_equal(c.group.context, OTTL_C_SPAN);
  assert_int_equal(c.group.level, OTTL_L_ITEM);
  assert_int_equal(c.group.error_mode, OTTL_ERROR_IGNORE);
  assert_int_equal(c.group.n_conditions, 2);
  assert_int_equal(c.group.n_statements, 2);
  assert_int_equal(c.group.statements[1].call->call->args[0].expr->level, OTTL_L_SCOPE);
  check_done(&c);

  options.kind = OTTL_KIND_FILTER;
  group.n_statements = 0;
  check_group(&c, &options, &group);
  assert_int_equal(c.status, OTTL_OK);
  assert_int_equal(c.group.n_conditions, 2);
  assert_int_equal(c.group.n_statements, 0);
  check_done(&c);

  options.kind = OTTL_KIND_TRANSFORM;
  ottl_snippet broken[] = {SNIPPET("set(log.body, "), SNIPPET("set(log.nope, 1)"), SNIPPET("nope(log.body)"),
                           SNIPPET("set(x, y)")};
  group = (ottl_group){.struct_size = sizeof group, .statements = broken, .n_statements = 4};
  check_group(&c, &options, &group);
  assert_int_equal(c.status, OTTL_COMPILE);
  assert_int_equal(ottl_diags_errors(c.diags), 5);
  check_done(&c);
}

static void test_tables(void **state) {
  (void)state;
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    const ottl_path_info *p = &ottl__paths[i];
    assert_ptr_equal(ottl__path_find((ottl_context_id)p->context, view_str(p->spelling)), p);
    assert_true(p->types != 0 && p->doc[0]);
    /* A path's field lies at its context's level. */
    if (p->field != OTTL_FIELD_COUNT) assert_int_equal(ottl__fields[p->field].level, ottl__contexts[p->context].level);
    assert_true(i == 0 || ottl__paths[i - 1].context <= p->context);
  }
  for (uint32_t i = 0; i < ottl__n_enums; i++)
    assert_ptr_equal(ottl__enum_find((ottl_context_id)ottl__enums[i].context, view_str(ottl__enums[i].symbol)), &ottl__enums[i]);
  assert_null(ottl__enum_find(OTTL_C_EXEMPLAR, VIEW("FLAG_NONE")));
  assert_int_equal(ottl__context_find(VIEW("instrumentation_scope")), OTTL_CONTEXT_COUNT);
  assert_true(ottl__context_sees(OTTL_C_EXEMPLAR, OTTL_C_METRIC));
  assert_false(ottl__context_sees(OTTL_C_METRIC, OTTL_C_DATAPOINT));
}

static void test_names(void **state) {
  (void)state;
  static const char *const camel[][2] = {{"pair_delimiter", "PairDelimiter"},
                                         {"pairDelimiter", "PairDelimiter"},
                                         {"pair__delimiter", "PairDelimiter"},
                                         {"pair_delimiter_", "PairDelimiter"},
                                         {"pairDELIMITER", "PairDelimiter"},
                                         {"pairdelimiter", "Pairdelimiter"},
                                         {"utf8_safe", "Utf8Safe"},
                                         {"utf8safe", "Utf8Safe"},
                                         {"source_ip", "SourceIp"},
                                         {"a.b c-d", "ABCD"}};
  for (size_t i = 0; i < OTTL_COUNT(camel); i++) {
    char out[64];
    assert_int_equal(ottl__to_camel(view_str(camel[i][0]), out), strlen(camel[i][1]));
    assert_string_equal(out, camel[i][1]);
  }
  assert_int_equal(ottl__edit_distance(VIEW("body"), VIEW("bdoy"), 3), 1);
  assert_int_equal(ottl__edit_distance(VIEW("kitten"), VIEW("sitting"), 3), 3);
  assert_int_equal(ottl__edit_distance(VIEW("kitten"), VIEW("sitting"), 2), 3);
  assert_int_equal(ottl__edit_distance(VIEW(""), VIEW("ab"), 3), 2);
}

/* -- failing memory -- */
static void test_memory(void **state) {
  (void)state;
  static const char *const texts[] = {
      "set(log.attributes[\"a\"], {\"a\": [1, log.body], \"b\": ToUpperCase(\"x\")}) where IsMatch(log.body, \"^a\") and 1 == 1",
      "set(log.attributes[\"a\"], log.nope) where IsMatch(log.body, \"^a\") and IsMatch(log.body, \"b\") and false"};
  for (size_t t = 0; t < OTTL_COUNT(texts); t++) {
    ottl_status status = OTTL_NOMEM;
    for (size_t n = 0; status == OTTL_NOMEM && n < 10000; n++) {
      counter f = {.fail_at = n + 1, .onwards = true};
      ottl_allocator al = counter_allocator(&f);
      ottl_compile_options options = {.struct_size = sizeof options, .allocator = &al};
      checked c;
      check_one(&c, &options, "log", texts[t]);
      status = c.status;
      check_done(&c);
      assert_int_equal(f.live_blocks, 0);
    }
    assert_int_equal(status, t == 0 ? OTTL_OK : OTTL_COMPILE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_typed),  cmocka_unit_test(test_told),  cmocka_unit_test(test_group),
                                     cmocka_unit_test(test_tables), cmocka_unit_test(test_names), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
