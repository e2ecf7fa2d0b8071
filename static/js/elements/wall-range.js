/** Which days a wall shows: today, the last 7, 30, 365, or any of one's own. */

import { announce, h, redraw } from '../dom.js';
import { t } from '../i18n.js';
import { ownRange, presetRange } from '../time.js';
import { RANGES } from '../wall/address.js';
import { daysText } from '../wall/periods.js';

/** @typedef {import('../time.js').Range} Range */

export class WallRange extends HTMLElement {
  /** @param {Range} range @param {string} today */
  show(range, today) {
    const name = (/** @type {string} */ days) => (days === '1' ? t('今日') : t('近 {n} 日', { n: days }));
    const choose = (/** @type {Range} */ chosen) => announce(this, 'wall-range', chosen);
    const field = (/** @type {'from'|'to'} */ end) => h('input', {
      type: 'date', value: range[end], max: today, 'aria-label': end === 'from' ? t('从') : t('到'),
      onchange: (event) => {
        const { value } = /** @type {HTMLInputElement} */ (event.target);
        if (value) choose(ownRange(end === 'from' ? value : range.from, end === 'to' ? value : range.to));
      },
    });
    const own = range.preset === 'own';
    redraw(this, h('div', { role: 'group', 'aria-label': t('时间') },
      RANGES.map((days) => h('button', { type: 'button', 'data-key': days, 'aria-pressed': String(range.preset === days), onclick: () => choose(presetRange(days, today)) }, name(days))),
      h('button', { type: 'button', 'data-key': 'own', 'aria-pressed': String(own), onclick: () => choose({ ...range, preset: 'own' }) }, own ? daysText(range) : t('自选')),
      own && h('span', { class: 'own' }, field('from'), '–', field('to'))));
  }
}

customElements.define('wall-range', WallRange);
