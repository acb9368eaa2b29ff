// Runs the program while it is written: the newest question alone is answered, and what takes too long is stopped.
import { Cancelled, type EngineClient } from './engine/client.js';
import type { Evaluation, Opened, PayloadInfo, ProgramSource, Signal, ViewRequest } from './engine/types.js';

/** Milliseconds. */
const STOP_AFTER = 8000; // nobody waits longer for a page
const GIVE_UP_FOR_NEWER = 1000; // what runs, when something newer waits
const TELL_AFTER = 1200; // that it still runs
const PAUSE = 30; // between two letters of a fast typist lies more

interface Wanted {
  source: ProgramSource;
  view: ViewRequest;
}

export interface RunnerEvents {
  evaluated(result: Evaluation, of: Wanted): void;
  payload(info: PayloadInfo): void;
  /** It takes long; `stop` ends it. */
  slow(stop: () => void): void;
  stopped(): void;
  failed(error: unknown): void;
  busy(busy: boolean): void;
}

export class Runner {
  readonly #client: EngineClient;
  readonly #events: RunnerEvents;
  #wanted: Wanted | undefined;
  #text: string | undefined;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #began = 0;
  #slow: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(client: EngineClient, events: RunnerEvents) {
    this.#client = client;
    this.#events = events;
  }

  /** The text of the payload from now on. */
  payload(text: string) {
    this.#text = text;
  }

  request(source: ProgramSource, view: ViewRequest, pause = PAUSE) {
    this.#wanted = { source, view };
    if (this.#running) return this.#hurry();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#loop(), pause);
  }

  // Something newer waits: what runs gets a little longer, not all the time there is.
  #hurry() {
    clearTimeout(this.#watch);
    const left = Math.max(0, this.#began + GIVE_UP_FOR_NEWER - performance.now());
    this.#watch = setTimeout(() => this.#client.restart(), left);
  }

  async open(bytes: Uint8Array, signal: Signal | ''): Promise<Opened> {
    this.#text = undefined;
    const opened = await this.#client.open(bytes, signal);
    this.#events.payload(opened.info);
    return opened;
  }

  async #loop() {
    if (this.#running) return;
    this.#running = true;
    this.#events.busy(true);
    while (this.#wanted || this.#text !== undefined) await this.#one();
    this.#running = false;
    this.#events.busy(false);
  }

  async #one() {
    const wanted = this.#wanted;
    const text = this.#text;
    this.#wanted = undefined;
    this.#text = undefined;
    this.#stopped = false;
    await this.#client.ready.catch(() => {}); // starting is not running
    this.#began = performance.now();
    this.#watch = setTimeout(() => this.#stop(), STOP_AFTER);
    this.#slow = setTimeout(() => this.#events.slow(() => this.#stop()), TELL_AFTER);
    try {
      if (text !== undefined) this.#events.payload(await this.#client.setPayload(text));
      if (!wanted) return;
      const result = await this.#client.call('evaluate', wanted.source, wanted.view);
      if (!this.#wanted) this.#events.evaluated(result, wanted);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#events.failed(error);
      else if (this.#stopped) this.#events.stopped();
    } finally {
      clearTimeout(this.#watch);
      clearTimeout(this.#slow);
    }
  }

  #stop() {
    this.#stopped = true;
    this.#client.restart();
  }
}
