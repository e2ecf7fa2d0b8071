/** What frames the map: bar, breadcrumb, scale, zoom, attribution, the line that says "still loading". */

import * as api from '../api.js';
import { announce } from '../dom.js';
import { t } from '../i18n.js';
import { moveMs } from '../map.js';
import { coloredAt } from '../style.js';
import { toggleTheme } from '../theme.js';
import { dayText } from '../time.js';

/** @typedef {import('../api.js').Link} Link */

/** A wait shorter than this is not worth a line. */
const SHOW_WAIT_MS = 300;

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


/** The regions above a place and its grid. @param {api.Located} located @returns {Link[]} */
function chainOf({ chain, grid }) {
  const above = chain.filter(({ path }) => path !== grid?.path);
  if (!grid) return above;
  return [...above, { depth: (above.at(-1)?.depth ?? 0) + 1, path: grid.path, name: t('{number} 网格', { number: grid.number }) }];
}

/**
 * @param {import('maplibre-gl').Map} map @param {api.Catalog} catalog @param {string} language
 */
export function makeFrame(map, catalog, language) {
  const crumb = /** @type {any} */ (document.querySelector('bread-crumb'));
  /** @type {Link[]|null} */
  let chosen = null;

  let abort = new AbortController();

  /** The chain of the chosen place, else of the middle of the view down to the colored level. */
  async function updateCrumb() {
    abort.abort();
    if (chosen) return crumb.update(chosen);
    abort = new AbortController();
    const { lng, lat } = map.getCenter();
    const { level } = coloredAt(catalog, map.getZoom());
    const located = await api.locate(lng, lat, abort.signal).catch(() => null);
    if (located && !chosen) crumb.update(chainOf(located).filter(({ depth }) => depth <= level));
    return undefined;
  }
  const updateScale = () => /** @type {any} */ (document.querySelector('scale-bar')).update(map.getCenter().lat, map.getZoom());
  byId('sources').textContent = [
    catalog.boundary_version && t('网格界线 {version} 版', { version: catalog.boundary_version }),
    catalog.attribution && t('底图 {source}', { source: catalog.attribution }),
    catalog.approval_number && t('审图号 {number}', { number: catalog.approval_number }),
    t('数据到 {day}', { day: dayText(catalog.last_day, language) }),
  ].filter(Boolean).join('\u3000');
  updateScale();
  updateCrumb();
  map.on('move', updateScale);
  map.on('moveend', updateCrumb);
  watchLoading(map);

  /** @param {[number, number, number, number]} bounds */
  const fit = (bounds) => map.fitBounds(bounds, { padding: { top: 60, bottom: 60, left: 300, right: 400 }, maxZoom: 15, duration: moveMs() });
  /** @param {number} lon @param {number} lat @param {number} zoom */
  const goTo = (lon, lat, zoom) => map.easeTo({ center: [lon, lat], zoom, duration: moveMs() });

  byId('zoom-in').onclick = () => map.zoomIn({ duration: moveMs() });
  byId('zoom-out').onclick = () => map.zoomOut({ duration: moveMs() });
  byId('zoom-whole').onclick = () => catalog.bounds && fit(catalog.bounds);
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

  /** @type {any} */ (document.querySelector('search-box')).begin();
  byId('rail-toggle').onclick = () => {
    const open = document.querySelector('.rail')?.classList.toggle('open');
    byId('rail-toggle').setAttribute('aria-expanded', String(open));
  };

  return {
    goTo,
    /** Moves the map where a card would hide the place. @param {{lon: number, lat: number}} place */
    reveal({ lon, lat }) {
      const { x, y } = map.project([lon, lat]);
      const box = map.getContainer().getBoundingClientRect();
      const hidden = document.elementFromPoint(box.left + x, box.top + y)?.closest('place-card, .rail, list-panel');
      const narrow = box.width < 720;
      if (hidden) map.easeTo({ center: [lon, lat], offset: narrow ? [0, -box.height * 0.28] : [-40, -60], duration: moveMs() });
    },
    /** @param {number} zoom */
    zoomTo: (zoom) => map.easeTo({ zoom, duration: moveMs() }),
    /** The breadcrumb of a chosen place; null: of the view. @param {api.Located|null} located */
    chain(located) {
      chosen = located && chainOf(located);
      if (!chosen?.length) chosen = null;
      updateCrumb();
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
