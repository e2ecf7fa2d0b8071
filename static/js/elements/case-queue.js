/** The queues of a desk: tabs with their lengths, cases by when they are due, several chosen at once. */

import { announce, h, redraw } from '../dom.js';
import { byDue, isLate, leftText, usedShare } from '../desk.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';
import { kindIcon, signIcon } from '../signs.js';

/** @typedef {import('../desk.js').Case} Case */
/** @typedef {import('../desk.js').Queue} Queue */

export const QUEUES = Object.freeze({ mine: '我经手', center: '全部在办', triage: '待派', overdue: '逾期', whistled: '吹哨', done: '已办结' });
export const SORTS = Object.freeze({ due: '按剩余时间', received: '按受理时间', severity: '按轻重', place: '按地方' });
const KINDS = Object.freeze({ '': '全部', dispute: '矛盾纠纷', hazard: '安全隐患', service: '便民服务' });

/** @typedef {{queue: string, sort: string, kind: string, page: number, id: string}} View */

export class CaseQueue extends HTMLElement {
  zone = 'Asia/Shanghai';

  /** Ids chosen for one act on all of them. @type {Set<string>} */
  chosen = new Set();

  /** @param {Queue|null} found @param {View} view @param {string} trouble */
  update(found, view, trouble) {
    redraw(this,
      h('header', { class: 'queues' },
        h('div', { class: 'tabs', role: 'tablist', 'aria-label': t('队列') }, Object.entries(QUEUES).map(([id, title]) => this.tab(id, title, found, view))),
        h('div', { class: 'picks' }, this.choice(t('类别'), KINDS, view.kind, 'kind'), this.choice(t('次序'), SORTS, view.sort, 'sort'))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      found && !found.rows.length && h('p', { class: 'empty' }, this.emptyWords(found, view)),
      found && this.groups(found, view),
      found && found.pages > 1 && this.pager(found),
      this.chosen.size > 0 && this.together());
  }

  /** @param {string} id @param {string} title @param {Queue|null} found @param {View} view */
  tab(id, title, found, view) {
    return h('button', { type: 'button', role: 'tab', 'data-key': `queue-${id}`, 'aria-selected': String(view.queue === id), onclick: () => announce(this, 'choose-view', { queue: id, page: 1 }) },
      t(title), h('em', {}, found ? number(found.counts[id]) : ''));
  }

  /** @param {string} label @param {Record<string, string>} options @param {string} value @param {string} name */
  choice(label, options, value, name) {
    return h('label', {}, h('span', { class: 'for-readers' }, label),
      h('select', { 'data-key': name, onchange: (event) => announce(this, 'choose-view', { [name]: /** @type {HTMLSelectElement} */ (event.target).value, page: 1 }) },
        Object.entries(options).map(([id, words]) => h('option', { value: id, selected: id === value }, t(words)))));
  }

  /** @param {Queue} found @param {View} view */
  emptyWords(found, view) {
    if (!found.areas.length) return t('你还没有分到任何区域，所以这里是空的；请找你们中心的管理员。');
    if (view.queue === 'mine') return t('现在没有你经手的事件。');
    return t('这个队列现在是空的。');
  }

  /** @param {Queue} found @param {View} view */
  groups(found, view) {
    const groups = view.sort === 'due' && view.queue !== 'done' ? byDue(found.rows, found.now, this.zone) : [{ title: '', rows: found.rows }];
    let n = (found.page - 1) * 50;
    return h('ol', { class: 'cases-list', 'data-key': 'list' }, groups.map(({ title, rows }) => [
      title && h('li', { class: 'group' }, h('h2', {}, t(title)), h('span', {}, number(rows.length))),
      rows.map((row) => this.row(row, n += 1, view)),
    ]));
  }

  /** @param {Case} row @param {number} n @param {View} view */
  row(row, n, view) {
    const late = isLate(row.clock);
    const left = leftText(row.clock);
    const open = () => announce(this, 'open-case', row);
    const where = [row.place, row.holder].filter(Boolean).join('\u3000');
    const choose = (/** @type {Event} */ event) => announce(this, 'choose-case', { id: row.id, on: /** @type {HTMLInputElement} */ (event.target).checked });
    return h('li', { class: ['case', late && 'late', row.id === view.id && 'on', this.chosen.has(row.id) && 'chosen'].filter(Boolean).join(' ') },
      h('label', { class: 'no' }, h('input', { type: 'checkbox', 'data-key': `pick-${row.id}`, 'aria-label': t('选中 {n}', { n: String(n) }), checked: this.chosen.has(row.id), onchange: choose }), h('span', { 'aria-hidden': 'true' }, String(n))),
      h('button', { type: 'button', class: 'what', 'data-key': `case-${row.id}`, 'aria-current': row.id === view.id ? 'true' : null, onclick: open },
        h('b', {}, kindIcon(row.kind), h('span', {}, row.title || pick(row.category)), row.color ? signIcon(row.color) : null),
        h('small', {}, where || t('没有位置，总台兜底'))),
      h('span', { class: 'left' }, left, left && h('meter', { min: 0, max: 1, value: usedShare(row.clock), 'aria-label': t('已用时限') })));
  }

  /** @param {Queue} found */
  pager({ page, pages }) {
    const turn = (/** @type {number} */ to, /** @type {string} */ words) => h('button', { type: 'button', class: 'button', 'data-key': `page-${words}`, disabled: to < 1 || to > pages, onclick: () => announce(this, 'choose-view', { page: to }) }, t(words));
    return h('footer', {}, turn(page - 1, '上一页'), h('span', { class: 'quiet' }, t('第 {page} 页，共 {pages} 页', { page: number(page), pages: number(pages) })), turn(page + 1, '下一页'));
  }

  together() {
    return h('footer', { class: 'together' }, h('span', {}, t('已选 {n} 件', { n: number(this.chosen.size) })),
      h('button', { type: 'button', class: 'button primary', 'data-key': 'dispatch-chosen', onclick: () => announce(this, 'dispatch-chosen') }, t('一起派办')),
      h('button', { type: 'button', class: 'button', 'data-key': 'choose-none', onclick: () => announce(this, 'choose-none') }, t('不选了')));
  }
}

customElements.define('case-queue', CaseQueue);
