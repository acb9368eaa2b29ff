# Check

  $ ottl check
  ottl: nothing to check: give files, or statements with -s (`ottl help check` shows examples)
  [2]
  $ ottl check -s 'set(log.body, "x")'
  0 errors, 0 warnings
  $ ottl check -s 'set(log.severity_number, "ERROR")'
  warning[W0701]: this always fails: the path takes int
   --> 1:26
    |
  1 | set(log.severity_number, "ERROR")
    |                          ^^^^^^^ string
    = help: the number has a name: `SEVERITY_NUMBER_ERROR`
  
  0 errors, 1 warning
  $ ottl check --strict -s 'set(log.severity_number, "ERROR")' > /dev/null
  [1]
  $ ottl check -s 'set(log.bodi, 1)' -s 'set(log.body, "x") where log.severity_number == 1 and log.severity_number == 2'
  error[E0301]: unknown path `log.bodi`
   --> statement 1:1:5
    |
  1 | set(log.bodi, 1)
    |     ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  
  warning[W0709]: this statement never runs: its condition is always false
   --> statement 2:1:1
    |
  1 | set(log.body, "x") where log.severity_number == 1 and log.severity_number == 2
    | ^^^^^^^^^^^^^^^^^^
  
  warning[W0708]: this is always false here
   --> statement 2:1:55
    |
  1 | set(log.body, "x") where log.severity_number == 1 and log.severity_number == 2
    |                                                       ^^^^^^^^^^^^^^^^^^^^^^^^
    |                          ------------------------ because of this
  
  1 error, 2 warnings
  [1]

What may fail, and its guard.

  $ ottl check --may-fail -s 'set(log.attributes["id"], log.body["id"])'
  note[W0730]: this fails where a value on the way has no such keys
   --> 1:27
    |
  1 | set(log.attributes["id"], log.body["id"])
    |                           ^^^^^^^^^^^^^^
    = help: guard it with `IsMap(log.body)`
  
  0 errors, 0 warnings, 1 note
  $ ottl check --may-fail -s 'set(log.attributes["id"], log.body["id"]) where IsMap(log.body)'
  note[W0735]: where this is missing, an attribute without a value is written
   --> 1:27
    |
  1 | set(log.attributes["id"], log.body["id"]) where IsMap(log.body)
    |                           ^^^^^^^^^^^^^^
    = help: guard it with `log.body["id"] != nil`
  
  0 errors, 0 warnings, 1 note

Conditions.

  $ ottl check -c 'span.kind == STATUS_CODE_OK' -c 'span.name == 1' --format short
  condition 1:1:14: warning[W0711]: `STATUS_CODE_OK` is no value of `span.kind`
  condition 2:1:14: warning[W0702]: this comparison is always false: the types are never equal
  $ ottl check -c 'span.kind == 1' -s 'set(span.name, "x")'
  ottl: -s and -c do not go together: check them one after the other
  [2]

Paths, contexts, signals.

  $ ottl check --paths bare --context log -s 'set(body, "x")'
  0 errors, 0 warnings
  $ ottl check --paths prefixed --context log -s 'set(body, "x")' --format short
  1:5: error[E0302]: the path `body` has no context in front
  [1]
  $ ottl check --context log --signal traces -s 'set(log.body, "x")' --format short
  1:1: error[E0309]: this signal has no log context
  [1]
  $ ottl check --paths some -s 'set(log.body, "x")'
  ottl: `some` is no value of --paths: give either, prefixed or bare
  [2]

