/** The imports of this viewer: what waits for a person stands out, what is under way shows how far it is. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { lang, t } from '../i18n.js';
import { isWaiting, isWorking, stateWords } from '../imports.js';
import { momentText } from '../time.js';

/** @typedef {import('../api.js').ImportBrief} ImportBrief */

/** @param {ImportBrief} one */
function counts(one) {
  if (one.cleared) return t('文件已清除');
  if (one.state === 'staging' && one.progress) return t('{n} 行', { n: number(one.progress) });
  if (one.state === 'loaded') return t('新增 {n}', { n: number(one.added ?? 0) });
  if (one.state === 'staged' && one.rejects) return t('{n} 行不能用', { n: number(one.rejects) });
  return one.rows === null ? '' : t('{n} 行', { n: number(one.rows) });
}

export class ImportList extends HTMLElement {
  /** @param {import('../api.js').Imports} all @param {string} chosen @param {string} zone */
  update({ imports, kinds }, chosen, zone) {
    const title = (/** @type {string} */ kind) => t(kinds.find((each) => each.id === kind)?.title ?? kind);
    redraw(this,
      h('header', {}, h('h1', {}, headingWords('导入')),
        h('button', { type: 'button', class: 'button', 'data-key': 'new', 'aria-current': chosen ? null : 'true', onclick: () => announce(this, 'new-import') }, t('新的导入'))),
      imports.length
        ? h('ol', {}, imports.map((one) => h('li', {}, this.row(one, title(one.kind), one.id === chosen, zone))))
        : h('p', { class: 'empty' }, t('还没有导入过文件。先导入行政区划，再导入网格，然后是其余的。')));
  }

  /** @param {ImportBrief} one @param {string} title @param {boolean} chosen @param {string} zone */
  row(one, title, chosen, zone) {
    const look = isWorking(one) ? 'state working' : isWaiting(one) ? 'state waits' : 'state';
    return h('button', { type: 'button', 'data-key': one.id, 'aria-current': chosen ? 'true' : null, onclick: () => announce(this, 'open-import', one.id) },
      h('b', {}, one.file),
      h('span', { class: one.state === 'failed' ? `${look} late` : look }, stateWords(one)),
      h('small', {}, `${title} · ${momentText(one.at, lang(), zone)}`),
      h('small', { class: 'num' }, counts(one)));
  }
}

customElements.define('import-list', ImportList);
