/** What people do before a wall: keys, clicks on the map and on rows. */

import { upTo } from './address.js';
import { actionOf } from './keys.js';
import { stepTo } from './steps.js';

/** Keys that lead a tour do not stop it. */
const OF_TOUR = Object.freeze(['tour', 'views', 'full', 'sound']);

/** @param {Event} event @param {string} part */
const within = ({ target }, part) => target instanceof Element && target.closest(part) !== null;
/** @param {Event} event */
const inDialog = (event) => within(event, 'dialog');

/**
 * @param {import('./screen-map.js').ScreenMap} main
 * @param {{acts: Record<string, () => unknown>, range: (days: string) => unknown, into: (path: string) => unknown, below: () => import('./api.js').Below[], level: () => number, touched: () => unknown}} wall
 *   `level`: how deep the area lies that is shown; `touched`: somebody does something
 * @returns {{chosen: () => string, clear: () => void}} what the keys have chosen
 */
export function operate(main, { acts, range, into, below, level, touched }) {
  let chosen = '';
  addEventListener('keydown', (event) => {
    const action = inDialog(event) ? '' : actionOf(event);
    if (!action) return;
    event.preventDefault();
    if (!OF_TOUR.includes(action)) touched();
    const [what, days] = action.split('-');
    if (what === 'range') range(days);
    else if (['left', 'right', 'up', 'down'].includes(action)) {
      chosen = stepTo(below(), chosen, /** @type {import('./steps.js').Direction} */ (action));
      main.choose(chosen);
    } else acts[action]?.();
  });
  main.map.on('click', ({ point }) => {
    const path = main.pathAt(point);
    if (path) into(upTo(path, level() + 1));
  });
  document.addEventListener('click', (event) => {
    const row = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest('.rows li[data-path]'));
    if (row) into(/** @type {string} */ (row.dataset.path));
  });
  // a wall that is touched has no keys: those of the list stand for them
  document.getElementById('keys')?.addEventListener('click', ({ target }) => {
    const key = target instanceof HTMLElement ? target.closest('kbd') : null;
    if (key) dispatchEvent(new KeyboardEvent('keydown', { key: key.dataset.key ?? key.textContent ?? '' }));
  });
  document.addEventListener('pointerdown', (event) => {
    if (!inDialog(event) && !within(event, 'wall-tour')) touched();
  });
  return { chosen: () => chosen, clear: () => { chosen = ''; } };
}
