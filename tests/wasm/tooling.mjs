// What editors and the playground ask of the module. usage: tooling.mjs OTTL.wasm
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Ottl } from '../../bindings/npm/ottl.js';

const ottl = await Ottl.load(await readFile(process.argv[2]));
const records = [
  { severityNumber: 9, body: { stringValue: 'ana' }, attributes: [{ key: 'user.name', value: { stringValue: 'ana' } }] },
  { severityNumber: 5, body: { stringValue: 'bob' } },
];
const payload = { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] };
const here = (text) => [text.replace('|', ''), text.indexOf('|')];

// Places count as JavaScript counts, behind characters of every length.
for (const before of ['', 'é ', '€ ', '😀 ', 'é€😀 ']) {
  const [text, index] = here(`set(log.body, "${before}") where log.sev|`);
  const { items, range } = ottl.complete(text, index);
  assert.ok(items.some((i) => i.label === 'severity_number' && i.kind === 'path'), before);
  assert.equal(text.slice(range.begin, range.end), 'sev');
  const hover = ottl.hover(text, text.indexOf('body') + 1);
  assert.match(hover.markdown, /body/);
  const [call, at] = here(`set(log.body, Concat(["${before}", |`);
  const signature = ottl.signature(call, at);
  assert.match(signature.label, /^Concat\(/);
  assert.equal(signature.label.slice(signature.params[0].begin, signature.params[0].end).startsWith('vals'), true);
  const number = ottl.tokens(`set(log.body, "${before}") where log.severity_number == 17`).find((t) => t.kind === 'number');
  assert.equal(number.end - number.begin, 2);
  assert.equal(`set(log.body, "${before}") where log.severity_number == 17`.slice(number.begin, number.end), '17');
}
const keys = ottl.complete(...here('set(log.attributes["|'), { sample: payload });
assert.ok(keys.items.some((i) => i.kind === 'key' && i.label.includes('user.name')), 'keys of the sample');
assert.equal(ottl.hover('set(log.body, 1)', 3), null);
assert.equal(ottl.signature('set(log.body, 1)', 0), null);

// Layout.
assert.equal(ottl.format('set( log.body ,1 )\n').text, 'set(log.body, 1)\n');
const broken = ottl.format('set(\nset( log.body ,1 )\n');
assert.ok(broken.diagnostics.length > 0);

// Outline, definition, folds.
const file = 'context: log\nset(cache["a"], 1)\nset(body,\n  cache["a"])\n';
assert.deepEqual(ottl.symbols(file).map((s) => s.kind), ['section', 'statement', 'statement']);
const definition = ottl.definition(file, file.lastIndexOf('"a"') + 1);
assert.equal(file.slice(definition.target.begin, definition.target.end).includes('set(cache') || definition.target.begin < 40, true);
assert.ok(ottl.folds(file).length > 0);

// The tables.
assert.equal(ottl.describe('functions', 'Concat').entries.length, 1);
assert.throws(() => ottl.describe('nothing'), (error) => error.status === 'invalid_arg');

// Configurations, all of them at once.
const yaml = `processors:
  transform/a:
    log_statements: ['set(log.bdy, 1)']
  filter/b:
    logs: {log_record: ['body == "x"']}
`;
const told = ottl.check({ config: yaml });
assert.deepEqual(told.filter((d) => d.severity === 'error').map((d) => d.code), ['E0301']);

// Explained, followed, compared, shown.
const program = ottl.compile('set(log.body, "x") where log.severity_number > 8\nset(log.attributes["n"], Len(log.body))');
const plan = program.explain();
assert.equal(typeof plan, 'object');
assert.match(program.explain({ format: 'text' }), /log/);
assert.match(program.explain({ format: 'svg', payload }), /^<svg/);
const { steps, refused } = program.trace(payload, 1);
assert.equal(refused, false);
assert.deepEqual(steps.map((s) => s.outcome), ['skipped', 'ran']);
const { entries, recordsChanged } = program.diff(payload);
assert.equal(recordsChanged, 2);
const first = entries.filter((e) => e.kind === 'log record')[0];
assert.equal(first.change, 'changed');
assert.ok(first.lines.some((l) => l.before === 'body = "ana"') && first.lines.some((l) => l.after === 'body = "x"'));
program.close();
const dropped = ottl.compile('log.body == "bob"', { kind: 'filter' }).diff(payload).entries;
assert.deepEqual(dropped.filter((e) => e.change === 'dropped').map((e) => e.before.number), [1]);
const blocks = ottl.view(payload);
assert.deepEqual(blocks.map((b) => b.kind), ['resource', 'scope', 'log record', 'log record']);
assert.match(blocks[2].text, /body +"ana"/);
const wire = ottl.convert(payload);
const back = JSON.parse(new TextDecoder().decode(ottl.convert(wire, { signal: 'logs', to: 'json' })));
assert.equal(back.resourceLogs[0].scopeLogs[0].logRecords[1].body.stringValue, 'bob');

// Cases, with a file beside them.
const cases = `statements_file: p.ottl
cases:
  - name: right
    input: [{body: a}]
    expect: [{body: b}]
  - name: wrong
    input: [{body: a}]
    expect: [{body: c}]
`;
const tested = ottl.test(cases, { files: { 'p.ottl': 'set(log.body, "b")\n' }, update: true });
assert.deepEqual(tested.cases.map((c) => c.outcome), ['passed', 'failed']);
assert.match(tested.cases[1].detail, /body/);
assert.match(tested.updated, /name: wrong[\s\S]*expect: \[\{body: b\}\]|name: wrong[\s\S]*body: b/);

// Nothing is lost: the same questions again and again in the same memory.
const grown = () => {
  for (let i = 0; i < 300; i++) {
    ottl.complete('set(log.', 8, { sample: payload });
    ottl.check({ config: yaml });
    ottl.test(cases, { files: { 'p.ottl': 'set(log.body, "b")\n' } });
    const p = ottl.compile('set(log.body, 1)');
    p.diff(payload);
    p.trace(payload, 0);
    p.explain({ payload });
    p.close();
  }
  return ottl.memory;
};
assert.equal(grown(), grown(), 'memory grows');
console.log('tooling does what it should');
