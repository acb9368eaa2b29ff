// The page's side of an engine in a worker. Questions are answered in order; a worker that takes too long is thrown away.
import type { Engine } from './engine.js';
import type { Failure, Versions } from './types.js';

declare const ENGINE_WORKER: string;
declare const ENGINE_MODULE: string;

type Methods = { [K in keyof Engine as Engine[K] extends (...args: any[]) => any ? K : never]: Engine[K] };
type Answer<K extends keyof Methods> = ReturnType<Methods[K]>;

export class EngineFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The worker was restarted before it answered. */
export class Cancelled extends Error {}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module, fetched and compiled once for all workers. */
export function engineModule(): Promise<WebAssembly.Module> {
  if (!compiled) performance.mark('engine-start');
  compiled ??= fetch(new URL(ENGINE_MODULE, import.meta.url)).then(async (response) => {
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const streamed = response.headers.get('content-type')?.startsWith('application/wasm');
    return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  });
  return compiled;
}

interface Pending {
  resolve: (value: any) => void;
  reject: (error: Error) => void;
}

export class EngineClient {
  #worker: Worker | undefined;
  #generation = 0; // of the worker
  #pending = new Map<number, Pending>();
  #next = 1;
  #repeat: (() => Promise<unknown>) | undefined; // gives a new worker the payload
  ready!: Promise<Versions>;

  /** after: what comes first on a machine with few processors. */
  constructor(after?: Promise<unknown>) {
    this.#start(after);
  }

  #start(after?: Promise<unknown>) {
    const generation = ++this.#generation;
    this.ready = (after ?? Promise.resolve()).then(async () => {
      const module = engineModule();
      if (generation !== this.#generation) throw new Cancelled();
      const worker = new Worker(new URL(ENGINE_WORKER, import.meta.url), { type: 'module' });
      this.#worker = worker;
      worker.onmessage = (event) => this.#answered(event.data);
      worker.onerror = (event) => this.#broke(generation, event.message);
      return this.#ask('load', [await module], generation);
    });
    this.ready.catch(() => {}); // told to whoever asks
  }

  #answered({ id, value, failure }: { id: number; value?: unknown; failure?: Failure }) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure) pending?.reject(new EngineFailure(failure));
    else pending?.resolve(value);
  }

  #broke(generation: number, message: string) {
    if (generation !== this.#generation) return;
    for (const pending of this.#pending.values()) pending.reject(new EngineFailure({ status: 'internal', message }));
    this.#pending.clear();
  }

  #ask(name: string, args: unknown[], generation: number): Promise<any> {
    if (generation !== this.#generation || !this.#worker) return Promise.reject(new Cancelled());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker!.postMessage({ id, name, args });
    });
  }

  async call<K extends keyof Methods>(name: K, ...args: Parameters<Methods[K]>): Promise<Answer<K>> {
    const generation = this.#generation;
    await this.ready;
    return this.#ask(name, args, generation);
  }

  /** The payload of what follows; a worker that takes the place of this one is given it, too. */
  setPayload(text: string): Promise<Answer<'payload'>> {
    this.#repeat = () => this.call('payload', text);
    return this.call('payload', text);
  }

  /** A file that is too large for the editor is the payload from now on. */
  open(bytes: Uint8Array, signal: Parameters<Engine['open']>[1]): Promise<Answer<'open'>> {
    this.#repeat = () => this.call('open', bytes, signal);
    return this.call('open', bytes, signal);
  }

  /** Throws away what runs. */
  restart() {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const pending of this.#pending.values()) pending.reject(new Cancelled());
    this.#pending.clear();
    this.#start();
    this.#repeat?.().catch(() => {});
  }
}
