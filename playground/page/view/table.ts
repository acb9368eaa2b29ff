// The result as a table: a record a row, a path a column.
import type { TableCell, TableView } from '../engine/types.js';
import { h, plural } from '../ui/dom.js';

const MAX_CELL = 200;
const cut = (text: string) => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text);

function cellOf(cell: TableCell | null): HTMLElement {
  if (!cell) return h('td', { class: 'none' });
  if (!cell.change) return h('td', {}, cut(cell.text));
  const td = h('td', { class: cell.change, title: cell.before === undefined ? 'added' : `was ${cell.before}` });
  if (cell.before !== undefined) td.append(h('del', {}, cut(cell.before)), ' ');
  if (cell.change !== 'removed') td.append(h('ins', {}, cut(cell.text)));
  return td;
}

export interface TableActions {
  more(): void;
  follow(record: number): void;
}

export function renderTable(host: HTMLElement, view: TableView, actions: TableActions) {
  if (!view.rows.length) {
    host.replaceChildren(h('p', { class: 'empty' }, 'There are no records.'));
    return;
  }
  const head = h('tr', {}, h('th', { scope: 'col' }, '#'), h('th', { scope: 'col' }, ''), ...view.columns.map((c) => h('th', { scope: 'col' }, c)));
  const rows = view.rows.map((row) =>
    h('tr', { class: row.change },
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'link', 'aria-label': `Steps of ${row.kind} ${row.number + 1}`, onclick: () => actions.follow(row.number) }, String(row.number + 1))),
      h('td', {}, row.change === 'none' ? '' : h('span', { class: `badge ${row.change}` }, row.change)),
      ...row.cells.map(cellOf)));
  host.replaceChildren(h('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': 'Records' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows))));
  const rest = view.total - view.rows.length;
  if (rest > 0) host.append(h('button', { type: 'button', class: 'more', onclick: actions.more }, `Show more (${plural(rest, 'other')})`));
}
