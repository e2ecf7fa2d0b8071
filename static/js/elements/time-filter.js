/** The range of days: presets, two dates of one's own, and how much happened when. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { number } from '../format.js';
import { lang, t } from '../i18n.js';
import { PRESETS, addDays, dayText, daysIn, histogram, ownRange, presetRange } from '../time.js';

/** @typedef {import('../time.js').Range} Range */

const BARS = 31;

export class TimeFilter extends HTMLElement {
  /** @param {Range} range @param {string} lastDay @param {[string, number][]} daily */
  update(range, lastDay, daily) {
    redraw(this,
      h('h2', {}, headingWords('时间'), h('span', { class: 'aside' }, this.words(range, lastDay))),
      h('div', { class: 'seg', role: 'group', 'aria-label': t('时间') }, PRESETS.map(([id, words]) => h('button', {
        type: 'button', 'aria-pressed': String(range.preset === id), 'data-key': `time-${id}`,
        onclick: () => this.choose(id === 'own' ? { ...range, preset: 'own' } : presetRange(id, lastDay)) }, t(words)))),
      range.preset === 'own' && this.dates(range, lastDay),
      daily.length > 0 && daily.every(([, n]) => n === 0) && h('p', { class: 'few' }, t('这段时间没有。最近有数据的一天是 {day}', { day: dayText(lastDay, lang()) })),
      this.bars(daily),
      h('div', { class: 'axis' }, h('span', {}, dayText(range.from, lang(), lastDay)), h('span', {}, dayText(range.to, lang(), lastDay))));
  }

  /** @param {Range} range */
  choose(range) {
    announce(this, 'filter', { time: range });
  }

  /** @param {Range} range @param {string} lastDay */
  words(range, lastDay) {
    const days = daysIn(range);
    return range.to === lastDay ? t('近 {n} 日', { n: number(days) }) : t('{n} 日', { n: number(days) });
  }

  /** @param {Range} range @param {string} lastDay */
  dates(range, lastDay) {
    const field = (/** @type {'from'|'to'} */ end, /** @type {string} */ words) => h('input', {
      type: 'date', value: range[end], max: lastDay, min: addDays(lastDay, -3650), 'aria-label': words, 'data-key': `own-${end}`,
      onchange: (/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLInputElement} */ (event.target);
        if (value) this.choose(ownRange(end === 'from' ? value : range.from, end === 'to' ? value : range.to));
      } });
    return h('div', { class: 'dates' }, field('from', t('从')), h('span', { 'aria-hidden': 'true' }, '–'), field('to', t('到')));
  }

  /** @param {[string, number][]} daily */
  bars(daily) {
    const runs = histogram(daily, BARS);
    const most = Math.max(1, ...runs.map((run) => run.count));
    const total = runs.reduce((sum, run) => sum + run.count, 0);
    return h('div', { class: 'bars', role: 'img', 'aria-label': t('这段时间共 {n} 起，最多一段 {most} 起', { n: number(total), most: number(most) }) },
      runs.map((run) => {
        const bar = h('i', { title: `${dayText(run.from, lang())}${run.to === run.from ? '' : `–${dayText(run.to, lang())}`}　${number(run.count)}` });
        bar.style.height = `${Math.max(run.count ? 3 : 0, Math.round((run.count / most) * 100))}%`;
        return bar;
      }));
  }
}

customElements.define('time-filter', TimeFilter);
