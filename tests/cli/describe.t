# Describe

The tables, and one of them.

  $ ottl describe
  Tables:
    functions    editors and converters, with examples
    paths        what statements read and write
    contexts     what statements run on
    enums        symbols that stand for numbers
    types        types of values
    limits       how much of everything
    diagnostics  codes of errors, warnings and failures
    renamed      names that are no functions, and what to write instead
  
  `ottl describe TABLE` lists one, `ottl describe TABLE NAME` shows an entry.
  $ ottl describe contexts
    otelcol        the request that brought the payload; one for each run
    resource       what produced the telemetry
    scope          the instrumentation scope
    span           a span
    spanevent      an event of a span
    metric         a metric
    datapoint      a data point of a metric, of any kind
    exemplar       an exemplar of a data point
    log            a log record
    profile        a profile (experimental)
    profilesample  a sample of a profile (experimental)
  $ ottl describe functions | sed -n '1,4p;$p'
    All                               Whether a condition holds for every element of a list or map.
    Any                               Whether a condition holds for some element of a list or map.
    Base64Encode                      A string in base64: base64, base64-raw, base64-url or base64-raw-url.
    Bool                              A value as a bool; nil stays nil.
    truncate_all                      Cuts the string values of a map to a number of bytes.
  $ ottl describe paths scope
    scope.name                      name of the instrumentation scope
    scope.version                   version of the instrumentation scope
    scope.attributes                the attributes
    scope.dropped_attributes_count  number of attributes that were dropped
    scope.schema_url                URL of the schema
    scope.cache                     scratch values of this context
  $ ottl describe renamed | head -3
    Base64Decode                      it went in favour of `Decode(value, "base64")`
    Join                              it is called `Concat([values], delimiter)` since 2022
    IsListOfString                    `IsList` is there; what its elements are, no function tells

A function: the text of docs/functions.md.

  $ ottl describe functions replace_match
  replace_match(target: path, pattern: string, replacement: string, [function: function], [replacement_format: string])
  
  Replaces a string that a glob pattern matches. A glob that has to match all of the value: `*`, `?`
  and `{a,b}`; `*` matches `/` too. What is no string stays as it is.
  
  Arguments:
    target              path
    pattern             string
    replacement         string
    function            function; default: none; name of a converter, without parentheses, that makes
                        the new value out of the replacement
    replacement_format  string; default: "%s"; what stands around the function's result
  
  Examples:
    span {"name": "GET /user/17/list"}
      replace_match(span.name, "GET /user/*/list", "GET /user/{id}/list")
        -> {"name": "GET /user/{id}/list"}
  
    log record {"body": 5}
      replace_match(log.body, "*", "x")
        -> same
  $ ottl describe functions When
  When(condition: () => condition, true_value: value, false_value: value) -> anything, nil
  
  One value where a condition holds, another where it does not. Only the value that is chosen is
  evaluated.
  Experimental: switch it on with --experimental.
  
  Arguments:
    condition    () => condition; a lambda without parameters, such as `() => log.severity_number >
                 16`
    true_value   value
    false_value  value
  
  Examples:
    log record {"severity_number": 17}
      When(() => log.severity_number >= SEVERITY_NUMBER_ERROR, "bad", "good")
        -> string "bad"
  
    log record {"attributes": {"ms": 1200}}
      set(log.attributes["slow"], When(() => log.attributes["ms"] > 1000, true, false))
        -> {"attributes": {"ms": 1200, "slow": true}}
  $ ottl describe functions HasAttrOnDatapoint | head -6
  HasAttrOnDatapoint(key: string literal, expected_val: string literal) -> bool
  
  Whether an attribute of the first data point that has it is that string. For the conditions of the
  filter processor.
  Only in the context metric.
  Not a standard function: added by the filter processor.
  $ ottl describe function ConvertCase | tail -5
        -> string "HttpMethod"
      ConvertCase("HttpMethod", "snake")
        -> string "http_method"
      ConvertCase("a", "title")
        refused: E0511

One entry of the others.

  $ ottl describe paths log.severity_number
  log.severity_number: severity: SEVERITY_NUMBER_*
    reads: int
    takes: int; cut to 32 bits
  $ ottl describe path 'span.attributes["http.route"]'
  span.attributes: the attributes
    reads: map
    takes: map; nil empties it
    keys:  string, then any
  $ ottl describe context datapoint
  datapoint: a data point of a metric, of any kind
    signals: metrics
    sees the paths of: metric, scope, resource, otelcol
    its paths: ottl describe paths datapoint
  $ ottl describe enum STATUS_CODE_ERROR
  STATUS_CODE_ERROR = 2, in the context span
  STATUS_CODE_ERROR = 2, in the context spanevent
  $ ottl describe limit lambdas
  lambdas: 4 levels
  lambdas inside lambdas; each level has registers of its own
  $ ottl describe types duration
  duration (reference: time.Duration): nanoseconds
  $ ottl describe codes e0210
  E0210 (error): comparisons in a row
    help: join two comparisons with `and`
  $ ottl describe codes R0834
  R0834 (failure of a record): invalid JSON
  $ ottl describe renamed Base64Decode
  Base64Decode: it went in favour of `Decode(value, "base64")`

Names that are near.

  $ ottl describe functions Conact
  ottl: no `Conact` among the functions; there is `Concat`
  [1]
  $ ottl describe functions prefix
  ottl: no `prefix` among the functions; there is `HasPrefix`, `TrimPrefix`
  [1]
  $ ottl describe paths log.bodi
  ottl: no `log.bodi` among the paths; there is `log.body`
  [1]
  $ ottl describe functions zzzzzz
  ottl: no `zzzzzz` among the functions
  [1]
  $ ottl describe nothing
  ottl: no table `nothing`; `ottl describe` lists them
  [2]
  $ ottl describe functions Concat Split
  ottl: describe shows one entry at a time
  [2]
  $ ottl describe functions --format yaml
  ottl: `yaml` is no value of --format: give text or json
  [2]

For programs.

  $ ottl describe limits lambdas --format json
  {"table":"limits","entries":[
  {"name":"lambdas","value":4,"unit":"levels","summary":"lambdas inside lambdas; each level has registers of its own"}
  ]}
  $ ottl describe --format=json | head -2
  {"table":"tables","entries":[
  {"name":"functions","summary":"editors and converters, with examples"},
  $ ottl describe functions Conact --format json
  {"table":"functions","entries":[
  ],"suggestions":["Concat"]}
  [1]
