What a collector of some age does not have.

  $ cat > c.yaml <<END
  > processors:
  >   filter:
  >     log_conditions: ['log.event_name == "x"']
  >   transform:
  >     log_statements:
  >       - context: log
  >         shared_cache: true
  >         statements:
  >           - set(attributes["a"], ToUpperCase(body)) where HasPrefix(body, "x")
  >           - truncate_all(attributes, 10, utf8_safe=true)
  >           - 'set(attributes["m"], {"a": {"b": 1}})'
  >           - set(attributes["x"], otelcol.client.metadata["a"])
  >           - set(attributes[severity_text], "x")
  >     metric_statements:
  >       - set(metric.name, "x")
  > END
  $ ottl check --compat v0.100 --config c.yaml --format short
  c.yaml:3:5: warning[W0736]: v0.100 does not have the key `log_conditions`
  c.yaml:15:9: warning[W0736]: v0.100 does not have statements without a group
  c.yaml:7:9: warning[W0736]: v0.100 does not have the key `shared_cache`
  c.yaml:3:23: warning[W0736]: v0.100 does not have `log.event_name`
  c.yaml:9:34: warning[W0736]: v0.100 does not have the function `ToUpperCase`
  c.yaml:9:59: warning[W0736]: v0.100 does not have the function `HasPrefix`
  c.yaml:10:13: warning[W0736]: v0.100 does not have the parameter `utf8_safe` of `truncate_all`
  c.yaml:11:35: warning[W0736]: v0.100 does not have map literals
  c.yaml:12:34: warning[W0736]: v0.100 does not have the context `otelcol`
  c.yaml:13:28: warning[W0736]: v0.100 does not have keys that are computed
  $ ottl check --compat 0.130.1 --config c.yaml
  warning[W0736]: v0.130 does not have the key `log_conditions`
   --> c.yaml:3:5
    |
  3 |     log_conditions: ['log.event_name == "x"']
    |     ^^^^^^^^^^^^^^
    = help: it came after v0.144, not later than v0.150
  
  warning[W0736]: v0.130 does not have the key `shared_cache`
   --> c.yaml:7:9
    |
  7 |         shared_cache: true
    |         ^^^^^^^^^^^^
    = help: it came after v0.150, not later than v0.161
  
  warning[W0736]: v0.130 does not have the parameter `utf8_safe` of `truncate_all`
    --> c.yaml:10:13
     |
  10 | truncate_all(attributes, 10, utf8_safe=true)
     | ^^^^^^^^^^^^
     = help: it came after v0.147, not later than v0.150
  
  warning[W0736]: v0.130 does not have the context `otelcol`
    --> c.yaml:12:34
     |
  12 | set(attributes["x"], otelcol.client.metadata["a"])
     |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: it came after v0.144, not later than v0.147
  
  0 errors, 4 warnings
  $ ottl check --compat v0.163.0 --config c.yaml
  0 errors, 0 warnings

Between two versions of the table nothing is known, and nothing is told.

  $ ottl check --compat v0.155 -s 'set(log.body, All(log.body, (k, v) => v == 1))' --experimental
  warning[W0736]: v0.155 does not have the function `All`
   --> 1:15
    |
  1 | set(log.body, All(log.body, (k, v) => v == 1))
    |               ^^^
    = help: it came after v0.155, not later than v0.158
  
  0 errors, 1 warning
  $ ottl check --compat v0.157 -s 'set(log.body, "x") where IsEmpty(log.body)'
  0 errors, 0 warnings
  $ ottl check --compat v0.158 -s 'set(log.body, "x") where IsEmpty(log.body)'
  0 errors, 0 warnings
  $ ottl check --compat v0.120 -s 'set(log.body, "x") where ContainsValue(log.body, 1)' --deny W0736
  error[W0736]: v0.120 does not have the function `ContainsValue`
   --> 1:26
    |
  1 | set(log.body, "x") where ContainsValue(log.body, 1)
    |                          ^^^^^^^^^^^^^
    = help: it came after v0.128, not later than v0.130
  
  1 error, 0 warnings
  [1]

The context request was not deprecated then.

  $ cat > r.yaml <<END
  > connectors:
  >   routing:
  >     table:
  >       - context: request
  >         condition: request["X-Tenant"] == "acme"
  >         pipelines: [logs/acme]
  > END
  $ ottl check --config r.yaml --format short
  r.yaml:5:20: warning[W1005]: the connector deprecates the context `request`, since v0.156
  $ ottl check --compat v0.150 --config r.yaml
  0 errors, 0 warnings

  $ ottl check --compat 1.3 -s 'set(log.body, "x")'
  ottl: `1.3` is no value of --compat: give a version such as v0.130
  [2]
