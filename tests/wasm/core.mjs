// The module in two parts: sizes, the same memory as the whole, and what it says without its tables. usage: core.mjs FOLDER
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Ottl } from '../../bindings/npm/ottl.js';

const KB = 1024;
const [whole, core, data] = await Promise.all(['ottl.wasm', 'ottl-core.wasm', 'ottl-data.bin'].map((name) => readFile(`${process.argv[2]}/${name}`)));

function sizes(name, bytes) {
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  const kb = (n) => `${(n / KB).toFixed(0)} KB`.padStart(8);
  console.log(`${name.padEnd(14)} ${kb(bytes.length)} raw ${kb(gzip)} gzip ${kb(brotli)} brotli`);
  return brotli;
}
const [all, first, tables] = [sizes('ottl.wasm', whole), sizes('ottl-core.wasm', core), sizes('ottl-data.bin', data)];
assert(all <= 1536 * KB && first + tables <= 1536 * KB, 'larger than 1.5 MB compressed');
assert(first <= 600 * KB, 'the core is larger than 600 KB compressed');

// With its tables the core has the memory of the whole module, to the byte; the code is the same.
const section = (bytes, wanted) => {
  for (let at = 8; at < bytes.length;) {
    let length = 0, shift = 0, next = at + 1, byte;
    do {
      byte = bytes[next++];
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    if (bytes[at] === wanted) return bytes.subarray(next, next + length);
    at = next + length;
  }
  return null;
};
for (const id of [1, 2, 3, 10]) assert.ok(section(whole, id).equals(section(core, id)), `section ${id}`);
const memoryOf = (bytes) => {
  const none = () => 0;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: { clock_time_get: none, random_get: none } });
  return Buffer.from(exports.memory.buffer);
};
const filled = memoryOf(core);
let at = 28 + 8 * data.readUInt32LE(24);
for (let i = 28, end = at; i < end; i += 8) at += data.copy(filled, data.readUInt32LE(i), at, at + data.readUInt32LE(i + 4));
assert.equal(at, data.length);
assert.ok(filled.equals(memoryOf(whole)), 'the memory of core and tables is that of the whole');

// Without them: most things work, and what needs them says so.
const ottl = await Ottl.load(core);
assert.equal(ottl.hasData, false);
const log = (body, attributes = []) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: body }, attributes }] }] }] });
const value = (statement, body = '') => ottl.run(statement, log(body)).json.resourceLogs[0].scopeLogs[0].logRecords[0].body;
const plain = {
  'set(log.body, "x") where IsMatch(log.body, "^\\\\pL+$")': ['été', { stringValue: 'x' }],
  'set(log.body, ToUpperCase(log.body))': ['é', { stringValue: 'É' }],
  'set(log.body, UnixMilli(Time(log.body, "%Y-%m-%dT%H:%M:%S%z")))': ['2024-07-01T00:00:00+0200', { intValue: '1719784800000' }],
  'set(log.body, Decode(log.body, "base64"))': ['YQ==', { stringValue: 'a' }],
  'set(log.body, Decode(log.body, "utf-8"))': ['a', { stringValue: 'a' }],
  'set(log.body, SHA256(log.body))': ['a', { stringValue: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' }],
  'set(log.body, ParseJSON(log.body)["a"])': ['{"a": 1.5e-7}', { doubleValue: 1.5e-7 }],
  'set(log.body, XXH128(log.body)) where log.body == "b"': ['a', { stringValue: 'a' }],
};
for (const [statement, [body, is]] of Object.entries(plain)) assert.deepEqual(value(statement, body), is, statement);
const needing = {
  'set(log.body, UserAgent(log.body)["user_agent.name"])': 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0',
  'set(log.body, ExtractGrokPatterns(log.body, "%{IP:ip}", true)["ip"])': 'from 10.0.0.1',
  'set(log.body, UnixMilli(Time(log.body, "%Y-%m-%d", "Europe/Berlin")))': '2024-07-01',
  'set(log.body, UnixMilli(Time(log.body, "%Y-%m-%d %Z")))': '2024-07-01 CET',
  'set(log.body, UnixMilli(Time(log.body, "%d %B %Y", "", "fr")))': '1 juillet 2024',
  'set(log.body, Decode(log.body, "shift_jis"))': 'a',
  'set(log.body, Decode(log.body, "windows-1252"))': 'a',
  'set(log.body, Decode(log.body, log.severity_text))': 'a',
};
const codes = (statement) => ottl.check(statement).filter((d) => d.severity === 'error').map((d) => d.code);
for (const statement of Object.keys(needing)) {
  assert.deepEqual(codes(statement), ['E0516'], statement);
  assert.throws(() => ottl.compile(statement), (e) => e.status === 'compile' && /tables that are not loaded/.test(e.message), statement);
}
assert.match(ottl.hover('set(log.body, Concat(["a"], ""))', 16).markdown, /Concat/);
assert.equal(ottl.describe('functions', 'Concat').entries[0].name, 'Concat');
assert.equal(ottl.describe('diagnostics').entries.length > 100, true);
assert.equal(ottl.check('set(log.attributes["http.method"], 1)').filter((d) => d.severity === 'error').length, 0);
ottl.complete('set(log.body, Time(log.body, "%Y", "', 36);

// Data of another build, or of nobody, is refused; then the right one comes, and all is there.
const wrong = Uint8Array.from(data);
wrong[9] ^= 1;
await assert.rejects(ottl.loadData(wrong), /another build/);
await assert.rejects(ottl.loadData(new Uint8Array(40)), /no data file/);
const early = ottl.compile('set(log.body, "early")');
await ottl.loadData(data);
assert.equal(ottl.hasData, true);
assert.equal(early.run(log('a')).recordsChanged, 1);
early.close();
const whole_ottl = await Ottl.load(whole);
assert.equal(whole_ottl.hasData, true);
for (const [statement, body] of Object.entries(needing)) {
  assert.deepEqual(codes(statement), [], statement);
  const run = (o) => o.run(statement, log(body), { errorMode: 'ignore' }).json;
  assert.deepEqual(run(ottl), run(whole_ottl), statement);
}
assert.deepEqual(ottl.describe('functions'), whole_ottl.describe('functions'));
// An instance that broke off is made anew with its tables.
const deep = `set(log.body, ${'Concat(['.repeat(5000)}"a"${'], "")'.repeat(5000)})`;
assert.throws(() => ottl.compile(deep));
assert.deepEqual(codes(Object.keys(needing)[0]), []);
const both = await Ottl.load(core, { data: Promise.resolve(new Response(data)) });
assert.equal(both.hasData, true);
await assert.rejects(Ottl.load(core, { data: wrong }), /another build/);
console.log('core and tables are the whole');
