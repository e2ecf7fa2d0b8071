/** Lines of equal value through a lattice, by marching squares. */

/** @typedef {[number, number]} XY column and row, with fractions */

/** Edges of a cell: 0 top, 1 right, 2 bottom, 3 left; the pairs a line joins, by corners above. */
const CASES = [
  [], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]],
  [[2, 3]], [[2, 0]], [[0, 1], [2, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], [],
];

/**
 * Segments of one level, each with the keys of the edges it ends on.
 * @param {ArrayLike<number>} field @param {number} columns @param {number} rows @param {number} level
 */
function segments(field, columns, rows, level) {
  const at = (/** @type {number} */ c, /** @type {number} */ r) => field[r * columns + c];
  const cut = (/** @type {number} */ a, /** @type {number} */ b) => (level - a) / (b - a);
  /** @type {Map<string, XY>} */
  const points = new Map();
  /** @param {number} c @param {number} r @param {number} edge */
  const end = (c, r, edge) => {
    const flat = edge === 0 || edge === 2;
    const [ec, er] = [edge === 1 ? c + 1 : c, edge === 2 ? r + 1 : r];
    const key = `${flat ? 'h' : 'v'}${ec},${er}`;
    if (!points.has(key)) {
      points.set(key, flat
        ? [ec + cut(at(ec, er), at(ec + 1, er)), er]
        : [ec, er + cut(at(ec, er), at(ec, er + 1))]);
    }
    return key;
  };
  /** @type {[string, string][]} */
  const found = [];
  for (let r = 0; r < rows - 1; r += 1) {
    for (let c = 0; c < columns - 1; c += 1) {
      const corners = [at(c, r), at(c + 1, r), at(c + 1, r + 1), at(c, r + 1)];
      const code = corners.reduce((sum, value, i) => sum + (value >= level ? 1 << i : 0), 0);
      for (const [a, b] of CASES[code]) found.push([end(c, r, a), end(c, r, b)]);
    }
  }
  return { found, points };
}

/**
 * The lines of a level, closed ones ending where they began.
 * @param {ArrayLike<number>} field row by row @param {number} columns @param {number} rows
 * @param {number} level @returns {XY[][]} columns and rows
 */
export function isolines(field, columns, rows, level) {
  const { found, points } = segments(field, columns, rows, level);
  /** @type {Map<string, number[]>} */
  const ends = new Map();
  found.forEach((pair, i) => pair.forEach((key) => ends.set(key, [...(ends.get(key) ?? []), i])));
  const used = new Set();
  /** @param {string} key @param {string[]} line */
  const follow = (key, line) => {
    let here = key;
    for (;;) {
      const next = (ends.get(here) ?? []).find((i) => !used.has(i));
      if (next === undefined) return line;
      used.add(next);
      const [a, b] = found[next];
      here = a === here ? b : a;
      line.push(here);
    }
  };
  const lines = [];
  for (let i = 0; i < found.length; i += 1) {
    if (used.has(i)) continue;
    used.add(i);
    const [a, b] = found[i];
    const back = follow(a, []).reverse();
    lines.push(follow(b, [...back, a, b]).map((key) => /** @type {XY} */ (points.get(key))));
  }
  return lines;
}
