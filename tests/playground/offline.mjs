// Loaded once, the page works without a network.
import assert from 'node:assert/strict';
import { open, result, resultHas, type } from './harness.mjs';

export default {
  async 'without a network'(session) {
    const view = await open(session, { offline: true });
    const { page, context } = view;
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
    });
    const { files, wanted } = await page.evaluate(async () => {
      const [name] = await caches.keys();
      const keys = await (await caches.open(name)).keys();
      return { files: keys.length, wanted: keys.filter((k) => k.url.endsWith('.wasm')).length };
    });
    assert.equal(wanted, 1);
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('body.ready[data-state]', { state: 'attached' });
    assert.match(await result(page), /2 changed/);
    await type(page, 'program', 'set(log.body, "offline")');
    await resultHas(page, 'body = "offline"');
    await view.shot('offline');
    await view.close();
    return `${files} files are kept`;
  },
};
