# ottl view

  $ ottl view data/logs.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 1 2026-09-21T14:13:20.000000001Z INFO
    time_unix_nano   2026-09-21T14:13:20.000000001Z
    severity_number  SEVERITY_NUMBER_INFO (9)
    body             "ana@example.com signed in"
    attributes
      user   "ana"
      token  "t0p"
  
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG
    time_unix_nano   2026-09-21T14:13:20.000000002Z
    severity_number  SEVERITY_NUMBER_DEBUG (5)
    body             "cache miss"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR
    time_unix_nano   2026-09-21T14:13:20.000000003Z
    severity_number  SEVERITY_NUMBER_ERROR (17)
    body             "mail to bob@example.org failed"
    attributes
      code  550
  $ ottl view data/traces.json data/metrics.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "http"
    name  "http"
  
  span 1 "GET /cart" 500ms
    trace_id              0102030405060708090a0b0c0d0e0f10
    span_id               0102030405060708
    name                  "GET /cart"
    kind                  SPAN_KIND_SERVER (2)
    start_time_unix_nano  2026-09-21T14:13:20Z
    end_time_unix_nano    2026-09-21T14:13:20.5Z
    attributes
      http.url  "https://shop.example/cart?token=abc"
    status
      code  STATUS_CODE_ERROR (2)
  
  span 2 "GET /health" 900µs
    trace_id              0102030405060708090a0b0c0d0e0f10
    span_id               0102030405060709
    name                  "GET /health"
    kind                  SPAN_KIND_SERVER (2)
    start_time_unix_nano  2026-09-21T14:13:20Z
    end_time_unix_nano    2026-09-21T14:13:20.0009Z
    events
      time_unix_nano  2026-09-21T14:13:20.0000005Z
      name            "ok"
  
  data/metrics.json: message 1 (metrics)
  
  resource 1
  
  scope 1.1 "m"
    name  "m"
  
  metric 1 "temp" gauge
    name  "temp"
    unit  "C"
    gauge
      data_points
        time_unix_nano  1970-01-01T00:00:00.000000001Z
        as_double       21.5
        attributes
          room  "a"
      data_points
        time_unix_nano  1970-01-01T00:00:00.000000001Z
        as_double       -3.0
        attributes
          room  "b"
  
  metric 2 "requests" sum
    name  "requests"
    sum
      data_points
        time_unix_nano  1970-01-01T00:00:00.000000001Z
        as_int          7
      aggregation_temporality  AGGREGATION_TEMPORALITY_CUMULATIVE (2)
      is_monotonic             true

The same in other framings and compressions; protobuf does not tell what it is.

  $ ottl run -s 'set(log.flags, 1) where log.flags == 9' --to proto data/logs.json -o logs.pb
  $ ottl run -s 'set(log.flags, 1) where log.flags == 9' --to proto-framed --compress zstd data/logs.json -o logs.zst
  $ ottl view logs.pb
  ottl: protobuf does not tell logs, traces, metrics and profiles apart: give --signal
  [2]
  $ ottl view --signal logs logs.pb > a; ottl view --signal logs --from proto-framed logs.zst > b; ottl view < data/logs.json > c; cmp a b && cmp b c

Which records, and what of them.

  $ ottl view -n 1 --fields severity_number,body data/logs.json data/traces.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 1 2026-09-21T14:13:20.000000001Z INFO
    severity_number  SEVERITY_NUMBER_INFO (9)
    body             "ana@example.com signed in"
  $ ottl view --where 'log.severity_number >= SEVERITY_NUMBER_INFO' --format lines --fields body data/logs.json
  resource 1 "shop"
    attributes["service.name"] = "shop"
  
  scope 1.1 "app"
    name = "app"
  
  log record 1 2026-09-21T14:13:20.000000001Z INFO
    body = "ana@example.com signed in"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR
    body = "mail to bob@example.org failed"
  $ ottl view -w 'log.body == "cache miss"' -w 'IsMatch(log.body, "^mail")' --fields body data/logs.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG
    body  "cache miss"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR
    body  "mail to bob@example.org failed"
  $ ottl view -w 'body == "cache miss"' --context log --fields body data/logs.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG
    body  "cache miss"
  $ ottl view -w 'resource.attributes["service.name"] == "shop"' --fields name data/traces.json data/metrics.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "http"
    name  "http"
  
  span 1 "GET /cart" 500ms
    name  "GET /cart"
  
  span 2 "GET /health" 900µs
    name  "GET /health"
  $ ottl view -w 'datapoint.value_double < 0' --fields name data/metrics.json
  resource 1
  
  scope 1.1 "m"
    name  "m"
  
  metric 1 "temp" gauge
    name  "temp"
  $ ottl view -w 'spanevent.name == "ok"' --fields name data/traces.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "http"
    name  "http"
  
  span 2 "GET /health" 900µs
    name  "GET /health"
  $ ottl view -w 'Int(log.body) > 0' data/logs.json
  $ ottl view --row 3 --max-text 7 data/logs.json
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR
    time_unix_nano   2026-09-21T14:13:20.000000003Z
    severity_number  SEVERITY_NUMBER_ERROR (17)
    body             "mail to" and 23 bytes more
    attributes
      code  550
  $ cat data/logs.json data/logs.json > two.json; ottl view --row 2:3 --fields body two.json; ottl view --fields name two.json | grep message
  resource 1 "shop"
    attributes
      service.name  "shop"
  
  scope 1.1 "app"
    name  "app"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR
    body  "mail to bob@example.org failed"
  two.json: message 2 (logs)
  $ ottl view --row 4 data/logs.json
  ottl: there is no record 4 in message 1
  [2]
  $ ottl view --row 3:1 data/logs.json
  ottl: there is no record 1 in message 3
  [2]

