// The page: holds the state, and tells everything else when it changes.
import { focusPane, loadGallery, openCode, openExamples, openHelp, openImport, openShare } from './dialogs.js';
import { Editors } from './editors.js';
import { Cancelled, EngineClient } from './engine/client.js';
import type { Diagnostic, PayloadInfo, Signal, ViewName } from './engine/types.js';
import { renderFields } from './fields.js';
import { chooseFile, readFile, setUpDrop } from './files.js';
import { ResultPane } from './result.js';
import { Runner } from './runner.js';
import { fromFragment, toFragment } from './share.js';
import { empty, sourceOf, type State, stateOf } from './state.js';
import { $, bytes, h, plural } from './ui/dom.js';
import { recall, remember } from './ui/memory.js';
import { setUpSplitters } from './ui/splitters.js';
import { setUpTabs } from './ui/tabs.js';
import { setUpTheme } from './ui/theme.js';
import { toast } from './ui/toast.js';
import { renderProblems } from './view/errors.js';

const VIEWS: { name: ViewName; text: string; title: string }[] = [
  { name: 'diff', text: 'Difference', title: 'What changed in each record' },
  { name: 'table', text: 'Table', title: 'Records as rows' },
  { name: 'json', text: 'JSON', title: 'What comes out, as OTLP/JSON' },
  { name: 'steps', text: 'Steps', title: 'One record through every statement' },
  { name: 'plan', text: 'Plan', title: 'Types, order, what can fail, and on how many records statements ran' },
];
const MAX_KEPT = 500000; // characters, for the next visit
const CHECK_PAUSE = 120;

let state: State = { ...empty };
let components: string[] = []; // of a configuration, what can be run
let large: { name: string } | null = null; // the payload is a file that is not in the editor
let checkTimer: ReturnType<typeof setTimeout> | undefined;
let keepTimer: ReturnType<typeof setTimeout> | undefined;
let checked = 0;

const FIRST = 3000; // nothing waits longer for the first result

// The engine and the first result come first; editors, and a second engine that answers their questions, behind it.
let firstTold = () => {};
const first = Promise.race([new Promise<void>((resolve) => { firstTold = resolve; }), new Promise((resolve) => setTimeout(resolve, FIRST))]);
const running = new EngineClient();
const asking = new EngineClient(first);
const editors = new Editors();

const result = new ResultPane({
  changed: () => run(),
  follow: (record) => show('steps', record),
  followError: ({ resource = 0, scope = 0, item = 0 }) => void running.call('recordAt', resource, scope, item).then((record) => show('steps', record), () => {}),
  record: (n) => show('steps', n),
  look: (step, reveal) => editors.spotlight(step, reveal),
  json: (text, host) => editors.json(text, host),
  setErrorMode: () => change({ errorMode: 'ignore' }),
});

const small = (text: string, onclick: () => void) => h('button', { type: 'button', class: 'small', onclick }, text);

const runner = new Runner(running, {
  evaluated(evaluation) {
    if (!performance.getEntriesByName('first-result').length) {
      performance.mark('first-result');
      performance.measure('module', 'engine-start', 'first-result');
      firstTold();
    }
    result.show(evaluation);
    document.body.dataset.state = evaluation.state;
    $('bottom').querySelector<HTMLElement>('.dot')!.hidden = evaluation.state === 'ok' && !evaluation.errors.length;
  },
  payload: payloadTold,
  slow: (stop) => result.notice('Running. ', 'info', small('Stop', stop)),
  stopped: () => result.notice('Stopped: it takes too long for a page. ', 'error', small('Run it again', () => run())),
  failed(error) {
    firstTold();
    result.notice(error instanceof Error ? error.message : String(error), 'error');
  },
  busy: (busy) => result.busy(busy),
});

const tabs = setUpTabs($('tabs'), $('result'), VIEWS, (name) => show(name, state.record));

/* -- the state changes -- */

function run(pause?: number) {
  runner.request(sourceOf(state), result.request(state.view, state.record), pause);
}

