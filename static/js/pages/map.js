/** The map page: wiring only. Elements announce what was chosen, the store keeps it, the map draws it. */

import * as api from '../api.js';
import '../elements/alert-strip.js';
import '../elements/bread-crumb.js';
import '../elements/layer-list.js';
import '../elements/list-panel.js';
import '../elements/live-mark.js';
import '../elements/household-card.js';
import '../elements/kind-filter.js';
import '../elements/place-card.js';
import '../elements/record-card.js';
import '../elements/report-form.js';
import '../elements/scale-bar.js';
import '../elements/search-box.js';
import '../elements/time-filter.js';
import '../elements/warning-filter.js';
import { makeFigures } from '../figures.js';
import { lang, useLanguage } from '../i18n.js';
import { makeDrawing, makeMap } from '../map.js';
import { makeMarks } from '../marks.js';
import { makeCard } from '../panels/card.js';
import { makeFrame } from '../panels/frame.js';
import { makeLists } from '../panels/lists.js';
import { makeMapLive } from '../panels/map-live.js';
import { makeRail } from '../panels/rail.js';
import { createStore, differs, freshState } from '../state.js';
import { followSystem } from '../theme.js';
import { presetRange } from '../time.js';
import { readQuery, writeQuery } from '../url.js';

/** Grids are few enough for a rate only over a year. */
const OPENING_DAYS = '365';
const FILTERS = /** @type {(keyof import('../state.js').State)[]} */ (['time', 'kinds', 'categories', 'severities']);

/** Resolves when tiles, figures and everything drawn from them have come. @param {import('maplibre-gl').Map} map */
function makeIdle(map) {
  let pending = 0;
  api.watchPending((count) => { pending = count; });
  return async () => {
    for (let calm = 0; calm < 2;) {
      map.triggerRepaint();
      await map.once('idle');
      // What follows from the tiles (rings, legend) is drawn a moment later.
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      calm = pending === 0 && map.loaded() ? calm + 1 : 0;
    }
  };
}

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const catalog = await api.catalog();
  const first = freshState(catalog, presetRange(OPENING_DAYS, catalog.last_day));
  const fresh = Object.freeze({ ...first, shown: [...first.shown, 'basemap', 'relief'] });
  const store = createStore(readQuery(location.search, fresh, catalog.measures.map((each) => each.id)));
  const container = /** @type {HTMLElement} */ (document.getElementById('map'));
  const wide = container.clientWidth > 900;
  const map = makeMap(container, catalog, store.get(), wide ? { left: 290 } : {});
  const frame = makeFrame(map, catalog, lang());
  const drawing = makeDrawing(map, catalog, (layer, error) => rail.trouble(layer, error));
  const figures = makeFigures(map, catalog, {
    ready: () => {
      card.refresh();
      redraw();
    },
    trouble: (error) => rail.trouble('figures', error),
  });
  const rail = makeRail({ map, catalog, store, figures, frame, retry: (id) => drawing.retry(id, store.get()).then(redraw) });
  const card = makeCard({ map, catalog, store, figures, drawing, frame });
  const lists = makeLists({ map, catalog, store, showRecord: card.showRecord });
  let loaded = false;

  function redraw() {
    if (!loaded) return;
    drawing.draw(store.get(), figures.legend(), card.gridPath());
    rail.update();
  }

  await map.once('load');
  await drawing.load(store.get());
  loaded = true;
  const marks = makeMarks(map, catalog, store.get, drawing.put);
  const refresh = () => figures.update(store.get());

  store.watch((state, before) => {
    history.replaceState(null, '', `?${writeQuery(state, fresh)}`);
    frame.links(writeQuery(state, fresh), card.gridPath());
    if (differs(state, before, FILTERS)) drawing.filter(state);
    if (differs(state, before, [...FILTERS, 'measure'])) refresh();
    if (differs(state, before, FILTERS)) rail.summarize();
    if (differs(state, before, [...FILTERS, 'view', 'list'])) lists.update();
    if (differs(state, before, ['place'])) card.ask();
    if (differs(state, before, ['measure', 'shown', 'colors', 'place', ...FILTERS])) {
      redraw();
      marks();
    }
  });
  card.onChange(redraw);
  const recolor = () => {
    drawing.recolor();
    redraw();
  };
  followSystem(recolor);
  frame.onTheme(recolor);
  map.on('moveend', () => {
    const { lng, lat } = map.getCenter();
    store.set({ view: { lon: lng, lat, zoom: map.getZoom() } });
    refresh();
    redraw();
  });
  map.on('sourcedata', (event) => {
    if (event.sourceId === 'grids' && /** @type {any} */ (event).tile) refresh();
  });
  redraw();
  frame.links(writeQuery(store.get(), fresh), '');
  rail.summarize();
  lists.update();
  await refresh();
  if (store.get().place) card.ask();
  makeMapLive({ catalog, store, figures, drawing, lists, rail });
  Object.assign(globalThis, { gridmap: { map, ready: true, idle: makeIdle(map), state: store.get } });
}

start().catch((error) => {
  const strip = /** @type {any} */ (document.querySelector('alert-strip'));
  strip.update({ red: 0, trouble: error.message, again: true });
  strip.addEventListener('again', () => location.reload());
});
