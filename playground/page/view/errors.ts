// Failures of records, alike ones together; and problems of the program.
import type { Diagnostic, RowError } from '../engine/types.js';
import { h, plural, ticked } from '../ui/dom.js';

interface Alike {
  error: RowError;
  count: number;
}

function alike(errors: RowError[]): Alike[] {
  const found = new Map<string, Alike>();
  for (const error of errors) {
    const key = JSON.stringify([error.group, error.statement, error.condition, error.code, error.message]);
    const one = found.get(key);
    if (one) one.count++;
    else found.set(key, { error, count: 1 });
  }
  return [...found.values()];
}

const placeOf = (e: RowError) => [e.resource, e.scope, e.item, e.child, e.grandchild].filter((n) => n !== undefined).map((n) => n! + 1).join('.');

export function renderRowErrors(host: HTMLElement, errors: RowError[], failures: number, refused: boolean, follow: (error: RowError) => void) {
  host.hidden = errors.length === 0;
  if (!errors.length) return host.replaceChildren();
  const kinds = alike(errors);
  const head = h('p', { class: 'strip-head' }, ...ticked(refused
    ? 'A failure refused the whole payload. With error mode `ignore` the others would go on.'
    : `${plural(failures, 'failure')}: the statement is passed over on these records.`));
  const items = kinds.slice(0, 20).map(({ error, count }) =>
    h('li', {},
      h('code', { class: 'code' }, error.code), ' ', ...ticked(error.message),
      h('span', { class: 'muted' }, ` ${error.statement === undefined ? `condition ${(error.condition ?? 0) + 1}` : `statement ${error.statement + 1}`}`,
        ` · ${count > 1 ? `${plural(count, 'record')}, first ` : ''}${error.context ?? 'record'} ${placeOf(error)}`),
      error.item === undefined ? null : h('button', { type: 'button', class: 'small', 'aria-label': `Steps of the first record with ${error.code}`, onclick: () => follow(error) }, 'Steps')));
  host.replaceChildren(head, h('ul', {}, ...items));
}

export interface ProblemActions {
  go(d: Diagnostic): void;
  fix(d: Diagnostic): void;
  explain(d: Diagnostic): void;
}

const ORDER = { error: 0, warning: 1, note: 2 };

export function renderProblems(host: HTMLElement, diagnostics: Diagnostic[], titleOf: (d: Diagnostic) => string, actions: ProblemActions) {
  host.hidden = diagnostics.length === 0;
  const sorted = [...diagnostics].sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || a.line - b.line);
  host.replaceChildren(h('ul', {}, ...sorted.slice(0, 50).map((d) =>
    h('li', { class: d.severity },
      h('button', { type: 'button', class: 'link where', onclick: () => actions.go(d), 'aria-label': `${d.severity}, line ${d.line}` }, `${d.line}:${d.column_utf16}`),
      h('span', { class: 'message' }, ...ticked(d.message), d.help ? h('span', { class: 'muted' }, ' — ', ...ticked(d.help)) : ''),
      h('button', { type: 'button', class: 'link code', onclick: () => actions.explain(d), title: 'What this code means' }, d.code),
      d.fixes.length ? h('button', { type: 'button', class: 'small fix', onclick: () => actions.fix(d) }, titleOf(d)) : null))));
}
