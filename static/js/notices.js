/** What one was told: asking for it, and marking it as seen. */

import { ask, withParams } from './api.js';

/** @typedef {import('./api.js').Words} Words */
/** @typedef {{unseen: number, waiting: number}} Counts */
/** @typedef {{id: string, who: string|null, kind: string, words: Words, why: Words, urgent: boolean, n: number, county: number, subject_kind: string, subject_id: string|null, number: string|null, title: string, place: string, made_at: string, told_at: string|null, seen_at: string|null}} Notice */
/** @typedef {Counts & {notices: Notice[], keeps_log: boolean, zone: string}} Mine */
/** @typedef {{rows: Notice[], page: number, pages: number}} Log */

/** People are told a moment after it happened: asking sooner finds nothing. */
export const TOLD_WITHIN_MS = 4_000;

/** @returns {Promise<Counts>} */
export const counts = () => ask('/api/notices/count');

/** @returns {Promise<Mine>} */
export const mine = () => ask('/api/notices');

/** @param {number} page @returns {Promise<Log>} */
export const log = (page) => ask(withParams('/api/notices/log', { page }));

/** Marks notices as seen, all of them without ids. @param {string[]} [ids] @returns {Promise<Counts>} */
export const markSeen = (ids) => ask('/api/notices/seen', {
  method: 'POST',
  // the page may be left in the same moment
  keepalive: true,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(ids ? { ids } : {}),
});

/** Where a notice leads: its case; nowhere for what has no page. @param {Notice} one */
export const addressOf = (one) => (one.subject_kind === 'incident' && one.subject_id
  ? withParams('/cases', { county: one.county, id: one.subject_id }) : '');
