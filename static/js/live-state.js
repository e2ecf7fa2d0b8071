/** What is known of a stream of events: pure, so that it can be tested without a network. */

/** @typedef {''|'connecting'|'reset'|'lost'|'silent'|'gone'} Why */
/**
 * @typedef {Object} Known
 * @property {'connecting'|'live'|'waiting'|'gone'} phase
 * @property {string} last id of the last message: the server catches up from there
 * @property {number|null} heard when anything came last, by this machine's clock
 * @property {number} failures in a row
 * @property {number} again when to connect again, while waiting; when that began, while connecting
 * @property {Why} why
 */
/** @typedef {{live: boolean, since: number|null, why: Why}} Said */

/** The server says every 5 s that it lives; two of these may be lost. */
export const SILENT_AFTER_MS = 12_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** A thousand walls must not come back in one moment after a restart. */
const SPREAD = 0.25;

/** @param {number} now @param {string} [last] @returns {Known} */
export const fresh = (now, last = '') => ({ phase: 'connecting', last, heard: null, failures: 0, again: now, why: 'connecting' });

/**
 * How long to wait after so many failures in a row.
 * @param {number} failures @param {number} random from 0 to 1
 */
export function pauseMs(failures, random) {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return Math.min(LONGEST_PAUSE_MS, pause * (1 + SPREAD * (2 * random - 1)));
}

/**
 * A message came.
 * @param {Known} known @param {{name: string, id: string}} message @param {number} now @returns {Known}
 */
export function hear(known, { name, id }, now) {
  if (known.phase === 'gone') return known;
  if (name === 'gone') return { ...known, phase: 'gone', heard: now, why: 'gone' };
  // without a last id nobody knows what was missed, so the first message means the same as a reset
  const anew = name === 'reset' || known.last === '';
  return { phase: 'live', last: id || known.last, heard: now, failures: 0, again: 0, why: anew ? 'reset' : '' };
}

/**
 * The connection broke, or could not be made.
 * @param {Known} known @param {number} now @param {number} random @param {Why} [why] @returns {Known}
 */
export function lose(known, now, random, why = 'lost') {
  if (known.phase === 'gone' || known.phase === 'waiting') return known;
  const failures = known.failures + 1;
  return { ...known, phase: 'waiting', failures, again: now + pauseMs(failures, random), why };
}

/** @param {Known} known @param {number} now @returns {Known} */
export const connect = (known, now) => ({ ...known, phase: 'connecting', again: now });

/**
 * Time passes: silence is a loss, and a pause ends.
 * @param {Known} known @param {number} now @param {number} random @returns {Known}
 */
export function tick(known, now, random) {
  const since = { live: known.heard ?? 0, connecting: known.again, waiting: now, gone: now }[known.phase];
  if (now - since > SILENT_AFTER_MS) return lose(known, now, random, 'silent');
  if (known.phase === 'waiting' && now >= known.again) return connect(known, now);
  return known;
}

/** What a page is told. @param {Known} known @returns {Said} */
export const said = ({ phase, heard, why }) => (phase === 'live' ? { live: true, since: null, why } : { live: false, since: heard, why });
