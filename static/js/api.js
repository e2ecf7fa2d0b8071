/** The only module that talks to the server. Every failure is an ApiError with a sentence for people. */

/** @typedef {{zh: string, en: string}} Words */
/**
 * @typedef {Object} Layer
 * @property {string} id
 * @property {Words} title
 * @property {Words} about
 * @property {'data'|'base'|'guide'} group
 * @property {boolean} shown
 * @property {number} min_zoom
 * @property {number} max_zoom
 * @property {string} tiles address of the layer's TileJSON
 * @property {string[]} filters
 * @property {boolean} list
 * @property {string[]} measures
 * @property {string[]} stale_on kinds of events after which its tiles are others
 * @property {any[]} style MapLibre layers without a source, colors as tokens
 */
/** @typedef {{token: string} & Words} Named a class that is a word and not a span of numbers */
/**
 * @typedef {{id: string, title: Words, unit: Words, denominator: string|null, layers: string[], palette: string[],
 *   few: boolean, hatched: Words, said: Words|null, named: Named[], signs: ({id: string} & Words)[], classes: Record<string, number[]>}} Measure
 */
/** @typedef {{kind: 'none'|'xyz'|'pmtiles', url: string, tile_size?: number, max_zoom?: number, crs: string}} Basemap */
/** @typedef {{depth: number, zh: string, en: string, answers: boolean, is_county: boolean}} Level */
/** @typedef {{number: number, kind: string, zh: string, en: string}} Category */
/**
 * @typedef {Object} Catalog
 * @property {string} zone
 * @property {boolean} sample
 * @property {string} last_day
 * @property {[number, number, number, number]|null} bounds null: nothing is loaded yet
 * @property {Level[]} levels
 * @property {number} grid_depth
 * @property {{id: string, zh: string, en: string}[]} kinds
 * @property {Category[]} categories
 * @property {Layer[]} layers
 * @property {Measure[]} measures
 * @property {Basemap} basemap
 * @property {string|null} relief
 * @property {string} attribution
 * @property {string} approval_number
 * @property {string|null} boundary_version
 */
/** @typedef {{count: number, base: number|null, rate: number|null, class: number|null, thin: boolean, sign?: string, at?: [number, number]}} Figure `sign`: one of the measure's, which stands at `at` */
/**
 * @typedef {Object} Figures
 * @property {string} measure
 * @property {number} level
 * @property {string} from
 * @property {string} to
 * @property {number} days
 * @property {number[]|null} limits
 * @property {number} thin_share
 * @property {Record<string, Figure>} values
 */
/** @typedef {{depth: number, name: string, path: string}} Link */
/**
 * @typedef {Object} Located
 * @property {string} how
 * @property {boolean} certain
 * @property {number|null} share
 * @property {number|null} accuracy_m
 * @property {Words} text
 * @property {{code: string, path: string, number: string, name: string|null, version: string}|null} grid
 * @property {{name: string, post: string, duty: string}|null} worker
 * @property {{name: string, phone: string|null}|null} center
 * @property {Link[]} chain
 * @property {{meters: number, lon: number, lat: number, beyond: {name: string, path: string}|null}|null} border
 * @property {{path: string, name: string, share: number}[]} alternatives
 */
/** @typedef {{county: number, id: string, at: string, category: number, state: string, severity: number, color: number|null}} RecentItem */
/**
 * @typedef {Object} GridFacts
 * @property {string} path
 * @property {string} code
 * @property {number} households
 * @property {number} people
 * @property {{name: string, post: string, duty: string}[]} workers
 * @property {[number, number, number, number]} bounds
 * @property {{days: number, count: number, open: number, overdue: number, items: RecentItem[]}} recent
 */
/** @typedef {{title: Words, number?: string, kind?: string, color?: number, words?: string|null, lines: [string, string, Cell][], path: string, lon: number, lat: number, timeline: {at: string, kind: string, zh: string, en: string}[]}} Record_ */
/** @typedef {{kind: string, title: string, detail: string, where?: string, path: string, lon: number, lat: number, bounds: [number, number, number, number]|null}} Found */
/** @typedef {string|number|[string, string]|null} Cell a pair is Chinese and English */
/** @typedef {{county: number, id: string, path: string, lon: number, lat: number, cells: Cell[]}} Row */
/** @typedef {{columns: {id: string, zh: string, en: string}[], rows: Row[], total: number, page: number, pages: number}} List */
/** @typedef {{total: number, kinds: Record<string, number>, warnings: Record<string, number>, unanswered: Record<string, number>, daily: [string, number][]}} Summary */
/** @typedef {Record<string, string|number|undefined>} Params */
/** @typedef {{id: string, title: string, n: number|null, required: boolean}} Field `n`: which person of a household */
/** @typedef {{id: string, title: string, fields: Field[]}} ImportKind */
/** @typedef {'uploaded'|'staging'|'staged'|'loading'|'loaded'|'thrown_away'|'taken_back'|'failed'} ImportState */
/**
 * @typedef {Object} ImportBrief counts are null until they are known
 * @property {string} id
 * @property {string} kind
 * @property {string} file
 * @property {ImportState} state
 * @property {string} at
 * @property {number|null} rows
 * @property {number|null} rejects
 * @property {boolean|null} cleared
 * @property {number|null} problem_count
 * @property {number|null} progress rows read so far
 * @property {number|null} added
 * @property {number|null} changed
 * @property {number|null} unchanged
 */
