/** A report from the map: what, how bad, in a sentence. What was typed stays until it has arrived. */

import * as api from '../api.js';
import { announce, h, redraw } from '../dom.js';
import { uuid7 } from '../ids.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('../api.js').Catalog} Catalog */

export class ReportForm extends HTMLElement {
  // One id for all tries: a second send of the same report is the same report.
  id_ = uuid7();
  category = h('select', { id: 'report-category', required: true });
  severity = h('select', { id: 'report-severity' });
  words = h('textarea', { id: 'report-words', rows: 3, maxlength: 2000 });
  note = h('p', { role: 'status' });
  send = h('button', { type: 'submit', class: 'button primary' });

  /** @param {Catalog} catalog @param {{lon: number, lat: number}} place */
  begin(catalog, place) {
    this.place = place;
    redraw(this.category, h('option', { value: '' }, t('选一类')), catalog.kinds.map((kind) => h('optgroup', { label: pick(kind) },
      catalog.categories.filter((each) => each.kind === kind.id).map((each) => h('option', { value: each.number }, pick(each))))));
    redraw(this.severity, ['轻', '中', '重', '特重'].map((words, i) => h('option', { value: i + 1 }, t(words))));
    this.send.textContent = t('上报');
    const field = (/** @type {string} */ words, /** @type {HTMLElement} */ control) => h('label', { for: control.id }, h('span', {}, words), control);
    redraw(this, h('form', { onsubmit: (/** @type {Event} */ event) => this.submit(event) },
      h('div', { class: 'pair' }, field(t('类别'), this.category), field(t('轻重'), this.severity)),
      field(t('什么事'), this.words), this.note,
      h('footer', {}, this.send, h('button', { type: 'button', class: 'button', onclick: () => announce(this, 'drop-report') }, t('不报了')))));
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    this.send.disabled = true;
    this.tell(t('正在送'));
    try {
      const done = await api.report({
        id: this.id_, category: Number(this.category.value), severity: Number(this.severity.value),
        words: this.words.value.trim(), ...this.place,
      });
      announce(this, 'reported', done);
    } catch (error) {
      this.tell(t('没有送到：{why}。写的都还在，可再送一次。', { why: /** @type {Error} */ (error).message }), 'late');
      this.send.disabled = false;
    }
  }

  /** @param {string} words @param {string} [look] */
  tell(words, look = 'quiet') {
    this.note.textContent = words;
    this.note.className = look;
  }
}

customElements.define('report-form', ReportForm);
