/** Nine dimensions around a center, 0 points in the middle and 100 at the rim; what has no data has no corner. */

import { pick, t } from '../i18n.js';

/** @typedef {import('./api.js').Region} Region */
/** @typedef {import('./api.js').Dimension} Dimension */
/** @typedef {import('../elements/index-chart.js').Room} Room */

const FULL = 100;
const USUAL = 50;
const RINGS = Object.freeze([25, USUAL, 75, FULL]);
const MOST_RADIUS_PX = 96;
const LABEL_GAP_PX = 8;
/** Two lines of a label above and below. */
const ABOVE_PX = 34;
const FILL_OPACITY = 0.4;
/** What has no points: a line breaks there. */
const NONE = '-';

/** @param {Region} region @param {Dimension} dimension */
const pointsOf = (region, { id }) => region.dimensions[id]?.points ?? null;

/**
 * A region's points as [points, axis]; after the last axis comes the first once more, so that the
 * line closes, and it breaks where there is no data: nothing is drawn as 0 that was not counted.
 * @param {Region} region @param {Dimension[]} dimensions @returns {(number|string)[][]}
 */
export const corners = (region, dimensions) => [...dimensions, dimensions[0]].map((each, n) => [pointsOf(region, each) ?? NONE, n]);

/**
 * The largest radius that leaves room for every label beside it.
 * @param {string[][]} labels the lines of each, from the top on, clockwise @param {Pick<Room, 'width'|'height'|'measure'>} room
 */
export function radiusFor(labels, { width, height, measure }) {
  const across = labels.map((label, n) => {
    const sine = Math.abs(Math.sin((2 * Math.PI * n) / labels.length));
    const widest = Math.max(...label.map(measure));
    return sine < 0.1 ? Infinity : (width / 2 - LABEL_GAP_PX - widest) / sine;
  });
  return Math.max(0, Math.min(MOST_RADIUS_PX, height / 2 - ABOVE_PX, ...across));
}

/** A line over the axes. @param {(number|string)[][]} data @param {Record<string, unknown>} lineStyle */
const line = (data, lineStyle) => ({ type: 'line', coordinateSystem: 'polar', silent: true, clip: false, showSymbol: false, data, lineStyle: { width: 1, cap: 'round', join: 'round', ...lineStyle } });

/** Rings and axes; those without data are dotted. @param {Region} region @param {Dimension[]} dimensions @param {Room['token']} token */
function ground(region, dimensions, token) {
  const around = (/** @type {number} */ ring) => [...dimensions, dimensions[0]].map((_, n) => [ring, n]);
  return [
    ...RINGS.map((ring) => line(around(ring), ring === USUAL ? { color: token('--line-strong'), type: [3, 3] } : { color: token('--line') })),
    ...dimensions.map((each, n) => line([[0, n], [FULL, n]], { color: token('--line'), type: pointsOf(region, each) === null ? [2, 4] : 'solid' })),
  ];
}

/** The region itself: its corners, and within them the color of its grade. @param {Region} region @param {Dimension[]} dimensions @param {Room['token']} token */
function own(region, dimensions, token) {
  const words = (/** @type {Dimension} */ each) => {
    const { low, high, points } = region.dimensions[each.id];
    const sure = low === high ? '' : `${t('，')}${t('95% 区间 {low}–{high}', { low: Number(low), high: Number(high) })}`;
    return `${pick(each)} ${points}${sure}`;
  };
  return {
    ...line(corners(region, dimensions), { color: token('--text'), width: 2 }),
    silent: false, showSymbol: true, symbol: 'circle', symbolSize: 5.2, itemStyle: { color: token('--text') },
    tooltip: { formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) => words(dimensions[dataIndex % dimensions.length]) },
    ...(region.grade === null ? {} : { areaStyle: { color: token(`--ix-${region.grade + 1}`), opacity: FILL_OPACITY } }),
  };
}

/**
 * A region beside the area around it, on polar axes: the library's own radar draws what is missing as 0.
 * @param {Region} region @param {Region|null} area @param {Dimension[]} dimensions
 * @returns {(room: Room) => Record<string, unknown>}
 */
export const radarOption = (region, area, dimensions) => (room) => {
  const { token, size } = room;
  const labels = dimensions.map((each) => (pointsOf(region, each) === null ? [pick(each), t('没有数据')] : [pick(each)]));
  const text = { color: token('--text-2'), fontFamily: token('--font'), fontSize: size };
  const label = (/** @type {string[]} */ lines) => (lines.length > 1 ? lines.map((each) => `{none|${each}}`).join('\n') : lines[0]);
  return {
    animation: false,
    polar: { center: ['50%', '50%'], radius: radiusFor(labels, room) },
    angleAxis: {
      type: 'value', min: 0, max: dimensions.length, interval: 1, startAngle: 90, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { ...text, margin: LABEL_GAP_PX, rich: { none: { ...text, color: token('--text-3') } }, formatter: (/** @type {number} */ n) => label(labels[n % labels.length]) },
    },
    radiusAxis: { type: 'value', min: 0, max: FULL, show: false },
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, textStyle: { ...text, color: token('--text') }, backgroundColor: token('--surface-3'), borderColor: token('--line-strong') },
    series: [
      ...ground(region, dimensions, token),
      ...(area && area.path !== region.path ? [line(corners(area, dimensions), { color: token('--text-3'), width: 1.4, type: [5, 3] })] : []),
      own(region, dimensions, token),
    ],
  };
};

/**
 * The same as numbers.
 * @param {Region} region @param {Region|null} area @param {Dimension[]} dimensions
 * @returns {import('../elements/index-chart.js').Numbers}
 */
export function radarNumbers(region, area, dimensions) {
  const shown = area && area.path !== region.path ? [region, area] : [region];
  const said = (/** @type {Region} */ one, /** @type {Dimension} */ each) => pointsOf(one, each) ?? t('没有数据');
  return { head: [t('项'), ...shown.map((one) => one.name)], rows: dimensions.map((each) => [pick(each), ...shown.map((one) => said(one, each))]) };
}
