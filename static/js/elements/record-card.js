/** What is known about one incident, one warning, or any other feature of a layer. */

import { cellText } from '../cells.js';
import { announce, h, icon, redraw } from '../dom.js';
import { lang, pick, t } from '../i18n.js';
import { kindIcon, signIcon } from '../signs.js';
import { momentText } from '../time.js';

/**
 * @typedef {Object} Known
 * @property {string} title
 * @property {string} [words] what was reported
 * @property {string} above what kind of thing it is
 * @property {[string, string, import('../api.js').Cell][]} lines Chinese label, English label, value
 * @property {{at: string, zh: string, en: string}[]} timeline
 * @property {number|null} color level of a warning
 * @property {string|null} kind of an incident
 * @property {{lon: number, lat: number}|null} place
 */

export class RecordCard extends HTMLElement {
  /** @param {Known|null} known @param {string} zone @param {string} [trouble] */
  update(known, zone, trouble = '') {
    this.hidden = !known && !trouble;
    if (this.hidden) return;
    redraw(this, h('article', { 'aria-label': known?.title ?? t('详情') },
      h('header', {}, known?.color && signIcon(known.color), known?.kind && kindIcon(known.kind),
        h('div', {}, h('p', { class: 'en' }, known?.above ?? ''), h('h2', {}, known?.title ?? t('没取到'))),
        h('button', { type: 'button', class: 'quiet-button', 'data-key': 'close', 'aria-label': t('关闭'), onclick: () => announce(this, 'close-card') }, icon('close'))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      known?.words && h('p', { class: 'words' }, known.words),
      known && known.lines.length > 0 && h('dl', { class: 'how' }, known.lines.map(([zh, en, value]) => [h('dt', {}, pick({ zh, en })), h('dd', {}, cellText(value, zone))])),
      known && known.timeline.length > 0 && this.timeline(known.timeline, zone),
      known?.place && h('footer', {}, h('button', { type: 'button', class: 'button', 'data-key': 'whose', onclick: () => announce(this, 'ask-place', known.place) }, t('归谁管？')))));
  }

  /** @param {Known['timeline']} timeline @param {string} zone */
  timeline(timeline, zone) {
    return h('ol', { class: 'timeline' }, timeline.map((event) => h('li', {},
      h('time', { datetime: event.at }, momentText(event.at, lang(), zone)), h('span', {}, pick(event)))));
  }
}

customElements.define('record-card', RecordCard);
