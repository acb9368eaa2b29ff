// The payload that programs run on: read once, kept in wire form.
import { type FileContents, type FileMessage, type Ottl, OttlError, type Signal } from '../../../bindings/npm/ottl.js';
import type { Failure, Opened, PayloadInfo } from './types.js';

/** Larger ones are not put into the editor, and only a part of them is asked for keys. */
const EDITOR_BYTES = 3 << 20;
const SAMPLE_BYTES = 400000;
const PREVIEW_RECORDS = 20;
const SAMPLE_RECORDS = 200;

const MEMBERS = { logs: 'resourceLogs', traces: 'resourceSpans', metrics: 'resourceMetrics', profiles: 'resourceProfiles' };

export class Unreadable extends Error {}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Unreadable) return { status: 'data', message: error.message };
  if (!(error instanceof OttlError)) return { status: 'internal', message: String(error) };
  const failure: Failure = { status: error.status, message: error.message };
  if (error.diagnostics) failure.diagnostics = error.diagnostics;
  if (error.offset !== undefined) failure.offset = error.offset;
  return failure;
};

const NOTHING: PayloadInfo = { signal: '', messages: 0, bytes: 0, note: '' };

export class Payload {
  wire: Uint8Array = new Uint8Array();
  signal: Signal | '' = '';
  failure: Failure | undefined;
  info: PayloadInfo = NOTHING;
  readonly #ottl: Ottl;
  #sample: Uint8Array | string | undefined;

  constructor(ottl: Ottl) {
    this.#ottl = ottl;
  }

  /** Text of the editor: OTLP/JSON, one request or one a line. */
  read(text: string): PayloadInfo {
    try {
      if (!text.trim()) throw new Unreadable('there is no payload');
      this.#keep(this.#messages(text), text.length);
    } catch (error) {
      this.#keep([], text.length);
      this.failure = failureOf(error);
      this.info.failure = this.failure;
    }
    return this.info;
  }

  // Nearly always it is one request; when it is not, or is wrong, the failure of the request as a whole has the place.
  #messages(text: string): FileMessage[] {
    try {
      return this.#ottl.read(text, { join: true }).messages;
    } catch (error) {
      this.#ottl.convert(text);
      throw error;
    }
  }

  // The messages of the signal that comes first.
  #keep(messages: FileMessage[], bytes: number) {
    const [first, ...others] = messages;
    const left = others.reduce((n, m) => n + m.count, 0);
    this.#sample = undefined;
    this.failure = undefined;
    this.wire = first?.data ?? new Uint8Array();
    this.signal = first?.signal ?? '';
    const note = left ? `Only ${this.signal || 'the first message'} can be seen here: ${left} more of other signals are left out.` : '';
    this.info = { signal: this.signal, messages: first?.count ?? 0, bytes, note };
  }

  /** A file in any form that the engine reads; signal: for protobuf that could be anything. */
  open(bytes: Uint8Array, signal: Signal | ''): Opened {
    const contents: FileContents = this.#ottl.read(bytes, { join: true, ...(signal ? { signal } : {}) });
    if (!contents.messages.length) throw new Unreadable('there is nothing in it');
    this.#keep(contents.messages, bytes.length);
    if (contents.bytes > EDITOR_BYTES) return { info: this.info, text: null, preview: laidOut(this.#cut(PREVIEW_RECORDS)) };
    return { info: this.info, text: laidOut(this.#json()), preview: '' };
  }

  #json(): any {
    const { data } = { data: this.#ottl.convert(this.wire, { to: 'json', ...(this.signal ? { signal: this.signal } : {}) }) };
    return JSON.parse(new TextDecoder().decode(data));
  }

  /** A part of it, for completion of keys. */
  sample(): Uint8Array | string {
    this.#sample ??= this.failure ? '{}' : this.wire.length < SAMPLE_BYTES ? this.wire : JSON.stringify(this.#cut(SAMPLE_RECORDS));
    return this.#sample;
  }

  // The first resources, until there are so many records.
  #cut(limit: number): any {
    const request = this.#json();
    const member = MEMBERS[this.signal || 'logs'];
    const kept: any[] = [];
    let records = 0;
    for (const resource of request[member] ?? []) {
      if (records >= limit) break;
      const list = Object.keys(resource).find((k) => k.startsWith('scope')) ?? '';
      const scopes = (resource[list] ?? []).map((scope: any) => {
        const items = ['logRecords', 'spans', 'metrics', 'profiles'].find((k) => Array.isArray(scope?.[k])) ?? '';
        const some = (scope[items] ?? []).slice(0, Math.max(0, limit - records));
        records += some.length;
        return items ? { ...scope, [items]: some } : scope;
      });
      kept.push(list ? { ...resource, [list]: scopes } : resource);
    }
    return { [member]: kept };
  }
}

const laidOut = (request: any) => `${JSON.stringify(request, null, 2)}\n`;
