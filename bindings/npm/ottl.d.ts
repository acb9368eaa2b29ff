/** An engine of OTTL (OpenTelemetry Transformation Language) in one WebAssembly module. */

export type Signal = 'logs' | 'traces' | 'metrics' | 'profiles';

/** Statements as in an .ottl file (a line each), or a collector's YAML and the name of a processor in it. */
export type Source = string | { text: string; name?: string } | { config: string; processor?: string };

export interface CompileOptions {
  kind?: 'transform' | 'filter';
  /** Wanted where contexts leave it open, and for processors of a configuration. */
  signal?: Signal;
  /** Default: propagate, the first failure refuses the payload. Configurations say it themselves. */
  errorMode?: 'propagate' | 'ignore' | 'silent';
  onFailure?: 'default' | 'keep' | 'atomic' | 'rollback';
  functions?: 'all' | 'standard' | 'transform' | 'filter' | 'routing';
  experimental?: boolean;
  flatten?: boolean;
  /** Warns of what collector-contrib v0.N does not have. */
  compat?: number;
  /** Diagnostics also tell what compiles and is not what was meant. `check` always does. */
  lint?: boolean;
  /** With lint: notes about what may fail on some records. */
  notes?: boolean;
}

export interface RunOptions {
  /** Of what comes out; `same` (default): as it came in. */
  to?: 'same' | 'proto' | 'json';
  /** Of payloads of programs for every signal (contexts resource and scope alone) in protobuf. */
  signal?: Signal;
  /** Refuse what the collector's decoder refuses. */
  strict?: boolean;
  /** What the paths of `otelcol` read, as JSON. */
  request?: string;
  /** For tests: what Now() gives, seconds since 1970. */
  clockSeconds?: number;
  /** For tests: UUID() gives the same each time. */
  randomSeed?: number;
}

/** A range of the source; begin and end are bytes of its UTF-8, lines and columns count from 1. */
export interface Span {
  file: string;
  begin: number;
  end: number;
  line: number;
  column: number;
  column_utf16: number;
  end_line: number;
  end_column: number;
  end_column_utf16: number;
}

export interface Diagnostic extends Span {
  code: string;
  severity: 'error' | 'warning' | 'note';
  message: string;
  label?: string;
  labels: (Span & { text?: string })[];
  notes: string[];
  help: string | null;
  /** All of them together are one correction. */
  fixes: (Span & { replacement: string })[];
}

export interface RowError {
  code: string;
  message: string;
  group: number;
  /** In its group. Either a statement or a condition. */
  statement?: number;
  condition?: number;
  context?: string;
  /** Places from 0: of the resource in the payload, of the scope in its resource, and so on. */
  resource?: number;
  scope?: number;
  item?: number;
  child?: number;
  grandchild?: number;
}

export interface RunResult {
  status: 'ok';
  unchanged: boolean;
  recordsIn: number;
  recordsChanged: number;
  recordsDropped: number;
  recordsFailed: number;
  failures: number;
  errors: RowError[];
  encoding: 'proto' | 'json';
  /** What comes out; empty when nothing is left. */
  data: Uint8Array;
  /** With encoding json: the data parsed; null when nothing is left. */
  readonly json?: any;
}

/** OTLP/JSON as text or as an object, or bytes: JSON or protobuf, told apart by themselves. */
export type Payload = string | object | Uint8Array | ArrayBuffer;

export class OttlError extends Error {
  /** `compile`, `data`, `runtime`, `limit`, `nomem`, `invalid argument`, ... */
  status: string;
  /** status `compile`. */
  diagnostics?: Diagnostic[];
  /** status `data`: the byte of the payload. */
  offset?: number;
  /** All that was told; status `runtime`: counts and errors of the run. */
  reply: Record<string, any>;
}

export class Program {
  readonly signal: Signal | '';
  readonly groups: { context: string; rowOrder: boolean }[];
  /** Warnings. */
  readonly diagnostics: Diagnostic[];
  /** @throws OttlError */
  run(payload: Payload, options?: RunOptions): RunResult;
  /** Gives its memory back. */
  close(): void;
}

export class Ottl {
  /**
   * Loads the module: without an argument the file beside this one; else an address, a Response, bytes or a WebAssembly.Module.
   */
  static load(source?: string | URL | Response | Promise<Response> | BufferSource | WebAssembly.Module): Promise<Ottl>;
  readonly version: string;
  /** Of Go's pkg/ottl, whose results this engine gives. */
  readonly reference: string;
  /** Instruction set: `wasm128`. */
  readonly isa: string;
  /** @throws OttlError */
  compile(source: Source, options?: CompileOptions): Program;
  /** Errors, warnings, and notes if wanted. */
  check(source: Source, options?: CompileOptions): Diagnostic[];
  /** Compiles and runs once. @throws OttlError */
  run(source: Source, payload: Payload, options?: CompileOptions & RunOptions): RunResult;
}
