// The first seconds: an example with its result, what it costs, what is told about the engine.
import assert from 'node:assert/strict';
import { open, result } from './harness.mjs';

export default {
  async 'an example and its result are there'(session) {
    const view = await open(session);
    const { page } = view;
    const text = await result(page);
    assert.match(text, /2 changed/);
    assert.match(text, /body = "order 1007 paid by <email>"/);
    assert.match(await page.locator('#counts').innerText(), /^3 records in · 2 changed · 0 dropped$/);
    assert.match(await page.locator('#versions').innerText(), /^engine \d+\.\d+\.\d+ · pkg\/ottl 1\.3\.1 · wasm128$/);
    assert.match(await page.locator('#took').innerText(), /ms$/);
    await view.shot('desktop-light');
    const [first, took] = await page.evaluate(() => [performance.getEntriesByName('first-result')[0].startTime, performance.getEntriesByType('measure').map((m) => [m.name, m.duration])]);
    await view.close();
    const module = took.find(([name]) => name === 'module')[1];
    return `first result ${first.toFixed(0)} ms after the address was entered, of which the module ${module.toFixed(0)} ms`;
  },
};
