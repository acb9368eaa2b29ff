# What users asked the reference for

A record that fails takes back what it wrote.

  $ ottl run -s 'set(log.attributes["n"], 1)' -s 'set(log.attributes["low"], ToLowerCase(log.attributes["code"])) where log.attributes["code"] != nil' data/logs.json --error-mode ignore --rollback --to json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}},{"key":"n","value":{"intValue":"1"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"},"attributes":[{"key":"n","value":{"intValue":"1"}}]},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  ottl: warning: statement 2 `set(log.attributes["low"], ToLowerCase(log.attributes["code"])) whe...` failed on 1 record, first on log record 3 of message 1 (resource 1, scope 1, item 3): R0801: expected string but got int64
  $ ottl run -s 'set(log.attributes["n"], 1)' -s 'set(log.attributes["a"], ParseJSON(log.body))' data/logs.json --error-mode silent --atomic --stats -o out 2>&1 | head -2
  messages 1
  records  3 in, 0 changed, 0 dropped, 3 failed (3 errors)
  $ ottl run -s 'set(log.body, 1)' data/logs.json --atomic
  ottl: --atomic is for records that fail while others go on: give --error-mode ignore or silent
  [2]
  $ ottl run -s 'set(log.body, 1)' data/logs.json --atomic --rollback --error-mode ignore
  ottl: --atomic and --rollback do not go together
  [2]
  $ ottl filter -c 'true' data/logs.json --rollback
  ottl: no option `--rollback`; `ottl help filter` lists them
  [2]

Each record with a resource of its own; equal ones are one again afterwards.

  $ ottl run -s 'set(resource.attributes["sev"], log.severity_number)' data/logs.json --flatten --to json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"sev","value":{"intValue":"9"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]}]}]},{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"sev","value":{"intValue":"5"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}}]}]},{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"sev","value":{"intValue":"17"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl run -s 'set(resource.attributes["sev"], log.severity_number)' data/logs.json --to json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"sev","value":{"intValue":"17"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}

Where the record is that failed: counted from 1, bytes from 0 where there are any.

  $ ottl run -s 'set(log.attributes["x"], 1)' data/logs.json --to proto -o logs.pb
  $ ottl run -s 'set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where log.attributes["code"] != nil' logs.pb --error-mode ignore -o out
  ottl: warning: statement 1 `set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where...` failed on 1 record, first on log record 3 of message 1 (resource 1, scope 1, item 3, byte 157): R0801: expected string but got int64
  $ ottl run -s 'set(span.attributes["a"], ParseJSON(span.name))' data/traces.json
  ottl: data/traces.json: message 1: statement 1 `set(span.attributes["a"], ParseJSON(span.name))` failed on span 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl run -s 'set(datapoint.attributes["a"], ParseJSON(metric.name))' data/metrics.json
  ottl: data/metrics.json: message 1: statement 1 `set(datapoint.attributes["a"], ParseJSON(metric.name))` failed on datapoint 1 (resource 1, scope 1, item 1, child 1): R0834: invalid JSON
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl run -s 'set(resource.attributes["a"], ParseJSON("x"))' --signal traces data/traces.json
  ottl: data/traces.json: message 1: statement 1 `set(resource.attributes["a"], ParseJSON("x"))` failed on resource 1 (resource 1): R0834: invalid JSON
  ottl: stopped there; --error-mode ignore goes on
  [5]

Its values, when asked for.

  $ ottl run -s 'set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where log.attributes["code"] != nil' data/logs.json --show-values
  ottl: data/logs.json: message 1: statement 1 `set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where...` failed on log record 3 (resource 1, scope 1, item 3): R0801: expected string but got int64
  ottl: it came as {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl run -s 'set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where log.attributes["code"] != nil' data/logs.json --show-values --error-mode ignore -o out
  ottl: warning: statement 1 `set(log.attributes["a"], ToLowerCase(log.attributes["code"])) where...` failed on 1 record, first on log record 3 of message 1 (resource 1, scope 1, item 3): R0801: expected string but got int64
  ottl: it came as {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl filter -c 'ParseJSON(log.body)["a"] == 1' logs.pb --show-values
  ottl: logs.pb: message 1: condition 1 `ParseJSON(log.body)["a"] == 1` failed on log record 1 (resource 1, scope 1, item 1, byte 39): R0834: invalid JSON
  ottl: it came as {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}},{"key":"x","value":{"intValue":"1"}}]}]}]}]}
  ottl: stopped there; --error-mode ignore goes on
  [5]

A collector's configuration: its `flatten_data` wants the gate that --flatten stands for.

  $ printf 'transform:\n  flatten_data: true\n  error_mode: ignore\n  log_statements:\n    - set(resource.attributes["sev"], log.severity_number)\n    - set(log.attributes["x"], ParseJSON(log.body)) where log.severity_number == 9\n' > part.yaml
  $ printf 'processors:\n' > collector.yaml; sed 's/^/  /' part.yaml >> collector.yaml
  $ ottl run --config collector.yaml --processor transform data/logs.json
  error[E1007]: `flatten_data` needs the feature gate `transform.flatten.logs`
   --> collector.yaml:3:19
    |
  3 |     flatten_data: true
    |                   ^^^^
    = help: the collector takes it with `--feature-gates=transform.flatten.logs`
  [3]
  $ ottl run --config collector.yaml --processor transform data/logs.json --flatten --rollback | grep -o '"key":"sev","value":{[^}]*}'
  ottl: warning: transform: group 1, statement 2 failed on 1 record, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  "key":"sev","value":{"intValue":"5"}
  "key":"sev","value":{"intValue":"17"}

Messages are checked as a whole, also where the program does not look.

  $ printf '\012\006\022\004\022\002\010\005' > wrong.pb
  $ ottl filter --from proto -c 'log.severity_number > 9' wrong.pb -o out
  $ ottl filter --from proto -c 'log.severity_number > 9' wrong.pb -o out --strict-input
  ottl: wrong.pb: message 1: not valid OTLP at byte 6: LogRecord.time_unix_nano: wire type 0 instead of 1
  [4]
  $ ottl run --from proto -s 'set(resource.attributes["a"], 1)' --signal logs wrong.pb -o out --strict-input
  ottl: wrong.pb: message 1: not valid OTLP at byte 6: LogRecord.time_unix_nano: wire type 0 instead of 1
  [4]
  $ ottl route --from proto -r 'a: log.severity_number > 9' wrong.pb --strict-input
  ottl: wrong.pb: message 1: not valid OTLP at byte 6: LogRecord.time_unix_nano: wire type 0 instead of 1
  [4]
  $ ottl filter -c 'log.severity_number > 9' logs.pb --strict-input -o out
