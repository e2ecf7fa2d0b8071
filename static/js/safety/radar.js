/** Nine dimensions around a center, 0 points in the middle and 100 at the rim; what has no data has no corner. */

import { s } from '../dom.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('./api.js').Region} Region */
/** @typedef {import('./api.js').Dimension} Dimension */

const RADIUS = 96;
const WIDTH = 340;
const HEIGHT = 256;
const RINGS = Object.freeze([25, 50, 75, 100]);
const LABEL_AT = RADIUS + 14;

/** Where `points` lie on the n-th of `count` axes, the first one upward. @param {number} n @param {number} count @param {number} radius */
function at(n, count, radius) {
  const angle = (2 * Math.PI * n) / count - Math.PI / 2;
  return [Math.cos(angle) * radius, Math.sin(angle) * radius].map((each) => Math.round(each * 100) / 100);
}

/**
 * The runs of neighboring axes that have points: a closed ring where all have, else open lines.
 * @param {(number|null)[]} points @returns {number[][]} numbers of axes
 */
export function runs(points) {
  const count = points.length;
  const gap = points.findIndex((each) => each === null);
  if (gap < 0) return [[...points.keys(), 0]];
  /** @type {number[][]} */
  const found = [];
  let run = [];
  for (let k = 1; k <= count; k += 1) {
    const n = (gap + k) % count;
    if (points[n] === null) {
      if (run.length) found.push(run);
      run = [];
    } else run.push(n);
  }
  return found;
}

/** @param {Region} region @param {Dimension[]} dimensions @param {string} kind */
function shape(region, dimensions, kind) {
  const points = dimensions.map(({ id }) => region.dimensions[id]?.points ?? null);
  const place = (/** @type {number} */ n) => at(n, points.length, (RADIUS * (points[n] ?? 0)) / 100);
  const lines = runs(points).map((run) => s('path', { class: `line ${kind}`, d: run.map((n, k) => `${k ? 'L' : 'M'}${place(n).join(' ')}`).join('') }));
  const dots = kind === 'own' ? points.map((each, n) => (each === null ? null : s('circle', { class: 'dot', cx: place(n)[0], cy: place(n)[1], r: 2.6 }))) : [];
  return [...lines, ...dots];
}

/** @param {Dimension} dimension @param {number} n @param {number} count @param {boolean} missing */
function label(dimension, n, count, missing) {
  const [x, y] = at(n, count, LABEL_AT);
  const anchor = Math.abs(x) < 12 ? 'middle' : x > 0 ? 'start' : 'end';
  return s('text', { x, y: y + 4, 'text-anchor': anchor, class: missing ? 'missing' : null }, pick(dimension), missing && s('tspan', { x, dy: 13 }, t('没有数据')));
}

/**
 * A region beside the area around it.
 * @param {Region} region @param {Region|null} area @param {Dimension[]} dimensions
 */
export function radar(region, area, dimensions) {
  const count = dimensions.length;
  const missing = (/** @type {Dimension} */ { id }) => (region.dimensions[id]?.points ?? null) === null;
  const words = dimensions.map((each) => `${pick(each)} ${missing(each) ? t('没有数据') : region.dimensions[each.id].points}`).join(t('，'));
  return s('svg', { class: 'radar', viewBox: `${-WIDTH / 2} ${-HEIGHT / 2 + 2} ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': words },
    RINGS.map((ring) => s('path', { class: ring === 50 ? 'ring usual' : 'ring', d: `${dimensions.map((_, n) => `${n ? 'L' : 'M'}${at(n, count, (RADIUS * ring) / 100).join(' ')}`).join('')}Z` })),
    dimensions.map((each, n) => s('line', { class: missing(each) ? 'axis missing' : 'axis', x1: 0, y1: 0, x2: at(n, count, RADIUS)[0], y2: at(n, count, RADIUS)[1] })),
    area && area.path !== region.path && shape(area, dimensions, 'area'), shape(region, dimensions, 'own'),
    dimensions.map((each, n) => label(each, n, count, missing(each))));
}
