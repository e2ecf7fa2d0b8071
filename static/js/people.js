/** What is asked about people, and what is taken out: with a reason, or kept in the trail. */

import { ask } from './api.js';

/** @param {string} address @param {unknown} body */
const post = (address, body) => ask(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

/** Each read is kept in the trail. @param {number} county @param {string} id @returns {Promise<import('./elements/household-card.js').Household>} */
export const household = (county, id) => ask(`/api/households/${county}/${id}`);

/** Opens what is masked, once, for a reason. @param {'person'|'report'} kind @param {number} county @param {string} id @param {string} why @returns {Promise<import('./elements/household-card.js').Shown>} */
export const reveal = (kind, county, id, why) => post('/api/reveals', { kind, county, id, why });

/** @param {number} county @param {string} person @param {string|null} on null: still there */
export const movedAway = (county, person, on) => post(`/api/households/${county}/people/${person}/moved-away`, { on });

/** @typedef {{kind: string, county: number, id: string, path: string, name: string|null, address: string|null, number?: string|null, lon?: number, lat?: number}} Somebody */

/** Households by a name; only workers of their grid are told any (`may_ask`). @param {string} name @returns {Promise<{found: Somebody[], may_ask: boolean}>} */
export const named = (name) => post('/api/people/named', { name });

/** Whose number this is, or whose ends so; kept in the trail. @param {string} number @param {string} why @returns {Promise<{found: Somebody[]}>} */
export const numbered = (number, why) => post('/api/people/numbered', { number, why });

/** @typedef {{id: string, what: string, format: string, as_of: string, within: string, why: string, state: 'asked'|'ready'|'failed'|'expired', rows: number|null, failure: string|null, asked_at: string, expires_at: string, downloads: number}} Export */
/** @typedef {{exports: Export[], may_export: boolean, what: {id: string, zh: string, en: string}[], formats: string[], days: number, today: string, zone: string}} Exports */

/** @returns {Promise<Exports>} */
export const exports = () => ask('/api/exports');

/** @param {Record<string, string>} wanted @returns {Promise<{id: string}>} */
export const askExport = (wanted) => post('/api/exports', wanted);
