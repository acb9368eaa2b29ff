# ottl run

Logs: redact, delete, set where a condition holds. JSON in, JSON out; a pretty-printed object becomes one line.

  $ ottl run -s 'replace_pattern(log.body, "[a-z]+@[a-z.]+", "<email>")' -s 'delete_key(log.attributes, "token")' \
  >   -s 'set(log.severity_text, "ERROR") where log.severity_number >= 17' data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"<email> signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"mail to <email> failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}

Options may follow file names, values may stand behind an equals sign, and `-` is standard input.

  $ ottl run data/traces.json --statement='set(span.name, "x")' --error-mode=ignore --context=span -o - --stats 2>stats
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"x","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{"code":2}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"x","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}
  $ sed 's/speed.*/speed/' stats
  messages 1
  records  2 in, 2 changed, 0 dropped, 0 failed (0 errors)
  bytes    704 in, 686 out
  speed
  $ ottl run -s'set(span.name, "y")' - < data/traces.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"y","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{"code":2}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"y","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}
  $ cp data/traces.json ./--odd && ottl run -s 'set(span.status.code, 0)' -- --odd
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"GET /health","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}

Traces: what is below a span.

  $ ottl run -s 'set(spanevent.name, "fine") where spanevent.name == "ok"' data/traces.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{"code":2}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"GET /health","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"fine"}]}]}]}]}
  $ ottl run --context span -s 'replace_pattern(attributes["http.url"], "token=[^&]*", "token=?")' data/traces.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=?"}}],"status":{"code":2}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"GET /health","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}

Metrics.

  $ ottl run -s 'set(metric.unit, "K") where metric.unit == "C"' -s 'set(metric.name, Concat(["m", metric.name], "."))' data/metrics.json
  {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{"name":"m"},"metrics":[{"name":"m.temp","unit":"K","gauge":{"dataPoints":[{"timeUnixNano":"1","asDouble":21.5,"attributes":[{"key":"room","value":{"stringValue":"a"}}]},{"timeUnixNano":"1","asDouble":-3,"attributes":[{"key":"room","value":{"stringValue":"b"}}]}]}},{"name":"m.requests","sum":{"dataPoints":[{"timeUnixNano":"1","asInt":"7"}],"aggregationTemporality":2,"isMonotonic":true}}]}]}]}
  $ ottl run -s 'set(datapoint.value_double, datapoint.value_double + 273.15) where metric.unit == "C"' data/metrics.json
  {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{"name":"m"},"metrics":[{"name":"temp","unit":"C","gauge":{"dataPoints":[{"timeUnixNano":"1","asDouble":294.65,"attributes":[{"key":"room","value":{"stringValue":"a"}}]},{"timeUnixNano":"1","asDouble":270.15,"attributes":[{"key":"room","value":{"stringValue":"b"}}]}]}},{"name":"requests","sum":{"dataPoints":[{"timeUnixNano":"1","asInt":"7"}],"aggregationTemporality":2,"isMonotonic":true}}]}]}]}

A statement about resources serves every signal: JSON tells which one it is.

  $ ottl run -s 'set(resource.attributes["env"], "prod")' data/traces.json data/metrics.json
  {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"env","value":{"stringValue":"prod"}}]},"scopeSpans":[{"scope":{"name":"http"},"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /cart","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000500000000","attributes":[{"key":"http.url","value":{"stringValue":"https://shop.example/cart?token=abc"}}],"status":{"code":2}},{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060709","name":"GET /health","kind":2,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000900000","events":[{"timeUnixNano":"1790000000000000500","name":"ok"}]}]}]}]}
  {"resourceMetrics":[{"resource":{"attributes":[{"key":"env","value":{"stringValue":"prod"}}]},"scopeMetrics":[{"scope":{"name":"m"},"metrics":[{"name":"temp","unit":"C","gauge":{"dataPoints":[{"timeUnixNano":"1","asDouble":21.5,"attributes":[{"key":"room","value":{"stringValue":"a"}}]},{"timeUnixNano":"1","asDouble":-3,"attributes":[{"key":"room","value":{"stringValue":"b"}}]}]}},{"name":"requests","sum":{"dataPoints":[{"timeUnixNano":"1","asInt":"7"}],"aggregationTemporality":2,"isMonotonic":true}}]}]}]}

