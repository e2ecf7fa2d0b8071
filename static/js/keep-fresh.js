/** A page that shows what is: it asks again as things happen, and now and then where nothing is heard. */

import { follow } from './live.js';
import { sparing } from './sparing.js';

/** @typedef {import('./live.js').Happened} Happened */

export const NO_OFTENER_MS = 2_000;
const LOOK_EVERY_MS = 20_000;
/** What no event tells of (a limit that runs out, a right) still comes in time. */
const LIVE_LOOKS = 3;

/**
 * Keeps a page fresh.
 * @param {() => unknown} refresh asks again for what is shown; says itself where that fails
 * @param {{concerns?: (event: Happened) => boolean, onState?: (state: import('./live.js').State) => void, noOftenerMs?: number, delayMs?: number}} [how]
 * @returns {{stop: () => void}}
 */
export function keepFresh(refresh, { concerns = () => true, onState = () => {}, noOftenerMs = NO_OFTENER_MS, delayMs = 0 } = {}) {
  const soon = sparing(refresh, noOftenerMs, delayMs);
  let live = false;
  let stale = false;
  let looks = 0;
  const again = () => {
    // a page that nobody looks at waits until somebody does
    if (document.hidden) stale = true;
    else soon();
  };
  const following = follow('', {
    onEvent: (event) => concerns(event) && again(),
    onState: (state) => {
      live = state.live;
      if (state.why === 'reset' || state.why === 'gone') again();
      onState(state);
    },
  });
  const seen = () => {
    if (document.hidden || !stale) return;
    stale = false;
    soon();
  };
  const timer = setInterval(() => {
    looks += 1;
    if (!live || looks % LIVE_LOOKS === 0) again();
  }, LOOK_EVERY_MS);
  document.addEventListener('visibilitychange', seen);
  return {
    stop() {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
      following.stop();
    },
  };
}
