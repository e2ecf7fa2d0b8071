/** Visits: what is due, the longest due first; keeping one that was made, planning a round; what was made lately. */

import { h, headingWords, redraw } from '../dom.js';
import * as duties from '../duties.js';
import { number } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { uuid7 } from '../ids.js';
import { addDays, dayText, momentText } from '../time.js';
import { instantOf, localOf } from '../zoned.js';
import { DutyBoard, field } from './duty-board.js';
import './household-picker.js';

/** @typedef {import('../duties.js').Due} Due */
/** @typedef {import('../duties.js').Visits} Visits */

const SPANS = Object.freeze([7, 30, 90]);
const WAIT_FOR_PLACE_MS = 8000;

export class VisitRounds extends DutyBoard {
  ahead = SPANS[0];
  within = '';
  area = document.createElement('area-picker');
  /** @type {Visits|null} */
  known = null;

  connectedCallback() {
    this.area.append(h('input', { autocomplete: 'off' }));
    this.area.addEventListener('area-chosen', () => {
      this.within = /** @type {HTMLInputElement} */ (this.area.querySelector('input')).value;
      void this.refresh();
    });
  }

  async load() {
    const today = this.known?.today ?? (await duties.visits('', '')).today;
    this.known = await duties.visits(addDays(today, this.ahead), this.within);
  }

  draw() {
    const { known } = this;
    this.nameArea();
    redraw(this,
      h('header', {}, h('h1', {}, headingWords('走访')),
        h('div', { class: 'seg', role: 'group', 'aria-label': t('看到哪天为止') }, SPANS.map((days) => h('button', { type: 'button', 'data-key': `ahead-${days}`, 'aria-pressed': String(days === this.ahead), onclick: () => { this.ahead = days; void this.refresh(); } }, t('{n} 天内', { n: days })))),
        this.area,
        known?.may && h('div', { class: 'acts' },
          h('button', { type: 'button', class: 'button', 'data-key': 'plan', onclick: () => this.open('plan', this.planForm()) }, t('安排走访')),
          h('button', { type: 'button', class: 'button primary', 'data-key': 'make', onclick: () => this.open('make', this.makeForm(null)) }, t('登记走访')))),
      this.notes(),
      ['plan', 'make'].includes(this.formOf) && this.form,
      known && this.due(known), known && this.made(known));
  }

  /** The words come with the language, after the field. */
  nameArea() {
    const input = /** @type {HTMLInputElement} */ (this.area.querySelector('input'));
    [input.placeholder, input.ariaLabel] = [t('全部区域'), t('范围')];
  }

  /** @param {Visits} known */
  due({ visits, today }) {
    const groups = [['逾期', (/** @type {Due} */ one) => one.late_days > 0], ['今天', (/** @type {Due} */ one) => one.next_on === today], ['以后', (/** @type {Due} */ one) => one.next_on > today]];
    if (!visits.length) return h('p', { class: 'empty' }, t('{n} 天内没有要走访的。办结的事件会自动排回访；点“安排走访”可以按周、按月排一圈。', { n: this.ahead }));
    return groups.map(([title, fits]) => [/** @type {string} */ (title), visits.filter(/** @type {(one: Due) => boolean} */ (fits))]).filter(([, rows]) => rows.length).map(([title, rows]) => this.group(/** @type {string} */ (title), /** @type {Due[]} */ (rows), today));
  }

  /** @param {string} title @param {Due[]} rows @param {string} today */
  group(title, rows, today) {
    const over = rows[0].late_days > 0;
    return h('section', {}, h('h2', {}, t(title), ' ', h('small', {}, number(over ? rows[0].of : rows.length))),
      over && rows.length < rows[0].of && h('p', { class: 'quiet' }, t('只列出最早的 {n} 项。', { n: rows.length })),
      h('ol', { class: 'rounds' }, rows.map((one) => this.row(one, today))));
  }

  /** @param {Due} one @param {string} today */
  row(one, today) {
    const every = one.every.id === 'once' ? '' : pick(one.every);
    const last = one.last_at && t('上次 {at}', { at: momentText(one.last_at, lang(), this.known?.zone ?? '', today) });
    const late = one.late_days > 0;
    return h('li', { class: late ? 'over' : null },
      h('time', { datetime: one.next_on }, h('b', {}, dayText(one.next_on, lang(), today)), h('small', {}, late ? t('超 {n} 天', { n: one.late_days }) : one.next_on === today ? t('今天') : '')),
      h('div', {}, h('b', {}, this.name(one)), h('small', {}, [one.place, pick(one.why), every, last].filter(Boolean).join(' · '))),
      this.known?.may && h('div', { class: 'acts' },
        this.twice(`end-${one.id}`, t('结束计划'), t('确定结束'), async () => { await duties.endPlan(one.county, one.id); return t('走访计划已结束。'); }),
        h('button', { type: 'button', class: 'button', 'data-key': `make-${one.id}`, onclick: () => this.open(one.id, this.makeForm(one)) }, t('登记'))),
      this.formOf === one.id && this.form);
  }

