# What statements will do

Contexts and why, what is shared, what is computed once.

  $ cat > a.ottl <<'END'
  > # the first line
  > set(log.attributes["p"], 1) where log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)
  > set(log.attributes["q"], 1) where not (log.severity_number >= 9)
  > set(log.attributes["r"], 1)
  >   where log.severity_number >= 9
  >   and (resource.attributes["env"] == "prod" or log.body == nil)
  > set(log.attributes["host"], ConvertCase("A-B", "lower"))
  > merge_maps(log.attributes, ParseJSON(log.body), "upsert") where IsMatch(log.body, "^[{]")
  > END
  $ ottl explain a.ottl
  a.ottl: logs, transform
  
  group 1: log, vectorized
    context found from `log.attributes["p"]` (2:5)
    errors  propagate
    reads   log.severity_number, resource.attributes["env"], log.body, log.attributes
    writes  log.attributes["p"], log.attributes["q"], log.attributes["r"], log.attributes["host"],
            log.attributes
    whole   log.attributes: all of it is read for statement 5
  
      1  2:1     set(log.attributes["p"], 1) where log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)
          once per resource  resource.attributes["env"] == "prod"
      2  3:1     set(log.attributes["q"], 1) where not (log.severity_number >= 9)
          computed in 1      (log.severity_number >= 9)
      3  4:1     set(log.attributes["r"], 1) where log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)
          once per resource  resource.attributes["env"] == "prod"
          computed in 1      log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)
      4  7:1     set(log.attributes["host"], ConvertCase("A-B", "lower"))
          once per run       ConvertCase("A-B", "lower")
          can fail           ConvertCase("A-B", "lower"): values
      5  8:1     merge_maps(log.attributes, ParseJSON(log.body), "upsert") where IsMatch(log.body, "^[{]")
          once per value     IsMatch(log.body, "^[{]")
          once per value     ParseJSON(log.body)
          can fail           IsMatch(log.body, "^[{]"): types and values
          can fail           merge_maps(log.attributes, ParseJSON(log.body), "upsert"): types and values
          can fail           ParseJSON(log.body): types and values

  $ ottl explain -s 'delete_key(log.attributes, "token") where false' 2>&1 | tail -2
      1  delete_key(log.attributes, "token") where false
          never runs         its condition is never true

A function that the path's own context does not have decides as well.

  $ ottl explain -s 'aggregate_on_attributes("sum", ["a"]) where resource.attributes["x"] == 1'
  metrics, transform
  
  group 1: metric, vectorized
    context found from `resource.attributes["x"]` (1:45), and there is no `aggregate_on_attributes` in that context
    errors  propagate
    reads   resource.attributes["x"]
    writes  the record
  
      1  aggregate_on_attributes("sum", ["a"]) where resource.attributes["x"] == 1
          once per resource  resource.attributes["x"] == 1
          can fail           aggregate_on_attributes("sum", ["a"]): values
  $ ottl explain -s 'set(resource.attributes["a"], SPAN_KIND_SERVER)'
  traces, transform
  
  group 1: spanevent, vectorized
    context found from `resource.attributes["a"]` (1:5), and there is no `SPAN_KIND_SERVER` in that context
    errors  propagate
    writes  resource.attributes["a"]
  
      1  set(resource.attributes["a"], SPAN_KIND_SERVER)
          once per resource  the statement as a whole, not for each record
  $ ottl explain --context log -s 'set(body, attributes["x"])'
  logs, transform
  
  group 1: log, vectorized
    context named
    errors  propagate
    reads   log.attributes["x"]
    writes  log.body
  
      1  set(body, attributes["x"])

