// The choices above the program: what it is, and for what.
import { ERROR_MODES, SIGNALS, type State } from './state.js';
import { $, h, select, type SelectOption } from './ui/dom.js';

const MODE = [{ value: 'ottl', text: 'Statements' }, { value: 'yaml', text: 'Collector YAML' }];
const KIND = [{ value: 'transform', text: 'Transform' }, { value: 'filter', text: 'Filter: drop where' }];
const SIGNAL_TEXT = { '': 'Any', logs: 'Logs', traces: 'Traces', metrics: 'Metrics', profiles: 'Profiles' };
const ERROR_TEXT = { ignore: 'ignore: go on', silent: 'silent: go on, say nothing', propagate: 'propagate: refuse the payload' };

type Change = (part: Partial<State>) => void;

export function renderFields(state: State, components: string[], change: Change) {
  const yaml = state.mode === 'yaml';
  const fields = [
    select('Form of the program', MODE, state.mode, (v) => change({ mode: v as State['mode'] })),
    yaml
      ? select('Component of the configuration', componentOptions(components, state.processor), state.processor || components[0] || '', (v) => change({ processor: v }))
      : select('What the statements are', KIND, state.kind, (v) => change({ kind: v as State['kind'] })),
  ];
  const host = $('program-fields');
  const focused = host.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
  const open = host.querySelector('details')?.open ?? false;
  host.replaceChildren(...fields, options(state, yaml, open, change));
  if (focused) host.querySelector<HTMLElement>(`[aria-label="${focused}"]`)?.focus();
}

function options(state: State, yaml: boolean, open: boolean, change: Change): HTMLElement {
  const field = (text: string, list: SelectOption[], value: string, changed: (v: string) => void) =>
    h('label', {}, h('span', {}, text), select(text, list, value, changed));
  const errors = field('Error mode', ERROR_MODES.map((e) => ({ value: e, text: ERROR_TEXT[e] })), state.errorMode, (v) => change({ errorMode: v as State['errorMode'] }));
  const signal = field('Signal', SIGNALS.map((s) => ({ value: s, text: SIGNAL_TEXT[s] })), state.signal, (v) => change({ signal: v as State['signal'] }));
  const box = h('input', { type: 'checkbox', checked: state.experimental, 'aria-label': 'Lambdas and profiles', onchange: () => change({ experimental: box.checked }) });
  const experimental = h('label', {}, h('span', {}, 'Lambdas and profiles'), box);
  const details = h('details', { class: 'options', open }, h('summary', {}, 'Options'),
    h('div', { class: 'popup' }, yaml ? null : errors, signal, experimental, h('p', { class: 'muted' }, yaml ? 'Error modes stand in the configuration.' : 'Lambdas are behind a feature gate in the collector.')));
  const close = (event: Event) => {
    if (event instanceof KeyboardEvent ? event.key === 'Escape' : !details.contains(event.target as Node)) details.open = false;
  };
  details.addEventListener('toggle', () => {
    for (const type of ['pointerdown', 'keydown']) (details.open ? addEventListener : removeEventListener)(type, close);
  });
  return details;
}

const componentOptions = (names: string[], chosen: string) => {
  const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
  return all.length ? all.map((n) => ({ value: n, text: n })) : [{ value: '', text: 'No processor' }];
};
