// Tabs as the patterns of ARIA have them: one is in the order of the Tab key, arrows go between them.
import { h } from './dom.js';

export interface Tab<T extends string> {
  name: T;
  text: string;
  title: string;
}

export function setUpTabs<T extends string>(list: HTMLElement, panel: HTMLElement, tabs: readonly Tab<T>[], chosen: (name: T) => void) {
  const buttons = tabs.map((tab) =>
    h('button', { type: 'button', role: 'tab', id: `tab-${tab.name}`, 'aria-controls': panel.id, title: tab.title, onclick: () => pick(tab.name) }, tab.text));
  list.replaceChildren(...buttons);

  const show = (name: T) => {
    tabs.forEach((tab, i) => {
      buttons[i]!.setAttribute('aria-selected', String(tab.name === name));
      buttons[i]!.tabIndex = tab.name === name ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', `tab-${name}`);
  };
  const pick = (name: T) => {
    show(name);
    chosen(name);
  };

  list.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((b) => b === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const i = (to + buttons.length) % buttons.length;
    buttons[i]!.focus();
    pick(tabs[i]!.name);
  });
  return { show };
}
