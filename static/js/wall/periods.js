/** What a wall calls its range, and the period before it. */

import { lang, t } from '../i18n.js';
import { dayText } from '../time.js';

/** @typedef {import('../time.js').Range} Range */

/** @param {Range} range */
export function rangeText({ preset, from, to }) {
  if (preset === '1') return t('今日');
  if (preset !== 'own') return t('近 {n} 日', { n: preset });
  return daysText({ from, to });
}

/** @param {{from: string, to: string}} days */
export function daysText({ from, to }) {
  const last = dayText(to, lang());
  return from === to ? last : `${dayText(from, lang(), to)}–${last}`;
}

/** Other days beside those of a range, with their year where it is another one. @param {{from: string, to: string}} days @param {{to: string}} range */
export function otherDaysText({ from, to }, range) {
  const first = dayText(from, lang(), range.to);
  return from === to ? first : `${first}–${dayText(to, lang(), from)}`;
}

/** @param {Range} range */
export function beforeText({ preset }) {
  return preset === '1' ? t('对比昨日同期') : t('对比前一时段');
}

/** The word before a number of the period before. @param {Range} range */
export const beforeWord = ({ preset }) => (preset === '1' ? t('昨') : t('前'));
