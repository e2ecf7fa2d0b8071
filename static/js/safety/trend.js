/** Twelve months of a region's index as a line in its interval; what is published is a full dot. */

import { s } from '../dom.js';
import { t } from '../i18n.js';
import { monthText, shortMonth } from './months.js';

/** @typedef {import('./api.js').Month} Month */

const HEIGHT = 150;
const LEFT = 26;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 38;
const LEAST_WIDTH = 280;

/**
 * The whole tens between which everything lies.
 * @param {{low: number|null, high: number|null}[]} months
 */
export function bounds(months) {
  const lows = months.flatMap(({ low }) => (low === null ? [] : [low]));
  const highs = months.flatMap(({ high }) => (high === null ? [] : [high]));
  if (!lows.length) return { low: 0, high: 100 };
  const low = Math.max(0, Math.floor(Math.min(...lows) / 10) * 10);
  return { low, high: Math.min(100, Math.max(low + 20, Math.ceil(Math.max(...highs) / 10) * 10)) };
}

/** Runs of months in a row that have an index. @param {Month[]} months @returns {number[][]} */
export function unbroken(months) {
  /** @type {number[][]} */
  const found = [];
  months.forEach(({ index }, i) => {
    if (index === null) return;
    if (i > 0 && months[i - 1].index !== null) found[found.length - 1].push(i);
    else found.push([i]);
  });
  return found;
}

/**
 * @param {Month[]} months @param {number} dimensions how many there are
 * @param {number} room pixels
 */
export function trendChart(months, dimensions, room) {
  const width = Math.max(LEAST_WIDTH, room);
  const { low, high } = bounds(months);
  const x = (/** @type {number} */ i) => LEFT + 8 + ((width - LEFT - RIGHT - 8) * i) / Math.max(1, months.length - 1);
  const y = (/** @type {number|null} */ points) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - Number(points))) / (high - low);
  const line = (/** @type {[number, number][]} */ places) => places.map((each, n) => `${n ? 'L' : 'M'}${each.map((one) => one.toFixed(1)).join(' ')}`).join('');
  const each = unbroken(months).map((run) => [
    s('path', { class: 'spread', d: `${line([...run.map((i) => /** @type {[number, number]} */ ([x(i), y(months[i].high)])), ...run.toReversed().map((i) => /** @type {[number, number]} */ ([x(i), y(months[i].low)]))])}Z` }),
    s('path', { class: 'line', d: line(run.map((i) => [x(i), y(months[i].index)])) }),
  ]);
  const ticks = [low, (low + high) / 2, high].filter(Number.isInteger);
  return s('svg', { class: 'trend', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': months.map((month) => `${monthText(month.month)} ${month.index ?? t('数据不够')}`).join(t('，')) },
    ticks.map((tick) => [s('line', { class: 'grid', x1: LEFT, x2: width, y1: y(tick), y2: y(tick) }), s('text', { x: LEFT - 6, y: y(tick) + 4, 'text-anchor': 'end' }, tick)]),
    each,
    months.map((month, i) => month.index !== null && s('circle', { class: month.published ? 'dot published' : 'dot', cx: x(i), cy: y(month.index), r: 3 }, s('title', {}, t('{month}：{index}（{low}–{high}）', { month: monthText(month.month), index: month.index, low: Number(month.low), high: Number(month.high) })))),
    months.map((month, i) => s('text', { x: x(i), y: HEIGHT - BOTTOM + 17, 'text-anchor': 'middle' }, shortMonth(month.month))),
    months.map((month, i) => month.present < dimensions && s('text', { class: 'fewer', x: x(i), y: HEIGHT - BOTTOM + 31, 'text-anchor': 'middle' }, `${month.present}/${dimensions}`)));
}
