// The pane of the result: what the engine answered, in the view that was chosen.
import type { Counts, Evaluation, RowError, Step, ViewData, ViewRequest } from './engine/types.js';
import { $, bytes, h, milliseconds, plural, ticked } from './ui/dom.js';
import { renderDiff } from './view/diff.js';
import { renderRowErrors } from './view/errors.js';
import { renderPlan } from './view/plan.js';
import { renderRoutes } from './view/routes.js';
import { renderSteps } from './view/steps.js';
import { renderTable } from './view/table.js';

const PAGE = { diff: 50, table: 100 };

export interface ResultActions {
  /** The view has to be computed again. */
  changed(): void;
  follow(record: number): void;
  followError(error: RowError): void;
  record(n: number): void;
  look(step: Step | null, reveal: boolean): void;
  json(text: string, host: HTMLElement): void;
  setErrorMode(): void;
}

export class ResultPane {
  readonly #host = $('result');
  readonly #notice = $('result-notice');
  readonly #actions: ResultActions;
  readonly #view = h('div', { class: 'view' });
  readonly #json = h('div', { class: 'editor', id: 'json-editor', hidden: true });
  #limit = PAGE.diff;
  #all = false;
  #shown = '';

  constructor(actions: ResultActions) {
    this.#actions = actions;
    this.#host.replaceChildren(this.#view, this.#json);
  }

  request(name: ViewRequest['name'], record: number): ViewRequest {
    return { name, limit: this.#limit, all: this.#all, record };
  }

  /** Another view, or another program: from the beginning. */
  reset() {
    this.#limit = PAGE.diff;
  }

  busy(busy: boolean) {
    this.#host.setAttribute('aria-busy', String(busy));
    document.body.classList.toggle('busy', busy);
  }

  notice(text: string, kind: 'error' | 'warning' | 'info' = 'info', ...more: Node[]) {
    this.#notice.hidden = !text;
    this.#notice.className = `notice ${kind}`;
    this.#notice.replaceChildren(...ticked(text), ...more);
  }

  show(result: Evaluation) {
    this.#tell(result);
    this.#counts(result);
    renderRowErrors($('row-errors'), result.errors, result.counts?.failures ?? 0, result.state === 'refused', this.#actions.followError);
    this.#host.classList.toggle('stale', !result.view && this.#shown !== '');
    if (!result.view) {
      if (!this.#shown) this.#view.replaceChildren(h('p', { class: 'empty' }, 'No result yet.'));
      return;
    }
    this.#render(result.view, result.counts);
  }

  #tell({ state, failure, mismatch, signal }: Evaluation) {
    const errors = failure?.diagnostics?.filter((d) => d.severity === 'error') ?? [];
    const before = this.#shown ? ' Below is the result before it.' : '';
    if (state === 'compile') this.notice(`${errors.length ? `Does not compile: ${errors[0]!.message}.` : `${failure!.message}.`}${before}`, 'error');
    else if (state === 'payload') this.notice(`The payload cannot be read: ${failure!.message}.`, 'error');
    else if (state === 'error') this.notice(failure!.message, 'error');
    else if (state === 'refused') this.notice('The payload was refused: a statement failed, and the error mode is propagate.', 'error', h('button', { type: 'button', class: 'small', onclick: () => this.#actions.setErrorMode() }, 'Use ignore'));
    else if (mismatch) this.notice(`The program works on ${signal}; the payload carries something else, and would pass by unchanged.`, 'warning');
    else this.notice('');
  }

  #counts({ counts, timing, bytesIn, bytesOut, state, view }: Evaluation) {
    const took = $('took');
    took.textContent = timing ? milliseconds(timing.run) : '';
    took.title = timing ? `compiled in ${milliseconds(timing.compile)}, ran in ${milliseconds(timing.run)}; ${bytes(bytesIn)} in, ${bytes(bytesOut)} out` : '';
    if (!counts) {
      if (state === 'compile') $('counts').textContent = 'does not compile';
      return;
    }
    const parts = [`${plural(counts.recordsIn, 'record')} in`];
    if (view?.name !== 'routes') parts.push(`${counts.recordsChanged.toLocaleString('en')} changed`, `${counts.recordsDropped.toLocaleString('en')} dropped`);
    if (counts.recordsFailed) parts.push(`${counts.recordsFailed} failed`);
    $('counts').textContent = parts.join(' · ');
  }

  #render(view: ViewData, counts: Counts = { recordsIn: 0, recordsChanged: 0, recordsDropped: 0, recordsFailed: 0, failures: 0 }) {
    const scroll = this.#shown === view.name ? this.#host.scrollTop : 0;
    this.#shown = view.name;
    this.#json.hidden = view.name !== 'json';
    this.#view.hidden = view.name === 'json';
    if (view.name !== 'steps') this.#actions.look(null, false);
    const more = () => {
      this.#limit += PAGE[view.name === 'table' ? 'table' : 'diff'];
      this.#actions.changed();
    };
    const { follow, record, look } = this.#actions;
    switch (view.name) {
      case 'diff': renderDiff(this.#view, view, counts, { all: this.#all, more, follow, showAll: (all) => { this.#all = all; this.#actions.changed(); } }); break;
      case 'table': renderTable(this.#view, view, { more, follow }); break;
      case 'steps': renderSteps(this.#view, view, { record, look }); break;
      case 'routes': renderRoutes(this.#view, view); break;
      case 'plan': renderPlan(this.#view, view); break;
      case 'json': this.#actions.json(view.text || 'Nothing is left.', this.#json); break;
    }
    this.#host.scrollTop = scroll;
  }
}
