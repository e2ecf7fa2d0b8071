/** One map of a wall: the same layers at the size of the screen, drawn for one area; nobody drags it. */

import { makeDrawing, makeMap } from '../map.js';
import { spotFeatures } from '../spots.js';
import { slotOf } from '../style.js';
import { resolve, tokenReader } from '../tokens.js';
import { scaledCatalog, scaleFor } from './scale-style.js';

/** @typedef {import('../style.js').Catalog} Catalog */
/** @typedef {import('../state.js').State} State */
/** @typedef {import('./coloring.js').Painting} Painting */
/** @typedef {ReturnType<typeof makeScreenMap>} ScreenMap */

/** Layers of a wall, beside heat; the others are for people who sit before them. */
export const LAYERS = Object.freeze(['grids', 'regions', 'region-labels', 'rivers', 'roads', 'warnings']);
const WORLD = Object.freeze([[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]);
/** Areas that can be chosen by keys lie in these sources. */
const CHOSEN = Object.freeze(['regions', 'grids']);
const HANDLERS = /** @type {const} */ (['dragPan', 'scrollZoom', 'doubleClickZoom', 'boxZoom', 'keyboard', 'touchZoomRotate']);

/** Everything but an area. @param {any|null} outline GeoJSON of the area, or null for no mask */
function aroundOf(outline) {
  if (!outline) return [];
  const rings = outline.coordinates.map((/** @type {any[]} */ polygon) => polygon[0]);
  return [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [WORLD, ...rings] } }];
}

/**
 * @param {HTMLElement} container @param {Catalog} catalog @param {State} state
 * @param {(layer: string, error: Error|null) => void} trouble
 */
export function makeScreenMap(container, catalog, state, trouble) {
  const size = scaleFor(innerHeight);
  const offered = catalog.layers.filter((layer) => [...LAYERS, 'heat'].includes(layer.id));
  const sized = scaledCatalog({ ...catalog, layers: offered }, size);
  const map = makeMap(container, sized, state, {}, 0);
  for (const name of HANDLERS) map[name].disable();
  const drawing = makeDrawing(map, sized, trouble);
  let token = tokenReader(getComputedStyle(document.documentElement));
  /** @type {any[]} */
  let own = [];
  let painted = '';

  /** The dimmed surroundings, the edge of the area, and the area that the keys have chosen. */
  function addOwn() {
    const below = drawing.layers().find((spec) => slotOf(spec) === 'name')?.id;
    map.addSource('mask', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    const chosen = (/** @type {string} */ source) => ({ type: 'line', source, 'source-layer': source, filter: ['==', ['get', 'path'], ''], layout: { 'line-join': 'round' } });
    const layers = [
      { id: 'mask', type: 'fill', source: 'mask', paint: { 'fill-color': '--m-out', 'fill-antialias': false } },
      { id: 'mask-edge', type: 'line', source: 'mask', layout: { 'line-join': 'round' }, paint: { 'line-color': '--m-county', 'line-width': 2.4 * size } },
      ...CHOSEN.flatMap((source) => [
        { id: `chosen-${source}-casing`, ...chosen(source), paint: { 'line-color': '--m-halo', 'line-width': 7 * size } },
        { id: `chosen-${source}`, ...chosen(source), paint: { 'line-color': '--m-sel', 'line-width': 3.5 * size } },
      ]),
    ];
    own = layers;
    for (const layer of layers) map.addLayer(/** @type {any} */ (resolve(layer, token)), below);
  }

  return {
    map,
    put: drawing.put,
    catalog: sized,
    /** The layer that is drawn just above another one. @param {string} id */
    above(id) {
      const ids = drawing.layers().map((spec) => spec.id);
      return ids[ids.indexOf(id) + 1];
    },
    /** @param {State} now */
    async load(now) {
      await map.once('load');
      await drawing.load(now);
    },
    /** @param {State} now @param {Painting|null} painting */
    draw(now, painting) {
      sized.drilled = painting?.level ?? -1;
      drawing.draw(now, painting?.legend ?? null, '');
      if (!map.getSource('mask')) addOwn();
    },
    /** The colors of the theme now in force. @param {State} now @param {Painting|null} painting */
    recolor(now, painting) {
      token = tokenReader(getComputedStyle(document.documentElement));
      drawing.recolor();
      this.draw(now, painting);
      for (const { id, paint } of own) for (const [name, value] of Object.entries(resolve(paint, token))) map.setPaintProperty(id, name, value);
    },
    /** Asks for the tiles with the days in force. @param {State} now */
    filter: (now) => drawing.filter(now),
    /** Asks for newer tiles without taking away those that are there. @param {string[]} ids */
    refresh(ids) {
      for (const id of ids) if (map.getSource(id)) map.refreshTiles(id);
    },
    /** Joins figures to shapes. @param {Painting} painting */
    paint({ source, values, level }) {
      if (!map.getSource(source)) return;
      const at = { source, sourceLayer: source };
      drawing.put('spots', spotFeatures(Object.values(values)));
      if (painted && painted !== `${source}${level}`) for (const id of ['grids', 'regions']) if (map.getSource(id)) map.removeFeatureState({ source: id, sourceLayer: id });
      if (painted === `${source}${level}`) map.removeFeatureState(at);
      painted = `${source}${level}`;
      for (const [path, figure] of Object.entries(values)) map.setFeatureState({ ...at, id: path }, { class: figure.class ?? -1, thin: figure.thin });
    },
    /** Marks the area that the keys have chosen. @param {string} path */
    choose(path) {
      for (const id of CHOSEN.flatMap((source) => [`chosen-${source}-casing`, `chosen-${source}`])) map.setFilter(id, ['==', ['get', 'path'], path]);
    },
    /** The path of the colored area at a point of the screen. @param {{x: number, y: number}} point @returns {string} '' where there is none */
    pathAt({ x, y }) {
      const layers = [`choropleth-${sized.drilled}`].filter((id) => map.getLayer(id));
      const [found] = layers.length ? map.queryRenderedFeatures([x, y], { layers }) : [];
      return found?.properties.path ?? '';
    },
    /** Draws warnings that no tile holds: those of a past moment. @param {{lon: number|null, lat: number|null, color: number, answered: boolean}[]} points */
    warned(points) {
      const spec = sized.layers.find(({ id }) => id === 'warnings')?.style[0];
      if (!map.getSource('then')) {
        map.addSource('then', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
        const { 'source-layer': _, ...rest } = /** @type {any} */ (spec);
        map.addLayer({ ...rest, paint: { ...rest.paint }, id: 'then', source: 'then' }, this.above('warnings'));
      }
      drawing.put('then', points.map(({ lon, lat, ...properties }) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } })));
    },
    /** @param {any|null} outline */
    mask: (outline) => drawing.put('mask', aroundOf(outline)),
  };
}