  /** @param {{county: number, incident: string|null, address: string|null, number: string|null}} one */
  name({ county, incident, address, number: no }) {
    const words = address ?? no ?? t('事件');
    return incident ? h('a', { class: 'link', href: `/cases?county=${county}&id=${incident}` }, words) : words;
  }

  /** @param {Visits} known */
  made({ made, zone, now }) {
    return h('section', {}, h('h2', {}, headingWords('最近走访'), ' ', h('small', {}, t('30 天内'))),
      made.length ? h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, ['时间', '谁', '哪里', '看到什么'].map((words) => h('th', { scope: 'col' }, t(words))))),
        h('tbody', {}, made.map((one) => h('tr', {}, h('td', { class: 'num' }, momentText(one.at, lang(), zone, now)), h('td', {}, one.who),
          h('td', {}, this.name(one), h('small', {}, one.place)), h('td', { class: 'words' }, one.seen))))))
        : h('p', { class: 'empty' }, t('30 天内没有登记过走访。')));
  }

  /** @param {Due|null} due none: to a household that was not planned */
  makeForm(due) {
    const { now, zone } = /** @type {Visits} */ (this.known);
    const picker = document.createElement('household-picker');
    const id = uuid7();
    return this.asking(t('存下'), async ({ seen, at, here }) => {
      const [home] = /** @type {import('./household-picker.js').HouseholdPicker} */ (picker).homes;
      if (!due && !home) throw new Error(t('请先选住户。'));
      const whom = due ? { county: due.county, household: due.household, incident: due.incident, plan: due.id } : { county: home.county, household: home.id };
      const done = await duties.makeVisit({ id, ...whom, seen, at: instantOf(at, zone), ...(here ? await place() : {}) });
      return done.next_on ? t('已登记；下次 {day}。', { day: dayText(done.next_on, lang()) }) : t('已登记。');
    },
    !due && h('div', { class: 'wide' }, h('span', {}, t('去了哪一户')), picker),
    field(t('什么时候'), h('input', { type: 'datetime-local', name: 'at', value: localOf(now, zone), max: localOf(now, zone), required: true })),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'here' }), t('记下我现在的位置')),
    field(t('看到了什么'), h('textarea', { name: 'seen', rows: 3, required: true, maxlength: 4000 }), 'wide'));
  }

  planForm() {
    const { today, every } = /** @type {Visits} */ (this.known);
    const picker = document.createElement('household-picker');
    picker.setAttribute('several', '');
    return this.asking(t('安排'), async (given) => {
      const { homes } = /** @type {import('./household-picker.js').HouseholdPicker} */ (picker);
      if (!homes.length) throw new Error(t('请先选住户。'));
      await duties.planVisits({ ...given, households: homes.map(({ county, id }) => ({ county, id })) });
      return t('已安排 {n} 户。', { n: homes.length });
    },
    h('div', { class: 'wide' }, h('span', {}, t('走访哪些住户（可以选多户）')), picker),
    field(t('多久一次'), h('select', { name: 'every' }, Object.entries(every).map(([id, words]) => h('option', { value: id, selected: id === 'monthly' }, pick(words))))),
    field(t('第一次'), h('input', { type: 'date', name: 'first_on', value: today, min: today, required: true })),
    field(t('到哪天为止（可不填）'), h('input', { type: 'date', name: 'until', min: today })),
    field(t('事由'), h('input', { name: 'why', required: true, maxlength: 100, placeholder: t('如 独居老人') }), 'wide'));
  }
}

/** Where this phone is, EPSG:4326; an ApiError-like sentence where it does not say. @returns {Promise<{lon: number, lat: number, accuracy_m: number}>} */
function place() {
  return new Promise((found, failed) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => found({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy }),
      () => failed(new Error(t('没有得到位置；去掉“记下我现在的位置”再存。'))), { enableHighAccuracy: true, timeout: WAIT_FOR_PLACE_MS });
  });
}

customElements.define('visit-rounds', VisitRounds);
