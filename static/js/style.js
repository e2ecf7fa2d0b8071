/**
 * The whole style as a pure function of what the page shows. Layers of the server are taken as they
 * come; each lies in a slot, so that order on the map is one list in one place. All layers exist all
 * the time; what changes is their paint, filter and visibility, which `applyLayers` compares.
 */

import { heatPaint } from './heat.js';
import { fillColor } from './scales.js';
import { spotLayer } from './spots.js';
import { daysIn } from './time.js';
import { resolve } from './tokens.js';

/** @typedef {import('./api.js').Catalog & {drilled?: number, size?: number}} Catalog `size`: by how much larger than at a desk it is drawn; `drilled`: the one level that is colored, where an area was drilled into */
/** @typedef {import('./api.js').Layer} Layer */
/** @typedef {import('./state.js').State} State */
/** @typedef {Record<string, any> & {id: string}} Spec a MapLibre layer object */
/**
 * @typedef {Object} Picture
 * @property {Catalog} catalog
 * @property {State} state
 * @property {string[]} sources ids of the sources that exist
 * @property {import('./scales.js').Legend|null} legend
 * @property {(name: string) => string|number} token
 * @property {number} lat middle of the view
 * @property {string} gridPath path of the selected grid, or ''
 */

/**
 * Slots from below. What lies higher is placed first, so names make room for points. `metadata.slot` of a style layer
 * names its own; else its type decides.
 */
export const SLOTS = Object.freeze(['ground', 'basemap', 'land', 'relief', 'choropleth', 'heat',
  'guide', 'border', 'isolines', 'selection', 'name', 'point', 'sign', 'top']);

/** @type {Record<string, string>} */
const SLOT_OF_TYPE = {
  background: 'ground', raster: 'basemap', hillshade: 'relief', fill: 'land', 'fill-extrusion': 'guide',
  line: 'border', heatmap: 'heat', circle: 'point', symbol: 'name',
};

/** @param {Spec} spec */
export const slotOf = (spec) => spec.metadata?.slot ?? SLOT_OF_TYPE[spec.type] ?? 'point';

/** First zoom of each level: prefectures, counties, townships, grids. */
const COUNTY_ZOOM = 5;
const TOWNSHIP_ZOOM = 7;
const GRID_ZOOM = 9;

/**
 * The levels whose shapes carry the choropleth, with their zooms, lowest zoom first. Where an area is
 * drilled into, as on a wall, one level is colored at every zoom and the others are switched off.
 * @param {Catalog} catalog
 * @returns {{level: number, source: string, minzoom: number, maxzoom: number}[]}
 */
export function coloredLevels(catalog) {
  const county = catalog.levels.find((level) => level.is_county)?.depth ?? catalog.grid_depth - 1;
  const town = catalog.levels.find((level) => level.answers)?.depth ?? county;
  const levels = [
    { level: Math.max(1, county - 1), source: 'regions', minzoom: 0, maxzoom: COUNTY_ZOOM },
    { level: county, source: 'regions', minzoom: COUNTY_ZOOM, maxzoom: TOWNSHIP_ZOOM },
    { level: town, source: 'regions', minzoom: TOWNSHIP_ZOOM, maxzoom: GRID_ZOOM },
    { level: catalog.grid_depth, source: 'grids', minzoom: GRID_ZOOM, maxzoom: 24 },
  ];
  if (catalog.drilled && levels.every(({ level }) => level !== catalog.drilled)) levels.push({ level: catalog.drilled, source: 'regions', minzoom: 0, maxzoom: 24 });
  return catalog.drilled === undefined ? levels : levels.map((each) => ({ ...each, minzoom: 0, maxzoom: 24 }));
}

/** The level that is colored at a zoom. @param {Catalog} catalog @param {number} zoom */
export function coloredAt(catalog, zoom) {
  const levels = coloredLevels(catalog);
  return levels.find(({ minzoom, maxzoom }) => zoom >= minzoom && zoom < maxzoom) ?? levels[3];
}

/** @param {boolean} on */
const visibility = (on) => (on ? 'visible' : 'none');

/** @param {Picture} picture @returns {Spec[]} */
function choropleth({ catalog, legend, sources }) {
  const { drilled } = catalog;
  return coloredLevels(catalog).filter(({ source }) => sources.includes(source)).flatMap((part) => {
    const on = Boolean(legend?.measure.layers.includes(part.source)) && (drilled === undefined || drilled === part.level);
    const common = {
      type: 'fill', source: part.source, 'source-layer': part.source,
      minzoom: part.minzoom, maxzoom: part.maxzoom, metadata: { slot: 'choropleth' },
      ...(part.source === 'regions' ? { filter: ['==', ['get', 'level'], part.level] } : {}),
      layout: { visibility: visibility(on) },
    };
    const thin = ['boolean', ['feature-state', 'thin'], false];
    return [
      { ...common, id: `choropleth-${part.level}`,
        paint: { 'fill-color': fillColor(on ? legend : null), 'fill-opacity': 0.88, 'fill-antialias': false } },
      { ...common, id: `choropleth-${part.level}-thin`,
        paint: { 'fill-pattern': 'hatch', 'fill-opacity': ['case', thin, 1, 0] } },
    ];
  });
}

