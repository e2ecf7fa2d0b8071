/** Whose is this? The grid, the people to call, how it was decided and how sure, what happened lately. */

import { announce, h, icon, inEnglishOnChinese, redraw } from '../dom.js';
import { coordinates, distance, number, percent } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { signIcon } from '../signs.js';
import { momentText } from '../time.js';

/** @typedef {import('../api.js').Located} Located */
/** @typedef {import('../api.js').GridFacts} GridFacts */
/** @typedef {import('../api.js').Catalog} Catalog */
/**
 * @typedef {Object} PlaceView
 * @property {Catalog} catalog
 * @property {{lon: number, lat: number}} place
 * @property {Located|null} located null while it is being asked
 * @property {GridFacts|null} facts
 * @property {string} trouble '' where all is well
 * @property {string[]} names what else lies under the click
 * @property {import('../figure-words.js').FigureWords|null} figure of the grid, by the coloring measure
 * @property {HTMLElement|null} form the report being written
 */

const STATES = Object.freeze({ taken_in: '受理', verified: '核实', dispatched: '派办', under_way: '办理中', resolved: '办结', filed: '归档' });

/** @param {string} state */
export const stateName = (state) => t(STATES[/** @type {keyof typeof STATES} */ (state)] ?? state);

/** @param {string} name */
const initial = (name) => h('span', { class: 'face', 'aria-hidden': 'true' }, [...name][0]);

/** @param {Located} located */
function placeName({ grid, chain }) {
  const names = chain.filter((link) => link.path !== grid?.path).map((link) => link.name).slice(-2);
  if (!grid) return names.join(' ') || t('不在任何辖区内');
  return `${names.join(' ')} ${t('第 {number} 网格', { number: grid.number })}`;
}

/** @param {Child} term @param {...Child} words @typedef {import('../dom.js').Child} Child */
const line = (term, ...words) => [h('dt', {}, term), h('dd', {}, ...words)];

export class PlaceCard extends HTMLElement {
  /** @param {PlaceView|null} view null: nothing is chosen */
  update(view) {
    this.hidden = !view;
    if (!view) return;
    const { located, facts, trouble } = view;
    redraw(this, h('article', { 'aria-label': t('归谁管？') },
      this.head(located, facts),
      trouble && h('p', { class: 'trouble', role: 'alert' }, trouble),
      !located && !trouble && h('div', { class: 'waiting', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
      located && [this.people(located), this.how(located, view), this.alternatives(located), !view.form && facts && this.recent(facts, view.catalog), view.form ?? this.buttons(located, facts)]));
  }

  /** @param {Located|null} located @param {GridFacts|null} facts */
  head(located, facts) {
    const code = located?.grid?.code;
    return h('header', {}, h('div', {},
      h('p', { class: 'en' }, t('归谁管？'), ' ', inEnglishOnChinese('归谁管？')),
      h('h2', { lang: 'zh-Hans' }, located ? placeName(located) : '…'),
      h('p', { class: 'quiet' }, code && t('编号 {code}', { code }), facts && [
        '\u3000', t('{n} 户', { n: number(facts.households) }), '\u3000', t('{n} 人', { n: number(facts.people) })])),
    h('button', { type: 'button', class: 'quiet-button', 'data-key': 'close', 'aria-label': t('关闭'), onclick: () => announce(this, 'close-card') }, icon('close')));
  }

  /** @param {Located} located */
  people({ worker, center, grid, text }) {
    const row = (/** @type {string} */ name, /** @type {string} */ post, /** @type {Child} */ detail, /** @type {Child} */ button) => h('div', { class: 'who' }, initial(name),
      h('div', {}, h('p', {}, h('b', { lang: 'zh-Hans' }, name), '\u3000', post), detail && h('p', { class: 'quiet' }, detail)), button);
    const call = center?.phone && h('a', { class: 'button', href: `tel:${center.phone}`, 'data-key': 'call' }, t('呼叫'));
    return [
      worker && row(worker.name, worker.post, t('本格现任'), null),
      grid && !worker && h('p', { class: 'who quiet' }, t('这个网格现在没有网格员，由综治中心接手')),
      center && row(center.name, t('值班'), center.phone, call),
      !grid && !center && h('p', { class: 'who quiet' }, pick(text)),
    ];
  }

  /** @param {Located} located @param {PlaceView} view */
  how(located, { catalog, place, names, figure }) {
    const { border, certain, accuracy_m: accuracy, grid, share } = located;
    const sure = certain ? h('b', { class: 'sure' }, t('可靠')) : h('b', { class: 'late' }, t('不确定'));
    return h('dl', { class: 'how' },
      line(t('怎样判定'), pick(located.text), grid && h('span', { class: 'second' }, t('界线 {version} 版', { version: grid.version || catalog.boundary_version || '—' }))),
      border && line(t('离边界'), h('b', {}, distance(border.meters, lang())), border.beyond ? t('，对面是 {name}', { name: border.beyond.name }) : t('，对面没有网格')),
      accuracy ? line(t('定位误差'), t('±{meters}，', { meters: distance(accuracy, lang()) }), sure, share !== null && share < 1 && t('，{share} 落在本格', { share: percent(share) }))
        : line(t('定位'), t('地图上点选，'), sure),
      line(t('坐标'), h('span', { class: 'num' }, coordinates(place.lon, place.lat))),
      figure && line(figure.title, figure.value === null ? figure.instead : [h('b', {}, figure.value), ' ', figure.unit], h('span', { class: 'second' }, figure.more)),
      names.length > 0 && line(t('此处'), names.join(t('、'))));
  }

  /** @param {Located} located */
  alternatives({ alternatives }) {
    if (!alternatives.length) return null;
    return h('div', { class: 'others' }, h('p', {}, t('也可能是')), h('ul', {}, alternatives.map(({ path, name, share }) => h('li', {},
      h('button', { type: 'button', class: 'link', 'data-key': path, onclick: () => announce(this, 'go', { path, name, depth: 0 }) }, name), h('span', { class: 'num' }, percent(share))))));
  }

  /** @param {GridFacts} facts @param {Catalog} catalog */
  recent({ recent }, catalog) {
    const named = new Map(catalog.categories.map((each) => [each.number, pick(each)]));
    return h('div', { class: 'recent' },
      h('p', {}, t('近 {days} 日上报', { days: recent.days }), ' ', h('b', {}, number(recent.count)), ' ', t('起'), '\u3000', t('未办结'), ' ', h('b', {}, number(recent.open)),
        '\u3000', t('超期'), ' ', h('b', { class: recent.overdue ? 'late' : '' }, number(recent.overdue))),
      h('ul', {}, recent.items.slice(0, 3).map((item) => h('li', {}, h('button', { type: 'button', 'data-key': item.id, onclick: () => announce(this, 'record', { layer: 'incidents', county: item.county, id: item.id }) },
        h('time', { datetime: item.at }, momentText(item.at, lang(), catalog.zone)), h('span', {}, `${named.get(item.category) ?? ''}${t('，')}${stateName(item.state)}`), item.color && signIcon(item.color))))));
  }

  /** @param {Located} located @param {GridFacts|null} facts */
  buttons(located, facts) {
    return h('footer', {},
      h('button', { type: 'button', class: 'button primary', 'data-key': 'report', onclick: () => announce(this, 'write-report') }, t('在这里上报')),
      located.grid && facts && h('button', { type: 'button', class: 'button', 'data-key': 'see', onclick: () => announce(this, 'bounds', facts.bounds) }, t('看网格')));
  }
}

customElements.define('place-card', PlaceCard);
