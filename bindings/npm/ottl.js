// The engine as JavaScript sees it: requests and replies are JSON, payloads are bytes. No dependency, no bundler, no global state.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const EMPTY = new Uint8Array();

export class OttlError extends Error {
  constructor(reply) {
    super(reply.message || reply.diagnostics?.find((d) => d.severity === 'error')?.message || reply.status);
    this.name = 'OttlError';
    this.status = reply.status;
    if (reply.diagnostics) this.diagnostics = reply.diagnostics;
    if (reply.offset !== undefined) this.offset = reply.offset;
    this.reply = reply;
  }
}

// A WebAssembly.Module of what the caller has: nothing (the file beside this one), an address, a Response, bytes, or a Module.
async function moduleOf(source = new URL('./ottl.wasm', import.meta.url)) {
  source = await source;
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url}: ${source.status} ${source.statusText}`);
    const streamed = source.headers.get('content-type')?.startsWith('application/wasm');
    return streamed ? WebAssembly.compileStreaming(source) : WebAssembly.compile(await source.arrayBuffer());
  }
  const url = new URL(source, import.meta.url);
  if (url.protocol === 'file:') {
    const { readFile } = await import(/* @vite-ignore */ 'node:fs/promises');
    return WebAssembly.compile(await readFile(url));
  }
  return moduleOf(await fetch(url));
}

// Likewise the bytes of a data file.
async function bytesAt(source) {
  source = await source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return bytesOf(source);
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url}: ${source.status} ${source.statusText}`);
    return new Uint8Array(await source.arrayBuffer());
  }
  const url = new URL(source, import.meta.url);
  if (url.protocol !== 'file:') return bytesAt(await fetch(url));
  const { readFile } = await import(/* @vite-ignore */ 'node:fs/promises');
  return bytesOf(await readFile(url));
}

// What a core says its data file must say, as text; undefined: the module is whole.
const markOf = (bytes) => String.fromCharCode(...bytes);
function markOfCore(module) {
  const [section] = WebAssembly.Module.customSections(module, 'ottl.data');
  return section && markOf(new Uint8Array(section));
}

// The pieces of a data file, each with its address.
function tablesOf(file, mark) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 28 || decoder.decode(file.subarray(0, 8)) !== 'OTTLDATA') throw new Error('this is no data file of ottl');
  if (markOf(file.subarray(8, 24)) !== mark) throw new Error('this data file belongs to another build of the core');
  const pieces = [];
  let at = 28 + 8 * view.getUint32(24, true);
  for (let i = 28, end = at; i < end; i += 8) {
    const length = view.getUint32(i + 4, true);
    pieces.push([view.getUint32(i, true), file.subarray(at, at + length)]);
    at += length;
  }
  return pieces;
}

// Where a place of a text is in bytes, and back: JavaScript counts UTF-16 units, the engine bytes.
const bytesBefore = (text, index) => encoder.encode(text.slice(0, index)).length;

// UTF-16 units of the character whose last byte this is: two when it began with 0xf0 to 0xf4, three bytes before.
const lengthOf = (bytes, last) => (last >= 3 && bytes[last - 3] >= 0xf0 ? 2 : 1);

function indexOfByte(text) {
  const bytes = encoder.encode(text);
  if (bytes.length === text.length) return (byte) => byte;
  const indices = new Uint32Array(bytes.length + 1);
  for (let byte = 0, index = 0; byte < bytes.length; byte++) {
    indices[byte] = index;
    if ((bytes[byte + 1] & 0xc0) !== 0x80) index += lengthOf(bytes, byte);
    indices[byte + 1] = index;
  }
  return (byte) => indices[byte];
}

const bytesOf = (payload) => {
  if (typeof payload === 'string') return encoder.encode(payload);
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return encoder.encode(JSON.stringify(payload));
};

export class Ottl {
  #module;
  #crypto;
  #exports;
  #generation = 0; // of the instance: one that broke off is thrown away
  #mark;
  #tables = []; // of a core, when they are loaded

  /** Loads the module: see ottl.d.ts. */
  static async load(source, { data } = {}) {
    const crypto = globalThis.crypto ?? (await import(/* @vite-ignore */ 'node:crypto')).webcrypto; // node 18
    const loading = data === undefined ? undefined : bytesAt(data); // beside the module
    loading?.catch(() => {}); // told below, also where the module fails first
    const ottl = new Ottl(await moduleOf(source), crypto);
    if (loading) await ottl.loadData(loading);
    return ottl;
  }

  /** Gives a core its tables. */
  async loadData(source = new URL('./ottl-data.bin', import.meta.url)) {
    if (this.hasData) return;
    const file = await bytesAt(source);
    if (this.hasData) return;
    this.#tables = tablesOf(file, this.#mark);
    this.#putTables();
  }

  get hasData() {
    return this.#mark === undefined || this.#tables.length > 0;
  }

