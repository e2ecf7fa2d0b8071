/** What the page of the safety index asks of the server. */

import { ask, withParams } from '../api.js';

/** @typedef {import('../api.js').Words} Words */
/** @typedef {{n: number, of: number, value: number|null, points: number|null, low: number|null, high: number|null}} Part a dimension of a region */
/** @typedef {{by: string, at: string, formula_version: number}} Published */
/**
 * @typedef {Object} Region
 * @property {string} path
 * @property {string} name
 * @property {number|null} index null: too little data
 * @property {number|null} low
 * @property {number|null} high
 * @property {number|null} grade 0, the worst, to 4
 * @property {number} present how many dimensions have data
 * @property {Record<string, Part>} dimensions
 * @property {Published|null} published
 * @property {[number, number]|null} [rank] the best and the worst that its interval allows
 */
/** @typedef {Region & {month: string}} Month */
/** @typedef {{id: string, unit: Words, how: Words, missing: Words, nature: string, less_is_better: boolean, weight: number, zero: number, full: number} & Words} Dimension */
/** @typedef {{version: number, limits: number[], grades: Words[], dimensions: Dimension[]}} Formula */
/**
 * @typedef {Object} Ranking
 * @property {string} month YYYY-MM
 * @property {boolean} whole whether the month is over
 * @property {string} within
 * @property {{depth: number, name: string, path: string, seen: boolean}[]} chain
 * @property {number} level
 * @property {({depth: number} & Words)[]} levels
 * @property {Region|null} area
 * @property {Region[]} rows
 * @property {number} total
 * @property {Formula} formula
 * @property {string[]} published_months
 * @property {'yes'|'published'|'right'|'whole'|'account'|'empty'} publish
 * @property {boolean} may_fit
 * @property {string} today
 * @property {string} zone
 */

/** @param {Record<string, string|number|undefined>} wanted @returns {Promise<Ranking>} */
export function ranking({ within, ...wanted }) {
  const address = withParams('/api/index', wanted);
  if (within === undefined) return ask(address);
  // the empty area is everything, and must be said
  return ask(`${address}${address.includes('?') ? '&' : '?'}within=${encodeURIComponent(within)}`);
}

/** @param {string} within @param {string} month @returns {Promise<{months: Month[]}>} */
export const trend = (within, month) => ask(withParams('/api/index/trend', { within, month }));

/** @param {string} path @param {Record<string, string>} body */
const send = (path, body) => ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

/** @param {string} within @param {string} month @returns {Promise<{regions: number}>} */
export const publish = (within, month) => send('/api/index/publish', { within, month });

/** @returns {Promise<{changed: number}>} */
export const fitScales = () => send('/api/index/scales', {});

/** @param {Ranking} found @param {string} suffix */
export const fileAddress = (found, suffix) => `/api/index/file.${suffix}?${new URLSearchParams({ within: found.within, level: String(found.level), month: found.month })}`;
