# ottl trace

Why a statement does not run, what its parts came to, and what it changes. Operands that the ones before them decided are not asked.

  $ cat > policy.ottl <<'END'
  > # personal data
  > context: log
  > set(severity_text, "HIGH") where severity_number >= SEVERITY_NUMBER_ERROR and
  >   IsMatch(body, "fail")
  > replace_pattern(body, "[a-z]+@[a-z.]+", "<email>") where attributes["user"] == "ana" or attributes["user"] == "bob"
  > set(attributes["summary"], Concat([body, ToUpperCase(attributes["user"])], " / "))
  > delete_key(attributes, "token")
  > set(cache["n"], Len(attributes))
  > set(resource.attributes["seen"], cache["n"] > 1)
  > set(attributes["tries"], cache["n"] + 1)
  > set(body, body)
  > END
  $ sed -i '/> 1)/d' policy.ottl
  $ ottl trace -f policy.ottl data/logs.json
  log record 1 2026-09-21T14:13:20.000000001Z INFO (data/logs.json: message 1)
  
  policy.ottl:3:1 set(severity_text, "HIGH") where severity_number >= SEVERITY_NUMBER_ERROR and IsMatch(body, "fail")
    skipped: its condition does not hold
      where severity_number >= SEVERITY_NUMBER_ERROR and IsMatch(body, "fail")  false
        severity_number >= SEVERITY_NUMBER_ERROR               false
          severity_number                                      9
          SEVERITY_NUMBER_ERROR                                17
        IsMatch(body, "fail")                                  not asked
  
  policy.ottl:5:1 replace_pattern(body, "[a-z]+@[a-z.]+", "<email>") where attributes["user"] == "ana" or attributes["user"] == "bob"
    ran
      where attributes["user"] == "ana" or attributes["user"] == "bob"  true
        attributes["user"] == "ana"                            true
          attributes["user"]                                   "ana"
        attributes["user"] == "bob"                            not asked
      body                                                     "ana@example.com signed in"
    - log.body = "ana@example.com signed in"
    + log.body = "<email> signed in"
  
  policy.ottl:6:1 set(attributes["summary"], Concat([body, ToUpperCase(attributes["user"])], " / "))
    ran
      Concat([body, ToUpperCase(attributes["user"])], " / ")   "<email> signed in / ANA"
        body                                                   "<email> signed in"
        ToUpperCase(attributes["user"])                        "ANA"
          attributes["user"]                                   "ana"
    + log.attributes["summary"] = "<email> signed in / ANA"
  
  policy.ottl:7:1 delete_key(attributes, "token")
    ran
    - log.attributes["token"] = "t0p"
  
  policy.ottl:8:1 set(cache["n"], Len(attributes))
    ran
      Len(attributes)                                          2
        attributes                                             {"user": "ana", "summary": "<email> signed in / ANA"}
    + log.cache["n"] = 2
  
  policy.ottl:9:1 set(attributes["tries"], cache["n"] + 1)
    ran
      cache["n"] + 1                                           3
        cache["n"]                                             2
    + log.attributes["tries"] = 3
  
  policy.ottl:10:1 set(body, body)
    ran
      body                                                     "<email> signed in"
      changed nothing
  ottl: data/logs.json: message 1: policy.ottl: group 1, statement 3 failed on log record 2 (resource 1, scope 1, item 2): R0801: expected string but got nil
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl trace -f policy.ottl --where 'log.severity_number == SEVERITY_NUMBER_ERROR' --error-mode ignore data/logs.json
  log record 3 2026-09-21T14:13:20.000000003Z ERROR (data/logs.json: message 1)
  
  policy.ottl:3:1 set(severity_text, "HIGH") where severity_number >= SEVERITY_NUMBER_ERROR and IsMatch(body, "fail")
    ran
      where severity_number >= SEVERITY_NUMBER_ERROR and IsMatch(body, "fail")  true
        severity_number >= SEVERITY_NUMBER_ERROR               true
          severity_number                                      17
          SEVERITY_NUMBER_ERROR                                17
        IsMatch(body, "fail")                                  true
          body                                                 "mail to bob@example.org failed"
    + log.severity_text = "HIGH"
  
  policy.ottl:5:1 replace_pattern(body, "[a-z]+@[a-z.]+", "<email>") where attributes["user"] == "ana" or attributes["user"] == "bob"
    skipped: its condition does not hold
      where attributes["user"] == "ana" or attributes["user"] == "bob"  false
        attributes["user"] == "ana"                            false
          attributes["user"]                                   nil
        attributes["user"] == "bob"                            false
          attributes["user"]                                   nil
  
  policy.ottl:6:1 set(attributes["summary"], Concat([body, ToUpperCase(attributes["user"])], " / "))
    failed: R0801: expected string but got nil
      Concat([body, ToUpperCase(attributes["user"])], " / ")   fails: R0801: expected string but got nil
        body                                                   "mail to bob@example.org failed"
        ToUpperCase(attributes["user"])                        fails: R0801: expected string but got nil
          attributes["user"]                                   nil
  
  policy.ottl:7:1 delete_key(attributes, "token")
    ran
      changed nothing
  
  policy.ottl:8:1 set(cache["n"], Len(attributes))
    ran
      Len(attributes)                                          1
        attributes                                             {"code": 550}
    + log.cache["n"] = 1
  
  policy.ottl:9:1 set(attributes["tries"], cache["n"] + 1)
    ran
      cache["n"] + 1                                           2
        cache["n"]                                             1
    + log.attributes["tries"] = 2
  
  policy.ottl:10:1 set(body, body)
    ran
      body                                                     "mail to bob@example.org failed"
      changed nothing

