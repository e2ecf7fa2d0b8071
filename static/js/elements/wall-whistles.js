/** Whistles under way: where departments were called, who is not in yet, and the clock. */

import { h } from '../dom.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';
import { clockText } from '../wall/durations.js';
import { fitRows } from '../wall/fit.js';
import { fitNames } from '../wall/missing.js';
import { placeName, WallPanel } from '../wall/panel.js';

/** @typedef {{id: string, path: string, place: string[], category: {zh: string, en: string}, asked_at: string, due_at: string, called: number, arrived: number, missing: string[]}} Whistle */

export class WallWhistles extends WallPanel {
  head() {
    return h('h2', {}, t('吹哨报到'), h('small', {}, this.answer?.total ? t('进行中 {n}', { n: number(this.answer.total) }) : ''));
  }

  /** @param {{rows: Whistle[]}} answer */
  content({ rows }) {
    if (!rows.length) return [h('p', { class: 'none' }, t('现在没有进行中的吹哨。'))];
    return [h('ol', { class: 'rows' }, rows.map((row) => h('li', { 'data-path': row.path, 'data-asked': row.asked_at, 'data-due': row.due_at },
      h('div', {}, h('div', { class: 'clocked' }, placeName(row.place), h('time', {})),
        h('p', { class: 'why' }, h('span', {}, t('{category}，到 {arrived}/{called} 个部门', { category: pick(row.category), arrived: row.arrived, called: row.called }))),
        row.missing.length > 0 && h('p', { class: 'missing' }),
        h('progress', { max: 1, value: 0, 'aria-hidden': 'true' })))))];
  }

  fitted() {
    this.clocks();
    const list = /** @type {HTMLElement|null} */ (this.querySelector('.rows'));
    if (!list) return;
    const lines = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('.missing'));
    const called = /** @type {Whistle[]} */ (this.answer.rows).filter((row) => row.missing.length);
    called.forEach(({ missing }, i) => fitNames(lines[i], missing));
    fitRows(list, this.answer.total);
  }

  clocks() {
    const now = this.setting?.now ?? 0;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('li[data-due]'))) {
      const [asked, due] = [Date.parse(row.dataset.asked ?? ''), Date.parse(row.dataset.due ?? '')];
      const late = now > due;
      row.classList.toggle('late', late);
      const time = /** @type {HTMLElement} */ (row.querySelector('time'));
      time.textContent = late ? t('超 {time}', { time: clockText((now - due) / 1000) }) : t('剩 {time}', { time: clockText((due - now) / 1000) });
      /** @type {HTMLProgressElement} */ (row.querySelector('progress')).value = late ? 1 : Math.max(0, (now - asked) / (due - asked));
    }
  }

  /** @param {number} now */
  tick(now) {
    super.tick(now);
    this.clocks();
  }
}

customElements.define('wall-whistles', WallWhistles);
