/** A layer as a table: same filters, sorted by any column, reached by keyboard and read aloud. */

import { cellText } from '../cells.js';
import { announce, h, icon, redraw } from '../dom.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('../api.js').List} List */
/** @typedef {import('../api.js').Layer} Layer */
/** @typedef {import('../api.js').Cell} Cell */

export class ListPanel extends HTMLElement {
  /** The installation's time zone. */
  zone = 'Asia/Shanghai';

  /**
   * @param {Layer} layer @param {{sort: string, page: number, at: string}} view
   * @param {List|null} list null while it is being fetched the first time @param {string} trouble
   */
  update(layer, view, list, trouble) {
    this.hidden = false;
    const title = pick(layer.title);
    redraw(this, h('section', { 'aria-label': t('{layer}列表', { layer: title }) },
      h('header', {}, h('h2', {}, title),
        h('p', { class: 'quiet', role: 'status' }, list ? (view.at ? t('这一处 {n} 条', { n: number(list.total) }) : t('视野内 {n} 条', { n: number(list.total) })) : t('正在取')),
        h('button', { type: 'button', class: 'quiet-button', 'data-key': 'close', 'aria-label': t('关闭列表'), onclick: () => announce(this, 'close-list') }, icon('close'))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, t('列表没取到：{why}', { why: trouble })),
      list && list.total === 0 && h('p', { class: 'empty' }, t('这个视野和这段时间里没有。可移动地图，或放宽时间和类别。')),
      list && list.total > 0 && h('div', { class: 'scroll', tabindex: '0', 'data-key': 'scroll', role: 'region', 'aria-label': title }, this.table(list, view)),
      list && list.pages > 1 && this.pager(list)));
  }

  /** @param {List} list @param {{sort: string}} view */
  table({ columns, rows }, { sort }) {
    const head = columns.map(({ id, zh, en }) => {
      const order = sort === id ? 'ascending' : sort === `-${id}` ? 'descending' : null;
      const next = order === 'ascending' ? `-${id}` : id;
      return h('th', { scope: 'col', 'aria-sort': order }, h('button', { type: 'button', 'data-key': `sort-${id}`, onclick: () => announce(this, 'sort-list', next) },
        pick({ zh, en }), h('span', { class: 'order', 'aria-hidden': 'true' }, order === 'ascending' ? '↑' : order === 'descending' ? '↓' : '')));
    });
    const cell = (/** @type {Cell} */ value) => h('td', { class: typeof value === 'number' ? 'num' : null }, cellText(value, this.zone));
    return h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, rows.map((row, r) => {
      const [first, ...rest] = row.cells;
      const go = () => announce(this, 'row', row);
      return h('tr', { onclick: go }, h('td', {}, h('button', { type: 'button', class: 'row-button', 'data-key': `row-${r}` }, cellText(first, this.zone))), rest.map(cell));
    })));
  }

  /** @param {List} list */
  pager({ page, pages }) {
    const turn = (/** @type {number} */ to, /** @type {string} */ words) => h('button', { type: 'button', class: 'button', 'data-key': `page-${words}`, disabled: to < 1 || to > pages, onclick: () => announce(this, 'page-list', to) }, t(words));
    return h('footer', {}, turn(page - 1, '上一页'), h('span', { class: 'quiet' }, t('第 {page} 页，共 {pages} 页', { page: number(page), pages: number(pages) })), turn(page + 1, '下一页'));
  }
}

customElements.define('list-panel', ListPanel);
