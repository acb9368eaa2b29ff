// Writing statements: results while typing, problems and their corrections, completion, hover, parameters, layout.
import assert from 'node:assert/strict';
import { fragment, log, logs, open, result, resultHas, shown, type, until } from './harness.mjs';

const payload = JSON.stringify(logs(log('one', { 'user.name': 'ana' }), log('two')), null, 2);
const at = (ottl, more = {}) => ({ hash: fragment({ ottl, payload, ...more }) });

// Some seconds of work.
const SLOW = Array(100).fill('set(log.body, SHA512(Concat([log.body, log.body], "")))\n').join('');
// By a link: the editor takes its time to have so much typed.
const go = (page, ottl) => page.evaluate((h) => { location.hash = h; }, fragment({ ottl, payload: many() }));
const many = () => JSON.stringify(logs(...Array.from({ length: 5000 }, (_, i) => log(`record ${i}`))), null, 1);

export default {
  async 'a statement is typed and its result appears'(session) {
    const view = await open(session, at(''));
    await type(view.page, 'program', 'set(log.body, "typed") where log.body == "two"', { delay: 5 });
    await resultHas(view.page, '1 changed'); // not the two that it changes before its condition is typed
    assert.match(await result(view.page), /body = "typed"/);
    await view.close();
  },

  async 'a mistake is underlined, told, and corrected'(session) {
    const view = await open(session, at('set(log.bdy, "x")\n'));
    const { page } = view;
    await page.waitForSelector('#program-editor .squiggly-error');
    assert.match(await page.locator('#problems').innerText(), /unknown path log\.bdy/);
    assert.match(await page.locator('#result-notice').innerText(), /Does not compile/);
    await view.shot('problem');
    await page.locator('#problems .fix').click();
    await resultHas(page, 'body = "x"');
    assert.match(await shown(page, 'program'), /set\(log\.body, "x"\)/);
    await page.locator('#problems').waitFor({ state: 'hidden' });
    await view.close();
  },

  async 'a correction from the editor itself'(session) {
    const view = await open(session, at('set(log.body, Uppercase("x"))\n'));
    const { page } = view;
    await page.waitForSelector('#program-editor .squiggly-error');
    await page.locator('#program-editor .view-line').first().click({ position: { x: 130, y: 10 } });
    await page.keyboard.press('Control+.');
    await page.getByText('Replace with `ToUpperCase').first().click();
    await resultHas(page, 'body = "X"');
    await view.close();
  },

  async 'a mistake in a configuration is corrected where it stands'(session) {
    const yaml = 'processors:\n  transform/a:\n    log_statements:\n      - set(log.bdy, "from é")  # here\n';
    const view = await open(session, { hash: fragment({ mode: 'yaml', yaml, processor: 'transform/a', payload }) });
    const { page } = view;
    await page.waitForSelector('#program-editor .squiggly-error');
    assert.match(await page.locator('#problems .where').innerText(), /^4:13$/);
    await page.locator('#problems .fix').click();
    await resultHas(page, 'body = "from é"');
    assert.match(await shown(page, 'program'), /- set\(log\.body, "from é"\) {2}# here/);
    await view.close();
  },

  async 'the code of a problem is explained'(session) {
    const view = await open(session, at('delete_key(log.attributes, "a")\nset(log.body, log.attributes["a"]) where log.flags == 1\n'));
    await view.page.locator('#problems .code').first().click();
    assert.match(await view.page.locator('dialog').innerText(), /read after it was deleted/);
    await view.page.keyboard.press('Escape');
    await view.close();
  },

  async 'completion knows paths, and keys of the payload'(session) {
    const view = await open(session, at(''));
    const { page } = view;
    await type(page, 'program', 'set(log.sev', { delay: 10 });
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'severity_text' }).first().waitFor();
    await view.shot('completion');
    await page.keyboard.press('Escape');
    await type(page, 'program', 'set(log.attributes["us', { delay: 10 });
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'user.name' }).first().waitFor();
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector('#program-editor .view-line').textContent.includes('user.name'));
    await view.close();
  },

  async 'hover and parameters'(session) {
    const view = await open(session, at('set(log.body, Concat(["a", "b"], "-"))\n'));
    const { page } = view;
    await page.waitForSelector('#program-editor .view-line span');
    await page.getByText('Concat', { exact: true }).first().hover();
    await page.locator('.monaco-hover', { hasText: 'Concat(vals' }).first().waitFor();
    await view.shot('hover');
    await page.locator('#program-editor .view-line').first().click({ position: { x: 250, y: 10 } });
    await page.keyboard.press('Control+Shift+Space');
    await page.locator('.parameter-hints-widget.visible', { hasText: 'delimiter' }).waitFor();
    await page.keyboard.press('Escape');
    await view.close();
  },

  async 'colours come from the engine'(session) {
    const view = await open(session, at('set(log.body, Len("a")) where log.flags == 1\n'));
    const { page } = view;
    const colourOf = (text) => page.evaluate((t) => {
      const span = [...document.querySelectorAll('#program-editor .view-line span span')].find((s) => s.textContent.trim() === t);
      return span && getComputedStyle(span).color;
    }, text);
    await until(page, () => [...document.querySelectorAll('#program-editor .view-line span span')].some((s) => s.textContent.trim() === 'Len'));
    const colours = await Promise.all(['set', 'Len', 'where', '"a"'].map(colourOf));
    assert.equal(new Set(colours).size, 4, colours.join(' '));
    await view.close();
  },

  async 'layout'(session) {
    const view = await open(session, at('set( log.body ,"x" )   where log.flags==0\n'));
    await view.page.locator('#format').click();
    await until(view.page, () => document.querySelector('#program-editor .view-lines').textContent.replaceAll('\u00a0', ' ').includes('set(log.body, "x") where log.flags == 0'));
    await view.close();
  },

  async 'what takes too long is stopped, and what is newer answered'(session) {
    const view = await open(session, at('set(log.body, "a")\n', { payload: many() }));
    const { page } = view;
    await go(page, SLOW);
    await until(page, () => document.body.classList.contains('busy'));
    await page.waitForTimeout(300);
    await type(page, 'program', 'set(log.attributes["n"], "newer")');
    await resultHas(page, 'attributes["n"] = "newer"');
    await view.close();
  },

  async 'a run is stopped by hand'(session) {
    const view = await open(session, at('set(log.body, "a")\n', { payload: many() }));
    const { page } = view;
    await go(page, SLOW.repeat(8));
    await page.getByRole('button', { name: 'Stop' }).click();
    await until(page, () => document.getElementById('result-notice').innerText.includes('Stopped'));
    await view.shot('stopped');
    await type(page, 'program', 'set(log.body, "again")');
    await resultHas(page, 'body = "again"');
    await view.close();
  },
};
