/** On which side of its sign a label stands: where it covers least of what else is to be read. */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{name: string, box: Box}} Side */

/** Right and left of the sign, a little below its middle or above it; under and over it; farther down or up. */
const SIDES = [
  { name: 'right', x: 1, y: 1 },
  { name: 'left', x: -1, y: 1 },
  { name: 'right-above', x: 1, y: -1 },
  { name: 'left-above', x: -1, y: -1 },
  { name: 'under', x: 0, y: 2.4 },
  { name: 'over', x: 0, y: -2.4 },
  { name: 'right-low', x: 1, y: 2.4 },
  { name: 'left-low', x: -1, y: 2.4 },
  { name: 'right-high', x: 1, y: -2.4 },
  { name: 'left-high', x: -1, y: -2.4 },
];
/** The sign's own room, in hundredths of the screen's height. */
const ASIDE = 2.6;
const ALONG = 2.2;

const OUTSIDE = 1_000;
const ON_ANOTHER = 100;

/**
 * The side with the least under it; of equal ones the first.
 *
 * @param {Point} sign @param {Size} label @param {Size} map all in pixels
 * @param {number} unit a hundredth of the screen's height
 * @param {Box[]} taken by other labels
 * @param {(box: Box) => number} covered how many names and signs lie within a box
 * @returns {Side}
 */
export function clearest(sign, label, map, unit, taken, covered) {
  const sides = SIDES.map(({ name, x, y }) => {
    const left = sign.x + x * ASIDE * unit - label.width * (1 - x) / 2;
    const box = { left, top: sign.y + y * ALONG * unit - label.height / 2, ...label };
    const cost = covered(box) + ON_ANOTHER * taken.filter((other) => meet(box, other)).length
      + (within(box, map) ? 0 : OUTSIDE);
    return { name, box, cost };
  });
  return sides.reduce((best, side) => (side.cost < best.cost ? side : best));
}

/** @param {Box} a @param {Box} b */
function meet(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/** @param {Box} box @param {Size} map */
function within(box, map) {
  return box.left >= 0 && box.top >= 0 && box.left + box.width <= map.width && box.top + box.height <= map.height;
}
