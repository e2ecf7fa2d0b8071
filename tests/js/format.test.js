import assert from 'node:assert/strict';
import test from 'node:test';
import { coordinates, distance, limit, number, percent, roundLength } from '../../static/js/format.js';

test('thousands are set apart by thin spaces from four digits', () => {
  assert.equal(number(999), '999');
  assert.equal(number(6199), '6\u2009199');
  assert.equal(number(1234567), '1\u2009234\u2009567');
  assert.equal(number(-3), '\u22123');
  assert.equal(number(-0.04, 1), '0.0');
});

test('limits carry no needless zeros', () => {
  assert.deepEqual([0, 3, 0.25, 2.5, 14.2].map(limit), ['0', '3', '0.25', '2.5', '14']);
});

test('meters below a kilometer, kilometers above', () => {
  assert.equal(distance(315.4, 'zh'), '315 米');
  assert.equal(distance(2440, 'zh'), '2.4 公里');
  assert.equal(distance(2440, 'en'), '2.4 km');
});

test('shares and coordinates', () => {
  assert.equal(percent(0.8123), '81.2 %');
  assert.equal(coordinates(104.61221, 35.41869), '35.4187° N\u3000104.6122° E');
});

test('a scale bar is 1, 2 or 5 times a power of ten and fits', () => {
  for (const meters of [1, 3, 49, 50, 51, 999, 1000, 1999, 77_000]) {
    const round = roundLength(meters);
    assert.ok(round <= meters && round > meters / 2.51, `${meters} → ${round}`);
    assert.match(String(round), /^[125]0*$/);
  }
});
