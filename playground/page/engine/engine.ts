// What the worker does for the page: each method is a question (client.ts calls them by name).
import { type DocumentOptions, type Ottl, OttlError, type Program, type Signal } from '../../../bindings/npm/ottl.js';
import { failureOf, Payload } from './payload.js';
import { flat } from './lines.js';
import { isRecord, pointsOf, tableOf } from './table.js';
import {
  type CheckResult, compileOptions, type Counts, type DiffEntry, type Evaluation, type Opened, type PayloadInfo, type ProgramSource,
  type Step, type Versions, type ViewData, type ViewRequest,
} from './types.js';

const MAX_JSON = 4 << 20;
const MAX_ROUTED = 50;

const isRouting = (name: string) => /^routing(\/|$)/.test(name);

const sourceOf = (s: ProgramSource) => {
  if (s.mode === 'ottl') return { text: s.text };
  return { config: s.text, ...(s.processor ? { [isRouting(s.processor) ? 'connector' : 'processor']: s.processor } : {}) };
};

const documentOf = (s: ProgramSource): DocumentOptions => ({
  form: s.mode === 'yaml' ? 'config' : 'file',
  kind: s.kind,
  experimental: s.experimental,
  ...(s.signal ? { signal: s.signal } : {}),
});

interface Compiled {
  key: string;
  program: Program;
  took: number;
}

export class Engine {
  readonly #ottl: Ottl;
  readonly #payload: Payload;
  #compiled: Compiled | undefined;

  constructor(ottl: Ottl) {
    this.#ottl = ottl;
    this.#payload = new Payload(ottl);
  }

