/** The map as a picture: the canvas with its scale; below, the colors and what they mean, sources and time. */

import { h } from '../dom.js';
import { limit } from '../format.js';

/** @typedef {(name: string) => string} Token */
/** @typedef {{token: string, from: number|null, word?: string}[]} Steps colors with their lower limits, or with words */
/** @typedef {{words: string[], steps: Steps, bar: {share: number, text: string}, mark: string, sides: string[]}} Below `share` of the map's width that the scale bar takes; `mark`: what must not be overlooked, or ''; `sides`: what each of two maps shows */

const LINE_SHARE = 0.03;
const SWATCH_LINES = 1.6;
const MARK_LINES = 1.8;
const SWATCH_WIDTH = 2.6;

/** @param {CanvasRenderingContext2D} pen @param {Below['bar']} bar @param {number} mapWidth of one map @param {number} line @param {number} bottom @param {Token} token */
function drawBar(pen, { share, text }, mapWidth, line, bottom, token) {
  const [left, width] = [line, share * mapWidth];
  pen.strokeStyle = token('--text');
  pen.lineWidth = Math.max(2, line / 12);
  pen.beginPath();
  pen.moveTo(left, bottom - line * 1.2);
  pen.lineTo(left, bottom - line * 0.8);
  pen.lineTo(left + width, bottom - line * 0.8);
  pen.lineTo(left + width, bottom - line * 1.2);
  pen.stroke();
  pen.fillStyle = token('--text');
  pen.textAlign = 'center';
  pen.fillText(text, left + width / 2, bottom - line * 1.1);
  pen.textAlign = 'left';
}

/** @param {CanvasRenderingContext2D} pen @param {Steps} steps @param {number} line @param {number} y @param {Token} token */
function drawSteps(pen, steps, line, y, token) {
  const width = line * SWATCH_WIDTH;
  const left = pen.canvas.width - line - steps.length * width;
  steps.forEach(({ token: name, from }, i) => {
    pen.fillStyle = token(name);
    pen.fillRect(left + i * width, y - line * 0.7, width, line * 0.7);
    pen.fillStyle = token('--text-2');
    if (from !== null) pen.fillText(limit(from), left + i * width, y + line * 0.9);
  });
  // of words the ends and the middle: the others lie between
  const middle = (steps.length - 1) / 2;
  for (const [i, align] of /** @type {[number, CanvasTextAlign][]} */ ([[0, 'left'], [middle, 'center'], [2 * middle, 'right']])) {
    pen.textAlign = align;
    pen.fillText(steps[i]?.word ?? '', left + (i / (2 * middle)) * steps.length * width, y + line * 0.9);
  }
  pen.textAlign = 'left';
}

/** What one of two maps shows. @param {CanvasRenderingContext2D} pen @param {string} text @param {number} left @param {number} line @param {Token} token */
function drawSide(pen, text, left, line, token) {
  pen.fillStyle = token('--surface');
  pen.fillRect(left, line * 2, pen.measureText(text).width + line * 2, line * 1.4);
  pen.fillStyle = token('--text');
  pen.fillText(text, left + line, line * 3);
}

/** Across the top of the picture, over the map. @param {CanvasRenderingContext2D} pen @param {string} mark @param {number} line @param {Token} token */
function drawMark(pen, mark, line, token) {
  pen.fillStyle = token('--ink-btn');
  pen.fillRect(0, 0, pen.canvas.width, line * MARK_LINES);
  pen.fillStyle = token('--on-ink-btn');
  pen.fillText(mark, line, line * 1.15);
  pen.fillStyle = token('--text-2');
}

/** @param {string[]} words @param {string} font */
function widest(words, font) {
  const pen = /** @type {CanvasRenderingContext2D} */ (h('canvas').getContext('2d'));
  pen.font = font;
  return Math.max(...words.map((text) => pen.measureText(text).width));
}

/**
 * @param {import('maplibre-gl').Map[]} maps side by side @param {Below} below @param {Token} token
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function drawPicture(maps, { words, steps, bar, mark, sides }, token) {
  const source = maps[0].getCanvas();
  const line = Math.round(source.height * LINE_SHARE);
  const width = source.width * maps.length;
  const font = `${Math.round(line * 0.66)}px ${token('--font')}`;
  const said = words.length ? words.length + 1 : 0;
  const scale = steps.length ? SWATCH_LINES + 1 : 0;
  // long words and a long scale stand one above the other
  const crowded = said > 0 && scale > 0 && widest(words, font) + line * (steps.length * SWATCH_WIDTH + 3) > width;
  const canvas = h('canvas', { width, height: Math.round(source.height + line * (crowded ? said + scale : Math.max(said, scale))) });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = token('--surface');
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = font;
  for (const [i, map] of maps.entries()) {
    map.triggerRepaint();
    await new Promise((resolve) => { map.once('render', resolve); });
    // read in the frame in which it was drawn: afterwards the canvas is empty
    pen.drawImage(map.getCanvas(), source.width * i, 0);
    if (sides[i]) drawSide(pen, sides[i], source.width * i, line, token);
  }
  drawBar(pen, bar, source.width, line, source.height, token);
  drawSteps(pen, steps, line, source.height + line * (crowded ? said + 0.9 : 1.4), token);
  pen.fillStyle = token('--text-2');
  if (mark) drawMark(pen, mark, line, token);
  words.forEach((text, i) => pen.fillText(text, line, source.height + line * (i + 1)));
  return canvas;
}

/** Hands a picture to the browser's downloads. @param {HTMLCanvasElement} canvas @param {string} name */
export function save(canvas, name) {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    h('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
  });
}
