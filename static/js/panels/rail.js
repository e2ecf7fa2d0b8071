/** The left rail: layers, time, kinds, warnings, and what the top strip says. */

import * as api from '../api.js';
import { paused } from '../dom.js';
import { lang, pick, t } from '../i18n.js';
import { leftOut } from '../marks.js';
import { coloredLevels } from '../style.js';
import { dayText, daysIn } from '../time.js';
import { filterParams } from '../url.js';

/** @typedef {import('../state.js').State} State */
/**
 * @typedef {Object} Parts
 * @property {import('maplibre-gl').Map} map
 * @property {import('../api.js').Catalog} catalog
 * @property {ReturnType<typeof import('../state.js').createStore>} store
 * @property {ReturnType<typeof import('../figures.js').makeFigures>} figures
 * @property {ReturnType<typeof import('./frame.js').makeFrame>} frame
 * @property {(layer: string) => void} retry
 */

/** @template {keyof HTMLElementTagNameMap} T @param {string} name @returns {any} */
const element = (name) => document.querySelector(name);

/** @param {number} red @param {string} trouble */
const tellStrip = (red, trouble) => element('alert-strip').update({ red, trouble, again: trouble !== '' });

/** @param {Parts} parts */
export function makeRail({ map, catalog, store, figures, frame, retry }) {
  /** @type {Record<string, string>} */
  const troubles = {};
  /** @type {import('../api.js').Summary|null} */
  let summary = null;
  let trouble = '';
  let abort = new AbortController();

  /** Name of the level above the colored one, and the zoom that shows it. */
  function coarser() {
    const levels = coloredLevels(catalog);
    const now = levels.findIndex(({ level }) => level === figures.level().level);
    const above = levels[now - 1];
    const named = above && catalog.levels.find(({ depth }) => depth === above.level);
    return named ? { name: pick(named), zoom: above.maxzoom - 0.5 } : { name: '', zoom: 0 };
  }

  /** @returns {Record<string, number>} */
  function counts() {
    if (!summary) return {};
    const open = Object.values(summary.warnings).reduce((sum, n) => sum + n, 0);
    return { incidents: summary.daily.reduce((sum, [, n]) => sum + n, 0), warnings: open };
  }

  function updateLayers() {
    const state = store.get();
    // a measure may be of other days than the filter: the index is of whole months
    const time = figures.legend()?.days ?? state.time;
    const period = time.to === catalog.last_day ? t('近 {n} 日', { n: daysIn(time) })
      : `${dayText(time.from, lang(), catalog.last_day)}–${dayText(time.to, lang(), catalog.last_day)}`;
    element('layer-list').update({
      catalog, state, counts: counts(), troubles, zoom: map.getZoom(), legend: figures.legend(),
      leftOut: Object.fromEntries(catalog.layers.map(({ id }) => [id, leftOut(map, id)])),
      facts: { period, thinShare: figures.thinShare(), coarser: coarser().name },
    });
  }

  function updateFilters() {
    const state = store.get();
    element('time-filter').update(state.time, catalog.last_day, summary?.daily ?? []);
    element('kind-filter').update(catalog, state, summary?.kinds ?? {});
    element('warning-filter').update(state.colors, summary?.warnings ?? {}, summary?.unanswered ?? {});
    tellStrip(summary?.unanswered[4] ?? 0, trouble);
  }

  async function summarize() {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      const [found, all] = await Promise.all([
        api.summary(filterParams(store.get()), signal),
        // Counts beside the kinds are of all kinds, also of those that are switched off.
        api.summary(filterParams(store.get(), ['time', 'severity']), signal),
      ]);
      summary = { ...found, kinds: all.kinds };
      trouble = '';
    } catch (error) {
      if (signal.aborted) return;
      trouble = t('数目没取到：{why}', { why: /** @type {Error} */ (error).message });
    }
    updateFilters();
    updateLayers();
  }

  const soon = paused(updateLayers, 60);
  map.on('idle', soon);
  document.addEventListener('filter', (event) => store.set(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener('measure', (event) => store.set({ measure: /** @type {CustomEvent} */ (event).detail }));
  document.addEventListener('layer', (event) => {
    const { id, on } = /** @type {CustomEvent} */ (event).detail;
    const rest = store.get().shown.filter((each) => each !== id);
    store.set({ shown: on ? [...rest, id] : rest });
  });
  document.addEventListener('retry', (event) => retry(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener('again', summarize);
  document.addEventListener('coarser', () => frame.zoomTo(coarser().zoom));
  document.addEventListener('show-red', () => store.set({ colors: [4], list: { layer: 'warnings', sort: '', page: 1, at: '' } }));
  store.watch(updateFilters);

  return {
    update: soon,
    summarize,
    /** A layer's state of health, shown in its row. @param {string} layer @param {Error|null} error */
    trouble(layer, error) {
      if (error) troubles[layer] = error.message || t('没有连上');
      else delete troubles[layer];
      soon();
    },
  };
}
