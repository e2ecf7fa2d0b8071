/** The four colors of a wall: who has not answered, what is in hand; and the unanswered themselves first. */

import { h } from '../dom.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';
import { signIcon } from '../signs.js';
import { longText } from '../wall/durations.js';
import { fitRows } from '../wall/fit.js';
import { placeName, WallPanel } from '../wall/panel.js';

/** @typedef {{color: number, unanswered: number, in_hand: number, total: number}} Color */
/** @typedef {{id: string, path: string, place: string[], color: number, since: string, answered_at: string|null, category: {zh: string, en: string}|null, lon: number|null, lat: number|null}} Warned */

const WORDS = /** @type {Record<number, string>} */ ({ 4: '特别严重', 3: '严重', 2: '较重', 1: '一般' });
const NAMES = /** @type {Record<number, string>} */ ({ 4: 'red', 3: 'orange', 2: 'yellow', 1: 'blue' });

export class WallWarnings extends WallPanel {
  head() {
    return h('h2', {}, t('四色预警'));
  }

  /** @param {{colors: Color[], rows: Warned[]}} answer */
  content({ colors, rows }) {
    const line = (/** @type {Color} */ { color, unanswered, in_hand: inHand, total }) => h('tr', {},
      h('th', { scope: 'row' }, signIcon(color), h('span', {}, t(WORDS[color]))),
      h('td', { class: unanswered ? `open open-${NAMES[color]}` : 'zero' }, number(unanswered)),
      h('td', { class: inHand ? null : 'zero' }, number(inHand)), h('td', { class: 'sum' }, number(total)));
    const many = colors.some(({ total }) => total >= 1000);
    const table = h('table', { class: many ? 'many' : null }, h('thead', {}, h('tr', {}, h('th'), h('th', { scope: 'col' }, t('未签收')), h('th', { scope: 'col' }, t('处置中')), h('th', { scope: 'col' }, t('合计')))),
      h('tbody', {}, colors.map(line)));
    const open = rows.filter((row) => !row.answered_at);
    const inHand = rows.filter((row) => row.answered_at);
    const total = colors.reduce((sum, color) => sum + color.total, 0);
    if (!total) return [table, h('p', { class: 'none' }, t('现在没有未解除的预警。'))];
    const list = h('ol', { class: 'rows' }, open.map((row) => this.row(row)));
    if (!open.length) list.append(h('li', { class: 'sub' }, t('都已签收。')));
    if (inHand.length) list.append(h('li', { class: 'sub' }, t('处置中')), ...inHand.map((row) => this.row(row)));
    return [table, list];
  }

  /** @param {Warned} row */
  row(row) {
    return h('li', { 'data-path': row.path }, signIcon(row.color),
      h('div', {}, placeName(row.place), h('p', { class: 'why' }, row.category ? `${pick(row.category)}${t('，')}` : '', h('time', { 'data-since': row.answered_at ?? row.since, 'data-in-hand': row.answered_at !== null }))));
  }

  fitted() {
    this.clocks();
    const list = /** @type {HTMLElement|null} */ (this.querySelector('.rows'));
    if (list) fitRows(list, this.answer.colors.reduce((/** @type {number} */ sum, /** @type {Color} */ color) => sum + color.total, 0) + (list.querySelectorAll('.sub').length));
    const last = list?.lastElementChild;
    // a heading without a row below says nothing
    if (last?.previousElementSibling?.classList.contains('sub') && last.classList.contains('more')) last.previousElementSibling.remove();
  }

  clocks() {
    const now = this.setting?.now ?? 0;
    for (const time of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('time[data-since]'))) {
      const text = longText((now - Date.parse(time.dataset.since ?? '')) / 1000);
      time.textContent = 'inHand' in time.dataset ? t('处置 {time}', { time: text }) : t('已 {time}', { time: text });
    }
  }

  /** @param {number} now */
  tick(now) {
    super.tick(now);
    this.clocks();
  }
}

customElements.define('wall-warnings', WallWarnings);
