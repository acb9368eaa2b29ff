# ottl run --config

A collector's file: its transform and filter processors run as the first pipeline of the signal says. Other processors are passed over.

  $ cat > collector.yaml <<'END'
  > receivers: { otlp: { protocols: { grpc: } } }
  > processors:
  >   batch:
  >   transform/redact:
  >     error_mode: ignore
  >     log_statements:
  >       - replace_pattern(log.body, "[a-z]+@[a-z.]+", "<${env:MASK:-email}>")
  >       - delete_key(log.attributes, "token")
  >   filter/debug:
  >     log_conditions:
  >       - log.severity_number < SEVERITY_NUMBER_INFO
  >   filter/health:
  >     traces:
  >       span: 'name == "GET /health"'
  > exporters: { debug: }
  > service:
  >   pipelines:
  >     traces: { receivers: [otlp], processors: [filter/health, batch], exporters: [debug] }
  >     logs: { receivers: [otlp], processors: [filter/debug, transform/redact, batch], exporters: [debug] }
  > END
  $ ottl run --config collector.yaml data/logs.json --stats 2>stats
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"<email> signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}}]},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to <email> failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ sed '/speed/d;/bytes/d' stats
  messages 1
  records  3 in, 2 changed, 1 dropped, 0 failed (0 errors)
  $ MASK='$$' ottl run --config collector.yaml --processor transform/redact data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"<$> signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to <$> failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl run --config collector.yaml data/traces.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{"code":2}}]}]}]}
  $ ottl run --config collector.yaml data/metrics.json
  ottl: there are metrics in the input, and collector.yaml has no pipeline for them
  [4]
  $ ottl run --config collector.yaml --processor filter/health --processor nothing data/traces.json
  ottl: collector.yaml has no processor `nothing`: it has `transform/redact`, `filter/debug`, `filter/health`
  [2]
  $ ottl run --config collector.yaml --error-mode ignore data/logs.json
  ottl: --error-mode is for -s and -f: the configuration has `error_mode:`
  [2]
  $ ottl run --processor filter/health -s 'set(log.body, 1)' data/logs.json
  ottl: --processor is for --config
  [2]

Without pipelines all of them run, in the order of the file. Failures are told unless they are silent.

  $ cat > processors.yaml <<'END'
  > processors:
  >   transform:
  >     log_statements:
  >       - context: log
  >         conditions: ['severity_number >= SEVERITY_NUMBER_INFO']
  >         statements:
  >           - set(attributes["parsed"], ParseJSON(body))
  >       - error_mode: silent
  >         statements:
  >           - set(log.attributes["n"], Int(log.body) + 1)
  >       - shared_cache: true
  >         statements:
  >           - set(log.cache["n"], 0) where log.cache["n"] == nil
  >           - set(log.cache["n"], log.cache["n"] + 1)
  >           - set(log.attributes["number"], log.cache["n"])
  >   filter:
  >     error_mode: propagate
  >     log_conditions: ['log.attributes["number"] != 3']
  > END
  $ ottl run --config processors.yaml data/logs.json data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}},{"key":"number","value":{"intValue":"3"}}]}]}]}]}
  ottl: warning: transform: group 1, statement 1 failed on 4 records, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  $ cat > strict.yaml <<'END'
  > processors:
  >   filter/strict:
  >     error_mode: propagate
  >     logs:
  >       log_record: ['Int(body) + 1 > 2']
  > END
  $ ottl run --config strict.yaml data/logs.json
  ottl: data/logs.json: message 1: filter/strict: group 1, condition 1 failed on log record 1 (resource 1, scope 1, item 1): R0830: cannot convert the text to an int64
  ottl: stopped there; `error_mode: ignore` goes on
  [5]

