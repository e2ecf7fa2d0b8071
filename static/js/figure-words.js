/** What a card says of the figure that colors an area. */

import { limit, number } from './format.js';
import { pick, t } from './i18n.js';

/** @typedef {{title: string, value: string|null, unit: string, instead: string, more: string}} FigureWords `instead` of a value that there is none of */

/**
 * The number with its unit, what it was counted from, and whether that is too little.
 * @param {import('./api.js').Measure} measure @param {import('./api.js').Figure} figure @param {number} days
 * @returns {FigureWords}
 */
export function figureWords(measure, { rate, count, thin }, days) {
  const few = thin ? t('，{few}，只作参考', { few: pick(measure.hatched) }) : '';
  const title = pick(measure.title);
  if (measure.said) {
    // points, which are whole; a half goes up
    const value = rate === null ? null : number(Math.floor(rate + 0.5));
    return { title, value, unit: '', instead: t('数据不够'), more: t(pick(measure.said), { n: number(count) }) + few };
  }
  return { title, value: rate === null ? null : limit(rate), unit: pick(measure.unit), instead: t('没有户数，不算'), more: t('{days} 日 {n} 起', { days: number(days), n: number(count) }) + few };
}
