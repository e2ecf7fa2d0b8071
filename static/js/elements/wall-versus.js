/** The strip of a comparison: which other days, as a difference or side by side. */

import { announce, h, icon, redraw } from '../dom.js';
import { t } from '../i18n.js';
import { ownRange } from '../time.js';
import { daysText, otherDaysText } from '../wall/periods.js';

/** @typedef {import('../wall/frames.js').Days} Days */
/** @typedef {import('../wall/address.js').Versus} Versus */

export class WallVersus extends HTMLElement {
  /** @param {Versus|null} versus @param {Days} range @param {Days} other @param {string} today */
  show(versus, range, other, today) {
    this.hidden = !versus;
    if (!versus) return;
    const take = (/** @type {Partial<Versus>|null} */ change) => announce(this, 'wall-versus', change && { ...versus, ...change });
    const choice = (/** @type {string} */ key, /** @type {string} */ name, /** @type {boolean} */ on, /** @type {Partial<Versus>} */ change) => h('button', { type: 'button', 'data-key': key, 'aria-pressed': String(on), onclick: () => take(change) }, name);
    const field = (/** @type {'from'|'to'} */ end) => h('input', {
      type: 'date', value: other[end], max: today, 'aria-label': end === 'from' ? t('从') : t('到'),
      onchange: (event) => {
        const { value } = /** @type {HTMLInputElement} */ (event.target);
        const { from, to } = value ? ownRange(end === 'from' ? value : other.from, end === 'to' ? value : other.to) : other;
        take({ to: 'own', days: { from, to } });
      },
    });
    redraw(this, h('b', {}, daysText(range)), h('span', { class: 'than' }, t('与')), versus.to === 'own' ? h('span', { class: 'own' }, field('from'), '–', field('to')) : h('b', {}, otherDaysText(other, range)),
      h('span', { class: 'choices', role: 'group', 'aria-label': t('与哪段时间比') },
        choice('before', t('上一时段'), versus.to === 'before', { to: 'before', days: null }),
        choice('year', t('去年同期'), versus.to === 'year', { to: 'year', days: null }),
        choice('own', t('自选'), versus.to === 'own', { to: 'own', days: { from: other.from, to: other.to } })),
      h('span', { class: 'choices', role: 'group', 'aria-label': t('怎样比') },
        choice('difference', t('增减'), versus.how === 'difference', { how: 'difference' }),
        choice('side', t('并排'), versus.how === 'side', { how: 'side' })),
      h('button', { type: 'button', 'data-key': 'close', class: 'close', 'aria-label': t('结束对比'), onclick: () => take(null) }, icon('close')));
  }
}

customElements.define('wall-versus', WallVersus);
