/** One region: its index, its nine dimensions as radar and as numbers, its twelve months. */

import { announce, h } from '../dom.js';
import { number } from '../format.js';
import { pick, t } from '../i18n.js';
import { gradeWord, indexMark, intervalText } from '../safety/marks.js';
import { radarNumbers, radarOption } from '../safety/radar.js';
import { bounds, gradesWithin, trendNumbers, trendOption } from '../safety/trend.js';
import { chartFigure } from './index-chart.js';

/** @typedef {import('../safety/api.js').Ranking} Ranking */
/** @typedef {import('../safety/api.js').Region} Region */
/** @typedef {import('../safety/api.js').Month} Month */
/** @typedef {import('../safety/api.js').Dimension} Dimension */
/** @typedef {import('../safety/api.js').Formula} Formula */

/** @param {HTMLElement} board @param {Ranking} found @param {Region} region @param {Month[]|null} trend */
export function indexDetail(board, found, region, trend) {
  const { formula, area } = found;
  const count = formula.dimensions.length;
  const below = found.levels.find((one) => one.depth === region.path.split('/').length);
  return h('section', { class: 'detail', 'aria-label': region.name },
    h('h2', {}, h('span', { lang: 'zh-Hans' }, region.name), indexMark(region), h('small', {}, gradeWord(region, formula), ' ', intervalText(region))),
    h('p', { class: region.present < count ? 'fewer' : 'quiet' }, region.present < count ? t('{count} 项里 {n} 项有数据，其余不计入，权重由有数据的项分担', { count, n: region.present }) : t('{n} 项都有数据', { n: count })),
    below && region.path !== found.within && h('button', { type: 'button', class: 'link below', 'data-key': 'below', onclick: () => announce(board, 'choose-index', { within: region.path }) }, t('看它下面的{level}', { level: pick(below) })),
    chartFigure('radar', t('{name}的九项得分', { name: region.name }), radarOption(region, area, formula.dimensions), radarNumbers(region, area, formula.dimensions)),
    h('p', { class: 'keys' }, area && area.path !== region.path && [h('span', { class: 'key' }, region.name), h('span', { class: 'key area' }, area.name)], h('span', { class: 'key usual' }, t('50 分：一般水平'))),
    h('h3', {}, t('十二个月')), trendPart(region, trend, formula),
    h('h3', {}, t('九项')), parts(found, region));
}

/** @param {Region} region @param {Month[]|null} trend @param {Formula} formula */
function trendPart(region, trend, { dimensions, limits, grades }) {
  if (!trend) return h('p', { class: 'quiet' }, t('正在取数…'));
  if (!trend.some((one) => one.index !== null)) return h('p', { class: 'quiet' }, t('这十二个月的数据都不够算指数。'));
  const count = dimensions.length;
  return [h('div', { class: 'room' }, chartFigure('trend', t('{name}十二个月的平安指数', { name: region.name }), trendOption(trend, count, limits), trendNumbers(trend, count))),
    h('p', { class: 'keys' }, h('span', { class: 'key out' }, t('已发布')), h('span', { class: 'key draft' }, t('未发布')), h('span', { class: 'key spread' }, t('95% 区间')),
      gradesWithin(limits, bounds(trend)).map(({ grade }) => h('span', { class: `key ix-fill ix-fill-${grade + 1}` }, pick(grades[grade]))),
      trend.some((one) => one.present < count) && h('span', {}, t('6/9：只有 6 项有数据')))];
}

/** @param {Dimension} one @param {number} value */
const valueText = (one, value) => (one.unit.zh === '%' ? `${number(value, 1)} %` : number(value, 1));

/** @param {Ranking} found @param {Region} region */
function parts({ formula }, region) {
  return h('table', { class: 'parts' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, ''), h('th', { scope: 'col', class: 'num' }, t('值')), h('th', { scope: 'col', class: 'num' }, t('得分')), h('th', { scope: 'col', class: 'num' }, t('依据')))),
    h('tbody', {}, formula.dimensions.map((one) => {
      const part = region.dimensions[one.id];
      const head = h('th', { scope: 'row' }, pick(one), h('small', {}, pick(one.unit) === '%' ? '' : pick(one.unit)));
      if (!part || part.value === null) return h('tr', { class: 'none' }, head, h('td', { colspan: 3 }, h('b', {}, t('没有数据')), ' ', pick(one.missing)));
      return h('tr', { class: one.weight ? null : 'off' }, head, h('td', { class: 'num' }, valueText(one, part.value)),
        h('td', { class: 'num' }, h('b', {}, Number(part.points)), part.low === part.high ? null : h('small', {}, intervalText(part))),
        h('td', { class: 'num' }, h('small', {}, `${number(part.n)} / ${number(part.of)}`)));
    })));
}
