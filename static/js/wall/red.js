/** On a wide wall: the oldest unanswered red from near, with a circle of one kilometer around it. */

import { t } from '../i18n.js';
import { pixelsPerKm } from '../mercator.js';
import { makeScreenMap } from './screen-map.js';
import { resolve, tokenReader } from '../tokens.js';

/** @typedef {import('../state.js').State} State */
/** @typedef {{id: string, color: number, place: string[], answered_at: string|null, lon: number|null, lat: number|null}} Warned */

const RED = 4;
const RADIUS_KM = 1;
/** The circle takes this share of the frame's height. */
const SHARE = 0.82;
const CORNERS = 72;
const KM_PER_DEGREE = 111.32;

/** @param {number} lon @param {number} lat */
function circle(lon, lat) {
  const points = Array.from({ length: CORNERS + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / CORNERS;
    return [lon + (RADIUS_KM / KM_PER_DEGREE / Math.cos((lat * Math.PI) / 180)) * Math.cos(angle), lat + (RADIUS_KM / KM_PER_DEGREE) * Math.sin(angle)];
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [points] } };
}

/**
 * @param {HTMLElement} container @param {HTMLElement} label @param {import('./api.js').WallCatalog} catalog @param {State} state
 */
export function makeRed(container, label, catalog, state) {
  const frame = /** @type {HTMLElement} */ (container.parentElement);
  /** @type {ReturnType<typeof makeScreenMap>|null} */
  let screen = null;
  let shown = '';

  async function open() {
    const made = makeScreenMap(container, catalog, state, () => {});
    await made.load(state);
    made.draw({ ...state, shown: state.shown.filter((id) => id !== 'heat') }, null);
    const token = tokenReader(getComputedStyle(document.documentElement));
    made.map.addSource('zone', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    made.map.addLayer(/** @type {any} */ (resolve({ id: 'zone', type: 'fill', source: 'zone', paint: { 'fill-color': '--w-red', 'fill-opacity': 0.18 } }, token)), 'mask');
    made.map.addLayer(/** @type {any} */ (resolve({ id: 'zone-edge', type: 'line', source: 'zone', paint: { 'line-color': '--w-red-text', 'line-width': 2, 'line-dasharray': [3, 2] } }, token)), 'mask');
    return made;
  }

  return {
    /** Shows the first red that nobody has answered, or nothing. @param {Warned[]} rows */
    async update(rows) {
      const row = rows.find((each) => each.color === RED && !each.answered_at && each.lon !== null);
      frame.toggleAttribute('hidden', !row);
      if (!row || row.id === shown) return;
      shown = row.id;
      screen ??= await open();
      const [lon, lat] = [Number(row.lon), Number(row.lat)];
      screen.map.resize();
      const zoom = Math.log2((container.clientHeight * SHARE) / 2 / RADIUS_KM / pixelsPerKm(lat, 0));
      screen.map.jumpTo({ center: [lon, lat], zoom });
      screen.put('zone', [circle(lon, lat)]);
      if (!state.shown.includes('warnings')) screen.warned([{ lon, lat, color: RED, answered: false }]);
      label.textContent = t('红色预警 {place}　{km} 公里范围', { place: row.place[0] ?? '', km: RADIUS_KM });
    },
  };
}
