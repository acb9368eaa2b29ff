// Runs the conformance runner that was built for WebAssembly, with the runner's own arguments: this folder is all it sees.
// usage: conformance.mjs CORE.wasm DATA.bin [ARGUMENT]...
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
  const [runner, tables, ...args] = workerData;
  const wasi = new WASI({ version: 'preview1', args: ['ottl-conformance', ...args], env: {}, preopens: { '.': '.' } });
  const module = await WebAssembly.compile(await readFile(runner));
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
  const data = await readFile(tables);
  const n = data.readUInt32LE(24); // pieces: cmake/wasm_split.py
  for (let i = 0, at = 28 + 8 * n; i < n; i++) {
    const [address, length] = [data.readUInt32LE(28 + 8 * i), data.readUInt32LE(32 + 8 * i)];
    new Uint8Array(instance.exports.memory.buffer, address, length).set(data.subarray(at, at + length));
    at += length;
  }
  process.exitCode = wasi.start(instance);
}
