// Files that are dropped on the page, or chosen: payloads, statements, configurations.
import { $ } from './ui/dom.js';

export type Dropped = { kind: 'payload'; name: string; bytes: Uint8Array } | { kind: 'ottl'; name: string; text: string } | { kind: 'yaml'; name: string; text: string };

const MAX_PAYLOAD = 256 << 20;
const MAX_TEXT = 4 << 20;

export async function readFile(file: File): Promise<Dropped> {
  const kind = /\.ottl$/i.test(file.name) ? 'ottl' : /\.ya?ml$/i.test(file.name) ? 'yaml' : 'payload';
  const limit = kind === 'payload' ? MAX_PAYLOAD : MAX_TEXT;
  if (file.size > limit) throw new Error(`${file.name} is too large for a page`);
  if (kind !== 'payload') return { kind, name: file.name, text: await file.text() };
  return { kind, name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

export function chooseFile(accept: string): Promise<File | null> {
  const input = $<HTMLInputElement>('file');
  input.accept = accept;
  input.value = '';
  return new Promise((resolve) => {
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}

export function setUpDrop(dropped: (file: File) => void) {
  const zone = $('dropzone');
  const carries = (event: DragEvent) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  addEventListener('dragenter', (event) => {
    if (carries(event)) zone.hidden = false;
  });
  addEventListener('dragover', (event) => {
    if (carries(event)) event.preventDefault();
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) zone.hidden = true;
  });
  // Before the editors, which would put a file's name into the text.
  addEventListener('drop', (event) => {
    zone.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    dropped(file);
  }, { capture: true });
}
