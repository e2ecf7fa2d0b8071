/** Who is away and who stands in until when; who leaves: what is held is listed first, then handed on in one act. */

import { h, headingWords, redraw } from '../dom.js';
import * as duties from '../duties.js';
import { number } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { addDays, dayText, momentText } from '../time.js';
import { instantOf, localOf } from '../zoned.js';
import './area-picker.js';
import { DutyBoard, field } from './duty-board.js';

/** @typedef {import('../duties.js').StandIn} StandIn */
/** @typedef {import('../duties.js').Holdings} Holdings */

export class AbsenceDesk extends DutyBoard {
  /** @type {duties.StandIns|null} */
  known = null;
  /** @type {duties.Workers|null} */
  staff = null;
  within = '';
  leaver = '';
  successor = '';
  /** @type {Holdings|null} */
  held = null;

  async load() {
    [this.known, this.staff] = await Promise.all([duties.standIns(), duties.workers(this.within)]);
  }

  draw() {
    const { known, staff } = this;
    redraw(this,
      h('header', {}, h('h1', {}, headingWords('请假离岗')),
        staff?.may && h('div', { class: 'acts' }, h('button', { type: 'button', class: 'button primary', 'data-key': 'away', onclick: () => this.open('away', this.awayForm()) }, t('登记请假')))),
      this.notes(), staff?.more && this.narrow(), this.formOf === 'away' && this.form,
      known && this.standIns(known), staff && this.leaving(staff));
  }

  /** More workers than a list can hold: an area comes first. */
  narrow() {
    const picker = document.createElement('area-picker');
    picker.append(h('input', { value: this.within, placeholder: t('先选镇或村'), autocomplete: 'off', 'aria-label': t('范围') }));
    picker.addEventListener('area-chosen', () => {
      this.within = /** @type {HTMLInputElement} */ (picker.querySelector('input')).value;
      void this.refresh();
    });
    return h('div', { class: 'narrow' }, h('p', { class: 'quiet' }, t('人太多，只列出一部分；选一个镇或村再看。')), picker);
  }

