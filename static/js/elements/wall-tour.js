/** The strip of a tour: which view, how long it stays, or why the tour stands still. */

import { h, icon } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {{toggle: () => unknown, step: (by: number) => unknown, list: () => unknown, stop: () => unknown}} Leads */

export class WallTour extends HTMLElement {
  where = h('b', {});
  why = h('span', { class: 'why' });
  /** @type {HTMLButtonElement|null} */
  run = null;

  /** @param {Leads} leads */
  lead({ toggle, step, list, stop }) {
    const button = (/** @type {Parameters<typeof icon>[0]} */ sign, /** @type {string} */ name, /** @type {() => unknown} */ act) => h('button', { type: 'button', 'aria-label': name, title: name, onclick: () => act() }, icon(sign));
    this.run = button('play', t('继续巡览'), toggle);
    this.replaceChildren(h('span', { class: 'what' }, t('巡览')), this.where, this.why,
      h('span', { class: 'leads' }, button('back', t('上一幅'), () => step(-1)), this.run, button('on', t('下一幅'), () => step(1)), button('list', t('巡览的画面'), list), button('close', t('结束巡览'), stop)));
  }

  /** @param {import('../wall/tour-walk.js').Walk} walk @param {import('../wall/tour-walk.js').View[]} views @param {number} left seconds */
  show({ phase, at }, views, left) {
    this.hidden = phase === 'off';
    if (this.hidden) return;
    this.dataset.phase = phase;
    this.where.textContent = `${at + 1}/${views.length} ${views[at]?.name ?? ''}`;
    this.why.textContent = phase === 'walking' ? t('{n} 秒', { n: left })
      : phase === 'red' ? t('新的红色预警：签收后，或 {n} 秒后继续', { n: left })
        : t('有人操作，{n} 秒后继续', { n: left });
    if (this.run) this.run.hidden = phase === 'walking';
  }
}

customElements.define('wall-tour', WallTour);
