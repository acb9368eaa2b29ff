# ottl test

Cases in all their forms; docs/testing.md has more.

  $ cat > policy.ottl <<'END'
  > context: log
  > set(attributes["env"], "prod") where severity_number >= 9
  > delete_key(attributes, "token")
  > set(attributes["n"], Int(attributes["n"])) where attributes["n"] != nil
  > END
  $ cat > collector.yaml <<'END'
  > processors:
  >   transform/mask:
  >     error_mode: ignore
  >     log_statements:
  >       - replace_pattern(log.body, "[0-9]{16}", "${env:MASK:-***}")
  >       - set(log.attributes["n"], Int(log.attributes["n"])) where log.attributes["n"] != nil
  >     trace_statements:
  >       - set(span.name, "x") where span.kind == SPAN_KIND_SERVER
  >   filter/health:
  >     log_conditions:
  >       - IsMatch(log.body, "health")
  > END
  $ mkdir cases
  $ cat > cases/good.ottlt <<'END'
  > statements_file: ../policy.ottl
  > cases:
  >   - name: sets the environment
  >     input:
  >       - {body: a, severity_number: 9}
  >       - {body: b, severity_number: SEVERITY_NUMBER_DEBUG}
  >     expect:
  >       - {body: a, severity_number: SEVERITY_NUMBER_INFO, attributes: {env: prod}}
  >       - {body: b, severity_number: 5}
  >   - name: nothing to do
  >     input: [{body: a}]
  >     expect: unchanged
  >   - name: masks cards
  >     processor: transform/mask
  >     config: ../collector.yaml
  >     env: {MASK: "#"}
  >     input: [{body: card 4111111111111111}]
  >     expect: [{body: "card #"}]
  >   - name: health checks go
  >     processor: [transform/mask, filter/health]
  >     config: ../collector.yaml
  >     input: [{body: health is good}, {body: other}]
  >     expect: [{body: other}]
  >   - name: not yet
  >     skip: waits for the shop
  >     input: [{body: a}]
  > END
  $ ottl test cases
  skip cases/good.ottlt:24: not yet: waits for the shop
  4 passed, 1 skipped
  $ cd cases; ottl test; cd ..
  skip good.ottlt:24: not yet: waits for the shop
  4 passed, 1 skipped
  $ ottl test cases/good.ottlt --name card --name health
  2 passed
  $ ottl test --list cases
  cases/good.ottlt:3: sets the environment
  cases/good.ottlt:10: nothing to do
  cases/good.ottlt:13: masks cards
  cases/good.ottlt:19: health checks go
  cases/good.ottlt:24: not yet

All processors of a configuration count, and what is run of a file.

  $ ottl test --coverage cases | sed 1d
  collector.yaml:6:66: this `where` was never true: log.attributes["n"] != nil
  collector.yaml:8:9: this statement never ran: set(span.name, "x") where span.kind == SPAN_KIND_SERVER
  policy.ottl:4:50: this `where` was never true: attributes["n"] != nil
  coverage
     54.5 %  collector.yaml: 3 of 5 statements, 3 of 6 branches
     71.4 %  policy.ottl: 2 of 3 statements, 3 of 4 branches
     61.1 %  total: 5 of 8 statements, 6 of 10 branches
  4 passed, 1 skipped

