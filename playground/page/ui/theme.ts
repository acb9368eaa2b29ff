// Light and dark: as the system says, until somebody says otherwise.
import { $ } from './dom.js';
import { recall, remember } from './memory.js';

const system = matchMedia('(prefers-color-scheme: dark)');

export function setUpTheme(changed: (dark: boolean) => void): () => boolean {
  let chosen = recall('theme');
  const dark = () => (chosen ? chosen === 'dark' : system.matches);
  const button = $('theme');
  const show = () => {
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
    button.setAttribute('aria-pressed', String(dark()));
    changed(dark());
  };
  button.addEventListener('click', () => {
    chosen = dark() ? 'light' : 'dark';
    remember('theme', chosen);
    show();
  });
  system.addEventListener('change', show);
  show();
  return dark;
}
