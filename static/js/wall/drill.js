/** A drill: what is stored of a past day happens again before the wall, at any speed. It only ever asks. */

import { instantOf, localOf } from '../zoned.js';
import * as wallApi from './api.js';
import { makeDrillClock, SPEEDS } from './drill-clock.js';

/** @typedef {import('./address.js').Drill} Drill */
/** @typedef {import('../elements/wall-drill.js').WallDrill} Strip */

const STEP_MS = 250;
/** What will happen in so much time of the wall is asked for ahead. */
const AHEAD_MS = 20_000;
/** What changes without an event, as a limit that is passed, is asked for so often. */
const AGAIN_MS = 5_000;
/** A jump by keys, in time of the drill. */
const JUMP_MS = 600_000;

/**
 * @param {Drill} first @param {string} zone @param {Strip} strip
 * @param {{within: () => string, real: (machine: number) => number, happened: (event: any) => void, again: () => unknown, keep: (drill: Drill) => void, leave: () => void}} wall
 */
export function makeDrill(first, zone, strip, wall) {
  const clock = makeDrillClock(Date.parse(instantOf(first.at, zone)), first.speed, Date.now(), wall.real);
  const now = () => clock.now(Date.now());
  const iso = (/** @type {number} */ moment) => new Date(moment).toISOString();
  /** @type {{at: string}[]} */
  let coming = [];
  let horizon = now();
  let asking = 0;
  let due = Date.now() + AGAIN_MS;

  async function ask() {
    const until = Math.min(now() + AHEAD_MS * clock.speed(), wall.real(Date.now()));
    if (asking || horizon >= now() + (AHEAD_MS / 2) * clock.speed() || until <= horizon) return;
    const turn = ++asking;
    const answer = await wallApi.panel('replay', { within: wall.within(), since: iso(horizon), moment: iso(until) }).catch(() => null);
    if (turn !== asking) return;
    asking = 0;
    if (!answer) return;
    coming.push(...answer.events);
    horizon = Date.parse(answer.until);
  }

  /** From another moment, or another area, nothing that was to come holds. */
  function anew() {
    [coming, horizon, asking] = [[], now(), 0];
    wall.again();
    ask();
  }

  function kept() {
    wall.keep({ at: localOf(iso(now()), zone), speed: clock.speed() });
    strip.show({ running: clock.running(), speed: clock.speed() });
  }

  const own = {
    now,
    anew,
    /** For how long an answer is as good as new, in time of the drill. @param {number} ms */
    stretched: (ms) => ms * Math.max(1, clock.speed()),
    /** @returns {{at: string, speed: number, running: boolean, coming: number}} how it goes */
    state: () => ({ at: iso(now()), speed: clock.speed(), running: clock.running(), coming: coming.length }),
    toggle() {
      clock.run(!clock.running(), Date.now());
      kept();
    },
    /** Ten minutes on or back. @param {number} by */
    step(by) {
      clock.jump(by * JUMP_MS, Date.now());
      kept();
      anew();
    },
    /** @param {number} by */
    speed(by) {
      const i = SPEEDS.indexOf(clock.speed()) + by;
      if (i >= 0 && i < SPEEDS.length) clock.pace(SPEEDS[i], Date.now());
      kept();
    },
    leave: wall.leave,
  };

  setInterval(() => {
    const moment = now();
    while (coming.length && Date.parse(coming[0].at) <= moment) wall.happened(coming.shift());
    ask();
    if (clock.running() && Date.now() >= due) {
      due = Date.now() + AGAIN_MS;
      wall.again();
    }
  }, STEP_MS);
  strip.hidden = false;
  strip.led({ toggle: own.toggle, step: own.step, speed: own.speed, leave: own.leave });
  strip.show({ running: true, speed: clock.speed() });
  return own;
}
