/** An engine of OTTL (OpenTelemetry Transformation Language) in one WebAssembly module. */

export type Signal = 'logs' | 'traces' | 'metrics' | 'profiles';

/** What a configuration is: a collector's file (default), or what stands below `transform:`, `filter:` or `routing:` alone. */
export type ConfigForm = 'collector' | 'transform' | 'filter' | 'routing';

/**
 * Statements as in an .ottl file (a line each), or a collector's YAML and the name of a processor or of a routing connector in it
 * (without either: the first one).
 */
export type Source =
  | string
  | { text: string; name?: string }
  | { config: string; form?: ConfigForm; name?: string; processor?: string; connector?: string };

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
  /** What comes out; empty when nothing is left. Not so of routing connectors. */
  data: Uint8Array;
  /** With encoding json: the data parsed; null when nothing is left. */
  readonly json?: any;
  /** Of routing connectors alone, an entry for each of `Program.pipelines`. */
  outputs?: RouteOutput[];
}

/** Of a routing connector: what a pipeline gets. */
export interface RouteOutput {
  pipeline: string;
  records: number;
  /** All that came in, as it came. */
  whole: boolean;
  /** Empty: nothing. */
  data: Uint8Array;
  readonly json?: any;
}

export interface Component {
  kind: 'processor' | 'connector';
  type: 'transform' | 'filter' | 'routing';
  name: string;
  /** Of its name, from 1. */
  line: number;
  /** For which it does something; empty where it does not compile. */
  signals: Signal[];
}

export interface Pipeline {
  name: string;
  signal: Signal;
  /** Names of components, in order. */
  processors: string[];
  /** How many other processors it has. */
  others: number;
}

export interface FileMessage {
  /** '': none that is known. */
  signal: Signal | '';
  encoding: 'proto' | 'json';
  /** Messages of the file that it was made of: 1, more with `join`. */
  count: number;
  data: Uint8Array;
}

export interface FileContents {
  compression: 'none' | 'gzip' | 'zstd';
  /** As `--framing` of the command: one message, length-delimited ones, frames of the file exporter, JSON lines. */
  framing: 'proto' | 'proto-delimited' | 'proto-framed' | 'json' | 'jsonl' | 'auto';
  /** Decompressed. */
  bytes: number;
  messages: FileMessage[];
}

export interface Table {
  signal: Signal;
  /** Of the whole payload. */
  records: number;
  /** A column is a field: `path` of the resource, scope, record or data point that a row is about; count: rows that have it. */
  columns: { context: 'resource' | 'scope' | 'log' | 'span' | 'metric' | 'datapoint' | 'profile'; path: string; count: number }[];
  /** There are more than are told. */
  moreColumns: boolean;
  /**
   * A row for each record (`record`: its number), of metrics for each data point (`point`: its number in the record). Cells are in the order of
   * columns, those at the end may be missing: texts as `view` shows them, how many elements where a field is a list of messages, or null.
   */
  rows: { record: number; point?: number; cells: (string | number | null)[] }[];
}

/** OTLP/JSON as text or as an object, or bytes: JSON or protobuf, told apart by themselves. */
export type Payload = string | object | Uint8Array | ArrayBuffer;

/** A place or range of a text as JavaScript counts it. */
export interface Range {
  begin: number;
  end: number;
}

/** What a text is that is asked about while somebody writes it. */
export interface DocumentOptions {
  /** A file of statements (default), one statement, or a configuration. */
  form?: 'file' | 'snippet' | 'config';
  /** With form config: what it is. */
  config?: 'collector' | 'transform' | 'filter' | 'routing';
  kind?: 'transform' | 'filter' | 'values' | 'conditions';
  signal?: Signal;
  /** With form snippet. */
  context?: string;
  experimental?: boolean;
}

export interface Completion {
  kind: 'editor' | 'converter' | 'path' | 'enum' | 'keyword' | 'key' | 'parameter' | 'local' | 'context' | 'lambda';
  label: string;
  /** Replaces the range. */
  insert: string;
  /** Where the cursor goes in `insert`. */
  cursor: number;
  detail: string;
  summary: string;
  /** 0: fits best. */
  rank: number;
}

export interface Token extends Range {
  kind:
    | 'comment' | 'keyword' | 'editor' | 'converter' | 'context' | 'path' | 'enum'
    | 'local' | 'parameter' | 'string' | 'key' | 'number' | 'operator';
  unknown?: true;
  declares?: true;
}

export interface DocumentSymbol {
  kind: 'section' | 'component' | 'statement' | 'condition';
  name: string;
  detail: string;
  range: Range;
  selection: Range;
  /** 0: at the top; deeper ones belong to the one before. */
  depth: number;
}

/** Places count from 0. */
export interface Place {
  number: number;
  resource: number;
  scope?: number;
  item?: number;
  /** One line that tells it from others. */
  summary: string;
}

export interface Block {
  kind: string;
  place: Place;
  /** Lines, each with its end. */
  text: string;
}

export interface DiffEntry {
  kind: string;
  change: 'none' | 'changed' | 'dropped' | 'added';
  moved: boolean;
  before?: Place;
  after?: Place;
  fields: number;
  lines: ({ same: string } | { before: string } | { after: string })[];
}

export interface Diff extends Omit<RunResult, 'status' | 'encoding' | 'data' | 'json' | 'outputs'> {
  /** How many entries there are, whatever `first` and `limit` say. */
  total: number;
  entries: DiffEntry[];
}

export interface TestCase {
  name: string;
  line: number;
  outcome: 'passed' | 'failed' | 'broken' | 'skipped' | 'open';
  message: string;
  /** Differences, as `diff -u` shows them. */
  detail: string;
  recordsIn: number;
  recordsOut: number;
  diagnostics?: Diagnostic[];
}

