/** Where an import stands: being read, what was found, being loaded, loaded; and what may be done now. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { problemWords, shareRead, stateWords } from '../imports.js';

/** @typedef {import('../api.js').Import} Import */
/** @typedef {import('../dom.js').Child} Child */

const LISTED = 100;

export class ImportReport extends HTMLElement {
  accepted = { keep_good: false, as_is: false, remove_sample: false };
  asking = false;
  trouble = '';
  busy = false;

  /** @param {Import} one @param {string} kind its name @param {string} [trouble] what was refused last */
  update(one, kind, trouble = '') {
    if (this.one?.id !== one.id || this.one.state !== one.state) {
      this.accepted = { keep_good: false, as_is: false, remove_sample: false };
      this.asking = false;
    }
    this.one = one;
    this.kind = kind;
    this.trouble = trouble;
    this.busy = false;
    this.draw();
  }

  draw() {
    const one = /** @type {Import} */ (this.one);
    redraw(this,
      h('header', {}, h('h2', {}, one.file), h('p', { class: 'quiet' }, this.kind, ' · ', stateWords(one))),
      this.body(one),
      this.trouble && h('p', { class: 'trouble block', role: 'alert' }, this.trouble),
      this.actions(one));
  }

  /** @param {Import} one @returns {Child} */
  body(one) {
    if (one.state === 'staging') return this.underWay(t('正在读文件'), one);
    if (one.state === 'loading') return this.underWay(t('正在载入'), null);
    if (one.state === 'staged') return [this.totals(one), this.problems(one), this.rejects(one)];
    if (one.state === 'loaded') {
      return [h('dl', { class: 'totals' }, total(t('新增'), one.added ?? 0), total(t('改动'), one.changed ?? 0), total(t('未变'), one.unchanged ?? 0)), this.rejects(one)];
    }
    const words = one.state === 'taken_back' ? t('这次导入新增的行已经收回。') : t('这次导入已放弃，什么也没有改。');
    return h('p', { class: 'empty' }, words);
  }

  /** @param {string} words @param {Import|null} one whose reading is shown in rows */
  underWay(words, one) {
    const share = one && shareRead(one, one.found?.rows);
    const rows = one?.progress ? t('已读 {n} 行', { n: number(one.progress) }) : '';
    return h('section', { class: 'progress' },
      h('p', {}, h('b', {}, words), ' ', h('span', { class: 'num quiet' }, rows)),
      h('progress', share === null ? { 'aria-label': words } : { 'aria-label': words, value: share, max: 1 }),
      h('p', { class: 'quiet' }, t('可以关掉这一页，做完会在这里等你。')));
  }

  /** @param {Import} one */
  totals(one) {
    const late = (/** @type {number|null} */ n) => (n ? 'late' : '');
    return h('dl', { class: 'totals' }, total(t('可载入的行'), one.rows ?? 0),
      total(t('不能用的行'), one.rejects ?? 0, late(one.rejects)),
      one.kind === 'grids' && total(t('没铺满或重叠'), one.problem_count ?? 0, late(one.problem_count)));
  }

  /** @param {Import} one */
  problems(one) {
    const shown = (one.problems ?? []).slice(0, LISTED);
    if (!shown.length) return null;
    return h('section', {}, h('h3', {}, headingWords('问题')), h('ol', { class: 'problems' }, shown.map((each, i) => h('li', {},
      h('button', { type: 'button', 'data-key': `problem-${i}`, onclick: () => announce(this, 'show-problem', i) },
        h('i', { 'aria-hidden': 'true' }, i + 1), h('span', {}, problemWords(each), h('small', {}, each.codes.join(' · '))),
        h('span', { class: 'num' }, each.area_m2 === null ? '' : t('{n} 平方米', { n: number(each.area_m2, each.area_m2 < 100 ? 1 : 0) })))))),
    rest((one.problem_count ?? 0) - shown.length));
  }

