/**
 * From a class to its color. One legend object is made from what the server answers; the legend on
 * screen and the paint on the map are both drawn from it, so they cannot disagree.
 */

/** @typedef {import('./api.js').Measure} Measure */
/**
 * @typedef {Object} Step
 * @property {number} class
 * @property {string} token color of the class
 * @property {number|null} from lower limit, null where classes are not numbers
 */
/**
 * @typedef {Object} Legend
 * @property {Measure} measure
 * @property {Step[]} steps lowest class first
 * @property {boolean} thins whether cells with few cases are hatched
 * @property {{from: string, to: string}} [days] which days the figures are of, once they have come
 */

/**
 * The legend of a measure with the limits in force.
 * @param {Measure} measure @param {number[]|null} limits four limits between five classes
 * @returns {Legend}
 */
export function makeLegend(measure, limits) {
  if (measure.named?.length) {
    const steps = measure.named.map(({ token }, i) => ({ class: i, token, from: null }));
    return { measure, steps, thins: measure.few };
  }
  if (!limits?.length) {
    const steps = measure.palette.slice(-4).map((token, i) => ({ class: i + 1, token, from: null }));
    return { measure, steps, thins: false };
  }
  const steps = measure.palette.map((token, i) => ({ class: i, token, from: i ? limits[i - 1] : 0 }));
  return { measure, steps, thins: true };
}

/** The class of a rate: how many limits it has reached. @param {number} rate @param {number[]} limits */
export const classOf = (rate, limits) => limits.filter((limit) => rate >= limit).length;

/**
 * The fill of a choropleth: the color of the feature's class, nothing where it has none.
 * @param {Legend|null} legend
 * @returns {unknown} a MapLibre expression, colors still as tokens
 */
export function fillColor(legend) {
  if (!legend) return 'rgba(0,0,0,0)';
  const pairs = legend.steps.flatMap((step) => [step.class, step.token]);
  return ['match', ['coalesce', ['feature-state', 'class'], -1], ...pairs, 'rgba(0,0,0,0)'];
}
