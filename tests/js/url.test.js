import assert from 'node:assert/strict';
import test from 'node:test';
import { presetRange } from '../../static/js/time.js';
import { filterParams, readQuery, writeQuery } from '../../static/js/url.js';

const fresh = Object.freeze({
  measure: 'density', time: presetRange('365', '2026-11-23'), kinds: [], categories: [], severities: [],
  colors: [], shown: ['warnings', 'incidents', 'grids'], place: null, view: null, list: null,
});
const measures = ['density', 'hazard', 'warning'];
const read = (/** @type {string} */ query) => readQuery(query, fresh, measures);

test('the fresh state needs no words in the address', () => {
  assert.equal(writeQuery(fresh, fresh), '');
  assert.deepEqual(read(''), fresh);
});

test('every part of a state comes back from its address', () => {
  const state = {
    measure: 'hazard', time: { preset: 'own', from: '2026-01-01', to: '2026-02-01' }, kinds: ['hazard'],
    categories: [32, 36], severities: [3, 4], colors: [4], shown: ['incidents', 'grids', 'heat'],
    place: { lon: 104.61, lat: 35.42 }, view: { lon: 104.6, lat: 35.4, zoom: 11.25 },
    list: { layer: 'incidents', sort: '-at', page: 3, at: '104.611;35.42' },
  };
  assert.deepEqual(read(writeQuery(state, fresh)), state);
});

test('what makes no sense is as in the fresh state', () => {
  const state = read('measure=nothing&time=2026-13-01..x&at=1,2&place=a,b&list=&severity=x');
  assert.deepEqual(state, fresh);
});

test('presets follow the last day with data', () => {
  assert.deepEqual(read('time=7').time, presetRange('7', '2026-11-23'));
});

test('the server is asked only by filters that a layer knows', () => {
  const state = read('kind=hazard,service&category=32&severity=4&time=30');
  assert.deepEqual(filterParams(state, ['kind']), { kind: 'hazard,service' });
  assert.deepEqual(filterParams(state), {
    from: '2026-10-25', to: '2026-11-23', kind: 'hazard,service', category: '32', severity: '4',
  });
  assert.deepEqual(filterParams(state, []), {});
});
