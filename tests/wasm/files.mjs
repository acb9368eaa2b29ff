// Files that are dropped on a page, tables, configurations, routing. usage: files.mjs OTTL.wasm
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { Ottl } from '../../bindings/npm/ottl.js';

const ottl = await Ottl.load(await readFile(process.argv[2]));
const text = (key, value) => ({ key, value: { stringValue: value } });
const logs = (...bodies) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((b) => ({ body: { stringValue: b } })) }] }] });
const traces = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '0102030405060708090a0b0c0d0e0f10', spanId: '0102030405060708', name: 'GET /', kind: 2, events: [{ name: 'e' }, { name: 'f' }] }] }] }] };
const point = (value, key) => ({ asInt: value, timeUnixNano: '1700000000000000000', attributes: [text('k', key)] });
const metrics = { resourceMetrics: [{ resource: { attributes: [text('service.name', 'shop')] }, scopeMetrics: [{ metrics: [{ name: 'm', unit: 's', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point('1', 'a'), point('2', 'b')] } }] }] }] };
const profiles = { resourceProfiles: [{ scopeProfiles: [{ profiles: [{ profileId: '0102030405060708090a0b0c0d0e0f10', samples: [{ stackIndex: 1 }] }] }] }], dictionary: { stringTable: ['', 'a'], stackTable: [{}, {}] } };
const proto = (payload) => Buffer.from(ottl.convert(payload));
const bodies = (data, signal = 'logs') => JSON.parse(new TextDecoder().decode(ottl.convert(data, { signal, to: 'json' })))
  .resourceLogs.flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords.map((l) => l.body.stringValue)));
const zstd = (data) => execFileSync('zstd', ['-q', '-c'], { input: data });
const failure = (run) => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
};

// Every signal is told by its bytes, in either encoding.
for (const [signal, payload] of Object.entries({ logs: logs('a'), traces, metrics, profiles })) {
  for (const data of [JSON.stringify(payload), proto(payload)]) {
    const { messages } = ottl.read(data);
    assert.deepEqual(messages.map((m) => m.signal), [signal]);
    assert.deepEqual(Buffer.from(messages[0].data), Buffer.from(data));
  }
}

// Framings, each as it is, in gzip and in zstd.
const delimited = (payload) => Buffer.concat([Buffer.from([proto(payload).length]), proto(payload)]);
const framed = (data) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
const files = {
  json: [JSON.stringify(logs('a', 'b'), null, 2), 'jsonl', 1],
  lines: [[logs('a'), logs('b')].map((x) => JSON.stringify(x)).join('\n') + '\n', 'jsonl', 2],
  proto: [proto(logs('a', 'b')), 'proto', 1],
  delimited: [Buffer.concat([delimited(logs('a')), delimited(logs('b'))]), 'proto-delimited', 2],
  framed: [Buffer.concat([framed(proto(logs('a'))), framed(proto(logs('b')))]), 'proto-framed', 2],
  packed: [Buffer.concat([framed(zstd(proto(logs('a')))), framed(zstd(proto(logs('b'))))]), 'proto-framed', 2],
};
for (const [name, [data, framing, n]] of Object.entries(files)) {
  for (const [compression, pack] of Object.entries({ none: (x) => x, gzip: gzipSync, zstd })) {
    const packed = pack(data);
    const file = ottl.read(packed);
    assert.equal(file.compression, compression, name);
    assert.equal(file.framing, framing, name);
    assert.equal(file.messages.length, n, name);
    assert.equal(file.bytes, Buffer.from(data).length);
    const joined = ottl.read(packed, { join: true });
    assert.deepEqual(joined.messages.map((m) => [m.signal, m.encoding, m.count]), [['logs', 'proto', n]], name);
    assert.deepEqual(bodies(joined.messages[0].data), ['a', 'b'], name);
    if (compression !== 'none') {
      for (const at of [5, packed.length >> 1, packed.length - 1]) assert.equal(failure(() => ottl.read(packed.subarray(0, at))).status, 'data', `${name} cut at ${at}`);
    }
  }
}
const mixed = ottl.read([traces, logs('a'), metrics, logs('b')].map((x) => JSON.stringify(x)).join('\n'), { join: true });
assert.deepEqual(mixed.messages.map((m) => [m.signal, m.count]), [['logs', 2], ['traces', 1], ['metrics', 1]]);
assert.deepEqual(ottl.read(gzipSync('')).messages, []);
assert.deepEqual(bodies(ottl.read(Buffer.concat([gzipSync(proto(logs('a'))), gzipSync(proto(logs('b')))]), { join: true }).messages[0].data), ['a', 'b'], 'members');

// Limits, and what is none of it.
const bomb = gzipSync(Buffer.alloc(32 << 20));
assert.equal(failure(() => ottl.read(bomb, { maxBytes: 1 << 20 })).status, 'limit');
assert.equal(failure(() => ottl.read(zstd(Buffer.alloc(32 << 20)), { maxBytes: 1 << 20 })).status, 'limit');
assert.equal(failure(() => ottl.read('hello')).status, 'data');
const second = failure(() => ottl.read(`${JSON.stringify(logs('a'))}\n{"resourceLogs": 7}\n`, { join: true }));
assert.deepEqual([second.status, second.reply.number], ['data', 1]);

