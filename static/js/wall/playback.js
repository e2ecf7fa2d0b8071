/** A period as an animation: a frame is shown when it is due and its tiles are there, never half of one. */

import { filmOf, frameOn } from './frames.js';
import { makePace } from './pace.js';

/** @typedef {import('./frames.js').Days} Days */
/** @typedef {import('./address.js').Play} Play */
/** @typedef {{prepare: (days: Days) => void, ready: () => boolean, turn: () => void, draw: () => void, recolor: () => void, remove: () => void}} Pair */

/** So soon it is looked again whether the tiles have come. */
const LOOK_MS = 20;

/**
 * @param {Pair[]} pairs the heat of each map of the screen
 * @param {Days} range @param {Play} first
 * @param {(frame: Days) => void} shows called as a frame comes on
 */
export function makePlayback(pairs, range, first, shows) {
  const film = filmOf(range);
  const last = film.frames.length - 1;
  let { running, fps } = first;
  let at = first.frame ? frameOn(film.frames, first.frame) : 0;
  let next = at;
  let due = performance.now();
  let waited = false;
  let ended = false;
  let asked = true;
  let pace = makePace(fps, due);
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  const after = (/** @type {number} */ i) => (i >= last ? 0 : i + 1);

  /** @param {number} i */
  function prepare(i) {
    next = i;
    for (const pair of pairs) pair.prepare(film.frames[i]);
  }

  function turn() {
    const began = performance.now();
    at = next;
    for (const pair of pairs) pair.turn();
    shows(film.frames[at]);
    prepare(after(at));
    const led = performance.now();
    for (const pair of pairs) pair.draw();
    pace.frame({ script: led - began, draw: performance.now() - led }, waited);
    waited = false;
    due = began + 1_000 / fps;
  }

  /** Shows what is due, once it is there; paused, only what was asked for. @param {boolean} wanted */
  function look(wanted) {
    clearTimeout(timer);
    if (ended) return;
    const now = performance.now();
    const there = pairs.every((pair) => pair.ready());
    if (now >= due && there) {
      turn();
      wanted = false;
      asked = false;
    } else if (now >= due + LOOK_MS) waited = true;
    if (!running && !wanted) return;
    const until = due - performance.now();
    timer = setTimeout(() => look(wanted), Math.max(until, until > 0 ? 0 : LOOK_MS));
  }

  /** @param {number} i */
  function seek(i) {
    prepare(i);
    due = performance.now();
    pace = makePace(fps, due);
    asked = true;
    look(true);
  }

  seek(at);
  return {
    film,
    /** @returns {Play} as the address carries it */
    play: () => ({ frame: film.frames[at].to, running, fps }),
    /** @returns {import('./pace.js').Pace & {at: number, frames: number, days: Days, running: boolean, fps: number, settled: boolean}} how it goes; settled: the frame asked for is shown */
    state: () => ({ ...pace.at(performance.now()), at, frames: film.frames.length, days: film.frames[at], running, fps, settled: !asked }),
    /** Goes on or stands still. @param {boolean} on */
    run(on) {
      running = on;
      due = performance.now() + 1_000 / fps;
      pace = makePace(fps, performance.now());
      look(false);
    },
    /** @param {number} wish frames a second */
    pace(wish) {
      fps = wish;
      this.run(running);
    },
    /** To a frame, standing still. @param {number} i */
    seek(i) {
      running = false;
      seek((i + film.frames.length) % film.frames.length);
    },
    recolor: () => pairs.forEach((pair) => pair.recolor()),
    end() {
      ended = true;
      clearTimeout(timer);
      for (const pair of pairs) pair.remove();
    },
  };
}
