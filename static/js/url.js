/** The state in the address bar and in questions to the server. Only what differs from the fresh state is written. */

import { isDay, ownRange, presetRange } from './time.js';

/** @typedef {import('./state.js').State} State */

const words = (/** @type {string|null} */ text) => (text ?? '').split(',').filter(Boolean);
const numbers = (/** @type {string|null} */ text) => words(text).map(Number).filter(Number.isFinite);

/** @param {number} value @param {number} decimals */
const short = (value, decimals) => String(Number(value.toFixed(decimals)));

/**
 * The query that stands for a state.
 * @param {State} state @param {State} fresh @returns {string} without the question mark
 */
export function writeQuery(state, fresh) {
  const query = new URLSearchParams();
  const { view, place, list, time } = state;
  if (view) query.set('at', [short(view.lat, 5), short(view.lon, 5), short(view.zoom, 2)].join(','));
  if (state.measure !== fresh.measure) query.set('measure', state.measure);
  if (time.preset === 'own') query.set('time', `${time.from}..${time.to}`);
  else if (time.preset !== fresh.time.preset) query.set('time', time.preset);
  if (state.kinds.length) query.set('kind', state.kinds.join(','));
  if (state.categories.length) query.set('category', state.categories.join(','));
  if (state.severities.length) query.set('severity', state.severities.join(','));
  if (state.colors.length) query.set('warning', state.colors.join(','));
  const on = state.shown.filter((id) => !fresh.shown.includes(id));
  const off = fresh.shown.filter((id) => !state.shown.includes(id));
  if (on.length) query.set('show', on.join(','));
  if (off.length) query.set('hide', off.join(','));
  if (place) query.set('place', [short(place.lat, 6), short(place.lon, 6)].join(','));
  if (list) query.set('list', [list.layer, list.sort, list.page, list.at].join(':').replace(/:$/, ''));
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%3B', ';');
}

/** @param {string|null} text @param {State} fresh */
function readTime(text, fresh) {
  if (!text) return fresh.time;
  const [from, to] = text.split('..');
  if (to && isDay(from) && isDay(to)) return ownRange(from, to);
  return ['1', '7', '30', '365'].includes(text) ? presetRange(text, fresh.time.to) : fresh.time;
}

/**
 * The state a query stands for; parts that make no sense are as in the fresh state.
 * @param {string} search @param {State} fresh @param {string[]} measures ids that exist
 * @returns {State}
 */
export function readQuery(search, fresh, measures) {
  const query = new URLSearchParams(search);
  const at = numbers(query.get('at'));
  const place = numbers(query.get('place'));
  const measure = query.get('measure') ?? '';
  const hidden = words(query.get('hide'));
  const [layer, sort = '', page = '1', spot = ''] = (query.get('list') ?? '').split(':');
  return Object.freeze({
    measure: [...measures, 'none'].includes(measure) ? measure : fresh.measure,
    time: readTime(query.get('time'), fresh),
    kinds: words(query.get('kind')),
    categories: numbers(query.get('category')),
    severities: numbers(query.get('severity')),
    colors: numbers(query.get('warning')),
    shown: [...fresh.shown.filter((id) => !hidden.includes(id)), ...words(query.get('show'))],
    place: place.length === 2 ? { lat: place[0], lon: place[1] } : null,
    view: at.length === 3 ? { lat: at[0], lon: at[1], zoom: at[2] } : null,
    list: layer ? { layer, sort, page: Math.max(1, Number(page) || 1), at: spot } : null,
  });
}

/**
 * The filters of a state as the server's parameters.
 * @param {State} state
 * @param {string[]} [allowed] the filters a layer knows; without, all
 * @returns {Record<string, string>}
 */
export function filterParams(state, allowed = ['time', 'kind', 'category', 'severity']) {
  /** @type {Record<string, string>} */
  const params = {};
  if (allowed.includes('time')) Object.assign(params, { from: state.time.from, to: state.time.to });
  if (allowed.includes('kind') && state.kinds.length) params.kind = state.kinds.join(',');
  if (allowed.includes('category') && state.categories.length) params.category = state.categories.join(',');
  if (allowed.includes('severity') && state.severities.length) params.severity = state.severities.join(',');
  return params;
}
