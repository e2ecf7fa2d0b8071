/** What becomes of a hot spot, as signs in ink over its color: told apart by shape alone. */

import { s } from './dom.js';
import { pick } from './i18n.js';
import { picture } from './signs.js';

/** @typedef {import('./api.js').Figure} Figure */

/** Strokes around the origin, about 12 px wide: a star, an arrow up, two bars, an arrow down. @type {Record<string, string>} */
const SPOTS = Object.freeze({
  new: 'M0-5.5V5.5M-4.8-2.8 4.8 2.8M-4.8 2.8 4.8-2.8',
  growing: 'M0 5.5V-5M-4.2-1 0-5.2 4.2-1',
  persistent: 'M-4.8-2.2H4.8M-4.8 2.2H4.8',
  fading: 'M0-5.5V5M-4.2 1 0 5.2 4.2 1',
});
const INK_PX = 2.2;
const HALO_PX = 6;

/** A sign for legends. @param {string} id */
export const spotIcon = (id) => s('svg', { class: 'spot', viewBox: '-8 -8 16 16', 'aria-hidden': 'true' }, s('path', { d: SPOTS[id] }));

/** The signs of a measure with their words, for a legend. @param {import('./api.js').Measure} measure @returns {Node[][]} */
export const spotKeys = ({ signs }) => signs.map((each) => [spotIcon(each.id), document.createTextNode(pick(each))]);

/**
 * The picture `spot-new` and its like.
 * @param {string} name @param {(name: string) => string|number} token
 * @returns {ReturnType<typeof picture>|null} null: none of ours
 */
export function drawSpot(name, token) {
  const path = name.startsWith('spot-') && SPOTS[name.slice('spot-'.length)];
  if (!path) return null;
  return picture(9, (pen) => {
    const lines = new Path2D(path);
    pen.lineCap = 'round';
    for (const [color, width] of /** @type {const} */ ([['--m-halo', HALO_PX], ['--m-label', INK_PX]])) {
      pen.strokeStyle = String(token(color));
      pen.lineWidth = width;
      pen.stroke(lines);
    }
  });
}

/** A point for each area that has a sign. @param {Iterable<Figure>} figures @returns {any[]} */
export const spotFeatures = (figures) => [...figures].filter(({ sign, at }) => sign && at)
  .map(({ sign, at }) => ({ type: 'Feature', properties: { sign }, geometry: { type: 'Point', coordinates: at } }));

/**
 * The layer that draws them where the coloring measure has signs.
 * @param {import('./scales.js').Legend|null} legend @param {number} size by how much larger than at a desk
 */
export const spotLayer = (legend, size) => ({
  id: 'spots', type: 'symbol', source: 'spots', metadata: { slot: 'point' },
  layout: {
    visibility: legend?.measure.signs?.length ? 'visible' : 'none', 'icon-image': ['concat', 'spot-', ['get', 'sign']],
    'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.8 * size, 11, 1.2 * size], 'icon-padding': 1,
    // where all have no place, what is new comes first and what is known last
    'symbol-sort-key': ['match', ['get', 'sign'], 'new', 0, 'growing', 1, 'fading', 2, 3],
  },
});