Record by record, and why.

  $ ottl explain -s 'set(scope.name, "a") where log.severity_number > 3' -s 'set(scope.name, "b") where log.severity_number < 3' | grep -A1 '^group'
  group 1: log, record by record, in rounds
    because a value that many records share is written twice: `scope.name` (statement 1, statement 2)
  $ ottl explain -s 'append(resource.attributes["l"], log.body)' | grep -A1 '^group'
  group 1: log, record by record, in rounds
    because a statement edits a value that many records share, in place: `resource.attributes["l"]` (statement 1)
  $ ottl explain -s 'set(resource.attributes["n"], log.body) where resource.attributes["n"] == nil' | grep -A1 '^group'
  group 1: log, record by record, in rounds
    because a value that many records share is written and read: `resource.attributes["n"]` (statement 1 writes and reads)
  $ ottl explain -s 'set(span.events, nil) where spanevent.name == "x"' | grep -A1 '^group'
  group 1: spanevent, record by record
    because a statement writes the list that the records are in: `span.events` (statement 1)

Types, with narrowing; instructions.

  $ ottl explain --types -s 'set(log.attributes["n"], Split(log.body, ",")[0]) where IsString(log.body) and log.attributes["a"]["b"] != nil'
  logs, transform
  
  group 1: log, vectorized
    context found from `log.attributes["n"]` (1:5)
    errors  propagate
    reads   log.body, log.attributes["a"]["b"]
    writes  log.attributes["n"]
  
      1  set(log.attributes["n"], Split(log.body, ",")[0]) where IsString(log.body) and log.attributes["a"]["b"] != nil
          IsString(log.body) and log.attributes["a"]["b"] != nil  bool, can fail
            IsString(log.body)                                    bool
              log.body                                            bool, int, double, string, bytes, map, list, nil
            log.attributes["a"]["b"] != nil                       bool, can fail
              log.attributes["a"]["b"]                            bool, int, double, string, bytes, map, list, nil, can fail
          log.attributes["n"]                                     bool, int, double, string, bytes, map, list, nil
          Split(log.body, ",")[0]                                 string, can fail
            Split(log.body, ",")                                  list (`[]string`), can fail
              log.body                                            string
          can fail           log.attributes["a"]["b"]: types and values
          can fail           Split(log.body, ",")[0]: types and values
          can fail           Split(log.body, ","): values
  $ ottl explain --bytecode -s 'set(log.body, "a") where log.body == nil'
  logs, transform
  
  group 1: log, vectorized
    context found from `log.body` (1:5)
    errors  propagate
    reads   log.body
    writes  log.body
  
      1  set(log.body, "a") where log.body == nil
             0 L2 CMP_NIL          r2 c0{LOG_BODY} / all x=0
             1 L2 SELECT           r3 r2 all x=0 y=0
             2 L2 SET_KEY          c0{LOG_BODY} k4 / r3 x=0
             3 L2 ACTIVE           r5 all
  $ ottl explain --experimental --types -s 'set(log.attributes["x"], Filter(log.attributes["l"], (i, v) => v > 2))' | tail -7
          log.attributes["x"]                           bool, int, double, string, bytes, map, list, nil
          Filter(log.attributes["l"], (i, v) => v > 2)  map, list, can fail
            log.attributes["l"]                         bool, int, double, string, bytes, map, list, nil
            (i, v) => v > 2                             bool
              v > 2                                     bool
                v                                       anything, nil
          can fail           Filter(log.attributes["l"], (i, v) => v > 2): types and values

Files that serve several signals, and no signal in particular.

  $ cat > all.ottl <<'END'
  > context: resource
  > set(attributes["a"], 1)
  > context: log
  > set(body, "x")
  > context: span
  > set(name, "y")
  > END
  $ ottl explain all.ottl | grep -v '^ .*:'
  all.ottl, logs: logs, transform
  
  group 1: resource, vectorized
    context named
    errors  propagate
    writes  resource.attributes["a"]
  
  
  group 2: log, vectorized
    context named
    errors  propagate
    writes  log.body
  
  
  all.ottl, traces: traces, transform
  
  group 1: resource, vectorized
    context named
    errors  propagate
    writes  resource.attributes["a"]
  
  
  group 2: span, vectorized
    context named
    errors  propagate
    writes  span.name
  
  $ ottl explain -s 'set(resource.attributes["a"], 1)' | head -3
  any signal, transform
  
  group 1: resource, vectorized

