/** What the colors and lines of a wall's map mean: what is counted, per what, over which days. */

import { h } from '../dom.js';
import { limit } from '../format.js';
import { hatchSwatch } from '../hatch.js';
import { HEAT_TOKENS } from '../heat.js';
import { pick, t } from '../i18n.js';
import { signIcon, signName } from '../signs.js';
import { spotKeys } from '../spots.js';
import { s } from '../dom.js';
import { daysText, otherDaysText } from '../wall/periods.js';

/** @typedef {import('../wall/coloring.js').Painting} Painting */
/** @typedef {import('../heat.js').HeatScale} HeatScale */

/** @param {string} token */
function swatch(token) {
  const box = h('i', {});
  box.style.backgroundColor = `var(${token})`;
  return box;
}

/** @param {string[]} tokens @param {(number|null)[]} from */
const scale = (tokens, from) => h('ol', { class: 'scale' }, tokens.map((token, i) => h('li', {}, swatch(token), from[i] === null ? '' : limit(Number(from[i])))));

export class WallLegend extends HTMLElement {
  /**
   * @param {Painting|null} painting @param {HeatScale|null} heat null: no heat is shown
   * @param {{from: string, to: string}} days
   */
  show(painting, heat, days) {
    const legend = painting?.legend ?? null;
    this.replaceChildren(...[
      ...(legend ? this.areas(legend, days, painting?.against ?? null) : []),
      ...(heat && !legend ? this.fill(heat, days) : []),
      h('p', { class: 'keys' }, legend?.thins ? h('span', {}, hatchSwatch(), pick(legend.measure.hatched)) : null,
        heat && legend ? h('span', {}, s('svg', { class: 'ellipse', viewBox: '0 0 32 18', 'aria-hidden': 'true' }, s('ellipse', { cx: 16, cy: 9, rx: 14, ry: 7 })), t('热力 {limits} 起／km²·30日', { limits: heat.limits.slice(1, 4).map(limit).join(t('、')) })) : null,
        legend && spotKeys(legend.measure).map((key) => h('span', {}, key))),
    ].filter((each) => each.childNodes.length));
  }

  /** @param {import('../scales.js').Legend} legend @param {{from: string, to: string}} days @param {{from: string, to: string}|null} against */
  areas({ measure, steps, thins, days: own }, days, against) {
    if (measure.named?.length) {
      const [first] = measure.named;
      if (first.token.startsWith('--div-')) {
        // from one end to the other by way of nothing: three words say it
        const said = measure.named.map((each, i, all) => ([0, (all.length - 1) / 2, all.length - 1].includes(i) ? pick(each) : ''));
        return [h('p', {}, h('b', {}, pick(measure.title)), ` ${pick(measure.unit)}`), h('p', {}, daysText(own ?? days), against && ` ${t('与')} ${otherDaysText(against, days)}`),
          h('ol', { class: 'scale' }, measure.named.map((each) => h('li', {}, swatch(each.token)))), h('p', { class: 'ends' }, said.filter(Boolean).map((word) => h('span', {}, word)))];
      }
      const named = measure.named.map((each) => h('li', {}, swatch(each.token), pick(each)));
      return [h('p', {}, h('b', {}, pick(measure.title)), ` ${pick(measure.unit)}`), h('p', {}, daysText(own ?? days)), h('ol', { class: 'named' }, named)];
    }
    if (!thins) return [h('p', {}, pick(measure.title)), h('ol', { class: 'signs' }, steps.map((step) => h('li', {}, signIcon(step.class, ''), signName(step.class))))];
    return [h('p', {}, h('b', {}, pick(measure.title)), ` ${pick(measure.unit)}`), h('p', {}, daysText(days)), scale(steps.map((step) => step.token), steps.map((step) => step.from))];
  }

  /** @param {HeatScale} heat @param {{from: string, to: string}} days */
  fill(heat, days) {
    return [h('p', {}, h('b', {}, t('热力')), ` ${t('起／km²·30日，半径 {km} km', { km: heat.radius_km })}`), h('p', {}, daysText(days)), scale([...HEAT_TOKENS], heat.limits.slice(0, HEAT_TOKENS.length))];
  }
}

customElements.define('wall-legend', WallLegend);