  versions(): Versions {
    return { version: this.#ottl.version, reference: this.#ottl.reference, isa: this.#ottl.isa };
  }

  payload(text: string): PayloadInfo {
    return this.#payload.read(text);
  }

  open(bytes: Uint8Array, signal: Signal | ''): Opened {
    return this.#payload.open(bytes, signal);
  }

  /* -- running -- */

  #compile(source: ProgramSource): Compiled {
    const signal = source.signal || (source.mode === 'yaml' ? this.#payload.signal : '');
    const key = JSON.stringify([source, signal]);
    if (this.#compiled?.key === key) return this.#compiled;
    this.#compiled?.program.close();
    this.#compiled = undefined;
    const begun = performance.now();
    const program = this.#ottl.compile(sourceOf(source), compileOptions({ ...source, signal }));
    this.#compiled = { key, program, took: performance.now() - begun };
    return this.#compiled;
  }

  evaluate(source: ProgramSource, view: ViewRequest): Evaluation {
    const empty: Evaluation = { state: 'ok', signal: '', errors: [], bytesIn: 0, bytesOut: 0, mismatch: false };
    let compiled: Compiled;
    try {
      compiled = this.#compile(source);
    } catch (error) {
      return { ...empty, state: 'compile', failure: failureOf(error) };
    }
    if (this.#payload.failure && view.name !== 'plan') return { ...empty, state: 'payload', failure: this.#payload.failure };
    try {
      return this.#run(empty, compiled, view);
    } catch (error) {
      return { ...empty, state: 'error', failure: failureOf(error) };
    }
  }

  #run(empty: Evaluation, { program, took }: Compiled, view: ViewRequest): Evaluation {
    const { wire, signal } = this.#payload;
    const mismatch = Boolean(signal && program.signal && program.signal !== signal);
    const about = { ...empty, signal: program.signal || signal, bytesIn: wire.length, mismatch };
    if (mismatch) return about;
    const options = signal ? { signal } : {};
    const begun = performance.now();
    try {
      const result = program.run(wire, { ...options, to: 'proto' });
      const timing = { compile: took, run: performance.now() - begun };
      const { recordsIn, recordsChanged, recordsDropped, recordsFailed, failures, errors } = result;
      const counts = { recordsIn, recordsChanged, recordsDropped, recordsFailed, failures };
      return { ...about, counts, errors, timing, bytesOut: result.outputs?.reduce((n, o) => n + o.data.length, 0) ?? result.data.length, view: this.#view(program, view, counts) };
    } catch (error) {
      if (!(error instanceof OttlError) || error.status !== 'runtime') throw error;
      const timing = { compile: took, run: performance.now() - begun };
      const still = view.name === 'steps' || view.name === 'plan' ? { view: this.#view(program, view, error.reply as unknown as Counts) } : {};
      return { ...about, state: 'refused', failure: failureOf(error), counts: error.reply as unknown as Counts, errors: error.reply.errors ?? [], timing, ...still };
    }
  }

  #view(program: Program, view: ViewRequest, counts: Counts): ViewData {
    if (program.pipelines.length && view.name !== 'plan') return this.#routes(program);
    switch (view.name) {
      case 'diff': return this.#diff(program, view);
      case 'table': return this.#table(program, view, counts);
      case 'json': return this.#json(program);
      case 'steps': return this.#steps(program, view.record);
      case 'plan': return { name: 'plan', programs: this.#plan(program) };
    }
  }

  #options() {
    return this.#payload.signal ? { signal: this.#payload.signal } : {};
  }

  #diff(program: Program, { all, limit }: ViewRequest): ViewData {
    const { entries, total } = program.diff(this.#payload.wire, { ...this.#options(), changed: !all, limit });
    return { name: 'diff', entries: (all ? this.#filled(entries) : entries).map((e) => ({ ...e, lines: flat(e.lines) })), total };
  }

  #table(program: Program, { limit }: ViewRequest, counts: Counts): ViewData {
    const { wire, signal } = this.#payload;
    if (signal === 'metrics') {
      const { data } = program.run(wire, { signal, to: 'proto' });
      const of = (payload: Uint8Array) => this.#ottl.table(payload, { signal, limit });
      return pointsOf(of(wire), of(data));
    }
    const { entries } = program.diff(wire, { ...this.#options(), limit: 3 * limit });
    return tableOf(this.#filled(entries).map((e) => ({ ...e, lines: flat(e.lines) })), limit, counts.recordsIn);
  }

  // Records that stay as they are come without their lines.
  #filled(entries: DiffEntry[]): DiffEntry[] {
    if (!entries.some((e) => isRecord(e) && !e.lines.length)) return entries;
    const blocks = new Map(this.#ottl.view(this.#payload.wire, { ...this.#options(), layout: 'lines' }).filter(isRecord).map((b) => [b.place.number, b.text]));
    const linesOf = (e: DiffEntry) => (blocks.get(e.before?.number ?? -1) ?? '').split('\n').filter(Boolean).map((same) => ({ same }));
    return entries.map((e) => (isRecord(e) && !e.lines.length ? { ...e, lines: linesOf(e) } : e));
  }

  #routes(program: Program): ViewData {
    const { outputs = [] } = program.run(this.#payload.wire, { ...this.#options(), to: 'proto' });
    const routes = outputs.map(({ pipeline, records, whole, data }) => {
      const blocks = data.length ? this.#ottl.view(data, { ...this.#options(), layout: 'lines', maxText: 2000 }).filter(isRecord) : [];
      return { pipeline, records, whole, bytes: data.length, blocks: blocks.slice(0, MAX_ROUTED).map((b) => ({ kind: b.kind, summary: b.place.summary, text: b.text })) };
    });
    return { name: 'routes', routes };
  }

  #json(program: Program): ViewData {
    const { json } = program.run(this.#payload.wire, { ...this.#options(), to: 'json' });
    const text = json === null || json === undefined ? '' : JSON.stringify(json, null, 2);
    return { name: 'json', text: text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}\n... (${text.length} characters in all)` : text };
  }

  #steps(program: Program, wanted: number): ViewData {
    const { wire } = this.#payload;
    const records = this.#ottl.view(wire, { ...this.#options(), layout: 'lines', maxText: 2000 }).filter(isRecord);
    const record = Math.max(0, Math.min(wanted, records.length - 1));
    const block = records[record];
    const about = { name: 'steps' as const, record, total: records.length, kind: block?.kind ?? '', summary: block?.place.summary ?? '' };
    if (!block) return { ...about, refused: false, steps: [], before: '' };
    const { refused, steps } = program.trace(wire, record, this.#options());
    return { ...about, refused, steps: steps as Step[], before: block.text };
  }

  #plan(program: Program): Record<string, any>[] {
    const { wire, failure } = this.#payload;
    const result = failure || !wire.length ? program.explain() : program.explain({ payload: wire, noTimes: true });
    return result.programs ?? [];
  }

  /** The number of the record at a place of the payload. */
  recordAt(resource: number, scope: number, item: number): number {
    const blocks = this.#ottl.view(this.#payload.wire, { ...this.#options(), maxText: 1 }).filter(isRecord);
    const found = blocks.find(({ place: p }) => p.resource === resource && p.scope === scope && p.item === item);
    return found?.place.number ?? 0;
  }

  /* -- what editors ask -- */

  check(source: ProgramSource): CheckResult {
    const diagnostics = this.#ottl.check(source.mode === 'ottl' ? source.text : { config: source.text }, compileOptions(source));
    return { diagnostics, components: source.mode === 'yaml' ? this.components(source.text) : [] };
  }

  /** Of a configuration, what the page can run. */
  components(config: string): CheckResult['components'] {
    try {
      return this.#ottl.components(config).components.map(({ name, kind }) => ({ name, kind }));
    } catch {
      return [];
    }
  }

  complete(source: ProgramSource, index: number) {
    return this.#ottl.complete(source.text, index, { ...documentOf(source), sample: this.#payload.sample() });
  }

  hover(source: ProgramSource, index: number) {
    return this.#ottl.hover(source.text, index, documentOf(source));
  }

  signature(source: ProgramSource, index: number) {
    return this.#ottl.signature(source.text, index, documentOf(source));
  }

  definition(source: ProgramSource, index: number) {
    return this.#ottl.definition(source.text, index, documentOf(source));
  }

  symbols(source: ProgramSource) {
    return this.#ottl.symbols(source.text, documentOf(source));
  }

  tokens(source: ProgramSource) {
    return this.#ottl.tokens(source.text, documentOf(source));
  }

  folds(source: ProgramSource) {
    return this.#ottl.folds(source.text, documentOf(source));
  }

  format(source: ProgramSource) {
    return this.#ottl.format(source.text, { form: source.mode === 'yaml' ? 'config' : 'file' });
  }

  describe(table: string, name?: string) {
    return this.#ottl.describe(table, name);
  }
}