Statements from a file.

  $ cat > policy.ottl <<END
  > # personal data
  > context: log
  > replace_pattern(body, "[a-z]+@[a-z.]+", "<email>")
  >   where severity_number > 9
  > context: resource
  > set(attributes["checked"], true)
  > END
  $ ottl run -f policy.ottl data/logs.json
  {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"checked","value":{"boolValue":true}}]},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"timeUnixNano":"1790000000000000001","severityNumber":9,"body":{"stringValue":"ana@example.com signed in"},"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"token","value":{"stringValue":"t0p"}}]},{"timeUnixNano":"1790000000000000002","severityNumber":5,"body":{"stringValue":"cache miss"}},{"timeUnixNano":"1790000000000000003","severityNumber":17,"body":{"stringValue":"mail to <email> failed"},"attributes":[{"key":"code","value":{"intValue":"550"}}]}]}]}]}

A file may serve several signals: what a message is decides which of its parts run.

  $ printf 'context: log\nset(body, "x")\ncontext: span\nset(name, "y")\ncontext: resource\nset(schema_url, "u")\n' > mixed.ottl
  $ ottl run -f mixed.ottl data/logs.json data/traces.json data/metrics.json | grep -o '"stringValue":"x"\|"name":"y"\|"schemaUrl":"u"'
  "stringValue":"x"
  "stringValue":"x"
  "stringValue":"x"
  "schemaUrl":"u"
  "name":"y"
  "name":"y"
  "schemaUrl":"u"
  "schemaUrl":"u"
  $ ottl run -f mixed.ottl data/traces.json --to proto | ottl run -f mixed.ottl --signal traces --to json | grep -o '"name":"y"'
  "name":"y"
  "name":"y"
  $ ottl run -f mixed.ottl data/traces.json --to proto | ottl run -f mixed.ottl
  ottl: protobuf does not tell logs, traces, metrics and profiles apart, and neither do the statements: give --signal
  [2]
  $ printf 'context: log\nset(body, "x")\ncontext: span\nset(name, "y")\n' > mixed.ottl
  $ ottl run -f mixed.ottl data/metrics.json
  ottl: there are metrics in the input, and no statements are about them
  [4]
  $ ottl run -f policy.ottl data/logs.json --signal traces
  ottl: the statements are about logs, --signal says traces
  [2]
  $ ottl run -s 'set(log.body, "x")' data/logs.json --signal traces
  error[E0309]: this signal has no log context
   --> 1:5
    |
  1 | set(log.body, "x")
    |     ^^^
  [3]

Nothing changed: the line comes out as it went in.

  $ ottl run -s 'set(span.name, "x") where span.name == "no such"' data/traces.json | cmp - data/traces.json

An output file appears when all went well.

  $ ottl run -s 'set(span.name, "x")' data/traces.json -o out.jsonl && ls
  --odd
  data
  examples
  mixed.ottl
  out.jsonl
  policy.ottl
  stats
  $ ottl run -s 'set(span.name, "x")' data/traces.json data/logs.json -o other.jsonl
  ottl: data/logs.json: message 1: it has logs, the statements are about traces
  [4]
  $ ls
  --odd
  data
  examples
  mixed.ottl
  out.jsonl
  policy.ottl
  stats

# What only a host knows

  $ echo '{"metadata": {"x-tenant": ["acme"]}}' > request.json
  $ echo '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}' > one.json
  $ ottl run --request request.json -s 'set(log.attributes["tenant"], otelcol.client.metadata["X-Tenant"][0])' one.json
  {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"},"attributes":[{"key":"tenant","value":{"stringValue":"acme"}}]}]}]}]}
  $ echo '{"tenant": "acme"}' > request.json
  $ ottl run --request request.json -s 'set(log.attributes["tenant"], otelcol.client.metadata["X-Tenant"][0])' one.json
  ottl: request.json is not what --request takes: a JSON object such as {"addr": "10.1.2.3:4317", "metadata": {"x-tenant": ["acme"]}}, with addr, metadata, grpc and auth
  [2]