export class OttlError extends Error {
  /** `compile`, `data`, `runtime`, `limit`, `nomem`, `invalid_arg`, ... */
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
  /** Of routing connectors: what their table names, in its order, the default ones last. */
  readonly pipelines: string[];
  /** @throws OttlError */
  run(payload: Payload, options?: RunOptions): RunResult;
  /**
   * What it does, and with a payload what it cost: an object (as `ottl explain --format json` of the command), or text, or with
   * `svg` a flame graph of what ran.
   */
  explain(options?: { format?: 'json'; payload?: Payload; bytecode?: boolean; noTimes?: boolean; name?: string }): Record<string, any>;
  explain(options: { format: 'text' | 'svg'; payload?: Payload; bytecode?: boolean; noTimes?: boolean; name?: string }): string;
  /** One record, its number from 0, through every statement. `refused`: a failure refused the payload. */
  trace(payload: Payload, record: number, options?: RunOptions): { refused: boolean; steps: Record<string, any>[] };
  /** What it changes, record by record; changed: without what stays as it is; first, limit: which entries. Not of routing connectors. */
  diff(payload: Payload, options?: RunOptions & { changed?: boolean; first?: number; limit?: number }): Diff;
  /** Gives its memory back. */
  close(): void;
}

export class Ottl {
  /**
   * Loads the module: without an argument the file beside this one; else an address, a Response, bytes or a WebAssembly.Module.
   * data: of a core (`ottl-core.wasm`), its tables, fetched at the same time; without them it starts sooner, and `loadData` can follow.
   */
  static load(
    source?: string | URL | Response | Promise<Response> | BufferSource | WebAssembly.Module,
    options?: { data?: string | URL | Response | Promise<Response> | BufferSource },
  ): Promise<Ottl>;
  /**
   * Gives a core its tables (default: `ottl-data.bin` beside this file): time zones, locales, encodings, user agents, grok patterns, the manual's
   * texts. Programs that need them do not compile before (E0516); those that compiled go on as they are. Of a whole module: does nothing.
   */
  loadData(source?: string | URL | Response | Promise<Response> | BufferSource): Promise<void>;
  /** False: a core without its tables. */
  readonly hasData: boolean;
  readonly version: string;
  /** Of Go's pkg/ottl, whose results this engine gives. */
  readonly reference: string;
  /** Instruction set: `wasm128`. */
  readonly isa: string;
  /** Bytes that the instance holds. */
  readonly memory: number;
  /** @throws OttlError */
  compile(source: Source, options?: CompileOptions): Program;
  /** Errors, warnings, and notes if wanted; of `{ config }` without `processor`, of all of it. */
  check(source: Source, options?: CompileOptions): Diagnostic[];
  /** Compiles and runs once. @throws OttlError */
  run(source: Source, payload: Payload, options?: CompileOptions & RunOptions): RunResult;
  /** Canonical layout. What does not parse stays as it is and is in the diagnostics. */
  format(text: string, options?: Pick<DocumentOptions, 'form' | 'config'> & { width?: number }): { text: string; diagnostics: Diagnostic[] };
  /** What can be written at that index; sample: a payload whose attribute keys are offered. */
  complete(text: string, index: number, options?: DocumentOptions & { sample?: Payload }): { items: Completion[]; range: Range };
  hover(text: string, index: number, options?: DocumentOptions): { markdown: string; range: Range } | null;
  /** The call whose arguments the index is in; begin and end of a parameter are places in the label. */
  signature(
    text: string,
    index: number,
    options?: DocumentOptions,
  ): { label: string; summary: string; params: (Range & { summary: string })[]; active?: number } | null;
  definition(text: string, index: number, options?: DocumentOptions): { origin: Range; target: Range; selection: Range } | null;
  symbols(text: string, options?: DocumentOptions): DocumentSymbol[];
  tokens(text: string, options?: DocumentOptions): Token[];
  folds(text: string, options?: DocumentOptions): (Range & { comment: boolean })[];
  /** A table of the language: functions, paths, contexts, enums, types, limits, diagnostics, renamed. */
  describe(table: string, name?: string): { table: string; entries: Record<string, any>[]; [more: string]: any };
  /** Processors and routing connectors of a configuration that hold OTTL, and its pipelines. @throws OttlError, with diagnostics */
  components(config: string, options?: { form?: ConfigForm; name?: string }): { components: Component[]; pipelines: Pipeline[] };
  /**
   * A file as it was dropped: gzip, zstd or neither; protobuf or OTLP/JSON; one export request or many. signal: of protobuf, else it is
   * found by what fits. join: all messages of a signal as one in protobuf (profiles stay apart). maxBytes: decompressed, at most and by
   * default 256 MiB. A message that is damaged fails the whole, with its `number` in the error's reply.
   */
  read(file: Payload, options?: { signal?: Signal; join?: boolean; maxBytes?: number }): FileContents;
  /** Records as rows; first, limit: which of them (default 1,000); maxText: bytes shown of one text (default 200). */
  table(payload: Payload, options?: { signal?: Signal; first?: number; limit?: number; maxText?: number }): Table;
  /** A payload as text, a block for each resource, scope and record. */
  view(payload: Payload, options?: { signal?: Signal; layout?: 'tree' | 'lines'; maxText?: number }): Block[];
  /** A payload in the other encoding. */
  convert(payload: Payload, options?: { signal?: Signal; to?: 'proto' | 'json' }): Uint8Array;
  /** Runs a file of cases (.ottlt). files: those that it names. update: the file with its expectations rewritten, if any was wrong. */
  test(
    text: string,
    options?: { name?: string; files?: Record<string, string>; update?: boolean },
  ): { cases: TestCase[]; diagnostics: Diagnostic[]; updated?: string };
}
