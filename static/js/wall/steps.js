/** Moving by keys among the areas below: the nearest one in a direction. */

/** @typedef {import('./api.js').Below} Below */
/** @typedef {'left'|'right'|'up'|'down'} Direction */

const TOWARDS = Object.freeze({ left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] });

/**
 * The area to which an arrow key leads; the first one where nothing is chosen yet.
 * @param {Below[]} below @param {string} chosen its path, or '' @param {Direction} direction
 * @returns {string} a path, or '' where there is nothing below
 */
export function stepTo(below, chosen, direction) {
  const here = below.find(({ path }) => path === chosen);
  if (!here) return below[0]?.path ?? '';
  const [dx, dy] = TOWARDS[direction];
  const stretch = Math.cos((here.lat * Math.PI) / 180);
  const reached = below.filter((each) => each !== here).map((each) => {
    const [x, y] = [(each.lon - here.lon) * stretch, each.lat - here.lat];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    // what lies aside counts double: an arrow goes straight before it turns
    return { path: each.path, along, cost: along + 2 * aside };
  }).filter(({ along, cost }) => along > 0 && along * 3 >= cost - along);
  reached.sort((a, b) => a.cost - b.cost);
  return reached[0]?.path ?? chosen;
}
