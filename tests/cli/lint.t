# Switches of rules: options

  $ printf 'context: log\nset(resource.attributes["user"], attributes["user"])\nset(attributes["a"], nil)\n' > a.ottl
  $ ottl check a.ottl --format short
  a.ottl:2:5: warning[W0729]: all records of the resource share this: the value of the last one remains
  a.ottl:3:22: warning[W0728]: this does not take the key away: it is there, without a value
  $ ottl check a.ottl --format short --allow W0729
  a.ottl:3:22: warning[W0728]: this does not take the key away: it is there, without a value
  $ ottl check a.ottl --format short --deny W0728 --allow W0729
  a.ottl:3:22: error[W0728]: this does not take the key away: it is there, without a value
  [1]
  $ ottl check a.ottl --format short --allow W0728,W0729 --warn W0735
  a.ottl:2:34: warning[W0735]: where this is missing, an attribute without a value is written
  $ ottl check a.ottl --format short --allow W0728,W0729,W0735 --deny W0728
  a.ottl:3:22: error[W0728]: this does not take the key away: it is there, without a value
  [1]
  $ ottl check a.ottl --allow W9999
  ottl: allow: no code `W9999`; `ottl describe diagnostics` lists them
  [2]
  $ ottl check a.ottl --allow E0301
  ottl: allow: `E0301` is an error, only warnings and notes can be switched
  [2]

Settings: the nearest file, from here upwards.

  $ mkdir -p home/below && cd home && printf '# of the team\n[lint]\nallow = [\n  "W0728", # a habit of ours\n  %sW0729%s,\n]\nwarn = "W0735"\nstrict = true\n' "'" "'" > .ottl.toml
  $ cd below && ottl check ../../a.ottl --format short
  ../../a.ottl:2:34: warning[W0735]: where this is missing, an attribute without a value is written
  [1]
  $ ottl check ../../a.ottl --format short --allow W0735
  $ ottl check ../../a.ottl --format short --settings /dev/null
  ../../a.ottl:2:5: warning[W0729]: all records of the resource share this: the value of the last one remains
  ../../a.ottl:3:22: warning[W0728]: this does not take the key away: it is there, without a value
  $ printf '[lint]\nallow = ["W0728" "W0729"]\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:2: `,` or `]` is wanted here
  [2]
  $ printf '[lint]\nalow = ["W0728"]\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:2: no such key: [lint] has allow, warn, deny, strict, may-fail and compat
  [2]
  $ printf '[lint]\nstrict = yes\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:2: `true` or `false` is wanted here
  [2]
  $ printf '[lint]\ndeny = "W07\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:2: strings stand on one line, and have no escapes here
  [2]
  $ printf 'deny = "W0728"\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:1: keys belong to the table [lint]
  [2]
  $ printf '[other]\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:1: no such table: there is [lint]
  [2]
  $ printf '[lint]\ndeny = ["W0728"] x\n' > .ottl.toml && ottl check ../../a.ottl
  ottl: .ottl.toml:2: nothing may stand behind a value but a comment
  [2]
  $ ottl check ../../a.ottl --settings none.toml
  ottl: cannot open none.toml: No such file or directory
  [2]
  $ cd ../.. && rm -r home

Comments, in files of statements and in YAML.

  $ printf 'context: log\n# ottl: allow W0729 (one record a resource)\nset(resource.attributes["user"],\n    attributes["user"])\nset(resource.attributes["b"], attributes["b"])\n' > b.ottl
  $ ottl check b.ottl --format short
  b.ottl:5:5: warning[W0729]: all records of the resource share this: the value of the last one remains
  $ printf '# ottl: allow-file W0729\n' | cat - b.ottl > c.ottl && ottl check c.ottl
  0 errors, 0 warnings
  $ cat > collector.yaml <<'END'
  > processors:
  >   transform:
  >     # ottl: allow W0728
  >     log_statements:
  >       - set(log.attributes["a"], nil)
  >       - set(resource.attributes["b"], log.attributes["b"])  # ottl: allow W0729, W0735
  >       - set(resource.attributes["c"], log.attributes["c"])
  >     trace_statements:
  >       - set(span.attributes["a"], nil)
  > END
  $ ottl check --config collector.yaml --format short
  collector.yaml:9:35: warning[W0728]: this does not take the key away: it is there, without a value
  collector.yaml:7:13: warning[W0729]: all records of the resource share this: the value of the last one remains
  $ printf '# ottl: allow W9999\nset(log.body, 1)\n' > d.ottl && ottl check d.ottl
  ottl: d.ottl:1: no code `W9999`; `ottl describe diagnostics` lists them
  0 errors, 0 warnings
  [2]
  $ printf '# ottl: ignore W0729\nset(log.body, 1)\n' > d.ottl && ottl check d.ottl
  ottl: d.ottl:1: a comment for ottl says `allow CODE`, `allow-file CODE` or `conditions`
  0 errors, 0 warnings
  [2]
  $ printf '# ottl: allow all\nset(log.body, 1)\n' > d.ottl && ottl check d.ottl
  ottl: d.ottl:1: this comment names no code
  0 errors, 0 warnings
  [2]

A statement with `: ` in it is a map to YAML; all of them are told, with quotes as the correction:

  $ cat > torn.yaml <<'END'
  > processors:
  >   transform/a:
  >     log_statements:
  >       - set(log.attributes["k: v"], log.body)
  >       - set(log.attributes["a"], "it's: b")
  >   transform/b:
  >     log_statements:
  >       - statements:
  >           - set(log.attributes["x"], {"a": 1})
  >           - set(log.body, "a:b")
  >   filter/c:
  >     log_conditions:
  >       - IsMatch(log.body, "error: .*")
  > END
  $ ottl check --format short torn.yaml
  torn.yaml:4:9: error[E1006]: this is a map to YAML, not a string
  torn.yaml:5:9: error[E1006]: this is a map to YAML, not a string
  torn.yaml:9:13: error[E1006]: this is a map to YAML, not a string
  torn.yaml:13:9: error[E1006]: this is a map to YAML, not a string
  [1]
  $ ottl check torn.yaml | head -6
  error[E1006]: this is a map to YAML, not a string
   --> torn.yaml:4:9
    |
  4 |       - set(log.attributes["k: v"], log.body)
    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    = help: `: ` makes a key of what is before it: put the whole into single quotes
  $ ottl check --format sarif torn.yaml | grep -c insertedContent
  6
