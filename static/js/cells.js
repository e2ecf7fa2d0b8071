/** What the server says of a thing, as words on screen. */

import { lang, pick } from './i18n.js';
import { number } from './format.js';
import { momentText } from './time.js';

/** @typedef {import('./api.js').Cell} Cell */

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/**
 * A value's words: a pair by language, a moment in the installation's zone, numbers set apart.
 * @param {Cell|undefined} value @param {string} zone @returns {string}
 */
export function cellText(value, zone) {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'number') return number(value, Number.isInteger(value) ? 0 : 2);
  if (typeof value === 'string') return MOMENT.test(value) ? momentText(value, lang(), zone) : value;
  if (value.some((part) => MOMENT.test(part))) return value.map((part) => cellText(part, zone)).join('\u3000');
  return pick({ zh: value[0], en: value[1] });
}
