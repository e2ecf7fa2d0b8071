import assert from 'node:assert/strict';
import test from 'node:test';
import { figureWords } from '../../static/js/figure-words.js';
import { classOf, fillColor, makeLegend } from '../../static/js/scales.js';

const measure = /** @type {any} */ ({
  id: 'density', palette: ['--seq-0', '--seq-1', '--seq-2', '--seq-3', '--seq-4'], layers: ['grids'],
});

test('legend and paint give each class the same color', () => {
  const legend = makeLegend(measure, [3, 6, 10, 15]);
  const [match, , ...pairs] = /** @type {any[]} */ (fillColor(legend));
  assert.equal(match, 'match');
  legend.steps.forEach((step, i) => {
    assert.equal(pairs[2 * i], step.class);
    assert.equal(pairs[2 * i + 1], step.token);
  });
  assert.deepEqual(legend.steps.map((step) => step.from), [0, 3, 6, 10, 15]);
});

test('a rate lies in the class whose lower limit it has reached', () => {
  const limits = [3, 6, 10, 15];
  assert.deepEqual([0, 2.99, 3, 9.99, 15, 1e9].map((rate) => classOf(rate, limits)), [0, 0, 1, 2, 4, 4]);
});

test('a measure without limits has a class per warning level and hatches nothing', () => {
  const legend = makeLegend({ ...measure, palette: ['--w-blue', '--w-yellow', '--w-orange', '--w-red'] }, null);
  assert.deepEqual(legend.steps.map((step) => step.class), [1, 2, 3, 4]);
  assert.equal(legend.steps[3].token, '--w-red');
  assert.equal(legend.thins, false);
});

test('without a legend nothing is filled', () => {
  assert.equal(fillColor(null), 'rgba(0,0,0,0)');
});

const rated = { ...measure, title: { zh: '事件密度' }, unit: { zh: '起／千户·30日' }, hatched: { zh: '少于 5 起' }, said: null };
const figure = /** @type {any} */ ({ count: 1482, base: 900, rate: 11.4, class: 3, thin: false });

test('a card says how many cases a rate is of, and where they are too few', () => {
  assert.deepEqual(figureWords(rated, figure, 365), { title: '事件密度', value: '11', unit: '起／千户·30日', instead: '没有户数，不算', more: '365 日 1\u2009482 起' });
  assert.equal(figureWords(rated, { ...figure, count: 4, class: null, thin: true }, 30).more, '30 日 4 起，少于 5 起，只作参考');
  assert.equal(figureWords(rated, { ...figure, rate: null }, 30).value, null);
});

test('a card says points whole, how many dimensions they are of, and where they are not sure', () => {
  const index = { ...rated, title: { zh: '平安指数' }, hatched: { zh: '可能差两档' }, said: { zh: '九项里 {n} 项有数据' } };
  const said = figureWords(index, { ...figure, count: 8, rate: 61.5, class: null, thin: true }, 31);
  assert.deepEqual(said, { title: '平安指数', value: '62', unit: '', instead: '数据不够', more: '九项里 8 项有数据，可能差两档，只作参考' });
  assert.equal(figureWords(index, { ...figure, count: 8, rate: 61.4 }, 31).more, '九项里 8 项有数据');
  assert.equal(figureWords(index, { ...figure, count: 2, rate: null }, 31).value, null);
});
