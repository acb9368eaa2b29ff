// How fast the module is here, beside the native program: node playground/speed.mjs OTTL.wasm PAYLOAD.pb WORKLOAD.json...
// Prints MB/s of the best of ten runs over the payload, which is that of bench/compare. Not a test: machines are noisy.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Ottl } from '../bindings/npm/ottl.js';

const [module, payload, ...workloads] = process.argv.slice(2);
const ottl = await Ottl.load(await readFile(module));
const file = await readFile(payload);
for (const name of workloads) {
  const { name: title, statements, signal, context, error_mode: errorMode } = JSON.parse(await readFile(name, 'utf8'));
  const { messages } = ottl.read(file, { signal });
  const program = ottl.compile(`context: ${context}\n${statements.join('\n')}\n`, { errorMode, signal });
  let best = Infinity;
  for (let i = 0; i < 10; i++) {
    const begun = performance.now();
    for (const { data } of messages) program.run(data);
    best = Math.min(best, performance.now() - begun);
  }
  program.close();
  console.log(`${title}: ${(file.length / 1e3 / best).toFixed(0)} MB/s`);
}
