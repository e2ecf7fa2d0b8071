/** The map between list and page: each case under the number that it has in the list. */

import { isLate } from '../desk.js';
import { makeDrawing, makeMap, moveMs } from '../map.js';
import { freshState } from '../state.js';
import { presetRange } from '../time.js';
import { resolve, tokenReader } from '../tokens.js';

/** @typedef {import('../desk.js').Case} Case */

const UNDER = Object.freeze(['regions', 'region-labels', 'grids', 'grid-labels', 'rivers', 'roads', 'buildings']);
const PADDING_PX = 56;
const CLOSEST_ZOOM = 15;
const EMPTY = Object.freeze({ type: 'FeatureCollection', features: [] });

/** @returns {import('../style.js').Spec[]} */
function pins() {
  const state = (/** @type {string} */ on, /** @type {string} */ late, /** @type {string} */ plain) => ['case', ['get', 'on'], on, ['get', 'late'], late, plain];
  return [
    { id: 'case-disc', type: 'circle', source: 'cases', paint: {
      'circle-radius': ['case', ['get', 'on'], 12, 9.5], 'circle-color': state('--accent', '--late', '--m-halo'),
      'circle-stroke-color': state('--m-halo', '--m-halo', '--text'), 'circle-stroke-width': 1.8 } },
    { id: 'case-number', type: 'symbol', source: 'cases', layout: { 'text-field': ['get', 'n'], 'text-font': ['Noto Sans Bold'], 'text-size': 11, 'text-allow-overlap': true, 'symbol-sort-key': ['get', 'order'] },
      paint: { 'text-color': state('--m-halo', '--m-halo', '--text') } },
  ];
}

/**
 * @param {HTMLElement} container @param {import('../api.js').Catalog} catalog
 * @param {(id: string) => void} onCase a pin was clicked
 */
export async function makeCasesMap(container, catalog, onCase) {
  const under = { ...catalog, layers: catalog.layers.filter((layer) => UNDER.includes(layer.id)) };
  const fresh = freshState(under, presetRange('30', catalog.last_day));
  const state = Object.freeze({ ...fresh, measure: 'none', shown: [...UNDER, 'basemap', 'relief'] });
  const map = makeMap(container, under, state);
  const drawing = makeDrawing(map, under, () => {});
  let first = true;

  function draw() {
    drawing.draw(state, null, '');
    const token = tokenReader(getComputedStyle(document.documentElement));
    for (const layer of pins()) {
      if (map.getLayer(layer.id)) map.removeLayer(layer.id);
      map.addLayer(/** @type {any} */ (resolve(layer, token)));
    }
  }

  await map.once('load');
  await drawing.load(state);
  map.addSource('cases', { type: 'geojson', data: /** @type {any} */ (EMPTY) });
  draw();
  map.on('click', 'case-disc', ({ features }) => onCase(String(features?.[0]?.properties?.id)));
  map.on('mouseenter', 'case-disc', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'case-disc', () => { map.getCanvas().style.cursor = ''; });

  /** @param {Case[]} rows */
  function fit(rows) {
    const box = rows.reduce(([w, s, e, n], { lon, lat }) => [Math.min(w, Number(lon)), Math.min(s, Number(lat)), Math.max(e, Number(lon)), Math.max(n, Number(lat))], [180, 90, -180, -90]);
    map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: PADDING_PX, maxZoom: CLOSEST_ZOOM, duration: first ? 0 : moveMs() });
    first = false;
  }

  return {
    map,
    recolor() {
      drawing.recolor();
      draw();
    },
    /** @param {Case[]} rows @param {number} from number of the first @param {string} chosen @param {boolean} look moves the map to them */
    show(rows, from, chosen, look) {
      const placed = rows.map((row, i) => ({ row, n: from + i })).filter(({ row }) => row.lon !== null);
      const features = placed.map(({ row, n }) => ({
        type: 'Feature', geometry: { type: 'Point', coordinates: [row.lon, row.lat] },
        properties: { id: row.id, n: String(n), on: row.id === chosen, late: isLate(row.clock), order: row.id === chosen ? -1 : n },
      })).sort((a, b) => b.properties.order - a.properties.order);
      const source = /** @type {import('maplibre-gl').GeoJSONSource} */ (map.getSource('cases'));
      source.setData(/** @type {any} */ ({ type: 'FeatureCollection', features }));
      if (look && placed.length) fit(placed.map(({ row }) => row));
      return placed.length;
    },
    /** @param {{lon: number|null, lat: number|null}} place */
    goTo({ lon, lat }) {
      if (lon === null || lat === null || map.getBounds().contains([lon, lat])) return;
      map.easeTo({ center: [lon, lat], duration: moveMs() });
    },
  };
}
