/** The map as things happen: only what an event concerns is asked for again. */

import { keepFresh } from '../keep-fresh.js';
import { stale } from '../stale.js';

/** @typedef {import('../live.js').Happened} Happened */
/**
 * @typedef {Object} Parts
 * @property {import('../api.js').Catalog} catalog
 * @property {ReturnType<typeof import('../state.js').createStore>} store
 * @property {ReturnType<typeof import('../figures.js').makeFigures>} figures
 * @property {ReturnType<typeof import('../map.js').makeDrawing>} drawing
 * @property {{update: () => void}} lists
 * @property {{summarize: () => Promise<void>}} rail
 */

/** @param {Parts} parts */
export function makeMapLive({ catalog, store, figures, drawing, lists, rail }) {
  const mark = /** @type {import('../elements/live-mark.js').LiveMark} */ (document.querySelector('live-mark'));
  mark.zone = catalog.zone;
  /** @type {Happened[]|null} what happened since the last time; null: nobody knows, so all is stale */
  let since = [];

  async function refresh() {
    const { layers, shapes, paths } = stale(catalog.layers, since);
    since = [];
    drawing.again(layers);
    await Promise.all([
      shapes && drawing.reshape(store.get()),
      figures.again(store.get(), paths),
      rail.summarize(),
    ]);
    if (layers.includes(store.get().list?.layer ?? '')) lists.update();
  }

  return keepFresh(refresh, {
    concerns: (event) => {
      since?.push(event);
      return true;
    },
    onState: (state) => {
      if (state.why === 'reset' || !state.live) since = null;
      mark.update(state);
    },
  });
}
