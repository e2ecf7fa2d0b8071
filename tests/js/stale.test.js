import assert from 'node:assert/strict';
import test from 'node:test';
import { sparing } from '../../static/js/sparing.js';
import { stale } from '../../static/js/stale.js';

const LAYERS = [
  { id: 'grids', stale_on: ['BoundaryPublished'] },
  { id: 'incidents', stale_on: ['IncidentReported', 'IncidentMoved'] },
  { id: 'households', stale_on: ['ImportLoaded'] },
  { id: 'rivers', stale_on: [] },
];
const happened = (/** @type {string} */ kind, path = '1/2/') => ({ kind, path, subject_kind: 'x', subject: null, county: 1, at: '' });

test('an event makes only the layers stale that name it, and the figures of its path', () => {
  assert.deepEqual(stale(LAYERS, [happened('IncidentReported'), happened('IncidentReported')]), { layers: ['incidents'], shapes: false, paths: ['1/2/'] });
  assert.deepEqual(stale(LAYERS, [happened('IncidentNoted')]).layers, []);
});

test('boundaries have shapes asked for by a new address, not at the old one', () => {
  assert.deepEqual(stale(LAYERS, [happened('BoundaryPublished')]), { layers: [], shapes: true, paths: ['1/2/'] });
});

test('what is not known to have happened makes everything stale, as a bulk change does', () => {
  for (const events of [null, [happened('ImportTakenBack')]]) {
    assert.deepEqual(stale(LAYERS, events), { layers: ['incidents', 'households'], shapes: true, paths: [''] });
  }
});

test('work is done at once, then sparingly, and what came meanwhile once afterwards', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 10_000;
  context.mock.method(performance, 'now', () => now);
  const pass = async (/** @type {number} */ ms) => { now += ms; context.mock.timers.tick(ms); await Promise.resolve(); await Promise.resolve(); };
  let done = 0;
  const soon = sparing(() => { done += 1; }, 2000);
  soon();
  await pass(0);
  assert.equal(done, 1);
  for (let n = 0; n < 50; n += 1) soon();
  await pass(1999);
  assert.equal(done, 1);
  await pass(1);
  assert.equal(done, 2);
  await pass(60_000);
  assert.equal(done, 2);
});

test('slow work is never begun twice at a time', async () => {
  let [under, most, done] = [0, 0, 0];
  const soon = sparing(async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    under -= 1;
    done += 1;
  }, 0);
  for (let n = 0; n < 5; n += 1) {
    soon();
    await new Promise((resolve) => { setTimeout(resolve, 2); });
  }
  await new Promise((resolve) => { setTimeout(resolve, 60); });
  assert.ok(most === 1 && done >= 2, `${most} ${done}`);
});
