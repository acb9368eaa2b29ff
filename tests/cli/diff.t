# ottl diff

What changes, record by record; the exit status is that of diff.

  $ ottl diff -s 'replace_pattern(log.body, "[a-z]+@[a-z.]+", "<email>")' -s 'delete_key(log.attributes, "token")' data/logs.json
  log record 1 2026-09-21T14:13:20.000000001Z INFO: changed
    time_unix_nano = 2026-09-21T14:13:20.000000001Z
    severity_number = SEVERITY_NUMBER_INFO (9)
  - body = "ana@example.com signed in"
  + body = "<email> signed in"
    attributes["user"] = "ana"
  - attributes["token"] = "t0p"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR: changed
    time_unix_nano = 2026-09-21T14:13:20.000000003Z
    severity_number = SEVERITY_NUMBER_ERROR (17)
  - body = "mail to bob@example.org failed"
  + body = "mail to <email> failed"
    attributes["code"] = 550
  
  records   3 in, 3 out: 2 changed, 0 dropped, 0 added, 0 moved
  fields    3 changed
  bytes     199 in, 167 out (32 saved, 16.1 %)
  [1]
  $ ottl diff -s 'set(log.body, "x") where log.body == "none"' data/logs.json
  records   3 in, 3 out: 0 changed, 0 dropped, 0 added, 0 moved
  fields    0 changed
  bytes     199 in, 199 out
  $ ottl diff --all -s 'set(span.name, "x") where span.status.code == STATUS_CODE_ERROR' data/traces.json
  resource 1 "shop": unchanged
  scope 1.1 "http": unchanged
  
  span 1 "GET /cart" 500ms: changed
    trace_id = 0102030405060708090a0b0c0d0e0f10
    span_id = 0102030405060708
  - name = "GET /cart"
  + name = "x"
    kind = SPAN_KIND_SERVER (2)
    start_time_unix_nano = 2026-09-21T14:13:20Z
    end_time_unix_nano = 2026-09-21T14:13:20.5Z
    ...
  
  span 2: unchanged
  
  records   2 in, 2 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    1 changed
  bytes     234 in, 226 out (8 saved, 3.4 %)
  [1]
  $ ottl diff --summary -s 'set(span.name, "x") where span.status.code == STATUS_CODE_ERROR' data/traces.json
  records   2 in, 2 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    1 changed
  bytes     234 in, 226 out (8 saved, 3.4 %)
  [1]

Dropped records, and what is left of their resources. Alike is not the same: the second of three is dropped, not the last.

  $ ottl diff -c 'log.severity_number < 9' data/logs.json
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG: dropped
  - time_unix_nano = 2026-09-21T14:13:20.000000002Z
  - severity_number = SEVERITY_NUMBER_DEBUG (5)
  - body = "cache miss"
  
  records   3 in, 2 out: 0 changed, 1 dropped, 0 added, 0 moved
  fields    0 changed
  bytes     199 in, 172 out (27 saved, 13.6 %)
  [1]
  $ ottl diff --summary -c 'resource.attributes["service.name"] == "shop"' data/logs.json data/metrics.json
  records   5 in, 2 out: 0 changed, 3 dropped, 0 added, 0 moved
  resources 0 changed, 1 dropped, 0 copied
  scopes    0 changed, 1 dropped, 0 copied
  fields    0 changed
  bytes     327 in, 128 out (199 saved, 60.9 %)
  [1]
  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"},"flags":1},{"body":{"stringValue":"a"},"flags":2},{"body":{"stringValue":"a"},"flags":3}]}]}]}' > alike.json
  $ ottl diff -c 'log.flags == 2' alike.json
  log record 2: dropped
  - body = "a"
  - flags = 2
  
  records   3 in, 2 out: 0 changed, 1 dropped, 0 added, 0 moved
  fields    0 changed
  bytes     40 in, 28 out (12 saved, 30.0 %)
  [1]
  $ ottl diff -c 'datapoint.value_double < 0' data/metrics.json
  metric 1 "temp" gauge: changed
    ...
      time_unix_nano = 1970-01-01T00:00:00.000000001Z
      as_double = 21.5
      attributes["room"] = "a"
  - gauge.data_points:
  -   time_unix_nano = 1970-01-01T00:00:00.000000001Z
  -   as_double = -3.0
  -   attributes["room"] = "b"
  
  records   2 in, 2 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    4 changed
  bytes     128 in, 95 out (33 saved, 25.8 %)
  [1]

