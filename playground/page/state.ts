// What the page holds, what a link carries, what is kept for the next visit: one object, checked wherever it comes from outside.
import type { ProgramSource, Signal, ViewName } from './engine/types.js';

export interface State {
  mode: 'ottl' | 'yaml';
  ottl: string;
  yaml: string;
  payload: string;
  kind: 'transform' | 'filter';
  signal: Signal | '';
  errorMode: 'propagate' | 'ignore' | 'silent';
  experimental: boolean;
  processor: string;
  view: ViewName;
  record: number;
}

export const MAX_TEXT = 4 << 20;

export const MODES = ['ottl', 'yaml'] as const;
export const KINDS = ['transform', 'filter'] as const;
export const SIGNALS = ['', 'logs', 'traces', 'metrics', 'profiles'] as const;
export const ERROR_MODES = ['propagate', 'ignore', 'silent'] as const;
export const VIEWS = ['diff', 'table', 'json', 'steps', 'plan'] as const;

export const empty: State = {
  mode: 'ottl', ottl: '', yaml: '', payload: '', kind: 'transform', signal: '', errorMode: 'ignore', experimental: false, processor: '', view: 'diff', record: 0,
};

const word = <T extends string>(value: unknown, words: readonly T[], fallback: T): T => (words.includes(value as T) ? (value as T) : fallback);
const text = (value: unknown, limit = MAX_TEXT) => (typeof value === 'string' ? value.slice(0, limit) : '');

/** A state of anything at all. Null: it is none. */
export function stateOf(value: unknown): State | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const v = value as Record<string, unknown>;
  if (typeof v.ottl !== 'string' && typeof v.yaml !== 'string') return null;
  const record = Number.isSafeInteger(v.record) && (v.record as number) >= 0 ? (v.record as number) : 0;
  return {
    mode: word(v.mode, MODES, 'ottl'),
    ottl: text(v.ottl),
    yaml: text(v.yaml),
    payload: text(v.payload),
    kind: word(v.kind, KINDS, 'transform'),
    signal: word(v.signal, SIGNALS, ''),
    errorMode: word(v.errorMode, ERROR_MODES, 'ignore'),
    experimental: v.experimental === true,
    processor: text(v.processor, 200),
    view: word(v.view, VIEWS, 'diff'),
    record,
  };
}

export const sourceOf = (s: State): ProgramSource => ({
  mode: s.mode,
  text: s.mode === 'yaml' ? s.yaml : s.ottl,
  kind: s.kind,
  signal: s.signal,
  errorMode: s.errorMode,
  experimental: s.experimental,
  processor: s.processor,
});
