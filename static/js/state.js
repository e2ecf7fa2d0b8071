/** What the page shows, in one frozen object, and who wants to know when it changes. */

/** @typedef {import('./time.js').Range} Range */
/**
 * @typedef {Object} State
 * @property {string} measure id of the coloring measure, or 'none'
 * @property {Range} time
 * @property {string[]} kinds chosen kinds; empty means all
 * @property {number[]} categories chosen categories; empty means all
 * @property {number[]} severities chosen severities; empty means all
 * @property {number[]} colors chosen warning levels; empty means all
 * @property {string} [inside] path of the area whose warnings alone are drawn; none: all
 * @property {string[]} shown ids of the layers that are switched on
 * @property {{lon: number, lat: number}|null} place the point asked about
 * @property {{lon: number, lat: number, zoom: number}|null} view null: the whole territory
 * @property {{layer: string, sort: string, page: number, at: string}|null} list `at`: "lon;lat" of one point, or '' for the view
 */

/**
 * The state a fresh visitor sees.
 * @param {import('./api.js').Catalog} catalog
 * @param {Range} time
 * @returns {State}
 */
export function freshState(catalog, time) {
  return Object.freeze({
    measure: catalog.measures[0]?.id ?? 'none',
    time,
    kinds: [],
    categories: [],
    severities: [],
    colors: [],
    shown: catalog.layers.filter((layer) => layer.shown).map((layer) => layer.id),
    place: null,
    view: null,
    list: null,
  });
}

/**
 * The state, changed only by `set`, which tells every listener what it was before.
 * @param {State} first
 */
export function createStore(first) {
  let state = first;
  /** @type {((state: State, before: State) => void)[]} */
  const listeners = [];
  return {
    get: () => state,
    /** @param {Partial<State>} change */
    set(change) {
      const before = state;
      state = Object.freeze({ ...state, ...change });
      for (const listener of listeners) listener(state, before);
    },
    /** @param {(state: State, before: State) => void} listener */
    watch(listener) {
      listeners.push(listener);
    },
  };
}

/**
 * Whether any of the named parts differs between two states.
 * @param {State} a @param {State} b @param {(keyof State)[]} keys
 */
export function differs(a, b, keys) {
  return keys.some((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}
