/** What frames the map: bar, breadcrumb, scale, zoom, attribution, the line that says "still loading". */

import * as api from '../api.js';
import { announce } from '../dom.js';
import { t } from '../i18n.js';
import { moveMs } from '../map.js';
import { toggleTheme } from '../theme.js';
import { dayText } from '../time.js';

/** @typedef {import('../api.js').Link} Link */

/** A wait shorter than this is not worth a line. */
const SHOW_WAIT_MS = 300;
const GRID_NAME_ZOOM = 9;

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** @param {import('maplibre-gl').Map} map */
function watchLoading(map) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let asking = 0;
  const check = () => {
    const busy = asking > 0 || !map.areTilesLoaded();
    if (busy && timer === undefined) timer = setTimeout(() => { byId('loading').hidden = false; }, SHOW_WAIT_MS);
    if (!busy) {
      clearTimeout(timer);
      timer = undefined;
      byId('loading').hidden = true;
    }
  };
  api.watchPending((count) => {
    asking = count;
    check();
  });
  map.on('dataloading', check);
  map.on('idle', check);
}

/** Names of the regions and the grid under the middle of the view. @param {import('maplibre-gl').Map} map @returns {Link[]} */
function chainInView(map) {
  const { lng, lat } = map.getCenter();
  const middle = map.project([lng, lat]);
  const layers = map.getLayersOrder().filter((id) => {
    const layer = map.getLayer(id);
    return layer?.type === 'fill' && ['regions', 'grids'].includes(layer.source);
  });
  const found = map.queryRenderedFeatures(middle, { layers });
  const links = found.filter(({ source }) => source === 'regions' || map.getZoom() >= GRID_NAME_ZOOM)
    .map(({ properties }) => ({ depth: properties.level ?? 9, name: properties.name ?? properties.number, path: properties.path }));
  return [...new Map(links.filter((link) => link.name).map((link) => [link.path, link])).values()].sort((a, b) => a.path.length - b.path.length);
}

/**
 * @param {import('maplibre-gl').Map} map @param {api.Catalog} catalog @param {string} language
 */
export function makeFrame(map, catalog, language) {
  const crumb = /** @type {any} */ (document.querySelector('bread-crumb'));
  /** @type {Link[]|null} */
  let chosen = null;

  const updateView = () => {
    /** @type {any} */ (document.querySelector('scale-bar')).update(map.getCenter().lat, map.getZoom());
    crumb.update(chosen ?? chainInView(map));
  };
  byId('sources').textContent = [
    t('网格界线 {version} 版', { version: catalog.boundary_version }),
    catalog.attribution && t('底图 {source}', { source: catalog.attribution }),
    catalog.approval_number && t('审图号 {number}', { number: catalog.approval_number }),
    t('数据到 {day}', { day: dayText(catalog.last_day, language) }),
  ].filter(Boolean).join('\u3000');
  map.on('move', () => /** @type {any} */ (document.querySelector('scale-bar')).update(map.getCenter().lat, map.getZoom()));
  map.on('moveend', updateView);
  map.on('idle', updateView);
  watchLoading(map);

  /** @param {[number, number, number, number]} bounds */
  const fit = (bounds) => map.fitBounds(bounds, { padding: { top: 60, bottom: 60, left: 300, right: 400 }, maxZoom: 15, duration: moveMs() });
  /** @param {number} lon @param {number} lat @param {number} zoom */
  const goTo = (lon, lat, zoom) => map.easeTo({ center: [lon, lat], zoom, duration: moveMs() });

  byId('zoom-in').onclick = () => map.zoomIn({ duration: moveMs() });
  byId('zoom-out').onclick = () => map.zoomOut({ duration: moveMs() });
  byId('zoom-whole').onclick = () => fit(catalog.bounds);
  byId('zoom-here').onclick = () => navigator.geolocation?.getCurrentPosition(({ coords }) => {
    goTo(coords.longitude, coords.latitude, 14);
    announce(document.body, 'ask-place', { lon: coords.longitude, lat: coords.latitude });
  });
  document.addEventListener('bounds', (event) => fit(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener('found', (event) => {
    const { bounds, lon, lat, kind } = /** @type {CustomEvent<api.Found>} */ (event).detail;
    if (bounds) fit(bounds);
    else goTo(lon, lat, 15);
    if (kind !== 'region') announce(document.body, 'ask-place', { lon, lat });
  });
  document.addEventListener('go', async (event) => {
    const { path, name } = /** @type {CustomEvent<Link>} */ (event).detail;
    const { results } = await api.search(name).catch(() => ({ results: [] }));
    const found = results.find((each) => each.path === path);
    if (found?.bounds) fit(found.bounds);
    else if (found) goTo(found.lon, found.lat, 13);
  });

  return {
    goTo,
    /** @param {number} zoom */
    zoomTo: (zoom) => map.easeTo({ zoom, duration: moveMs() }),
    /** The breadcrumb of a chosen place; null: of the view. @param {Link[]|null} chain */
    chain(chain) {
      chosen = chain?.length ? chain : null;
      updateView();
    },
    /** Language and export keep what is on screen. @param {string} query @param {string} within */
    links(query, within) {
      byId('lang-zh').href = `?${query}&lang=zh`;
      byId('lang-en').href = `?${query}&lang=en`;
      const bbox = map.getBounds().toArray().flat().map((each) => each.toFixed(5)).join(',');
      byId('export').href = api.withParams(`/exports/map?${query}`, { within, bbox });
    },
    /** @param {() => void} changed */
    onTheme(changed) {
      byId('theme').onclick = () => toggleTheme(changed);
    },
  };
}
