/** The right card: whose a place is, or what is known about a thing. */

import * as api from '../api.js';
import { placeFeatures, targetOf } from '../ask.js';
import { figureWords } from '../figure-words.js';
import { distance } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { slotOf } from '../style.js';
import { daysIn } from '../time.js';

/** @typedef {import('../elements/place-card.js').PlaceView} PlaceView */
/**
 * @typedef {Object} Parts
 * @property {import('maplibre-gl').Map} map
 * @property {import('../api.js').Catalog} catalog
 * @property {ReturnType<typeof import('../state.js').createStore>} store
 * @property {ReturnType<typeof import('../figures.js').makeFigures>} figures
 * @property {ReturnType<typeof import('../map.js').makeDrawing>} drawing
 * @property {ReturnType<typeof import('./frame.js').makeFrame>} frame
 */

/** English and Chinese of what features of a tile carry; what has no label is not for people. */
const LABELS = Object.freeze({
  name: ['名称', 'Name'], number: ['编号', 'Number'], phone: ['电话', 'Phone'], post: ['岗位', 'Post'], grid: ['网格', 'Grid'], n: ['住户数', 'Households'],
});

/** @param {Record<string, any>} properties @returns {[string, string, string|number][]} */
function knownLines(properties) {
  return Object.entries(LABELS).filter(([key]) => properties[key] !== undefined && properties[key] !== null)
    .map(([key, [zh, en]]) => [zh, en, properties[key]]);
}

/** @param {Parts} parts */
export function makeCard({ map, catalog, store, figures, drawing, frame }) {
  const placeCard = /** @type {any} */ (document.querySelector('place-card'));
  const recordCard = /** @type {any} */ (document.querySelector('record-card'));
  const householdCard = /** @type {any} */ (document.querySelector('household-card'));
  /** @type {PlaceView|null} */
  let view = null;
  let changed = () => {};
  let abort = new AbortController();
  /** @type {string[]} */
  let names = [];

  const gridPath = () => view?.located?.grid?.path ?? '';

  /** @param {Partial<PlaceView>} change */
  function show(change) {
    if (view) view = { ...view, ...change, figure: figureOf() };
    placeCard.update(view);
    frame.chain(view?.located ?? null);
    drawing.put('place', view ? placeFeatures(view.place, view.located, (m) => distance(m, lang())) : []);
    changed();
  }

  function figureOf() {
    const legend = figures.legend();
    const figure = figures.of(gridPath());
    return legend?.thins && figure ? figureWords(legend.measure, figure, daysIn(store.get().time)) : null;
  }

  /** Asks whose the chosen place is; the card fills as answers come. */
  async function ask() {
    const { place } = store.get();
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    recordCard.update(null, catalog.zone);
    if (place) householdCard.close();
    view = place && { catalog, place, located: null, facts: null, trouble: '', names, figure: null, form: null };
    show({});
    if (!place) return;
    try {
      const located = await api.locate(place.lon, place.lat, signal);
      show({ located });
      frame.reveal(place);
      if (located.grid) show({ facts: await api.grid(located.grid.path, signal) });
    } catch (error) {
      if (!signal.aborted) show({ trouble: t('没有问到：{why}', { why: /** @type {Error} */ (error).message }) });
    }
  }

  /** @param {'incidents'|'warnings'} layer @param {number} county @param {string} id */
  async function showRecord(layer, county, id) {
    store.set({ place: null });
    householdCard.close();
    const above = pick(catalog.layers.find((each) => each.id === layer)?.title ?? { zh: layer, en: layer });
    try {
      const { title, number, words, kind, color, lines, timeline, lon, lat } = await api.record(layer, county, id);
      recordCard.update({
        above: number ? `${above}\u3000${number}` : above, title: pick(title), words, lines, timeline,
        color: color ?? null, kind: kind ?? null, place: { lon, lat },
      }, catalog.zone);
    } catch (error) {
      recordCard.update(null, catalog.zone, t('没取到：{why}', { why: /** @type {Error} */ (error).message }));
    }
  }

  /** @param {number} county @param {string} id */
  function showHousehold(county, id) {
    store.set({ place: null });
    recordCard.update(null, catalog.zone);
    void householdCard.open(county, id, catalog.zone);
  }

  /** @param {{layer: string, lon: number, lat: number, properties: Record<string, any>}} target */
  function showFeature({ layer, lon, lat, properties }) {
    if (layer === 'households' && properties.n === 1) {
      showHousehold(properties.county, properties.id);
      return;
    }
    if (properties.n > 1) store.set({ list: { layer, sort: '', page: 1, at: `${lon.toFixed(6)};${lat.toFixed(6)}` } });
    const title = pick(catalog.layers.find((each) => each.id === layer)?.title ?? { zh: layer, en: layer });
    store.set({ place: null });
    householdCard.close();
    recordCard.update({ above: title, title: properties.name ?? title, lines: knownLines(properties), timeline: [], color: null, kind: null, place: { lon, lat } }, catalog.zone);
  }

  const touchable = () => drawing.layers().map((spec) => ({ id: spec.id, source: spec.source, slot: slotOf(spec) }));

  map.on('click', (event) => {
    const target = targetOf(map, event.point, event.lngLat, touchable());
    names = target.kind === 'ground' ? target.names : [];
    if (target.kind === 'ring') frame.goTo(target.lon, target.lat, map.getZoom() + 1.5);
    else if (target.kind === 'record') showRecord(target.layer, target.county, target.id);
    else if (target.kind === 'feature') showFeature(target);
    else store.set({ place: { lon: target.lon, lat: target.lat } });
  });
  map.on('mousemove', (event) => {
    const target = targetOf(map, event.point, event.lngLat, touchable());
    map.getCanvas().style.cursor = target.kind === 'ground' ? 'crosshair' : 'pointer';
  });

  document.addEventListener('write-report', () => {
    const form = /** @type {any} */ (document.createElement('report-form'));
    form.begin(catalog, view?.place);
    show({ form });
    form.category.focus();
  });
  document.addEventListener('drop-report', () => show({ form: null }));
  document.addEventListener('reported', (event) => {
    const { number } = /** @type {CustomEvent} */ (event).detail;
    show({ form: null, trouble: '' });
    placeCard.querySelector('footer')?.append(Object.assign(document.createElement('p'), { className: 'sure', role: 'status', textContent: t('已上报，编号 {number}', { number }) }));
    drawing.filter(store.get());
  });
  document.addEventListener('record', (event) => {
    const { layer, county, id } = /** @type {CustomEvent} */ (event).detail;
    showRecord(layer, county, id);
  });
  document.addEventListener('find-number', (event) => {
    store.set({ place: null });
    recordCard.update(null, catalog.zone);
    householdCard.find(/** @type {CustomEvent} */ (event).detail, catalog.zone);
  });
  document.addEventListener('household', (event) => {
    const { county, id } = /** @type {CustomEvent} */ (event).detail;
    showHousehold(county, id);
  });
  document.addEventListener('ask-place', (event) => store.set({ place: /** @type {CustomEvent} */ (event).detail }));
  document.addEventListener('close-card', () => {
    recordCard.update(null, catalog.zone);
    store.set({ place: null });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && (view || !householdCard.hidden)) document.dispatchEvent(new CustomEvent('close-card'));
  });

  return {
    ask,
    gridPath,
    /** Shows the grid's figure anew. */
    refresh() {
      if (view?.located && !view.form) show({});
    },
    showRecord,
    /** @param {() => void} listener called when the selection on the map has changed */
    onChange(listener) {
      changed = listener;
    },
  };
}