  #putTables() {
    for (const [address, bytes] of this.#tables) new Uint8Array(this.#exports.memory.buffer, address, bytes.length).set(bytes);
  }

  constructor(module, crypto) {
    this.#module = module;
    this.#crypto = crypto;
    this.#mark = markOfCore(module);
    this.#start();
    const { version, reference, isa } = this._call('ottl_info', null).reply;
    Object.assign(this, { version, reference, isa });
  }

  #start() {
    let memory;
    const clock_time_get = (id, precision, at) => {
      const ms = id === 0 ? Date.now() : performance.now();
      new DataView(memory.buffer).setBigUint64(at, BigInt(Math.round(ms * 1000)) * 1000n, true);
      return 0;
    };
    const random_get = (at, len) => {
      for (let i = 0; i < len; i += 65536) this.#crypto.getRandomValues(new Uint8Array(memory.buffer, at + i, Math.min(65536, len - i)));
      return 0;
    };
    const instance = new WebAssembly.Instance(this.#module, { wasi_snapshot_preview1: { clock_time_get, random_get } });
    memory = instance.exports.memory;
    instance.exports._initialize();
    this.#exports = instance.exports;
    this.#putTables();
    this.#generation++;
  }

  /** Bytes that the instance holds. */
  get memory() {
    return this.#exports.memory.buffer.byteLength;
  }

  get _generation() {
    return this.#generation;
  }

