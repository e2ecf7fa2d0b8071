/** The three numbers of a wall: taken in, resolved, overdue, each against the same period before. */

import { h } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { WallPanel } from '../wall/panel.js';
import { beforeText, beforeWord, rangeText } from '../wall/periods.js';
import { cameText } from '../wall/durations.js';

const NAMES = /** @type {const} */ ({ taken_in: '受理', resolved: '办结', overdue: '逾期' });

/** + or − with its number; nothing where nothing changed. @param {number} change */
const changeText = (change) => (change > 0 ? `+${number(change)}` : change < 0 ? number(change) : '±0');

export class WallNumbers extends WallPanel {
  head() {
    const range = this.setting?.range;
    return h('h2', {}, range ? t('{range}办件', { range: rangeText(range) }) : '', h('small', {}, range ? beforeText(range) : ''));
  }

  /** @param {{taken_in: number[], resolved: number[], overdue: number[], last: string|null}} answer */
  content(answer) {
    const { range, now, zone } = /** @type {import('../wall/panel.js').Setting} */ (this.setting);
    const one = (/** @type {keyof typeof NAMES} */ id) => {
      const [value, before] = answer[id];
      const late = id === 'overdue' && value > 0;
      return h('div', { class: late ? 'late' : null }, h('dt', {}, t(NAMES[id])),
        h('dd', {}, h('b', { 'data-figure': id }, number(value)), h('em', {}, `${beforeWord(range)} ${number(before)} `, h('u', {}, changeText(value - before)))));
    };
    const nothing = answer.taken_in[0] === 0;
    const since = answer.last ? t('最近一件：{when}', { when: cameText(answer.last, now, zone) }) : t('这个范围里还从未有过上报');
    // long numbers are set smaller: all three share one line
    const digits = Math.max(...Object.keys(NAMES).map((id) => String(answer[/** @type {keyof typeof NAMES} */ (id)][0]).length));
    return [h('dl', { class: digits > 5 ? 'longest' : digits > 4 ? 'longer' : digits > 3 ? 'long' : null }, one('taken_in'), one('resolved'), one('overdue')),
      ...(nothing ? [h('p', { class: 'none' }, `${range.preset === '1' ? t('今天还没有上报。') : t('这段时间没有上报。')}${since}`)] : [])];
  }

  /** Something was just taken in: the number goes up before the next answer comes. */
  bump() {
    if (!this.answer || this.setting?.range.preset === 'own') return;
    this.answer.taken_in[0] += 1;
    this.render();
  }
}

customElements.define('wall-numbers', WallNumbers);