What is above and below the record.

  $ ottl trace -s 'set(resource.attributes["n"], 1) where resource.attributes["service.name"] == "shop"' --row 2 data/logs.json
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG (data/logs.json: message 1)
  
  1:1 set(resource.attributes["n"], 1) where resource.attributes["service.name"] == "shop"
    ran
      where resource.attributes["service.name"] == "shop"      true
        resource.attributes["service.name"]                    "shop"
    + resource.attributes["n"] = 1
  $ ottl trace -s 'set(datapoint.value_double, datapoint.value_double * 2.0) where datapoint.value_double < 0' -s 'set(metric.unit, "K")' data/metrics.json
  metric 1 "temp" gauge (data/metrics.json: message 1)
  
  statement 1:1:1 set(datapoint.value_double, datapoint.value_double * 2.0) where datapoint.value_double < 0 on datapoint 1
    skipped: its condition does not hold
      where datapoint.value_double < 0                         false
        datapoint.value_double                                 21.5
  
  statement 2:1:1 set(metric.unit, "K") on datapoint 1
    ran
    - metric.unit = "C"
    + metric.unit = "K"
  
  statement 1:1:1 set(datapoint.value_double, datapoint.value_double * 2.0) where datapoint.value_double < 0 on datapoint 2
    ran
      where datapoint.value_double < 0                         true
        datapoint.value_double                                 -3.0
      datapoint.value_double * 2.0                             -6.0
        datapoint.value_double                                 -3.0
    - datapoint.as_double = -3.0
    + datapoint.as_double = -6.0
  
  statement 2:1:1 set(metric.unit, "K") on datapoint 2
    ran
      changed nothing
  $ ottl trace -s 'set(span.status.code, STATUS_CODE_OK) where not (span.kind == SPAN_KIND_CLIENT)' --row 2 data/traces.json
  span 2 "GET /health" 900µs (data/traces.json: message 1)
  
  1:1 set(span.status.code, STATUS_CODE_OK) where not (span.kind == SPAN_KIND_CLIENT)
    ran
      where not (span.kind == SPAN_KIND_CLIENT)                true
        (span.kind == SPAN_KIND_CLIENT)                        false
          span.kind                                            2
          SPAN_KIND_CLIENT                                     3
      STATUS_CODE_OK                                           1
    + span.status.code = STATUS_CODE_OK (1)

A collector's processors one after another, with the places in its file; a condition of the group; a filter that drops.

  $ cat > collector.yaml <<'END'
  > processors:
  >   transform/mask:
  >     error_mode: ignore
  >     log_statements:
  >       - context: log
  >         conditions:
  >           - attributes["user"] != nil
  >         statements:
  >           - set(attributes["user"], "?") where Len(attributes["user"]) < 9
  >           - |
  >             set(body,
  >               Substring(body, 0, 1000))
  >   filter/masked:
  >     logs:
  >       log_record:
  >         - attributes["user"] == "x"
  >         - attributes["user"] == "?"
  > END
  $ ottl trace --config collector.yaml data/logs.json
  log record 1 2026-09-21T14:13:20.000000001Z INFO (data/logs.json: message 1)
  
  transform/mask
  
  collector.yaml:7:13 attributes["user"] != nil
    holds
      attributes["user"] != nil                                true
        attributes["user"]                                     "ana"
  
  collector.yaml:9:13 set(attributes["user"], "?") where Len(attributes["user"]) < 9
    ran
      where Len(attributes["user"]) < 9                        true
        Len(attributes["user"])                                3
          attributes["user"]                                   "ana"
    - log.attributes["user"] = "ana"
    + log.attributes["user"] = "?"
  
  collector.yaml:11:13 set(body, Substring(body, 0, 1000))
    failed: R0837: invalid range for substring function
      Substring(body, 0, 1000)                                 fails: R0837: invalid range for substring function
        body                                                   "ana@example.com signed in"
  
  filter/masked
  
  collector.yaml:16:11 attributes["user"] == "x"
    does not hold
      attributes["user"] == "x"                                false
        attributes["user"]                                     "?"
  
  collector.yaml:17:11 attributes["user"] == "?"
    holds
      attributes["user"] == "?"                                true
        attributes["user"]                                     "?"
  
  The record is dropped.
  $ ottl trace --config collector.yaml --row 2 data/logs.json
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG (data/logs.json: message 1)
  
  transform/mask
  
  collector.yaml:7:13 attributes["user"] != nil
    does not hold
      attributes["user"] != nil                                false
        attributes["user"]                                     nil
  
  collector.yaml:9:13 set(attributes["user"], "?") where Len(attributes["user"]) < 9
    passed by: it was decided before
  
  collector.yaml:11:13 set(body, Substring(body, 0, 1000))
    passed by: it was decided before
  
  filter/masked
  
  collector.yaml:16:11 attributes["user"] == "x"
    does not hold
      attributes["user"] == "x"                                false
        attributes["user"]                                     nil
  
  collector.yaml:17:11 attributes["user"] == "?"
    does not hold
      attributes["user"] == "?"                                false
        attributes["user"]                                     nil