function show(view: ViewName, record: number) {
  const steps = view === 'steps' && state.view !== 'steps';
  state = { ...state, view, record: Math.max(0, record) };
  tabs.show(view);
  result.reset();
  runner.request(sourceOf(state), result.request(view, state.record), 0);
  if (steps) $('result').scrollTop = 0;
  keep();
}

function change(part: Partial<State>) {
  const mode = part.mode !== undefined && part.mode !== state.mode;
  state = { ...state, ...part };
  if (mode) {
    editors.program(sourceOf(state).text, state.mode);
    components = [];
  }
  renderFields(state, components, change);
  run();
  check(0);
  keep();
}

/** All of it anew: an example, a link. */
function load(part: Partial<State>) {
  state = { ...empty, ...part, view: part.view ?? state.view };
  large = null;
  components = [];
  result.reset();
  editors.program(sourceOf(state).text, state.mode);
  editors.payload(state.payload, false);
  tabs.show(state.view);
  renderFields(state, components, change);
  runner.payload(state.payload);
  void asking.setPayload(state.payload).catch(() => {});
  result.notice('');
  $('payload-notice').hidden = true;
  run(0);
  check(0);
  keep();
}

function keep() {
  clearTimeout(keepTimer);
  keepTimer = setTimeout(() => {
    const text = JSON.stringify(large ? { ...state, payload: '' } : state);
    if (text.length < MAX_KEPT && !document.body.classList.contains('embedded')) remember('state', text);
  }, 800);
}

/* -- problems of the program -- */

function check(pause = CHECK_PAUSE) {
  clearTimeout(checkTimer);
  checkTimer = setTimeout(async () => {
    const turn = ++checked;
    try {
      const { diagnostics, components: found } = await asking.call('check', sourceOf(state));
      if (turn === checked) problemsTold(diagnostics, found.map((c) => c.name));
    } catch (error) {
      if (!(error instanceof Cancelled)) problemsTold([], components);
    }
  }, pause);
}

function problemsTold(diagnostics: Diagnostic[], found: string[]) {
  editors.diagnostics(diagnostics);
  const titleOf = (d: Diagnostic) => (d.fixes.length === 1 ? `Replace with ${d.fixes[0]!.replacement || 'nothing'}`.slice(0, 60) : 'Correct');
  renderProblems($('problems'), diagnostics, titleOf, {
    go: (d) => editors.go(d),
    fix: (d) => editors.fix(d),
    explain: (d) => void openCode(asking, d.code),
  });
  if (JSON.stringify(found) === JSON.stringify(components)) return;
  components = found;
  if (state.mode === 'yaml' && found.length && !found.includes(state.processor)) state = { ...state, processor: found[0]! };
  renderFields(state, components, change);
  run();
}

/* -- the payload -- */

function payloadTold(info: PayloadInfo) {
  const parts = info.failure ? [] : [info.signal, info.messages > 1 ? plural(info.messages, 'message') : '', bytes(info.bytes)];
  $('payload-info').textContent = parts.filter(Boolean).join(' · ');
  if (!large) {
    const notice = $('payload-notice');
    notice.hidden = !info.note;
    notice.className = 'notice warning';
    notice.textContent = info.note;
  }
  editors.payloadFailure(info);
}

let sampleTimer: ReturnType<typeof setTimeout> | undefined;
function payloadChanged(text: string) {
  state = { ...state, payload: text };
  runner.payload(text);
  run();
  clearTimeout(sampleTimer);
  sampleTimer = setTimeout(() => void asking.setPayload(text).catch(() => {}), 500);
  keep();
}