Configurations: conditions of groups, filters with contexts of their own, routes.

  $ cat > c.yaml <<'END'
  > processors:
  >   filter/a:
  >     error_mode: ignore
  >     log_conditions:
  >       - log.severity_number < 5
  >       - resource.attributes["env"] == "dev"
  >   transform:
  >     error_mode: silent
  >     log_statements:
  >       - conditions: ['log.body != nil', 'log.severity_number == 17']
  >         statements:
  >           - set(log.severity_text, "a") where log.severity_number == 17
  >     trace_statements:
  >       - set(span.name, Concat([resource.attributes["service.name"], span.name], "/"))
  > connectors:
  >   routing/r:
  >     default_pipelines: [logs/rest]
  >     table:
  >       - {context: log, condition: severity_number > 10, pipelines: [logs/a]}
  >       - {condition: 'attributes["env"] == "prod"', pipelines: [logs/b]}
  > service:
  >   pipelines:
  >     logs/a: {receivers: [routing/r], processors: [transform], exporters: [x]}
  >     logs/b: {receivers: [routing/r], exporters: [x]}
  >     logs/rest: {receivers: [routing/r], exporters: [x]}
  >     logs: {receivers: [o], processors: [filter/a, transform], exporters: [routing/r]}
  > END
  $ ottl explain c.yaml
  c.yaml: filter/a: logs, filter: a record goes when any condition holds
  
  group 1: log, vectorized
    context found from `log.severity_number` (5:9)
    errors  ignore
    reads   log.severity_number
  
      1  5:9     log.severity_number < 5
  
  group 1: resource, vectorized
    context found from `resource.attributes["env"]` (6:9)
    errors  ignore
    reads   resource.attributes["env"]
  
      2  6:9     resource.attributes["env"] == "dev"
  
  c.yaml: transform: logs, transform
  
  group 1: log, vectorized
    context found from `log.body` (10:23)
    errors  silent
    reads   log.body, log.severity_number
    writes  log.severity_text
  
     c1  10:23   log.body != nil
     c2  10:42   log.severity_number == 17
      1  12:13   set(log.severity_text, "a") where log.severity_number == 17
          computed in c2     log.severity_number == 17
  
  c.yaml: transform: traces, transform
  
  group 1: span, vectorized
    context found from `span.name` (14:13)
    errors  silent
    reads   resource.attributes["service.name"], span.name
    writes  span.name
  
      1  14:9    set(span.name, Concat([resource.attributes["service.name"], span.name], "/"))
          can fail           Concat([resource.attributes["service.name"], span.name], "/"): types and values
  
  c.yaml: routing/r: logs, routing table
  
  from route 1: log, vectorized
    context named
    errors  ignore
    reads   log.severity_number
  
      1  19:35   severity_number > 10
  
  from route 2: resource, vectorized
    context named
    errors  ignore
    reads   resource.attributes["env"]
  
      2  20:22   attributes["env"] == "prod"
  $ ottl explain --signal traces c.yaml | head -1
  c.yaml: transform: traces, transform

# What they cost

