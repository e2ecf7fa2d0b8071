/** A period as the frames of an animation: windows of whole local days, each a step later than the one before. */

import { addDays, daysIn } from '../time.js';

/** @typedef {{from: string, to: string}} Days */

/** Shorter periods would be one picture or two: the animation then begins earlier. */
const FEWEST_DAYS = 7;
/**
 * By the length of a period: how many days a frame goes on, and how many it shows. A window longer
 * than its step has neighbors that share most of their cases, so that what moves can be followed.
 */
const RULES = Object.freeze([
  { from: 180, step: 7, window: 28 },
  { from: 28, step: 1, window: 7 },
  { from: 0, step: 1, window: 1 },
]);

/** @typedef {{step: number, window: number, frames: Days[]}} Film */

/**
 * The frames of a range; the last one ends with it, and all are equally long.
 * @param {Days} range @returns {Film}
 */
export function filmOf(range) {
  const days = Math.max(FEWEST_DAYS, daysIn(range));
  const { step, window } = /** @type {typeof RULES[number]} */ (RULES.find(({ from }) => days >= from));
  const count = Math.floor((days - window) / step) + 1;
  const frames = Array.from({ length: count }, (_, i) => {
    const to = addDays(range.to, (i + 1 - count) * step);
    return { from: addDays(to, 1 - window), to };
  });
  return { step, window, frames };
}

/** Which frame ends on a day; the nearest one where none does. @param {Days[]} frames @param {string} day */
export function frameOn(frames, day) {
  const after = frames.findIndex(({ to }) => to >= day);
  return after < 0 ? frames.length - 1 : after;
}
