/** Which areas a wall colors: the drilled area decides, not the zoom – unless they would be too small to see. */

import { addDays, daysIn } from '../time.js';
import { levelOf } from './address.js';

/** @typedef {import('../api.js').Catalog} Catalog */
/** @typedef {{level: number, source: string}} Colored */

/** First zoom at which each kind of area is drawn at all. */
const FIRST_ZOOM = Object.freeze({ village: 10, grid: 9, town: 7, county: 4 });
/** Fewest days for a rate: a grid has few cases, so a wall of today still colors its map by more. */
const GRID_DAYS = 365;
const REGION_DAYS = 30;

/**
 * The level that is colored in an area: counties of a province, townships of a prefecture, grids of a county.
 * @param {Catalog} catalog @param {string} within @param {number} zoom
 * @param {boolean} [coarser] villages instead of grids: a month of a grid is too few cases to compare
 * @returns {Colored}
 */
export function coloredIn(catalog, within, zoom, coarser = false) {
  const county = catalog.levels.find((level) => level.is_county)?.depth ?? catalog.grid_depth - 1;
  const town = catalog.levels.find((level) => level.answers)?.depth ?? county;
  const depth = levelOf(within);
  const village = catalog.grid_depth - 1;
  if (coarser && depth >= county && depth < village) return { level: zoom >= FIRST_ZOOM.village ? village : town, source: 'regions' };
  const wished = depth >= county ? catalog.grid_depth : depth === county - 1 ? town : county;
  if (wished === catalog.grid_depth && zoom >= FIRST_ZOOM.grid) return { level: wished, source: 'grids' };
  if (wished >= town && zoom >= FIRST_ZOOM.town) return { level: town, source: 'regions' };
  return { level: zoom >= FIRST_ZOOM.county ? county : Math.max(1, county - 1), source: 'regions' };
}

/** The days of a range that are over: what is still to come of its last day in a drill must not color the map. @param {import('../time.js').Range} range @param {string} today */
export function daysOver(range, today) {
  if (range.to < today) return range;
  const to = addDays(today, -1);
  return { ...range, from: range.from > to ? to : range.from, to };
}

/**
 * The days that color the map: those of the wall, or as many more as a rate needs.
 * @param {import('../time.js').Range} range @param {boolean} grids
 */
export function daysOfMap(range, grids) {
  const least = grids ? GRID_DAYS : REGION_DAYS;
  return daysIn(range) >= least ? range : { ...range, from: addDays(range.to, 1 - least) };
}