/** @typedef {{imports: ImportBrief[], sample: boolean, levels: {depth: number, zh: string, en: string}[], kinds: ImportKind[], limits: {upload_bytes: number, shown: number}}} Imports */
/** @typedef {{format: string, layers: string[], columns: string[], rows: number|null, encoding: string|null, crs: string|null, geometry: boolean, crs_doubtful: boolean, mapping: Record<string, string>}} FileFacts */
/** @typedef {{crs: string, inside: number, offset_m: number, on_lines: number}} Fit */
/** @typedef {{text: string, lon: number|null, lat: number|null, area_m2: number|null, kind: string, codes: string[]}} Problem */
/** @typedef {ImportBrief & {found: FileFacts, first_rejects: {row: number, reason: string}[], problems: Problem[]|null, bounds: [number, number, number, number]|null, error: string|null, mapping: Record<string, string>|null, options: Record<string, any>, crs: string|null, sample: boolean, in_sample: boolean}} Import */

/** What the server refused, or that it could not be reached (code `unreachable`). */
export class ApiError extends Error {
  /** @param {string} code @param {string} message @param {number} status @param {any} [body] the whole answer */
  constructor(code, message, status, body = null) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

/** @type {Set<(count: number) => void>} */
const watchers = new Set();
let pending = 0;
/** @param {number} change */
function count(change) {
  pending += change;
  for (const watcher of watchers) watcher(pending);
}

/** Tells how many requests are under way, each time that changes. @param {(count: number) => void} watcher */
export function watchPending(watcher) {
  watchers.add(watcher);
}

/** @param {Response} response */
async function refusal(response) {
  const body = await response.json().catch(() => null);
  const { code = String(response.status), message = response.statusText } = body?.error ?? {};
  return new ApiError(code, message, response.status, body);
}

/**
 * @param {string} address @param {RequestInit} [options]
 * @returns {Promise<any>} the JSON of the answer
 * @throws {ApiError}
 */
export async function ask(address, options = {}) {
  count(1);
  try {
    const response = await fetch(address, { credentials: 'same-origin', ...options });
    if (!response.ok) throw await refusal(response);
    return await response.json();
  } catch (error) {
    if (error instanceof ApiError || /** @type {Error} */ (error).name === 'AbortError') throw error;
    throw new ApiError('unreachable', String(error), 0);
  } finally {
    count(-1);
  }
}

/** An address with its parameters; empty ones are left out. @param {string} path @param {Params} params */
export function withParams(path, params) {
  const query = Object.entries(params).filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value)).replaceAll('%2C', ',')}`);
  if (!query.length) return path;
  return path + (path.includes('?') ? '&' : '?') + query.join('&');
}

/** @param {string} path @param {Params} [params] @param {AbortSignal} [signal] */
const get = (path, params = {}, signal = undefined) => ask(withParams(path, params), { signal });

/** @returns {Promise<Catalog>} */
export const catalog = () => get('/api/catalog');

/** English of every message on screen. @returns {Promise<Record<string, string>>} */
export const messages = () => get('/i18n/en.json');

/** @param {Layer} layer @returns {Promise<{tiles: string[], minzoom?: number, maxzoom?: number, bounds?: number[]}>} */
export const tileJson = (layer) => get(layer.tiles);

/** @param {string} measure @param {Params} params @param {AbortSignal} [signal] @returns {Promise<Figures>} */
export const figures = (measure, params, signal) => get(`/figures/${measure}`, params, signal);

/** @param {number} lon @param {number} lat @param {AbortSignal} [signal] @returns {Promise<Located>} */
export const locate = (lon, lat, signal) => get('/api/locate', { lon, lat }, signal);

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<GridFacts>} */
export const grid = (path, signal) => get(`/api/grids/${path}`, {}, signal);

/** @param {'incidents'|'warnings'} kind @param {number} county @param {string} id @returns {Promise<Record_>} */
export const record = (kind, county, id) => get(`/api/${kind}/${county}/${id}`);

/** @param {string} q @param {AbortSignal} [signal] @returns {Promise<{results: Found[], too_wide: boolean}>} */
export const search = (q, signal) => ask('/api/search', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ q }), signal });

/** @param {string} layer @param {Params} params @param {AbortSignal} [signal] @returns {Promise<List>} */
export const list = (layer, params, signal) => get(`/api/lists/${layer}`, params, signal);

/** @param {Params} params @param {AbortSignal} [signal] @returns {Promise<Summary>} */
export const summary = (params, signal) => get('/api/summary', params, signal);

/**
 * Sends a report. The same id twice is the same report, so a second try is harmless.
 * @param {Record<string, unknown>} report
 * @returns {Promise<{id: string, county: number, number: string, assignment: Located}>}
 */
export const report = (report) => ask('/api/incidents', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(report),
});

/** @returns {Promise<Imports>} */
export const imports = () => get('/api/imports');

/** @param {string} id @returns {Promise<Import>} */
export const importOf = (id) => get(`/api/imports/${id}`);

/** How a file reads with other options. @param {string} id @param {Params} params @param {AbortSignal} [signal] @returns {Promise<{found: FileFacts, fits: Fit[], places: boolean}>} */
export const importReading = (id, params, signal) => get(`/api/imports/${id}/reading`, params, signal);

/** @param {string} id @returns {Promise<{type: 'FeatureCollection', features: any[], total: number, shown: number}>} */
export const importPreview = (id) => get(`/api/imports/${id}/preview`);

/** @param {string} kind @param {File} file @returns {Promise<{id: string}>} */
export const upload = (kind, file) => ask(withParams('/api/imports', { kind, name: file.name }), { method: 'POST', body: file });

/**
 * Moves an import on.
 * @param {string} id @param {'stage'|'load'|'throw-away'|'take-back'} step @param {Record<string, unknown>} [body]
 * @returns {Promise<{id: string, removed?: number}>}
 */
export const importStep = (id, step, body = {}) => ask(`/api/imports/${id}/${step}`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
