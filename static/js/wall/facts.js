/** What a picture or a sheet says beside the map of a wall: where, which days, what the colors mean, from whom, as of when. */

import { HEAT_TOKENS } from '../heat.js';
import { pick, t } from '../i18n.js';
import { dateText, timeText } from './durations.js';
import { daysText, otherDaysText, rangeText } from './periods.js';

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** @param {import('../scales.js').Legend|null} legend @param {import('../heat.js').HeatScale|null} heat @returns {import('./picture.js').Steps} */
function stepsOf(legend, heat) {
  if (!legend) return heat ? HEAT_TOKENS.map((token, i) => ({ token, from: heat.limits[i] })) : [];
  const { named } = legend.measure;
  if (named?.length) return named[0].token.startsWith('--div-') ? named.map((each) => ({ token: each.token, from: null, word: pick(each) })) : [];
  return legend.thins ? legend.steps : [];
}

/**
 * @param {{view: any, shown: import('./address.js').Shown, now: number, zone: string, numbers: any, days: import('./frames.js').Days|null, drill: boolean, heat: import('../heat.js').HeatScale|null}} wall
 *   `days`: of the frame that a playback shows; `heat`: its scale, where it is the one color of the map
 * @returns {import('./sheet.js').Facts}
 */
export function factsOf({ view, shown, now, zone, numbers, days, drill, heat }) {
  const { legend, time, against } = view.painting() ?? { legend: null, time: view.days(), against: null };
  const at = `${dateText(now, zone)} ${timeText(now, zone)}`;
  const line = byId('scale-line');
  const chain = /** @type {import('../api.js').Link[]} */ (view.place()?.chain ?? []);
  return {
    numbers,
    title: chain.map(({ name }) => name).join(' ') || t('全境'),
    days: rangeText(shown.range),
    at,
    mark: drill ? t('演练 {when}，不是现在的情况', { when: at }) : '',
    sources: [...byId('sources').children].map((each) => each.textContent).join('\u3000'),
    sides: view.beside() ? [daysText(time), view.beside().label] : [],
    measure: legend ? `${pick(legend.measure.title)} ${pick(legend.measure.unit)}\u3000${daysText(time)}${against ? ` ${t('与')} ${otherDaysText(against, time)}` : ''}`
      : heat ? `${t('热力')} ${t('起／km²·30日，半径 {km} km', { km: heat.radius_km })}\u3000${daysText(days ?? time)}` : '',
    steps: stepsOf(legend, heat),
    bar: { share: line.offsetWidth / byId('map').clientWidth, text: line.textContent },
  };
}
