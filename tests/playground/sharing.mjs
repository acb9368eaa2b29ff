// Links: everything in the fragment, and no fragment does harm.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { fragment, log, logs, open, result, resultHas, shown, type, until } from './harness.mjs';

const payload = JSON.stringify(logs(log('one €😀')));

export default {
  async 'a link holds everything'(session) {
    const view = await open(session, { hash: fragment({ ottl: '', payload }) });
    const { page } = view;
    await type(page, 'program', 'set(log.body, "shared é")');
    await page.locator('.options summary').click();
    await page.getByLabel('Error mode').selectOption('silent');
    await page.locator('#tab-table').click();
    await page.locator('#share').click();
    const link = await page.getByLabel('Link').inputValue();
    await view.shot('share');
    await view.close();
    assert.match(link, /#s=[A-Za-z0-9_-]+$/);
    const other = await open(session, { hash: new URL(link).hash });
    await resultHas(other.page, 'shared é');
    assert.match(await shown(other.page, 'program'), /set\(log\.body, "shared é"\)/);
    assert.match(await shown(other.page, 'payload'), /one €😀/);
    assert.equal(await other.page.locator('#tab-table').getAttribute('aria-selected'), 'true');
    await other.page.locator('.options summary').click();
    assert.equal(await other.page.getByLabel('Error mode').inputValue(), 'silent');
    await other.close();
    return `${link.length} characters`;
  },

  async 'hostile fragments end in a line of text'(session) {
    const bomb = deflateRawSync(Buffer.alloc(64 << 20, 'a')).toString('base64url');
    const hostile = [
      '#s=%00', '#s=AAAA', `#s=${bomb}`, `#s=${'A'.repeat(100000)}`, '#s=', fragment([1, 2]), fragment(null), fragment({ ottl: 7 }), fragment({ __proto__: { ottl: 'x' } }),
    ];
    const view = await open(session);
    const { page } = view;
    for (const hash of hostile) {
      await page.evaluate(() => { document.getElementById('toast').textContent = ''; });
      await page.evaluate((h) => { location.hash = h; }, hash);
      await until(page, () => /link/.test(document.getElementById('toast').textContent));
      assert.match(await result(page), /2 changed/, 'the page goes on');
    }
    await view.close();
    const strange = { ottl: 'set(log.body, "<img src=x onerror=alert(1)>")', payload, kind: 'no', signal: {}, errorMode: [], view: 'none', record: -7, processor: 12, more: 1 };
    const other = await open(session, { hash: fragment(strange) });
    assert.match(await result(other.page), /<img src=x/);
    assert.equal(await other.page.locator('#result img').count(), 0);
    await other.close();
  },

  async 'in a frame: less around it'(session) {
    const view = await open(session, { hash: `${fragment({ ottl: 'set(log.body, "framed")', payload })}&embed`, width: 900, height: 480 });
    assert.match(await result(view.page), /framed/);
    assert.equal(await view.page.locator('#examples').isVisible(), false);
    await view.page.locator('#whole').hover();
    await until(view.page, () => document.getElementById('whole').href.includes('#s='));
    await view.shot('embedded');
    await view.close();
  },

  async 'the work of the last visit is there again'(session) {
    const view = await open(session, { hash: fragment({ ottl: '', payload }) });
    await type(view.page, 'program', 'set(log.body, "kept")');
    await resultHas(view.page, 'kept');
    await until(view.page, () => (localStorage.getItem('ottl-playground.state') ?? '').includes('kept'));
    await view.page.goto(`${view.url}?again`);
    await resultHas(view.page, 'kept');
    await view.close();
  },
};