For programs.

  $ ottl trace -c 'log.severity_number < 9 and log.body != nil' --format json --row 2 data/logs.json
  {"input":"data/logs.json","message":1,"signal":"logs","kind":"log record","record":2,"runs":[
  {"steps":[{"context":"log","group":0,"condition":0,"line":1,"column":1,"column_utf16":1,"end_line":1,"end_column":44,"end_column_utf16":44,"text":"log.severity_number < 9 and log.body != nil","outcome":"ran","values":[{"line":1,"column":1,"column_utf16":1,"end_line":1,"end_column":44,"end_column_utf16":44,"text":"log.severity_number < 9 and log.body != nil","depth":0,"condition":true,"asked":true,"type":"bool","value":"true"},{"line":1,"column":1,"column_utf16":1,"end_line":1,"end_column":24,"end_column_utf16":24,"text":"log.severity_number < 9","depth":1,"condition":true,"asked":true,"type":"bool","value":"true"},{"line":1,"column":1,"column_utf16":1,"end_line":1,"end_column":20,"end_column_utf16":20,"text":"log.severity_number","depth":2,"condition":true,"asked":true,"type":"int","value":"5"},{"line":1,"column":29,"column_utf16":29,"end_line":1,"end_column":44,"end_column_utf16":44,"text":"log.body != nil","depth":1,"condition":true,"asked":true,"type":"bool","value":"true"},{"line":1,"column":29,"column_utf16":29,"end_line":1,"end_column":37,"end_column_utf16":37,"text":"log.body","depth":2,"condition":true,"asked":true,"type":"string","value":"\"cache miss\""}],"changes":[]}],"dropped":true}
  ]}
  $ ottl trace --format json --config collector.yaml data/logs.json | python3 -c 'import json, sys; t = json.load(sys.stdin); print([(r["processor"], r["dropped"], [(s["line"], s["outcome"]) for s in r["steps"]]) for r in t["runs"]])'
  [('transform/mask', False, [(7, 'ran'), (9, 'ran'), (11, 'failed')]), ('filter/masked', True, [(16, 'skipped'), (17, 'ran')])]

Failures, and hostile values.

  $ ottl trace -s 'set(log.body, Substring(log.body, 0, 20))' --row 2 data/logs.json
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG (data/logs.json: message 1)
  
  1:1 set(log.body, Substring(log.body, 0, 20))
    failed: R0837: invalid range for substring function
      Substring(log.body, 0, 20)                               fails: R0837: invalid range for substring function
        log.body                                               "cache miss"
  ottl: data/logs.json: message 1: statement 1 `set(log.body, Substring(log.body, 0, 20))` failed on log record 2 (resource 1, scope 1, item 2): R0837: invalid range for substring function
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"\\u001b[2J\\r"},"attributes":[{"key":"\\u001b[31m","value":{"intValue":1}}]}]}]}]}' > bad.json
  $ ottl trace -s 'set(log.attributes["c"], log.attributes) where log.body != "
  > "' bad.json | tee out; LC_ALL=C grep -c '[^ -~]' out
  log record 1 (bad.json: message 1)
  
  1:1 set(log.attributes["c"], log.attributes) where log.body != " "
    ran
      where log.body != " "                                    true
        log.body                                               "\x1b[2J\r"
      log.attributes                                           {"\x1b[31m": 1}
    + log.attributes["c"]["\x1b[31m"] = 1
    + log.attributes["c"]["c"] = {}
  0
  [1]

