/**
 * The marks of the map: four warning signs (shape and character, never color alone), ink shapes for
 * kinds, seats of centers. One description each serves the panels (SVG) and the map (images).
 */

import { h, s } from './dom.js';
import { t } from './i18n.js';

/** @typedef {(name: string) => string|number} Token */
/** @typedef {{name: string, char: string, path: string, textY: number, half: number}} Sign */

/** By warning level, 1 blue to 4 red; drawn around the origin, about 24 px wide. @type {Record<number, Sign>} */
export const SIGNS = Object.freeze({
  1: { name: 'blue', char: '蓝', path: 'M11.5 0A11.5 11.5 0 1 1-11.5 0 11.5 11.5 0 1 1 11.5 0Z', textY: 0.3, half: 14.2 },
  2: { name: 'yellow', char: '黄', path: 'M-8-10.5H8Q10.5-10.5 10.5-8V8Q10.5 10.5 8 10.5H-8Q-10.5 10.5-10.5 8V-8Q-10.5-10.5-8-10.5Z', textY: 0.3, half: 14 },
  3: { name: 'orange', char: '橙', path: 'M0-14.5 14.5 0 0 14.5-14.5 0Z', textY: 0.2, half: 16.2 },
  4: { name: 'red', char: '红', path: 'M0-17 16.2 11.2H-16.2Z', textY: 3.2, half: 18.2 },
});

const NAMES = Object.freeze({ 1: '蓝色预警', 2: '黄色预警', 3: '橙色预警', 4: '红色预警' });

/** The sign's name for people. @param {number} level */
export const signName = (level) => t(NAMES[/** @type {1|2|3|4} */ (level)]);

/** Ink shapes of kinds and other marks. */
const SHAPES = Object.freeze({
  dispute: 'M3.6 0A3.6 3.6 0 1 1-3.6 0 3.6 3.6 0 1 1 3.6 0Z',
  hazard: 'M0-4.2 4.3 3.3H-4.3Z',
  service: 'M-3.2-3.2H3.2V3.2H-3.2Z',
  center: 'M-3.5-3.5H3.5V3.5H-3.5Z',
  worker: 'M0-4.5A2.3 2.3 0 1 1 0 .1 2.3 2.3 0 1 1 0-4.5ZM-4.3 5Q-4.3 1 0 1T4.3 5Z',
  nobody: 'M0-4.5A2.3 2.3 0 1 1 0 .1 2.3 2.3 0 1 1 0-4.5ZM-4.3 5Q-4.3 1 0 1T4.3 5Z',
  household: 'M-3.5 3.5V-.8L0-4 3.5-.8V3.5Z',
  pin: 'M0 14C-9 3-11-1-11-6A11 11 0 0 1 11-6C11-1 9 3 0 14Z',
});

/** A warning sign for panels. @param {number} level @param {string} [label] none: decoration */
export function signIcon(level, label = signName(level)) {
  const { name, char, path, textY, half } = SIGNS[level];
  const y = level === 4 ? -2.4 : 0;
  return s('svg', {
    class: `sign sign-${name}`, viewBox: `${-half} ${-half - y} ${2 * half} ${2 * half}`,
    role: label ? 'img' : null, 'aria-label': label || null, 'aria-hidden': label ? null : 'true',
  }, s('path', { d: path }), s('text', { y: textY + 4.3, 'text-anchor': 'middle' }, char));
}

/** The ink shape of a kind for panels. @param {string} kind */
export function kindIcon(kind) {
  const path = SHAPES[/** @type {keyof typeof SHAPES} */ (kind)] ?? SHAPES.dispute;
  return s('svg', { class: 'kind', viewBox: '-5 -5 10 10', 'aria-hidden': 'true' }, s('path', { d: path }));
}

/**
 * A picture for the map.
 * @param {number} half half its width in pixels
 * @param {(pen: CanvasRenderingContext2D) => void} draw around the origin
 */
export function picture(half, draw) {
  const ratio = Math.max(2, Math.ceil(devicePixelRatio));
  const side = Math.ceil(half) * 2 * ratio;
  const canvas = h('canvas', { width: side, height: side });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  pen.setTransform(ratio, 0, 0, ratio, side / 2, side / 2);
  pen.lineJoin = 'round';
  draw(pen);
  return { image: pen.getImageData(0, 0, side, side), ratio };
}

/** @param {number} level @param {Token} token */
function drawSign(level, token) {
  const { name, char, path, textY, half } = SIGNS[level];
  return picture(half + 2, (pen) => {
    const shape = new Path2D(path);
    pen.lineWidth = level === 2 ? 1.6 : 2;
    pen.strokeStyle = String(token(level === 2 ? '--w-yellow-edge' : '--w-casing'));
    pen.fillStyle = String(token(`--w-${name}`));
    pen.fill(shape);
    pen.stroke(shape);
    pen.fillStyle = String(token(`--w-${name}-on`));
    pen.font = `700 12.5px ${token('--font')}`;
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    pen.fillText(char, 0, textY + 4.3);
  });
}

/** @param {string} shape @param {Token} token */
function drawShape(shape, token) {
  const path = new Path2D(SHAPES[/** @type {keyof typeof SHAPES} */ (shape)] ?? SHAPES.dispute);
  const [fill, edge, width] = /** @type {[string, string, number]} */ ({
    center: ['--m-halo', '--m-label', 1.8], worker: ['--m-sel', '--m-halo', 1.2], nobody: ['--m-halo', '--m-sel', 1.2], pin: ['--m-sel', '--m-halo', 2],
  }[shape] ?? ['--m-pt', '--m-halo', 1]);
  return picture(shape === 'pin' ? 16 : 7, (pen) => {
    pen.lineWidth = width * (shape === 'center' ? 1 : 2);
    pen.strokeStyle = String(token(edge));
    pen.fillStyle = String(token(fill));
    if (shape !== 'center') pen.stroke(path);
    pen.fill(path);
    if (shape === 'center') pen.stroke(path);
    if (shape === 'pin') {
      pen.fillStyle = String(token('--m-halo'));
      pen.fill(new Path2D('M4-6A4 4 0 1 1-4-6 4 4 0 1 1 4-6Z'));
    }
  });
}

/** The disc under a counted ring. @param {number} radius pixels @param {Token} token */
function drawRing(radius, token) {
  return picture(radius + 2, (pen) => {
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 2 * Math.PI);
    pen.fillStyle = String(token('--m-pt'));
    pen.strokeStyle = String(token('--m-halo'));
    pen.lineWidth = 1.5;
    pen.fill();
    pen.stroke();
  });
}

/**
 * The picture a style names: `sign-4`, `mark-hazard`, `ring-10` (radius in pixels).
 * @param {string} name @param {Token} token
 * @returns {{image: ImageData, ratio: number}|null} null: not a mark of ours
 */
export function drawMark(name, token) {
  const [family, which] = name.split(/-(.*)/);
  if (family === 'sign' && SIGNS[Number(which)]) return drawSign(Number(which), token);
  if (family === 'mark') return drawShape(which, token);
  if (family === 'ring') return drawRing(Number(which), token);
  return null;
}