Files.

  $ printf '# a policy\ncontext: log\nset(body, 1) where severity_text == 17\n\nset(name, "x")\n' > a.ottl
  $ printf 'context: span\nname == "x" and name == "y"\n' > b.ottl
  $ ottl check a.ottl
  warning[W0702]: this comparison is always false: the types are never equal
   --> a.ottl:3:37
    |
  3 | set(body, 1) where severity_text == 17
    |                                     ^^ int
    |                    ------------- string
    = note: the statement never runs
    = help: the number is in `log.severity_number`
  
  error[E0301]: unknown path `name`
   --> a.ottl:5:5
    |
  5 | set(name, "x")
    |     ^^^^ not a path of the log context
    = help: attributes are reached with keys: `attributes["name"]`
  
  1 error, 1 warning
  [1]
  $ ottl check --conditions b.ottl --format short
  b.ottl:2:17: warning[W0708]: this is always false here
  $ ottl check --format json a.ottl -s 'set(log.body, "x")'
  {"programs":[
  {"name":null,"diagnostics":[]
  },
  {"name":"a.ottl","diagnostics":[
  {"code":"W0702","severity":"warning","message":"this comparison is always false: the types are never equal","file":"a.ottl","begin":60,"end":62,"line":3,"column":37,"column_utf16":37,"end_line":3,"end_column":39,"end_column_utf16":39,"label":"int","labels":[{"file":"a.ottl","begin":43,"end":56,"line":3,"column":20,"column_utf16":20,"end_line":3,"end_column":33,"end_column_utf16":33,"text":"string"}],"notes":["the statement never runs"],"help":"the number is in `log.severity_number`","fixes":[{"file":"a.ottl","begin":43,"end":56,"line":3,"column":20,"column_utf16":20,"end_line":3,"end_column":33,"end_column_utf16":33,"replacement":"severity_number"}]},
  {"code":"E0301","severity":"error","message":"unknown path `name`","file":"a.ottl","begin":68,"end":72,"line":5,"column":5,"column_utf16":5,"end_line":5,"end_column":9,"end_column_utf16":9,"label":"not a path of the log context","labels":[],"notes":[],"help":"attributes are reached with keys: `attributes[\"name\"]`","fixes":[]}
  ]
  }
  ],"errors":1,"warnings":1,"notes":0}
  [1]
  $ ottl check a.ottl no-such.ottl --format short
  ottl: cannot open no-such.ottl: No such file or directory
  a.ottl:3:37: warning[W0702]: this comparison is always false: the types are never equal
  a.ottl:5:5: error[E0301]: unknown path `name`
  [2]
  $ ottl check --context log a.ottl
  ottl: --context is for -s and -c; in a file it is a line `context: log`
  [2]
  $ ottl check examples/demo.ottl
  0 errors, 0 warnings

# A collector's file: every list of every processor

  $ cat > collector.yaml <<'EOF'
  > processors:
  >   transform:
  >     log_statements:
  >       - set(log.body, "x") where log.severity_number == "ERROR"
  >       - set(log.bodi, 1)
  >   filter/health:
  >     trace_conditions: ['span.kind == SPAN_KIND_SERVER']
  > EOF
  $ ottl check --config collector.yaml
  warning[W0702]: this comparison is always false: the types are never equal
   --> collector.yaml:4:57
    |
  4 | set(log.body, "x") where log.severity_number == "ERROR"
    |                                                 ^^^^^^^ string
    |                          ------------------- int
    = note: the statement never runs
    = help: the number has a name: `SEVERITY_NUMBER_ERROR`
  
  error[E0301]: unknown path `log.bodi`
   --> collector.yaml:5:13
    |
  5 | set(log.bodi, 1)
    |     ^^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  
  1 error, 1 warning
  [1]

Routing connectors are checked with the processors.

  $ cat > routing.yaml <<'END'
  > connectors:
  >   routing:
  >     table:
  >       - condition: log.severity_text == 17
  >         pipelines: [logs/a]
  >       - condition: span.name == "x"
  >         pipelines: [logs/b]
  > END
  $ ottl check --config routing.yaml
  warning[W0702]: this comparison is always false: the types are never equal
   --> routing.yaml:4:41
    |
  4 | log.severity_text == 17
    |                      ^^ int
    | ----------------- string
    = help: the number is in `log.severity_number`
  
  warning[W1002]: this route takes nothing: what it is given has no span context
   --> routing.yaml:6:20
    |
  6 | span.name == "x"
    | ^^^^^^^^^^^^^^^^
  
  0 errors, 2 warnings