/** @param {any} filter @param {any} other */
const both = (filter, other) => (filter ? ['all', filter, other] : other);

/**
 * Shows the chosen colors alone of signs that may stand for many warnings (`c1` to `c4`).
 * @param {Spec} out @param {number[]} colors
 */
function ofColors(out, colors) {
  const worstFirst = [...colors].sort((a, b) => b - a);
  const sum = ['+', 0, ...worstFirst.map((color) => ['get', `c${color}`])];
  if (out.layout['icon-image']) out.layout['icon-image'] = ['case', ...worstFirst.flatMap((color) => [['>', ['get', `c${color}`], 0], `sign-${color}`]), ''];
  if (out.layout['text-field']) out.layout['text-field'] = ['to-string', sum];
  out.filter = ['>', sum, out.layout['text-field'] ? 1 : 0];
}

/** @param {Layer} layer @param {Spec} spec @param {Picture} picture @returns {Spec} */
function serverLayer(layer, spec, { state, legend, lat }) {
  const shown = state.shown.includes(layer.id);
  /** @type {Spec} */
  const out = {
    ...spec, source: layer.id, 'source-layer': spec['source-layer'] ?? layer.id,
    layout: { ...spec.layout, visibility: visibility(shown) }, paint: { ...spec.paint },
  };
  if (layer.id === 'warnings' && state.colors.length) ofColors(out, state.colors);
  if (layer.id === 'warnings' && state.inside) out.filter = both(out.filter, ['==', ['slice', ['get', 'path'], 0, state.inside.length], state.inside]);
  if (spec.metadata?.group_px) {
    out.paint['icon-opacity'] = ['case', ['boolean', ['feature-state', 'ringed'], false], 0, 1];
  }
  if (spec.type === 'heatmap' && spec.metadata?.heat) {
    Object.assign(out.paint, heatPaint(spec.metadata.heat, lat, daysIn(state.time)));
    // Over a choropleth the same field is drawn as lines, never as a second fill.
    if (shown && legend) Object.assign(out.paint, { 'heatmap-opacity': 0 });
  }
  return out;
}

/** @param {string} id @param {string} color @param {any} width @param {object} rest @returns {Spec} */
const ownLine = (id, color, width, rest = {}) => ({
  id, type: 'line', layout: { 'line-join': 'round', 'line-cap': 'round' },
  ...rest, paint: { 'line-color': color, 'line-width': width, .../** @type {any} */ (rest).paint },
});

