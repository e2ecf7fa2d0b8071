import assert from 'node:assert/strict';
import test from 'node:test';
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
