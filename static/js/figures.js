/** Figures of the areas in view, joined to their shapes by path; shapes and figures come apart. */

import * as api from './api.js';
import { makeLegend } from './scales.js';
import { spotFeatures } from './spots.js';
import { coloredAt } from './style.js';
import { filterParams } from './url.js';

/** @typedef {import('./api.js').Catalog} Catalog */
/** @typedef {import('./api.js').Figure} Figure */
/** @typedef {import('./state.js').State} State */
/** @typedef {import('./scales.js').Legend} Legend */

/** The part of a path down to a depth. @param {string} path @param {number} depth */
const upTo = (path, depth) => path.split('/').slice(0, depth).map((part) => `${part}/`).join('');

/** @param {Catalog} catalog */
const countyDepth = (catalog) => catalog.levels.find((level) => level.is_county)?.depth ?? 1;

/**
 * Keeps the figures of a map right for measure, filters and zoom.
 * @param {import('maplibre-gl').Map} map
 * @param {Catalog} catalog
 * @param {{ready: () => void, trouble: (error: Error|null) => void}} on
 */
export function makeFigures(map, catalog, on) {
  let key = '';
  let abort = new AbortController();
  /** @type {Set<string>} areas asked for under this key */
  let asked = new Set();
  let cleared = false;
  /** @type {Map<string, Figure>} */
  const values = new Map();
  /** @type {Legend|null} */
  let legend = null;

  /** Areas whose grids are in view: one question a county; above grids one for all. @param {number} level */
  function areas(level) {
    if (level < catalog.grid_depth || !map.getSource('grids')) return [''];
    const grids = map.querySourceFeatures('grids', { sourceLayer: 'grids' });
    return [...new Set(grids.map((each) => upTo(each.properties.path, countyDepth(catalog))))];
  }

  /** @param {Iterable<Figure>} figures */
  function putSpots(figures) {
    const source = /** @type {import('maplibre-gl').GeoJSONSource|undefined} */ (map.getSource('spots'));
    source?.setData({ type: 'FeatureCollection', features: spotFeatures(figures) });
  }

  /** @param {api.Figures} answer @param {string} source */
  function apply(answer, source) {
    const at = { source, sourceLayer: source };
    if (!cleared) {
      map.removeFeatureState(at);
      values.clear();
      cleared = true;
    }
    for (const [path, figure] of Object.entries(answer.values)) {
      values.set(path, figure);
      map.setFeatureState({ ...at, id: path }, { class: figure.class ?? -1, thin: figure.thin });
    }
    putSpots(values.values());
  }

  /** @param {api.Measure} measure @param {State} state @param {string} within */
  async function ask(measure, state, within) {
    const { level, source } = coloredAt(catalog, map.getZoom());
    const { signal } = abort;
    try {
      const answer = await api.figures(measure.id, { within, level, ...filterParams(state) }, signal);
      if (signal.aborted) return;
      apply(answer, source);
      legend = { ...makeLegend(measure, answer.limits), days: { from: answer.from, to: answer.to } };
      on.trouble(null);
      on.ready();
    } catch (error) {
      if (signal.aborted) return;
      asked.delete(within);
      on.trouble(/** @type {Error} */ (error));
    }
  }

  const own = {
    /** Asks anew for the areas in which something happened. @param {State} state @param {string[]} paths */
    async again(state, paths) {
      for (const within of asked) if (paths.some((path) => path.startsWith(within) || within.startsWith(path))) asked.delete(within);
      await own.update(state);
    },
    /** Asks for what is missing. @param {State} state */
    async update(state) {
      const measure = catalog.measures.find((each) => each.id === state.measure);
      const { level, source } = coloredAt(catalog, map.getZoom());
      const next = JSON.stringify([state.measure, level, filterParams(state)]);
      if (next !== key) {
        key = next;
        abort.abort();
        abort = new AbortController();
        asked = new Set();
        cleared = false;
        putSpots([]);
        legend = measure ? makeLegend(measure, measure.classes[level] ?? null) : null;
        on.ready();
      }
      if (!measure?.layers.includes(source) || !map.getSource(source)) return;
      const wanted = areas(level).filter((within) => !asked.has(within));
      wanted.forEach((within) => asked.add(within));
      await Promise.all(wanted.map((within) => ask(measure, state, within)));
    },
    /** @returns {Legend|null} what the map is painted by */
    legend: () => legend,
    /** @param {string} path @returns {Figure|undefined} */
    of: (path) => values.get(path),
    /** The level that is colored now. */
    level: () => coloredAt(catalog, map.getZoom()),
    /** Share of thin areas among those in view, 0 where none has a figure. */
    thinShare() {
      const { level } = coloredAt(catalog, map.getZoom());
      const id = `choropleth-${level}`;
      if (!map.getLayer(id)) return 0;
      const paths = new Set(map.queryRenderedFeatures({ layers: [id] }).map((each) => each.properties.path));
      const known = [...paths].map((path) => values.get(path)).filter((each) => each?.base !== 0 && each);
      return known.length ? known.filter((each) => each?.thin).length / known.length : 0;
    },
  };
  return own;
}
