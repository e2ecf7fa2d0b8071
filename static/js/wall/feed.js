/** What fills the panels: asked for at once, when something happens in the area, and now and then. */

import * as api from '../api.js';
import * as wallApi from './api.js';

/** @typedef {import('./panel.js').WallPanel} WallPanel */
/** @typedef {'numbers'|'warnings'|'kinds'|'attention'|'whistles'|'latest'} Id */
/**
 * @typedef {Object} Hooks
 * @property {() => import('./address.js').Shown} shown
 * @property {() => import('./panel.js').Setting} setting
 * @property {() => import('../api.js').Params} moment the past moment that a drill asks about
 * @property {(iso: string) => void} heard the server has answered, at its moment
 * @property {(error: api.ApiError) => void} refused
 * @property {(id: Id, answer: any) => void} came
 */

/** However much happens, a panel asks again no sooner than this. */
const AGAIN_MS = 2_000;
const RANGED = Object.freeze(['numbers', 'kinds', 'attention']);

/** Which panels an event concerns. @param {string} kind @returns {Id[]} */
export function panelsOf(kind) {
  if (/^Warning/.test(kind)) return ['warnings', 'attention'];
  if (/Whistle|^Department/.test(kind)) return ['whistles'];
  if (/^Incident(Reported|Moved)/.test(kind)) return ['numbers', 'kinds', 'latest', 'attention'];
  if (/^(Incident|Report|Holder|Clock)/.test(kind)) return ['numbers', 'latest', 'attention'];
  return [];
}

/**
 * @param {Record<Id, WallPanel>} panels @param {Hooks} hooks
 */
export function makeFeed(panels, hooks) {
  const ids = /** @type {Id[]} */ (Object.keys(panels));
  /** @type {Map<Id, {timer: ReturnType<typeof setTimeout>|undefined, asked: number, abort: AbortController}>} */
  const known = new Map(ids.map((id) => [id, { timer: undefined, asked: 0, abort: new AbortController() }]));

  /** @param {Id} id */
  async function ask(id) {
    const one = /** @type {NonNullable<ReturnType<typeof known.get>>} */ (known.get(id));
    clearTimeout(one.timer);
    Object.assign(one, { timer: undefined, asked: Date.now() });
    one.abort.abort();
    one.abort = new AbortController();
    const { signal } = one.abort;
    const { within, range } = hooks.shown();
    const days = RANGED.includes(id) ? { from: range.from, to: range.to } : {};
    try {
      const answer = await wallApi.panel(id, { within, ...days, ...hooks.moment() }, signal);
      if (signal.aborted) return;
      hooks.heard(answer.at);
      panels[id].show(answer, hooks.setting());
      hooks.came(id, answer);
    } catch (error) {
      if (signal.aborted) return;
      hooks.refused(/** @type {api.ApiError} */ (error));
      panels[id].fail(/** @type {Error} */ (error).message, hooks.setting());
    }
  }

  return {
    /** Asks now, for everything or for some. @param {Id[]} [some] */
    now: (some = ids) => Promise.all(some.map(ask)),
    /** Asks soon: at once, or as soon as the panel may ask again. @param {Id[]} some */
    soon(some) {
      for (const id of some) {
        const one = /** @type {NonNullable<ReturnType<typeof known.get>>} */ (known.get(id));
        if (one.timer !== undefined) continue;
        one.timer = setTimeout(() => ask(id), Math.max(0, one.asked + AGAIN_MS - Date.now()));
      }
    },
  };
}
