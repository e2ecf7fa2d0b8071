/**
 * A heatmap whose color means cases per km². MapLibre adds weight × intensity × 0.3989 ×
 * exp(−4.5 (d/r)²) per point: a Gaussian with σ = r/3 that is not normalized. A radius constant in
 * meters and an intensity that normalizes it give the sum a unit, the same at every zoom.
 */

import { pixelsPerKm } from './mercator.js';

/**
 * @typedef {Object} HeatScale
 * @property {number} radius_km three standard deviations of the Gaussian
 * @property {number[]} limits cases per km² and 30 days, lowest first
 */

/** Limits are per this many days, so that one set serves every range. */
const PER_DAYS = 30;

const GAUSS = 0.3989422804;
const MAX_ZOOM = 22;
export const HEAT_TOKENS = Object.freeze(['--seq-1', '--seq-2', '--seq-3', '--seq-4']);

/** Density at the ramp's end: the highest limit, above which all is one class. @param {HeatScale} scale */
const top = (scale) => scale.limits[scale.limits.length - 1] * 1.25;

/**
 * Stepped ramp: transparent under the first limit, then a token per class.
 * @param {HeatScale} scale
 */
function ramp(scale) {
  const steps = scale.limits.slice(0, HEAT_TOKENS.length)
    .flatMap((limit, i) => [limit / top(scale), HEAT_TOKENS[i]]);
  return ['step', ['heatmap-density'], 'rgba(0,0,0,0)', ...steps];
}

/**
 * What a count in a range of days weighs.
 * @param {number} days
 */
export const heatWeight = (days) => PER_DAYS / days;

/**
 * Paint of the field for a latitude.
 * @param {HeatScale} scale @param {number} lat middle of the view @param {number} days of the range
 * @returns {Record<string, unknown>} colors still as tokens
 */
export function heatPaint(scale, lat, days) {
  const start = scale.radius_km * pixelsPerKm(lat, 0);
  return {
    'heatmap-weight': ['*', ['get', 'n'], heatWeight(days)],
    'heatmap-radius': ['interpolate', ['exponential', 2], ['zoom'],
      0, start, MAX_ZOOM, start * 2 ** MAX_ZOOM],
    'heatmap-intensity': 1 / (GAUSS * 2 * Math.PI * (scale.radius_km / 3) ** 2 * top(scale)),
    'heatmap-color': ramp(scale),
    'heatmap-opacity': 0.85,
  };
}

/**
 * The same field in cases per km² on a lattice of pixels, for drawing lines.
 * @param {{x: number, y: number, n: number}[]} points pixels of the lattice's frame
 * @param {{columns: number, rows: number, step: number}} lattice step in pixels
 * @param {number} radiusPx @param {number} pxPerKm
 * @returns {Float64Array} row by row
 */
export function densityField(points, lattice, radiusPx, pxPerKm) {
  const { columns, rows, step } = lattice;
  const field = new Float64Array(columns * rows);
  const sigma = radiusPx / 3;
  const perKm2 = pxPerKm ** 2 / (2 * Math.PI * sigma ** 2);
  for (const { x, y, n } of points) {
    const [c0, c1] = [Math.ceil((x - radiusPx) / step), Math.floor((x + radiusPx) / step)];
    const [r0, r1] = [Math.ceil((y - radiusPx) / step), Math.floor((y + radiusPx) / step)];
    for (let r = Math.max(0, r0); r <= Math.min(rows - 1, r1); r += 1) {
      for (let c = Math.max(0, c0); c <= Math.min(columns - 1, c1); c += 1) {
        const d2 = (c * step - x) ** 2 + (r * step - y) ** 2;
        field[r * columns + c] += n * perKm2 * Math.exp(-d2 / (2 * sigma ** 2));
      }
    }
  }
  return field;
}
