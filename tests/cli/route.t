# ottl route

A routing connector of a collector's file. Without outputs it tells what each pipeline would get.

  $ cat > collector.yaml <<'END'
  > receivers: { otlp: { protocols: { grpc: } } }
  > exporters: { debug: }
  > connectors:
  >   routing:
  >     default_pipelines: [logs/rest]
  >     table:
  >       - context: log
  >         condition: severity_number >= SEVERITY_NUMBER_ERROR
  >         pipelines: [logs/errors, logs/all]
  >       - condition: log.attributes["user"] != nil
  >         action: copy
  >         pipelines: [logs/users]
  >       - context: request
  >         condition: request["X-Tenant"] == "acme"
  >         pipelines: [logs/acme]
  > service:
  >   pipelines:
  >     logs/in: { receivers: [otlp], exporters: [routing] }
  >     logs/errors: { receivers: [routing], exporters: [debug] }
  >     logs/all: { receivers: [routing], exporters: [debug] }
  >     logs/users: { receivers: [routing], exporters: [debug] }
  >     logs/acme: { receivers: [routing], exporters: [debug] }
  >     logs/rest: { receivers: [routing], exporters: [debug] }
  > END
  $ ottl route --config collector.yaml data/logs.json
  logs/errors: 1 record in 1 message
  logs/all: 1 record in 1 message
  logs/users: 1 record in 1 message
  logs/acme: 0 records in 0 messages
  logs/rest: 2 records in 1 message
  $ echo '{"metadata": {"x-tenant": ["acme"]}}' > request.json
  $ ottl route --config collector.yaml --request request.json data/logs.json data/logs.json
  logs/errors: 2 records in 2 messages
  logs/all: 2 records in 2 messages
  logs/users: 2 records in 2 messages
  logs/acme: 4 records in 2 messages
  logs/rest: 0 records in 0 messages

A file for each, in the format and compression of the input.

  $ ottl route --config collector.yaml --out-dir out --stats data/logs.json 2>stats
  $ cat out/logs_errors.jsonl
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ cmp out/logs_errors.jsonl out/logs_all.jsonl
  $ wc -c < out/logs_acme.jsonl
  0
  $ sed '/speed/d;/bytes/d' stats
  messages 1
  records  3 in, 0 changed, 0 dropped, 0 failed (0 errors)
  pipeline logs/errors: 1 record in 1 message
  pipeline logs/all: 1 record in 1 message
  pipeline logs/users: 1 record in 1 message
  pipeline logs/acme: 0 records in 0 messages
  pipeline logs/rest: 2 records in 1 message
  $ ottl run -s 'set(log.severity_text, "x")' data/logs.json --to proto-delimited --compress zstd -o logs.pb.zst
  $ ottl route --config collector.yaml --out-dir packed logs.pb.zst && ls packed
  logs_acme.pb.zst
  logs_all.pb.zst
  logs_errors.pb.zst
  logs_rest.pb.zst
  logs_users.pb.zst
  $ ottl filter -c 'log.body == nil' packed/logs_errors.pb.zst --to json --compress none
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"severityText":"x","body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}

Routes of the command line.

  $ ottl route -r 'errors: log.severity_number >= SEVERITY_NUMBER_ERROR' -r rest -o errors=- data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl route -r 'shop: resource.attributes["service.name"] == "shop"' -r rest data/traces.json
  shop: 2 records in 1 message
  rest: 0 records in 0 messages
  $ ottl route -r 'a: log.body + 1 == 2' -r rest data/logs.json
  ottl: data/logs.json: message 1: route `log.body + 1 == 2` failed on log record 1 (resource 1, scope 1, item 1): R0810: a value of type string takes no part in math: it must be int64, float64, time.Time or time.Duration
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl route -r 'a: log.body + 1 == 2' -r rest --error-mode ignore data/logs.json
  ottl: warning: route `log.body + 1 == 2` failed on 3 records, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0810: a value of type string takes no part in math: it must be int64, float64, time.Time or time.Duration
  a: 0 records in 0 messages
  rest: 3 records in 1 message

