/** What the facts of an event say, in a line. */

import { pick, t } from './i18n.js';

/** Words of outcomes and pauses, given by the server. @type {{outcomes: Record<string, {zh: string, en: string}>, pauses: Record<string, {zh: string, en: string}>}} */
const known = { outcomes: {}, pauses: {} };

/** @param {typeof known} words */
export function useLifeWords({ outcomes, pauses }) {
  known.outcomes = outcomes;
  known.pauses = pauses;
}

/** @type {Record<string, (facts: Record<string, any>) => string>} */
const SAY = {
  IncidentDispatched: ({ holder }) => (holder ? t('派给 {name}', { name: holder.name }) : ''),
  IncidentResolved: ({ outcome, with: elsewhere }) => [outcome && known.outcomes[outcome] ? pick(known.outcomes[outcome]) : '', elsewhere].filter(Boolean).join('，'),
  IncidentHandedOver: ({ holder }) => (holder ? t('交给相邻网格的 {name}', { name: holder }) : t('交给相邻网格')),
  DepartmentsWhistled: ({ departments, within_min: minutes }) => t('叫 {names} {n} 分钟内到场', { names: (departments ?? []).join('、'), n: String(minutes) }),
  DepartmentArrived: ({ department }) => department ?? '',
  IncidentReopened: ({ back_to: to }) => (to === 'center' ? t('原经办人已离岗，回到中心') : t('回到原经办人')),
  IncidentMerged: ({ into_number: number }) => t('并入 {number}', { number }),
  IncidentRated: ({ rating }) => t('{n} 分', { n: String(rating) }),
  ClockPaused: ({ pause }) => (pause && known.pauses[pause] ? pick(known.pauses[pause]) : ''),
  LimitNeared: ({ why, share }) => (why ? pick(why) : t('时限已用 {n}%', { n: String(share) })),
  ReporterCalledBack: ({ satisfied }) => (satisfied === undefined ? '' : t(satisfied ? '满意' : '不满意')),
  IncidentEscalated: ({ why }) => (why ? pick(why) : ''),
};

/** @param {{kind: string, facts: Record<string, any>}} entry */
export const factWords = ({ kind, facts }) => SAY[kind]?.(facts) ?? '';