Cases fail, and say why.

  $ cat > cases/bad.ottlt <<'END'
  > statements_file: ../policy.ottl
  > resource: {attributes: {service.name: shop}}
  > cases:
  >   - name: a field
  >     input: [{body: a, severity_number: 9}]
  >     expect: [{body: b, severity_number: 9, attributes: {env: prod}}]
  >   - name: one too many
  >     input: [{body: a}, {body: b}, {body: c}]
  >     expect: [{body: a}, {body: c}]
  >   - name: one too few
  >     input: [{body: a}]
  >     expect: [{body: b}, {body: a}]
  >   - name: some of it
  >     input: [{body: a, attributes: {token: x, m: {a: 1, b: 2}}}]
  >     expect:
  >       - contains: {attributes: {m: {a: 2}}, resource: {attributes: {service.name: null}}}
  >         conditions: body == "b"
  >   - name: conditions
  >     input: [{body: a}, {body: b}]
  >     expect: [body == "a", 'resource.attributes["service.name"] == "shop"']
  >   - name: a failure
  >     input: [{attributes: {n: x}}]
  >     error_mode: ignore
  >     expect: unchanged
  >   - name: a failure that stops
  >     input: [{attributes: {n: x}}]
  >     expect: unchanged
  >   - name: another failure
  >     input: [{attributes: {n: x}}]
  >     errors: [{record: 1, statement: 2}]
  >   - name: nothing came out
  >     conditions: ['true']
  >     context: log
  >     input: [{body: a}]
  >     expect: [body == nil]
  > END
  $ ottl test cases/bad.ottlt
  FAIL cases/bad.ottlt:4: a field: 1 of 1 record is not as expected
    record 1:
      --- expected
      +++ got
      @@ -2,6 +2,6 @@
         attributes:
           service.name: shop
       severity_number: SEVERITY_NUMBER_INFO
      -body: b
      +body: a
       attributes:
         env: prod
  
  FAIL cases/bad.ottlt:7: one too many: 2 records expected, 3 records came out
    record 2 was not expected:
      --- expected
      +++ got
      @@ -0,0 +1,4 @@
      +resource:
      +  attributes:
      +    service.name: shop
      +body: b
  
  FAIL cases/bad.ottlt:10: one too few: 2 records expected, 1 record came out
    expected record 1 did not come out:
      --- expected
      +++ got
      @@ -1,4 +0,0 @@
      -resource:
      -  attributes:
      -    service.name: shop
      -body: b
  
  FAIL cases/bad.ottlt:13: some of it: the condition `body == "b"` does not hold
    record 1:
      --- expected
      +++ got
      @@ -1,5 +1,8 @@
      +resource:
      +  attributes:
      +    service.name: shop
       body: a
       attributes:
         m:
      -    a: 2
      +    a: 1
           b: 2
    condition of line 17: body == "b"
      record 1: it does not hold
  
  FAIL cases/bad.ottlt:18: conditions: the condition `body == "a"` does not hold
    condition of line 20: body == "a"
      record 2: it does not hold
  
  FAIL cases/bad.ottlt:21: a failure: 0 failures of statements or conditions expected, 1 came
    failed: record 1, statement 3 (policy.ottl:4): R0830: cannot convert the text to an int64
  
  FAIL cases/bad.ottlt:25: a failure that stops: 1 record expected, nothing came out: the payload was refused
    expected record 1 did not come out:
      --- expected
      +++ got
      @@ -1,5 +0,0 @@
      -resource:
      -  attributes:
      -    service.name: shop
      -attributes:
      -  n: x
    failed: record 1, statement 3 (policy.ottl:4): R0830: cannot convert the text to an int64
  
  FAIL cases/bad.ottlt:28: another failure: the failures are others than expected
    failed: record 1, statement 3 (policy.ottl:4): R0830: cannot convert the text to an int64
  
  FAIL cases/bad.ottlt:31: nothing came out: no record came out that the condition of line 35 is about
  
  0 passed, 9 failed
  [1]

Without an expectation it shows what comes out; --update writes it, in the file's own way, and leaves what is right.

  $ cat > open.ottlt <<'END'
  > # cases of the policy
  > statements_file: policy.ottl
  > cases:
  >   # the first
  >   - name: open           # not looked at yet
  >     input:
  >       - {body: a, severity_number: 9, attributes: {token: "1", t: 1.0, "x: y": "2"}}
  >     # who asks?
  > 
  >   - input: [{body: a}, {body: b}]
  >     expect:              # two
  >       - body: x          # wrong
  >       - body: b          # right
  >     name: wrong
  >   - name: failures
  >     input: [{attributes: {n: x}}]
  >     expect: []
  > # the end
  > END
  $ ottl test open.ottlt
  OPEN open.ottlt:5: open: it expects nothing: --update writes what came out
    - severity_number: SEVERITY_NUMBER_INFO
      body: a
      attributes:
        t: 1.0
        "x: y": "2"
        env: prod
  
  FAIL open.ottlt:10: wrong: 1 of 2 records is not as expected
    record 1:
      --- expected
      +++ got
      @@ -1,1 +1,1 @@
      -body: x
      +body: a
  
  FAIL open.ottlt:15: failures: 0 failures of statements or conditions expected, 1 came
    failed: record 1, statement 3 (policy.ottl:4): R0830: cannot convert the text to an int64
  
  0 passed, 2 failed, 1 without expectation
  [1]
  $ cp open.ottlt before; ottl test --update open.ottlt
  updated open.ottlt: 3 cases
  3 passed
  $ diff before open.ottlt
  7a8,14
  >     expect:
  >       - severity_number: SEVERITY_NUMBER_INFO
  >         body: a
  >         attributes:
  >           t: 1.0
  >           "x: y": "2"
  >           env: prod
  12c19
  <       - body: x          # wrong
  ---
  >       - body: a          # wrong
  17a25,26
  >     errors:
  >       - {record: 1, code: R0830, message: "cannot convert the text to an int64"}
  [1]
  $ cp open.ottlt before; ottl test --update open.ottlt; cmp before open.ottlt
  3 passed

