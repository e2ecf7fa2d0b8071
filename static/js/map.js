/** The map itself: sources, pictures, layers; it draws what it is told and says what went wrong. */

import * as maplibregl from 'maplibre-gl';
import * as api from './api.js';
import { addBasemap } from './basemap.js';
import { drawHatch } from './hatch.js';
import { drawMark } from './signs.js';
import { drawSpot } from './spots.js';
import { buildLayers, layerChanges } from './style.js';
import { tokenReader } from './tokens.js';
import { filterParams } from './url.js';

/** @typedef {import('./api.js').Catalog} Catalog */
/** @typedef {import('./api.js').Layer} Layer */
/** @typedef {import('./state.js').State} State */

const EMPTY = Object.freeze({ type: 'FeatureCollection', features: [] });
const OWN_SOURCES = Object.freeze(['place', 'rings', 'isolines', 'spots']);
/** @type {{top: number, bottom: number, left: number, right: number}} */
const PADDING = Object.freeze({ top: 40, bottom: 40, left: 40, right: 40 });

/** What is shown before anything is loaded: China. @type {[number, number, number, number]} */
const NOWHERE_YET = [73, 18, 135, 54];

/** @returns {number} milliseconds a move of the map takes; none where motion is unwanted */
export const moveMs = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400);

/**
 * @param {HTMLElement} container
 * @param {Catalog} catalog
 * @param {State} state where to look first
 * @param {Partial<typeof PADDING>} padding of the first view, for panels that float over the map
 * @param {number} fadeMs in which names come and go; 0: all are placed in one frame, however slow the screen
 */
export function makeMap(container, catalog, state, padding = {}, fadeMs = 150) {
  const font = getComputedStyle(document.documentElement).getPropertyValue('--font');
  const where = state.view
    ? { center: /** @type {[number, number]} */ ([state.view.lon, state.view.lat]), zoom: state.view.zoom }
    : { bounds: catalog.bounds ?? NOWHERE_YET, fitBoundsOptions: { padding: { ...PADDING, ...padding } } };
  const map = new maplibregl.Map({
    container, ...where,
    style: { version: 8, sources: {}, layers: [] },
    localIdeographFontFamily: font,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    maxPitch: 0, minZoom: 2, maxZoom: 19, fadeDuration: moveMs() ? fadeMs : 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

/** A tile's address with the filters in force. @param {string} template @param {State} state @param {Layer} layer */
export function tileAddress(template, state, layer) {
  const address = new URL(template.replaceAll('{', '%7B').replaceAll('}', '%7D'), location.origin);
  const path = address.href.replaceAll('%7B', '{').replaceAll('%7D', '}');
  return api.withParams(path, filterParams(state, layer.filters));
}

/**
 * Draws a catalog on a map.
 * @param {import('maplibre-gl').Map} map
 * @param {Catalog} catalog
 * @param {(layer: string, error: Error|null) => void} onTrouble null: the layer is well again
 */
export function makeDrawing(map, catalog, onTrouble) {
  /** @type {Map<string, string[]>} */
  const templates = new Map();
  /** @type {string[]} */
  const sources = [...OWN_SOURCES];
  /** @type {import('./style.js').Spec[]} */
  let drawn = [];
  let token = tokenReader(getComputedStyle(document.documentElement));

  /** @param {Layer} layer @param {State} state */
  async function addSource(layer, state) {
    try {
      const { tiles, minzoom, maxzoom, bounds } = await api.tileJson(layer);
      templates.set(layer.id, tiles);
      const byPath = layer.id === 'regions' || layer.measures.length > 0;
      map.addSource(layer.id, {
        type: 'vector', tiles: tiles.map((each) => tileAddress(each, state, layer)),
        minzoom, maxzoom, promoteId: byPath ? 'path' : 'id',
        ...(bounds ? { bounds: /** @type {[number, number, number, number]} */ (bounds) } : {}),
      });
      sources.push(layer.id);
      onTrouble(layer.id, null);
    } catch (error) {
      onTrouble(layer.id, /** @type {Error} */ (error));
    }
  }

  /** @param {Layer} layer @param {State} state */
  function retile(layer, state) {
    const source = /** @type {import('maplibre-gl').VectorTileSource|undefined} */ (map.getSource(layer.id));
    source?.setTiles((templates.get(layer.id) ?? []).map((each) => tileAddress(each, state, layer)));
  }

  /** @param {string} name one that `drawMark` or `drawSpot` knows, or `hatch` */
  function addPicture(name) {
    const made = name === 'hatch' ? drawHatch(token) : drawMark(name, token) ?? drawSpot(name, token);
    if (!made) return;
    if (map.hasImage(name)) map.updateImage(name, made.image);
    else map.addImage(name, made.image, { pixelRatio: made.ratio });
  }

  map.setMissingStyleImageResolver(addPicture);
  map.on('error', (event) => {
    const { sourceId, error } = /** @type {any} */ (event);
    if (sourceId && error?.name !== 'AbortError') onTrouble(sourceId, error);
  });

  return {
    sources,
    /** Adds every source; one that fails is reported and left out. @param {State} state */
    async load(state) {
      for (const id of OWN_SOURCES) map.addSource(id, { type: 'geojson', data: /** @type {any} */ (EMPTY) });
      sources.push(...await addBasemap(map, catalog));
      await Promise.all(catalog.layers.map((layer) => addSource(layer, state)));
    },
    /** Tries a failed layer once more. @param {string} id @param {State} state */
    async retry(id, state) {
      const layer = catalog.layers.find((each) => each.id === id);
      if (layer && !sources.includes(id)) await addSource(layer, state);
      else if (layer) retile(layer, state);
    },
    /** Asks for the tiles again with the filters in force. @param {State} state */
    filter(state) {
      for (const layer of catalog.layers) if (layer.filters.length) retile(layer, state);
    },
    /** Asks for tiles at their addresses once more; what is drawn stays until they have come. @param {string[]} layers */
    again(layers) {
      for (const id of layers) if (map.getSource(id)) map.refreshTiles(id);
    },
    /** Boundaries changed: their tiles lie at other addresses now. @param {State} state */
    async reshape(state) {
      await Promise.all(catalog.layers.filter(({ id }) => templates.get(id)?.some((each) => each.includes('v='))).map(async (layer) => {
        const { tiles } = await api.tileJson(layer);
        if (String(tiles) === String(templates.get(layer.id))) return;
        templates.set(layer.id, tiles);
        retile(layer, state);
      }));
    },
    /**
     * @param {State} state @param {import('./scales.js').Legend|null} legend @param {string} gridPath
     */
    draw(state, legend, gridPath) {
      const lat = map.getCenter().lat;
      const next = buildLayers({ catalog, state, sources, legend, token, lat, gridPath });
      for (const [method, ...args] of layerChanges(drawn, next)) /** @type {any} */ (map)[method](...args);
      drawn = next;
    },
    /** Pictures and colors of the theme now in force; call `draw` afterwards. */
    recolor() {
      token = tokenReader(getComputedStyle(document.documentElement));
      for (const name of map.listImages()) addPicture(name);
    },
    /** @param {string} id one of the page's own sources @param {any[]} features */
    put(id, features) {
      const source = /** @type {import('maplibre-gl').GeoJSONSource} */ (map.getSource(id));
      source.setData({ type: 'FeatureCollection', features });
    },
    /** Style layers on the map, from below, as they were drawn last. */
    layers: () => drawn,
  };
}
