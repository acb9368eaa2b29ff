# Threads

The same output, in the same order, whatever their number: 6,000 messages in several formats.

  $ for i in $(seq 1000); do cat data/logs.json; done | tr -d '\n' | ottl run -s 'set(log.attributes["n"], 1)' --to jsonl > some.jsonl
  $ wc -l < some.jsonl
  1000
  $ for i in 1 2 3 4 5 6; do cat some.jsonl; done > many.jsonl
  $ ottl run -s 'set(log.severity_text, "x")' many.jsonl --to proto-delimited > many.pb
  $ s='set(log.body, Concat(["<", log.body, ">"], ""))'
  $ ottl run -s "$s" many.pb > one.pb
  $ for j in 2 3 7 0; do ottl run -j $j -s "$s" many.pb | cmp - one.pb; done
  $ cat many.pb | ottl run --threads=4 -s "$s" | cmp - one.pb
  $ ottl run -s "$s" --to jsonl many.pb > one.jsonl
  $ ottl run -j 4 -s "$s" --to jsonl many.pb | cmp - one.jsonl
  $ ottl filter -j 3 -c 'log.severity_text == "x"' many.pb many.jsonl > three; ottl filter -c 'log.severity_text == "x"' many.pb many.jsonl | cmp - three

Compressed, in pieces that are read in parallel; also when one file is compressed and the next is not.

  $ ottl run -j 3 -s "$s" many.pb --compress zstd:1 > many.zst; zstd -q -dc many.zst | cmp - one.pb
  $ for j in 1 2 5; do ottl run -j $j -s "$s" many.pb --compress gzip | gzip -dc | cmp - one.pb; done
  $ zstd -q many.pb -o whole.zst
  $ head -c 70000 many.pb | zstd -q > parts.zst; tail -c +70001 many.pb | zstd -q --no-check >> parts.zst; cat many.pb | zstd -q > stream.zst
  $ for f in whole parts stream; do ottl run -j 4 -s "$s" $f.zst --compress none | cmp - one.pb; done
  $ cat one.pb one.pb one.pb > thrice.pb
  $ ottl run -j 4 -s "$s" many.pb whole.zst many.pb | cmp - thrice.pb

What is damaged is told where it is, after what comes before.

  $ head -c 100 parts.zst > cut.zst
  $ ottl run -j 4 -s "$s" cut.zst
  ottl: cut.zst: zstd data is cut off
  [4]
  $ size=$(wc -c < parts.zst); { head -c $((size - 20)) parts.zst; head -c 20 /dev/zero; } > bad.zst
  $ ottl run -j 4 -s "$s" bad.zst --compress none 2>err > out; echo $?; cut -c1-28 err; test $(wc -c < out) -gt 60000
  4
  ottl: bad.zst: bad zstd data

A record that fails before the damage is told, and nothing of what comes behind.

  $ s2='set(log.attributes["i"], Int(log.body))'
  $ for j in 1 4; do ottl run -j $j -s "$s2" bad.zst --compress none > /dev/null 2> early.$j; echo $?; grep -c zstd early.$j || true; done
  5
  0
  5
  0

Failures come in the order of the input: the first one ends it, and what comes before it is written.

  $ head -n 2500 many.jsonl > some.bad; echo '{"resourceLogs": 5}' >> some.bad; tail -n 2500 many.jsonl >> some.bad; echo '{"resourceLogs": 6}' >> some.bad
  $ for j in 1 4; do ottl run -j $j -s "$s" some.bad > bad.$j; done
  ottl: some.bad: message 2501: not valid OTLP/JSON at byte 2: `resourceLogs`: expected an array, found a number
  ottl: some.bad: message 2501: not valid OTLP/JSON at byte 2: `resourceLogs`: expected an array, found a number
  [4]
  $ cmp bad.1 bad.4; wc -l < bad.4
  2500
  $ ottl run -j 4 -s 'set(log.attributes["i"], Int(log.body))' many.jsonl > /dev/null 2> err.4
  [5]
  $ ottl run -s 'set(log.attributes["i"], Int(log.body))' many.jsonl 2>&1 > /dev/null | cmp - err.4
  $ for j in 1 4; do ottl run -j $j -s 'set(log.attributes["i"], Int(log.body))' --error-mode ignore many.jsonl --stats 2>&1 > /dev/null | grep -v speed > stats.$j; done; cmp stats.1 stats.4
  $ ottl run -j 4 -s 'set(log.body, nope' many.jsonl 2>&1 | head -1
  error[E0203]: `(` is not closed
  $ ottl run -j 4 -s 'set(resource.schema_url, "x")' -s 'set(span.name, "y")' many.jsonl > /dev/null
  ottl: many.jsonl: message 1: it has logs, the statements are about traces
  [4]
  $ ottl run -j 4 -s "$s" --to json many.jsonl > /dev/null
  ottl: there are several messages and format json holds one: use --to jsonl
  [2]

A reader that leaves ends it quietly, and files are whole or not there.

  $ ottl run -j 4 -s "$s" many.jsonl | head -n 1 | wc -l
  1
  $ ottl run -j 4 -s "$s" some.bad -o never.jsonl
  ottl: some.bad: message 2501: not valid OTLP/JSON at byte 2: `resourceLogs`: expected an array, found a number
  [4]
  $ ls | grep -c never
  0
  [1]

Routing goes the same way.

  $ ottl route -r 'a: log.severity_number >= 9' -r b many.pb --out-dir one
  $ ottl route -j 4 -r 'a: log.severity_number >= 9' -r b many.pb --out-dir four; cmp one/a.pb four/a.pb; cmp one/b.pb four/b.pb

  $ ottl run -j 300 -s "$s" many.pb
  ottl: `300` is no value of --threads: give a number of threads from 0 to 256
  [2]
  $ ottl run --compress zstd:40 -s "$s" many.pb
  ottl: `zstd:40` is no value of --compress: give zstd, gzip or none, with a level if you like: zstd:1 to zstd:19, gzip:1 to gzip:9
  [2]

A message that is compressed by itself and left alone is packed again, in a buffer of its own.

  $ ottl run -s 'set(span.name, "x")' data/traces.json --to proto --compress zstd > m.zst
  $ n=$(wc -c < m.zst); printf "\\x00\\x00\\x$(printf %02x $((n / 256)))\\x$(printf %02x $((n % 256)))" > framed; cat m.zst >> framed
  $ ottl run -s 'set(span.name, "y") where span.name == "nope"' framed --from proto-framed | tail -c +5 | cmp - m.zst
