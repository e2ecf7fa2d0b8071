/** What happened, in three words; finer for who wants to be exact, "other" for who does not. */

import { announce, h, redraw, s } from '../dom.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('../api.js').Category} Category */

const PICTURES = /** @type {const} */ ({
  dispute: ['有矛盾', 'M3 5h9v6H8l-3 3v-3H3zM14 8h3v6h-2v2.5L12.5 14H10'],
  hazard: ['有危险', 'M10 3 18 17H2ZM10 8v4M10 14.3v.2'],
  service: ['要办事', 'M4 3h9l3 3v11H4zM7 9h6M7 12h6'],
});

export class KindChoice extends HTMLElement {
  /** @type {Category[]} */
  categories = [];

  /** @param {string} kind @param {number|null} category @param {Category[]} categories none while they are not known */
  update(kind, category, categories) {
    this.categories = categories;
    redraw(this,
      h('div', { class: 'kinds', role: 'radiogroup', 'aria-labelledby': 'what' },
        Object.entries(PICTURES).map(([id, [words, path]]) => h('button', {
          type: 'button', role: 'radio', 'aria-checked': String(kind === id), 'data-key': id,
          onclick: () => announce(this, 'kind', { kind: id, category: null }),
        }, s('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' }, s('path', { d: path })), t(words)))),
      this.finer(kind, category));
  }

  /** @param {string} kind @param {number|null} category */
  finer(kind, category) {
    const ofKind = this.categories.filter((each) => each.kind === kind);
    if (!ofKind.length) return null;
    const other = ofKind.filter((each) => each.zh.startsWith('其他')).at(-1) ?? ofKind.at(-1);
    const chosen = ofKind.find((each) => each.number === category) ?? other;
    const open = this.querySelector('details')?.open ?? false;
    return h('details', { class: 'finer', open },
      h('summary', { 'data-key': 'finer' }, h('span', {}, t('具体是')), h('b', {}, chosen ? pick(chosen) : ''), h('span', { class: 'link' }, t('换一类'))),
      h('div', { class: 'categories', role: 'radiogroup', 'aria-label': t('具体是') }, ofKind.map((each) => h('button', {
        type: 'button', role: 'radio', 'aria-checked': String(each === chosen), 'data-key': `c${each.number}`,
        onclick: () => announce(this, 'kind', { kind, category: each.number }),
      }, pick(each)))));
  }
}

customElements.define('kind-choice', KindChoice);
