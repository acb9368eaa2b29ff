// Examples, import of a configuration, sharing, help, and what a code means.
import type { EngineClient } from './engine/client.js';
import { toFragment } from './share.js';
import type { State } from './state.js';
import { openDialog } from './ui/dialog.js';
import { $, bytes, h } from './ui/dom.js';
import { toast } from './ui/toast.js';

export interface Example {
  id: string;
  group: string;
  title: string;
  about: string;
  state: Partial<State>;
}

export async function loadGallery(): Promise<Example[]> {
  return (await import('gallery')).default as Example[];
}

export function openExamples(client: EngineClient, open: (state: Partial<State>) => void) {
  openDialog('Examples', (close) => {
    const search = h('input', { type: 'search', placeholder: 'Search tasks and functions', 'aria-label': 'Search', autofocus: true });
    const list = h('div', { class: 'gallery' });
    let all: Example[] = [];
    const show = () => list.replaceChildren(...groups(all, search.value, (example) => {
      close();
      open(example.state);
    }));
    search.addEventListener('input', show);
    void loadGallery().then((examples) => {
      all = examples;
      show();
    }).then(() => functionExamples(client)).then((more) => {
      all = [...all, ...more];
      show();
    }, () => {});
    return [search, list];
  }, 'wide');
}

function groups(all: Example[], wanted: string, pick: (e: Example) => void): HTMLElement[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((e) => {
    const text = `${e.title} ${e.about} ${e.group} ${e.state.ottl ?? e.state.yaml}`.toLowerCase();
    return words.every((w) => text.includes(w));
  });
  const names = [...new Set(found.map((e) => e.group))];
  if (!found.length) return [h('p', { class: 'empty' }, 'No example has all of these words.')];
  return names.map((name) => h('section', {}, h('h3', {}, name), h('div', { class: 'cards' }, ...found.filter((e) => e.group === name).map((e) => cardOf(e, pick)))));
}

function cardOf(example: Example, pick: (e: Example) => void): HTMLElement {
  return h('button', { type: 'button', class: 'card', 'data-example': example.id, onclick: () => pick(example) },
    h('strong', {}, example.title), h('span', {}, example.about));
}

// Each function's examples, as its documentation has them.
async function functionExamples(client: EngineClient): Promise<Example[]> {
  const { entries } = await client.call('describe', 'functions');
  const editorsFirst = [...entries].sort((a, b) => Number(b.kind === 'editor') - Number(a.kind === 'editor'));
  return editorsFirst.flatMap((f) => {
    const example = (f.examples ?? []).find((e: any) => e.kind === 'statement') ?? (f.examples ?? []).find((e: any) => e.kind === 'value');
    if (!example || (example.signal && !['logs', 'traces'].includes(example.signal))) return [];
    const statement = example.kind === 'value' ? `set(log.attributes["result"], ${example.ottl})` : example.ottl;
    const state: Partial<State> = { mode: 'ottl', kind: 'transform', ottl: `${statement}\n`, experimental: Boolean(f.experimental), signal: '' };
    const payload = payloadOf(example.input, example.signal ?? 'logs');
    if (!payload) return [];
    return [{ id: `function-${f.name}`, group: f.kind === 'editor' ? 'Editors' : 'Converters', title: f.name, about: f.summary, state: { ...state, payload } }];
  });
}

const valueOf = (v: unknown): unknown => {
  if (typeof v === 'string') return { stringValue: v };
  if (typeof v === 'boolean') return { boolValue: v };
  if (typeof v === 'number') return Number.isInteger(v) ? { intValue: String(v) } : { doubleValue: v };
  if (Array.isArray(v)) return { arrayValue: { values: v.map(valueOf) } };
  if (v && typeof v === 'object') return { kvlistValue: { values: pairs(v) } };
  return {};
};
const pairs = (o: object) => Object.entries(o).map(([key, v]) => ({ key, value: valueOf(v) }));

// The record of an example, where its fields are few and plain.
function payloadOf(input: string | undefined, signal: string): string | null {
  const record = input ? JSON.parse(input) : {};
  const known: Record<string, [string, (v: any) => unknown]> = {
    body: ['body', valueOf], attributes: ['attributes', pairs], severity_number: ['severityNumber', (v) => v], severity_text: ['severityText', (v) => v], name: ['name', (v) => v],
    time_unix_nano: ['timeUnixNano', String], trace_id: ['traceId', (v) => v], span_id: ['spanId', (v) => v], kind: ['kind', (v) => v],
  };
  const fields = Object.entries(record).map(([key, v]) => known[key] && [known[key]![0], known[key]![1](v)]);
  if (fields.some((f) => !f)) return null;
  const item = Object.fromEntries(fields as [string, unknown][]);
  const request = signal === 'traces' ? { resourceSpans: [{ scopeSpans: [{ spans: [item] }] }] } : { resourceLogs: [{ scopeLogs: [{ logRecords: [item] }] }] };
  return `${JSON.stringify(request, null, 2)}\n`;
}