Texts of several lines are written so; an empty `expect:` is filled in; what an alias stands for is left.

  $ cat > lines.ottlt <<'END'
  > statements: ['set(log.attributes["n"], 1)']
  > cases:
  >   - name: a trace
  >     input: &in
  >       - body: |
  >           java.lang.Error: no
  >             at Shop.java:17
  >         attributes: {t: "a\nb", u: " a\nb", v: "a\n\n"}
  >     expect:   # soon
  >   - name: an alias
  >     input: *in
  >     expect: *in
  > END
  $ ottl test --update lines.ottlt > out; echo "[$?]"; sed -n '9,$p' lines.ottlt; cp lines.ottlt before
  [1]
      expect:   # soon
        - body: |
            java.lang.Error: no
              at Shop.java:17
          attributes:
            t: |-
              a
              b
            u: " a\nb"
            v: "a\n\n"
            n: 1
    - name: an alias
      input: *in
      expect: *in
  $ ottl test --update lines.ottlt > out; cmp lines.ottlt before

Line ends stay those of the file.

  $ printf 'statements: ["set(log.body, 1)"]\r\ncases:\r\n  - name: a\r\n    input: [{body: a}]\r\n' > crlf.ottlt
  $ ottl test --update crlf.ottlt; cat -A crlf.ottlt
  updated crlf.ottlt: 1 case
  1 passed
  statements: ["set(log.body, 1)"]^M$
  cases:^M$
    - name: a^M$
      input: [{body: a}]^M$
      expect:^M$
        - body: 1^M$

