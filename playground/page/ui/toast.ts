import { $ } from './dom.js';

let timer: ReturnType<typeof setTimeout> | undefined;

/** A line that goes away by itself. */
export function toast(text: string) {
  const element = $('toast');
  element.textContent = text;
  element.classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => element.classList.remove('shown'), 6000);
}
