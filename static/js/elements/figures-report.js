/** What a center reports upward: six figures, by area, kind or month, each with how it is computed. */

import { announce, h, headingWords, redraw, s } from '../dom.js';
import { number, percent } from '../format.js';
import { pick, t } from '../i18n.js';
import { dayText } from '../time.js';

/** @typedef {{key: string, path?: string, name: {zh: string, en: string}, taken_in: number, resolved: number, rate: number|null, rate_low: number|null, median_hours: number|null, satisfaction: number|null, rated: number, overdue: number, few: boolean}} FigureRow */
/** @typedef {{by: string, from: string, to: string, total: FigureRow|null, rows: FigureRow[], figures: Record<string, {zh: string, en: string, how: {zh: string, en: string}}>}} Report */
/** @typedef {{by: string, within: string, from: string, to: string, days: string, how: string}} View */

const BY = Object.freeze({ area: '按地方', kind: '按大类', category: '按类别', month: '按月' });
const RANGES = Object.freeze({ 7: '7 日', 30: '30 日', 90: '90 日', 365: '365 日' });
const IDS = Object.freeze(/** @type {const} */ (['taken_in', 'resolved', 'rate', 'median_hours', 'satisfaction', 'overdue']));

/** A figure as people read it. @param {FigureRow} row @param {typeof IDS[number]} id */
function text(row, id) {
  const value = row[id];
  if (value === null) return '—';
  if (id === 'rate' || id === 'satisfaction') return percent(value);
  return id === 'median_hours' ? t('{n} 小时', { n: number(value, 1) }) : number(value);
}

export class FiguresReport extends HTMLElement {
  /** @param {Report|null} report @param {View} view @param {string} trouble */
  update(report, view, trouble) {
    redraw(this,
      h('header', {}, h('h1', {}, headingWords('统计')),
        this.choice('by', BY, view.by), this.choice('days', RANGES, view.days),
        report && h('p', { class: 'quiet' }, `${dayText(report.from, document.documentElement.lang.slice(0, 2))} – ${dayText(report.to, document.documentElement.lang.slice(0, 2), report.from)}`),
        h('span', { class: 'files' }, ['csv', 'xlsx'].map((suffix) => h('a', { class: 'button', href: this.address(view, suffix) }, suffix.toUpperCase())))),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      report && this.totals(report, view),
      report && (report.rows.length ? this.table(report, view) : h('p', { class: 'empty' }, t('这段时间里没有事件，或者你没有看这里的权限。'))));
  }

  /** @param {string} name @param {Record<string, string>} options @param {string} value */
  choice(name, options, value) {
    return h('div', { class: 'seg', role: 'group', 'aria-label': t(name === 'by' ? '怎样分' : '多长时间') }, Object.entries(options).map(([id, words]) => h('button', { type: 'button', 'data-key': `${name}-${id}`, 'aria-pressed': String(id === value), onclick: () => announce(this, 'choose-figures', { [name]: id }) }, t(words))));
  }

  /** @param {View} view @param {string} suffix */
  address(view, suffix) {
    return `/api/cases/figures.${suffix}?${new URLSearchParams({ by: view.by, within: view.within, from: view.from, to: view.to })}`;
  }

  /** @param {Report} report @param {View} view */
  totals({ total, figures }, view) {
    return h('dl', { class: 'totals' }, IDS.map((id) => h('div', {},
      h('dt', {}, h('button', { type: 'button', class: 'how-button', 'data-key': `how-${id}`, 'aria-expanded': String(view.how === id), title: t('怎样算的'), onclick: () => announce(this, 'choose-figures', { how: view.how === id ? '' : id }) }, pick(figures[id]), h('i', { 'aria-hidden': 'true' }, '?'))),
      h('dd', {}, total ? text(total, id) : '—'),
      view.how === id && h('p', { class: 'how' }, pick(figures[id].how)))));
  }

  /** @param {Report} report @param {View} view */
  table({ rows, figures, by }, view) {
    const most = Math.max(1, ...rows.map((row) => row.taken_in));
    const name = (/** @type {FigureRow} */ row) => (by === 'area' && row.path && row.path.split('/').length < 7
      ? h('button', { type: 'button', class: 'link', 'data-key': `into-${row.key}`, onclick: () => announce(this, 'choose-figures', { within: row.path }) }, pick(row.name)) : pick(row.name));
    return h('div', { class: 'scroll' },
      by === 'area' && view.within && h('button', { type: 'button', class: 'link up', 'data-key': 'up', onclick: () => announce(this, 'choose-figures', { within: view.within.split('/').slice(0, -2).map((part) => `${part}/`).join('') }) }, t('回到上一级')),
      h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('名称')), h('th', { scope: 'col' }, ''), IDS.map((id) => h('th', { scope: 'col', class: 'num' }, pick(figures[id]))))),
        h('tbody', {}, rows.map((row) => h('tr', { class: row.few ? 'few' : null },
          h('th', { scope: 'row' }, name(row), row.few && h('small', {}, t('件数少，不排名'))),
          h('td', { class: 'bar' }, bar(row, most)),
          IDS.map((id) => h('td', { class: `num${id === 'overdue' && row.overdue ? ' late' : ''}` }, text(row, id))))))));
  }
}

/** Taken in as a bar, the resolved part of it filled. @param {FigureRow} row @param {number} most */
function bar(row, most) {
  const width = 160;
  const all = (row.taken_in / most) * width;
  const done = all * (row.rate ?? 0);
  return s('svg', { width, height: 12, role: 'img', 'aria-label': t('受理 {n} 件', { n: number(row.taken_in) }) },
    s('rect', { class: 'all', x: 0, y: 2, width: all, height: 8 }), s('rect', { class: 'done', x: 0, y: 2, width: done, height: 8 }));
}

customElements.define('figures-report', FiguresReport);
