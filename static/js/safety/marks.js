/** How an index is drawn: five bars with the number, and its interval on a line from 0 to 100. */

import { h, s } from '../dom.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('./api.js').Region} Region */
/** @typedef {import('./api.js').Formula} Formula */

const BARS = 5;

/** Five bars, as many filled as the grade is good. @param {number|null} grade 0 to 4 */
export const bars = (grade) => s('svg', { class: `ix-bars${grade === null ? '' : ` ix-${grade + 1}`}`, viewBox: '0 0 26 14', 'aria-hidden': 'true' },
  Array.from({ length: BARS }, (_, n) => s('rect', { class: grade !== null && n <= grade ? 'on' : 'off', x: n * 5.5, y: 0, width: 4, height: 14 })));

/** The bars with the number; without an index that is said. @param {Region} region */
export function indexMark({ index, grade }) {
  if (index === null) return h('span', { class: 'ix none' }, t('数据不够'));
  return h('span', { class: 'ix' }, bars(grade), h('b', {}, index));
}

/** The word of a grade. @param {Region} region @param {Formula} formula */
export const gradeWord = ({ grade }, formula) => (grade === null ? '' : pick(formula.grades[grade]));

/** 61–64, the 95 % interval. @param {{low: number|null, high: number|null}} of */
export const intervalText = ({ low, high }) => (low === null || high === null ? '' : `${low}–${high}`);

/** Where the index and its interval lie between 0 and 100. @param {Region} region */
export function intervalMark({ index, low, high }) {
  const line = s('line', { class: 'track', x1: 0, x2: 100, y1: 6, y2: 6 });
  if (index === null || low === null || high === null) return s('svg', { class: 'ix-range', viewBox: '0 0 100 12', 'aria-hidden': 'true' }, line);
  return s('svg', { class: 'ix-range', viewBox: '0 0 100 12', preserveAspectRatio: 'none', role: 'img', 'aria-label': t('95% 区间 {low}–{high}', { low, high }) },
    line, s('line', { class: 'half', x1: 50, x2: 50, y1: 2, y2: 10 }), s('line', { class: 'range', x1: low, x2: Math.max(high, low + 1), y1: 6, y2: 6 }), s('line', { class: 'at', x1: index, x2: index, y1: 1, y2: 11 }));
}

/** The ranks that an interval allows: 3, or 3–9. @param {[number, number]|null|undefined} rank */
export const rankText = (rank) => (rank ? (rank[0] === rank[1] ? String(rank[0]) : `${rank[0]}–${rank[1]}`) : '—');
