/** The list beside a layer: asks for what is in view under the same filters, and goes where a row lies. */

import * as api from '../api.js';
import { announce, paused } from '../dom.js';
import { moveMs } from '../map.js';
import { filterParams } from '../url.js';

/** @typedef {import('../state.js').State} State */
/**
 * @typedef {Object} Parts
 * @property {import('maplibre-gl').Map} map
 * @property {import('../api.js').Catalog} catalog
 * @property {ReturnType<typeof import('../state.js').createStore>} store
 * @property {(layer: 'incidents'|'warnings', county: number, id: string) => void} showRecord
 */

const WAIT_MS = 200;
/** Close enough to see the row's point among its neighbors. */
const ROW_ZOOM = 13;
/** About two meters: two steps of a tile's lattice where households are shown. */
const POINT_DEGREES = 2e-5;

/** @param {Parts} parts */
export function makeLists({ map, catalog, store, showRecord }) {
  const panel = /** @type {any} */ (document.querySelector('list-panel'));
  panel.zone = catalog.zone;
  let abort = new AbortController();
  /** @type {{layer: string, list: api.List}|null} */
  let last = null;

  /** The box that the list is of: the view, or a point with what a tile's rounding may have moved it. @param {string} at */
  function bbox(at) {
    const [lon, lat] = at.split(';').map(Number);
    const box = at ? [lon - POINT_DEGREES, lat - POINT_DEGREES, lon + POINT_DEGREES, lat + POINT_DEGREES] : map.getBounds().toArray().flat();
    return box.map((each) => each.toFixed(6)).join(',');
  }

  async function ask() {
    const state = store.get();
    const layer = catalog.layers.find((each) => each.id === state.list?.layer);
    abort.abort();
    panel.hidden = !layer;
    document.body.classList.toggle('with-list', Boolean(layer));
    if (!layer || !state.list) return;
    abort = new AbortController();
    const { signal } = abort;
    const { sort, page, at } = state.list;
    const known = last?.layer === layer.id ? last.list : null;
    if (!known) panel.update(layer, state.list, null, '');
    try {
      const params = { bbox: bbox(at), ...filterParams(state, layer.filters), sort, page, color: layer.id === 'warnings' ? state.colors.join(',') : '' };
      last = { layer: layer.id, list: await api.list(layer.id, params, signal) };
      panel.update(layer, state.list, last.list, '');
    } catch (error) {
      if (!signal.aborted) panel.update(layer, state.list, known, /** @type {Error} */ (error).message);
    }
  }

  /** @param {Partial<NonNullable<State['list']>>} change */
  const change = (change) => store.set({ list: { .../** @type {any} */ (store.get().list), ...change } });

  document.addEventListener('open-list', (event) => {
    const layer = /** @type {CustomEvent} */ (event).detail;
    store.set({ list: store.get().list?.layer === layer ? null : { layer, sort: '', page: 1, at: '' } });
  });
  document.addEventListener('close-list', () => store.set({ list: null }));
  document.addEventListener('sort-list', (event) => change({ sort: /** @type {CustomEvent} */ (event).detail, page: 1 }));
  document.addEventListener('page-list', (event) => change({ page: /** @type {CustomEvent} */ (event).detail }));
  document.addEventListener('row', (event) => {
    const { lon, lat, county, id } = /** @type {CustomEvent<api.Row>} */ (event).detail;
    const layer = store.get().list?.layer;
    map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), ROW_ZOOM), duration: moveMs() });
    if (layer === 'incidents' || layer === 'warnings') showRecord(layer, county, id);
    else if (layer === 'households') announce(panel, 'household', { county, id });
    else store.set({ place: { lon, lat } });
  });

  return { update: paused(ask, WAIT_MS) };
}
