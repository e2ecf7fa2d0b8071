import assert from 'node:assert/strict';
import test from 'node:test';
import { densityField, heatPaint, heatWeight } from '../../static/js/heat.js';
import { isolines } from '../../static/js/isolines.js';
import { pixelsPerKm } from '../../static/js/mercator.js';

const scale = { radius_km: 2, limits: [1, 4, 10, 25] };

/** What MapLibre's shader adds up for a point at a distance in pixels. */
const shader = (/** @type {number} */ d, /** @type {number} */ r, /** @type {number} */ k) => (d < r ? k * 0.3989422804 * Math.exp(-4.5 * (d / r) ** 2) : 0);

test('a regular field of 25 cases per km² has that density at every zoom', () => {
  const k = /** @type {number} */ (heatPaint(scale, 35, 30)['heatmap-intensity']);
  const end = 25 * 1.25;
  for (const zoom of [9, 11, 13]) {
    const px = pixelsPerKm(35, zoom);
    let sum = 0;
    for (let x = -4; x <= 4; x += 0.2) for (let y = -4; y <= 4; y += 0.2) sum += shader(Math.hypot(x, y) * px, 2 * px, k);
    assert.ok(Math.abs(sum * end - 25) < 25 * 0.025, `z${zoom}: ${sum * end}`);
  }
});

test('the ramp steps at the limits of the legend', () => {
  const [step, , clear, ...rest] = /** @type {any[]} */ (heatPaint(scale, 35, 30)['heatmap-color']);
  assert.equal(step, 'step');
  assert.equal(clear, 'rgba(0,0,0,0)');
  assert.deepEqual(rest.filter((_, i) => i % 2 === 0).map((at) => Math.round(at * 25 * 1.25 * 100) / 100), scale.limits);
});

test('counts of a year weigh as much as those of thirty days', () => {
  assert.equal(365 * heatWeight(365), 30 * heatWeight(30));
});

test('the lattice holds the same density', () => {
  const px = 20;
  const points = [];
  for (let x = 0; x < 400; x += 10) for (let y = 0; y < 400; y += 10) points.push({ x, y, n: 1 });
  const field = densityField(points, { columns: 67, rows: 67, step: 6 }, 60, px);
  const middle = field[33 * 67 + 33];
  assert.ok(Math.abs(middle - 4) < 0.1, `4 per km², got ${middle}`);
});

test('the line of a level around one hill is one closed ring at the right distance', () => {
  const n = 41;
  const field = Float64Array.from({ length: n * n }, (_, i) => 100 - Math.hypot((i % n) - 20, Math.floor(i / n) - 20));
  const lines = isolines(field, n, n, 90);
  assert.equal(lines.length, 1);
  assert.deepEqual(lines[0][0], lines[0].at(-1));
  for (const [x, y] of lines[0]) assert.ok(Math.abs(Math.hypot(x - 20, y - 20) - 10) < 0.05);
});

test('a level that no value reaches has no line, and a slope has one open line', () => {
  const slope = Float64Array.from({ length: 100 }, (_, i) => i % 10);
  assert.deepEqual(isolines(slope, 10, 10, 99), []);
  const [line, ...rest] = isolines(slope, 10, 10, 4.5);
  assert.equal(rest.length, 0);
  assert.equal(line.length, 10);
  assert.ok(line.every(([x]) => x === 4.5));
});
