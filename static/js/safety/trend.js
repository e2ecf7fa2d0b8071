/** Twelve months of a region's index as a line in its interval; what is published is a full dot. */

import { t } from '../i18n.js';
import { monthText, shortMonth } from './months.js';

/** @typedef {import('./api.js').Month} Month */
/** @typedef {import('../elements/index-chart.js').Room} Room */
/** @typedef {{name: number, value: (axis: number) => number, coord: (at: [number, number]) => [number, number]}} Drawn what the library hands to a drawing of one's own */

const PLOT = Object.freeze({ left: 46, right: 14, top: 10, bottom: 38 });
const LABEL_GAP_PX = 3;
/** The colors of the grades beside the axis, px. */
const STRIP = Object.freeze({ left: 27, right: 32 });
const DOT_PX = 7;
/** An interval of a month that stands alone, px. */
const ALONE_PX = 5;

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
 * The grades that lie between two points, the worst first, each from where to where.
 * @param {number[]} limits between the grades @param {{low: number, high: number}} within
 */
export const gradesWithin = (limits, { low, high }) => [0, ...limits].map((from, grade) => ({ grade, from: Math.max(low, from), to: Math.min(high, limits[grade] ?? 100) })).filter(({ from, to }) => from < to);

/**
 * What stands below each month: its name – of every second one, and of January, where all would touch –,
 * and how many dimensions it has where these are not all.
 * @param {Month[]} months @param {number} dimensions @param {Pick<Room, 'width'|'measure'>} room
 */
export function monthLabels(months, dimensions, { width, measure }) {
  const names = months.map(({ month }) => shortMonth(month));
  const step = (width - PLOT.left - PLOT.right) / Math.max(1, months.length - 1);
  const every = Math.max(...names.map(measure)) + LABEL_GAP_PX > step ? 2 : 1;
  const first = Math.max(0, months.findIndex(({ month }) => month.endsWith('-01')));
  return months.map(({ present }, i) => `${(i - first) % every ? '' : names[i]}${present < dimensions ? `\n${present}/${dimensions}` : ''}`);
}

/** What is said of a month, where a pointer rests. @param {Month} month */
function monthWords({ month, index, low, high, published }) {
  if (index === null) return `${monthText(month)} ${t('数据不够')}`;
  return `${t('{month}：{index}（{low}–{high}）', { month: monthText(month), index, low: Number(low), high: Number(high) })}${t('，')}${published ? t('已发布') : t('未发布')}`;
}

/** The interval of each run of months as one area. @param {Month[]} months @param {string} fill */
function spread(months, fill) {
  const found = unbroken(months);
  return {
    type: 'custom', silent: true, data: found.map((_, n) => n), z: 1,
    renderItem: (/** @type {{dataIndex: number}} */ { dataIndex }, /** @type {Drawn} */ { coord }) => {
      const run = found[dataIndex];
      const side = (/** @type {'low'|'high'} */ end) => run.map((i) => coord([i, Number(months[i][end])]));
      const [highs, lows] = [side('high'), side('low')];
      if (run.length > 1) return { type: 'polygon', shape: { points: [...highs, ...lows.toReversed()] }, style: { fill } };
      const [[x, top], [, foot]] = [highs[0], lows[0]];
      return { type: 'rect', shape: { x: x - ALONE_PX / 2, y: top, width: ALONE_PX, height: foot - top }, style: { fill } };
    },
  };
}

/** The colors of the grades along the axis. @param {number[]} limits @param {{low: number, high: number}} within @param {Room['token']} token */
const strip = (limits, within, token) => ({
  silent: true,
  data: gradesWithin(limits, within).map(({ grade, from, to }) => [{ yAxis: from, x: STRIP.left, itemStyle: { color: token(`--ix-${grade + 1}`) } }, { yAxis: to, x: STRIP.right }]),
});

/**
 * @param {Month[]} months @param {number} dimensions how many there are @param {number[]} limits between the grades
 * @returns {(room: Room) => Record<string, unknown>}
 */
export const trendOption = (months, dimensions, limits) => (room) => {
  const { token, size } = room;
  const within = bounds(months);
  const text = { color: token('--text-3'), fontFamily: token('--font'), fontSize: size };
  const [ink, ground] = [token('--text'), token('--surface')];
  return {
    animation: false,
    grid: PLOT,
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: 'line', lineStyle: { color: token('--line-strong') } }, textStyle: { ...text, color: ink }, backgroundColor: token('--surface-3'), borderColor: token('--line-strong'),
      formatter: (/** @type {{dataIndex: number}[]} */ [{ dataIndex }]) => monthWords(months[dataIndex]),
    },
    xAxis: { type: 'category', boundaryGap: false, data: monthLabels(months, dimensions, room), axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...text, interval: 0, lineHeight: 14 } },
    yAxis: { type: 'value', min: within.low, max: within.high, interval: (within.high - within.low) / 2, axisLabel: { ...text, margin: PLOT.left - STRIP.left + 4, showMinLabel: true, showMaxLabel: true }, splitLine: { lineStyle: { color: token('--line') } } },
    series: [
      spread(months, token('--surface-3')),
      {
        type: 'line', z: 2, symbol: 'circle', symbolSize: DOT_PX, showAllSymbol: true, lineStyle: { color: ink, width: 1.8, join: 'round' }, markArea: strip(limits, within, token),
        data: months.map(({ index, published }) => ({ value: index ?? '-', itemStyle: { color: published ? ink : ground, borderColor: ink, borderWidth: 1.5 } })),
      },
    ],
  };
};

/** The same as numbers. @param {Month[]} months @param {number} dimensions @returns {import('../elements/index-chart.js').Numbers} */
export const trendNumbers = (months, dimensions) => ({
  head: [t('月份'), t('指数'), t('95% 区间'), t('有数据的项'), t('发布')],
  rows: months.map(({ month, index, low, high, present, published }) => [monthText(month), index ?? t('数据不够'), index === null ? '' : `${low}–${high}`, `${present}/${dimensions}`, published ? t('已发布') : t('未发布')]),
});