Mistakes of a file are told all at once, those of a case with it.

  $ cat > wrong.ottlt <<'END'
  > statments: ['set(log.body, 1)']
  > name: x
  > cases:
  >   - name: a
  >     inputs: []
  >   - name: a
  >     input: [{body: a}]
  >     statements: ['set(log.body, 1)']
  >     config: x.yaml
  >   - input: []
  >   - 5
  > END
  $ ottl test wrong.ottlt
  error[E1005]: a file of cases has no key `statments`
   --> wrong.ottlt:1:1
    |
  1 | statments: ['set(log.body, 1)']
    | ^^^^^^^^^
    = help: did you mean `statements`?
  
  error[E1005]: a file of cases has no key `name`
   --> wrong.ottlt:2:1
    |
  2 | name: x
    | ^^^^
    = help: it belongs to a case, below `cases`
  
  error[E1005]: a case has no key `inputs`
   --> wrong.ottlt:5:5
    |
  5 |     inputs: []
    |     ^^^^^^
    = help: did you mean `input`?
  
  error[E1009]: this case has no `input`
   --> wrong.ottlt:4:11
    |
  4 |   - name: a
    |           ^
  
  error[E1008]: `statements` and `config` do not go together
   --> wrong.ottlt:9:5
    |
  8 |     statements: ['set(log.body, 1)']
    |     ---------- here is the other one
  9 |     config: x.yaml
    |     ^^^^^^
  
  error[E1002]: another case has this name
   --> wrong.ottlt:6:11
    |
  4 |   - name: a
    |           - first here
  6 |   - name: a
    |           ^
  
  error[E1009]: a case needs a `name`, a text that says what it is about
    --> wrong.ottlt:10:5
     |
  10 |   - input: []
     |     ^
  
  error[E1006]: a case is a map, this is an integer
    --> wrong.ottlt:11:5
     |
  11 |   - 5
     |     ^
  
  0 passed, 1 file with mistakes
  [1]
  $ cat > wrong.ottlt <<'END'
  > cases:
  >   - name: keys and values
  >     statements: ['set(log.body, "x")']
  >     input:
  >       - bdy: a
  >         severity_number: SEVERITY_NUMBER_INF
  >         time: yesterday
  >         trace_id: "12"
  >         flags: -1
  >         event_name: 5
  >         resource: {atributes: {}}
  >     expect: []
  >   - name: processors
  >     processor: transform/mas
  >     config: collector.yaml
  >     input: []
  >   - name: files
  >     statements_file: nowhere.ottl
  >     input: []
  >   - name: what?
  >     input: []
  >   - name: words
  >     statements: ['set(log.body, "x")']
  >     input: [{body: x}]
  >     expect: unchangd
  >   - name: does not compile
  >     statements: |
  >       # a comment
  >       set(log.body, "x")
  >       set(log.bdy, "x")
  >     input: [{body: x}]
  >     expect: unchanged
  >   - name: a condition
  >     statements: ['set(log.body, "x")']
  >     input: [{body: x}]
  >     expect: [boddy == "x"]
  >   - name: records and conditions
  >     statements: ['set(log.body, "x")']
  >     input: [{body: x}]
  >     expect: [body == "x", {body: x}]
  > END
  $ ottl test wrong.ottlt
  BROKEN wrong.ottlt:2: keys and values: there are mistakes in the case
  error[E1005]: `log record` has no field `bdy`
   --> wrong.ottlt:5:9
    |
  5 |       - bdy: a
    |         ^^^
    = help: did you mean `body`?
  
  error[E1007]: `severity_number` has no symbol `SEVERITY_NUMBER_INF`
   --> wrong.ottlt:6:26
    |
  6 |         severity_number: SEVERITY_NUMBER_INF
    |                          ^^^^^^^^^^^^^^^^^^^
    = help: did you mean `SEVERITY_NUMBER_INFO`?
  
  error[E1007]: `time` is an integer, or a time such as 2024-05-01T12:00:00Z
   --> wrong.ottlt:7:15
    |
  7 |         time: yesterday
    |               ^^^^^^^^^
  
  error[E1007]: `trace_id` is 32 hexadecimal digits, these are 2
   --> wrong.ottlt:8:20
    |
  8 |         trace_id: "12"
    |                    ^^
  
  error[E1007]: `flags` is an integer from 0 to 4294967295
   --> wrong.ottlt:9:16
    |
  9 |         flags: -1
    |                ^^
  
  error[E1006]: `event_name` is a string, this is an integer
    --> wrong.ottlt:10:21
     |
  10 |         event_name: 5
     |                     ^
     = help: put it into quotes
  
  error[E1005]: `resource` has no field `atributes`
    --> wrong.ottlt:11:20
     |
  11 |         resource: {atributes: {}}
     |                    ^^^^^^^^^
     = help: did you mean `attributes`?
  
  BROKEN wrong.ottlt:13: processors: there are mistakes in the case
  error[E1007]: collector.yaml has no processor `transform/mas`
    --> wrong.ottlt:14:16
     |
  14 |     processor: transform/mas
     |                ^^^^^^^^^^^^^
     = help: did you mean `transform/mask`?
  
  BROKEN wrong.ottlt:17: files: there are mistakes in the case
  error[E1007]: the file nowhere.ottl cannot be read
    --> wrong.ottlt:18:22
     |
  18 |     statements_file: nowhere.ottl
     |                      ^^^^^^^^^^^^
  
  BROKEN wrong.ottlt:20: what?: nothing says what is tested: `statements`, `statements_file`, `conditions`, `conditions_file` or `config`
  
  BROKEN wrong.ottlt:22: words: there are mistakes in the case
  error[E1007]: `expect` is a list of records or of conditions, or `unchanged`
    --> wrong.ottlt:25:13
     |
  25 |     expect: unchangd
     |             ^^^^^^^^
     = help: did you mean `unchanged`?
  
  BROKEN wrong.ottlt:26: does not compile: the statements do not compile
  error[E0301]: unknown path `log.bdy`
    --> wrong.ottlt:30:11
     |
  30 | set(log.bdy, "x")
     |     ^^^^^^^ not a path of the log context
     = help: did you mean `log.body`?
  
  BROKEN wrong.ottlt:33: a condition: a condition of `expect` does not compile
  error[E0301]: unknown path `boddy`
    --> wrong.ottlt:36:14
     |
  36 | boddy == "x"
     | ^^^^^ not a path of the log context
     = help: did you mean `body`?
  
  BROKEN wrong.ottlt:37: records and conditions: there are mistakes in the case
  error[E1006]: a record is a map, this is a string
    --> wrong.ottlt:40:14
     |
  40 |     expect: [body == "x", {body: x}]
     |              ^^^^^^^^^^^
     = help: conditions are a list of their own, about all records; about this one, write `- conditions: ...`
  
  0 passed, 8 broken
  [1]

