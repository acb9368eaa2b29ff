// A browser, the page in it, and what tests ask of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { chromium } from '../../playground/node_modules/playwright-core/index.mjs';
import { serve } from '../../playground/serve.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shots = path.join(root, 'build/playground-shots');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const PATIENCE = 60000; // of a busy machine

const which = (name) => {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
};

export async function start() {
  const executablePath = process.env.CHROMIUM ?? which('chromium') ?? which('chromium-browser') ?? which('google-chrome');
  if (!executablePath) {
    console.log('skipped: no chromium; scripts/setup installs it');
    process.exit(77);
  }
  mkdirSync(shots, { recursive: true });
  const { server, url: above } = await serve(path.join(root, 'build'));
  const url = `${above}playground/`; // not at the top: addresses are relative
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return { browser, url, async stop() { await browser.close(); server.close(); } };
}

/** A page of its own, with everything that its console told. */
export async function open({ browser, url }, { hash = '', width = 1440, height = 900, colorScheme = 'light', offline = false, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, serviceWorkers: offline ? 'allow' : 'block', ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const told = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !m.text().includes('blocked by Playwright')) told.push(`${m.type()}: ${m.text()}`); });
  page.on('pageerror', (e) => told.push(`uncaught: ${e.stack.split('\n').slice(0, 6).join('\n')}`));
  page.on('request', (r) => { if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) told.push(`left the page: ${r.url()}`); });
  await page.goto(url + hash);
  await page.waitForSelector('body.ready[data-state]', { state: 'attached' });
  const view = {
    page, told, context, url,
    shot: (name) => page.screenshot({ path: path.join(shots, `${name}.png`) }),
    async close() {
      await context.close();
      assert.deepEqual(told, [], 'the console is silent');
    },
  };
  return view;
}

export const fragment = (state) => `#s=${deflateRawSync(JSON.stringify(state)).toString('base64url')}`;

/** Waits until something holds. */
export async function until(page, what, ...args) {
  await page.waitForFunction(what, args.length > 1 ? args : args[0], { timeout: PATIENCE, polling: 50 });
}

/** Types into an editor, in place of what is there; a letter at a time, as people do. */
export async function type(page, name, text, { keep = false, delay = 0 } = {}) {
  await page.locator(`#${name}-editor .monaco-editor`).first().click({ position: { x: 200, y: 12 } });
  if (!keep) {
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
  }
  if (delay) await page.keyboard.type(text, { delay });
  else await page.keyboard.insertText(text);
}

/** What is in an editor, as Monaco shows it: lines, with spaces as spaces. */
export const shown = (page, name) =>
  page.evaluate((id) => [...document.querySelectorAll(`#${id}-editor .view-line`)].sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
    .map((l) => l.textContent.replaceAll('\u00a0', ' ')).join('\n'), name);

export const result = (page) => page.locator('#result').innerText();

export async function resultHas(page, text) {
  await until(page, (t) => document.getElementById('result').innerText.includes(t), text);
}

export const log = (body, attributes = {}) => ({
  severityNumber: 9, body: { stringValue: body }, attributes: Object.entries(attributes).map(([key, v]) => ({ key, value: { stringValue: v } })),
});
export const logs = (...records) => ({ resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: { name: 'app' }, logRecords: records }] }] });
