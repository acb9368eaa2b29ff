// Borders between panes: dragged, or moved with the arrow keys.
import { $ } from './dom.js';
import { recall, remember } from './memory.js';

const MIN = 12;
const KEY_STEP = 2;

export function setUpSplitters() {
  const panes = $('panes');
  const splitters = [...panes.querySelectorAll<HTMLElement>('.splitter')];
  let shares = stored() ?? [34, 28, 38];

  const show = () => {
    shares.forEach((share, i) => panes.style.setProperty(`--pane-${i}`, `${share}fr`));
    splitters.forEach((splitter, i) => {
      splitter.setAttribute('aria-valuenow', String(Math.round(shares[i]!)));
      splitter.setAttribute('aria-valuemin', String(MIN));
      splitter.setAttribute('aria-valuemax', '76');
    });
  };

  const move = (i: number, by: number) => {
    const [a, b] = [shares[i]!, shares[i + 1]!];
    const moved = Math.max(MIN - a, Math.min(by, b - MIN));
    shares = shares.map((share, j) => (j === i ? share + moved : j === i + 1 ? share - moved : share));
    show();
  };

  splitters.forEach((splitter, i) => {
    splitter.addEventListener('pointerdown', (event) => {
      splitter.setPointerCapture(event.pointerId);
      let x = event.clientX;
      const drag = (e: PointerEvent) => {
        move(i, ((e.clientX - x) / panes.clientWidth) * 100);
        x = e.clientX;
      };
      splitter.addEventListener('pointermove', drag);
      splitter.addEventListener('lostpointercapture', () => {
        splitter.removeEventListener('pointermove', drag);
        remember('panes', JSON.stringify(shares));
      }, { once: true });
    });
    splitter.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      move(i, by);
      remember('panes', JSON.stringify(shares));
    });
  });
  show();
}

function stored(): number[] | null {
  try {
    const shares = JSON.parse(recall('panes') ?? '');
    const ok = Array.isArray(shares) && shares.length === 3 && shares.every((s) => typeof s === 'number' && s >= MIN && s <= 76);
    return ok ? shares : null;
  } catch {
    return null;
  }
}