  #put(bytes) {
    const at = this.#exports.ottl_alloc(bytes.length);
    if (!at) throw new OttlError({ status: 'nomem', message: 'out of memory' });
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  }

  // Calls an exported function; request: null for none; payload: bytes for functions that take a program or a payload.
  _call(name, request, { handle, payload } = {}) {
    const held = [];
    const pass = (bytes) => {
      const placed = this.#put(bytes);
      held.push(placed[0]);
      return placed;
    };
    let at;
    try {
      const args = handle === undefined ? [] : [handle];
      if (request) args.push(...pass(encoder.encode(JSON.stringify(request))));
      if (payload) args.push(...pass(payload));
      at = this.#exports[name](...args) >>> 0;
    } catch (error) {
      // What nests deeper than the stack of JavaScript allows; memory of the instance is in an unknown state.
      this.#start();
      const deep = error instanceof RangeError;
      throw new OttlError({ status: deep ? 'limit' : 'internal', message: deep ? 'nested too deep for this stack' : String(error) });
    }
    for (const memory of held) this.#exports.ottl_free(memory);
    if (!at) throw new OttlError({ status: 'nomem', message: 'out of memory' });
    const view = new DataView(this.#exports.memory.buffer, at);
    const jsonLength = view.getUint32(0, true);
    const dataLength = view.getUint32(4, true);
    const reply = JSON.parse(decoder.decode(new Uint8Array(this.#exports.memory.buffer, at + 8, jsonLength)));
    const data = new Uint8Array(this.#exports.memory.buffer, at + 8 + jsonLength, dataLength).slice();
    this.#exports.ottl_free(at);
    return { reply, data };
  }

  _close(handle) {
    this.#exports.ottl_close(handle);
  }

  #ask(name, request, payload) {
    const { reply, data } = this._call(name, request, { payload });
    if (reply.status !== 'ok') throw new OttlError(reply);
    return { reply, data };
  }

  compile(source, options = {}) {
    return new Program(this, requestOf(source, options));
  }

  check(source, options = {}) {
    const { reply } = this._call('ottl_check', requestOf(source, options));
    if (reply.status !== 'ok' && reply.status !== 'compile' && !reply.diagnostics?.length) throw new OttlError(reply);
    return reply.diagnostics ?? [];
  }

  format(text, options = {}) {
    const { reply } = this._call('ottl_format', { text, ...options });
    if (reply.text === undefined) throw new OttlError(reply);
    return { text: reply.text, diagnostics: reply.diagnostics ?? [] };
  }

  // Questions about a place in a text, an index of JavaScript; ranges come back as such.
  #place(name, text, index, options, payload) {
    const { reply } = this.#ask(name, { text, offset: index === undefined ? undefined : bytesBefore(text, index), ...options }, payload);
    const at = indexOfByte(text);
    const range = (r) => ({ begin: at(r.begin), end: at(r.end) });
    delete reply.status;
    return [reply, range];
  }

  complete(text, index, { sample, ...options } = {}) {
    const [reply, range] = this.#place('ottl_complete', text, index, options, sample === undefined ? EMPTY : bytesOf(sample));
    const items = reply.items.map((item) => ({ ...item, cursor: indexOfByte(item.insert)(item.cursor) }));
    return { items, range: range(reply.range) };
  }

  hover(text, index, options) {
    const [reply, range] = this.#place('ottl_hover', text, index, options);
    return reply.markdown === undefined ? null : { markdown: reply.markdown, range: range(reply.range) };
  }

  signature(text, index, options) {
    const [reply] = this.#place('ottl_signature', text, index, options);
    if (reply.label === undefined) return null;
    const at = indexOfByte(reply.label);
    return { ...reply, params: reply.params.map((p) => ({ ...p, begin: at(p.begin), end: at(p.end) })) };
  }

  definition(text, index, options) {
    const [reply, range] = this.#place('ottl_definition', text, index, options);
    if (!reply.target) return null;
    return { origin: range(reply.origin), target: range(reply.target), selection: range(reply.selection) };
  }

  symbols(text, options) {
    const [reply, range] = this.#place('ottl_symbols', text, undefined, options);
    return reply.symbols.map((s) => ({ ...s, range: range(s.range), selection: range(s.selection) }));
  }

  tokens(text, options) {
    const [reply, range] = this.#place('ottl_tokens', text, undefined, options);
    return reply.tokens.map((t) => ({ ...t, ...range(t) }));
  }

  folds(text, options) {
    const [reply, range] = this.#place('ottl_folds', text, undefined, options);
    return reply.folds.map((f) => ({ ...f, ...range(f) }));
  }

  describe(table, name) {
    return this.#ask('ottl_describe', { table, name }).reply.result;
  }

  components(config, options = {}) {
    const { components, pipelines } = this.#ask('ottl_components', { config, ...options }).reply;
    return { components, pipelines };
  }

  read(file, options = {}) {
    const { reply, data } = this.#ask('ottl_read', options, bytesOf(file));
    delete reply.status;
    const messages = reply.messages.map(({ begin, end, ...message }) => ({ ...message, data: data.subarray(begin, end) }));
    return { ...reply, messages };
  }

  table(payload, options = {}) {
    const { reply } = this.#ask('ottl_table', options, bytesOf(payload));
    delete reply.status;
    return reply;
  }

  view(payload, options = {}) {
    return this.#ask('ottl_view', options, bytesOf(payload)).reply.blocks;
  }

  convert(payload, options = {}) {
    return this.#ask('ottl_convert', options, bytesOf(payload)).data;
  }

  test(text, options = {}) {
    const { reply } = this.#ask('ottl_test', { text, ...options });
    delete reply.status;
    return reply;
  }

  run(source, payload, options = {}) {
    const program = this.compile(source, options);
    try {
      return program.run(payload, options);
    } finally {
      program.close();
    }
  }
}

const requestOf = (source, options) => (typeof source === 'string' ? { text: source, ...options } : { ...source, ...options });

// The data, and parsed when somebody looks.
function withData(told, data, encoding) {
  const result = { ...told, data };
  if (encoding === 'json') Object.defineProperty(result, 'json', { get: () => (data.length ? JSON.parse(decoder.decode(data)) : null) });
  return result;
}

// A program; after an instance broke off it is compiled anew.
export class Program {
  #ottl;
  #request;
  #handle = 0;
  #generation = 0;

  constructor(ottl, request) {
    this.#ottl = ottl;
    this.#request = request;
    this.#open();
  }

  #open() {
    if (this.#handle && this.#generation === this.#ottl._generation) return this.#handle;
    const { reply } = this.#ottl._call('ottl_compile', this.#request);
    if (reply.status !== 'ok') throw new OttlError(reply);
    this.#handle = reply.program;
    this.#generation = this.#ottl._generation;
    this.signal = reply.signal;
    this.groups = reply.groups;
    this.diagnostics = reply.diagnostics ?? [];
    this.pipelines = reply.pipelines ?? [];
    return this.#handle;
  }

  #call(name, payload, options) {
    if (!this.#request) throw new OttlError({ status: 'invalid_arg', message: 'the program is closed' });
    options = { signal: this.#request.signal, ...options };
    return this.#ottl._call(name, options, { handle: this.#open(), payload: bytesOf(payload) });
  }

  run(payload, options = {}) {
    const { reply, data } = this.#call('ottl_run', payload, options);
    if (reply.status !== 'ok') throw new OttlError(reply);
    const { outputs, ...told } = reply;
    if (!outputs) return withData(told, data, told.encoding);
    return { ...told, outputs: outputs.map(({ begin, end, ...o }) => withData(o, data.subarray(begin, end), told.encoding)) };
  }

  #told(name, payload, options) {
    const { reply } = this.#call(name, payload, options);
    if (reply.status !== 'ok') throw new OttlError(reply);
    delete reply.status;
    return reply;
  }

  explain({ payload, ...options } = {}) {
    const reply = this.#told('ottl_explain', payload ?? EMPTY, options);
    return reply.text ?? reply.result;
  }

  trace(payload, record, options = {}) {
    return this.#told('ottl_trace', payload, { record, ...options });
  }

  diff(payload, options = {}) {
    return this.#told('ottl_diff', payload, options);
  }

  close() {
    if (this.#handle && this.#generation === this.#ottl._generation) this.#ottl._close(this.#handle);
    this.#handle = 0;
    this.#request = null;
  }
}
