// The state as the fragment of an address: JSON, deflated, base64url. A fragment can be anything: it is bounded before and after it
// is inflated, and what is not understood is told, never thrown.
import { empty, type State, stateOf } from './state.js';

const MAX_FRAGMENT = 2 << 20;
const MAX_INFLATED = 8 << 20;
const KEY = 's';

const throughStream = (bytes: Uint8Array, stream: CompressionStream | DecompressionStream) =>
  new Blob([bytes as BlobPart]).stream().pipeThrough(stream as unknown as ReadableWritablePair<Uint8Array, Uint8Array>);

// All of a stream, unless that is too much.
async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error('the link holds too much');
    }
    parts.push(value);
  }
  const all = new Uint8Array(length);
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error('the link is damaged');
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

// What differs from the standard; the text of the other mode is left out.
function carried(state: State): Partial<State> {
  const other = state.mode === 'yaml' ? 'ottl' : 'yaml';
  const kept = Object.entries(state).filter(([key, value]) => key !== other && value !== empty[key as keyof State]);
  return { [state.mode]: '', ...Object.fromEntries(kept) };
}

export async function toFragment(state: State): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(carried(state)));
  return `${KEY}=${toBase64Url(await collect(throughStream(json, new CompressionStream('deflate-raw')), MAX_FRAGMENT))}`;
}

export interface Fragment {
  /** Null: the fragment has none. */
  state: State | null;
  embedded: boolean;
  /** Why there is no state, where there was meant to be one. */
  problem: string;
}

export async function fromFragment(hash: string): Promise<Fragment> {
  const parts = new Map(hash.replace(/^#/, '').slice(0, MAX_FRAGMENT + 1000).split('&').map((p) => [p.split('=', 1)[0]!, p.slice(p.indexOf('=') + 1)]));
  const embedded = parts.has('embed');
  const packed = parts.get(KEY);
  if (packed === undefined) return { state: null, embedded, problem: '' };
  if (packed.length > MAX_FRAGMENT) return { state: null, embedded, problem: 'The link is too long.' };
  try {
    const inflated = await collect(throughStream(fromBase64Url(packed), new DecompressionStream('deflate-raw')), MAX_INFLATED);
    const state = stateOf(JSON.parse(new TextDecoder().decode(inflated)));
    return { state, embedded, problem: state ? '' : 'The link is damaged.' };
  } catch (error) {
    const long = error instanceof Error && error.message === 'the link holds too much';
    return { state: null, embedded, problem: long ? 'The link holds too much.' : 'The link is damaged.' };
  }
}