  /** @param {Import} one */
  rejects(one) {
    const shown = one.first_rejects.slice(0, LISTED);
    if (!shown.length) return null;
    return h('section', {},
      h('h3', {}, headingWords('不能用的行'), one.cleared ? h('small', {}, t('文件已清除')) : h('a', { class: 'link', href: `/api/imports/${one.id}/rejects.csv`, download: true }, t('下载，改好后单独导入'))),
      h('table', { class: 'rejects' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'num' }, t('行')), h('th', { scope: 'col' }, t('原因')))),
        h('tbody', {}, shown.map(({ row, reason }) => h('tr', {}, h('td', { class: 'num' }, number(row)), h('td', {}, reason))))),
      rest((one.rejects ?? 0) - shown.length));
  }

  /** What must be accepted by name before loading. @param {Import} one */
  choices(one) {
    const box = (/** @type {'keep_good'|'as_is'|'remove_sample'} */ name, /** @type {string} */ words, /** @type {string} */ help) => h('label', { class: 'check' },
      h('input', { type: 'checkbox', 'data-key': name, checked: this.accepted[name], onchange: () => {
        this.accepted = { ...this.accepted, [name]: !this.accepted[name] };
        this.draw();
      } }), h('span', {}, words, h('small', { class: 'quiet' }, help)));
    const all = [
      one.rejects && box('keep_good', t('只载入好的行'), t('不能用的 {n} 行留在文件里', { n: number(one.rejects) })),
      one.problem_count && box('as_is', t('照样载入'), t('这个乡镇会一直标着“未铺满”，直到改好')),
      one.sample && !one.in_sample && box('remove_sample', t('先移除示例县'), t('示例的网格、住户、事件全部去掉')),
      one.sample && one.in_sample && h('p', { class: 'quiet' }, t('这些行落在示例县里。要移除示例，请先导入自己的区划。')),
    ].filter(Boolean);
    return all.length ? h('div', { class: 'choices' }, all) : null;
  }

  /** @param {Import} one */
  actions(one) {
    const button = (/** @type {string} */ words, /** @type {string} */ name, /** @type {unknown} */ detail = null, look = 'button', off = false) => h('button', { type: 'button', class: look, 'data-key': name, disabled: off || this.busy, onclick: () => {
      this.busy = true;
      announce(this, name, detail);
    } }, words);
    const drop = button(t('放弃'), 'drop-import');
    if (one.state === 'staging') return h('footer', {}, drop);
    if (one.state === 'staged') {
      const open = (one.rejects && !this.accepted.keep_good) || (one.problem_count && !this.accepted.as_is);
      return h('footer', {}, this.choices(one),
        button(t('载入 {n} 行', { n: number(one.rows ?? 0) }), 'load-import', this.accepted, 'button primary', Boolean(open) || !one.rows),
        button(t('改选项再读'), 'change-import'), drop);
    }
    if (one.state !== 'loaded') return null;
    const away = () => { this.asking = !this.asking; this.draw(); };
    if (this.asking) {
      return h('footer', { class: 'ask' }, h('p', {}, t('收回会删去这次新增的 {n} 行。', { n: number(one.added ?? 0) })),
        button(t('收回'), 'take-back-import', null, 'button primary'), h('button', { type: 'button', class: 'button', 'data-key': 'keep', onclick: away }, t('不收回')));
    }
    return h('footer', {}, one.bounds && h('a', { class: 'button', href: mapAddress(one.bounds) }, t('去地图上看')),
      one.added ? h('button', { type: 'button', class: 'button', 'data-key': 'take-back', onclick: away }, t('收回')) : null);
  }
}

/** @param {string} words @param {number} n @param {string} [look] */
const total = (words, n, look = '') => h('div', {}, h('dt', {}, words), h('dd', { class: look }, number(n)));

/** @param {number} n how many more there are */
const rest = (n) => (n > 0 ? h('p', { class: 'quiet' }, t('还有 {n} 处没有列出', { n: number(n) })) : null);

/** The map over a box: the zoom at which its longer side fills some 800 pixels. @param {[number, number, number, number]} bounds */
function mapAddress([west, south, east, north]) {
  const span = Math.max(east - west, north - south, 0.002);
  const zoom = Math.min(15, Math.max(3, Math.log2((360 * 800) / (512 * span))));
  return `/?at=${((south + north) / 2).toFixed(5)},${((west + east) / 2).toFixed(5)},${zoom.toFixed(2)}`;
}

customElements.define('import-report', ImportReport);
