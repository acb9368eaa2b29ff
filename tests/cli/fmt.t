# Formatting

A file is written in place, and named when it changed.

  $ cat > policy.ottl <<'END'
  > # the shop
  > context:log
  > set(attributes["team"],"shop") where resource.attributes["service.name"]=="checkout" and severity_number>=9 and IsMatch(body,"^order [0-9]+")
  > 
  > 
  > delete_key( attributes,"password" )
  > END
  $ cp policy.ottl copy.ottl; chmod 640 copy.ottl; ln -s copy.ottl link.ottl
  $ ottl fmt --check policy.ottl
  policy.ottl
  [1]
  $ ottl fmt --diff policy.ottl
  --- policy.ottl
  +++ policy.ottl
  @@ -1,6 +1,8 @@
   # the shop
  -context:log
  -set(attributes["team"],"shop") where resource.attributes["service.name"]=="checkout" and severity_number>=9 and IsMatch(body,"^order [0-9]+")
  +context: log
  +set(attributes["team"], "shop")
  +  where resource.attributes["service.name"] == "checkout"
  +    and severity_number >= 9
  +    and IsMatch(body, "^order [0-9]+")
  
  -
  -delete_key( attributes,"password" )
  +delete_key(attributes, "password")
  [1]
  $ ottl fmt policy.ottl
  policy.ottl
  $ cat policy.ottl
  # the shop
  context: log
  set(attributes["team"], "shop")
    where resource.attributes["service.name"] == "checkout"
      and severity_number >= 9
      and IsMatch(body, "^order [0-9]+")
  
  delete_key(attributes, "password")
  $ ottl fmt policy.ottl
  $ ottl fmt --check policy.ottl
  $ ottl fmt --diff policy.ottl

The mode of a file stays, and a link stays a link.

  $ ottl fmt link.ottl; stat -c '%a' copy.ottl; test -L link.ottl && cmp copy.ottl policy.ottl
  link.ottl
  640

Standard input goes to standard output, changed or not.

  $ ottl fmt < policy.ottl | cmp - policy.ottl
  $ printf 'a==1 or(b==2)' | ottl fmt -
  a == 1 or (b == 2)
  $ printf 'a==1 or(b==2)' | ottl fmt --check
  -
  [1]
  $ ottl fmt -s 'set( a,1 )' -s 'a<2' -s '[1,2]'
  set(a, 1)
  a < 2
  [1, 2]

What does not parse stays and is told; the rest is formatted.

  $ printf 'set(a,1)\nset(b 2)\n  where c\nset(d,3)\n' > bad.ottl
  $ ottl fmt bad.ottl
  error[E0201]: expected an operator, `,` or `)`, found `2`
   --> bad.ottl:2:7
    |
  2 | set(b 2)
    |       ^
    = help: put a `,` between two values
  
  error[E0208]: a path is not a condition
   --> bad.ottl:3:9
    |
  3 |   where c
    |         ^
    = help: compare it, for instance with `== true` or `!= nil`
  bad.ottl
  [1]
  $ cat bad.ottl
  set(a, 1)
  set(b 2)
    where c
  set(d, 3)
  $ ottl fmt --check bad.ottl 2>/dev/null
  [1]
  $ ottl fmt -s 'set(a'
  error[E0203]: `(` is not closed
   --> 1:6
    |
  1 | set(a
    |      ^ expected `)`
    |    - opened here
    = help: close it with `)`
  [1]

Of a collector's file only statements change.

  $ cat > collector.yaml <<'END'
  > receivers: {otlp: }   # all of them
  > processors:
  >   transform:
  >     error_mode:   ignore
  >     log_statements:
  >       - set( log.body,"x" )   # why not
  >       - set(log.attributes["v"],${env:VERSION})
  >       - |
  >         set(log.severity_text,"ERROR") where IsMatch(log.body,"(?i)error|fatal") and log.severity_number<17
  >           and log.severity_text!="ERROR"
  > END
  $ ottl fmt --diff collector.yaml
  note[W1101]: left as it is: a variable stands outside of its strings
   --> collector.yaml:7:9
    |
  7 | set(log.attributes["v"],${env:VERSION})
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  --- collector.yaml
  +++ collector.yaml
  @@ -3,8 +3,10 @@
     transform:
       error_mode:   ignore
       log_statements:
  -      - set( log.body,"x" )   # why not
  +      - set(log.body, "x")   # why not
         - set(log.attributes["v"],${env:VERSION})
         - |
  -        set(log.severity_text,"ERROR") where IsMatch(log.body,"(?i)error|fatal") and log.severity_number<17
  -          and log.severity_text!="ERROR"
  +        set(log.severity_text, "ERROR")
  +          where IsMatch(log.body, "(?i)error|fatal")
  +            and log.severity_number < 17
  +            and log.severity_text != "ERROR"
  [1]
  $ ottl fmt --as yaml < collector.yaml 2>/dev/null | sed -n '1p;6p'
  receivers: {otlp: }   # all of them
        - set(log.body, "x")   # why not
  $ ottl fmt collector.yaml 2>/dev/null; ottl fmt --check collector.yaml 2>/dev/null
  collector.yaml

Differences have hunks, and know of a last line that does not end.

  $ seq 30 | sed 's/.*/set(a, &)/' > long.ottl; sed -i '5s/ //;8s/ //;9s/$/\n/;25d' long.ottl; printf 'set(z, 1)' >> long.ottl
  $ ottl fmt --diff long.ottl
  --- long.ottl
  +++ long.ottl
  @@ -2,10 +2,10 @@
   set(a, 2)
   set(a, 3)
   set(a, 4)
  -set(a,5)
  +set(a, 5)
   set(a, 6)
   set(a, 7)
  -set(a,8)
  +set(a, 8)
   set(a, 9)
  
   set(a, 10)
  @@ -28,4 +28,4 @@
   set(a, 28)
   set(a, 29)
   set(a, 30)
  -set(z, 1)
  \ No newline at end of file
  +set(z, 1)
  [1]

Files that cannot be used.

  $ ottl fmt nothing.ottl policy.ottl
  ottl: cannot open nothing.ottl: No such file or directory
  [2]
  $ gzip -k policy.ottl; ottl fmt policy.ottl.gz; printf 'set( a,1)\n' | gzip > c.ottl; ottl fmt c.ottl
  ottl: c.ottl is compressed, or changed meanwhile: it stays as it is
  [2]
  $ ottl fmt --as xml policy.ottl
  ottl: `xml` is no value of --as: give ottl or yaml
  [2]
  $ ottl fmt -s 'set(a, 1)' policy.ottl
  ottl: -s stands alone: what it gives is printed
  [2]
  $ printf 'a: [\n' > bad.yaml; ottl fmt bad.yaml; cat bad.yaml
  error[E1001]: this is not YAML: did not find expected node content
   --> bad.yaml:2:1
    |
  2 |
    | ^
    = note: while parsing a flow node
  a: [
