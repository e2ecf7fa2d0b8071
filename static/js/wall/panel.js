/** What every panel of a wall is: a heading, its content or the reason why there is none, and its age. */

import { h } from '../dom.js';
import { t } from '../i18n.js';
import { timeText } from './durations.js';

/**
 * @typedef {Object} Setting what a panel is told about the wall
 * @property {string} zone
 * @property {string} within
 * @property {import('../time.js').Range} range
 * @property {number} now by the server's clock, or by a drill's
 * @property {number} late an answer that is older than this many milliseconds says so
 * @property {Record<string, string>} kinds short names of kinds
 */

export class WallPanel extends HTMLElement {
  /** @type {any} */
  answer = null;
  /** @type {Setting|null} */
  setting = null;
  trouble = '';
  /** What stands beside has taken or given room: rows are fitted anew. */
  sized = new ResizeObserver(() => {
    const size = `${this.clientWidth}×${this.clientHeight}`;
    if (size !== this.dataset.size && this.answer) requestAnimationFrame(() => this.render());
    this.dataset.size = size;
  });

  connectedCallback() {
    this.sized.observe(this);
  }

  disconnectedCallback() {
    this.sized.disconnect();
  }

  /** @param {any} answer @param {Setting} setting */
  show(answer, setting) {
    this.answer = answer;
    this.setting = setting;
    this.trouble = '';
    this.render();
  }

  /** An answer did not come: what was shown stays. @param {string} reason @param {Setting} setting */
  fail(reason, setting) {
    this.trouble = reason;
    this.setting = setting;
    this.render();
  }

  /** Every second. @param {number} now by the server's clock */
  tick(now) {
    if (!this.setting) return;
    this.setting.now = now;
    const was = this.querySelector('.late-note')?.textContent ?? '';
    if (this.ageNote() !== was) this.render();
  }

  /** Why this panel is older than the clock says; '' where it is not. */
  ageNote() {
    if (!this.answer || !this.setting) return '';
    const at = Date.parse(this.answer.at);
    const { now, zone, late } = this.setting;
    if (this.trouble) return t('{time} 的数据：{reason}', { time: timeText(at, zone), reason: this.trouble });
    return now - at > late ? t('{time} 的数据：服务器没有新答复', { time: timeText(at, zone) }) : '';
  }

  render() {
    const late = this.ageNote();
    const body = this.answer ? this.content(this.answer) : [h('p', { class: 'none' }, this.trouble ? t('取不到数据：{reason}', { reason: this.trouble }) : t('正在取数…'))];
    this.replaceChildren(this.head(), ...body.filter(Boolean), ...(late ? [h('p', { class: 'late-note' }, late)] : []));
    this.fitted();
  }

  /** @returns {HTMLElement} */
  head() {
    return h('h2');
  }

  /** @param {any} _answer @returns {HTMLElement[]} */
  content(_answer) {
    return [];
  }

  /** After its content is in place. */
  fitted() {}
}

/** A place's name: what stands first in bold, the rest beside. @param {string[]} names */
export function placeName(names) {
  const [first, ...rest] = names.slice(-3);
  return h('p', { class: 'where', lang: 'zh-Hans' }, h('b', {}, first ?? ''), rest.length ? h('span', {}, rest.join(' ')) : null);
}
