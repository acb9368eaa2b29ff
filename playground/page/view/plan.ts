// What the engine will do: groups, order, what is read and written, types, and on how many records each statement ran.
import type { PlanView } from '../engine/types.js';
import { h } from '../ui/dom.js';

const plain = (types: string) => (types.split(', ').length > 6 ? 'any' : types);

export function renderPlan(host: HTMLElement, view: PlanView) {
  const parts = view.programs.flatMap((program) => (program.groups ?? []).map((group: any) => groupOf(group)));
  host.replaceChildren(...(parts.length ? parts : [h('p', { class: 'empty' }, 'There is nothing to run.')]));
}

function groupOf(group: any): HTMLElement {
  const because = group.because ? ` because ${typeof group.because === 'string' ? group.because : group.because.text ?? JSON.stringify(group.because)}` : '';
  const facts: [string, string][] = [
    ['order', group.order === 'vectorized' ? 'statement by statement over many records' : `${group.order}${because}`],
    ['on errors', group.errorMode],
    ['reads', list(group.reads)],
    ['writes', list(group.writes)],
  ];
  return h('section', { class: 'group' },
    h('header', {}, h('h3', {}, `Group ${group.group}: ${group.context}`), h('span', { class: 'muted' }, group.inferred ? 'context inferred' : 'context named')),
    h('dl', {}, ...facts.filter(([, text]) => text).flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])),
    ...(group.statements ?? []).map(statementOf));
}

const list = (paths: string[] | undefined) => (paths ?? []).join(', ');

function statementOf(statement: any): HTMLElement {
  const operands = [...rows(statement.where, 0), ...(statement.does?.operands ?? []).flatMap((o: any) => rows(o, 0))];
  return h('article', { class: 'planned' },
    h('header', {}, h('span', { class: 'number' }, String(statement.number)), h('code', {}, statement.text), profileOf(statement.profile)),
    h('div', { class: 'badges' }, ...badges(statement)),
    operands.length ? h('div', { class: 'values' }, h('table', {},
      h('thead', {}, h('tr', {}, ...['expression', 'can be', 'computed'].map((t) => h('th', { scope: 'col' }, t)))),
      h('tbody', {}, ...operands))) : null);
}

function badges(statement: any): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (statement.neverRuns) found.push(h('span', { class: 'badge failed' }, 'never runs'));
  for (const fail of statement.fails ?? []) found.push(h('span', { class: 'badge may-fail', title: `by ${fail.by}` }, `can fail: ${fail.text}`));
  for (const once of statement.once ?? []) found.push(h('span', { class: 'badge', title: once.text }, `once per ${once.per}`));
  for (const memo of statement.memo ?? []) found.push(h('span', { class: 'badge', title: memo.text }, 'once per distinct value'));
  for (const shared of statement.shared ?? []) found.push(h('span', { class: 'badge', title: shared.text }, 'shares a value'));
  return found;
}

function profileOf(profile: any): HTMLElement | null {
  if (!profile || !profile.rows) return null;
  const share = (100 * profile.selected) / profile.rows;
  return h('span', { class: 'ran-on', title: 'records that the statement ran on' },
    h('span', { class: 'meter', style: `--share: ${share}%`, 'aria-hidden': true }), `${profile.selected} of ${profile.rows}`);
}

// What needs no explanation.
const literal = (value: any) => value.per === 'run' && !value.operands?.length && /^["\d]|^(nil|true|false)$/.test(value.text);

function rows(value: any, depth: number): HTMLElement[] {
  if (!value || literal(value)) return [];
  const row = h('tr', {},
    h('td', { style: `--depth: ${depth}` }, h('code', {}, value.text)),
    h('td', { class: 'type', title: value.types }, plain(value.types || ''), value.mayFail ? h('span', { class: 'may' }, ' can fail') : ''),
    h('td', { class: 'muted' }, value.per === 'run' ? 'once' : `per ${value.per === 'log' ? 'record' : value.per}`));
  return [row, ...(value.operands ?? []).flatMap((o: any) => rows(o, depth + 1))];
}
