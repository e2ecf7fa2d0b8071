import assert from 'node:assert/strict';
import test from 'node:test';
import { piecesOf, tileShift, toGcj } from '../../static/js/gcj.js';

const tileOf = (/** @type {number} */ lon, /** @type {number} */ lat, /** @type {number} */ z) => {
  const sin = Math.sin((lat * Math.PI) / 180);
  return { x: ((lon + 180) / 360) * 2 ** z, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z };
};
const placeOf = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) => ({
  lon: (x / 2 ** z) * 360 - 180, lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI,
});

test('known places are moved by the known amount', () => {
  const beijing = toGcj(116.391, 39.907);
  assert.ok(Math.abs(beijing.lon - 116.397243) < 1e-5 && Math.abs(beijing.lat - 39.908404) < 1e-5, JSON.stringify(beijing));
  assert.deepEqual(toGcj(2.35, 48.85), { lon: 2.35, lat: 48.85 });
});

test('no corner of a true tile lies more than a pixel off, to zoom 16', () => {
  for (const z of [5, 8, 12, 16]) {
    const { x, y } = tileOf(103.8, 36.05, z);
    const [tx, ty] = [Math.floor(x), Math.floor(y)];
    const { dx, dy } = tileShift(z, tx, ty);
    for (const [cx, cy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const true_ = placeOf(tx + cx, ty + cy, z);
      const { lon, lat } = toGcj(true_.lon, true_.lat);
      const moved = tileOf(lon, lat, z);
      const off = Math.hypot(moved.x - tx - cx - dx, moved.y - ty - cy - dy) * 256;
      assert.ok(off < 0.5, `z${z}: ${off} px`);
    }
  }
});

test('the pieces cover the whole tile without a gap', () => {
  for (const [z, x, y] of [[16, 51660, 25760], [12, 3230, 1610], [5, 25, 12]]) {
    const pieces = piecesOf(z, x, y, 256);
    assert.ok(pieces.length >= 1 && pieces.length <= 4);
    assert.ok(Math.min(...pieces.map((p) => p.left)) <= 0 && Math.min(...pieces.map((p) => p.top)) <= 0);
    assert.ok(Math.max(...pieces.map((p) => p.left)) >= -1 && Math.max(...pieces.map((p) => p.left + 256)) >= 255.5);
    const lefts = [...new Set(pieces.map((p) => p.left))].sort((a, b) => a - b);
    if (lefts.length === 2) assert.equal(lefts[1] - lefts[0], 256);
  }
});
