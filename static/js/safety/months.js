/** Months as text YYYY-MM, and how they are said. */

import { lang } from '../i18n.js';

/** The month `n` later. @param {string} month @param {number} n */
export function addMonths(month, n) {
  const [year, one] = month.split('-').map(Number);
  const all = year * 12 + one - 1 + n;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, '0')}`;
}

/** The last `count` months up to one, the newest first. @param {string} last @param {number} count */
export const monthsUpTo = (last, count) => Array.from({ length: count }, (_, n) => addMonths(last, -n));

/** The days of a month. @param {string} month */
export function daysOf(month) {
  const [year, one] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, one, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${last}` };
}

/** 2026年5月; May 2026. @param {string} month */
export function monthText(month) {
  const [year, one] = month.split('-').map(Number);
  if (lang() === 'zh') return `${year}年${one}月`;
  return new Date(Date.UTC(year, one - 1)).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** 5月, January with its year; May. @param {string} month */
export function shortMonth(month) {
  const [year, one] = month.split('-').map(Number);
  if (lang() === 'zh') return one === 1 ? `${year}` : `${one}月`;
  return one === 1 ? String(year) : new Date(Date.UTC(year, one - 1)).toLocaleDateString('en-GB', { month: 'short', timeZone: 'UTC' });
}