Without times the output is the same each time.

  $ ottl explain --no-times --cost data/logs.json a.ottl
        rows        selected  errors        statement
                                       a.ottl
                                       group 1: log, vectorized
           3          0   0%       -     1  set(log.attributes["p"], 1) where log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)  <- never true
           3          2  67%       -          log.severity_number >= 9
           2          0   0%       -          (resource.attributes["env"] == "prod" or log.body == nil)  <- never true
           2          0   0%       -            resource.attributes["env"] == "prod"  <- never true
           2          0   0%       -            log.body == nil  <- never true
           3          1  33%       -     2  set(log.attributes["q"], 1) where not (log.severity_number >= 9)
           3          2  67%       -          (log.severity_number >= 9)
           3          0   0%       -     3  set(log.attributes["r"], 1) where log.severity_number >= 9 and (resource.attributes["env"] == "prod" or log.body == nil)  <- never true
           3          2  67%       -          log.severity_number >= 9
           2          0   0%       -          (resource.attributes["env"] == "prod" or log.body == nil)  <- never true
           2          0   0%       -            resource.attributes["env"] == "prod"  <- never true
           2          0   0%       -            log.body == nil  <- never true
           3          3 100%       -     4  set(log.attributes["host"], ConvertCase("A-B", "lower"))
           3          0   0%       -     5  merge_maps(log.attributes, ParseJSON(log.body), "upsert") where IsMatch(log.body, "^[{]")  <- never true
  
  1 message, 199 bytes
  $ ottl explain --no-times --error-mode ignore --cost data/logs.json -s 'set(log.body, Len(log.attributes["none"]))'
        rows        selected  errors        statement
                                       group 1: log, vectorized
           3          3 100%       3     1  set(log.body, Len(log.attributes["none"]))
  
  1 message, 199 bytes
  $ ottl explain --no-times --cost data/logs.json c.yaml
        rows        selected  errors        statement
                                       c.yaml: transform
                                       group 1: log, vectorized
           3          3 100%       -    c1  log.body != nil  <- always true
           0          0            -    c2  log.severity_number == 17  <- no record came to it
           3          1  33%       -     1  set(log.severity_text, "a") where log.severity_number == 17
  
  1 message, 199 bytes
  $ ottl explain --no-times --cost data/logs.json --connector routing/r c.yaml
        rows        selected  errors        statement
                                       c.yaml: routing/r
                                       from route 1: log, vectorized
           3          1  33%       -     1  severity_number > 10
                                       from route 2: resource, vectorized
           1          0   0%       -     2  attributes["env"] == "prod"  <- never true
  
  1 message, 199 bytes
  $ ottl explain --no-times --cost data/traces.json -c 'span.name == "x"' -c 'IsRootSpan()'
        rows        selected  errors        statement
                                       group 1: span, vectorized
           2          0   0%       -     1  span.name == "x"  <- never true
           2          2 100%       -     2  IsRootSpan()  <- always true
  
  1 message, 234 bytes
  $ ottl run --to proto -s 'set(log.body, "y")' data/logs.json | ottl explain --no-times --cost - -s 'set(log.body, "x")'
        rows        selected  errors        statement
                                       group 1: log, vectorized
           3          3 100%       -     1  set(log.body, "x")
  
  1 message, 136 bytes

With times: all columns are there.

  $ ottl explain --cost data/logs.json a.ottl | head -1
        rows        selected  errors   ns/row   share   memo        statement
  $ ottl explain --cost data/logs.json a.ottl | grep -c '%'
  16
  $ ottl explain --cost data/logs.json a.ottl | tail -1 | sed 's/[0-9.]\{1,\} [nu]s, [0-9]* MB/T, S MB/; s/of [0-9]* passes/of N passes/'
  1 message, 199 bytes: T, S MB/s (mean of N passes)

