/** The clock of a drill: it starts at a past moment, runs as fast as is wished, and never overtakes the real one. */

/** How many times faster than life. */
export const SPEEDS = Object.freeze([1, 10, 60, 300, 900]);

/**
 * @param {number} start milliseconds since 1970 @param {number} speed @param {number} machine this machine's clock
 * @param {(machine: number) => number} real the moment that it is by the server
 */
export function makeDrillClock(start, speed, machine, real) {
  let [at, began, running] = [start, machine, true];
  const now = (/** @type {number} */ m) => Math.min(running ? at + (m - began) * speed : at, real(m));
  /** @param {number} m @param {() => void} change */
  const from = (m, change) => {
    at = now(m);
    began = m;
    change();
  };
  return {
    now,
    running: () => running,
    speed: () => speed,
    /** @param {boolean} on @param {number} m */
    run: (on, m) => from(m, () => { running = on; }),
    /** @param {number} wish @param {number} m */
    pace: (wish, m) => from(m, () => { speed = wish; }),
    /** @param {number} by milliseconds @param {number} m */
    jump: (by, m) => from(m, () => { at += by; }),
  };
}
