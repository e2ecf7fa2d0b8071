/** The period that a wall's days are compared with. */

import { addDays, daysIn } from '../time.js';

/** @typedef {import('./frames.js').Days} Days */
/** @typedef {import('./address.js').Versus} Versus */

/** The same day of the year before; 29 February has none, and is the day before. @param {string} day */
function yearBefore(day) {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, '0');
  return day.endsWith('-02-29') ? `${year}-02-28` : `${year}${day.slice(4)}`;
}

/**
 * The days of the other period.
 * @param {Versus} versus @param {Days} range @returns {Days}
 */
export function daysOfVersus({ to, days }, range) {
  if (to === 'own' && days) return days;
  if (to === 'year') return { from: yearBefore(range.from), to: yearBefore(range.to) };
  return { from: addDays(range.from, -daysIn(range)), to: addDays(range.from, -1) };
}

/** What the key asks for next: the difference, both periods side by side, neither. @param {Versus|null} versus @returns {Versus|null} */
export function afterVersus(versus) {
  if (!versus) return { how: 'difference', to: 'before', days: null };
  return versus.how === 'difference' ? { ...versus, how: 'side' } : null;
}
