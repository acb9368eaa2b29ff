// Rows of a table of what a difference tells: a record each, a column for each path.
import type { DiffEntry, Table } from '../../../bindings/npm/ottl.js';
import type { TableCell, TableView } from './types.js';

const MAX_COLUMNS = 60;

// `path = value`; a path may have a key with ` = ` in it, which is in quotes then.
function cut(line: string): [string, string] {
  const at = /^(?:[^"=]|"(?:[^"\\]|\\.)*")*? = /.exec(line);
  return at ? [line.slice(0, at[0].length - 3), line.slice(at[0].length)] : [line, ''];
}

function cellsOf(entry: DiffEntry): Map<string, TableCell> {
  const cells = new Map<string, TableCell>();
  for (const line of entry.lines) {
    if ('same' in line) {
      const [path, text] = cut(line.same);
      cells.set(path, { text });
    } else if ('before' in line) {
      const [path, before] = cut(line.before);
      const removed = entry.change === 'changed';
      cells.set(path, removed ? { text: '', before, change: 'removed' } : { text: before });
    } else {
      const [path, text] = cut(line.after);
      const old = cells.get(path);
      if (entry.change !== 'changed') cells.set(path, { text });
      else cells.set(path, old?.change === 'removed' ? { text, before: old.before!, change: 'changed' } : { text, change: 'added' });
    }
  }
  return cells;
}

/** Entries that are records: the innermost level but the lists in them. */
export const isRecord = (entry: { kind: string }) => entry.kind !== 'resource' && entry.kind !== 'scope';

export function tableOf(entries: DiffEntry[], limit: number, total: number): TableView {
  const records = entries.filter(isRecord);
  const shown = records.slice(0, limit).map((entry) => ({ entry, cells: cellsOf(entry) }));
  const columns: string[] = [];
  const known = new Set<string>();
  for (const { cells } of shown) {
    for (const path of cells.keys()) {
      if (known.has(path) || columns.length >= MAX_COLUMNS) continue;
      known.add(path);
      columns.push(path);
    }
  }
  columns.sort((a, b) => rankOf(a) - rankOf(b));
  const rows = shown.map(({ entry, cells }) => {
    const place = (entry.before ?? entry.after)!;
    return { number: place.number, kind: entry.kind, summary: place.summary, change: entry.change, cells: columns.map((c) => cells.get(c) ?? null) };
  });
  return { name: 'table', columns, rows, total: Math.max(total, rows.length) };
}

/** Of metrics: a row for each data point. Cells are compared where both sides have the same rows. */
export function pointsOf(before: Table, after: Table): TableView {
  const alike = before.records === after.records && before.rows.length === after.rows.length;
  const keyOf = (c: Table['columns'][number]) => `${c.context}.${c.path}`;
  const columns = after.columns.filter((c) => c.context !== 'scope');
  const old = new Map(before.columns.map((c, i) => [keyOf(c), i]));
  const now = new Map(after.columns.map((c, i) => [keyOf(c), i]));
  const rows = after.rows.map((row, r) => {
    const was = alike ? before.rows[r]! : row;
    const cells = columns.map((c): TableCell | null => {
      const text = row.cells[now.get(keyOf(c))!] ?? null;
      const then = alike ? (was.cells[old.get(keyOf(c)) ?? -1] ?? null) : text;
      if (text === then) return text === null ? null : { text: String(text) };
      if (text === null) return { text: '', before: String(then), change: 'removed' };
      return then === null ? { text: String(text), change: 'added' } : { text: String(text), before: String(then), change: 'changed' };
    });
    const gone = alike && before.columns.some((c, i) => !now.has(keyOf(c)) && was.cells[i] != null);
    const change = gone || cells.some((c) => c?.change) ? 'changed' : 'none';
    return { number: row.record, kind: 'metric', summary: '', change: change as DiffEntry['change'], cells };
  });
  return { name: 'table', columns: columns.map((c) => (c.context === 'datapoint' ? c.path : keyOf(c))), rows, total: rows.length };
}

// Ids and times of observation say least; they go to the right.
const LAST = ['observed_time_unix_nano', 'trace_id', 'span_id', 'parent_span_id', 'flags', 'dropped_attributes_count'];
const FIRST = ['time_unix_nano', 'severity_text', 'name', 'body', 'kind', 'severity_number'];

function rankOf(column: string): number {
  const first = FIRST.indexOf(column);
  if (first >= 0) return first;
  const last = LAST.indexOf(column);
  return last >= 0 ? 200 + last : 100;
}
