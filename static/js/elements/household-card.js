/** A household: where it is, who lives there as far as one may know, who was there; what is masked opens for a reason. */

import { announce, h, icon, redraw } from '../dom.js';
import { lang, t } from '../i18n.js';
import * as people from '../people.js';
import { dayText, momentText } from '../time.js';

/** @typedef {{id: string, seat: number, name: string, phone: string, tags: string[], has_identity: boolean, moved_away_on: string|null}} Person */
/** @typedef {{county: number, id: string, code: string, address: string, place: string, tags: string[], lon: number|null, lat: number|null, in_full: boolean, may_reveal: boolean, may_change: boolean, people: Person[], visits: {at: string, who: string, seen: string}[]}} Household */
/** @typedef {{name: string|null, phone: string|null, identity: string|null, notes: string|null}} Shown */

const MOST_WORDS = 200;

export class HouseholdCard extends HTMLElement {
  zone = '';
  /** @type {Household|null} */
  known = null;
  /** Whose full values are asked for. */
  asking = '';
  /** @type {Record<string, Shown>} what was opened, until the card closes */
  shown = {};
  trouble = '';

  connectedCallback() {
    document.addEventListener('close-card', () => this.close());
  }

  /** @param {number} county @param {string} id @param {string} zone */
  async open(county, id, zone) {
    this.close();
    this.zone = zone;
    try {
      this.known = await people.household(county, id);
    } catch (error) {
      this.trouble = t('没取到：{why}', { why: /** @type {Error} */ (error).message });
    }
    this.draw();
  }

  /** What was opened is gone with the card. */
  close() {
    [this.known, this.asking, this.shown, this.trouble, this.hidden] = [null, '', {}, '', true];
    this.replaceChildren();
  }

  draw() {
    const { known, trouble } = this;
    this.hidden = !known && !trouble;
    redraw(this, h('article', { 'aria-label': known?.address ?? t('住户') },
      h('header', {}, h('div', {}, h('p', { class: 'en' }, known ? `${t('住户')}\u3000${known.code}` : t('住户')), h('h2', {}, known?.address ?? t('没取到'))),
        h('button', { type: 'button', class: 'quiet-button', 'data-key': 'close', 'aria-label': t('关闭'), onclick: () => announce(this, 'close-card') }, icon('close'))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      known && h('dl', { class: 'how' }, h('dt', {}, t('所在网格')), h('dd', {}, known.place), known.tags.length > 0 && [h('dt', {}, t('标签')), h('dd', {}, known.tags.join('、'))]),
      known && (known.people.length ? h('ul', { class: 'people' }, known.people.map((person) => this.person(person, known))) : h('p', { class: 'empty' }, t('没有登记人员。'))),
      known && known.visits.length > 0 && h('ol', { class: 'timeline' }, known.visits.map((visit) => h('li', {}, h('time', { datetime: visit.at }, momentText(visit.at, lang(), this.zone)), h('span', {}, `${visit.who}：${visit.seen}`)))),
      known?.lon && h('footer', {}, h('button', { type: 'button', class: 'button', 'data-key': 'whose', onclick: () => announce(this, 'ask-place', { lon: known.lon, lat: known.lat }) }, t('归谁管？')))));
  }

  /** @param {Person} person @param {Household} known */
  person(person, known) {
    const opened = this.shown[person.id];
    const rest = [person.phone, ...person.tags, person.moved_away_on && t('{day} 迁出', { day: dayText(person.moved_away_on, lang()) })].filter(Boolean);
    const asks = known.may_reveal && !opened && this.asking !== person.id;
    return h('li', {},
      h('p', {}, h('b', {}, person.name), h('span', { class: 'quiet num' }, rest.join(' · ')),
        asks && h('button', { type: 'button', class: 'link', 'data-key': `all-${person.id}`, onclick: () => this.ask(person.id) }, t('看全部')),
        known.may_change && h('button', { type: 'button', class: 'link', 'data-key': `away-${person.id}`, onclick: () => this.away(person) }, person.moved_away_on ? t('没有迁出') : t('已迁出'))),
      this.asking === person.id && this.form(person.id),
      opened && h('dl', { class: 'opened' }, this.lines(opened).map(([label, value]) => [h('dt', {}, t(label)), h('dd', {}, value)])));
  }

  /** @param {Shown} shown @returns {[string, string][]} */
  lines({ name, phone, identity, notes }) {
    return [['姓名', name], ['电话', phone], ['身份证号', identity], ['备注', notes]].map(([label, value]) => /** @type {[string, string]} */ ([label, value ?? '—']));
  }

  /** @param {string} id */
  ask(id) {
    this.asking = id;
    this.draw();
    /** @type {HTMLInputElement|null} */ (this.querySelector('form input'))?.focus();
  }

  /** @param {string} id */
  form(id) {
    const why = h('input', { name: 'why', required: true, minlength: 2, maxlength: MOST_WORDS, autocomplete: 'off' });
    return h('form', { onsubmit: (event) => {
      event.preventDefault();
      void this.reveal(id, why.value.trim());
    } }, h('label', {}, t('为什么要看（会记入审计）'), why),
    h('footer', {}, h('button', { type: 'submit', class: 'button primary' }, t('看全部')), h('button', { type: 'button', class: 'button', onclick: () => this.ask('') }, t('不看了'))));
  }

  /** @param {string} id @param {string} why */
  async reveal(id, why) {
    await this.trying(async () => {
      this.shown = { ...this.shown, [id]: await people.reveal('person', this.known?.county ?? 0, id, why) };
      this.asking = '';
    });
  }

  /** @param {Person} person */
  async away(person) {
    await this.trying(async () => {
      const today = new Date().toLocaleDateString('sv', { timeZone: this.zone });
      const on = person.moved_away_on ? null : today;
      await people.movedAway(this.known?.county ?? 0, person.id, on);
      if (this.known) this.known.people = this.known.people.map((each) => (each.id === person.id ? { ...each, moved_away_on: on } : each));
    });
  }

  /** @param {() => Promise<void>} work */
  async trying(work) {
    this.trouble = '';
    try {
      await work();
    } catch (error) {
      this.trouble = /** @type {Error} */ (error).message;
    }
    this.draw();
  }
}

customElements.define('household-card', HouseholdCard);
