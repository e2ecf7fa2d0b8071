/** Two heat layers in turn on one map: one is seen while the other fetches the tiles of the next frame. */

import * as api from '../api.js';
import { heatPaint } from '../heat.js';
import { tileAddress } from '../map.js';
import { daysIn } from '../time.js';
import { resolve, tokenReader } from '../tokens.js';

/** @typedef {import('./frames.js').Days} Days */
/** @typedef {import('./screen-map.js').ScreenMap} ScreenMap */

const IDS = Object.freeze(['play-0', 'play-1']);
const SEEN = 0.85;

/** @param {Days} days */
const stateOf = (days) => /** @type {any} */ ({ time: { preset: 'own', ...days }, kinds: [], categories: [], severities: [] });

/**
 * @param {ScreenMap} screen
 * @param {{tiles: string[], minzoom?: number, maxzoom?: number}} tiles of the heat layer
 */
export function makeHeatPair({ map, catalog, above }, { tiles, minzoom, maxzoom }) {
  const layer = /** @type {api.Layer} */ (catalog.layers.find(({ id }) => id === 'heat'));
  const { minzoom: nearest, metadata: { heat } } = layer.style[0];
  /** @type {(Days|null)[]} */
  const shows = [null, null];
  let seen = 0;

  /** @param {Days} days @param {number} opacity */
  function paintOf(days, opacity) {
    const token = tokenReader(getComputedStyle(document.documentElement));
    const paint = resolve(heatPaint(heat, map.getCenter().lat, daysIn(days)), token);
    // a frame comes at once: between two days there is nothing
    return { ...paint, 'heatmap-opacity': opacity, 'heatmap-opacity-transition': { duration: 0, delay: 0 } };
  }

  /** @param {Days} days */
  const addresses = (days) => tiles.map((template) => tileAddress(template, stateOf(days), layer));

  return {
    /** Fetches a frame's tiles behind the one that is seen. @param {Days} days */
    prepare(days) {
      const hidden = 1 - seen;
      const source = /** @type {import('maplibre-gl').VectorTileSource|undefined} */ (map.getSource(IDS[hidden]));
      if (JSON.stringify(shows[hidden]) === JSON.stringify(days)) return;
      shows[hidden] = days;
      if (source) {
        source.setTiles(addresses(days));
        return;
      }
      map.addSource(IDS[hidden], { type: 'vector', tiles: addresses(days), minzoom, maxzoom });
      map.addLayer(/** @type {any} */ ({ id: IDS[hidden], type: 'heatmap', source: IDS[hidden], 'source-layer': layer.id, minzoom: nearest, paint: paintOf(days, 0) }), above('heat'));
    },
    /** Whether the frame behind can be shown. */
    ready: () => map.getSource(IDS[1 - seen]) !== undefined && map.isSourceLoaded(IDS[1 - seen]),
    /** Shows the frame behind. */
    turn() {
      seen = 1 - seen;
      map.setPaintProperty(IDS[seen], 'heatmap-opacity', SEEN);
      if (map.getLayer(IDS[1 - seen])) map.setPaintProperty(IDS[1 - seen], 'heatmap-opacity', 0);
    },
    /** Draws at once, so that what a frame costs is known. */
    draw: () => map.redraw(),
    /** The colors of the theme now in force, and the size of a kilometer here. */
    recolor() {
      IDS.forEach((id, i) => {
        const days = shows[i];
        if (!days || !map.getLayer(id)) return;
        for (const [name, value] of Object.entries(paintOf(days, i === seen ? SEEN : 0))) map.setPaintProperty(id, name, value);
      });
    },
    remove() {
      for (const id of IDS) {
        if (map.getLayer(id)) map.removeLayer(id);
        if (map.getSource(id)) map.removeSource(id);
      }
    },
  };
}
