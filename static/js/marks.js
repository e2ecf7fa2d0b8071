/** What is worked out in the browser from the points in view: counted rings, lines of the heat field, pulses. */

import * as maplibregl from 'maplibre-gl';
import { h, paused } from './dom.js';
import { number } from './format.js';
import { groupMarks } from './groups.js';
import { densityField, heatWeight } from './heat.js';
import { isolines } from './isolines.js';
import { fromPixels, pixelsPerKm, toPixels } from './mercator.js';
import { daysIn } from './time.js';

/** @typedef {import('maplibre-gl').Map} GlMap */
/** @typedef {import('./api.js').Catalog} Catalog */
/** @typedef {import('./state.js').State} State */
/** @typedef {(id: string, features: any[]) => void} Put */

/** Distance of the lattice's points in pixels: fine enough for a line, coarse enough for 5 ms. */
const LATTICE_PX = 6;
const WAIT_MS = 120;

/** Points of a source in view, each once. @param {GlMap} map @param {string} source */
function pointsOf(map, source) {
  /** @type {Map<string, {lon: number, lat: number, properties: Record<string, any>}>} */
  const found = new Map();
  for (const feature of map.querySourceFeatures(source, { sourceLayer: source })) {
    if (feature.geometry.type !== 'Point') continue;
    const [lon, lat] = feature.geometry.coordinates;
    const key = String(feature.properties.id ?? `${lon.toFixed(5)},${lat.toFixed(5)}`);
    if (!found.has(key)) found.set(key, { lon, lat, properties: feature.properties });
  }
  return found;
}

/** @param {number[]} coordinates @param {object} properties */
const point = (coordinates, properties) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates } });

/**
 * @param {GlMap} map @param {string} source @param {{group_px: number, group_min: number}} rule
 * @param {Set<string>} ringed ids that are in a ring now; changed in place
 * @returns {any[]} a feature per ring
 */
function rings(map, source, rule, ringed) {
  const zoom = map.getZoom();
  const marks = [...pointsOf(map, source)].map(([id, { lon, lat }]) => ({ id, ...toPixels(lon, lat, zoom) }));
  const groups = groupMarks(marks, rule.group_px, rule.group_min);
  const next = new Set(groups.flatMap((group) => group.ids));
  const set = (/** @type {string} */ id, /** @type {boolean} */ on) => map.setFeatureState({ source, sourceLayer: source, id }, { ringed: on });
  for (const id of ringed) if (!next.has(id)) set(id, false);
  for (const id of next) if (!ringed.has(id)) set(id, true);
  ringed.clear();
  next.forEach((id) => ringed.add(id));
  return groups.map(({ x, y, ids }) => {
    const { lon, lat } = fromPixels(x, y, zoom);
    const radius = Math.round(Math.min(15, 7.5 + 2 * String(ids.length).length + ids.length / 40));
    return point([lon, lat], { n: ids.length, text: number(ids.length), radius });
  });
}

/** @param {GlMap} map @param {import('./heat.js').HeatScale} scale @param {number} days @returns {any[]} lines with their rank */
function heatLines(map, scale, days) {
  const zoom = map.getZoom();
  const perKm = pixelsPerKm(map.getCenter().lat, zoom);
  const { clientWidth, clientHeight } = map.getContainer();
  const center = toPixels(map.getCenter().lng, map.getCenter().lat, zoom);
  const [left, top] = [center.x - clientWidth / 2, center.y - clientHeight / 2];
  const lattice = { columns: Math.ceil(clientWidth / LATTICE_PX) + 1, rows: Math.ceil(clientHeight / LATTICE_PX) + 1, step: LATTICE_PX };
  const points = [...pointsOf(map, 'heat').values()].map(({ lon, lat, properties }) => {
    const { x, y } = toPixels(lon, lat, zoom);
    return { x: x - left, y: y - top, n: properties.n * heatWeight(days) };
  });
  const field = densityField(points, lattice, scale.radius_km * perKm, perKm);
  return scale.limits.slice(1, 4).flatMap((limit, rank) => isolines(field, lattice.columns, lattice.rows, limit)
    .filter((line) => line.length > 7)
    .map((line) => ({
      type: 'Feature', properties: { rank, limit },
      geometry: { type: 'LineString', coordinates: line.map(([c, r]) => {
        const { lon, lat } = fromPixels(left + c * LATTICE_PX, top + r * LATTICE_PX, zoom);
        return [lon, lat];
      }) },
    })));
}

/** A ring around each unanswered red warning; the pulse is CSS, so that the map itself can rest. @param {GlMap} map */
function makePulses(map) {
  /** @type {Map<string, import('maplibre-gl').Marker>} */
  const markers = new Map();
  return (/** @type {boolean} */ shown) => {
    const wanted = new Map([...(shown ? pointsOf(map, 'warnings') : [])]
      .filter(([, { properties }]) => properties.color === 4 && !properties.answered));
    for (const [id, marker] of markers) {
      if (!wanted.has(id)) {
        marker.remove();
        markers.delete(id);
      }
    }
    for (const [id, { lon, lat }] of wanted) {
      if (markers.has(id)) continue;
      const element = h('div', { class: 'pulse', 'aria-hidden': 'true' });
      markers.set(id, new maplibregl.Marker({ element }).setLngLat([lon, lat]).addTo(map));
    }
  };
}

/**
 * Keeps rings, lines and pulses in step with the tiles that have come.
 * @param {GlMap} map @param {Catalog} catalog
 * @param {() => State} getState @param {Put} put
 * @returns {() => void} call it after the state has changed
 */
export function makeMarks(map, catalog, getState, put) {
  const ringed = new Set();
  const pulse = makePulses(map);
  const specs = catalog.layers.flatMap((layer) => layer.style.map((spec) => ({ layer: layer.id, spec })));
  const grouped = specs.find(({ spec }) => spec.metadata?.group_px);
  const heat = specs.find(({ spec }) => spec.metadata?.heat);
  /** @param {string} id @param {any} [spec] */
  const on = (id, spec) => getState().shown.includes(id) && map.getSource(id) && map.getZoom() >= (spec?.minzoom ?? 0);
  const update = () => {
    const state = getState();
    const colors = state.colors.length === 0 || state.colors.includes(4);
    pulse(Boolean(on('warnings') && colors));
    put('rings', grouped && on(grouped.layer, grouped.spec) ? rings(map, grouped.layer, grouped.spec.metadata, ringed) : []);
    const lines = heat && on(heat.layer) && state.measure !== 'none';
    put('isolines', lines ? heatLines(map, heat.spec.metadata.heat, daysIn(state.time)) : []);
  };
  const soon = paused(update, WAIT_MS);
  const watched = new Set(['warnings', grouped?.layer, heat?.layer]);
  map.on('sourcedata', (event) => {
    if (watched.has(event.sourceId) && /** @type {any} */ (event).tile) soon();
  });
  map.on('moveend', soon);
  return soon;
}

/**
 * Points that the tiles in view could not hold, as the tiles themselves declare.
 * @param {GlMap} map @param {string} source
 */
export function leftOut(map, source) {
  if (!map.getSource(source)) return 0;
  return map.querySourceFeatures(source, { sourceLayer: 'left_out' })
    .reduce((sum, feature) => sum + (feature.properties.count ?? 0), 0);
}
