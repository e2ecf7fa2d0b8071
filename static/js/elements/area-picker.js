/** A field for an area: type a name, choose with arrows and Enter; what is sent is the path. */

import * as api from '../api.js';
import { announce, h, paused, redraw } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../api.js').Found} Found */

const WAIT_MS = 140;
let numbers = 0;

export class AreaPicker extends HTMLElement {
  /** @type {Found[]} */
  results = [];
  chosen = -1;
  /** What of the search's answers can be chosen. */
  kinds = ['region', 'grid'];
  abort = new AbortController();
  input = h('input');
  list = h('ul', { role: 'listbox', hidden: true });
  words = h('p', { class: 'chosen', role: 'status' });

  connectedCallback() {
    // a page that is drawn anew puts the same field in again
    if (this.contains(this.list)) return;
    this.input = /** @type {HTMLInputElement} */ (this.querySelector('input'));
    this.list.id = `areas-${numbers += 1}`;
    for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'false'], ['aria-controls', this.list.id], ['aria-autocomplete', 'list']]) this.input.setAttribute(name, value);
    this.append(this.list, this.words);
    const soon = paused(() => this.ask(), WAIT_MS);
    this.input.addEventListener('input', () => {
      this.words.textContent = '';
      soon();
    });
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.addEventListener('focusout', () => this.show([]));
  }

  async ask() {
    const q = this.input.value.trim();
    this.abort.abort();
    this.abort = new AbortController();
    if (!q || q.endsWith('/')) {
      this.show([]);
      announce(this, 'area-chosen');
      return;
    }
    try {
      const { results } = await api.search(q, this.abort.signal);
      const areas = results.filter((found) => this.kinds.includes(found.kind));
      this.show(areas, areas.length ? '' : t('没有找到“{q}”', { q }));
    } catch (error) {
      if (/** @type {Error} */ (error).name !== 'AbortError') this.show([], /** @type {Error} */ (error).message);
    }
  }

  /** @param {Found[]} results @param {string} [note] */
  show(results, note = '') {
    this.results = results;
    this.chosen = results.length ? 0 : -1;
    this.list.hidden = !results.length && !note;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    redraw(this.list, note && h('li', { class: 'quiet', role: 'presentation' }, note), results.map((found, i) => h('li', {
      id: `${this.list.id}-${i}`, role: 'option', 'aria-selected': 'false', onmousedown: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.take(i);
      } }, h('span', { lang: 'zh-Hans' }, found.title), h('small', {}, `${found.where ?? ''} ${found.path}`))));
    this.mark();
  }

  mark() {
    [...this.list.querySelectorAll('[role=option]')].forEach((item, i) => {
      item.setAttribute('aria-selected', String(i === this.chosen));
      if (i === this.chosen) item.scrollIntoView({ block: 'nearest' });
    });
    if (this.chosen < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `${this.list.id}-${this.chosen}`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || !this.results.length) return;
    if (step) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.results.length) % this.results.length;
      this.mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.take(this.chosen);
    } else if (event.key === 'Escape') this.show([]);
  }

  /** @param {number} i */
  take(i) {
    const found = this.results[i];
    this.input.value = found.path;
    this.words.textContent = found.where?.endsWith(found.title) ? found.where : `${found.where ?? ''} ${found.title}`;
    this.show([]);
    announce(this, 'area-chosen');
  }
}

customElements.define('area-picker', AreaPicker);
