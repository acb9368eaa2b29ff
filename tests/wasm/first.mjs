// The package in Chromium: from the address to the first program's result. usage: first.mjs FOLDER-OF-PACKAGE
// Prints times and asserts none: machines are busy.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { chromium } from '../../playground/node_modules/playwright-core/index.mjs';
import { serve } from '../../playground/serve.mjs';

const folder = process.argv[2];
const program = (load) => `<!doctype html><meta charset="utf-8"><title>first</title><script type="module">
import { Ottl } from './ottl.js';
const begun = performance.now();
const ottl = await Ottl.load(${load});
const loaded = performance.now();
const { json } = ottl.run('set(log.body, "x") where log.body == "a"', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a' } }] }] }] });
const done = performance.now();
await ottl.loadData();
const zone = ottl.run('set(log.body, Hour(Time("2024-07-01 00:00:00", "%Y-%m-%d %H:%M:%S", "Europe/Berlin")))', json).json;
const body = (x) => x.resourceLogs[0].scopeLogs[0].logRecords[0].body;
window.told = { load: loaded - begun, run: done - loaded, since: done, body: body(json), zone: body(zone), all: performance.now() };
</script>`;
await writeFile(path.join(folder, 'whole.html'), program(''));
await writeFile(path.join(folder, 'core.html'), program("new URL('./ottl-core.wasm', import.meta.url)"));

const executablePath = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const { server, url } = await serve(folder);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
try {
  for (const name of ['whole', 'core']) {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const context = await browser.newContext(); // nothing cached
      const page = await context.newPage();
      const errors = [];
      page.on('console', (m) => { if (m.type() === 'error' && !m.location().url.endsWith('/favicon.ico')) errors.push(m.text()); });
      page.on('pageerror', (e) => errors.push(String(e)));
      await page.goto(`${url}${name}.html`);
      const told = await (await page.waitForFunction('window.told', null, { timeout: 60000 })).jsonValue();
      assert.deepEqual(errors, []);
      assert.deepEqual([told.body, told.zone], [{ stringValue: 'x' }, { intValue: '0' }]);
      times.push(told);
      await context.close();
    }
    const best = times.reduce((a, b) => (a.load + a.run < b.load + b.run ? a : b));
    const ms = (n) => `${n.toFixed(0)} ms`;
    console.log(`chromium, ${name}: load ${ms(best.load)}, first program ${ms(best.run)}: ${ms(best.load + best.run)} (bar 300 ms); ${ms(best.since)} after navigation began`);
  }
} finally {
  await browser.close();
  server.close();
}