For programs, and as an image.

  $ ottl explain --format json --no-times --cost data/logs.json -s 'set(log.body, "x") where log.severity_number > 8 and log.severity_number < 99'
  {"programs":[{"name":null,"kind":"transform","signal":"logs","profile":{"messages":1,"bytes":199},"groups":[
  {"group":1,"context":"log","inferred":true,"why":"found from `log.body` (1:5)","errorMode":"propagate","order":"vectorized","because":null,"reads":["log.severity_number"],"writes":["log.body"],"maps":[],"statements":[
  {"kind":"statement","number":1,"text":"set(log.body, \"x\") where log.severity_number > 8 and log.severity_number < 99","span":{"file":null,"begin":0,"end":77,"line":1,"column":1,"columnUtf16":1,"endLine":1,"endColumn":78,"endColumnUtf16":78},"per":"log","neverRuns":false,"reads":["log.severity_number"],"writes":["log.body"],"once":[],"shared":[],"memo":[],"fails":[],"where":{"text":"log.severity_number > 8 and log.severity_number < 99","types":"bool","per":"log","mayFail":false,"operands":[{"text":"log.severity_number > 8","types":"bool","per":"log","mayFail":false,"operands":[{"text":"log.severity_number","types":"int","per":"log","mayFail":false,"operands":[]},{"text":"8","types":"int","per":"run","mayFail":false,"operands":[]}]},{"text":"log.severity_number < 99","types":"bool","per":"log","mayFail":false,"operands":[{"text":"log.severity_number","types":"int","per":"log","mayFail":false,"operands":[]},{"text":"99","types":"int","per":"run","mayFail":false,"operands":[]}]}]},"does":{"text":"set(log.body, \"x\")","types":"","per":"log","mayFail":false,"operands":[{"text":"log.body","types":"bool, int, double, string, bytes, map, list, nil","per":"log","mayFail":false,"operands":[]}]},"profile":{"rows":3,"selected":2,"errors":0,"condition":[{"kind":"and","parent":null,"text":"log.severity_number > 8 and log.severity_number < 99","true":2,"false":1,"errors":0},{"kind":"plain","parent":0,"text":"log.severity_number > 8","true":2,"false":1,"errors":0},{"kind":"plain","parent":0,"text":"log.severity_number < 99","true":2,"false":0,"errors":0}]}}]}]}]}
  $ ottl explain --cost data/logs.json --svg f.svg a.ottl > /dev/null
  $ python3 -c 'import sys, xml.dom.minidom as m
  > d = m.parse("f.svg"); titles = [t.firstChild.data.split("\n")[0] for t in d.getElementsByTagName("title")]
  > print(d.documentElement.tagName, titles[:2], "read the payload" in titles, any(t.startswith("1 set(") for t in titles))'
  svg ['all', 'a.ottl'] True True

# Wrong use

  $ ottl explain
  ottl: nothing to explain: give files, or statements with -s, or a collector's file with --config (`ottl help explain` shows examples)
  [2]
  $ ottl explain -s 'set(log.body, 1)' -c 'true'
  ottl: -s and -c do not go together: explain them one after the other
  [2]
  $ ottl explain --svg f.svg a.ottl
  ottl: --svg is for --cost
  [2]
  $ ottl explain --svg f.svg --no-times --cost data/logs.json a.ottl
  ottl: --svg shows times: it does not go together with --no-times
  [2]
  $ ottl explain --context log a.ottl
  ottl: --context is for -s and -c; in a file it is a line `context: log`
  [2]
  $ ottl explain -s 'set(log.bod, 1)'
  error[E0301]: unknown path `log.bod`
   --> 1:5
    |
  1 | set(log.bod, 1)
    |     ^^^^^^^ not a path of the log context
    = help: did you mean `log.body`?
  [3]
  $ ottl explain --cost data/traces.json a.ottl
  ottl: data/traces.json: message 1: it has traces, the statements are about logs
  [4]
  $ ottl explain --cost none.json a.ottl
  ottl: cannot open none.json: No such file or directory
  [2]
  $ ottl explain --cost data/logs.json -s 'set(log.body, Len(log.attributes["none"]))'
  ottl: message 1: Len: unsupported target type nil
  ottl: stopped there; error mode ignore goes on
  [5]
  $ ottl explain --cost data/logs.json --connector routing/x c.yaml
  ottl: c.yaml has no routing connector `routing/x`
  [2]
  $ ottl explain --processor none c.yaml
  ottl: c.yaml has no processor `none`: it has `filter/a`, `transform`
  [2]
  $ ottl explain --signal metrics c.yaml
  ottl: there is no statement that is about it
  [1]
