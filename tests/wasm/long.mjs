// A long session, and requests that nobody should make. usage: long.mjs OTTL.wasm
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Ottl } from '../../bindings/npm/ottl.js';

const ottl = await Ottl.load(await readFile(process.argv[2]));
const payload = ottl.convert({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a' }, attributes: [{ key: 'k', value: { stringValue: 'v' } }] }] }] }] });

// 10,000 programs are compiled, run and closed; every tenth fails.
const session = (n) => {
  for (let i = 0; i < n; i++) {
    if (i % 10 === 9) assert.throws(() => ottl.compile(`set(log.body, ${i}`));
    else assert.equal(ottl.run(`set(log.attributes["n"], ${i % 7}) where IsMatch(log.body, "^a{1,${i % 5 + 1}}$")`, payload).recordsChanged, 1);
  }
  return ottl.memory;
};
const after = session(1000);
assert.equal(session(9000), after, 'memory grows');
console.log(`10,000 programs: ${(after / 2 ** 20).toFixed(0)} MiB before and after`);

// Random requests and payloads to every function: an answer, or an error that is told; never a trap, but where the stack ends.
let state = 12345;
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 2 ** 32 * n);
};
const pick = (list) => list[random(list.length)];
const names = ['text', 'config', 'form', 'kind', 'signal', 'processor', 'connector', 'offset', 'width', 'table', 'name', 'files', 'update', 'record', 'first', 'limit', 'maxText', 'maxBytes', 'join', 'to', 'format', 'layout', 'context', 'experimental', 'flatten', 'compat', 'lint', 'notes', 'errorMode', 'onFailure', 'functions', 'strict', 'request', 'clockSeconds', 'randomSeed', 'bytecode', 'changed'];
const values = ['', 'set(log.body, "x")', 'set(', 'processors: {transform: {log_statements: [\'set(body, 1)\']}}', 'table: [{condition: "true", pipelines: [logs/a]}]', 'a: [', 'logs', 'traces', 'metrics', 'profiles', 'json', 'proto', 'config', 'snippet', 'collector', 'routing', 'functions', 'é€😀\0', 0, 1, -1, 1.5, 2 ** 32, 2 ** 53, 1e300, true, false, null, [], [[1]], {}, { a: 'b' }];
const request = () => Object.fromEntries(Array.from({ length: random(6) }, () => [pick(names), pick(values)]));
const seeds = [payload, new TextEncoder().encode('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}'), Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 1, 0), new Uint8Array()];
const data = () => {
  const bytes = Uint8Array.from(pick(seeds));
  for (let i = random(4); i > 0 && bytes.length; i--) bytes[random(bytes.length)] = random(256);
  return bytes.subarray(0, random(3) ? bytes.length : random(bytes.length + 1));
};
const plain = ['ottl_compile', 'ottl_check', 'ottl_format', 'ottl_hover', 'ottl_signature', 'ottl_definition', 'ottl_symbols', 'ottl_tokens', 'ottl_folds', 'ottl_describe', 'ottl_test', 'ottl_components'];
const withPayload = ['ottl_complete', 'ottl_view', 'ottl_convert', 'ottl_read', 'ottl_table'];
const ofProgram = ['ottl_run', 'ottl_explain', 'ottl_trace', 'ottl_diff'];
const sources = [{ text: 'set(log.body, "y") where log.body != nil' }, { text: 'log.body == "a"', kind: 'filter' }, { config: values[4], form: 'routing' }, { text: 'context: resource\nset(attributes["a"], 1)' }];
const generation = ottl._generation;
const statuses = new Set();
const told = (name, more) => {
  const { reply } = ottl._call(name, request(), more);
  statuses.add(reply.status);
  if (reply.program && reply.status === 'ok') ottl._close(reply.program);
};
const handles = sources.map((s) => ottl._call('ottl_compile', s).reply).map((r) => (assert.equal(r.status, 'ok'), r.program));
for (let i = 0; i < 6000; i++) {
  const kind = random(3);
  if (kind === 0) told(pick(plain));
  else if (kind === 1) told(pick(withPayload), { payload: data() });
  else told(pick(ofProgram), { handle: pick(handles), payload: data() });
}
for (const handle of handles) ottl._close(handle);
assert.equal(ottl._generation, generation, 'nothing broke off');
assert.ok(!statuses.has('internal'), [...statuses].join());
for (const status of ['ok', 'invalid_arg', 'compile', 'data']) assert.ok(statuses.has(status), status);
console.log(`6,000 random requests: ${[...statuses].sort().join(', ')}`);
