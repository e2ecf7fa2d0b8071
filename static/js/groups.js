/** Points that lie too close to be told apart become one counted ring. */

/** @typedef {{id: string, x: number, y: number}} Mark position in pixels */
/** @typedef {{x: number, y: number, ids: string[]}} Group */

/**
 * Neighbors within a radius, by a grid of cells as wide as the radius.
 * @param {Mark[]} marks @param {number} radius
 */
function neighborhood(marks, radius) {
  /** @type {Map<string, number[]>} */
  const cells = new Map();
  const cell = (/** @type {number} */ v) => Math.floor(v / radius);
  marks.forEach((mark, i) => {
    const key = `${cell(mark.x)},${cell(mark.y)}`;
    const list = cells.get(key);
    if (list) list.push(i);
    else cells.set(key, [i]);
  });
  return (/** @type {Mark} */ mark) => {
    const found = [];
    for (let cx = cell(mark.x) - 1; cx <= cell(mark.x) + 1; cx += 1) {
      for (let cy = cell(mark.y) - 1; cy <= cell(mark.y) + 1; cy += 1) {
        for (const i of cells.get(`${cx},${cy}`) ?? []) {
          if (Math.hypot(marks[i].x - mark.x, marks[i].y - mark.y) < radius) found.push(i);
        }
      }
    }
    return found;
  };
}

/**
 * Groups of at least `least` marks around a mark, the most crowded first; each mark is in one group
 * at most. The ring stands at the mean of its marks.
 * @param {Mark[]} marks @param {number} radius pixels @param {number} least
 * @returns {Group[]}
 */
export function groupMarks(marks, radius, least) {
  const near = neighborhood(marks, radius);
  const crowd = marks.map((mark) => near(mark).length);
  const order = marks.map((_, i) => i).filter((i) => crowd[i] >= least);
  order.sort((a, b) => crowd[b] - crowd[a] || (marks[a].id < marks[b].id ? -1 : 1));
  const taken = new Set();
  const groups = [];
  for (const i of order) {
    if (taken.has(i)) continue;
    const members = near(marks[i]).filter((j) => !taken.has(j));
    if (members.length < least) continue;
    members.forEach((j) => taken.add(j));
    groups.push({
      x: members.reduce((sum, j) => sum + marks[j].x, 0) / members.length,
      y: members.reduce((sum, j) => sum + marks[j].y, 0) / members.length,
      ids: members.map((j) => marks[j].id),
    });
  }
  return groups;
}
