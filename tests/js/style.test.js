import assert from 'node:assert/strict';
import test from 'node:test';
import { makeLegend } from '../../static/js/scales.js';
import { buildLayers, coloredAt, coloredLevels, layerChanges, slotOf, SLOTS } from '../../static/js/style.js';
import { resolve, tokenReader } from '../../static/js/tokens.js';

const levels = [1, 2, 3, 4, 5].map((depth) => ({ depth, zh: '', en: '', is_county: depth === 3, answers: depth === 4 }));
const layer = (/** @type {string} */ id, /** @type {any[]} */ ...style) => ({ id, style, measures: [], filters: [], group: 'data' });
const catalog = /** @type {any} */ ({
  levels, grid_depth: 6, basemap: { kind: 'none' },
  layers: [
    layer('warnings', { id: 'warnings', type: 'symbol', layout: { 'icon-image': 'sign-4' }, metadata: { slot: 'sign' } }),
    layer('regions', { id: 'regions-land', type: 'fill', paint: { 'fill-color': '--m-land' } }, { id: 'regions-4', type: 'line', paint: { 'line-color': '--m-town' } }),
    layer('grids', { id: 'grids', type: 'line', paint: {} }),
    layer('heat', { id: 'heat', type: 'heatmap', paint: {}, metadata: { heat: { radius_km: 2, limits: [1, 2, 3, 4] } } }),
    layer('brand-new', { id: 'brand-new', type: 'circle', paint: { 'circle-color': ['match', ['get', 'n'], 1, '--seq-1', '--seq-2'] } }),
  ],
});
const measure = /** @type {any} */ ({ id: 'density', palette: ['--seq-0', '--seq-1', '--seq-2', '--seq-3', '--seq-4'], layers: ['grids', 'regions'] });
const state = /** @type {any} */ ({
  shown: ['warnings', 'regions', 'grids', 'heat', 'brand-new'], colors: [], time: { from: '2026-01-01', to: '2026-01-30' },
});
const picture = {
  catalog, state, sources: ['regions', 'grids', 'heat', 'warnings', 'brand-new', 'place', 'rings', 'isolines'],
  legend: makeLegend(measure, [1, 2, 3, 4]), token: (/** @type {string} */ name) => `<${name}>`, lat: 35, gridPath: 'a/b/c/',
};

test('a layer that the program has never heard of is drawn as the server styled it, tokens resolved', () => {
  const spec = buildLayers(picture).find(({ id }) => id === 'brand-new');
  assert.deepEqual(spec.paint['circle-color'], ['match', ['get', 'n'], 1, '<--seq-1>', '<--seq-2>']);
  assert.equal(spec.source, 'brand-new');
  assert.equal(spec['source-layer'], 'brand-new');
});

test('layers lie in the order of the slots', () => {
  const slots = buildLayers(picture).map((spec) => SLOTS.indexOf(slotOf(spec)));
  assert.deepEqual(slots, [...slots].sort((a, b) => a - b));
  assert.ok(!JSON.stringify(buildLayers(picture)).includes('"--'));
});

test('a source that failed leaves all others on the map', () => {
  const rest = buildLayers({ ...picture, sources: picture.sources.filter((id) => id !== 'grids') });
  assert.ok(rest.some(({ id }) => id === 'brand-new'));
  assert.ok(!rest.some(({ source }) => source === 'grids'));
});

test('each zoom is colored by one level, without gap or overlap', () => {
  const found = [3, 4.99, 5, 6.9, 7, 8.9, 9, 15].map((zoom) => coloredAt(catalog, zoom).level);
  assert.deepEqual(found, [2, 2, 3, 3, 4, 4, 6, 6]);
  coloredLevels(catalog).reduce((end, part) => { assert.equal(part.minzoom, end); return part.maxzoom; }, 0);
});

test('heat is a fill alone and only lines over a choropleth', () => {
  const opacity = (/** @type {any} */ legend) => buildLayers({ ...picture, legend }).find(({ id }) => id === 'heat').paint['heatmap-opacity'];
  const lines = (/** @type {any} */ legend) => buildLayers({ ...picture, legend }).find(({ id }) => id === 'isolines-1').layout.visibility;
  assert.ok(opacity(null) > 0);
  assert.equal(lines(null), 'none');
  assert.equal(opacity(picture.legend), 0);
  assert.equal(lines(picture.legend), 'visible');
});

test('switching one layer off is one call', () => {
  const before = buildLayers(picture);
  const after = buildLayers({ ...picture, state: { ...state, shown: state.shown.filter((/** @type {string} */ id) => id !== 'brand-new') } });
  assert.deepEqual(layerChanges(before, after), [['setLayoutProperty', 'brand-new', 'visibility', 'none']]);
  assert.deepEqual(layerChanges(before, before), []);
});

test('a layer that comes later is put under the one above it', () => {
  const all = buildLayers(picture);
  const late = layerChanges(all.filter(({ id }) => id !== 'regions-4'), all);
  assert.equal(late[0][0], 'addLayer');
  const above = all[all.findIndex(({ id }) => id === 'regions-4') + 1].id;
  assert.equal(late[0][2], above);
});

test('a token that does not exist is an error, not a black shape', () => {
  const reader = tokenReader(/** @type {any} */ ({ getPropertyValue: (/** @type {string} */ name) => (name === '--m-relief' ? ' .8' : '') }));
  assert.equal(reader('--m-relief'), 0.8);
  assert.throws(() => resolve({ a: ['--nothing'] }, reader), /--nothing/);
});

test('a sign that stands for many is that of the chosen colors, worst first', () => {
  const of = (/** @type {number[]} */ colors) => buildLayers({ ...picture, state: { ...state, colors } }).find(({ id }) => id === 'warnings');
  assert.equal(of([]).layout['icon-image'], 'sign-4');
  assert.equal(of([]).filter, undefined);
  const some = of([1, 3]);
  assert.deepEqual(some.layout['icon-image'], ['case', ['>', ['get', 'c3'], 0], 'sign-3', ['>', ['get', 'c1'], 0], 'sign-1', '']);
  assert.deepEqual(some.filter, ['>', ['+', 0, ['get', 'c3'], ['get', 'c1']], 0]);
});

test('a wall draws the warnings of its own area alone', () => {
  const of = (/** @type {any} */ more) => buildLayers({ ...picture, state: { ...state, ...more } }).find(({ id }) => id === 'warnings').filter;
  const inside = ['==', ['slice', ['get', 'path'], 0, 6], '99/01/'];
  assert.deepEqual(of({ inside: '99/01/' }), inside);
  assert.deepEqual(of({ inside: '99/01/', colors: [4] }), ['all', ['>', ['+', 0, ['get', 'c4']], 0], inside]);
  assert.equal(of({ inside: '' }), undefined);
});
