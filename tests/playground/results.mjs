// The result: its views, steps, failures, examples, configurations, routes.
import assert from 'node:assert/strict';
import { fragment, log, logs, open, result, resultHas, until } from './harness.mjs';

const payload = JSON.stringify(logs(log('one', { user: 'ana' }), log('two'), log('three')));
const at = (ottl, more = {}) => ({ hash: fragment({ ottl, payload, ...more }) });
const tab = async (page, name) => {
  await page.locator(`#tab-${name}`).click();
  await until(page, (n) => document.getElementById('result').getAttribute('aria-labelledby') === `tab-${n}`, name);
};

export default {
  async 'table, JSON, plan'(session) {
    const view = await open(session, at('set(log.body, "x") where log.body == "two"\n'));
    const { page } = view;
    await tab(page, 'table');
    await page.waitForSelector('#result table');
    assert.equal(await page.locator('#result tbody tr').count(), 3);
    assert.equal(await page.locator('#result tbody td.changed').innerText(), '"two" "x"');
    assert.match(await page.locator('#result tbody tr').nth(2).innerText(), /"three"/);
    await view.shot('table');
    await tab(page, 'json');
    await until(page, () => document.querySelector('#json-editor .view-lines')?.textContent.includes('resourceLogs'));
    await view.shot('json');
    await tab(page, 'plan');
    await resultHas(page, '1 of 3');
    assert.match(await result(page), /log\.body == "two"/);
    await view.shot('plan');
    await view.close();
  },

  async 'steps tell why a condition did not hold'(session) {
    const view = await open(session, at('set(log.attributes["n"], Len(log.body))\nset(log.body, "x") where log.attributes["n"] > 3 and log.body != nil\nset(log.flags, Int(log.body))\n', { errorMode: 'ignore' }));
    const { page } = view;
    await page.locator('.entry button', { hasText: 'Steps' }).first().click();
    await page.waitForSelector('.steps');
    await page.locator('.steps').focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.why').innerText(), /Skipped: log\.attributes\["n"\] > 3 is false, for log\.attributes\["n"\] is 3/);
    assert.match(await page.locator('.values').innerText(), /not asked/);
    await page.waitForSelector('#program-editor .spotlight');
    await view.shot('steps');
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.why.failed').innerText(), /It failed: .*R0830/);
    await page.getByRole('button', { name: 'Next record' }).click();
    await page.getByRole('button', { name: 'Next record' }).click();
    await until(page, () => document.querySelector('#result input[type=number]').value === '3');
    await page.keyboard.press('Escape');
    await page.locator('.steps').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.step-detail').innerText(), /log\.body = "three"[^]*log\.body = "x"/);
    await view.close();
  },

  async 'failures of records, and a payload that is refused'(session) {
    const view = await open(session, at('set(log.flags, Int(log.body)) where log.body != "one"\n', { errorMode: 'ignore' }));
    const { page } = view;
    assert.match(await page.locator('#row-errors').innerText(), /2 failures[^]*R0830 cannot convert the text to an int64 statement 1 · 2 records, first log 1\.1\.2/);
    await page.locator('#row-errors button').click();
    await resultHas(page, 'Step 1 of 1');
    assert.equal(await page.getByLabel('Number of the record').inputValue(), '2');
    await page.locator('.options summary').click();
    await page.getByLabel('Error mode').selectOption('propagate');
    await until(page, () => document.body.dataset.state === 'refused');
    await view.shot('refused');
    await page.getByRole('button', { name: 'Use ignore' }).click();
    await until(page, () => document.body.dataset.state === 'ok');
    await view.close();
  },

  async 'what lies in lists has its path; metrics are a row for each data point'(session) {
    const spans = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a', events: [{ name: 'e0' }, { name: 'e1' }] }] }] }] };
    const view = await open(session, at('set(spanevent.name, "E") where spanevent.name == "e1"\n', { payload: JSON.stringify(spans) }));
    await resultHas(view.page, 'events[1].name = "E"');
    await view.close();
    const points = [{ asInt: '1', attributes: [{ key: 'a', value: { stringValue: 'x' } }] }, { asInt: '2' }];
    const metrics = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: points } }] }] }] };
    const other = await open(session, at('set(datapoint.attributes["b"], "y") where datapoint.value_int == 2\n', { payload: JSON.stringify(metrics), view: 'table' }));
    assert.equal(await other.page.locator('#result tbody tr').count(), 2);
    assert.equal(await other.page.locator('#result tbody tr').nth(1).locator('td.added').innerText(), '"y"');
    await other.close();
  },

  async 'a filter drops'(session) {
    const view = await open(session, at('log.body == "two"\n', { kind: 'filter' }));
    assert.match(await result(view.page), /1 dropped/);
    assert.match(await view.page.locator('#counts').innerText(), /3 records in · 0 changed · 1 dropped/);
    await view.close();
  },

  async 'every example of the gallery runs, and does something'(session) {
    const view = await open(session);
    const { page } = view;
    await page.locator('#examples').click();
    await page.locator('.card').nth(20).waitFor();
    await view.shot('examples');
    const ids = await page.locator('.card').evaluateAll((cards) => cards.map((c) => c.dataset.example).filter((id) => !id.startsWith('function-')));
    assert(ids.length >= 10, `${ids.length} examples`);
    await page.keyboard.press('Escape');
    for (const id of ids) {
      await page.locator('#examples').click();
      await page.evaluate(() => { document.body.dataset.state = ''; });
      await page.locator(`.card[data-example="${id}"]`).click();
      await until(page, () => document.body.dataset.state);
      assert.equal(await page.evaluate(() => document.body.dataset.state), 'ok', id);
      assert.doesNotMatch(await result(page), /No record is changed|There are no records/, id);
    }
    await view.close();
    return `${ids.length} examples`;
  },

  async 'examples of functions are found by words'(session) {
    const view = await open(session);
    const { page } = view;
    await page.locator('#examples').click();
    await page.locator('.card[data-example="function-TrimPrefix"]').waitFor();
    await page.getByLabel('Search').fill('without prefix');
    assert.equal(await page.locator('.card').first().innerText(), 'TrimPrefix\nA string without a prefix.');
    await page.locator('.card').first().click();
    await resultHas(page, 'attributes["result"] = "pod.name"');
    await view.close();
  },

  async 'a configuration is imported and its processor picked'(session) {
    const view = await open(session, at(''));
    const { page } = view;
    await page.locator('#import').click();
    await page.getByLabel('YAML of a collector').fill('processors:\n  batch: {}\n  filter/a:\n    logs: {log_record: [\'body == "one"\']}\n  transform/b:\n    log_statements:\n      - set(log.body, "from b")\n');
    await view.shot('import');
    await page.getByRole('button', { name: 'transform/b' }).click();
    await resultHas(page, 'body = "from b"');
    await page.getByLabel('Component of the configuration').selectOption('filter/a');
    await resultHas(page, '1 dropped');
    await view.shot('yaml');
    await view.close();
  },

  async 'a routing connector shows what goes where'(session) {
    const yaml = 'connectors:\n  routing/r:\n    default_pipelines: [logs/rest]\n    table:\n      - condition: log.body == "two"\n        context: log\n        pipelines: [logs/two]\n';
    const view = await open(session, { hash: fragment({ mode: 'yaml', yaml, processor: 'routing/r', signal: 'logs', payload }) });
    await resultHas(view.page, 'logs/two');
    assert.match(await result(view.page), /logs\/two\s+1 record\b[^]*logs\/rest\s+2 records/);
    await view.shot('routes');
    await view.close();
  },
};