# For services: annotations of a workflow (columns count code points), and SARIF, which tests/lint/sarif looks at

  $ printf 'context: log\nset(attributes["ä"], "50%%") where severity_text == 17\n' > 'a, b.ottl'
  $ ottl check --format github 'a, b.ottl' -s 'set(log.bodi, 1)'
  ::error title=E0301::unknown path `log.bodi`%0Ahelp: did you mean `log.body`?
  ::warning file=a%2C b.ottl,line=2,endLine=2,col=52,endColumn=54,title=W0702::this comparison is always false: the types are never equal%0Anote: the statement never runs%0Ahelp: the number is in `log.severity_number`
  [1]
  $ ottl check --format sarif -s 'set(log.body, "x")' | tail -n 6
        },
        "columnKind": "utf16CodeUnits",
        "results": []
      }
    ]
  }
  $ ottl check --format xml -s 'set(log.body, "x")'
  ottl: `xml` is no value of --format: give text, short, json, sarif or github
  [2]

Files and configurations are told apart by their names, with -f too:

  $ printf 'processors:\n  filter/f:\n    log_conditions: [log.severity < 9]\n' > collector.yaml
  $ echo 'set(log.body, "x")' > good.ottl
  $ ottl check collector.yaml -f good.ottl --format short
  collector.yaml:3:22: error[E0301]: unknown path `log.severity`
  [1]
  $ ottl check -f collector.yaml good.ottl --conditions --format short
  collector.yaml:1:11: error[E0201]: expected an operator or the end, found `:`
  good.ottl:1:1: error[E0206]: `set` is an editor name where a converter is wanted
  [1]
  $ echo '{"processors": {"transform": {"log_statements": ["set(log.bodi, 1)"]}}}' > collector.json; ottl check --format short collector.json
  collector.json:1:55: error[E0301]: unknown path `log.bodi`
  [1]
  $ sed -i 's/severity /severity_number /' collector.yaml
  $ ottl run -f collector.yaml data/logs.json --stats 2>&1 | grep ^records
  records  3 in, 0 changed, 1 dropped, 0 failed (0 errors)
  $ ottl run -f collector.yaml --config collector.yaml data/logs.json
  ottl: --config is given twice
  [2]
  $ ottl filter -f collector.yaml data/logs.json
  ottl: collector.yaml is a collector's file: `ottl run --config` runs its filter processors
  [2]

A file of conditions says so itself, or is told that it might:

  $ printf '# what goes\n# ottl: conditions\nlog.severity_number < 5\nIsMatch(log.bodi, "x")\n' > drop.ottl
  $ ottl check drop.ottl --format short
  drop.ottl:4:9: error[E0301]: unknown path `log.bodi`
  [1]
  $ sed -i 2d drop.ottl
  $ ottl check drop.ottl
  error[E0204]: a comparison is not a statement
   --> drop.ottl:2:1
    |
  2 | log.severity_number < 5
    | ^^^^^^^^^^^^^^^^^^^^^^^
    = help: a statement is a call of an editor; files of conditions begin with a line `# ottl: conditions`
  
  error[E0205]: `IsMatch` is a converter name where an editor is wanted
   --> drop.ottl:3:1
    |
  3 | IsMatch(log.bodi, "x")
    | ^^^^^^^
    = help: a statement is a call of an editor; files of conditions begin with a line `# ottl: conditions`
  
  2 errors, 0 warnings
  [1]
  $ printf '# ottl: condition\n' | ottl check /dev/stdin
  ottl: /dev/stdin:1: a comment for ottl says `allow CODE`, `allow-file CODE` or `conditions`
  0 errors, 0 warnings
  [2]

A version of the collector stands in the settings too:

  $ printf '[lint]\ncompat = "v0.100"\n' > .ottl.toml
  $ ottl check -s 'set(log.event_name, "x")' --format short
  1:5: warning[W0736]: v0.100 does not have `log.event_name`
  $ ottl check -s 'set(log.event_name, "x")' --format short --compat v0.161
  $ printf '[lint]\ncompat = "newest"\n' > .ottl.toml
  $ ottl check -s 'set(log.event_name, "x")' --format short
  ottl: .ottl.toml:2: a version such as "v0.130" is wanted here
  [2]
