/** Where an area of a path lies on the map, from the tiles that are there: events carry no point. */

import { levelOf, upTo } from './address.js';

/** @typedef {[number, number]} LonLat */

/** The middle of a shape's extent. @param {any} geometry @returns {LonLat} */
function middleOf(geometry) {
  const [lons, lats] = [0, 1].map((i) => geometry.coordinates.flat(geometry.type === 'MultiPolygon' ? 2 : 1).map((/** @type {number[]} */ each) => each[i]));
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

/**
 * @param {import('maplibre-gl').Map} map @param {string} path
 * @returns {LonLat|null} null: not in view
 */
export function pointOf(map, path) {
  for (const [source, level] of /** @type {[string, number][]} */ ([['grids', levelOf(path)], ['regions', levelOf(path)], ['regions', 5], ['regions', 4], ['regions', 3]])) {
    if (!map.getSource(source) || level > levelOf(path)) continue;
    const wanted = upTo(path, level);
    const [found] = map.querySourceFeatures(source, { sourceLayer: source, filter: ['==', ['get', 'path'], wanted] });
    if (found && found.geometry.type.endsWith('Polygon')) return middleOf(found.geometry);
  }
  return null;
}
