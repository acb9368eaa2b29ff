// Examples of the gallery: the tasks of tests/cases/tasks, whose results are tests, and configurations of examples/.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

const FIELDS = {
  time_unix_nano: 'timeUnixNano', observed_time_unix_nano: 'observedTimeUnixNano', start_time_unix_nano: 'startTimeUnixNano', end_time_unix_nano: 'endTimeUnixNano',
  severity_number: 'severityNumber', severity_text: 'severityText', trace_id: 'traceId', span_id: 'spanId', parent_span_id: 'parentSpanId', name: 'name', kind: 'kind', flags: 'flags',
};
const INT64 = new Set(['time_unix_nano', 'observed_time_unix_nano', 'start_time_unix_nano', 'end_time_unix_nano']);

const value = (v) => {
  if (typeof v === 'string') return { stringValue: v };
  if (typeof v === 'boolean') return { boolValue: v };
  if (typeof v === 'number') return Number.isInteger(v) ? { intValue: String(v) } : { doubleValue: v };
  if (Array.isArray(v)) return { arrayValue: { values: v.map(value) } };
  if (v && typeof v === 'object') return { kvlistValue: { values: attributes(v) } };
  return {};
};
const attributes = (o) => Object.entries(o).map(([key, v]) => ({ key, value: value(v) }));

function item(record) {
  const out = {};
  for (const [key, v] of Object.entries(record)) {
    if (key.startsWith('resource.') || key.startsWith('scope.')) continue;
    if (key === 'body') out.body = value(v);
    else if (key === 'attributes') out.attributes = attributes(v);
    else if (key === 'status.code') out.status = { ...out.status, code: v };
    else if (key === 'status.message') out.status = { ...out.status, message: v };
    else if (FIELDS[key]) out[FIELDS[key]] = INT64.has(key) ? String(v) : v;
    else throw new Error(`the gallery does not know the field ${key}`);
  }
  return out;
}

// Neighbours with the same resource share it, as in the runner of the cases.
function request(records, signal) {
  const [top, scopes, items] = signal === 'traces' ? ['resourceSpans', 'scopeSpans', 'spans'] : ['resourceLogs', 'scopeLogs', 'logRecords'];
  const resources = [];
  let last;
  for (const record of records) {
    const key = JSON.stringify(record['resource.attributes'] ?? {});
    if (key !== last) resources.push({ resource: { attributes: attributes(record['resource.attributes'] ?? {}) }, [scopes]: [{ scope: { name: 'app' }, [items]: [] }] });
    last = key;
    resources.at(-1)[scopes][0][items].push(item(record));
  }
  return { [top]: resources };
}

function cases(text) {
  return text.split(/^=== /m).slice(1).map((part) => {
    const [title, ...lines] = part.split('\n');
    const headers = {}, sections = {};
    let section;
    for (const line of lines) {
      if (line.startsWith('--- ')) sections[(section = line.slice(4))] = [];
      else if (section) sections[section].push(line);
      else if (line.includes(': ')) headers[line.slice(0, line.indexOf(': '))] = line.slice(line.indexOf(': ') + 2);
    }
    return { title, headers, text: (name) => (sections[name] ?? []).join('\n').trim() };
  });
}

function exampleOf(one, group, standard) {
  const { kind, signal, error_mode: errorMode = 'ignore', ref = '', context = standard } = one.headers;
  const records = one.text('input').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const otlp = one.text('input otlp');
  const head = context && !one.text('ottl').startsWith('context:') ? `context: ${context}\n` : '';
  const payload = otlp ? JSON.parse(otlp) : request(records, signal ?? 'logs');
  return {
    id: one.title.toLowerCase().replace(/\W+/g, '-'),
    group,
    title: one.title,
    about: ref,
    state: {
      mode: 'ottl', kind: kind === 'filter' ? 'filter' : 'transform', errorMode, ottl: `${head}${one.text('ottl')}\n`, payload: `${JSON.stringify(payload, null, 2)}\n`,
    },
  };
}

// Messages of a file of lines, as one.
const merged = (text, member) =>
  ({ [member]: text.split('\n').filter(Boolean).flatMap((line) => JSON.parse(line)[member] ?? []) });

const CONFIGURATIONS = [
  ['collector.yaml', 'transform/redact', 'A transform processor', 'E-mail addresses masked, attributes deleted, one set on the resource.'],
  ['collector.yaml', 'filter/debug', 'A filter processor', 'Everything below INFO is dropped.'],
  ['routing.yaml', 'routing/severity', 'A routing connector', 'Errors to one pipeline, a service to another, the rest to a third.'],
];

async function configurations(root) {
  const examples = path.join(root, 'examples');
  const sample = merged(await readFile(path.join(examples, 'sample-logs.jsonl'), 'utf8'), 'resourceLogs');
  const payload = `${JSON.stringify(sample, null, 2)}\n`;
  return Promise.all(CONFIGURATIONS.map(async ([file, processor, title, about]) => {
    const yaml = await readFile(path.join(examples, file), 'utf8');
    return { id: `config-${processor.replace(/\W/g, '-')}`, group: 'Collector configurations', title, about, state: { mode: 'yaml', yaml, processor, signal: 'logs', payload } };
  }));
}

export async function gallery(root) {
  const folder = path.join(root, 'tests/cases/tasks');
  const examples = [];
  for (const file of (await readdir(folder)).filter((f) => f.endsWith('.case')).sort()) {
    const text = await readFile(path.join(folder, file), 'utf8');
    const group = /^# (.*)$/m.exec(text)?.[1].replace(/\.$/, '') ?? file;
    const standard = /^default context: (\w+)$/m.exec(text)?.[1];
    examples.push(...cases(text).map((one) => exampleOf(one, group, standard)));
  }
  return [...examples, ...(await configurations(root))];
}
