/** The figures that color a wall's map: one answer for the drilled area, painted on every map of the screen. */

import * as api from '../api.js';
import { makeLegend } from '../scales.js';
import * as wallApi from './api.js';

/** @typedef {import('./levels.js').Colored} Colored */
/** @typedef {import('../scales.js').Legend} Legend */
/**
 * @typedef {Object} Painting
 * @property {Legend|null} legend
 * @property {Record<string, api.Figure>} values
 * @property {string} source
 * @property {number} level
 * @property {{from: string, to: string}} time
 * @property {{from: string, to: string}|null} against the days that it is compared with
 */

/**
 * @param {api.Catalog} catalog
 */
export function makeColoring(catalog) {
  let abort = new AbortController();
  return {
    /**
     * Asks for the figures of a measure; the older question is given up.
     * @param {string} id of the measure, or 'none' @param {string} within @param {Colored} colored
     * @param {{from: string, to: string}} time @param {{from: string, to: string}|null} [against]
     * @returns {Promise<Painting|null>} null: a newer question was asked
     */
    async ask(id, within, colored, time, against = null) {
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      const measure = catalog.measures.find((each) => each.id === id);
      const painting = { legend: null, values: {}, time, against, ...colored };
      if (!measure?.layers.includes(colored.source)) return painting;
      try {
        const { from, to } = time;
        const answer = await wallApi.figures(id, { within, level: colored.level, from, to, against_from: against?.from, against_to: against?.to }, signal);
        const days = { from: answer.from, to: answer.to };
        return { ...painting, legend: { ...makeLegend(measure, answer.limits), days }, values: answer.values };
      } catch (error) {
        if (signal.aborted) return null;
        throw error;
      }
    },
  };
}
