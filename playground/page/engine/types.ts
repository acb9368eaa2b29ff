// What the page and the engine's worker tell each other.
import type { CompileOptions, Completion, Diagnostic, DiffEntry, RowError, Signal } from '../../../bindings/npm/ottl.js';

export type { Completion, Diagnostic, DiffEntry, RowError, Signal };

/** Statements or a configuration, as the state of the page has them. */
export interface ProgramSource {
  mode: 'ottl' | 'yaml';
  text: string;
  kind: 'transform' | 'filter';
  signal: Signal | '';
  errorMode: 'propagate' | 'ignore' | 'silent';
  experimental: boolean;
  /** With mode yaml, a routing connector too; empty: the first. */
  processor: string;
}

export interface Failure {
  status: string;
  message: string;
  diagnostics?: Diagnostic[];
  /** Byte of the payload. */
  offset?: number;
}

export interface PayloadInfo {
  signal: Signal | '';
  messages: number;
  bytes: number;
  /** What is to be known about it, if anything. */
  note: string;
  failure?: Failure;
}

export interface Counts {
  recordsIn: number;
  recordsChanged: number;
  recordsDropped: number;
  recordsFailed: number;
  failures: number;
}

export interface Timing {
  /** Milliseconds. */
  compile: number;
  run: number;
}

export interface Evaluation {
  state: 'ok' | 'refused' | 'compile' | 'payload' | 'error';
  failure?: Failure;
  signal: Signal | '';
  counts?: Counts;
  errors: RowError[];
  timing?: Timing;
  bytesIn: number;
  bytesOut: number;
  /** The program is for another signal than the payload. */
  mismatch: boolean;
  view?: ViewData;
}

export type ViewName = 'diff' | 'json' | 'table' | 'steps' | 'plan';

export interface ViewRequest {
  name: ViewName;
  /** Entries or rows at most. */
  limit: number;
  /** diff: unchanged ones too. */
  all: boolean;
  /** steps: of the record, from 0. */
  record: number;
}

export interface DiffView {
  name: 'diff';
  entries: DiffEntry[];
  total: number;
}

/** Of a routing connector, in place of the views of what comes out. */
export interface RoutesView {
  name: 'routes';
  routes: { pipeline: string; records: number; whole: boolean; bytes: number; blocks: { kind: string; summary: string; text: string }[] }[];
}

export interface TableCell {
  text: string;
  before?: string;
  change?: 'changed' | 'added' | 'removed';
}

export interface TableView {
  name: 'table';
  columns: string[];
  rows: { number: number; kind: string; summary: string; change: DiffEntry['change']; cells: (TableCell | null)[] }[];
  total: number;
}

export interface StepValue {
  line: number;
  column_utf16: number;
  end_line: number;
  end_column_utf16: number;
  text: string;
  depth: number;
  condition: boolean;
  asked: boolean;
  type?: string;
  value?: string;
  code?: string;
  message?: string;
}

export interface Step {
  context: string;
  group: number;
  statement?: number;
  line: number;
  column_utf16: number;
  end_line: number;
  end_column_utf16: number;
  text: string;
  outcome: string;
  code?: string;
  message?: string;
  values: StepValue[];
  changes: { before?: string; after?: string }[];
}

export interface StepsView {
  name: 'steps';
  record: number;
  total: number;
  kind: string;
  summary: string;
  refused: boolean;
  steps: Step[];
  before: string;
}

export interface PlanView {
  name: 'plan';
  programs: Record<string, any>[];
}

export interface JsonView {
  name: 'json';
  text: string;
}

export type ViewData = DiffView | RoutesView | TableView | StepsView | PlanView | JsonView;

export interface CheckResult {
  diagnostics: Diagnostic[];
  components: { name: string; kind: 'processor' | 'connector' }[];
}

export interface Opened {
  info: PayloadInfo;
  /** OTLP/JSON for the editor; null: too large for it. */
  text: string | null;
  preview: string;
}

export interface Versions {
  version: string;
  reference: string;
  isa: string;
}

export const compileOptions = (s: ProgramSource): CompileOptions => ({
  kind: s.kind,
  errorMode: s.errorMode,
  experimental: s.experimental,
  ...(s.signal ? { signal: s.signal } : {}),
});
