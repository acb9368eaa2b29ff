// usage: module.mjs OTTL.wasm     see tests/wasm/module
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Ottl } from '../../bindings/npm/ottl.js';

const bytes = await readFile(process.argv[2]);
const module = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module).map((i) => i.name).sort();
assert.deepEqual(imports, ['clock_time_get', 'random_get'], 'a page has a clock and random bytes, and nothing else');

const log = (body, attributes = []) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: body }, attributes }] }] }] });
const begun = performance.now();
const ottl = await Ottl.load(bytes);
const first = ottl.run('set(log.body, "x") where log.body == "a"', log('a'));
const took = performance.now() - begun;
console.log(`loaded, compiled and run in ${took.toFixed(0)} ms; ${ottl.version}, reference ${ottl.reference}, ${ottl.isa}`);
assert.equal(ottl.isa, 'wasm128');
assert.equal(first.json.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue, "x");
assert.equal(first.recordsChanged, 1);

// Data of each kind is in the module: user agents, grok, time zones.
const value = (statement, body = '') => ottl.run(statement, log(body)).json.resourceLogs[0].scopeLogs[0].logRecords[0].body;
assert.deepEqual(value('set(log.body, UserAgent("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0")["user_agent.name"])'), { stringValue: 'Firefox' });
assert.deepEqual(value('set(log.body, ExtractGrokPatterns(log.body, "%{IP:ip}", true)["ip"])', 'from 10.0.0.1'), { stringValue: '10.0.0.1' });
assert.deepEqual(value('set(log.body, Hour(Time("2024-07-01 00:00:00", "%Y-%m-%d %H:%M:%S", "Europe/Berlin")))'), { intValue: '0' });
assert.match(value('set(log.body, UUID())').stringValue, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
assert.equal(Math.abs(Number(value('set(log.body, UnixMilli(Now()))').intValue) - Date.now()) < 60000, true, 'the clock');

// Failures are told, and leave the instance usable.
const failure = (run) => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
};
const unknown = failure(() => ottl.compile('set(log.bdy, 1)'));
assert.equal(unknown.status, 'compile');
assert.equal(unknown.diagnostics[0].fixes[0].replacement, 'log.body');
assert.equal(failure(() => ottl.run('set(log.body, 1)', '{"resourceLogs": 7}')).status, 'data');
assert.equal(failure(() => ottl.run('set(log.body, 1)', new Uint8Array([10, 200, 1]))).status, 'data');
const row = failure(() => ottl.run('set(log.body, Int(log.body["a"]))', log('a')));
assert.equal(row.status, 'runtime');
assert.equal(row.reply.errors[0].item, 0);
const deep = `set(log.body, ${'Concat(['.repeat(700)}"a"${'], "")'.repeat(700)})`;
try {
  assert.deepEqual(value(deep), { stringValue: 'a' });
} catch (error) {
  assert.ok(['limit', 'compile'].includes(error.status), String(error));
}
assert.deepEqual(value('set(log.body, "still here")'), { stringValue: 'still here' });

// A program is used again, protobuf in and out, and memory does not grow.
const program = ottl.compile('set(log.attributes["n"], 1)', { errorMode: 'ignore' });
const wire = program.run(log('a'), { to: 'proto' }).data;
assert.equal(program.run(wire).encoding, 'proto');
assert.equal(program.run(wire).recordsChanged, 1);
for (let i = 0; i < 2000; i++) program.run(wire);
program.close();
assert.throws(() => program.run(wire), /closed/);
const filter = ottl.run('log.body == "a"', log('a'), { kind: 'filter' });
assert.equal(filter.recordsDropped, 1);
const yaml = 'processors:\n  transform/x:\n    log_statements:\n      - set(log.body, "from yaml")\n';
assert.equal(ottl.run({ config: yaml, processor: 'transform/x', signal: 'logs' }, log('a')).json.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue, 'from yaml');
assert.equal(ottl.check('set(log.body, 1) where log.severity_number == "x"').length > 0, true);
console.log('the module does what it should');
