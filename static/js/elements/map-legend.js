/** What the colors mean: title, unit, period, classes with their limits under the seams, hatching. */

import { h, redraw, s, announce } from '../dom.js';
import { limit } from '../format.js';
import { hatchSwatch } from '../hatch.js';
import { HEAT_TOKENS } from '../heat.js';
import { pick, t } from '../i18n.js';
import { signIcon, signName } from '../signs.js';
import { spotKeys } from '../spots.js';

/** @typedef {import('../scales.js').Legend} Legend */

/** Over this share of thin cells in view the legend offers the coarser level. */
const MOSTLY_THIN = 0.5;

/** @param {string} token */
function swatch(token) {
  const box = h('span', { class: 'swatch', role: 'presentation' });
  box.style.backgroundColor = `var(${token})`;
  return box;
}

/** @param {string[]} tokens @param {(number|null)[]} from */
const scale = (tokens, from) => [
  h('div', { class: 'swatches' }, tokens.map(swatch)),
  h('ol', { class: 'limits' }, from.map((value) => h('li', {}, value === null ? '' : limit(value)))),
];

export class MapLegend extends HTMLElement {
  /**
   * The legend of a choropleth.
   * @param {Legend} legend
   * @param {{period: string, thinShare: number, coarser: string}} facts `coarser`: name of the coarser level, or ''
   */
  showMeasure(legend, { period, thinShare, coarser }) {
    const { measure, steps, thins } = legend;
    const few = thins && [h('p', { class: 'few' }, hatchSwatch(), t('{few}，只作参考', { few: pick(measure.hatched) })),
      thinShare > MOSTLY_THIN && coarser && h('p', { class: 'few' }, t('视野内多半太少'), ' ',
        h('button', { type: 'button', class: 'link', 'data-key': 'coarser', onclick: () => announce(this, 'coarser') }, t('看{level}', { level: coarser })))];
    if (measure.named?.length) {
      redraw(this,
        h('p', { class: 'legend-head' }, h('span', {}, pick(measure.unit)), h('span', { class: 'quiet' }, period)),
        h('ul', { class: 'named-key' }, measure.named.map((each) => h('li', {}, swatch(each.token), pick(each)))),
        measure.signs.length > 0 && h('ul', { class: 'iso-key spot-key' }, spotKeys(measure).map((key) => h('li', {}, key))),
        few);
      return;
    }
    if (!thins) {
      redraw(this, h('ul', { class: 'sign-key' }, steps.map((step) => h('li', {}, signIcon(step.class, ''), signName(step.class)))),
        h('p', { class: 'few' }, t('按格内未解除的最高一级着色')));
      return;
    }
    redraw(this,
      h('p', { class: 'legend-head' }, h('span', {}, pick(measure.unit)), h('span', { class: 'quiet' }, period)),
      scale(steps.map((step) => step.token), steps.map((step) => step.from)),
      few);
  }

  /**
   * The legend of the heat field, as a fill or as three lines.
   * @param {import('../heat.js').HeatScale} heat
   * @param {boolean} lines
   */
  showHeat(heat, lines) {
    const unit = h('p', { class: 'legend-head' }, h('span', {}, t('起／km²，30 日')),
      h('span', { class: 'quiet' }, t('半径 {km} km', { km: heat.radius_km })));
    if (!lines) {
      redraw(this, unit, scale([...HEAT_TOKENS], heat.limits.slice(0, HEAT_TOKENS.length)));
      return;
    }
    const sample = (/** @type {number} */ rank) => s('svg', { class: `iso iso-${rank}`, viewBox: '0 0 22 8', 'aria-hidden': 'true' }, s('path', { d: 'M0 4H22' }));
    redraw(this, unit,
      h('ul', { class: 'iso-key' }, heat.limits.slice(1, 4).map((value, rank) => h('li', {}, sample(rank), limit(value)))),
      h('p', { class: 'few' }, t('区域已着色，热力画成三条线，不再填色')));
  }
}

customElements.define('map-legend', MapLegend);
