import assert from 'node:assert/strict';
import test from 'node:test';
import { addDays, dayText, daysIn, histogram, isDay, momentText, ownRange, presetRange } from '../../static/js/time.js';

test('days are counted over months, years and leap days', () => {
  assert.equal(addDays('2024-02-28', 1), '2024-02-29');
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
  assert.equal(daysIn({ from: '2026-11-23', to: '2026-11-23' }), 1);
  assert.equal(daysIn({ from: '2023-11-24', to: '2024-11-23' }), 366);
});

test('a preset ends on the last day with data', () => {
  assert.deepEqual(presetRange('30', '2026-11-23'), { preset: '30', from: '2026-10-25', to: '2026-11-23' });
});

test('the ends of an own range are put in order', () => {
  assert.deepEqual(ownRange('2026-03-02', '2026-01-01'), { preset: 'own', from: '2026-01-01', to: '2026-03-02' });
});

test('what is no day is refused', () => {
  assert.equal(isDay('2026-02-30'), false);
  assert.equal(isDay('2026-2-3'), false);
  assert.equal(isDay('2024-02-29'), true);
});

test('days and moments read as people write them, in the zone of the installation', () => {
  assert.equal(dayText('2026-06-11', 'zh'), '6月11日');
  assert.equal(dayText('2025-06-11', 'zh', '2026-11-23'), '2025年6月11日');
  assert.equal(dayText('2026-06-11', 'en'), '11 Jun');
  assert.equal(momentText('2026-06-10T23:30:00Z', 'zh', 'Asia/Shanghai'), '6月11日 07:30');
});

test('bars of a histogram hold every count once, the newest run is never short', () => {
  const daily = Array.from({ length: 365 }, (_, i) => [addDays('2025-11-24', i), i]);
  const bars = histogram(/** @type {any} */ (daily), 31);
  assert.ok(bars.length <= 31);
  assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), (364 * 365) / 2);
  assert.equal(bars.at(-1).to, '2026-11-23');
  assert.equal(daysIn(bars.at(-1)), Math.ceil(365 / 31));
  assert.deepEqual(histogram([], 31), []);
});
