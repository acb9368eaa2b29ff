// For everybody: axe-core, keyboard alone, dark, a phone, the Tab key.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fragment, log, logs, open, result, resultHas, root, type, until } from './harness.mjs';

const payload = JSON.stringify(logs(log('one', { user: 'ana' }), log('two')));
const axeSource = await readFile(path.join(root, 'playground/node_modules/axe-core/axe.min.js'), 'utf8');

// Serious findings, each as a line. The page's own policy forbids scripts in it: this one comes from outside.
async function serious(page) {
  await page.evaluate(axeSource);
  const { found, passed } = await page.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document);
    return { found: violations, passed: passes.length };
  });
  assert(passed > 15, 'it looked');
  return found.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join('; ')}`);
}

export default {
  async 'axe-core finds nothing serious, in all views and both themes'(session) {
    for (const colorScheme of ['light', 'dark']) {
      const view = await open(session, { colorScheme, hash: fragment({ ottl: 'context: log\nset(flags, Int(body)) where body != "two"\nset(body, "x")\n', payload, errorMode: 'ignore' }) });
      const { page } = view;
      for (const name of ['diff', 'table', 'json', 'steps', 'plan']) {
        await page.locator(`#tab-${name}`).click();
        await until(page, (n) => document.getElementById('result').getAttribute('aria-labelledby') === `tab-${n}`, name);
        await page.waitForTimeout(150);
        assert.deepEqual(await serious(page), [], `${colorScheme} ${name}`);
      }
      await view.shot(`views-${colorScheme}`);
      for (const name of ['examples', 'import', 'share', 'help']) {
        await page.locator(`#${name}`).click();
        await page.waitForSelector('dialog[open]');
        await page.waitForTimeout(150);
        assert.deepEqual(await serious(page), [], `${colorScheme} ${name}`);
        await page.keyboard.press('Escape');
      }
      await view.close();
    }
  },

  async 'dark, as the system says and as the switch says'(session) {
    const view = await open(session, { colorScheme: 'dark' });
    const { page } = view;
    const back = () => page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('#program-editor .monaco-editor')).backgroundColor].join(' '));
    const dark = await back();
    assert.equal(dark, 'rgb(13, 17, 23) rgb(21, 26, 33)');
    await view.shot('desktop-dark');
    await page.locator('#theme').click();
    await until(page, () => document.documentElement.dataset.theme === 'light');
    assert.notEqual(await back(), dark);
    await page.reload();
    await page.waitForSelector('body.ready');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light', 'it is remembered');
    await view.close();
  },

  async 'the keyboard alone'(session) {
    const view = await open(session, { hash: fragment({ ottl: 'set(log.body, "x")\n', payload }) });
    const { page } = view;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'To the statements');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'result-pane');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-diff');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is seen');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#result table');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-table');
    // A border between panes.
    await page.locator('.splitter').first().focus();
    const width = () => page.evaluate(() => document.getElementById('program-pane').offsetWidth);
    const before = await width();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert((await width()) > before + 20);
    // A dialog holds the focus and gives it back.
    await page.locator('#help').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await view.shot('help');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'help');
    await view.close();
  },

  async 'Tab indents, or leaves the editor'(session) {
    const view = await open(session, { hash: fragment({ ottl: '', payload }) });
    const { page } = view;
    const inEditor = () => page.evaluate(() => Boolean(document.activeElement.closest('#program-editor')));
    await type(page, 'program', 'set(log.body, "x")');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await inEditor(), true);
    await page.locator('#tab-mode').click();
    assert.equal(await page.locator('#tab-mode').getAttribute('aria-pressed'), 'true');
    await page.locator('#program-editor .view-line').first().click();
    await page.keyboard.press('Tab');
    assert.equal(await inEditor(), false);
    await view.close();
  },

  async 'a phone'(session) {
    for (const colorScheme of ['light', 'dark']) {
      const view = await open(session, { width: 390, height: 844, colorScheme, hasTouch: true, isMobile: true });
      const { page } = view;
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      assert.match(await result(page), /order 1007 paid by <email>/, 'the result is seen below the statements');
      assert(await fits());
      await view.shot(`phone-${colorScheme}`);
      await page.locator('#bottom button[data-pane="payload"]').click();
      assert(await page.locator('#payload-editor').isVisible());
      assert(await fits());
      await view.shot(`phone-payload-${colorScheme}`);
      await page.locator('#bottom button[data-pane="result"]').click();
      await page.locator('#tab-steps').click();
      await resultHas(page, 'Step 1 of 4');
      assert(await fits());
      await view.shot(`phone-result-${colorScheme}`);
      assert.deepEqual(await serious(page), []);
      await page.locator('#examples').click();
      await page.locator('.card').first().waitFor();
      assert(await fits());
      await view.shot(`phone-examples-${colorScheme}`);
      await view.close();
    }
  },
};
