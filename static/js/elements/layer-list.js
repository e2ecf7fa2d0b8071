/** Which measure colors the areas, and which layers are on; each with its legend, count and list. */

import { announce, h, headingWords, icon, redraw } from '../dom.js';
import { number } from '../format.js';
import { langTag, lang, pick, t } from '../i18n.js';
import { MapLegend } from './map-legend.js';

/** @typedef {import('../api.js').Catalog} Catalog */
/** @typedef {import('../api.js').Measure} Measure */
/** @typedef {import('../api.js').Layer} Layer */
/**
 * @typedef {Object} View
 * @property {Catalog} catalog
 * @property {import('../state.js').State} state
 * @property {Record<string, number>} counts by layer
 * @property {Record<string, number>} leftOut by layer: points that the tiles in view could not hold
 * @property {Record<string, string>} troubles by layer or `figures`
 * @property {number} zoom
 * @property {import('../scales.js').Legend|null} legend
 * @property {{period: string, thinShare: number, coarser: string}} facts
 */

/** Measures that differ only in what they are divided by stand behind one radio. @param {Measure[]} measures */
export function families(measures) {
  const heads = measures.filter((each) => !measures.some((other) => each.id.startsWith(`${other.id}_`)));
  return heads.map((head) => [head, ...measures.filter((each) => each.id.startsWith(`${head.id}_`))]);
}

/** @param {Measure} measure */
const denominator = (measure) => (measure.denominator === 'km2' ? t('每 km²') : t('每千户'));

export class LayerList extends HTMLElement {
  /** @param {View} view */
  update(view) {
    const { catalog, state, troubles, legend } = view;
    const base = catalog.layers.filter((layer) => layer.group !== 'data');
    const open = this.querySelector('details')?.open ?? false;
    const key = new MapLegend();
    if (legend) key.showMeasure(legend, view.facts);
    redraw(this,
      h('h2', {}, headingWords('图层')),
      this.radios(view),
      legend && h('div', { class: 'legend-box' }, this.divisors(view), key),
      troubles.figures && h('p', { class: 'trouble', role: 'status' }, t('着色失败：{why}', { why: troubles.figures })),
      h('ul', { class: 'rows' }, catalog.layers.filter((layer) => layer.group === 'data').map((layer) => this.row(layer, view))),
      h('details', { open }, h('summary', { 'data-key': 'base' }, t('底图与名称'), base.some(({ id }) => troubles[id]) && h('span', { class: 'late' }, ' ', t('有图层没取到'))),
        h('ul', { class: 'rows' },
          catalog.basemap.kind !== 'none' && this.plainRow('basemap', t('底图'), state),
          catalog.relief && this.plainRow('relief', t('地形'), state),
          base.map((layer) => this.row(layer, view)))));
  }

  /** @param {View} view */
  radios({ catalog, state }) {
    const radio = (/** @type {string} */ id, /** @type {string} */ words, /** @type {boolean} */ on) => h('label', { class: 'check' },
      h('input', { type: 'radio', name: 'measure', value: id, checked: on, 'data-key': `measure-${id}`, onchange: () => announce(this, 'measure', id) }), h('span', {}, words));
    return h('fieldset', { class: 'radios' }, h('legend', { class: 'unseen' }, t('区域着色')),
      families(catalog.measures).map((family) => radio(family[0].id, pick(family[0].title), family.some((each) => each.id === state.measure))),
      radio('none', t('不着色'), state.measure === 'none'));
  }

  /** @param {View} view */
  divisors({ catalog, state }) {
    const family = families(catalog.measures).find((each) => each.some((measure) => measure.id === state.measure));
    if (!family || family.length < 2) return null;
    return h('div', { class: 'seg', role: 'group', 'aria-label': t('除以') }, family.map((measure) => h('button', {
      type: 'button', 'aria-pressed': String(measure.id === state.measure), 'data-key': `divide-${measure.id}`,
      onclick: () => announce(this, 'measure', measure.id) }, denominator(measure))));
  }

  /** @param {string} id @param {string} words @param {import('../state.js').State} state */
  plainRow(id, words, state) {
    return h('li', { class: 'row' }, this.box(id, words, state.shown.includes(id)));
  }

  /** @param {string} id @param {string} words @param {boolean} on */
  box(id, words, on) {
    return h('label', { class: 'check' }, h('input', {
      type: 'checkbox', checked: on, 'data-key': `layer-${id}`,
      onchange: (/** @type {Event} */ event) => announce(this, 'layer', { id, on: /** @type {HTMLInputElement} */ (event.target).checked }),
    }), h('span', {}, words));
  }

  /** @param {Layer} layer @param {View} view */
  row(layer, view) {
    const { state, counts, leftOut, troubles, zoom } = view;
    const on = state.shown.includes(layer.id);
    const title = pick(layer.title);
    const note = on && zoom < layer.min_zoom ? t('放大可见') : counts[layer.id] === undefined ? '' : number(counts[layer.id]);
    return h('li', { class: troubles[layer.id] ? 'row failed' : 'row', title: pick(layer.about) || null, lang: langTag(lang()) },
      this.box(layer.id, title, on),
      !troubles[layer.id] && h('small', {}, note),
      troubles[layer.id] && h('button', { type: 'button', class: 'link late', 'data-key': `retry-${layer.id}`, title: troubles[layer.id], onclick: () => announce(this, 'retry', layer.id) }, t('没取到，重试')),
      layer.list && h('button', { type: 'button', class: 'quiet-button', 'data-key': `list-${layer.id}`, 'aria-pressed': String(state.list?.layer === layer.id),
        'aria-label': t('{layer}列表', { layer: title }), title: t('{layer}列表', { layer: title }), onclick: () => announce(this, 'open-list', layer.id) }, icon('list')),
      on && leftOut[layer.id] > 0 && h('p', { class: 'few' }, t('视野内另有 {n} 个没有画出，放大可见', { n: number(leftOut[layer.id]) })),
      on && this.heatOf(layer, view));
  }

  /** @param {Layer} layer @param {View} view */
  heatOf(layer, { legend }) {
    const heat = layer.style.find((spec) => spec.metadata?.heat)?.metadata.heat;
    if (!heat) return null;
    const key = new MapLegend();
    key.showHeat(heat, Boolean(legend));
    return key;
  }
}

customElements.define('layer-list', LayerList);
