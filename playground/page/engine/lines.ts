// Lines of a difference with whole paths: what stands indented below `events:` becomes `events[0].name = ...`.
import type { DiffEntry } from '../../../bindings/npm/ottl.js';

type Line = DiffEntry['lines'][number];
type Side = 'before' | 'after';

// Where one side is: the path of the element at each depth, and how many elements each list had.
class Place {
  readonly #paths: string[] = [];
  readonly #counts = new Map<string, number>();

  open(depth: number, list: string) {
    const path = this.at(depth) + list;
    const index = this.#counts.get(path) ?? 0;
    this.#counts.set(path, index + 1);
    this.#paths.length = depth;
    this.#paths[depth] = `${path}[${index}].`;
  }

  at(depth: number): string {
    return depth ? (this.#paths[depth - 1] ?? '') : '';
  }
}

const sidesOf = (line: Line): Side[] => ('same' in line ? ['before', 'after'] : 'before' in line ? ['before'] : ['after']);
const textOf = (line: Line) => ('same' in line ? line.same : 'before' in line ? line.before : line.after);

export function flat(lines: Line[]): Line[] {
  const places = { before: new Place(), after: new Place() };
  return lines.flatMap((line): Line[] => {
    const text = textOf(line);
    const depth = (text.length - text.trimStart().length) / 2;
    const rest = text.trimStart();
    if (/^[\w.]+:$/.test(rest)) {
      for (const side of sidesOf(line)) places[side].open(depth, rest.slice(0, -1));
      return [];
    }
    const whole = (side: Side) => places[side].at(depth) + rest;
    if ('same' in line) return [{ same: whole('after') }];
    return ['before' in line ? { before: whole('before') } : { after: whole('after') }];
  });
}