// Tables.
const cell = (table, row, context, path) => table.rows[row].cells[table.columns.findIndex((c) => c.context === context && c.path === path)];
const odd = 'a" = b: "';
const records = [{ severityNumber: 9, body: { stringValue: 'x = y' }, attributes: [text(odd, 'v'), { key: 'm', value: { kvlistValue: { values: [text('k', 'w')] } } }] }, { body: { intValue: '5' } }];
const table = ottl.table({ resourceLogs: [{ resource: { attributes: [text('service.name', 'shop')] }, scopeLogs: [{ logRecords: records }] }, { scopeLogs: [{ logRecords: [{}] }] }] });
assert.equal(table.records, 3);
assert.deepEqual(table.rows.map((r) => r.record), [0, 1, 2]);
assert.equal(cell(table, 0, 'log', 'body'), '"x = y"');
assert.equal(cell(table, 1, 'log', 'body'), '5');
assert.equal(cell(table, 2, 'log', 'body') ?? null, null);
assert.equal(cell(table, 0, 'log', `attributes[${JSON.stringify(odd)}]`), '"v"');
assert.equal(cell(table, 0, 'log', 'attributes["m"]["k"]'), '"w"');
assert.equal(cell(table, 1, 'resource', 'attributes["service.name"]'), '"shop"');
assert.equal(cell(table, 2, 'resource', 'attributes["service.name"]') ?? null, null);
assert.equal(table.columns.find((c) => c.path === 'body').count, 2);
const points = ottl.table(metrics);
assert.deepEqual(points.rows.map((r) => [r.record, r.point]), [[0, 0], [0, 1]]);
assert.deepEqual([0, 1].map((i) => cell(points, i, 'datapoint', 'attributes["k"]')), ['"a"', '"b"']);
assert.deepEqual([0, 1].map((i) => [cell(points, i, 'metric', 'name'), cell(points, i, 'metric', 'sum.is_monotonic')]), [['"m"', 'true'], ['"m"', 'true']]);
assert.equal(cell(ottl.table(traces), 0, 'span', 'events'), 2);
const many = logs(...Array.from({ length: 30 }, (_, i) => `${i}`));
const page = ottl.table(many, { first: 10, limit: 5 });
assert.deepEqual([page.records, page.rows.map((r) => r.record)], [30, [10, 11, 12, 13, 14]]);
const wide = ottl.table({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: Array.from({ length: 3000 }, (_, i) => text(`k${i}`, 'v')) }] }] }] });
assert.deepEqual([wide.columns.length, wide.moreColumns], [512, true]);
assert.equal(failure(() => ottl.table(new Uint8Array([10, 200, 1]), { signal: 'logs' })).status, 'data');

// What did not change can be left out of a difference.
const some = ottl.compile('set(log.body, "x") where log.body == "3" or log.body == "7"');
assert.deepEqual(some.diff(many, { changed: true }).entries.map((e) => e.before.number), [3, 7]);
const cut = some.diff(many, { changed: true, first: 1, limit: 1 });
assert.deepEqual([cut.total, cut.entries.map((e) => e.before.number)], [2, [7]]);
some.close();

// Configurations and routing connectors.
const config = `connectors:
  routing/level:
    default_pipelines: [logs/rest]
    table:
      - context: log
        condition: body == "a"
        pipelines: [logs/a]
processors:
  batch:
  transform/both:
    log_statements: ['set(log.body, "b")']
    trace_statements: ['set(span.name, "n")']
  filter/no:
    logs: {log_record: ['body == "x"']}
receivers: {otlp: }
exporters: {debug: }
service:
  pipelines:
    logs/in: {receivers: [otlp], processors: [batch, filter/no, transform/both], exporters: [routing/level]}
    logs/a: {receivers: [routing/level], exporters: [debug]}
    logs/rest: {receivers: [routing/level], exporters: [debug]}
`;
const { components, pipelines } = ottl.components(config);
assert.deepEqual(components.map((c) => [c.kind, c.type, c.name, c.signals.join()]), [
  ['processor', 'transform', 'transform/both', 'logs,traces'],
  ['processor', 'filter', 'filter/no', 'logs'],
  ['connector', 'routing', 'routing/level', 'logs'],
]);
for (const c of components) assert.equal(config.split('\n')[c.line - 1].trim(), `${c.name}:`);
assert.deepEqual(pipelines[0], { name: 'logs/in', signal: 'logs', others: 1, processors: ['filter/no', 'transform/both'] });
assert.ok(failure(() => ottl.components('processors: {transform: 7}')).diagnostics.length > 0);
const route = ottl.compile({ config, connector: 'routing/level' });
assert.deepEqual([route.signal, route.pipelines], ['logs', ['logs/a', 'logs/rest']]);
for (const [payload, to] of [[logs('a', 'b', 'c'), 'same'], [proto(logs('a', 'b', 'c')), 'json']]) {
  const { outputs, recordsIn } = route.run(payload, { to });
  assert.equal(recordsIn, 3);
  assert.deepEqual(outputs.map((o) => [o.pipeline, o.records, o.whole]), [['logs/a', 1, false], ['logs/rest', 2, false]]);
  assert.deepEqual(outputs.map((o) => o.json.resourceLogs[0].scopeLogs[0].logRecords.map((l) => l.body.stringValue).join()), ['a', 'b,c']);
}
const whole = route.run(proto(logs('a', 'a'))).outputs;
assert.deepEqual([bodies(whole[0].data), whole[1].data.length], [['a', 'a'], 0]);
route.close();
const alone = ottl.compile({ config: 'table: [{context: log, condition: "true", pipelines: [logs/x]}]', form: 'routing' }, { signal: 'logs' });
assert.deepEqual(alone.pipelines, ['logs/x']);
alone.close();
assert.equal(failure(() => ottl.compile({ config, connector: 'routing/none' })).status, 'invalid_arg');
const below = ottl.run({ config: 'log_statements: [\'set(log.body, "t")\']', form: 'transform' }, logs('a'), { signal: 'logs' });
assert.equal(below.json.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue, 't');
console.log('files, tables and configurations are read as they should');
