import assert from 'node:assert/strict';
import test from 'node:test';
import { useLanguage } from '../../static/js/i18n.js';
import * as echarts from '../../static/vendor/echarts/echarts.esm.min.mjs';
import { rankText } from '../../static/js/safety/marks.js';
import { addMonths, daysOf, monthsUpTo, monthText, shortMonth } from '../../static/js/safety/months.js';
import { corners, radarNumbers, radarOption, radiusFor } from '../../static/js/safety/radar.js';
import { bounds, gradesWithin, monthLabels, trendNumbers, trendOption, unbroken } from '../../static/js/safety/trend.js';

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

const DIMENSIONS = ['矛盾纠纷', '安全隐患', '预警', '及时', '办结', '复发', '满意', '走访覆盖', '网格力量'].map((zh, n) => /** @type {any} */ ({ id: String(n), zh, en: zh }));
const LIMITS = [35, 45, 55, 65];

/** @param {string} path @param {number|null} grade @param {(number|null)[]} points */
const region = (path, grade, points) => /** @type {any} */ ({ path, name: path, grade, dimensions: Object.fromEntries(points.map((each, n) => [n, { points: each, low: each, high: each }])) });

/**
 * A chart as the library draws it, as SVG; a token stands for itself.
 * @param {(room: any) => Record<string, unknown>} option @param {number} width @param {number} height
 */
function drawn(option, width = 352, height = 264) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option({ width, height, size: 11.5, token: (/** @type {string} */ name) => name, measure: (/** @type {string} */ words) => words.length * 11.5 }));
  const svg = chart.renderToSVGString();
  chart.dispose();
  assert.doesNotMatch(svg, /NaN|undefined/);
  return svg;
}

/** The marks of a drawing whose attribute has a value. @param {string} svg @param {string} attribute @param {string} value */
const marks = (svg, attribute, value) => [...svg.matchAll(/<(?:path|polygon) [^>]*>/g)].map(String).filter((each) => each.includes(`${attribute}="${value}"`));

test('a radar closes where all have points, and breaks where there is no data', () => {
  const three = DIMENSIONS.slice(0, 3);
  assert.deepEqual(corners(region('a', 2, [1, 2, 3]), three), [[1, 0], [2, 1], [3, 2], [1, 3]]);
  assert.deepEqual(corners(region('a', 2, [null, 2, 3]), three), [['-', 0], [2, 1], [3, 2], ['-', 3]]);
});

test('a radar draws no corner at 0 for what has no data, and says so beside its dotted axis', () => {
  const whole = drawn(radarOption(region('a', 3, [61, 40, 80, 55, 30, 70, 45, 100, 50]), null, DIMENSIONS));
  const part = drawn(radarOption(region('a', 3, [61, 40, 80, 55, 30, 70, null, 100, 50]), null, DIMENSIONS));
  const own = (/** @type {string} */ svg) => marks(svg, 'stroke-width', '2')[0].match(/ d="([^"]*)"/)?.[1] ?? '';
  assert.equal(own(whole).split('M').length, 2);
  assert.equal(own(part).split('M').length, 3);
  // the center itself, where 0 points lie, is no corner
  assert.doesNotMatch(own(part), /[ML]176 132/);
  assert.equal(marks(part, 'stroke-dasharray', '2,4').length, 1);
  assert.equal(marks(whole, 'stroke-dasharray', '2,4').length, 0);
  assert.equal(part.match(/>没有数据</g)?.length, 1);
  assert.equal([...part.matchAll(/<text /g)].length, 10);
  assert.equal(marks(part, 'fill', '--ix-4').length, 1);
  // around 8 corners, the first drawn twice, lie dots
  assert.equal(marks(part, 'fill', '--text').length, 9);
});

test('the area around is beside a region, and not twice where it is the region', () => {
  const all = [50, 50, 50, 50, 50, 50, 50, 50, 50];
  const dashes = (/** @type {any} */ area) => marks(drawn(radarOption(region('a/b/', 2, all), area, DIMENSIONS)), 'stroke-dasharray', '5,3').length;
  assert.equal(dashes(region('a/', 2, all)), 1);
  assert.equal(dashes(region('a/b/', 2, all)), 0);
  assert.equal(dashes(null), 0);
});

