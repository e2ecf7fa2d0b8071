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

  /** Asks for what whose number this is must be known, then shows who it is. @param {string} number @param {string} zone */
  find(number, zone) {
    this.close();
    this.zone = zone;
    this.hidden = false;
    const found_ = h('ul', { class: 'people' });
    redraw(this, h('article', { 'aria-label': t('按电话号码找') }, this.top(t('按电话号码找'), number), h('div', { class: 'people' }, h('div', { class: 'ask' },
      this.reasoned(t('查找'), (why) => this.trying(async () => {
        const { found } = await people.numbered(number, why);
        found_.replaceChildren(...(found.length ? found.map((one) => this.hit(one)) : [h('li', { class: 'empty' }, t('你的范围里没有人用这个号码。'))]));
      }, false)))), found_));
    this.querySelector('input')?.focus();
  }

  /** @param {people.Somebody} one */
  hit(one) {
    if (one.kind === 'incident') return h('li', {}, `${t('上报')}\u3000${one.number ?? ''}`);
    return h('li', {}, h('button', { type: 'button', class: 'link', onclick: () => void this.open(one.county, one.id, this.zone) }, `${one.name ?? ''}\u3000${one.address ?? ''}`));
  }

  /** @param {string} above @param {string} title */
  top(above, title) {
    return h('header', {}, h('div', {}, h('p', { class: 'en' }, above), h('h2', {}, title)),
      h('button', { type: 'button', class: 'quiet-button', 'data-key': 'close', 'aria-label': t('关闭'), onclick: () => announce(this, 'close-card') }, icon('close')));
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
      this.top(known ? `${t('住户')}\u3000${known.code}` : t('住户'), known?.address ?? t('没取到')),
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
        known.may_change && h('button', { type: 'button', class: 'link', 'data-key': `away-${person.id}`, onclick: () => this.away(person) }, person.moved_away_on ? t('没有迁出') : t('登记迁出'))),
      this.asking === person.id && this.reasoned(t('看全部'), (why) => void this.reveal(person.id, why), () => this.ask('')),
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

  /** A form for a reason. @param {string} act @param {(why: string) => void} then @param {() => void} [never] */
  reasoned(act, then, never) {
    const why = h('input', { name: 'why', required: true, minlength: 2, maxlength: MOST_WORDS, autocomplete: 'off' });
    return h('form', { onsubmit: (event) => {
      event.preventDefault();
      then(why.value.trim());
    } }, h('label', {}, t('为什么要看（会记入审计）'), why),
    h('footer', {}, h('button', { type: 'submit', class: 'button primary' }, act), never && h('button', { type: 'button', class: 'button', onclick: never }, t('不看了'))));
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

  /** @param {() => Promise<void>} work @param {boolean} [anew] whether the household is drawn anew at the end */
  async trying(work, anew = true) {
    this.trouble = '';
    try {
      await work();
    } catch (error) {
      this.trouble = /** @type {Error} */ (error).message;
    }
    if (anew || this.trouble) this.draw();
  }
}

customElements.define('household-card', HouseholdCard);