  /** @param {duties.StandIns} known */
  standIns({ stand_ins: all, zone, today }) {
    if (!all.length) return h('section', {}, h('h2', {}, headingWords('代班')), h('p', { class: 'empty' }, t('现在没有人请假。')));
    // the end is the first moment of the day of the return
    const back = (/** @type {StandIn} */ one) => (one.until ? dayText(localOf(one.until, zone).slice(0, 10), lang(), today) : '—');
    return h('section', {}, h('h2', {}, headingWords('代班')), h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, ['谁不在', '谁代班', '从', '哪天回来', '事由', ''].map((words) => h('th', { scope: 'col' }, words && t(words))))),
      h('tbody', {}, all.map((one) => h('tr', {}, h('th', { scope: 'row' }, one.staff.name), h('td', { 'data-of': t('谁代班') }, one.by.name),
        h('td', { class: 'num', 'data-of': t('从') }, momentText(one.since, lang(), zone, today), !one.begun && h('small', {}, t('还没开始'))), h('td', { class: 'num', 'data-of': t('哪天回来') }, h('b', {}, back(one))), h('td', {}, one.why),
        h('td', { class: 'acts' }, one.may_end && this.twice(`end-${one.id}`, one.begun ? t('提前回来') : t('不请假了'), one.begun ? t('确定现在结束代班') : t('确定取消这次请假'), async () => {
          await duties.endStandIn(one.id);
          return one.begun ? t('代班已结束。') : t('请假已取消。');
        }))))))));
  }

  /** Workers to choose from; one may be left out. @param {string} name @param {string} [without] @param {string} [chosen] */
  workers(name, without = '', chosen = '') {
    return h('select', { name, required: true, 'data-key': name }, h('option', { value: '' }, t('请选')),
      (this.staff?.workers ?? []).filter(({ id }) => id !== without).map((one) => h('option', { value: one.id, selected: one.id === chosen },
        `${one.name}\u3000${one.grids.slice(0, 2).join('、')}${one.grids.length > 2 ? t(' 等 {n} 个网格', { n: one.grids.length }) : ''}${one.away_for ? t('（{name} 代班）', { name: one.away_for }) : ''}`)));
  }

  awayForm() {
    const { today, zone } = /** @type {duties.StandIns} */ (this.known);
    return this.asking(t('登记'), async ({ staff, by, since, back_on: back, why }) => {
      await duties.nameStandIn(staff, { by, back_on: back, why, ...(since > today ? { since: instantOf(`${since}T00:00`, zone) } : {}) });
      return t('已登记；代班的人马上能看到要办的事，到期自动还回。');
    },
    field(t('谁请假'), this.workers('staff')), field(t('谁代班'), this.workers('by')),
    field(t('从哪天起'), h('input', { type: 'date', name: 'since', value: today, min: today, required: true })),
    field(t('哪天回来'), h('input', { type: 'date', name: 'back_on', value: addDays(today, 7), min: addDays(today, 1), required: true })),
    field(t('事由'), h('input', { name: 'why', required: true, maxlength: 100, autocomplete: 'off' }), 'wide'));
  }

  /** @param {duties.Workers} staff */
  leaving(staff) {
    if (!staff.may) return h('section', {}, h('h2', {}, headingWords('离岗交接')), h('p', { class: 'empty' }, t('代班和交接由这里的综治中心办理。')));
    const select = this.workers('leaver', '', this.leaver);
    select.addEventListener('change', () => void this.look(select.value));
    return h('section', {}, h('h2', {}, headingWords('离岗交接')),
      h('p', { class: 'quiet' }, t('先看手上有什么，再一次交给接手的人。网格里的住户和走访计划随网格走。')),
      h('div', { class: 'sheet' }, field(t('谁离岗'), select)), this.held && this.holdings(this.held));
  }

  /** @param {string} id */
  async look(id) {
    [this.leaver, this.successor, this.held, this.trouble, this.said] = [id, '', null, '', ''];
    try {
      if (id) this.held = await duties.holdings(id);
    } catch (error) {
      this.trouble = /** @type {Error} */ (error).message;
    }
    this.draw();
  }

  /** @param {Holdings} held */
  holdings(held) {
    const homes = held.grids.reduce((sum, { households }) => sum + households, 0);
    const figures = [['网格', held.grids.length], ['住户', homes], ['在办事件', held.incidents.length], ['走访计划', held.visit_plans], ['吹哨未答复', held.errands]];
    const { today, zone } = /** @type {duties.StandIns} */ (this.known);
    const to = this.workers('to', held.staff, this.successor);
    to.addEventListener('change', () => { this.successor = to.value; });
    return h('div', { class: 'held' },
      h('dl', {}, figures.map(([words, n]) => h('div', {}, h('dt', {}, t(/** @type {string} */ (words))), h('dd', { class: 'num' }, number(/** @type {number} */ (n)))))),
      h('ul', { class: 'grids' }, held.grids.map((one) => h('li', {}, one.name, h('small', {}, t('{n} 户', { n: number(one.households) }))))),
      held.incidents.length > 0 && h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, ['编号', '类别', '哪里', '时限'].map((words) => h('th', { scope: 'col' }, t(words))))),
        h('tbody', {}, held.incidents.map((one) => h('tr', {}, h('th', { scope: 'row' }, h('a', { class: 'link num', href: `/cases?county=${one.county}&id=${one.id}` }, one.number)), h('td', {}, pick(one.category)), h('td', {}, one.place), h('td', { class: 'num', 'data-of': t('时限') }, one.due_at ? momentText(one.due_at, lang(), zone, today) : '—')))))),
      h('div', { class: 'sheet' }, field(t('交给谁'), to),
        h('footer', {}, this.twice('hand-on', t('全部交出去'), t('确定：马上生效，{name} 的账号同时停用', { name: held.name }), () => this.handOn(held, to), 'button primary'))));
  }

  /** @param {Holdings} held @param {HTMLSelectElement} to */
  async handOn(held, to) {
    if (!to.value) throw new Error(t('请选接手的人。'));
    const name = this.staff?.workers.find(({ id }) => id === to.value)?.name ?? '';
    const done = await duties.handOn(held.staff, to.value);
    [this.leaver, this.successor, this.held] = ['', '', null];
    const account = { closed: t('账号已停用。'), kept: t('账号还有别的角色，没有停用；请找管理员。'), none: '' }[done.account];
    const elsewhere = done.elsewhere ? t('另有 {n} 件在别的中心辖区，已交给那里的中心。', { n: done.elsewhere }) : '';
    return `${t('{grids} 个网格、{incidents} 件事件已交给 {name}。', { grids: done.grids, incidents: done.incidents, name })}${elsewhere}${account}`;
  }
}

customElements.define('absence-desk', AbsenceDesk);
