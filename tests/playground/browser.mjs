// The page in a real browser. usage: browser.mjs [WORD]...   only the tests whose names have one of the words
import process from 'node:process';
import { start } from './harness.mjs';

const files = ['first', 'editing', 'results', 'sharing', 'payloads', 'access', 'offline'];
const words = process.argv.slice(2);
const session = await start();
let passed = 0, failed = 0;
for (const file of files) {
  const { default: tests } = await import(`./${file}.mjs`);
  for (const [name, test] of Object.entries(tests)) {
    const title = `${file}: ${name}`;
    if (words.length && !words.some((w) => title.includes(w))) continue;
    const begun = performance.now();
    try {
      const note = await test(session);
      passed++;
      console.log(`ok      ${title} (${((performance.now() - begun) / 1000).toFixed(1)} s)${note ? `: ${note}` : ''}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${title}\n${error.stack}`);
    }
  }
}
await session.stop();
console.log(`${passed} passed, ${failed} failed; screenshots in build/playground-shots`);
process.exitCode = failed || !passed ? 1 : 0;
