/** A scale bar of round length, true at the middle of the view. */

import { redraw, s } from '../dom.js';
import { number, roundLength } from '../format.js';
import { pixelsPerKm } from '../mercator.js';

const WIDEST_PX = 110;

export class ScaleBar extends HTMLElement {
  /** @param {number} lat @param {number} zoom */
  update(lat, zoom) {
    const perMeter = pixelsPerKm(lat, zoom) / 1000;
    const meters = roundLength(WIDEST_PX / perMeter);
    const width = meters * perMeter;
    const far = meters >= 1000;
    const text = (/** @type {number} */ m) => number(far ? m / 1000 : m, (far ? m / 1000 : m) % 1 ? 1 : 0);
    const at = (/** @type {number} */ x, /** @type {string} */ words) => s('text', { x, y: 8, 'text-anchor': 'middle' }, words);
    redraw(this, s('svg', { width: width + 44, height: 24, viewBox: `-8 0 ${width + 44} 24`, role: 'img', 'aria-label': `${text(meters)} ${far ? 'km' : 'm'}` },
      s('path', { d: `M0 12V19H${width}V12M${width / 2} 19V14` }),
      at(0, '0'), at(width / 2, text(meters / 2)), s('text', { x: width - 4, y: 8 }, `${text(meters)} ${far ? 'km' : 'm'}`)));
  }
}

customElements.define('scale-bar', ScaleBar);
