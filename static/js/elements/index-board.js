/** The safety index of a month: where, when, publishing and files; the ranking; the region chosen beside it. */

import { announce, h, headingWords, redraw } from '../dom.js';
import { pick, t } from '../i18n.js';
import { fileAddress } from '../safety/api.js';
import { gradeWord, indexMark, intervalMark, intervalText, rankText } from '../safety/marks.js';
import { addMonths, daysOf, monthsUpTo, monthText } from '../safety/months.js';
import { momentText } from '../time.js';
import { lang } from '../i18n.js';
import { indexDetail } from './index-detail.js';
import { indexFormula } from './index-formula.js';

/** @typedef {import('../safety/api.js').Ranking} Ranking */
/** @typedef {import('../safety/api.js').Region} Region */
/** @typedef {import('../safety/api.js').Month} Month */
/**
 * @typedef {Object} View
 * @property {string} chosen path of the region shown beside
 * @property {Month[]|null} trend of that region; null: it has not come yet
 * @property {string} trouble
 * @property {string} said
 * @property {boolean} asking whether publishing waits for a second press
 */

const MONTHS_ON_OFFER = 24;

const WHY_NOT = /** @type {Record<string, string>} */ ({
  right: '发布由这个区域的指挥长或管理员来做',
  whole: '这个月还没有过完，数字只作参考，过完才能发布',
  account: '发布要落到人：先用自己的账号登录',
});

export class IndexBoard extends HTMLElement {
  /** @param {Ranking|null} found @param {View} view */
  update(found, view) {
    redraw(this,
      this.header(found),
      view.trouble && h('p', { class: 'trouble', role: 'alert' }, view.trouble),
      view.said && h('p', { class: 'said', role: 'status' }, view.said),
      found && this.state(found, view),
      found && (found.rows.length || found.area ? this.body(found, view) : h('p', { class: 'empty' }, t('这里没有可以算指数的区域：没有下一级行政区划，或者这个月没有发布而你看不全它的数据。'))));
  }

  /** Draws the charts in the colors of another theme. */
  repaint() {
    for (const chart of /** @type {NodeListOf<import('./index-chart.js').IndexChart>} */ (this.querySelectorAll('index-chart'))) chart.draw();
  }

  /** @param {Ranking|null} found */
  header(found) {
    return h('header', {}, h('h1', {}, headingWords('平安指数')), found && [this.where(found), this.when(found),
      found.levels.length > 1 && h('div', { class: 'seg', role: 'group', 'aria-label': t('看哪一级') }, found.levels.map((one) => h('button', { type: 'button', 'data-key': `level-${one.depth}`, 'aria-pressed': String(one.depth === found.level), onclick: () => announce(this, 'choose-index', { level: one.depth }) }, pick(one)))),
      h('span', { class: 'files' }, h('a', { class: 'button', href: mapAddress(found) }, t('在地图上看')), ['csv', 'xlsx'].map((suffix) => h('a', { class: 'button', href: fileAddress(found, suffix) }, suffix.toUpperCase())))]);
  }

  /** The way down to the area; each step leads there. @param {Ranking} found */
  where({ chain, within }) {
    return h('nav', { class: 'crumbs', 'aria-label': t('区域') }, chain.map((one) => (one.path === within ? h('b', {}, one.name)
      : [one.seen ? h('button', { type: 'button', class: 'link', 'data-key': `up-${one.path}`, onclick: () => announce(this, 'choose-index', { within: one.path }) }, one.name) : h('span', { class: 'quiet' }, one.name), h('i', { 'aria-hidden': 'true' }, '›')])));
  }

  /** @param {Ranking} found */
  when({ month, today, published_months: published }) {
    const now = today.slice(0, 7);
    const offered = monthsUpTo(now, MONTHS_ON_OFFER);
    const step = (/** @type {number} */ by, /** @type {string} */ words, /** @type {string} */ mark) => h('button', { type: 'button', class: 'button', 'data-key': mark, 'aria-label': words, disabled: addMonths(month, by) > now, onclick: () => announce(this, 'choose-index', { month: addMonths(month, by) }) }, mark);
    return h('div', { class: 'when' }, step(-1, t('前一个月'), '←'),
      h('select', { 'aria-label': t('月份'), 'data-key': 'month', onchange: (event) => announce(this, 'choose-index', { month: /** @type {HTMLSelectElement} */ (event.target).value }) },
        [...new Set([month, ...offered])].sort().reverse().map((one) => h('option', { value: one, selected: one === month }, `${monthText(one)}${published.includes(one) ? ` ✓ ${t('已发布')}` : one === now ? ` ${t('至今')}` : ''}`))),
      step(1, t('后一个月'), '→'));
  }