Whatever a payload holds, what is printed is printable.

  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"\\u001b[2J","body":{"stringValue":"\\u001b]0;x\\u0007\\r\\u202egnp\\nat f()\\n\\tat g()\\n\\u0085"},"attributes":[{"key":"\\u001b[31m","value":{"stringValue":"\\u009b1m"}}]}]}]}]}' > bad.json
  $ ottl view bad.json | tee out; LC_ALL=C grep -c '[^ -~]' out
  resource 1
  
  scope 1.1
  
  log record 1 "\x1b[2J"
    severity_text  "\x1b[2J"
    body           "\x1b]0;x\a\r\u202egnp\n"
                   "at f()\n"
                   "\tat g()\n"
                   "\u0085"
    attributes
      "\x1b[31m"  "\u009b1m"
  0
  [1]

What is no payload.

  $ head -c 100 logs.pb > cut.pb; ottl view --signal logs cut.pb
  ottl: cut.pb: message 1: not valid OTLP at byte 0: ExportLogsServiceRequest.resource_logs: its value is cut short, or its length runs over the end of the message
  [4]
  $ ottl run -s 'set(log.body, "x")' --strict-input cut.pb
  ottl: cut.pb: message 1: not valid OTLP at byte 0: ExportLogsServiceRequest.resource_logs: its value is cut short, or its length runs over the end of the message
  [4]
  $ ottl view --signal traces logs.pb
  ottl: logs.pb: message 1: not valid OTLP at byte 41: Span.trace_id: wire type 1 instead of 2
  [4]
  $ echo '{"resourceLogs":[{"scopeLogs":5}]}' | ottl view
  ottl: standard input: message 1: not valid OTLP/JSON at byte 19: `scopeLogs`: expected an array, found a number
  [4]
  $ echo '{}' | ottl view
  ottl: standard input: message 1: this JSON has no resourceLogs, resourceSpans, resourceMetrics or resourceProfiles
  [4]
  $ ottl view --signal traces data/logs.json
  ottl: data/logs.json: message 1: it has logs, --signal says traces
  [4]
  $ ottl view none.json
  ottl: cannot open none.json: No such file or directory
  [2]
  $ printf '\0\0\0\6\37\213\10xyz' | ottl view --from proto-framed --signal logs
  ottl: standard input: message 1: a message is bad gzip data
  [4]
  $ : | ottl view

What is wrong with the command.

  $ ottl view -w 'log.bodi == 1' data/logs.json
  error[E0301]: unknown path `log.bodi`
   --> --where:1:1
    |
  1 | log.bodi == 1
    | ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  [3]
  $ ottl view -w 'log.body == 1' -w 'span.name == "a"' data/logs.json
  ottl: a condition is about logs, another one about traces
  [2]
  $ ottl view -w 'log.body == 1' data/traces.json
  ottl: data/traces.json: message 1: it has traces, the conditions are about logs
  [4]
  $ ottl view --context log data/logs.json
  ottl: --context is for --where
  [2]
  $ ottl view --row 0 data/logs.json
  ottl: `0` is no value of --row: give the number of a record, such as 7, or 2:7 for one of message 2
  [2]
  $ ottl view --limit none data/logs.json
  ottl: `none` is no value of --limit: give a number of records
  [2]
  $ ottl view --format xml data/logs.json
  ottl: `xml` is no value of --format: give tree or lines
  [2]
  $ ottl view --fields , data/logs.json
  ottl: --fields takes names, such as body,attributes
  [2]
  $ NO_COLOR=1 script -qec 'ottl view -n 1 --fields body data/logs.json' /dev/null | od -c | grep -c 033
  0
  [1]
  $ script -qec 'ottl view -n 1 --fields body data/logs.json' /dev/null | tail -2 | od -c | sed -n 1p
  0000000 033   [   1   m   l   o   g       r   e   c   o   r   d       1
