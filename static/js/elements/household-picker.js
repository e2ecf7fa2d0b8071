/** A field for one or several households: type an address or a house number, choose; what is chosen stands below. */

import { announce, h, redraw } from '../dom.js';
import { t } from '../i18n.js';
import { AreaPicker } from './area-picker.js';

/** @typedef {import('../api.js').Found & {county: number, id: string}} Home */

export class HouseholdPicker extends AreaPicker {
  kinds = ['household'];
  /** @type {Home[]} */
  homes = [];
  shown = h('ul', { class: 'chosen-homes' });

  connectedCallback() {
    if (this.contains(this.shown)) return;
    this.append(h('input', { type: 'text', autocomplete: 'off', placeholder: t('地址或户编号'), 'aria-label': t('住户') }));
    super.connectedCallback();
    this.append(this.shown);
  }

  /** @param {number} i */
  take(i) {
    const home = /** @type {Home} */ (this.results[i]);
    if (!this.hasAttribute('several')) this.homes = [];
    if (!this.homes.some(({ id }) => id === home.id)) this.homes.push(home);
    this.input.value = '';
    this.show([]);
    this.tell();
  }

  tell() {
    redraw(this.shown, this.homes.map((home) => h('li', {}, h('span', { lang: 'zh-Hans' }, home.title), h('small', {}, home.where ?? ''),
      h('button', { type: 'button', class: 'quiet-button', 'aria-label': t('去掉 {name}', { name: home.title }), onclick: () => {
        this.homes = this.homes.filter(({ id }) => id !== home.id);
        this.tell();
      } }, '×'))));
    announce(this, 'households-chosen');
  }
}

customElements.define('household-picker', HouseholdPicker);