  /** Published by whom, or the way to publish, or why there is none. @param {Ranking} found @param {View} view */
  state(found, view) {
    const out = (found.area ?? found.rows[0])?.published ?? found.rows.find((row) => row.published)?.published;
    const some = found.rows.some((row) => !row.published) && out;
    return h('div', { class: 'state' },
      out ? h('p', {}, h('span', { class: 'mark' }, some ? t('部分已发布') : t('已发布')), ' ', t('{who} {when} 发布，公式第 {n} 版；数字已定，不再变', { who: out.by, when: momentText(out.at, lang(), found.zone, found.today), n: out.formula_version }))
        : found.publish !== 'empty' && h('p', {}, h('span', { class: 'mark draft' }, t('未发布')), ' ', t('按公式第 {n} 版现算，数据补录后还会变', { n: found.formula.version })),
      found.publish === 'yes' && (view.asking
        ? h('span', { class: 'sure' }, t('发布后谁都不能改。'), h('button', { type: 'button', class: 'button primary', 'data-key': 'publish', onclick: () => announce(this, 'publish-index') }, t('确定发布 {month}', { month: monthText(found.month) })), h('button', { type: 'button', class: 'link', 'data-key': 'not', onclick: () => announce(this, 'ask-publish', false) }, t('先不')))
        : h('button', { type: 'button', class: 'button primary', 'data-key': 'publish', onclick: () => announce(this, 'ask-publish', true) }, t('发布这个月'))),
      WHY_NOT[found.publish] && !out && h('p', { class: 'quiet' }, t(WHY_NOT[found.publish])));
  }

  /** @param {Ranking} found @param {View} view */
  body(found, view) {
    const chosen = [found.area, ...found.rows].find((one) => one?.path === view.chosen) ?? found.area ?? found.rows[0];
    return [h('div', { class: 'two' },
      h('section', { class: 'ranking', 'aria-label': t('排名') }, h('div', { class: 'scroll' }, this.table(found, chosen)), found.total > found.rows.length && h('p', { class: 'quiet' }, t('只列前 {n} 个，共 {total} 个；下载的文件里也是这些。', { n: found.rows.length, total: found.total })),
        h('p', { class: 'quiet' }, t('名次写成一段的，是区间互相重叠、分不出先后。“—”是没有数据，不计入指数。'))),
      indexDetail(this, found, chosen, view.trend)), indexFormula(this, found, Boolean(this.querySelector('details')?.open))];
  }

  /** @param {Ranking} found @param {Region} chosen */
  table(found, chosen) {
    const { formula, rows, area } = found;
    const shown = formula.dimensions;
    const whole = shown.reduce((sum, one) => sum + one.weight, 0);
    return h('table', {}, h('thead', {}, h('tr', {},
      h('th', { scope: 'col', class: 'num' }, t('名次')), h('th', { scope: 'col' }, t('区域')), h('th', { scope: 'col' }, t('指数')), h('th', { scope: 'col', class: 'range' }, t('95% 区间')),
      shown.map((one) => h('th', { scope: 'col', class: one.weight ? 'num part' : 'num part off' }, h('span', {}, pick(one)), h('small', { title: t('权重') }, one.weight ? `${Math.round((100 * one.weight) / whole)}%` : t('不计')))))),
    h('tbody', {}, [...(area ? [area] : []), ...rows].map((row) => this.row(row, found, row.path === chosen.path, row === area))));
  }

  /** @param {Region} row @param {Ranking} found @param {boolean} chosen @param {boolean} isArea */
  row(row, { formula }, chosen, isArea) {
    return h('tr', { class: [isArea ? 'whole' : '', chosen ? 'chosen' : ''].join(' ').trim() || null, onclick: () => announce(this, 'choose-index', { chosen: row.path }) },
      h('td', { class: 'num' }, isArea ? '' : rankText(row.rank)),
      h('th', { scope: 'row' }, h('button', { type: 'button', class: 'name', 'data-key': `row-${row.path}`, 'aria-pressed': String(chosen), lang: 'zh-Hans' }, row.name)),
      h('td', {}, indexMark(row), h('small', {}, gradeWord(row, formula))),
      h('td', { class: 'range' }, intervalMark(row), h('small', {}, intervalText(row))),
      formula.dimensions.map((one) => {
        const points = row.dimensions[one.id]?.points ?? null;
        return points === null ? h('td', { class: 'num part none', title: `${t('没有数据')}${t('，')}${pick(one.missing)}` }, '—') : h('td', { class: 'num part' }, points);
      }));
  }
}

/** The map, colored by the index of the month. @param {Ranking} found */
function mapAddress({ month }) {
  const { from, to } = daysOf(month);
  return `/?measure=safety_index&time=${from}..${to}`;
}

customElements.define('index-board', IndexBoard);
