import assert from 'node:assert/strict';
import test from 'node:test';
import { useLanguage } from '../../static/js/i18n.js';
import { rankText } from '../../static/js/safety/marks.js';
import { addMonths, daysOf, monthsUpTo, monthText, shortMonth } from '../../static/js/safety/months.js';
import { runs } from '../../static/js/safety/radar.js';
import { bounds, unbroken } from '../../static/js/safety/trend.js';

test('months are counted over the turn of a year', () => {
  assert.equal(addMonths('2026-01', -1), '2025-12');
  assert.equal(addMonths('2025-12', 1), '2026-01');
  assert.deepEqual(monthsUpTo('2026-02', 3), ['2026-02', '2026-01', '2025-12']);
  assert.deepEqual(daysOf('2024-02'), { from: '2024-02-01', to: '2024-02-29' });
});

test('a month is said in both languages', () => {
  assert.equal(monthText('2026-05'), '2026年5月');
  assert.equal(shortMonth('2026-01'), '2026');
  useLanguage('en', {});
  assert.equal(monthText('2026-05'), 'May 2026');
  assert.equal(shortMonth('2026-05'), 'May');
  useLanguage('zh', {});
});

test('a radar with all its points is a ring, and breaks where there is no data', () => {
  assert.deepEqual(runs([1, 2, 3]), [[0, 1, 2, 0]]);
  assert.deepEqual(runs([1, null, 3, 4]), [[2, 3, 0]]);
  assert.deepEqual(runs([null, 2, null, 4]), [[3], [1]].reverse());
  assert.deepEqual(runs([null, null]), []);
});

const month = (/** @type {number|null} */ index) => /** @type {any} */ ({ index, low: index && index - 7, high: index && index + 7 });

test('a trend lies between whole tens, and has a gap where a month has no index', () => {
  assert.deepEqual(bounds([month(50), month(61)]), { low: 40, high: 70 });
  assert.deepEqual(bounds([month(95)]), { low: 80, high: 100 });
  assert.deepEqual(bounds([month(null)]), { low: 0, high: 100 });
  assert.deepEqual(unbroken([month(null), month(50), month(51), month(null), month(52)]), [[1, 2], [4]]);
});

test('a rank is a span where intervals overlap', () => {
  assert.equal(rankText([3, 3]), '3');
  assert.equal(rankText([1, 14]), '1–14');
  assert.equal(rankText(null), '—');
});