Moved below resources of their own, and appended.

  $ ottl diff --flatten -s 'set(resource.attributes["s"], log.severity_number)' data/logs.json
  resource 1 "shop": changed
    attributes["service.name"] = "shop"
  + attributes["s"] = 9
  
  resource 1 "shop": copied to resource 2
    attributes["service.name"] = "shop"
  + attributes["s"] = 5
  
  resource 1 "shop": copied to resource 3
    attributes["service.name"] = "shop"
  + attributes["s"] = 17
  
  scope 1.1 "app": copied to resource 2, scope 2.1
  scope 1.1 "app": copied to resource 3, scope 3.1
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG: moved to resource 2, scope 2.1
  log record 3 2026-09-21T14:13:20.000000003Z ERROR: moved to resource 3, scope 3.1
  
  records   3 in, 3 out: 0 changed, 0 dropped, 0 added, 2 moved
  resources 1 changed, 0 dropped, 2 copied
  scopes    0 changed, 0 dropped, 2 copied
  fields    1 changed
  bytes     199 in, 298 out (99 more, 49.7 %)
  [1]
  $ ottl diff -s 'copy_metric(name="copy") where metric.name == "requests"' data/metrics.json
  metric "copy" sum: added below resource 1, scope 1.1
  + name = "copy"
  + sum.data_points:
  +   time_unix_nano = 1970-01-01T00:00:00.000000001Z
  +   as_int = 7
  + sum.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE (2)
  + sum.is_monotonic = true
  
  records   2 in, 3 out: 0 changed, 0 dropped, 1 added, 0 moved
  fields    0 changed
  bytes     128 in, 164 out (36 more, 28.1 %)
  [1]

Several processors: each record is followed through all of them.

  $ cat > collector.yaml <<END
  > processors:
  >   filter/debug:
  >     logs:
  >       log_record: ['severity_number < 9']
  >   transform/mask:
  >     log_statements:
  >       - context: log
  >         statements:
  >           - set(attributes["user"], "?") where attributes["user"] != nil
  >           - set(resource.attributes["seen"], true)
  > service:
  >   pipelines:
  >     logs: {processors: [filter/debug, transform/mask]}
  > END
  $ ottl diff --config collector.yaml data/logs.json
  resource 1 "shop": changed
    attributes["service.name"] = "shop"
  + attributes["seen"] = true
  
  log record 1 2026-09-21T14:13:20.000000001Z INFO: changed
    time_unix_nano = 2026-09-21T14:13:20.000000001Z
    severity_number = SEVERITY_NUMBER_INFO (9)
    body = "ana@example.com signed in"
  - attributes["user"] = "ana"
  + attributes["user"] = "?"
    attributes["token"] = "t0p"
  
  log record 2 2026-09-21T14:13:20.000000002Z DEBUG: dropped
  - time_unix_nano = 2026-09-21T14:13:20.000000002Z
  - severity_number = SEVERITY_NUMBER_DEBUG (5)
  - body = "cache miss"
  
  records   3 in, 2 out: 1 changed, 1 dropped, 0 added, 0 moved
  resources 1 changed, 0 dropped, 0 copied
  fields    2 changed
  bytes     199 in, 182 out (17 saved, 8.5 %)
  [1]

Texts of several lines, changes far apart.

  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9"},"attributes":[{"key":"a","value":{"kvlistValue":{"values":[{"key":"b","value":{"intValue":1}}]}}}]}]}]}]}' > long.json
  $ ottl diff -s 'set(log.severity_number, 10)' -s 'replace_pattern(log.body, "8", "eight")' -s 'set(log.attributes["a"]["b"], "1")' long.json
  log record 1 INFO: changed
  - severity_number = SEVERITY_NUMBER_INFO (9)
  + severity_number = SEVERITY_NUMBER_INFO2 (10)
    body = "1\n"
        "2\n"
        "3\n"
    ...
        "5\n"
        "6\n"
        "7\n"
  -     "8\n"
  +     "eight\n"
        "9"
  - attributes["a"]["b"] = 1
  + attributes["a"]["b"] = "1"
  
  records   1 in, 1 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    3 changed
  bytes     47 in, 52 out (5 more, 10.6 %)
  [1]

For programs.

  $ ottl diff --format json -c 'log.severity_number == 5' data/logs.json
  {"messages":[
  {"input":"data/logs.json","message":1,"signal":"logs","entries":[
    {"kind":"log record","change":"dropped","moved":false,"before":{"number":2,"resource":1,"scope":1,"item":2},"fields":3,"lines":[{"before":"time_unix_nano = 2026-09-21T14:13:20.000000002Z"},{"before":"severity_number = SEVERITY_NUMBER_DEBUG (5)"},{"before":"body = \"cache miss\""}]}]}
  ],"summary":{"resources":{"unchanged":1,"changed":0,"dropped":0,"added":0},"scopes":{"unchanged":1,"changed":0,"dropped":0,"added":0},"records":{"unchanged":2,"changed":0,"dropped":1,"added":0,"moved":0},"fields":0,"bytes_in":199,"bytes_out":172}}
  [1]
  $ ottl diff --format json --all -s 'set(log.flags, 1) where log.severity_number == 5' data/logs.json data/logs.json | python3 -c 'import json, sys; d = json.load(sys.stdin); print([[e["change"] for e in m["entries"]] for m in d["messages"]], d["summary"]["records"])'
  [['none', 'none', 'none', 'changed', 'none'], ['none', 'none', 'none', 'changed', 'none']] {'unchanged': 4, 'changed': 2, 'dropped': 0, 'added': 0, 'moved': 0}