test('a radar leaves room for its labels', () => {
  const measure = (/** @type {string} */ words) => words.length;
  assert.equal(radiusFor([['top'], ['x'.repeat(100)]], { width: 1000, height: 264, measure }), 96);
  // an axis to the right: half the width, less its label and the gap
  assert.equal(radiusFor([['top'], ['x'.repeat(50)], ['down'], ['x']], { width: 200, height: 264, measure }), 42);
  assert.equal(radiusFor([['top'], ['x']], { width: 20, height: 10, measure }), 0);
});

test('the numbers of a radar are a table of the region and the area around', () => {
  const numbers = radarNumbers(region('b', 3, [61, null]), region('a', 2, [50, 40]), DIMENSIONS.slice(0, 2));
  assert.deepEqual(numbers, { head: ['项', 'b', 'a'], rows: [['矛盾纠纷', 61, 50], ['安全隐患', '没有数据', 40]] });
});

const month = (/** @type {number|null} */ index) => /** @type {any} */ ({ index, low: index && index - 7, high: index && index + 7 });

test('a trend lies between whole tens, and has a gap where a month has no index', () => {
  assert.deepEqual(bounds([month(50), month(61)]), { low: 40, high: 70 });
  assert.deepEqual(bounds([month(95)]), { low: 80, high: 100 });
  assert.deepEqual(bounds([month(null)]), { low: 0, high: 100 });
  assert.deepEqual(unbroken([month(null), month(50), month(51), month(null), month(52)]), [[1, 2], [4]]);
});

test('the grades beside a trend are those that lie in its scale', () => {
  assert.deepEqual(gradesWithin(LIMITS, { low: 40, high: 60 }), [{ grade: 1, from: 40, to: 45 }, { grade: 2, from: 45, to: 55 }, { grade: 3, from: 55, to: 60 }]);
  assert.equal(gradesWithin(LIMITS, { low: 0, high: 100 }).length, 5);
});

/** @param {string} name @param {number|null} index @param {number} present @param {boolean} published */
const told = (name, index, present, published) => ({ ...month(index), month: name, present, published: published ? {} : null });
const YEAR = [told('2026-01', 50, 6, true), told('2026-02', 55, 9, true), told('2026-03', null, 3, false), told('2026-04', 60, 9, false), told('2026-05', null, 3, false), told('2026-06', 57, 9, false), told('2026-07', 62, 9, false)];

test('a trend has an interval and a dot for each month with an index, full where it is published', () => {
  const svg = drawn(trendOption(YEAR, 9, LIMITS), 352, 154);
  // two runs of two months, and one that stands alone
  assert.equal(marks(svg, 'fill', '--surface-3').length, 3);
  assert.equal(marks(svg, 'fill', '--text').length, 2);
  assert.equal(marks(svg, 'fill', '--surface').length, 3);
  assert.deepEqual([1, 2, 3, 4, 5].map((n) => marks(svg, 'fill', `--ix-${n}`).length), [0, 1, 1, 1, 1]);
  assert.equal(svg.match(/>6\/9</g)?.length, 1);
  assert.equal(svg.match(/>3\/9</g)?.length, 2);
  assert.match(svg, />2026</);
});

test('where the names of months would touch every second one is said, and how many dimensions there are of each', () => {
  const measure = () => 25;
  assert.deepEqual(monthLabels(YEAR, 9, { width: 400, measure }), ['2026\n6/9', '2月', '3月\n3/9', '4月', '5月\n3/9', '6月', '7月']);
  const few = [told('2025-12', 50, 9, false), told('2026-01', 50, 6, false), told('2026-02', 50, 6, false)];
  assert.deepEqual(monthLabels(few, 9, { width: 100, measure }), ['', '2026\n6/9', '\n6/9']);
});

test('the numbers of a trend are a table of its months', () => {
  const { head, rows } = trendNumbers(YEAR, 9);
  assert.equal(head.length, 5);
  assert.deepEqual(rows.slice(1, 4), [['2026年2月', 55, '48–62', '9/9', '已发布'], ['2026年3月', '数据不够', '', '3/9', '未发布'], ['2026年4月', 60, '53–67', '9/9', '未发布']]);
});

test('a rank is a span where intervals overlap', () => {
  assert.equal(rankText([3, 3]), '3');
  assert.equal(rankText([1, 14]), '1–14');
  assert.equal(rankText(null), '—');
});