async function fileGiven(file: File, signal: Signal | '' = '') {
  try {
    const dropped = await readFile(file);
    if (dropped.kind === 'ottl') return load({ ...state, mode: 'ottl', ottl: dropped.text });
    if (dropped.kind === 'yaml') return load({ ...state, mode: 'yaml', yaml: dropped.text, processor: '' });
    const opened = await runner.open(dropped.bytes, signal);
    if (opened.text !== null) return fileFits(opened.text, dropped.name);
    fileIsLarge(dropped.name, opened.info, opened.preview);
  } catch (error) {
    toast(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fileFits(text: string, name: string) {
  large = null;
  editors.payload(text, false);
  payloadChanged(text);
  toast(`Opened ${name}.`);
}

function fileIsLarge(name: string, info: PayloadInfo, preview: string) {
  large = { name };
  editors.payload(preview, true);
  void asking.setPayload(preview).catch(() => {});
  const notice = $('payload-notice');
  notice.hidden = false;
  notice.className = 'notice info';
  notice.replaceChildren(`${name}, ${bytes(info.bytes)}: too large to be edited here. Programs run on all of it; below is its beginning.`);
  run();
}

/* -- the beginning -- */

async function begin() {
  const fragment = await fromFragment(location.hash);
  if (fragment.embedded) embed();
  if (fragment.problem) toast(fragment.problem);
  const kept = fragment.embedded ? null : stateOf(parse(recall('state')));
  if (fragment.state) load({ ...fragment.state });
  else if (kept && (kept.ottl || kept.yaml)) load(kept);
  else load((await loadGallery())[0]!.state);
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

// In a frame of another page: less around it, and a way out.
function embed() {
  document.body.classList.add('embedded');
  const link = $<HTMLAnchorElement>('whole');
  link.addEventListener('pointerenter', () => void toFragment(state).then((f) => { link.href = `./#${f}`; }));
  link.addEventListener('focus', () => void toFragment(state).then((f) => { link.href = `./#${f}`; }));
}

function setUpButtons() {
  $('examples').addEventListener('click', () => openExamples(asking, (part) => load({ ...part, view: state.view === 'steps' ? 'steps' : 'diff' })));
  $('import').addEventListener('click', () => openImport(asking,
    (yaml, processor) => load({ ...state, mode: 'yaml', yaml, processor }),
    async () => (await chooseFile('.yaml,.yml'))?.text() ?? null));
  $('share').addEventListener('click', () => void openShare(state, large !== null));
  $('help').addEventListener('click', () => openHelp($('versions').textContent ?? ''));
  $('format').addEventListener('click', () => editors.format('program'));
  $('format-payload').addEventListener('click', () => editors.format('payload'));
  $('open-file').addEventListener('click', async () => {
    const file = await chooseFile('');
    if (file) void fileGiven(file);
  });
  $('tab-mode').addEventListener('click', (event) => {
    const moves = editors.toggleTab();
    const button = event.currentTarget as HTMLElement;
    button.setAttribute('aria-pressed', String(moves));
    button.textContent = moves ? 'Tab leaves the editor' : 'Tab indents';
  });
  for (const button of $('bottom').querySelectorAll('button')) button.addEventListener('click', () => focusPane(button.dataset.pane!));
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.skip a')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      const id = link.hash.slice(1);
      focusPane(id.replace('-pane', ''));
      $(id).focus();
    });
  }
}

setUpTheme((dark) => editors.dark(dark));
setUpSplitters();
setUpButtons();
setUpDrop((file) => void fileGiven(file));
addEventListener('hashchange', () => void fromFragment(location.hash).then(({ state: other, problem }) => {
  if (problem) toast(problem);
  if (other) load({ ...other });
}));
const begun = begin();
running.ready.then(({ version, reference, isa }) => {
  $('versions').textContent = `engine ${version} · pkg/ottl ${reference} · ${isa}`;
}, (error) => result.notice(`The engine did not start: ${error.message}`, 'error'));
void Promise.all([begun, first]).then(() => editors.load(asking, {
  program: (text) => {
    state = { ...state, [state.mode]: text };
    run();
    check();
    keep();
  },
  payload: payloadChanged,
  source: (text) => ({ ...sourceOf(state), text }),
}));
if ('serviceWorker' in navigator && isSecureContext) void navigator.serviceWorker.register(new URL('./sw.js', document.baseURI)).catch(() => {});
