# What a code means

  $ ottl explain-code W0702
  W0702 (warning): a comparison of types that are never equal
  
  Values of these types are never equal, whatever the record holds. So `==` is always false and `!=`
  always true.
  
  Compare with a literal of the path's type; many paths have a form with `.string`.
  
  Wrong:
      set(log.body, "x") where log.trace_id == "5b8efff798038103d269b633813fc60c"
  
  Right:
      set(log.body, "x") where log.trace_id.string == "5b8efff798038103d269b633813fc60c"
  $ ottl explain-code e1002 --format json
  {
    "name": "E1002",
    "symbol": "CONFIG_DUPLICATE_KEY",
    "severity": "error",
    "summary": "a key that is there twice",
    "why": "A map has a key once.",
    "todo": "Take one away, or give the processor a name: `transform/second`.",
    "bad": [
      {
        "kind": "config",
        "text": "processors:\n  transform: {}\n  transform: {}\n"
      }
    ],
    "good": [
      {
        "kind": "config",
        "text": "processors:\n  transform: {}\n  transform/second: {}\n"
      }
    ]
  }
  $ ottl explain-code R0801
  R0801 (failure of a record): expected string but got %T
  $ ottl explain-code W9999
  ottl: no code `W9999`; `ottl describe diagnostics` lists them
  [1]
  $ ottl explain-code
  ottl: give one code, such as W0702
  [2]
