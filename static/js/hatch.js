/** 45° hatching for cells with too few cases: a picture that repeats without a seam. */

import { picture } from './signs.js';
import { s } from './dom.js';

/** Side of the repeating square; its diagonal lines lie 5 px apart. */
const SIDE_PX = 14;

/**
 * The hatch as a map picture.
 * @param {(name: string) => string|number} token
 */
export function drawHatch(token) {
  return picture(SIDE_PX / 2, (pen) => {
    pen.strokeStyle = String(token('--hatch'));
    pen.globalAlpha = 0.62;
    pen.lineWidth = 1;
    const half = SIDE_PX / 2;
    for (const shift of [-SIDE_PX, -half, 0, half, SIDE_PX]) {
      pen.beginPath();
      pen.moveTo(-SIDE_PX + shift, SIDE_PX);
      pen.lineTo(SIDE_PX + shift, -SIDE_PX);
      pen.stroke();
    }
  });
}

/** The same hatch as a swatch in a legend. */
export function hatchSwatch() {
  return s('svg', { class: 'hatch', viewBox: '0 0 28 14', 'aria-hidden': 'true' },
    s('rect', { width: 28, height: 14 }),
    s('path', { d: 'M-4 10 8-2M-2 16 16-2M6 16 24-2M14 16 30 0M22 16 30 8' }));
}
