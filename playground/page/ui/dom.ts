// Elements, made and found. Text is always text: nothing that comes from a payload or a link is read as HTML.
type Child = Node | string | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Text in which backquotes stand around code. */
export const ticked = (text: string): (Node | string)[] =>
  text.split(/`([^`]*)`/).map((part, i) => (i % 2 ? h('code', {}, part) : part)).filter((part) => part !== '');

export function $<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found as T;
}

export interface SelectOption {
  value: string;
  text: string;
}

export function select(label: string, options: readonly SelectOption[], value: string, change: (value: string) => void) {
  const element = h('select', { 'aria-label': label, title: label, onchange: () => change(element.value) });
  for (const option of options) element.append(h('option', { value: option.value, selected: option.value === value }, option.text));
  return element;
}

export const plural = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1000000) return `${(n / 1000).toFixed(n < 10000 ? 1 : 0)} KB`;
  return `${(n / 1000000).toFixed(1)} MB`;
}

export const milliseconds = (ms: number) => (ms < 0.05 ? '< 0.1 ms' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`);
