/** The bars of a wall's small charts, as options of the chart library: now as bars, before as strokes. */

import { limit } from '../format.js';

/**
 * @typedef {Object} Series
 * @property {string[]} slots names of the slots, oldest first
 * @property {number[]} now
 * @property {number[]} before
 * @property {number} current the slot that is not over
 */

/** More bars than this cannot be told apart across a room. */
export const MOST_BARS = 53;
/** The scale goes this much beyond its line, so that the line of the scale has its number above. */
const HEADROOM = 1.22;

/**
 * Sums of as many neighboring slots as it takes to have few enough; the last run is whole.
 * @param {Series} series @returns {Series & {size: number}}
 */
export function inRuns({ slots, now, before, current }) {
  const size = Math.ceil(slots.length / MOST_BARS);
  const first = slots.length % size;
  const starts = slots.map((_, i) => i).filter((i) => i === 0 || (i - first) % size === 0);
  const sum = (/** @type {number[]} */ values) => starts.map((start, i) => values.slice(start, starts[i + 1]).reduce((all, each) => all + each, 0));
  return { size, slots: starts.map((start) => slots[start]), now: sum(now), before: sum(before), current: starts.filter((start) => start <= current).length - 1 };
}

/** Steps of a scale that read easily. */
const STEPS = Object.freeze([1, 2, 3, 4, 5, 6, 8, 10]);

/** The lowest easy number that no bar exceeds. @param {number} highest */
export function scaleLine(highest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, highest)));
  return /** @type {number} */ (STEPS.map((step) => step * power).find((each) => each >= highest));
}

/**
 * @param {Series} series @param {number} highest of all charts that stand side by side
 * @param {{bar: string, current: string, before: string, line: string, text: string, surface: string}} colors
 * @param {{font: string, size: number, unit: string, label: (slot: string, i: number) => string, tip: (slot: string, now: number, before: number) => string}} words
 */
export function chartOption(series, highest, colors, words) {
  const { slots, now, before, current } = inRuns(series);
  const line = scaleLine(highest);
  const text = { color: colors.text, fontFamily: words.font, fontSize: words.size };
  return {
    animation: false,
    grid: { left: 0, right: 0, top: words.size * 0.4, bottom: words.size * 1.5 },
    tooltip: {
      renderMode: 'richText', trigger: 'axis', axisPointer: { type: 'none' }, textStyle: { ...text, color: colors.before }, backgroundColor: colors.surface, borderColor: colors.line,
      formatter: (/** @type {{dataIndex: number}[]} */ [{ dataIndex: i }]) => words.tip(slots[i], now[i], before[i]),
    },
    xAxis: {
      type: 'category', data: slots, axisTick: { show: false }, axisLine: { lineStyle: { color: colors.line } },
      axisLabel: { ...text, margin: words.size * 0.35, interval: 0, formatter: words.label, align: 'left', hideOverlap: true },
    },
    yAxis: { type: 'value', show: false, min: 0, max: line * HEADROOM },
    series: [
      {
        type: 'bar', barCategoryGap: '14%', silent: true,
        data: now.map((value, i) => ({ value: i > current ? null : value, itemStyle: { color: i === current ? colors.current : colors.bar } })),
        markLine: {
          silent: true, symbol: 'none', data: [{ yAxis: line }], lineStyle: { color: colors.line, type: 'dashed', width: 1 },
          label: { ...text, position: 'insideEndTop', distance: 1, formatter: `${limit(line)} ${words.unit}` },
        },
      },
      {
        type: 'custom', silent: true, data: before.map((value, i) => [i, value]),
        renderItem: (/** @type {any} */ _, /** @type {any} */ api) => {
          const [x, y] = api.coord([api.value(0), api.value(1)]);
          const width = api.size([1, 0])[0] * 0.94;
          const thick = Math.max(2, words.size / 10);
          return { type: 'rect', shape: { x: x - width / 2, y: y - thick / 2, width, height: thick }, style: { fill: colors.before } };
        },
      },
    ],
  };
}
