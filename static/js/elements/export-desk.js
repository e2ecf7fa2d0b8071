/** Exports: a form for a new one, which asks what it is for, and one's own with what became of them. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { momentText } from '../time.js';

/** @typedef {import('../people.js').Export} Export */
/** @typedef {import('../people.js').Exports} Exports */

const STATES = Object.freeze({ asked: '正在生成', ready: '可以取走', failed: '没有做成', expired: '已过期' });

/** Where the area is chosen by its name. */
function areaField() {
  const picker = document.createElement('area-picker');
  picker.append(h('input', { name: 'within', placeholder: t('地名；空着是全部'), autocomplete: 'off' }));
  return picker;
}

export class ExportDesk extends HTMLElement {
  /** @type {HTMLFormElement|null} kept, so that nothing typed is lost when the list is drawn anew */
  form = null;
  list = h('section', { 'aria-live': 'polite' });
  note = h('p', { class: 'trouble', role: 'alert', hidden: true });

  /** @param {Exports|null} all @param {string} trouble */
  update(all, trouble) {
    if (!all) {
      redraw(this, h('p', { class: 'trouble', role: 'alert' }, trouble));
      return;
    }
    if (all.may_export && !this.form) this.form = this.fresh(all);
    if (!this.contains(this.list)) {
      this.replaceChildren(h('h1', {}, headingWords('导出')), this.form ?? h('p', { class: 'empty' }, t('你的角色不能导出；需要时请找管理员。')), this.list);
    }
    redraw(this.list, h('h2', {}, headingWords('我的导出')),
      all.exports.length ? this.table(all) : h('p', { class: 'empty' }, t('还没有导出过。文件保存 {n} 天，只有你能取走。', { n: all.days })));
  }

  /** @param {Exports} all @returns {HTMLFormElement} */
  fresh({ what, formats, today }) {
    /** @type {HTMLFormElement} */
    const form = h('form', { onsubmit: (event) => {
      event.preventDefault();
      this.refused('');
      announce(this, 'ask-export', Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()])));
    } },
    h('label', {}, t('导出什么'), h('select', { name: 'what' }, what.map((one) => h('option', { value: one.id }, pick(one))))),
    h('label', {}, t('文件格式'), h('select', { name: 'format' }, formats.map((one) => h('option', { value: one }, one.toUpperCase())))),
    h('label', {}, t('截止日期'), h('input', { type: 'date', name: 'as_of', value: today, max: today, required: true })),
    h('label', { class: 'area' }, t('范围'), areaField()),
    h('label', { class: 'why' }, t('用途（写进文件的每一行）'), h('input', { name: 'why', required: true, minlength: 2, maxlength: 200, autocomplete: 'off' })),
    h('footer', {}, h('button', { type: 'submit', class: 'button primary' }, t('生成导出')), this.note));
    return form;
  }

  /** @param {Exports} all */
  table({ exports, what, zone }) {
    const title = (/** @type {string} */ id) => pick(what.find((one) => one.id === id) ?? { zh: id, en: id });
    return h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, [t('内容'), t('截止日期'), t('用途'), t('行数'), t('取走次数'), t('保存到'), ''].map((words) => h('th', { scope: 'col' }, words)))),
      h('tbody', {}, exports.map((one) => h('tr', { class: one.state },
        h('th', { scope: 'row' }, `${title(one.what)} ${one.format.toUpperCase()}`, one.within && h('small', {}, one.within)),
        h('td', { class: 'num' }, one.as_of), h('td', {}, one.why),
        h('td', { class: 'num' }, one.rows === null ? '—' : number(one.rows)), h('td', { class: 'num' }, number(one.downloads)),
        h('td', { class: 'num' }, momentText(one.expires_at, lang(), zone)),
        h('td', {}, one.state === 'ready' ? h('a', { class: 'button', 'data-key': one.id, href: `/api/exports/${one.id}/file` }, t('取走')) : h('span', { class: one.state === 'failed' ? 'trouble' : 'quiet' }, one.failure ?? t(STATES[one.state]))))))));
  }

  /** The form is empty again: it was asked for. */
  asked() {
    const why = /** @type {HTMLInputElement|null} */ (this.querySelector('[name=why]'));
    if (why) why.value = '';
  }

  /** @param {string} trouble */
  refused(trouble) {
    this.note.textContent = trouble;
    this.note.hidden = !trouble;
  }
}

customElements.define('export-desk', ExportDesk);
