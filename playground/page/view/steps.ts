// One record, statement by statement: what was computed, what changed, and why a condition did not hold.
import type { Step, StepsView, StepValue } from '../engine/types.js';
import { h, plural, ticked } from '../ui/dom.js';
import { changedLines } from './diff.js';

export interface StepActions {
  record(n: number): void;
  /** The statement that is looked at, or null. */
  look(step: Step | null, reveal: boolean): void;
}

const OUTCOMES: Record<string, string> = { ran: 'ran', skipped: 'skipped', failed: 'failed', dropped: 'dropped', kept: 'kept', 'not-run': 'not reached' };

let chosen = 0;

export function renderSteps(host: HTMLElement, view: StepsView, actions: StepActions) {
  if (!view.total) {
    host.replaceChildren(h('p', { class: 'empty' }, 'There are no records.'));
    return;
  }
  chosen = Math.min(chosen, Math.max(0, view.steps.length - 1));
  const detail = h('div', { class: 'step-detail', 'aria-live': 'polite' });
  const list = h('ol', { class: 'steps', role: 'listbox', 'aria-label': 'Statements', tabindex: 0 });
  const options = view.steps.map((step, i) =>
    h('li', { role: 'option', id: `step-${i}`, 'aria-selected': 'false', onclick: () => pick(i, true) },
      h('span', { class: `badge ${step.outcome}` }, OUTCOMES[step.outcome] ?? step.outcome), h('code', {}, step.text)));
  list.append(...options);
  const position = h('span', { class: 'muted' });

  const pick = (i: number, reveal: boolean) => {
    if (!view.steps.length) return;
    chosen = Math.max(0, Math.min(i, view.steps.length - 1));
    options.forEach((o, j) => o.setAttribute('aria-selected', String(j === chosen)));
    list.setAttribute('aria-activedescendant', `step-${chosen}`);
    options[chosen]!.scrollIntoView({ block: 'nearest' });
    position.textContent = `Step ${chosen + 1} of ${view.steps.length}`;
    detail.replaceChildren(...detailOf(view.steps[chosen]!));
    actions.look(view.steps[chosen]!, reveal);
  };

  list.addEventListener('keydown', (event) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: view.steps.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pick(to, true);
  });

  host.replaceChildren(picker(view, actions), ...(view.steps.length
    ? [h('div', { class: 'step-bar' }, stepButton('Previous step', '↑', () => pick(chosen - 1, true)), stepButton('Next step', '↓', () => pick(chosen + 1, true)), position), list, detail]
    : [h('p', { class: 'empty' }, 'No statement looks at this record.')]), recordBefore(view));
  pick(chosen, false);
}

const stepButton = (label: string, text: string, onclick: () => void) => h('button', { type: 'button', class: 'small', 'aria-label': label, title: label, onclick }, text);

function picker(view: StepsView, actions: StepActions): HTMLElement {
  const go = (n: number) => actions.record(Math.max(0, Math.min(n, view.total - 1)));
  const number = h('input', { type: 'number', min: 1, max: view.total, value: view.record + 1, 'aria-label': 'Number of the record', onchange: () => go(Number(number.value) - 1) });
  return h('div', { class: 'result-head' },
    stepButton('Previous record', '‹', () => go(view.record - 1)),
    h('span', {}, view.kind), number, h('span', { class: 'muted' }, `of ${view.total.toLocaleString('en')}`),
    stepButton('Next record', '›', () => go(view.record + 1)),
    h('span', { class: 'summary' }, view.summary));
}

function recordBefore(view: StepsView): HTMLElement {
  return h('details', { class: 'record' }, h('summary', {}, 'The record as it came'), h('pre', {}, view.before));
}

function detailOf(step: Step): HTMLElement[] {
  const parts: HTMLElement[] = [h('code', { class: 'statement' }, step.text)];
  const why = reason(step);
  if (why) parts.push(h('p', { class: `why ${step.outcome}` }, ...why));
  if (step.changes.length) parts.push(h('div', { class: 'lines' }, ...changedLines(step.changes)));
  else if (step.outcome === 'ran') parts.push(h('p', { class: 'muted quiet' }, 'It ran and changed nothing.'));
  if (step.values.length) parts.push(values(step.values));
  return parts;
}

// Why a statement did nothing: the deepest condition that was asked and did not hold.
function reason(step: Step): (Node | string)[] | null {
  if (step.outcome === 'failed') return ['It failed: ', ...ticked(step.message ?? ''), step.code ? ` (${step.code})` : ''];
  if (step.outcome !== 'skipped') return null;
  const culprits = step.values.filter((v) => v.condition && v.asked && v.type === 'bool' && v.value === 'false');
  const culprit = culprits.at(-1);
  if (!culprit) return ['The condition did not hold.'];
  const operands = operandsOf(step.values, culprit).filter((v) => v.value !== undefined && v.text !== v.value);
  const told: (Node | string)[] = ['Skipped: ', h('code', {}, culprit.text), ' is false'];
  operands.forEach((v, i) => told.push(i ? ', ' : ', for ', h('code', {}, v.text), ' is ', h('code', {}, v.value!)));
  return told;
}

function operandsOf(all: StepValue[], value: StepValue): StepValue[] {
  const at = all.indexOf(value);
  const end = all.findIndex((v, i) => i > at && v.depth <= value.depth);
  return all.slice(at + 1, end < 0 ? undefined : end).filter((v) => v.depth === value.depth + 1);
}

function values(all: StepValue[]): HTMLElement {
  const rows = all.map((v) =>
    h('tr', { class: v.asked ? '' : 'unasked' },
      h('td', { style: `--depth: ${v.depth}` }, h('code', {}, v.text)),
      h('td', { class: 'type' }, v.type ?? ''),
      h('td', { class: v.message ? 'failure' : v.type === 'bool' ? `bool ${v.value}` : '' }, v.message ?? (v.asked ? v.value ?? '' : 'not asked'))));
  const head = h('tr', {}, h('th', { scope: 'col' }, plural(all.length, 'expression')), h('th', { scope: 'col' }, 'type'), h('th', { scope: 'col' }, 'value'));
  return h('div', { class: 'values' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows)));
}
