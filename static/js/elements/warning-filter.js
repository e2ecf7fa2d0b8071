/** The four warning signs with how many are open and how many nobody has answered. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { signIcon, signName } from '../signs.js';
import { toggled } from './kind-filter.js';

const LEVELS = Object.freeze([4, 3, 2, 1]);

export class WarningFilter extends HTMLElement {
  /**
   * @param {number[]} chosen levels; empty means all
   * @param {Record<string, number>} counts by level @param {Record<string, number>} unanswered by level
   */
  update(chosen, counts, unanswered) {
    redraw(this,
      h('h2', {}, headingWords('预警等级')),
      h('div', { class: 'signs', role: 'group', 'aria-label': t('预警等级') }, LEVELS.map((level) => {
        const waiting = unanswered[level] ?? 0;
        const words = t('{sign} {n} 条，未签收 {waiting} 条', { sign: signName(level), n: counts[level] ?? 0, waiting });
        return h('button', { type: 'button', 'data-key': `warning-${level}`, title: words,
          'aria-pressed': String(!chosen.length || chosen.includes(level)),
          onclick: () => announce(this, 'filter', { colors: toggled(chosen, level, [1, 2, 3, 4]) }) },
        h('b', {}, signIcon(level), counts[level] === undefined ? '–' : number(counts[level])),
        h('small', { class: waiting ? 'late' : '' }, waiting ? t('未签收 {n}', { n: number(waiting) }) : t('已签收')));
      })));
  }
}

customElements.define('warning-filter', WarningFilter);
