/** Kinds with their counts, the categories of each, and severity. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';
import { kindIcon } from '../signs.js';

/** @typedef {import('../api.js').Catalog} Catalog */
/** @typedef {import('../state.js').State} State */

const SEVERITIES = Object.freeze(['轻', '中', '重', '特重']);

/**
 * The choice after one item is switched; all or none means no filter.
 * @template T
 * @param {T[]} chosen empty means all @param {T} item @param {T[]} all @returns {T[]}
 */
export function toggled(chosen, item, all) {
  const now = chosen.length ? chosen : all;
  const next = now.includes(item) ? now.filter((each) => each !== item) : [...now, item];
  return next.length === all.length ? [] : all.filter((each) => next.includes(each));
}

export class KindFilter extends HTMLElement {
  /** @type {Set<string>} kinds whose categories are open */
  open = new Set();

  /** @param {Catalog} catalog @param {State} state @param {Record<string, number>} counts by kind */
  update(catalog, state, counts) {
    const again = () => this.update(catalog, state, counts);
    redraw(this,
      h('h2', {}, headingWords('类别')),
      h('ul', { class: 'rows' }, catalog.kinds.map((kind) => this.kind(kind, catalog, state, counts[kind.id], again))),
      this.severity(state));
  }

  /**
   * @param {{id: string, zh: string, en: string}} kind @param {Catalog} catalog @param {State} state
   * @param {number|undefined} count @param {() => void} again
   */
  kind(kind, catalog, state, count, again) {
    const all = catalog.kinds.map((each) => each.id);
    const on = !state.kinds.length || state.kinds.includes(kind.id);
    const open = this.open.has(kind.id);
    const toggle = () => {
      if (open) this.open.delete(kind.id);
      else this.open.add(kind.id);
      again();
    };
    return h('li', { class: 'row' },
      h('label', { class: 'check' }, h('input', { type: 'checkbox', checked: on, 'data-key': `kind-${kind.id}`,
        onchange: () => announce(this, 'filter', { kinds: toggled(state.kinds, kind.id, all) }) }), kindIcon(kind.id), h('span', {}, pick(kind))),
      h('small', {}, count === undefined ? '' : number(count)),
      h('button', { type: 'button', class: 'quiet-button fold', 'aria-expanded': String(open), 'data-key': `open-${kind.id}`, 'aria-label': t('{kind}的细类', { kind: pick(kind) }), onclick: toggle }, open ? '−' : '+'),
      open && this.categories(kind.id, catalog, state));
  }

  /** @param {string} kind @param {Catalog} catalog @param {State} state */
  categories(kind, catalog, state) {
    const all = catalog.categories.map((each) => each.number);
    return h('ul', { class: 'categories' }, catalog.categories.filter((each) => each.kind === kind).map((each) => h('li', {},
      h('label', { class: 'check small' }, h('input', { type: 'checkbox', 'data-key': `category-${each.number}`,
        checked: !state.categories.length || state.categories.includes(each.number),
        onchange: () => announce(this, 'filter', { categories: toggled(state.categories, each.number, all) }) }), h('span', {}, pick(each))))));
  }

  /** @param {State} state */
  severity(state) {
    return h('div', { class: 'severity' }, h('span', { class: 'quiet' }, t('轻重')),
      h('div', { class: 'seg several', role: 'group', 'aria-label': t('轻重') }, SEVERITIES.map((words, i) => h('button', {
        type: 'button', 'data-key': `severity-${i + 1}`, 'aria-pressed': String(!state.severities.length || state.severities.includes(i + 1)),
        onclick: () => announce(this, 'filter', { severities: toggled(state.severities, i + 1, [1, 2, 3, 4]) }) }, t(words)))));
  }
}

customElements.define('kind-filter', KindFilter);
