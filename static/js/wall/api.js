/** What a wall asks for: the same map with a wall's rights, and the panels beside it. */

import { ask, withParams } from '../api.js';

/** @typedef {import('../api.js').Params} Params */
/** @typedef {import('../api.js').Catalog & {home: string, today: string, at: string}} WallCatalog `home`: the area that a wall opens with */
/** @typedef {{path: string, name: string, lon: number, lat: number}} Below */
/** @typedef {{within: string, chain: import('../api.js').Link[], outline: any|null, bounds: [number, number, number, number]|null, below: Below[], core: {lon: number, lat: number}|null}} WallPlace */

/** @param {string} path @param {Params} [params] @param {AbortSignal} [signal] */
const get = (path, params = {}, signal = undefined) => ask(withParams(path, params), { signal });

/** @returns {Promise<WallCatalog>} */
export const catalog = () => get('/wall/catalog');

/** One panel, or an area for the map. @param {string} what @param {Params} params @param {AbortSignal} [signal] @returns {Promise<any>} */
export const panel = (what, params, signal) => get(`/wall/${what}`, params, signal);

/** @param {string} measure @param {Params} params @param {AbortSignal} [signal] @returns {Promise<import('../api.js').Figures>} */
export const figures = (measure, params, signal) => get(`/wall/figures/${measure}`, params, signal);
