/** The formula of the safety index, one click away: each dimension's weight, scale and how it is counted. */

import { announce, h } from '../dom.js';
import { limit } from '../format.js';
import { pick, t } from '../i18n.js';

/** @typedef {import('../safety/api.js').Ranking} Ranking */

/** @param {HTMLElement} board @param {Ranking} found @param {boolean} open whether it was opened */
export function indexFormula(board, found, open) {
  const { version, dimensions, limits, grades } = found.formula;
  const whole = dimensions.reduce((sum, one) => sum + one.weight, 0);
  const from = grades.map((grade, n) => `${pick(grade)} ${n === grades.length - 1 ? t('{n} 起', { n: limits[n - 1] }) : n ? `${limits[n - 1]}–${limits[n] - 1}` : t('不到 {n}', { n: limits[n] })}`);
  return h('details', { class: 'formula', open }, h('summary', {}, t('怎样算的：公式第 {n} 版', { n: version })),
    h('p', {}, t('每项先折成 0 到 100 分：量程对所有区域、所有月份都一样，中间的 50 分是一般水平。再按权重平均；没有数据的项不计入。')),
    h('p', {}, t('件数少的地方，偶然性大：先按它有多少件，把数值向一般水平收拢（率用伽马–泊松，份额用贝塔–二项），剩下的不确定写成 95% 区间。所以小县和大县可以放在一起比。')),
    h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, ['项', '方向', '权重', '0 分', '100 分', '怎样数'].map((title, n) => h('th', { scope: 'col', class: n > 1 && n < 5 ? 'num' : null }, t(title))))),
      h('tbody', {}, dimensions.map((one) => h('tr', {}, h('th', { scope: 'row' }, pick(one), h('small', {}, pick(one.unit))),
        h('td', {}, one.less_is_better ? t('越少越好') : t('越多越好')), h('td', { class: 'num' }, one.weight ? `${Math.round((100 * one.weight) / whole)} %` : t('不计')),
        h('td', { class: 'num' }, limit(one.zero)), h('td', { class: 'num' }, limit(one.full)), h('td', {}, pick(one.how), one.nature === 'whole' && ` ${t('全部数到，不收拢。')}`)))))),
    h('p', { class: 'quiet' }, t('等级的叫法：{grades}。等级只写字，不用颜色。', { grades: from.reverse().join(t('，')) })),
    found.may_fit && h('p', {}, h('a', { class: 'link', href: '/admin/policies#safety_index' }, t('改权重和量程')), ' ', h('button', { type: 'button', class: 'link', 'data-key': 'fit', onclick: () => announce(board, 'fit-scales') }, t('按近十二个月的数据重定量程'))));
}
