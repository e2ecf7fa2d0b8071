/** Who sent the reports of a case: opened one by one, each for a reason that goes into the trail, and gone with the case. */

import { h, redraw } from '../dom.js';
import { t } from '../i18n.js';
import * as people from '../people.js';

/** @typedef {import('../desk.js').CasePage['reports'][number]} Report */
/** @typedef {import('./household-card.js').Shown} Shown */

const LEAST_WORDS = 2;
const MOST_WORDS = 200;

export class ReportSenders extends HTMLElement {
  /** @type {Record<string, Shown>} */
  shown = {};
  trouble = '';
  why = h('input', { name: 'why', required: true, minlength: LEAST_WORDS, maxlength: MOST_WORDS, autocomplete: 'off' });

  /** @param {number} county @param {string} id of the case @param {Report[]} reports */
  constructor(county, id, reports) {
    super();
    this.county = county;
    this.case = id;
    this.reports = reports;
    this.draw();
  }

  draw() {
    const closed = this.reports.filter(({ id }) => !this.shown[id]);
    redraw(this, this.reports.map((report) => this.report(report)),
      this.trouble && h('p', { class: 'trouble', role: 'alert' }, this.trouble),
      closed.length > 0 && h('form', { onsubmit: (event) => {
        event.preventDefault();
        void this.open(closed[0].id);
      } }, h('label', {}, t('为什么要看（会记入审计）'), this.why), h('button', { type: 'submit', class: 'button' }, closed.length > 1 ? t('看第一位') : t('看全部'))));
  }

  /** @param {Report} report */
  report({ id, wants_no_name: quiet }) {
    const opened = this.shown[id];
    if (!opened) return quiet && h('p', {}, h('span', { class: 'tag' }, t('不愿透露姓名')));
    return h('p', {}, quiet && h('span', { class: 'tag' }, t('不愿透露姓名')), h('b', {}, opened.name ?? t('没有留姓名')), ' ',
      opened.phone ? h('a', { class: 'link num', href: `tel:${opened.phone}` }, opened.phone) : h('span', { class: 'quiet' }, t('没有留电话')));
  }

  /** @param {string} id */
  async open(id) {
    this.trouble = '';
    try {
      this.shown = { ...this.shown, [id]: await people.reveal('report', this.county, id, this.why.value.trim()) };
    } catch (error) {
      this.trouble = /** @type {Error} */ (error).message;
    }
    this.draw();
  }
}

customElements.define('report-senders', ReportSenders);
