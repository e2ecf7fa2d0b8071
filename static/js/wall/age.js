/** How old what is shown is, and when a wall must say that it stands still. */

/** Without any word from the server for this long, the picture is old. */
export const STALE_AFTER_MS = 12_000;
/** A panel whose own answer is this old says so. */
export const PANEL_LATE_MS = 90_000;

/**
 * @typedef {Object} Heard what the wall knows of its server, by this machine's clock
 * @property {number} at when the last word came
 * @property {boolean} gone whether the session or the link has ended
 */
/** @typedef {'live'|'stale'|'dark'} Condition */

/** @param {Heard} heard @param {number} now @returns {Condition} */
export function conditionOf({ at, gone }, now) {
  if (gone) return 'dark';
  return now - at > STALE_AFTER_MS ? 'stale' : 'live';
}

/**
 * The server's clock, kept by the moments that its answers carry: this machine's may be wrong.
 * @returns {{hear(iso: string, now: number): void, now(machine: number): number}}
 */
export function makeServerClock() {
  let offset = 0;
  return {
    hear(iso, now) {
      const moment = Date.parse(iso);
      if (!Number.isNaN(moment)) offset = moment - now;
    },
    now: (machine) => machine + offset,
  };
}
