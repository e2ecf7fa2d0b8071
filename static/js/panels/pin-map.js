/** A small map under a pin that stands still: the map is moved until the pin is where it happened. */

import { freshState } from '../state.js';
import { makeDrawing, makeMap, moveMs } from '../map.js';
import { presetRange } from '../time.js';

const CLOSE_ZOOM = 14.5;
const METERS_AT_ZOOM_0 = 40_075_017 / 512;
const HALF_MAP_PX = 90;
/** How exactly a thumb points, and what is as good as exact. */
const THUMB_PX = 12;
const EXACT_M = 30;

/** The zoom at which a circle of that radius fills the small map. @param {number} meters @param {number} lat */
export const zoomFor = (meters, lat) => Math.min(CLOSE_ZOOM, Math.max(6, Math.log2((METERS_AT_ZOOM_0 * Math.cos((lat * Math.PI) / 180) * HALF_MAP_PX) / Math.max(20, meters))));

/** How far a pin may be off at a zoom, meters; null where that is next to nothing. @param {number} zoom @param {number} lat */
export function pinAccuracy(zoom, lat) {
  const meters = Math.round((METERS_AT_ZOOM_0 * Math.cos((lat * Math.PI) / 180) * THUMB_PX) / 2 ** zoom);
  return meters > EXACT_M ? meters : null;
}

/**
 * @param {HTMLElement} container @param {import('../api.js').Catalog} catalog
 * @param {(lon: number, lat: number, accuracy: number|null) => void} onMoved somebody moved the map
 */
export async function makePinMap(container, catalog, onMoved) {
  const fresh = freshState(catalog, presetRange('30', catalog.last_day));
  const state = Object.freeze({ ...fresh, measure: 'none', shown: [...catalog.layers.map(({ id }) => id), 'basemap', 'relief'] });
  const map = makeMap(container, catalog, state, { top: 8, bottom: 8, left: 8, right: 8 });
  const drawing = makeDrawing(map, catalog, () => {});
  let byHand = false;
  map.on('movestart', (event) => { byHand = Boolean(/** @type {any} */ (event).originalEvent); });
  map.on('moveend', () => {
    if (!byHand) return;
    byHand = false;
    const { lng, lat } = map.getCenter();
    onMoved(Number(lng.toFixed(6)), Number(lat.toFixed(6)), pinAccuracy(map.getZoom(), lat));
  });
  await map.once('load');
  await drawing.load(state);
  drawing.draw(state, null, '');
  return {
    map,
    /** @param {number} lon @param {number} lat @param {number|null} accuracy meters */
    goTo(lon, lat, accuracy) {
      map.easeTo({ center: [lon, lat], zoom: accuracy ? zoomFor(accuracy, lat) : CLOSE_ZOOM, duration: moveMs() });
    },
    /** @param {number} by */
    zoom(by) {
      map.easeTo({ zoom: map.getZoom() + by, duration: moveMs() });
    },
    resize: () => map.resize(),
  };
}
