/**
 * Where a tour stands: it walks from view to view, stops when somebody does something, and gives way
 * to a new red warning until that is answered or its time is up. Pure: every move answers a new walk.
 */

/** @typedef {{name: string, address: string, seconds: number}} View */
/**
 * @typedef {Object} Walk
 * @property {'off'|'walking'|'paused'|'red'} phase
 * @property {number} at which view
 * @property {number} until when the phase ends by itself, in milliseconds
 * @property {string} red id of the warning that interrupts
 */

/** After so long without anybody doing anything a tour goes on. */
export const PAUSE_MS = 120_000;
/** So long a red warning that nobody answers stays in view. */
export const RED_MS = 120_000;
export const SECONDS = Object.freeze({ least: 5, most: 3_600, usual: 30 });

/** @type {Walk} */
export const OFF = Object.freeze({ phase: 'off', at: 0, until: 0, red: '' });

/** To a view. @param {View[]} views @param {number} at @param {number} now @returns {Walk} */
export function walkTo(views, at, now) {
  if (!views.length) return OFF;
  const i = (at + views.length) % views.length;
  return { phase: 'walking', at: i, until: now + views[i].seconds * 1_000, red: '' };
}

/** Somebody does something. @param {Walk} walk @param {number} now @returns {Walk} */
export const touched = (walk, now) => (walk.phase === 'off' ? walk : { ...walk, phase: 'paused', until: now + PAUSE_MS, red: '' });

/** A new red warning; a second one waits until the first has been seen. @param {Walk} walk @param {string} id @param {number} now @returns {Walk} */
export const reddened = (walk, id, now) => (walk.phase === 'off' || walk.phase === 'red' ? walk : { ...walk, phase: 'red', until: now + RED_MS, red: id });

/** A warning was answered or closed. @param {Walk} walk @param {string} id @param {number} now @returns {Walk} */
export const answered = (walk, id, now) => (walk.phase === 'red' && walk.red === id ? { ...walk, until: now } : walk);

/**
 * Time passes.
 * @param {Walk} walk @param {View[]} views @param {number} now
 * @returns {Walk} another one where a view has come
 */
export function passed(walk, views, now) {
  if (walk.phase === 'off' || now < walk.until) return walk;
  // what was interrupted is shown once more, from its beginning
  return walkTo(views, walk.phase === 'walking' ? walk.at + 1 : walk.at, now);
}

/** A list with one item at another place. @template T @param {T[]} list @param {number} from @param {number} to @returns {T[]} */
export function moved(list, from, to) {
  const rest = list.filter((_, i) => i !== from);
  const place = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, place), list[from], ...rest.slice(place)];
}

/** Seconds that a view may take. @param {unknown} given */
export const secondsOf = (given) => Math.max(SECONDS.least, Math.min(SECONDS.most, Math.round(Number(given)) || SECONDS.usual));
