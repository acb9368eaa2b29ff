# Formats and compression

The same result whichever way the data comes and goes.

  $ s='set(span.name, "x")'
  $ ottl run -s "$s" data/traces.json > want.jsonl
  $ ottl run -s "$s" data/traces.json --to proto -o one.pb
  $ ottl run -s "$s" one.pb --to json | cmp - want.jsonl
  $ ottl run -s "$s" data/traces.json data/traces.json --to proto-delimited > two.pbd
  $ ottl run -s "$s" data/traces.json data/traces.json --to proto-framed > two.pbf
  $ cat want.jsonl want.jsonl > want2.jsonl
  $ ottl run -s "$s" two.pbd --to jsonl | cmp - want2.jsonl
  $ ottl run -s "$s" --to jsonl < two.pbf | cmp - want2.jsonl
  $ ottl run -s "$s" two.pbf | cmp - two.pbf
  $ ottl run -s "$s" two.pbd --from proto-delimited | cmp - two.pbd
  $ ottl run -s "$s" one.pb | cmp - one.pb

Compression is undone, and done again on output.

  $ ottl run -s "$s" one.pb --compress zstd -o one.pb.zst; ottl run -s "$s" one.pb --compress=gzip -o one.pb.gz
  $ ottl run -s "$s" one.pb.zst --compress none | cmp - one.pb
  $ ottl run -s "$s" one.pb.gz --compress none | cmp - one.pb
  $ ottl run -s "$s" one.pb.zst | ottl run -s "$s" --compress none | cmp - one.pb
  $ ottl run -s "$s" one.pb.gz | od -An -tx1 -N2
   1f 8b
  $ ottl run -s "$s" one.pb.zst | od -An -tx1 -N4
   28 b5 2f fd
  $ ottl run -s "$s" one.pb.gz --to json --compress none | cmp - want.jsonl

Messages may be compressed one by one, as the file exporter does within its frames.

  $ ottl run -s "$s" data/traces.json --to proto --compress zstd -o m.zst
  $ n=$(wc -c < m.zst); printf "\\x00\\x00\\x$(printf %02x $((n / 256)))\\x$(printf %02x $((n % 256)))" > framed; cat m.zst >> framed
  $ ottl run -s "$s" framed --from proto-framed --to json | cmp - want.jsonl
  $ ottl run -s "$s" framed | ottl run -s "$s" --to json | cmp - want.jsonl
  $ ottl run -s "$s" framed | head -c 8 | tail -c 4 | od -An -tx1
   28 b5 2f fd

Nothing comes of nothing.

  $ ottl run -s "$s" /dev/null
  $ printf '' | ottl run -s "$s" -o empty && wc -c < empty
  0
  $ ottl run -s "$s" /dev/null one.pb -o one && cmp one one.pb
  $ ottl filter -c 'span.name == "x"' one.pb | wc -c
  0

One JSON object cannot hold several messages.

  $ ottl run -s "$s" data/traces.json data/traces.json --to json > /dev/null
  ottl: there are several messages and format json holds one: use --to jsonl
  [2]
