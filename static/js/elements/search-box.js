/** Search by name, code or address; "/" from anywhere, arrows and Enter inside. */

import * as api from '../api.js';
import { announce, h, icon, paused, redraw } from '../dom.js';
import { t } from '../i18n.js';
import * as people from '../people.js';

/** @typedef {import('../api.js').Found} Found */

const WAIT_MS = 140;
const KINDS = Object.freeze({ region: '区划', grid: '网格', center: '综治中心', worker: '网格员', household: '住户', person: '住户成员', number: '按电话号码找' });
/** A whole phone is never part of an address, and four digits may be the end of one. */
const PHONE = /^1\d{10}$/;
const NUMBER = /^(1\d{10}|\d{4})$/;
const NAME = /^[\p{Script=Han}·]{2,8}$/u;

/** @param {string} kind */
const kindName = (kind) => t(KINDS[/** @type {keyof typeof KINDS} */ (kind)] ?? kind);

export class SearchBox extends HTMLElement {
  /** @type {Found[]} */
  results = [];
  chosen = -1;
  asksNames = true;
  abort = new AbortController();
  input = h('input', { type: 'search', id: 'search', role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false', 'aria-controls': 'search-list', 'aria-autocomplete': 'list' });
  list = h('ul', { id: 'search-list', role: 'listbox', hidden: true });

  /** Fills the box once the language is known. */
  begin() {
    this.setAttribute('role', 'search');
    this.input.placeholder = t('地名、编码、地址、拼音首字母');
    this.input.setAttribute('aria-label', t('搜索'));
    redraw(this, h('div', { class: 'field' }, icon('search'), this.input, h('kbd', {}, '/')), this.list);
    const soon = paused(() => this.ask(), WAIT_MS);
    this.input.addEventListener('input', soon);
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.addEventListener('focusout', (event) => {
      if (!this.contains(/** @type {Node|null} */ (event.relatedTarget))) this.show([]);
    });
    document.addEventListener('keydown', (event) => {
      const typing = /** @type {Element} */ (event.target).closest('input, textarea, select');
      if (event.key === '/' && !typing) {
        event.preventDefault();
        this.input.select();
      }
    });
  }

  async ask() {
    const q = this.input.value.trim();
    this.abort.abort();
    this.abort = new AbortController();
    if (!q) return this.show([]);
    try {
      const { signal } = this.abort;
      const { results, too_wide: wide } = PHONE.test(q) ? { results: [], too_wide: false } : await api.search(q, signal);
      results.push(...await this.people(q));
      if (signal.aborted) return undefined;
      const none = results.length ? '' : t('没有找到“{q}”', { q });
      return this.show(results, wide ? t('范围太大，住户地址没有查：请带上村、社区或乡镇的名字。') : none);
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return undefined;
      return this.show([], t('搜索失败：{why}', { why: /** @type {Error} */ (error).message }));
    }
  }

  /** Who is called so, for who may know; and the way to whose number it is. @param {string} q @returns {Promise<Found[]>} */
  async people(q) {
    const none = { lon: 0, lat: 0, bounds: null, path: '' };
    if (NUMBER.test(q)) return [{ ...none, kind: 'number', title: q, detail: t('需要写明理由') }];
    if (!this.asksNames || !NAME.test(q)) return [];
    const { found, may_ask: may } = await people.named(q).catch(() => ({ found: [], may_ask: false }));
    this.asksNames = may;
    return found.map((one) => ({ ...none, ...one, kind: 'person', title: one.name ?? '', detail: one.address ?? '', lon: one.lon ?? 0, lat: one.lat ?? 0 }));
  }

  /** @param {Found[]} results @param {string} [note] */
  show(results, note = '') {
    this.results = results;
    this.chosen = results.length ? 0 : -1;
    this.list.hidden = !results.length && !note;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    redraw(this.list, results.map((found, i) => h('li', {
      role: 'option', id: `found-${i}`, 'aria-selected': 'false', onmousedown: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.take(i);
      } }, h('span', { lang: 'zh-Hans' }, found.title), h('small', {}, found.where || found.detail), h('small', { class: 'what' }, kindName(found.kind)))), note && h('li', { class: 'note', role: 'presentation' }, note));
    this.mark();
  }

  mark() {
    [...this.list.querySelectorAll('[role=option]')].forEach((item, i) => {
      item.setAttribute('aria-selected', String(i === this.chosen));
      if (i === this.chosen) item.scrollIntoView({ block: 'nearest' });
    });
    if (this.chosen < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `found-${this.chosen}`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (step && this.results.length) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.results.length) % this.results.length;
      this.mark();
    } else if (event.key === 'Enter' && this.chosen >= 0) this.take(this.chosen);
    else if (event.key === 'Escape') {
      this.show([]);
      this.input.blur();
    }
  }

  /** @param {number} i */
  take(i) {
    const found = this.results[i];
    if (found.kind === 'number') announce(this, 'find-number', found.title);
    else if (found.lon) announce(this, 'found', found);
    if (found.kind === 'person') announce(this, 'household', found);
    this.input.value = found.kind === 'number' ? '' : found.title;
    this.show([]);
  }
}

customElements.define('search-box', SearchBox);
