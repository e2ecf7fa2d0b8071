/** The three kinds over time: bars of now, strokes of the period before. */

import * as echarts from 'echarts';
import { h } from '../dom.js';
import { number } from '../format.js';
import { lang, t } from '../i18n.js';
import { dayText } from '../time.js';
import { chartOption, inRuns, MOST_BARS } from '../wall/bars.js';
import { WallPanel } from '../wall/panel.js';
import { rangeText } from '../wall/periods.js';

/** @typedef {{kind: string, now: number[], before: number[], sum: number, sum_before: number}} Kind */
/** @typedef {{slot: 'hour'|'day', slots: string[], kinds: Kind[], current: number}} Kinds */

const NAMES = /** @type {Record<string, string>} */ ({ dispute: '矛盾纠纷', hazard: '安全隐患', service: '便民服务' });
const DEFAULT_EVERY = 6;

export class WallKinds extends WallPanel {
  /** @type {import('echarts').Chart[]} */
  charts = [];
  watcher = new ResizeObserver(() => this.charts.forEach((chart) => chart.resize()));

  head() {
    const range = this.setting?.range;
    const kinds = /** @type {Kinds|null} */ (this.answer);
    const by = !kinds || kinds.slot === 'hour' ? t('各类上报 按小时') : kinds.slots.length > MOST_BARS ? t('各类上报 按周') : t('各类上报 按日');
    return h('h2', {}, by, range ? h('small', { class: 'key' }, h('i'), rangeText(range), h('i', { class: 'stroke' }), range.preset === '1' ? t('昨日') : t('前一时段')) : null);
  }

  /** @param {Kinds} answer */
  content({ kinds }) {
    const change = (/** @type {number} */ by) => (by >= 0 ? `+${number(by)}` : number(by));
    if (kinds.every(({ now, before }) => [...now, ...before].every((n) => n === 0))) return [h('p', { class: 'none' }, t('这段时间和前一时段都没有上报。'))];
    return [h('div', { class: 'charts' }, kinds.map(({ kind, sum, sum_before: before }) => h('figure', {},
      h('figcaption', {}, h('span', { 'data-short': this.setting?.kinds[kind] ?? '' }, t(NAMES[kind])), h('b', {}, number(sum)), h('em', {}, change(sum - before))),
      h('div', { class: 'chart', role: 'img', 'aria-label': t('{kind} {n} 件，前一时段 {before} 件', { kind: t(NAMES[kind]), n: sum, before }) }))))];
  }

  fitted() {
    this.charts.forEach((chart) => chart.dispose());
    this.watcher.disconnect();
    const kinds = /** @type {Kinds|null} */ (this.answer);
    const places = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.chart')]);
    if (!kinds || !places.length) return;
    this.shorten();
    const computed = getComputedStyle(this);
    const token = (/** @type {string} */ name) => computed.getPropertyValue(name).trim();
    const colors = { bar: token('--text-3'), current: token('--line-strong'), before: token('--text'), line: token('--line-strong'), text: token('--text-3'), surface: token('--surface-3') };
    const runs = kinds.kinds.map((each) => inRuns({ ...kinds, ...each }));
    const highest = Math.max(1, ...runs.flatMap(({ now, before }) => [...now, ...before]));
    this.charts = kinds.kinds.map((each, i) => {
      const chart = echarts.init(places[i]);
      chart.setOption(chartOption({ ...kinds, ...each }, highest, colors, this.words(kinds, runs[i].slots.length, places[i].clientWidth)));
      this.watcher.observe(places[i]);
      return chart;
    });
  }

  /** Where a caption is too long for its chart, all take the short names. */
  shorten() {
    const captions = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('figcaption')]);
    const tooLong = () => captions.some((each) => each.scrollWidth > each.clientWidth);
    if (!tooLong()) return;
    for (const name of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('[data-short]'))) name.textContent = name.dataset.short ?? '';
    if (tooLong()) this.querySelector('.charts')?.classList.add('tight');
  }

  /** @param {Kinds} kinds @param {number} bars @param {number} width */
  words(kinds, bars, width) {
    const size = parseFloat(getComputedStyle(/** @type {HTMLElement} */ (this.querySelector('.chart'))).fontSize);
    const hour = kinds.slot === 'hour';
    const label = (/** @type {string} */ slot) => (hour ? slot : dayText(slot, lang(), slot));
    // a label needs about six letters of room
    const every = hour ? DEFAULT_EVERY : Math.max(1, Math.ceil((bars * size * 4.6) / Math.max(1, width)));
    const isLast = (/** @type {number} */ i) => hour && i + DEFAULT_EVERY >= bars;
    return {
      font: getComputedStyle(document.documentElement).getPropertyValue('--font'), size, unit: t('件'),
      label: (/** @type {string} */ slot, /** @type {number} */ i) => (i % every || i + every / 2 > bars ? '' : isLast(i) ? t('{hour} 时', { hour: slot }) : label(slot)),
      tip: (/** @type {string} */ slot, /** @type {number} */ now, /** @type {number} */ before) => t('{slot}：{now} 件，前一时段 {before} 件', { slot: hour ? t('{hour} 时', { hour: slot }) : label(slot), now, before }),
    };
  }
}

customElements.define('wall-kinds', WallKinds);
