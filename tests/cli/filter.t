# ottl filter

What matches is dropped, with --keep what does not.

  $ ottl filter -c 'log.severity_number < 9' -c 'IsMatch(log.body, "failed$")' data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]}]}]}]}
  $ ottl filter --keep -c 'log.severity_number < 9' -c 'IsMatch(log.body, "failed$")' data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl filter -c 'span.status.code == STATUS_CODE_ERROR' data/traces.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"GET /health","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}
  $ ottl filter -c 'metric.name == "temp" and metric.unit == "C"' data/metrics.json
  {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{"name":"m"},"metrics":[{"name":"requests","sum":{"dataPoints":[{"timeUnixNano":"1","asInt":"7"}],"aggregationTemporality":2,"isMonotonic":true}}]}]}]}
  $ ottl filter --context datapoint -c 'value_double < 0.0' data/metrics.json
  {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{"name":"m"},"metrics":[{"name":"temp","unit":"C","gauge":{"dataPoints":[{"timeUnixNano":"1","asDouble":21.5,"attributes":[{"key":"room","value":{"stringValue":"a"}}]}]}},{"name":"requests","sum":{"dataPoints":[{"timeUnixNano":"1","asInt":"7"}],"aggregationTemporality":2,"isMonotonic":true}}]}]}]}

A message of which nothing is left is not written.

  $ ottl filter -c 'resource.attributes["service.name"] == "shop"' data/logs.json
  $ ottl filter -c 'true' --context log data/logs.json data/logs.json --stats 2>&1 | head -3
  messages 2
  records  6 in, 0 changed, 6 dropped, 0 failed (0 errors)
  bytes    1542 in, 0 out

Conditions from a file.

  $ printf 'context: log\nseverity_number < 9\nbody == nil\n' > drop.ottl
  $ ottl filter -f drop.ottl data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to bob@example.org failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}
  $ ottl filter -f drop.ottl --keep data/logs.json
  ottl: --keep works on conditions given with -c, not with -f
  [2]

A record on which a condition fails stays, either way.

  $ ottl filter -c 'Int(ParseJSON(log.body)["a"]) == 1' --error-mode ignore data/logs.json | wc -c
  ottl: warning: condition 1 `Int(ParseJSON(log.body)["a"]) == 1` failed on 3 records, first on log record 1 of message 1 (resource 1, scope 1, item 1): R0834: invalid JSON
  638
  $ ottl filter --keep -c 'Int(ParseJSON(log.body)["a"]) == 1' --error-mode silent data/logs.json | wc -c
  638

Brackets of a condition do not leak into the others.

  $ ottl filter --keep -c 'log.severity_number == 9) or (true' data/logs.json
  error[E0201]: expected an operator or the end, found `)`
   --> 1:25
    |
  1 | log.severity_number == 9) or (true
    |                         ^
    = help: there is one `)` too many
  [3]