A page for a reviewer. Nothing of a payload or program gets into it as markup.

  $ printf '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"<script>alert(1)</script>","body":{"stringValue":"a\\u001b]0;<b onclick=\\"x\\">&\\u0027"}}]}]}]}' > '<i>.json'
  $ ottl diff --html page.html -s 'set(log.attributes["<b>"], "</pre>&lt;")' '<i>.json'
  records   1 in, 1 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    1 changed
  bytes     59 in, 80 out (21 more, 35.6 %)
  [1]
  $ sed -n '/^<section>/,$p' page.html
  <section>
  <h2>Program</h2>
  <pre class="program">set(log.attributes[&quot;&lt;b&gt;&quot;], &quot;&lt;/pre&gt;&amp;lt;&quot;)
  </pre>
  </section>
  <section>
  <h2>&lt;i&gt;.json <span class="soft">message 1, logs</span></h2>
  <details class="changed" open><summary>log record 1 <span class="soft">&quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;</span> <span class="what">changed</span></summary><pre><span>  severity_text = &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;</span><span>  body = &quot;a\x1b]0;&lt;b onclick=\&quot;x\&quot;&gt;&amp;&#39;&quot;</span><ins>+ attributes[&quot;&lt;b&gt;&quot;] = &quot;&lt;/pre&gt;&amp;lt;&quot;</ins></pre></details>
  </section>
  <header id="summary">
  <h1>What changes</h1>
  <pre>records   1 in, 1 out: 1 changed, 0 dropped, 0 added, 0 moved
  fields    1 changed
  bytes     59 in, 80 out (21 more, 35.6 %)
  </pre>
  </header>
  </body>
  </html>
  $ grep -c '<script\|http://\|https://\|<b>\|<b ' page.html
  0
  [1]
  $ python3 - <<END
  > import html.parser
  > class P(html.parser.HTMLParser):
  >     stack, tags = [], set()
  >     def handle_starttag(self, tag, attrs):
  >         self.tags.add(tag)
  >         if tag != "meta": self.stack.append(tag)
  >     def handle_endtag(self, tag): assert self.stack.pop() == tag
  > p = P(); p.feed(open("page.html").read()); print(p.stack, *sorted(p.tags))
  > END
  [] body details h1 h2 head header html ins meta pre section span style summary title

What goes wrong, as for `ottl run`.

  $ ottl diff -s 'set(log.body, Substring(log.body, 0, 20))' data/logs.json
  ottl: data/logs.json: message 1: statement 1 `set(log.body, Substring(log.body, 0, 20))` failed on log record 2 (resource 1, scope 1, item 2): R0837: invalid range for substring function
  ottl: stopped there; --error-mode ignore goes on
  [5]
  $ ottl diff --error-mode ignore -s 'set(log.body, Substring(log.body, 0, 20))' data/logs.json
  ottl: warning: statement 1 `set(log.body, Substring(log.body, 0, 20))` failed on 1 record, first on log record 2 of message 1 (resource 1, scope 1, item 2): R0837: invalid range for substring function
  log record 1 2026-09-21T14:13:20.000000001Z INFO: changed
    time_unix_nano = 2026-09-21T14:13:20.000000001Z
    severity_number = SEVERITY_NUMBER_INFO (9)
  - body = "ana@example.com signed in"
  + body = "ana@example.com sign"
    attributes["user"] = "ana"
    attributes["token"] = "t0p"
  
  log record 3 2026-09-21T14:13:20.000000003Z ERROR: changed
    time_unix_nano = 2026-09-21T14:13:20.000000003Z
    severity_number = SEVERITY_NUMBER_ERROR (17)
  - body = "mail to bob@example.org failed"
  + body = "mail to bob@example."
    attributes["code"] = 550
  
  records   3 in, 3 out: 2 changed, 0 dropped, 0 added, 0 moved
  fields    2 changed
  bytes     199 in, 184 out (15 saved, 7.5 %)
  [1]
  $ ottl diff -s 'set(log.bodi, 1)' data/logs.json
  error[E0301]: unknown path `log.bodi`
   --> 1:5
    |
  1 | set(log.bodi, 1)
    |     ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  [3]
  $ ottl diff data/logs.json
  ottl: nothing to run: give statements with -s, a file with -f or a collector's with --config (`ottl help diff` shows examples)
  [2]
  $ ottl diff -s 'set(log.body, 1)' -c 'true' data/logs.json
  ottl: -s and -c do not go together
  [2]
  $ ottl diff -s 'set(log.body, 1)' data/traces.json
  ottl: data/traces.json: message 1: it has traces, the statements are about logs
  [4]
  $ ottl diff -s 'set(log.body, 1)' --html none/page.html data/logs.json
  ottl: cannot create a file beside none/page.html: No such file or directory
  [2]
  $ ottl run -s 'set(log.flags, 9)' --to proto data/logs.json | head -c 99 | ottl diff -s 'set(log.body, 1)' -
  ottl: standard input: message 1: not valid OTLP at byte 0: ExportLogsServiceRequest.resource_logs: its value is cut short, or its length runs over the end of the message
  [4]