/** The selected grid, its village, and the line to the nearest border. @param {Picture} picture @returns {Spec[]} */
function selection({ gridPath, sources }) {
  const village = gridPath.replace(/[^/]+\/$/, '');
  const slot = { metadata: { slot: 'selection' } };
  const grid = { ...slot, source: 'grids', 'source-layer': 'grids', filter: ['==', ['get', 'path'], gridPath] };
  const around = { ...slot, source: 'regions', 'source-layer': 'regions', filter: ['==', ['get', 'path'], village] };
  const measure = { source: 'place', metadata: { slot: 'top' } };
  const shapes = sources.includes('grids') ? [
    { id: 'selection-fill', type: 'fill', ...grid, paint: { 'fill-color': '--m-sel', 'fill-opacity': 0.12 } },
    ownLine('selection-casing', '--m-halo', 6.5, grid),
    ownLine('selection-line', '--m-sel', 3.2, grid),
  ] : [];
  const dashed = sources.includes('regions')
    ? [ownLine('selection-village', '--m-sel', 1.6, { ...around, paint: { 'line-dasharray': [3, 2] } })] : [];
  return [...dashed, ...shapes,
    ownLine('place-line-casing', '--m-halo', 4, { ...measure, filter: ['==', ['geometry-type'], 'LineString'] }),
    ownLine('place-line', '--m-sel', 1.8, { ...measure, filter: ['==', ['geometry-type'], 'LineString'] }),
    { id: 'place-end', type: 'circle', ...measure, filter: ['==', ['get', 'what'], 'end'],
      paint: { 'circle-radius': 3, 'circle-color': '--m-sel', 'circle-stroke-color': '--m-halo', 'circle-stroke-width': 1.5 } },
    { id: 'place-pin', type: 'symbol', ...measure, filter: ['==', ['get', 'what'], 'pin'],
      layout: { 'icon-image': 'mark-pin', 'icon-offset': [0, -14], 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'place-meters', type: 'symbol', ...measure, filter: ['==', ['get', 'what'], 'meters'],
      layout: { 'text-field': ['get', 'text'], 'text-font': ['Noto Sans Bold'], 'text-size': 12, 'text-anchor': ['get', 'anchor'], 'text-offset': [0, 0.1], 'text-padding': 4, 'text-allow-overlap': true },
      paint: { 'text-color': '--m-sel', 'text-halo-color': '--m-halo', 'text-halo-width': 2.2 } },
  ];
}

/** Counted rings, the lines of the heat field, and what becomes of hot spots. @param {Picture} picture @returns {Spec[]} */
function derived({ catalog, state, legend }) {
  const rings = { source: 'rings', metadata: { slot: 'point' } };
  const lines = { source: 'isolines', metadata: { slot: 'isolines' }, layout: { visibility: visibility(Boolean(legend) && state.shown.includes('heat')) } };
  const rank = (/** @type {number} */ n) => ({ ...lines, filter: ['==', ['get', 'rank'], n] });
  return [
    ownLine('isolines-0', '--m-iso', 0.9, { ...rank(0), paint: { 'line-opacity': 0.6, 'line-dasharray': [3, 3] } }),
    ownLine('isolines-1', '--m-iso', 1.2, { ...rank(1), paint: { 'line-opacity': 0.85 } }),
    ownLine('isolines-2', '--m-iso', 1.9, rank(2)),
    spotLayer(legend, catalog.size ?? 1),
    { id: 'rings-count', type: 'symbol', ...rings, layout: {
      'icon-image': ['concat', 'ring-', ['to-string', ['get', 'radius']]], 'icon-allow-overlap': true,
      'text-field': ['get', 'text'], 'text-font': ['Noto Sans Bold'], 'text-size': 11,
      'text-allow-overlap': true }, paint: { 'text-color': '--m-halo' } },
  ];
}

/** Ground, base map and relief. @param {Picture} picture @returns {Spec[]} */
function grounds({ catalog, sources, state }) {
  const on = (/** @type {string} */ id) => ({ visibility: visibility(state.shown.includes(id)) });
  const raster = (/** @type {string} */ id, /** @type {object} */ paint) => (sources.includes(id)
    ? [{ id, type: 'raster', source: id, metadata: { slot: id }, layout: on(id), paint: { 'raster-fade-duration': 0, ...paint } }] : []);
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': catalog.basemap.kind === 'none' ? '--bg' : '--m-land' } },
    ...raster('basemap', {}), ...raster('relief', { 'raster-opacity': '--m-relief', 'raster-resampling': 'linear' }),
  ];
}

/**
 * Every layer of the map, from below, tokens resolved for the theme.
 * @param {Picture} picture
 * @returns {Spec[]}
 */
export function buildLayers(picture) {
  const { catalog, sources, token } = picture;
  const server = catalog.layers.filter((layer) => sources.includes(layer.id))
    .flatMap((layer) => layer.style.map((spec) => serverLayer(layer, spec, picture)));
  const all = [...grounds(picture), ...choropleth(picture), ...server, ...selection(picture), ...derived(picture)];
  const ordered = SLOTS.flatMap((slot) => all.filter((spec) => slotOf(spec) === slot));
  return ordered.map((spec) => resolve(spec, token));
}

/**
 * What must be called to get from one list of the same layers to another.
 * @param {Spec[]} before @param {Spec[]} after
 * @returns {[method: string, ...args: any[]][]} calls on a MapLibre map
 */
export function layerChanges(before, after) {
  /** @type {[string, ...any[]][]} */
  const calls = [];
  const old = new Map(before.map((spec) => [spec.id, spec]));
  const same = (/** @type {any} */ a, /** @type {any} */ b) => JSON.stringify(a) === JSON.stringify(b);
  after.forEach((spec, i) => {
    const was = old.get(spec.id);
    if (!was) {
      const above = after.slice(i + 1).find((other) => old.has(other.id));
      calls.push(['addLayer', spec, above?.id]);
      return;
    }
    for (const [part, method] of [['paint', 'setPaintProperty'], ['layout', 'setLayoutProperty']]) {
      const keys = new Set([...Object.keys(was[part] ?? {}), ...Object.keys(spec[part] ?? {})]);
      for (const key of keys) {
        if (!same(was[part]?.[key], spec[part]?.[key])) calls.push([method, spec.id, key, spec[part]?.[key]]);
      }
    }
    if (!same(was.filter, spec.filter)) calls.push(['setFilter', spec.id, spec.filter]);
  });
  return calls;
}
