/** A chart by the library, in the colors of the theme: drawn anew where its room or the theme changes. */

import * as echarts from 'echarts';
import { h } from '../dom.js';
import { tokenReader } from '../tokens.js';

/**
 * @typedef {Object} Room what a chart is drawn in and with
 * @property {number} width px
 * @property {number} height px
 * @property {number} size of its words, px
 * @property {(name: string) => string} token a design token of the theme in force
 * @property {(words: string) => number} measure how wide words of the chart are, px
 */
/** @typedef {{head: string[], rows: (string|number)[][]}} Numbers a table; the first of a row is its heading */

const FONT_PX = 11;

export class IndexChart extends HTMLElement {
  /** @type {(room: Room) => Record<string, unknown>} */
  option = () => ({});
  /** @type {import('echarts').Chart|null} */
  chart = null;
  // it reports the first size as well
  sized = new ResizeObserver(() => this.draw());

  connectedCallback() {
    this.sized.observe(this);
  }

  disconnectedCallback() {
    this.sized.disconnect();
    this.chart?.dispose();
    this.chart = null;
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    this.chart ??= echarts.init(this);
    this.chart.resize();
    const read = tokenReader(getComputedStyle(this));
    const token = (/** @type {string} */ name) => String(read(name));
    this.chart.setOption(this.option({ width, height, size: FONT_PX, token, measure: ruler(token('--font')) }), { notMerge: true });
  }
}

customElements.define('index-chart', IndexChart);

/** How wide words are in the size of the charts. @param {string} font */
function ruler(font) {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
  pen.font = `${FONT_PX}px ${font}`;
  return (/** @type {string} */ words) => pen.measureText(words).width;
}

/**
 * A chart, and its numbers as a table for whoever does not see it.
 * @param {string} kind its class
 * @param {string} title
 * @param {(room: Room) => Record<string, unknown>} option
 * @param {Numbers} numbers
 */
export function chartFigure(kind, title, option, { head, rows }) {
  const chart = /** @type {IndexChart} */ (document.createElement('index-chart'));
  chart.option = option;
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', title);
  return h('figure', { class: kind }, chart, h('div', { class: 'unseen' }, h('table', {}, h('caption', {}, title),
    h('thead', {}, h('tr', {}, head.map((each) => h('th', { scope: 'col' }, each)))),
    h('tbody', {}, rows.map(([first, ...rest]) => h('tr', {}, h('th', { scope: 'row' }, first), rest.map((each) => h('td', {}, each))))))));
}
