/** What the desk asks of the server, and how it says time: minutes left, over, paused. */

import { ask, withParams } from './api.js';
import { number } from './format.js';
import { lang, t } from './i18n.js';

/** @typedef {{state: 'none'|'running'|'paused'|'stopped', left_min: number|null, used_min: number|null, limit_min: number|null, due_at?: string|null, around_the_clock?: boolean, started_at?: string, provisional?: boolean}} Clock */
/** @typedef {import('./api.js').Words} Words */
/** @typedef {{county: number, id: string, path: string, number: string, title: string, category: Words, kind: string, severity: number, state: string, color: number|null, place: string, holder: string|null, received_at: string, lon: number|null, lat: number|null, clock: Clock}} Case */
/** @typedef {{queue: string, counts: Record<string, number>, page: number, pages: number, rows: Case[], areas: {path: string, name: string}[], now: string}} Queue */
/** @typedef {{id: string, zh: string, en: string, needs: string[]}} Step */
/** @typedef {{id: string, zh: string, en: string, type: string, choices: {id: string, zh: string, en: string}[], value: string|number|null}} CaseField */
/** @typedef {{at: string, kind: string, zh: string, en: string, who: string, words: string, facts: Record<string, any>}} Entry */
/** @typedef {{id: string, kind: string, words: string, asked_at: string, due_at: string, arrived_at: string|null, answered_at: string|null, answer: string|null, whom: string}} Errand */
/**
 * @typedef {Object} CasePage
 * @property {number} county
 * @property {string} id
 * @property {string} path
 * @property {string} number
 * @property {string} title
 * @property {{number: number, zh: string, en: string}} category
 * @property {string} kind
 * @property {string} state
 * @property {string|null} outcome
 * @property {number|null} rating
 * @property {string|null} merged_into
 * @property {string} place
 * @property {{depth: number, name: string, path: string}[]} chain
 * @property {number|null} lon
 * @property {number|null} lat
 * @property {string} received_at
 * @property {{color: number, since: string, answered: boolean}|null} warning
 * @property {Clock} clock
 * @property {string[]} relations
 * @property {Step[]} steps
 * @property {{id: string, channel: string, words: string, at: string, rating: number|null, wants_no_name: boolean}[]} reports
 * @property {boolean} may_reveal who sent them
 * @property {Entry[]} timeline
 * @property {{kind: string, id: string, name: string, post: string|null}|null} holder
 * @property {{zh: string, en: string, certain: boolean|null, share: number|null, border_m: number|null, version: string|null, alternatives: any[]}} why
 * @property {Errand[]} errands
 * @property {{village: number, township: number}} alike
 * @property {{count: number, missing: number, items: {id: string, name: string, url: string|null, thumbnail: string|null}[]}} attachments
 * @property {number} households that it concerns
 * @property {CaseField[]} fields what its family asks
 * @property {string} now
 */
/** @typedef {{id: string, name: string, has_jurisdiction?: boolean, meters?: number|null, center?: string|null, call?: {name: string|null, phone: string|null}}} Called a department that can be whistled for */
/** @typedef {{called: Called[], duty: {id: string, name: string, place: string}[], center: {id: string, name: string}[], department: {id: string, name: string}[], grid: {code: string, path: string, name: string}[]}} Candidates */
/** @typedef {{states: Record<string, Words>, outcomes: Record<string, Words>, pauses: Record<string, Words>, categories: {number: number, kind: string, zh: string, en: string}[]}} LifeWords */

/** @param {Record<string, string|number|undefined>} params @returns {Promise<Queue>} */
export const queue = (params) => ask(withParams('/api/cases', params));

/** @returns {Promise<LifeWords>} */
export const lifeWords = () => ask('/api/cases/words');

/** @param {number} county @param {string} id @returns {Promise<CasePage>} */
export const casePage = (county, id) => ask(`/api/cases/${county}/${id}`);

/**
 * To whom a case can be given; and who can be called to it: those whose jurisdiction it is and those near it first.
 * @param {number} county @param {string} id @returns {Promise<Candidates>}
 */