What YAML makes of statements in brackets.

  $ printf 'statements: [set(log.body, "x")]\n' > brackets.ottlt; ottl test brackets.ottlt
  error[E1001]: this is not YAML: did not find expected ',' or ']'
   --> brackets.ottlt:1:31
    |
  1 | statements: [set(log.body, "x")]
    |                               ^
    = note: while parsing a flow sequence
    = help: within `[ ]` and `{ }`, put a statement or condition into single quotes: 'set(log.body, "x")'
  
  0 passed, 1 file with mistakes
  [1]
  $ printf 'cases:\n  - expect: [attributes["a"] == 1]\n' > brackets.ottlt; ottl test brackets.ottlt
  error[E1001]: this is not YAML: did not find expected ',' or ']'
   --> brackets.ottlt:2:24
    |
  2 |   - expect: [attributes["a"] == 1]
    |                        ^
    = note: while parsing a flow sequence
    = help: within `[ ]` and `{ }`, put a statement or condition into single quotes: 'set(log.body, "x")'
  
  0 passed, 1 file with mistakes
  [1]

For programs and CI.

  $ ottl test --format json cases/good.ottlt --name card --name yet | sed 's/"seconds":[0-9.]*/"seconds":0/'
  {"files":[
  {"file":"cases/good.ottlt","cases":[
  {"name":"masks cards","line":13,"outcome":"passed","seconds":0},
  {"name":"not yet","line":24,"outcome":"skipped","seconds":0,"message":"waits for the shop"}]}],
  "passed":1,"failed":0,"broken":0,"skipped":1,"open":0,"broken_files":0}
  $ ottl test --junit report.xml cases/bad.ottlt --name 'a field' > out; echo $?; sed 's/time="[0-9.]*"/time="0"/' report.xml
  1
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites name="ottl test" tests="1" failures="1" errors="0">
    <testsuite name="cases/bad.ottlt" tests="1" failures="1" errors="0" skipped="0" time="0">
      <testcase name="a field" classname="cases/bad.ottlt" time="0">
        <failure message="1 of 1 record is not as expected" type="failed">record 1:
    --- expected
    +++ got
    @@ -2,6 +2,6 @@
       attributes:
         service.name: shop
     severity_number: SEVERITY_NUMBER_INFO
    -body: b
    +body: a
     attributes:
       env: prod
  </failure>
      </testcase>
    </testsuite>
  </testsuites>
  $ ottl test --coverage --format json cases/good.ottlt | sed -n '/coverage/,$p'
  "coverage":{"percent":61.11,"files":[
  {"file":"collector.yaml","statements":5,"statements_run":3,"branches":6,"branches_taken":3},
  {"file":"policy.ottl","statements":3,"statements_run":2,"branches":4,"branches_taken":3}],"gaps":[
  {"file":"collector.yaml","line":6,"column":66,"gap":"never-true","operand":false,"text":"log.attributes[\"n\"] != nil"},
  {"file":"collector.yaml","line":8,"column":9,"gap":"never-ran","operand":false,"text":"set(span.name, \"x\") where span.kind == SPAN_KIND_SERVER"},
  {"file":"policy.ottl","line":4,"column":50,"gap":"never-true","operand":false,"text":"attributes[\"n\"] != nil"}]},
  "passed":4,"failed":0,"broken":0,"skipped":1,"open":0,"broken_files":0}

Wrong use.

  $ ottl test nothing.ottlt
  ottl: cannot open nothing.ottlt: No such file or directory
  [2]
  $ mkdir empty; ottl test empty
  ottl: no files of cases (.ottlt) in empty; `ottl help test` shows one
  [2]
  $ ottl test cases/good.ottlt --name nobody
  ottl: no case has `nobody` in its name; --list shows their names
  [2]
  $ ottl test --min-coverage 101 cases
  ottl: `101` is no value of --min-coverage: give a number from 0 to 100
  [2]
  $ ottl test - < cases/good.ottlt
  ottl: cases are read from files, not from standard input
  [2]
  $ ottl test --update --list cases
  ottl: --update and --list do not go together
  [2]

It watches: cases, statements, new files; and ends when it is told to.

  $ wait_for() { for i in $(seq 200); do [ "$(grep -c watching log)" -ge "$1" ] && return; sleep 0.05; done; echo "no run $1"; cat log; }
  $ ottl test --watch cases/good.ottlt --name environment > log 2>&1 &
  > pid=$!; wait_for 1; sed -i 's/"prod"/"dev"/' policy.ottl
  > wait_for 2; sed -i 's/env: prod/env: dev/' cases/good.ottlt
  > wait_for 3; kill -INT $pid; wait $pid; echo "[$?]"; grep -v '^ ' log
  [0]
  1 passed
  ottl: watching; Ctrl-C ends
  FAIL cases/good.ottlt:3: sets the environment: 1 of 2 records is not as expected
  
  0 passed, 1 failed
  ottl: watching; Ctrl-C ends
  1 passed
  ottl: watching; Ctrl-C ends