What is wrong is shown where it stands.

  $ cat > bad.yaml <<'END'
  > processors:
  >   transform:
  >     eror_mode: ignore
  >     log_statements:
  >       - set(log.body, "x"
  >       - context: log
  >   transform/2:
  >     error_mode: never
  >     metric_statements: set(metric.name, "x")
  >   filter:
  >     logs: { log_record: ['true'], include: { match_type: strict } }
  >     log_conditions:
  >       - true
  >   filter/3:
  >     trace_conditions: [{ context: log, conditions: ['${NOT SET}'] }]
  > END
  $ ottl run --config bad.yaml data/logs.json
  error[E1004]: `NOT SET` is no name of a variable
    --> bad.yaml:15:54
     |
  15 |     trace_conditions: [{ context: log, conditions: ['${NOT SET}'] }]
     |                                                      ^^^^^^^^^^
     = help: names are letters, digits and `_`, and do not begin with a digit; `$$` stands for a `$`
  [3]
  $ sed -i 's/{NOT SET}/NOT_SET/' bad.yaml && ottl run --config bad.yaml data/logs.json
  error[E1005]: `transform` has no key `eror_mode`
   --> bad.yaml:3:5
    |
  3 |     eror_mode: ignore
    |     ^^^^^^^^^
    = help: did you mean `error_mode`?
  
  error[E1008]: a group behind plain statements
   --> bad.yaml:6:9
    |
  5 |       - set(log.body, "x"
    |         ----------------- a plain statement
  6 |       - context: log
    |         ^
    = help: write groups alone, or statements alone
  
  error[E1007]: unknown error mode `never`
   --> bad.yaml:8:17
    |
  8 |     error_mode: never
    |                 ^^^^^
    = help: `propagate`, `ignore` or `silent`; leave the key out for the default
  
  error[E1006]: `metric_statements` is a list, this is a string
   --> bad.yaml:9:24
    |
  9 |     metric_statements: set(metric.name, "x")
    |                        ^^^^^^^^^^^^^^^^^^^^^
  
  error[E1008]: `include` does not go together with `log_record`
    --> bad.yaml:11:35
     |
  11 |     logs: { log_record: ['true'], include: { match_type: strict } }
     |                                   ^^^^^^^
     |             ---------- `log_record`
     = help: choose one of them for a signal
  
  error[E1008]: `log_conditions` does not go together with `log_record`
    --> bad.yaml:12:5
     |
  11 |     logs: { log_record: ['true'], include: { match_type: strict } }
     |             ---------- `log_record`
  12 |     log_conditions:
     |     ^^^^^^^^^^^^^^
     = help: choose one of them for a signal
  
  error[E1008]: `log_conditions` does not go together with `include`
    --> bad.yaml:12:5
     |
  11 |     logs: { log_record: ['true'], include: { match_type: strict } }
     |                                   ------- `include`
  12 |     log_conditions:
     |     ^^^^^^^^^^^^^^
     = help: choose one of them for a signal
  
  error[E1006]: `a group of conditions` is a map, this is a bool
    --> bad.yaml:13:9
     |
  13 |       - true
     |         ^^^^
  
  error[E0309]: traces have no log context
    --> bad.yaml:15:35
     |
  15 |     trace_conditions: [{ context: log, conditions: ['$NOT_SET'] }]
     |                                   ^^^
     = help: logs are under `log_...`
  [3]
  $ cat > worse.yaml <<'END'
  > processors:
  >   transform:
  >     log_statements:
  >       - set(log.body, "x")
  >       - >-
  >         set(log.nothing, 1)
  >       - "set(log.attributes[\"a\"], Nope(1))"
  >       - set(log.body, 1) where true and log.sverity_text == ""
  > END
  $ ottl run --config worse.yaml data/logs.json
  error[E0301]: unknown path `log.nothing`
   --> worse.yaml:6:13
    |
  6 | set(log.nothing, 1)
    |     ^^^^^^^^^^^ not a path of the log context
    = help: attributes are reached with keys: `log.attributes["nothing"]`
  
  error[E0501]: unknown function `Nope`
   --> worse.yaml:7:37
    |
  7 | set(log.attributes["a"], Nope(1))
    |                          ^^^^
  
  error[E0301]: unknown path `log.sverity_text`
   --> worse.yaml:8:41
    |
  8 | set(log.body, 1) where true and log.sverity_text == ""
    |                                 ^^^^^^^^^^^^^^^^ not a path of the log context
    = help: did you mean `log.severity_text`?
  [3]
  $ printf 'processors:\n  filter: {a: 1, a: 2}\n  transform: *x\n' > twice.yaml && ottl run --config twice.yaml data/logs.json
  error[E1002]: the key `a` is there twice
   --> twice.yaml:2:18
    |
  2 |   filter: {a: 1, a: 2}
    |                  ^
    |            - first here
  
  error[E1001]: there is no anchor `x` before this
   --> twice.yaml:3:14
    |
  3 |   transform: *x
    |              ^^
  [3]
  $ printf 'processors: [1' > broken.yaml && ottl run --config broken.yaml data/logs.json
  error[E1001]: this is not YAML: did not find expected ',' or ']'
   --> broken.yaml:1:15
    |
  1 | processors: [1
    |               ^
    = note: while parsing a flow sequence
  [3]
  $ echo 'exporters: {debug: }' > none.yaml && ottl run --config none.yaml data/logs.json
  ottl: none.yaml has no transform or filter processor
  [2]
  $ ottl run --config nowhere.yaml data/logs.json
  ottl: cannot open nowhere.yaml: No such file or directory
  [2]

A block keeps its lines.

  $ cat > block.yaml <<'END'
  > processors:
  >   transform:
  >     log_statements:
  >       - |
  >         set(log.attributes["x"],
  >             log.nothing)
  > END
  $ ottl run --config block.yaml data/logs.json
  error[E0301]: unknown path `log.nothing`
   --> block.yaml:6:13
    |
  6 |     log.nothing)
    |     ^^^^^^^^^^^ not a path of the log context
    = help: attributes are reached with keys: `log.attributes["nothing"]`
  [3]

Failures that are ignored do not hide the one that counts.

  $ cat > two.yaml <<'END'
  > processors:
  >   transform:
  >     log_statements:
  >       - statements: ['set(log.attributes["n"], Int(log.body))']
  >       - error_mode: propagate
  >         statements: ['set(log.attributes["ok"], true)', 'set(log.attributes["m"], ParseJSON(log.body))']
  > END
  $ ottl run --config two.yaml data/logs.json
  ottl: data/logs.json: message 1: transform: group 2, statement 2 failed on log record 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  ottl: stopped there; `error_mode: ignore` goes on
  [5]

Places in literal blocks that begin with empty lines or blanks of their own, and in what a variable gave. A tab is named.

  $ cat > places.yaml <<'EOF'
  > processors:
  >   transform:
  >     log_statements:
  >       - |2-
  > 
  >           set(log.bod, 1)
  >       - |2
  >           set(log.bod, 1)
  > EOF
  $ ottl check --config places.yaml --format short
  places.yaml:6:15: error[E0301]: unknown path `log.bod`
  places.yaml:8:15: error[E0301]: unknown path `log.bod`
  [1]
  $ printf 'processors:\n  transform: ${env:T}\n' > variable.yaml
  $ T='{log_statments: []}' ottl check --config variable.yaml --format short
  variable.yaml:2:14: error[E1005]: `transform` has no key `log_statments`
  [1]
  $ T='{log_statments: []}' ottl check --config variable.yaml --format json | grep -o '"fixes":.*'
  "fixes":[]}
  $ printf 'processors:\n\ttransform:\n' > tab.yaml
  $ ottl check --config tab.yaml | grep help
    = help: this is a tab: YAML is indented by spaces alone

Places are those of the file, whatever form YAML and variables give a text: escapes, doubled quotes, folded lines, lines that go on.

  $ cat > forms.yaml <<'END'
  > processors:
  >   transform:
  >     log_statements:
  >       - "set(log.body, \"x\") where log.atributes[\"a\"] == 1"
  >       - 'set(log.body, ''x'') where log.atributes["b"] == 1'
  >       - >-
  >         set(log.body, "x")
  >         where log.atributes["c"] == 1
  >       - set(log.body, "x")
  >         where log.atributes["d"] == 1
  >       - 'replace_pattern(log.body, "a$$", "${env:FOO:-bar}") where log.atributes["e"] == 1'
  >       - "set(log.body, \"\u00e9é\") where \
  >          log.atributes[\"f\"] == 1"
  >       - |
  >         set(log.body, "${env:FOO:-bar}")
  >           where log.atributes["g"] == 1
  > END
  $ ottl check --config forms.yaml --format short
  forms.yaml:4:37: error[E0301]: unknown path `log.atributes`
  forms.yaml:5:24: error[E0109]: strings do not stand in `'`
  forms.yaml:8:15: error[E0301]: unknown path `log.atributes`
  forms.yaml:10:15: error[E0301]: unknown path `log.atributes`
  forms.yaml:11:68: error[E0301]: unknown path `log.atributes`
  forms.yaml:13:10: error[E0301]: unknown path `log.atributes`
  forms.yaml:16:17: error[E0301]: unknown path `log.atributes`
  [1]

The condition of a route's statement too.

  $ cat > routes.yaml <<'END'
  > connectors:
  >   routing:
  >     table:
  >       - statement: "route() where resource.attributes[\"a\"] == \"b\" and resource.bod == 1"
  >         pipelines: [logs/x]
  >       - statement: |
  >           route()
  >             where resource.attributes["a"] == "b"
  >               and resource.bod == 2
  >         pipelines: [logs/x]
  > END
  $ ottl check --config routes.yaml --format short
  routes.yaml:4:75: error[E0301]: unknown path `resource.bod`
  routes.yaml:9:19: error[E0301]: unknown path `resource.bod`
  [1]
