# Errors and exit statuses

Wrong use: 2.

  $ ottl
  ottl: what is to be done? `ottl --help` tells
  [2]
  $ ottl frobnicate
  ottl: no command `frobnicate`; `ottl --help` lists them
  [2]
  $ ottl run data/logs.json
  ottl: nothing to run: give statements with -s or a file with -f (`ottl help run` shows examples)
  [2]
  $ ottl run -s 'set(log.body, 1)' --form json
  ottl: no option `--form`; `ottl help run` lists them
  [2]
  $ ottl run -s 'set(log.body, 1)' --from yaml
  ottl: `yaml` is no value of --from: give auto, proto, proto-delimited, proto-framed, json or jsonl
  [2]
  $ ottl run -s 'set(log.body, 1)' --error-mode
  ottl: --error-mode needs a value: MODE
  [2]
  $ ottl run -s 'set(log.body, 1)' --stats=yes
  ottl: --stats takes no value
  [2]
  $ ottl run -x
  ottl: no option `-x`; `ottl help run` lists them
  [2]
  $ ottl run -f a.ottl -f b.ottl
  ottl: --file is given twice
  [2]
  $ ottl run -f data/logs.json -s 'set(log.body, 1)'
  ottl: -s and -f do not go together: put everything into the file
  [2]
  $ ottl run -s 'set(log.body, 1)' no-such-file
  ottl: cannot open no-such-file: No such file or directory
  [2]
  $ ottl run -f no-such-file
  ottl: cannot open no-such-file: No such file or directory
  [2]
  $ ottl run -s 'set(log.body, 1)' data/logs.json -o no-such-folder/x
  ottl: cannot create a file beside no-such-folder/x: No such file or directory
  [2]
  $ ottl filter
  ottl: nothing to filter by: give conditions with -c or a file with -f (`ottl help filter` shows examples)
  [2]

Statements that do not compile: 3. All of them are told at once.

  $ ottl run -s 'set(log.bodi, 1)' -s 'set(log.body, "a"' data/logs.json
  error[E0301]: unknown path `log.bodi`
   --> statement 1:1:5
    |
  1 | set(log.bodi, 1)
    |     ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  
  error[E0203]: `(` is not closed
   --> statement 2:1:18
    |
  1 | set(log.body, "a"
    |                  ^ expected `)`
    |    - opened here
    = help: close it with `)`
  [3]
  $ printf 'context: log\n# a comment\nset(body, 1) where\n  attributes["a"] = 1\nsett(body, 2)\n' > bad.ottl
  $ ottl run -f bad.ottl data/logs.json
  error[E0201]: expected an operator or the end, found `=`
   --> bad.ottl:4:19
    |
  4 |   attributes["a"] = 1
    |                   ^
    = help: `==` compares
  
  error[E0501]: unknown function `sett`
   --> bad.ottl:5:1
    |
  5 | sett(body, 2)
    | ^^^^
    = help: did you mean `set`?
  [3]
  $ ottl filter -c 'log.body ==' data/logs.json
  error[E0202]: expected a value, found the end
   --> 1:12
    |
  1 | log.body ==
    |            ^
  [3]

The input is no OTLP: 4.

  $ ottl run -s 'set(log.body, 1)' --from json <<< '{"resourceLogs": 3}'
  ottl: standard input: message 1: not valid OTLP/JSON at byte 2: `resourceLogs`: expected an array, found a number
  [4]
  $ ottl run -s 'set(log.body, 1)' <<< '{"resourceLogs": ['
  ottl: standard input: byte 19: the last JSON object is cut off
  [4]
  $ printf '\012\377' | ottl run -s 'set(log.body, 1)' --from proto
  ottl: standard input: message 1: not valid OTLP at byte 0: length runs over the end of the message
  [4]
  $ ottl run -s 'set(log.body, 1)' data/traces.json
  ottl: data/traces.json: message 1: it has traces, the statements are about logs
  [4]
  $ ottl run -s 'set(resource.schema_url, "u")' <<< '{"a": 1}'
  ottl: standard input: message 1: this JSON has no resourceLogs, resourceSpans, resourceMetrics or resourceProfiles
  [4]
  $ printf '\050\265\057\375xxxx' | ottl run -s 'set(log.body, 1)'
  ottl: standard input: bad zstd data: Unsupported frame parameter
  [4]

Protobuf does not say which signal it is.

  $ ottl run -s 'set(log.body, "x")' data/logs.json --to proto -o logs.pb
  $ ottl run -s 'set(resource.schema_url, "u")' logs.pb
  ottl: protobuf does not tell logs, traces, metrics and profiles apart, and neither do the statements: give --signal
  [2]
  $ ottl run -s 'set(resource.schema_url, "u")' logs.pb --signal logs --to json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"x"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"x"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"x"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}],"schemaUrl":"u"}]}

A record fails: 5 under propagate; under ignore a warning; under silent nothing.

  $ ottl run -s 'set(log.attributes["a"], ParseJSON(log.body))' data/logs.json
  ottl: data/logs.json: message 1: statement 1 `set(log.attributes["a"], ParseJSON(log.body))` failed on log record 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl run -s 'set(log.attributes["a"], ParseJSON(log.body))' data/logs.json --error-mode ignore -o out
  ottl: warning: statement 1 `set(log.attributes["a"], ParseJSON(log.body))` failed on 3 records, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  $ ottl run -s 'set(log.attributes["a"], ParseJSON(log.body))' data/logs.json --error-mode silent -o out
  $ printf 'context: log\nset(attributes["a"], ParseJSON(body))\n' > parse.ottl
  $ ottl run -f parse.ottl data/logs.json --error-mode ignore -o out
  ottl: warning: parse.ottl: group 1, statement 1 failed on 3 records, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0834: invalid JSON

What would come out is more than a message may have:

  $ list='[log.cache["l"], log.cache["l"], log.cache["l"], log.cache["l"], log.cache["l"], log.cache["l"], log.cache["l"], log.cache["l"]]'
  $ ottl run data/logs.json -s 'set(log.cache["l"], Format("%1000000s", ["x"]))' -s "set(log.cache[\"l\"], $list)" -s "set(log.cache[\"l\"], $list)" -s "set(log.cache[\"l\"], $list)" -s "set(log.body, $list)"
  ottl: data/logs.json: message 1: the result would be larger, or deeper, than a payload may be
  [4]

Nobody reads: no error.

  $ for i in 1 2 3 4 5 6 7 8; do cat data/traces.json data/traces.json data/traces.json data/traces.json; done > many
  $ set -o pipefail; ottl run -s 'set(span.name, "x")' many many many many many many many many | head -c 10
  {"resource
  (no newline)

Values that are shown have no controls in them, those of Unicode included, and turn no lines around:

  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a\\u001b[31m\xc2\x9b31m\xe2\x80\xae \xc3\xa9"}}]}]}]}' > hostile.json
  $ ottl run --show-values -s 'set(log.attributes["a"], ParseJSON(log.body))' hostile.json 2>&1 | grep came
  ottl: it came as {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a\u001b[31m\u009b31m\u202e é"}}]}]}]}
  [5]
