// The result as a difference: what changed in each record, word by word.
import type { Counts, DiffEntry, DiffView } from '../engine/types.js';
import { h, plural } from '../ui/dom.js';

export interface DiffActions {
  all: boolean;
  showAll(all: boolean): void;
  more(): void;
  follow(record: number): void;
}

const WORDS: Record<DiffEntry['change'], string> = { none: 'unchanged', changed: 'changed', dropped: 'dropped', added: 'added' };
const KINDS_FOLLOWED = ['log record', 'span', 'metric', 'profile'];

type Line = DiffEntry['lines'][number];

const textOf = (line: Line) => ('same' in line ? line.same : 'before' in line ? line.before : line.after);

const MAX_WORDS = 200;
const wordsOf = (text: string) => text.match(/[\p{L}\p{N}_]+|\s+|[^]/gu) ?? [];

// Which words of a are in b as well, in their order: the longest common subsequence, of what lies between the same ends.
function kept(a: string[], b: string[]): boolean[] {
  let front = 0;
  while (front < a.length && front < b.length && a[front] === b[front]) front++;
  let back = 0;
  while (back < a.length - front && back < b.length - front && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  const same = a.map((_, i) => i < front || i >= a.length - back);
  const [n, m] = [a.length - front - back, b.length - front - back];
  if (!n || !m || n > MAX_WORDS || m > MAX_WORDS) return same;
  const long = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      long[i]![j] = a[front + i] === b[front + j] ? long[i + 1]![j + 1]! + 1 : Math.max(long[i + 1]![j]!, long[i]![j + 1]!);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (a[front + i] === b[front + j]) same[front + i++] = Boolean(++j);
    else if (long[i + 1]![j]! >= long[i]![j + 1]!) i++;
    else j++;
  }
  return same;
}

function marked(text: string, other: string, tag: 'del' | 'ins'): (Node | string)[] {
  const words = wordsOf(text);
  const same = kept(words, wordsOf(other));
  const parts: (Node | string)[] = [];
  for (let i = 0; i < words.length;) {
    let end = i;
    while (end < words.length && same[end] === same[i]) end++;
    const run = words.slice(i, end).join('');
    parts.push(same[i] ? run : h(tag, {}, run));
    i = end;
  }
  return parts;
}

const pathOf = (text: string) => text.slice(0, text.indexOf(' = '));

/** A line that was there, one that is there, or both with what differs between them. */
export function changedLines(lines: { before?: string; after?: string }[]): HTMLElement[] {
  const afters = new Map(lines.filter((l) => l.after !== undefined).map((l) => [pathOf(l.after!), l.after!]));
  const told = new Set<string>();
  return lines.flatMap(({ before, after }) => {
    if (before === undefined) return told.has(after!) ? [] : [row('+', 'after', 'is', [after!])];
    const pair = afters.get(pathOf(before));
    if (pair === undefined || told.has(pair)) return [row('-', 'before', 'was', [before])];
    told.add(pair);
    return [row('-', 'before', 'was', marked(before, pair, 'del')), row('+', 'after', 'is', marked(pair, before, 'ins'))];
  });
}

function row(sign: string, name: string, spoken: string, content: (Node | string)[]) {
  return h('div', { class: `line ${name}` }, h('span', { class: 'sign', 'aria-hidden': true }, sign), h('span', { class: 'hidden' }, `${spoken}: `), h('span', { class: 'text' }, ...content));
}

const sameRow = (text: string) => h('div', { class: 'line same' }, h('span', { class: 'sign' }), h('span', { class: 'text' }, text));

// All lines in order; those that changed next to each other together, so that pairs are seen.
function fullLines(lines: Line[]): HTMLElement[] {
  const rows: HTMLElement[] = [];
  for (let i = 0; i < lines.length;) {
    if ('same' in lines[i]!) {
      rows.push(sameRow(textOf(lines[i++]!)));
      continue;
    }
    const run: { before?: string; after?: string }[] = [];
    while (i < lines.length && !('same' in lines[i]!)) run.push(lines[i++] as { before?: string; after?: string });
    rows.push(...changedLines(run));
  }
  return rows;
}

function linesOf(entry: DiffEntry): HTMLElement {
  const changed = entry.lines.filter((l) => !('same' in l)) as { before?: string; after?: string }[];
  const same = entry.lines.length - changed.length;
  const short = entry.change === 'changed';
  const known = changed.find((l) => /^(body|name) = /.test(l.before ?? l.after ?? '')); // what people know a record by
  const box = h('div', { class: 'lines' }, ...(short ? changedLines(changed) : known ? changedLines([known]) : []));
  if (!short || same) {
    const count = short ? `${plural(same, 'field')} as before` : plural(entry.lines.length, 'field');
    const full = h('button', { type: 'button', class: 'fold', 'aria-expanded': 'false', onclick: () => box.replaceChildren(...fullLines(entry.lines)) }, count);
    box.append(full);
  }
  return box;
}

function entryOf(entry: DiffEntry, actions: DiffActions): HTMLElement {
  const place = (entry.before ?? entry.after)!;
  const follow = entry.before && KINDS_FOLLOWED.includes(entry.kind);
  return h('article', { class: `entry ${entry.change}` },
    h('header', {},
      h('span', { class: `badge ${entry.change}` }, WORDS[entry.change]),
      h('h3', {}, `${entry.kind} ${place.number + 1}`),
      h('span', { class: 'summary' }, place.summary),
      entry.moved && h('span', { class: 'badge' }, 'moved'),
      follow && h('button', { type: 'button', class: 'small ghost', 'aria-label': `Steps of ${entry.kind} ${place.number + 1}`, onclick: () => actions.follow(place.number) }, 'Steps')),
    linesOf(entry));
}

export function renderDiff(host: HTMLElement, view: DiffView, counts: Counts, actions: DiffActions) {
  const { recordsIn, recordsChanged: changed, recordsDropped: dropped } = counts;
  const numbers = { changed, dropped, none: Math.max(0, recordsIn - changed - dropped) };
  const toggle = h('label', { class: 'check' },
    h('input', { type: 'checkbox', checked: actions.all, onchange: (e: Event) => actions.showAll((e.target as HTMLInputElement).checked) }), 'Unchanged records too');
  const head = h('div', { class: 'result-head' },
    ...(['changed', 'dropped', 'none'] as const).filter((c) => numbers[c]).map((c) => h('span', { class: `badge ${c}` }, `${numbers[c].toLocaleString('en')} ${WORDS[c]}`)),
    h('span', { class: 'space' }), toggle);
  const entries = view.entries.map((e) => entryOf(e, actions));
  if (!view.entries.length) entries.push(h('p', { class: 'empty' }, recordsIn ? 'No record is changed by this program.' : 'There are no records.'));
  const rest = view.total - view.entries.length;
  host.replaceChildren(head, ...entries);
  if (rest > 0) host.append(h('button', { type: 'button', class: 'more', onclick: actions.more }, `Show more (${plural(rest, 'other')})`));
}