export function openImport(client: EngineClient, done: (yaml: string, processor: string) => void, chooseFile: () => Promise<string | null>) {
  openDialog('Import a collector configuration', (close) => {
    const area = h('textarea', { 'aria-label': 'YAML of a collector', rows: 12, spellcheck: 'false', placeholder: 'Paste the YAML of a collector here, or choose a file.' });
    const choices = h('div', { class: 'choices', role: 'group', 'aria-label': 'Components' });
    const look = async () => {
      const text = area.value;
      const names = text.trim() ? await client.call('components', text).catch(() => []) : [];
      if (area.value !== text) return;
      choices.replaceChildren(...(names.length
        ? [h('p', {}, 'Which one?'), ...names.map(({ name }) => h('button', { type: 'button', class: 'choice', onclick: () => { close(); done(text, name); } }, name))]
        : [h('p', { class: 'muted' }, text.trim() ? 'There is no transform or filter processor and no routing connector in it.' : 'It stays in this browser.')]));
    };
    area.addEventListener('input', () => void look());
    const file = h('button', { type: 'button', onclick: async () => {
      const text = await chooseFile();
      if (text === null) return;
      area.value = text;
      void look();
    } }, 'Choose a file');
    void look();
    return [area, h('div', { class: 'row' }, file), choices];
  }, 'wide');
}

const LONG_LINK = 30000;

export async function openShare(state: State, large: boolean) {
  const address = async (s: State) => `${location.href.split('#')[0]}#${await toFragment(s)}`;
  let link: string;
  let note = 'Everything is in the link itself; opening it sends nothing anywhere.';
  try {
    link = await address(large ? { ...state, payload: '' } : state);
    if (large) note = 'The payload is too large for a link and is left out.';
  } catch {
    link = await address({ ...state, payload: '' });
    note = 'The payload is too large for a link and is left out.';
  }
  if (link.length > LONG_LINK) note += ` The link has ${bytes(link.length)}; some programs cut that. A smaller payload makes it shorter.`;
  history.replaceState(null, '', link);
  openDialog('Share', () => {
    const field = h('input', { type: 'text', readonly: true, value: link, 'aria-label': 'Link' });
    const copy = h('button', { type: 'button', class: 'primary', onclick: () => {
      field.select();
      navigator.clipboard.writeText(link).then(() => toast('Copied.'), () => toast('Press Ctrl+C to copy.'));
    } }, 'Copy');
    return [h('div', { class: 'row' }, field, copy), h('p', { class: 'muted' }, note)];
  });
}

const KEYS: [string, string][] = [
  ['Ctrl+Space', 'what can be written here'],
  ['Ctrl+Shift+Space', 'parameters of the call'],
  ['Ctrl+.', 'corrections'],
  ['F8', 'next problem'],
  ['Shift+Alt+F', 'canonical layout'],
  ['F12', 'where a cache key was set'],
  ['Ctrl+M', 'Tab indents, or leaves the editor'],
  ['F1', 'all commands of the editor'],
  ['Arrow keys', 'between tabs, statements of the steps, borders of panes'],
];

export function openHelp(versions: string) {
  openDialog('Help', () => [
    h('p', {}, 'OTTL is the language in which OpenTelemetry collectors change telemetry. Write statements, one a line; each runs on every record of the payload. The result shows what becomes of them.'),
    h('ul', {},
      h('li', {}, h('strong', {}, 'Difference'), ' tells what changed, ', h('strong', {}, 'Table'), ' and ', h('strong', {}, 'JSON'), ' what comes out.'),
      h('li', {}, h('strong', {}, 'Steps'), ' follows one record through every statement, and tells why a condition did not hold.'),
      h('li', {}, h('strong', {}, 'Plan'), ' tells the types, what can fail, and on how many records each statement ran.')),
    h('h3', {}, 'Keys'),
    h('dl', { class: 'keys' }, ...KEYS.flatMap(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)])),
    h('h3', {}, 'Privacy'),
    h('p', {}, 'The engine runs in this page. Nothing that you write or open leaves the browser, and once loaded the page works without a network.'),
    h('p', { class: 'muted' }, versions, ' · ', h('a', { href: 'licenses.txt' }, 'licences of what is in it')),
  ]);
}

export async function openCode(client: EngineClient, code: string) {
  const { entries } = await client.call('describe', 'diagnostics', code);
  const entry = entries[0];
  if (!entry) return;
  const examples = (label: string, list: { text: string }[] | undefined) =>
    list?.length ? [h('h3', {}, label), ...list.slice(0, 2).map((e) => h('pre', {}, e.text))] : [];
  openDialog(`${code}: ${entry.summary}`, () => [h('p', {}, entry.why ?? ''), h('p', {}, entry.todo ?? ''), ...examples('Instead of', entry.bad), ...examples('Write', entry.good)]);
}

export const focusPane = (name: string) => {
  const panes = $('panes');
  panes.dataset.shown = name;
  for (const button of $('bottom').querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.pane === name));
};
