/** The map beside an import: what is there in quiet lines, what was read in jade, problems numbered. */

import { number } from '../format.js';
import { t } from '../i18n.js';
import { makeDrawing, makeMap, moveMs } from '../map.js';
import { freshState } from '../state.js';
import { presetRange } from '../time.js';
import { resolve, tokenReader } from '../tokens.js';

/** @typedef {import('../api.js').Import} Import */
/** @typedef {{type: 'FeatureCollection', features: any[], total: number, shown: number}} Preview */

const UNDER = Object.freeze(['regions', 'region-labels', 'grids', 'rivers', 'roads']);
const PADDING_PX = 48;
/** Close enough to see a sliver's neighborhood; closer for small ones. */
const PROBLEM_ZOOM = 16;
const EMPTY = Object.freeze({ type: 'FeatureCollection', features: [] });

/** @returns {import('../style.js').Spec[]} */
function ownLayers() {
  const areas = { source: 'staged', filter: ['==', ['geometry-type'], 'Polygon'] };
  return [
    { id: 'staged-fill', type: 'fill', ...areas, paint: { 'fill-color': '--m-sel', 'fill-opacity': 0.14 } },
    { id: 'staged-casing', type: 'line', ...areas, layout: { 'line-join': 'round' }, paint: { 'line-color': '--m-halo', 'line-width': 3.4, 'line-opacity': 0.8 } },
    { id: 'staged-line', type: 'line', ...areas, layout: { 'line-join': 'round' }, paint: { 'line-color': '--m-sel', 'line-width': 1.5 } },
    { id: 'staged-point', type: 'circle', source: 'staged', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 1.6, 14, 4], 'circle-color': '--m-sel', 'circle-stroke-color': '--m-halo', 'circle-stroke-width': 1 } },
    { id: 'problem-disc', type: 'circle', source: 'problems', paint: { 'circle-radius': 10, 'circle-color': '--late', 'circle-stroke-color': '--m-halo', 'circle-stroke-width': 2 } },
    { id: 'problem-number', type: 'symbol', source: 'problems', layout: { 'text-field': ['get', 'number'], 'text-font': ['Noto Sans Bold'], 'text-size': 11, 'text-allow-overlap': true }, paint: { 'text-color': '--m-halo' } },
  ];
}

/** @param {number[]} box @returns {[[number, number], [number, number]]} */
const corners = ([west, south, east, north]) => [[west, south], [east, north]];

/**
 * @param {HTMLElement} container @param {import('../api.js').Catalog} catalog
 * @param {(index: number) => void} onProblem a problem's mark was clicked
 */
export async function makeImportsMap(container, catalog, onProblem) {
  const under = { ...catalog, layers: catalog.layers.filter((layer) => UNDER.includes(layer.id)) };
  const fresh = freshState(under, presetRange('30', catalog.last_day));
  const state = Object.freeze({ ...fresh, measure: 'none', shown: [...UNDER, 'basemap', 'relief'] });
  const map = makeMap(container, under, state);
  const note = /** @type {HTMLElement} */ (document.getElementById('map-note'));
  // A layer of the ground that fails leaves the import as it is.
  const drawing = makeDrawing(map, under, () => {});
  const source = (/** @type {string} */ id) => /** @type {import('maplibre-gl').GeoJSONSource} */ (map.getSource(id));
  let words = '';
  /** @type {number[]|null} */
  let box = catalog.bounds;

  /** @param {string} text */
  function say(text) {
    note.textContent = text;
    note.hidden = text === '';
  }

  function draw() {
    drawing.draw(state, null, '');
    const token = tokenReader(getComputedStyle(document.documentElement));
    for (const layer of ownLayers()) {
      if (map.getLayer(layer.id)) map.removeLayer(layer.id);
      map.addLayer(/** @type {any} */ (resolve(layer, token)));
    }
  }

  await map.once('load');
  await drawing.load(state);
  for (const id of ['staged', 'problems']) map.addSource(id, { type: 'geojson', data: /** @type {any} */ (EMPTY) });
  draw();
  const fit = () => box && map.fitBounds(corners(box), { padding: PADDING_PX, maxZoom: 16, duration: moveMs() });

  for (const layer of ['staged-fill', 'staged-point']) {
    map.on('click', layer, ({ features }) => {
      const { row, key } = features?.[0]?.properties ?? {};
      say(`${t('第 {row} 行', { row: number(row) })} · ${key}`);
    });
    map.on('mouseenter', layer, () => { map.getCanvas().style.cursor = 'pointer'; });
    map.on('mouseleave', layer, () => { map.getCanvas().style.cursor = ''; });
  }
  map.on('click', 'problem-disc', ({ features }) => onProblem(Number(features?.[0]?.properties?.number) - 1));
  map.on('click', (event) => {
    if (!map.queryRenderedFeatures(event.point, { layers: ['staged-fill', 'staged-point'] }).length) say(words);
  });

  return {
    map,
    fit,
    recolor() {
      drawing.recolor();
      draw();
    },
    /** Shows what was read and what is wrong with it; null: nothing. @param {Import|null} one @param {Preview|null} preview */
    show(one, preview) {
      source('staged').setData(/** @type {any} */ (preview ?? EMPTY));
      const problems = (one?.problems ?? []).map((each, i) => ({
        type: 'Feature', properties: { number: String(i + 1) }, geometry: { type: 'Point', coordinates: [each.lon, each.lat] },
      })).filter(({ geometry }) => geometry.coordinates[0] !== null);
      source('problems').setData(/** @type {any} */ ({ type: 'FeatureCollection', features: preview ? problems : [] }));
      const left = preview ? preview.total - preview.shown : 0;
      words = '';
      if (preview && left > 0) words = t('图上是其中均匀取出的 {shown} 行，另有 {left} 行未画', { shown: number(preview.shown), left: number(left) });
      else if (preview && one?.rows && !preview.total) words = t('这些行没有位置，图上不显示');
      say(words);
      box = one?.bounds ?? catalog.bounds;
      fit();
    },
    /** @param {import('../api.js').Problem} problem */
    goTo({ lon, lat, area_m2: area }) {
      if (lon === null || lat === null) return;
      // Half the zoom per doubling of the area's side: a sliver of a square meter is looked at from near.
      const zoom = Math.min(19, Math.max(11, PROBLEM_ZOOM + 2 - Math.log2(Math.max(1, Math.sqrt(area ?? 1) / 40))));
      map.easeTo({ center: [lon, lat], zoom, duration: moveMs() });
    },
  };
}
