/** Desks of departments at centers: who sits where on a day, whom to call now; setting desks up and filling their rota. */

import { h, headingWords, redraw } from '../dom.js';
import * as duties from '../duties.js';
import { lang, pick, t } from '../i18n.js';
import { addDays, dayText } from '../time.js';
import { clockOf, instantOf, localOf } from '../zoned.js';
import { DutyBoard, field } from './duty-board.js';

/** @typedef {import('../duties.js').Desk} Desk */
/** @typedef {import('../duties.js').Desks} Desks */
/** @typedef {import('../duties.js').Shift} Shift */

export class DeskRota extends DutyBoard {
  day = '';
  /** @type {Desks|null} */
  known = null;

  async load() {
    this.known = await duties.desks(this.day);
    this.day = this.known.day;
  }

  draw() {
    const { known } = this;
    redraw(this,
      h('header', {}, h('h1', {}, headingWords('坐席')), known && this.days(known),
        known && known.centers.length > 0 && h('div', { class: 'acts' }, h('button', { type: 'button', class: 'button primary', 'data-key': 'desk', onclick: () => this.open('desk', this.deskForm(known)) }, t('设坐席')))),
      this.notes(), this.formOf === 'desk' && this.form,
      known && (known.desks.length ? this.centers(known) : h('p', { class: 'empty' }, known.centers.length ? t('还没有部门在这里设坐席。点“设坐席”，写明哪个部门派驻、轮驻还是随叫随驻。') : t('你能看到的范围里还没有部门设坐席；由综治中心安排。'))));
  }

  /** @param {Desks} known */
  days({ day, today }) {
    const step = (/** @type {string} */ to, /** @type {string} */ words, /** @type {string} */ mark) => h('button', { type: 'button', class: 'button', 'data-key': mark, 'aria-label': words, onclick: () => { this.day = to; this.drop(); void this.refresh(); } }, mark);
    return h('div', { class: 'days' }, step(addDays(day, -1), t('前一天'), '←'),
      h('b', {}, dayText(day, lang(), today), day === today && h('small', {}, t('今天'))), step(addDays(day, 1), t('后一天'), '→'),
      day !== today && h('button', { type: 'button', class: 'link', 'data-key': 'today', onclick: () => { this.day = today; void this.refresh(); } }, t('回到今天')));
  }

  /** @param {Desks} known */
  centers(known) {
    const names = [...new Set(known.desks.map(({ center }) => center))];
    return names.map((name) => h('section', {}, h('h2', {}, name), h('div', { class: 'scroll' }, h('table', { class: 'rota' },
      h('thead', {}, h('tr', {}, ['部门', '方式', '谁在', known.day === known.today ? '现在找谁' : '电话', ''].map((words) => h('th', { scope: 'col' }, words && t(words))))),
      h('tbody', {}, known.desks.filter(({ center }) => center === name).map((desk) => this.rows(desk, known)))))));
  }

  /** @param {Desk} desk @param {Desks} known */
  rows(desk, known) {
    const mine = known.centers.some(({ name }) => name === desk.center);
    const { call } = desk;
    const row = h('tr', {}, h('th', { scope: 'row' }, desk.department), h('td', {}, pick(known.kinds[desk.kind])),
      h('td', {}, desk.shifts.length ? h('ul', {}, desk.shifts.map((shift) => this.shift(shift, mine, known.zone))) : h('span', { class: 'quiet' }, t('没有排班'))),
      h('td', { 'data-of': known.day === known.today ? t('现在找谁') : t('电话') }, h('b', {}, call.name ?? (known.day === known.today ? t('打坐席电话') : '')), ' ', call.phone && h('a', { class: 'link num', href: `tel:${call.phone}` }, call.phone), !call.phone && !call.name && '—'),
      h('td', { class: 'acts' }, mine && [h('button', { type: 'button', class: 'link', 'data-key': `shift-${desk.id}`, onclick: () => this.open(desk.id, this.shiftForm(desk, known)) }, t('排班')),
        this.twice(`remove-${desk.id}`, t('撤坐席'), t('确定连排班一起撤掉'), async () => { await duties.removeDesk(desk.id); return t('坐席已撤。'); })]));
    return [row, this.formOf === desk.id && h('tr', {}, h('td', { colspan: 5 }, this.form))];
  }

  /** @param {Shift} shift @param {boolean} mine @param {string} zone */
  shift(shift, mine, zone) {
    const moment = (/** @type {string} */ iso) => {
      const day = localOf(iso, zone).slice(0, 10);
      return `${day === this.day ? '' : `${dayText(day, lang(), this.day)} `}${clockOf(iso, zone)}`;
    };
    return h('li', { class: shift.now ? 'now' : null }, h('b', {}, shift.name), h('span', { class: 'num' }, ` ${moment(shift.since)}–${moment(shift.until)} `),
      shift.now && h('small', {}, t('现在')), shift.phone && h('a', { class: 'link num', href: `tel:${shift.phone}` }, shift.phone),
      mine && this.twice(`off-${shift.id}`, t('撤班'), t('确定撤班'), async () => { await duties.removeShift(shift.id); return t('班次已撤。'); }));
  }

  /** @param {Desks} known */
  deskForm({ centers, kinds }) {
    const departments = h('select', { name: 'department', required: true });
    const center = h('select', { name: 'center', required: true, onchange: () => fill() }, centers.map((one) => h('option', { value: one.id }, one.name)));
    const fill = () => departments.replaceChildren(...(centers.find(({ id }) => id === center.value)?.departments ?? []).map((one) => h('option', { value: one.id }, one.name)));
    fill();
    return this.asking(t('设好'), async (given) => { await duties.putDesk(given); return t('坐席已设好；再给它排班。'); },
      field(t('在哪个中心'), center), field(t('哪个部门'), departments),
      field(t('怎么坐'), h('select', { name: 'kind' }, Object.entries(kinds).map(([id, words]) => h('option', { value: id }, pick(words))))),
      field(t('坐席电话（可不填，用中心的）'), h('input', { name: 'phone', type: 'tel', maxlength: 30, autocomplete: 'off' })));
  }

  /** @param {Desk} desk @param {Desks} known */
  shiftForm(desk, { day, zone }) {
    return this.asking(t('排上'), async ({ name, phone, on, from, to }) => {
      // a night shift ends on the day after
      const end = to > from ? on : addDays(on, 1);
      await duties.putShift(desk.id, { name, phone, since: instantOf(`${on}T${from}`, zone), until: instantOf(`${end}T${to}`, zone) });
      return t('已排班。');
    },
    field(t('谁'), h('input', { name: 'name', required: true, maxlength: 40, autocomplete: 'off' })),
    field(t('电话（可不填）'), h('input', { name: 'phone', type: 'tel', maxlength: 30, autocomplete: 'off' })),
    field(t('哪天'), h('input', { type: 'date', name: 'on', value: day, required: true })),
    field(t('几点到'), h('input', { type: 'time', name: 'from', value: '08:30', required: true })),
    field(t('几点走'), h('input', { type: 'time', name: 'to', value: '18:00', required: true })));
  }
}

customElements.define('desk-rota', DeskRota);