What goes wrong.

  $ ottl trace -s 'set(log.body, 1)' --row 9 data/logs.json
  ottl: there is no record 9 in message 1
  [2]
  $ ottl trace -s 'set(log.body, 1)' --where 'log.body == "none"' data/logs.json
  ottl: no record was chosen by --where
  [2]
  $ ottl trace -s 'set(log.body, 1)' --where 'true' --row 1 data/logs.json
  ottl: --row and --where do not go together
  [2]
  $ ottl trace data/logs.json
  ottl: nothing to run: give statements with -s, a file with -f or a collector's with --config (`ottl help trace` shows examples)
  [2]
  $ ottl trace -s 'set(log.bodi, 1)' data/logs.json
  error[E0301]: unknown path `log.bodi`
   --> 1:5
    |
  1 | set(log.bodi, 1)
    |     ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  [3]
  $ ottl trace -s 'set(span.name, 1)' data/logs.json
  warning[W0701]: this always fails: the path takes string
   --> 1:16
    |
  1 | set(span.name, 1)
    |                ^ int
  ottl: data/logs.json: message 1: it has logs, the statements are about traces
  [4]
  $ head -c 40 data/logs.json | ottl trace -s 'set(log.body, 1)'
  ottl: standard input: byte 40: the last JSON object is cut off
  [4]

What a lambda gives for each element, where a call has one; of many, the first.

  $ cat > each.ottl <<'END'
  > set(log.attributes["s"], Filter(Split("a,b,c,d,e,f,g,h,i,j", log.attributes["sep"]), (i, v) => v != "b"))
  > set(log.attributes["n"], MapEach(log.attributes["s"], (i, v) => Len(v))) where Any(log.attributes, (k, v) => k == "user")
  > set(log.attributes["f"], 1) where All(log.attributes, (k, v) => Len(v) == 3)
  > set(log.attributes["r"], Reduce([1, log.severity_number], 0, (a, i, v) => a + v)) where not Any([], (i, v) => v == "x")
  > END
  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":9,"attributes":[{"key":"user","value":{"stringValue":"ana"}},{"key":"sep","value":{"stringValue":","}},{"key":"age","value":{"intValue":"4"}}]}]}]}]}' > each.json
  $ ottl trace --row 1 --experimental --error-mode ignore -f each.ottl each.json
  log record 1 INFO (each.json: message 1)
  
  each.ottl:1:1 set(log.attributes["s"], Filter(Split("a,b,c,d,e,f,g,h,i,j", log.attributes["sep"]), (i, v) => v != "b"))
    ran
      Filter(Split("a,b,c,d,e,f,g,h,i,j", log.attributes["sep"]), (i, v) => v != "b")  ["a", "c", "d", "e", "f", "g", "h", "i", "j"]
        (i, v) => v != "b"                                     true, false, true, true, true, true, true, true, ... (10 elements)
        Split("a,b,c,d,e,f,g,h,i,j", log.attributes["sep"])    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
          log.attributes["sep"]                                ","
    + log.attributes["s"] = ["a", "c", "d", "e", "f", "g", "h", "i", "j"]
  
  each.ottl:2:1 set(log.attributes["n"], MapEach(log.attributes["s"], (i, v) => Len(v))) where Any(log.attributes, (k, v) => k == "user")
    ran
      where Any(log.attributes, (k, v) => k == "user")         true
        (k, v) => k == "user"                                  true, false, false, false
        log.attributes                                         {"user": "ana", "sep": ",", "age": 4, "s": ["a", "c", "d", "e", "f", "g", "h", "i", "j"]}
      MapEach(log.attributes["s"], (i, v) => Len(v))           [1, 1, 1, 1, 1, 1, 1, 1, 1]
        (i, v) => Len(v)                                       1, 1, 1, 1, 1, 1, 1, 1, ... (9 elements)
        log.attributes["s"]                                    ["a", "c", "d", "e", "f", "g", "h", "i", "j"]
    + log.attributes["n"] = [1, 1, 1, 1, 1, 1, 1, 1, 1]
  
  each.ottl:3:1 set(log.attributes["f"], 1) where All(log.attributes, (k, v) => Len(v) == 3)
    skipped: its condition does not hold
      where All(log.attributes, (k, v) => Len(v) == 3)         false
        (k, v) => Len(v) == 3                                  true, false, fails, false, false
        log.attributes                                         {"user": "ana", "sep": ",", "age": 4, "s": ["a", "c", "d", "e", "f", "g", "h", "i", "j"], "n": [1, 1, 1, 1, 1, 1, 1, 1, 1]}
  
  each.ottl:4:1 set(log.attributes["r"], Reduce([1, log.severity_number], 0, (a, i, v) => a + v)) where not Any([], (i, v) => v == "x")
    ran
      where not Any([], (i, v) => v == "x")                    true
        Any([], (i, v) => v == "x")                            false
      Reduce([1, log.severity_number], 0, (a, i, v) => a + v)  10
        [1, log.severity_number]                               [1, 9]
          log.severity_number                                  9
    + log.attributes["r"] = 10
