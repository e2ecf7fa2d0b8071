/** What the pages of daily duties ask of the server: visits, desks with their rota, absence and leaving. */

import { ask, withParams } from './api.js';

/** @typedef {import('./api.js').Words} Words */
/** @typedef {{county: number, id: string, path: string, place: string, household: string|null, incident: string|null, every: {id: string, zh: string, en: string}, next_on: string, until: string|null, why: Words, address: string|null, number: string|null, last_at: string|null, late_days: number, of: number}} Due `of`: how many there are, overdue or not, of which the first are listed */
/** @typedef {{county: number, id: string, place: string, at: string, seen: string, who: string, household: string|null, incident: string|null, address: string|null, number: string|null}} Made */
/** @typedef {{today: string, now: string, zone: string, visits: Due[], made: Made[], every: Record<string, Words>, may: boolean}} Visits */
/** @typedef {{id: string, name: string, phone: string|null, since: string, until: string, now: boolean}} Shift */
/** @typedef {{id: string, path: string, kind: string, department: string, center: string, call: {name: string|null, phone: string|null}, shifts: Shift[]}} Desk */
/** @typedef {{id: string, name: string, departments: {id: string, name: string}[]}} Center whose desks one keeps */
/** @typedef {{day: string, today: string, zone: string, desks: Desk[], centers: Center[], kinds: Record<string, Words>}} Desks */
/** @typedef {{id: string, name: string, post: string|null, grids: string[], away_for: string|null}} Worker */
/** @typedef {{may: boolean, more: boolean, workers: Worker[]}} Workers */
/** @typedef {{id: string, staff: {id: string, name: string}, by: {id: string, name: string}, why: string, since: string, until: string|null, begun: boolean, may_end: boolean}} StandIn */
/** @typedef {{stand_ins: StandIn[], today: string, zone: string}} StandIns */
/** @typedef {{staff: string, name: string, grids: {path: string, name: string, households: number}[], incidents: {county: number, id: string, number: string, category: Words, place: string, state: string, due_at: string|null}[], visit_plans: number, errands: number}} Holdings */
/** @typedef {{grids: number, incidents: number, elsewhere: number, account: 'closed'|'kept'|'none'}} HandedOn */

/** @param {string} address @param {unknown} body */
const post = (address, body) => ask(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

/** @param {string} address */
const remove = (address) => ask(address, { method: 'DELETE' });

/** @param {string} until a day @param {string} within @returns {Promise<Visits>} */
export const visits = (until, within) => ask(withParams('/api/visits', { until: until || undefined, within: within || undefined }));

/** Keeps a visit; the same id twice is the same visit. @param {Record<string, unknown>} visit @returns {Promise<{id: string, next_on: string|null}>} */
export const makeVisit = (visit) => post('/api/visits', visit);

/** @param {Record<string, unknown>} plan with `households`: the same round to each */
export const planVisits = (plan) => post('/api/visits/plans', plan);

/** @param {number} county @param {string} id */
export const endPlan = (county, id) => post(`/api/visits/plans/${county}/${id}/end`, {});

/** @param {string} day @returns {Promise<Desks>} */
export const desks = (day) => ask(withParams('/api/desks', { day: day || undefined }));

/** @param {Record<string, unknown>} desk */
export const putDesk = (desk) => post('/api/desks', desk);

/** @param {string} id */
export const removeDesk = (id) => remove(`/api/desks/${id}`);

/** @param {string} desk @param {Record<string, unknown>} shift */
export const putShift = (desk, shift) => post(`/api/desks/${desk}/shifts`, shift);

/** @param {string} id */
export const removeShift = (id) => remove(`/api/desks/shifts/${id}`);

/** @returns {Promise<StandIns>} */
export const standIns = () => ask('/api/stand-ins');

/** @param {string} within @returns {Promise<Workers>} */
export const workers = (within) => ask(withParams('/api/staff', { within: within || undefined }));

/** @param {string} staff @param {Record<string, unknown>} absence */
export const nameStandIn = (staff, absence) => post(`/api/staff/${staff}/stand-in`, absence);

/** @param {string} id */
export const endStandIn = (id) => post(`/api/stand-ins/${id}/end`, {});

/** @param {string} staff @returns {Promise<Holdings>} */
export const holdings = (staff) => ask(`/api/staff/${staff}/holdings`);

/** @param {string} staff @param {string} to @returns {Promise<HandedOn>} */
export const handOn = (staff, to) => post(`/api/staff/${staff}/hand-on`, { to });
