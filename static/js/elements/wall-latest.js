/** What came in last: time, kind, place, category – no words of anyone. */

import { h } from '../dom.js';
import { pick, t } from '../i18n.js';
import { cameText } from '../wall/durations.js';
import { fitRows } from '../wall/fit.js';
import { WallPanel } from '../wall/panel.js';

/** @typedef {{id: string, path: string, place: string[], at: string, kind: string, category: {zh: string, en: string}, state: {zh: string, en: string}}} Item */

export class WallLatest extends WallPanel {
  head() {
    return h('h2', {}, t('最新上报'));
  }

  /** @param {{rows: Item[]}} answer */
  content({ rows }) {
    if (!rows.length) return [h('p', { class: 'none' }, t('这个范围里还从未有过上报'))];
    const { now, zone, kinds } = /** @type {import('../wall/panel.js').Setting} */ (this.setting);
    return [h('ol', { class: 'rows' }, rows.map((row) => h('li', { 'data-path': row.path, 'data-id': row.id },
      h('time', {}, cameText(row.at, now, zone)), h('span', { class: 'tag' }, kinds[row.kind] ?? ''),
      h('span', { class: 'what' }, h('span', { lang: 'zh-Hans' }, row.place.slice(-3).filter((_, i, all) => all.length < 3 || i !== 1).join(' ')), ' ', pick(row.category)),
      h('span', { class: 'state' }, pick(row.state)))))];
  }

  fitted() {
    const list = /** @type {HTMLElement|null} */ (this.querySelector('.rows'));
    if (!list) return;
    fitRows(list);
    // what else there is has no end here: it is the past
    list.querySelector('.more')?.remove();
  }
}

customElements.define('wall-latest', WallLatest);
