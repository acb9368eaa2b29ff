// Runs the conformance runner that was built for WebAssembly, with the runner's own arguments: this folder is all it sees.
// usage: conformance.mjs RUNNER.wasm [ARGUMENT]...
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';
import { Worker, isMainThread, workerData } from 'node:worker_threads';

const STACK_MB = 64; // the corpus has expressions as deep as the limits allow; a thread of node's has 1 MB else

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2), resourceLimits: { stackSizeMb: STACK_MB } });
  worker.on('error', (error) => {
    console.error(error);
    process.exitCode = 2;
  });
  worker.on('exit', (code) => { process.exitCode ||= code; });
} else {
  const [runner, ...args] = workerData;
  const wasi = new WASI({ version: 'preview1', args: ['ottl-conformance', ...args], env: {}, preopens: { '.': '.' } });
  const module = await WebAssembly.compile(await readFile(runner));
  process.exitCode = wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }));
}
