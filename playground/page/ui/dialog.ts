// Dialogs: the element of HTML, which holds the focus and gives it back.
import { h } from './dom.js';

export function openDialog(title: string, body: (close: () => void) => Node[], className = ''): HTMLDialogElement {
  const id = `dialog-${title.toLowerCase().replace(/\W+/g, '-')}`;
  const close = () => dialog.close();
  const dialog: HTMLDialogElement = h(
    'dialog',
    { class: className, 'aria-labelledby': id },
    h('div', { class: 'dialog-head' }, h('h2', { id }, title), h('button', { type: 'button', class: 'small', onclick: close }, 'Close')),
    h('div', { class: 'dialog-body' }, ...body(close)),
  );
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
