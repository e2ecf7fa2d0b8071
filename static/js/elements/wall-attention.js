/** Where a wall says to look: areas in order, each with its reason in words. */

import { h } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { signIcon } from '../signs.js';
import { longText } from '../wall/durations.js';
import { fitRows } from '../wall/fit.js';
import { placeName, WallPanel } from '../wall/panel.js';

/** @typedef {{why: 'unanswered'|'overdue'|'growth', color?: number, n?: number, since?: string, now?: number, before?: number}} Reason */
/** @typedef {{path: string, place: string[], count: number, reasons: Reason[]}} Area */

export class WallAttention extends WallPanel {
  head() {
    return h('h2', {}, t('需要关注'), h('small', {}, t('依未签收、逾期、增长')));
  }

  /** @param {{rows: Area[]}} answer */
  content({ rows }) {
    if (!rows.length) return [h('p', { class: 'none' }, t('没有未签收的预警，没有逾期，也没有明显增长。'))];
    return [h('ol', { class: 'rows' }, rows.map((row, i) => h('li', { 'data-path': row.path },
      h('span', { class: 'rank' }, String(i + 1)),
      h('div', {}, placeName(row.place), h('p', { class: 'why' }, this.reason(row.reasons[0]))),
      ...row.reasons.filter((reason) => reason.color).map((reason) => signIcon(Number(reason.color))))))];
  }

  /** @param {Reason} reason */
  reason({ why, n = 0, since = '', now = 0, before = 0 }) {
    const time = longText(((this.setting?.now ?? 0) - Date.parse(since)) / 1000);
    if (why === 'unanswered') return t('预警 {n} 个未签收，最早 {time}', { n: number(n), time });
    if (why === 'overdue') return t('逾期 {n} 件，最长 {time}', { n: number(n), time });
    return t('{now} 件，前一时段 {before} 件', { now: number(now), before: number(before) });
  }

  fitted() {
    const list = /** @type {HTMLElement|null} */ (this.querySelector('.rows'));
    if (list) fitRows(list);
  }
}

customElements.define('wall-attention', WallAttention);
