// The worker: loads the module that it is sent, then answers one question after the other.
import { Ottl } from '../../../bindings/npm/ottl.js';
import { Engine } from './engine.js';
import { failureOf } from './payload.js';

interface Question {
  id: number;
  name: string;
  args: unknown[];
}

const scope = self as unknown as { onmessage: (e: MessageEvent) => void; postMessage: (m: unknown) => void };
let engine: Promise<Engine> | undefined;

async function answer({ id, name, args }: Question) {
  try {
    if (name === 'load') {
      engine = Ottl.load(args[0] as WebAssembly.Module).then((ottl) => new Engine(ottl));
      scope.postMessage({ id, value: (await engine).versions() });
      return;
    }
    const loaded = (await engine) as unknown as Record<string, (...a: unknown[]) => unknown>;
    scope.postMessage({ id, value: loaded[name]!(...args) });
  } catch (error) {
    scope.postMessage({ id, failure: failureOf(error) });
  }
}

scope.onmessage = (event) => void answer(event.data);