export async function candidates(county, id) {
  const nobody = () => ({ departments: /** @type {Called[]} */ ([]) });
  const [could, { departments }] = await Promise.all([ask(`/api/cases/${county}/${id}/candidates`), ask(`/api/departments/near/${county}/${id}`).catch(nobody)]);
  const near = new Set(departments.map((/** @type {Called} */ one) => one.id));
  return { ...could, called: [...departments, ...could.department.filter((/** @type {Called} */ one) => !near.has(one.id))] };
}

/** @param {string} path @param {Record<string, unknown>} body */
const send = (path, body) => ask(path, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** @param {number} county @param {string} id @param {Record<string, unknown>} body @returns {Promise<{step: string, state: string, path: string}>} */
export const takeStep = (county, id, body) => send(`/api/cases/${county}/${id}/steps`, body);

/** @param {Record<string, unknown>} body @returns {Promise<{done: number, refused: {id: string, why: string}[]}>} */
export const takeMany = (body) => send('/api/cases/steps', body);

const HOUR_MIN = 60;
/** A working day, for words alone: the limit itself is counted by the calendar. */
const DAY_MIN = Object.freeze({ working: 450, clock: 1440 });

/** @param {number} minutes not negative @param {boolean} aroundTheClock */
export function spanText(minutes, aroundTheClock) {
  const day = aroundTheClock ? DAY_MIN.clock : DAY_MIN.working;
  const days = Math.floor(minutes / day);
  const hours = Math.floor((minutes % day) / HOUR_MIN);
  const rest = Math.round(minutes % HOUR_MIN);
  // beside many days the hours say nothing
  const tail = hours > 0 && days < 10;
  if (lang() === 'zh') {
    if (days) return `${number(days)} ${aroundTheClock ? '天' : '工作日'}${tail ? ` ${hours} 时` : ''}`;
    return hours ? `${hours} 时 ${String(rest).padStart(2, '0')} 分` : `${rest} 分`;
  }
  if (days) return `${number(days)} ${aroundTheClock ? 'd' : 'wd'}${tail ? ` ${hours} h` : ''}`;
  return hours ? `${hours} h ${String(rest).padStart(2, '0')} min` : `${rest} min`;
}

/** Time left in few words: 剩 3 时 12 分, 超 41 分, 已暂停; a paused clock does not tick. @param {Clock} clock */
export function leftText(clock) {
  if (clock.state === 'none' || clock.left_min === null) return '';
  if (clock.state === 'stopped') return t('已停');
  const span = spanText(Math.abs(clock.left_min), Boolean(clock.around_the_clock));
  if (clock.left_min < 0) return t('超 {span}', { span });
  return clock.state === 'paused' ? t('已暂停，剩 {span}', { span }) : t('剩 {span}', { span });
}

/** The share of the limit that is used, 0 to 1. @param {Clock} clock */
export const usedShare = (clock) => Math.min(1, Math.max(0, (clock.used_min ?? 0) / (clock.limit_min || 1)));

/** @param {Clock} clock */
export const isLate = (clock) => clock.state !== 'stopped' && clock.left_min !== null && clock.left_min < 0;

/**
 * Groups of a queue by when it is due: over, today, later, without a limit.
 * @param {Case[]} rows @param {string} now @param {string} zone
 * @returns {{title: string, rows: Case[]}[]}
 */
export function byDue(rows, now, zone) {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  const today = day.format(new Date(now));
  /** @param {Case} row */
  const groupOf = ({ clock }) => {
    if (isLate(clock)) return '逾期';
    if (!clock.due_at) return clock.state === 'paused' ? '已暂停' : '没有时限';
    return day.format(new Date(clock.due_at)) <= today ? '今天到期' : '以后';
  };
  return ['逾期', '今天到期', '以后', '已暂停', '没有时限']
    .map((title) => ({ title, rows: rows.filter((row) => groupOf(row) === title) }))
    .filter((group) => group.rows.length);
}
