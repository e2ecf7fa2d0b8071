/** The map of another period beside the one in the middle: the same camera, the same scale, other days. */

import { makeMarks } from '../marks.js';
import { makeColoring } from './coloring.js';
import { otherDaysText } from './periods.js';
import { makeScreenMap } from './screen-map.js';

/** @typedef {import('../state.js').State} State */
/** @typedef {import('./frames.js').Days} Days */
/** @typedef {import('./screen-map.js').ScreenMap} ScreenMap */

/**
 * @param {HTMLElement} container @param {HTMLElement} label @param {import('./api.js').WallCatalog} catalog @param {ScreenMap} main
 */
export function makeBeside(container, label, catalog, main) {
  const frame = /** @type {HTMLElement} */ (container.parentElement);
  const coloring = makeColoring(catalog);
  /** @type {ScreenMap|null} */
  let screen = null;
  /** @type {State|null} */
  let state = null;
  /** @type {import('./coloring.js').Painting|null} */
  let painting = null;
  let update = () => {};

  const follow = () => screen?.map.jumpTo({ center: main.map.getCenter(), zoom: main.map.getZoom() });
  main.map.on('move', follow);

  /** @param {State} first */
  async function open(first) {
    const made = makeScreenMap(container, catalog, first, () => {});
    await made.load(first);
    made.draw({ ...first, shown: first.shown.filter((id) => id !== 'heat') }, null);
    // tiles may still come when nothing is compared any more
    update = makeMarks(made.map, made.catalog, () => state ?? { ...first, shown: [] }, made.put);
    return made;
  }

  return {
    /** @returns {{map: import('maplibre-gl').Map, label: string, values: Record<string, import('../api.js').Figure>|undefined}|null} what is seen */
    seen: () => (screen && !frame.hidden ? { map: screen.map, label: label.textContent ?? '', values: painting?.values } : null),
    /**
     * Shows other days as the map in the middle shows its own; warnings are of now and belong there.
     * @param {State} main_ @param {Days} days @param {string} within @param {import('./levels.js').Colored} colored @param {any} outline
     */
    async show(main_, days, within, colored, outline) {
      frame.hidden = false;
      const next = { ...main_, time: { preset: 'own', ...days }, shown: main_.shown.filter((id) => id !== 'warnings') };
      state = next;
      painting = null;
      label.textContent = otherDaysText(days, main_.time);
      screen ??= await open(next);
      screen.map.resize();
      follow();
      screen.mask(outline);
      screen.filter(next);
      const answer = await coloring.ask(next.measure, within, colored, days);
      if (!answer || state !== next) return;
      painting = answer;
      screen.paint(answer);
      screen.draw(next, answer);
      update();
    },
    hide() {
      frame.hidden = true;
      state = null;
    },
    /** The colors of the theme now in force. */
    recolor() {
      if (screen && state) screen.recolor(state, painting);
    },
  };
}
