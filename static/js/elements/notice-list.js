/** What I was told, and the log of who was told what, when and why. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { addressOf } from '../notices.js';
import { momentText } from '../time.js';

/** @typedef {import('../notices.js').Notice} Notice */
/** @typedef {import('../notices.js').Mine} Mine */
/** @typedef {import('../notices.js').Log} Log */

export class NoticeList extends HTMLElement {
  zone = 'Asia/Shanghai';

  /** @param {Mine|null} mine @param {Log|null} log shown in place of the own ones @param {string} trouble */
  update(mine, log, trouble) {
    redraw(this,
      h('header', {},
        h('h1', {}, headingWords('通知')),
        mine?.keeps_log && h('div', { class: 'seg', role: 'group', 'aria-label': t('看什么') },
          this.#tab('mine', '我的', !log), this.#tab('log', '通知记录', !!log)),
        !log && mine && mine.unseen > 0 && h('button', { type: 'button', class: 'button', 'data-key': 'all', onclick: () => announce(this, 'all-seen') }, t('全部标为已看'))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      log ? this.#log(log) : mine && this.#mine(mine));
  }

  /** @param {string} id @param {string} words @param {boolean} on */
  #tab(id, words, on) {
    return h('button', { type: 'button', 'aria-pressed': String(on), 'data-key': id, onclick: () => announce(this, 'choose-notices', id) }, t(words));
  }

  /** @param {Mine} mine */
  #mine(mine) {
    if (!mine.notices.length) {
      return h('p', { class: 'empty' }, t('还没有通知。要你办的事会马上到这里，其余的每天汇总一次。'));
    }
    return [
      h('ol', {}, mine.notices.map((one) => h('li', { class: one.seen_at ? 'seen' : '' }, this.#entry(one)))),
      mine.waiting > 0 && h('p', { class: 'quiet' }, t('另有 {n} 条不急的，等今天的汇总。', { n: number(mine.waiting) })),
    ];
  }

  /** @param {Notice} one */
  #entry(one) {
    const address = addressOf(one);
    const inside = [
      h('i', { class: one.urgent ? 'mark urgent' : 'mark', 'aria-hidden': 'true' }),
      h('span', { class: 'what' },
        h('b', {}, pick(one.words)), ' ', one.title || one.place,
        one.n > 1 && h('span', { class: 'more' }, t('等 {n} 件', { n: number(one.n) }))),
      h('span', { class: 'where' }, [one.title ? one.place : '', one.number].filter(Boolean).join(' · ')),
      h('span', { class: 'why' }, pick(one.why)),
      h('time', { datetime: one.told_at ?? one.made_at }, one.urgent ? this.#when(one.told_at ?? one.made_at) : this.#digest(one)),
      !one.seen_at && h('span', { class: 'unseen' }, t('未看')),
    ];
    const seen = () => { if (!one.seen_at) announce(this, 'notice-seen', one.id); };
    return address
      ? h('a', { class: 'notice', href: address, 'data-key': one.id, onclick: seen }, inside)
      : h('button', { type: 'button', class: 'notice', 'data-key': one.id, onclick: seen }, inside);
  }

  /** @param {Log} log */
  #log(log) {
    if (!log.rows.length) return h('p', { class: 'empty' }, t('你管的区域里还没有通知过谁。'));
    return [
      h('div', { class: 'scroll' }, h('table', {},
        h('thead', {}, h('tr', {}, ['时间', '通知了谁', '什么事', '为什么', '怎样告知', '看了没有'].map((each) => h('th', {}, t(each))))),
        h('tbody', {}, log.rows.map((one) => this.#row(one))))),
      log.pages > 1 && h('p', { class: 'pages' },
        h('button', { type: 'button', class: 'button', disabled: log.page <= 1, 'data-key': 'back', onclick: () => announce(this, 'log-page', log.page - 1) }, t('上一页')),
        h('span', { class: 'num' }, `${log.page} / ${log.pages}`),
        h('button', { type: 'button', class: 'button', disabled: log.page >= log.pages, 'data-key': 'on', onclick: () => announce(this, 'log-page', log.page + 1) }, t('下一页'))),
    ];
  }

  /** @param {Notice} one */
  #row(one) {
    const how = one.urgent ? t('马上') : this.#digest(one);
    return h('tr', {},
      h('td', { class: 'num' }, this.#when(one.made_at)),
      h('th', { scope: 'row' }, one.who ?? '—'),
      h('td', {}, pick(one.words), ' ', h('small', {}, one.number ?? one.place, one.n > 1 && ` ${t('等 {n} 件', { n: number(one.n) })}`)),
      h('td', {}, pick(one.why)),
      h('td', {}, how),
      h('td', { class: 'num' }, one.seen_at ? this.#when(one.seen_at) : '—'));
  }

  /** @param {Notice} one */
  #digest(one) {
    return one.told_at ? t('汇总，{at}', { at: this.#when(one.told_at) }) : t('等汇总');
  }

  /** @param {string} at */
  #when(at) {
    return momentText(at, lang(), this.zone);
  }
}

customElements.define('notice-list', NoticeList);