Wrong use.

  $ ottl route data/logs.json
  ottl: nothing to route by: give --config or -r (`ottl help route` shows examples)
  [2]
  $ ottl route -r 'log.body == "x"' data/logs.json
  ottl: -r takes `NAME: CONDITION`, or `NAME` for the rest: this is `log.body == "x"`
  [2]
  $ ottl route -r 'a: true' -o b=x data/logs.json
  ottl: --output b=x: no route leads to `b`
  [2]
  $ ottl route -r 'a: true' -r b -o a=x -o b=x data/logs.json
  ottl: --output b=x: another pipeline is written there
  [2]
  $ ottl route --config collector.yaml --connector routing/two data/logs.json
  ottl: collector.yaml has no routing connector `routing/two`: it has `routing`
  [2]
  $ ottl route --config collector.yaml data/traces.json
  ottl: data/traces.json: message 1: it has traces, the routes are about logs
  [4]
  $ ottl route -r 'a: log.bdy == 1' data/logs.json
  error[E0301]: unknown path `log.bdy`
   --> -r:1:1
    |
  1 | log.bdy == 1
    | ^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  [3]
  $ ottl route -r 'a: span.name == "x"' --signal logs data/logs.json
  warning[W1002]: this route takes nothing: what it is given has no span context
   --> -r:1:1
    |
  1 | span.name == "x"
    | ^^^^^^^^^^^^^^^^
  a: 0 records in 0 messages

Configurations are held against what the collector takes.

  $ cat > wrong.yaml <<'END'
  > connectors:
  >   routing:
  >     default_pipelines: [log/rest]
  >     table:
  >       - context: scope
  >         condition: name == "x"
  >         pipelines: [logs/a]
  >         action: drop
  >       - statement: set(log.body, 1)
  >         condition: "true"
  >         pipelines: []
  >       - pipelines: [logs/a]
  >         match_once: true
  > END
  $ ottl route --config wrong.yaml data/logs.json
  error[E1007]: `log/rest` is no name of a pipeline
   --> wrong.yaml:3:25
    |
  3 |     default_pipelines: [log/rest]
    |                         ^^^^^^^^
    = help: write a signal, and a name behind a slash if there are several: `logs/errors`
  
  error[E0308]: routes have no context `scope`
   --> wrong.yaml:5:18
    |
  5 |       - context: scope
    |                  ^^^^^
    = help: `resource`, `span`, `metric`, `datapoint`, `log` or `otelcol`; or leave the key out: the paths tell
  
  error[E1007]: unknown action `drop`
   --> wrong.yaml:8:17
    |
  8 |         action: drop
    |                 ^^^^
    = help: `move` (the default) or `copy`
  
  error[E1009]: a route without pipelines
    --> wrong.yaml:11:20
     |
  11 |         pipelines: []
     |                    ^
     = help: say where it leads: `pipelines: [logs/errors]`
  
  error[E1008]: a route with a condition and a statement
    --> wrong.yaml:10:21
     |
   9 |       - statement: set(log.body, 1)
     |                    ---------------- the statement
  10 |         condition: "true"
     |                     ^^^^
     = help: leave one of them out
  
  error[E1005]: `a route` has no key `match_once`
    --> wrong.yaml:13:9
     |
  13 |         match_once: true
     |         ^^^^^^^^^^
  
  error[E1009]: a route without a condition
    --> wrong.yaml:12:9
     |
  12 |       - pipelines: [logs/a]
     |         ^
     = help: give it a `condition`
  [3]
  $ cat > statements.yaml <<'END'
  > connectors:
  >   routing:
  >     table:
  >       - statement: set(log.body, 1) where log.severity_number > 9
  >         pipelines: [logs/a]
  >       - context: request
  >         condition: request["x"] > "1"
  >         pipelines: [logs/b, traces/c]
  > END
  $ ottl route --config statements.yaml data/logs.json
  error[E0501]: the log context has no function `set`
   --> statements.yaml:4:20
    |
  4 | set(log.body, 1) where log.severity_number > 9
    | ^^^
  
  error[E1010]: a condition on the request has `==` or `!=`
   --> statements.yaml:7:20
    |
  7 | request["x"] > "1"
    | ^^^^^^^^^^^^^^^^^^
    = help: write `request["NAME"] == "VALUE"`, or a condition of the otelcol context
  [3]
