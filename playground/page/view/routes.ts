// What a routing connector sends where.
import type { RoutesView } from '../engine/types.js';
import { bytes, h, plural } from '../ui/dom.js';

// What people know a record by.
const excerpt = (text: string) => (/^(?:body|name) = (.*)$/m.exec(text)?.[1] ?? '').slice(0, 120);

export function renderRoutes(host: HTMLElement, view: RoutesView) {
  const routes = view.routes.map(({ pipeline, records, whole, bytes: size, blocks }) => {
    const more = records - blocks.length;
    return h('article', { class: `entry route ${records ? '' : 'none'}` },
      h('header', {}, h('h3', {}, pipeline), h('span', { class: `badge ${records ? 'changed' : ''}` }, plural(records, 'record')),
        h('span', { class: 'summary' }, whole ? 'all of it, as it came' : records ? bytes(size) : '')),
      ...blocks.map((b) => h('details', { class: 'record' }, h('summary', {}, `${b.kind} ${b.summary} `, h('span', { class: 'excerpt' }, excerpt(b.text))), h('pre', {}, b.text))),
      more > 0 ? h('p', { class: 'muted quiet' }, `and ${plural(more, 'other')}`) : null);
  });
  host.replaceChildren(h('div', { class: 'result-head' }, h('span', { class: 'muted' }, 'Pipelines, and what each of them gets')), ...routes);
}
