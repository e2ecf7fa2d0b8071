/** What a wall shows, in its address: where, when, by which measure, which view of the heat; a playback's frame, a drill, another period beside. */

import { isDay, ownRange, presetRange } from '../time.js';
import { SPEEDS } from './drill-clock.js';

/** @typedef {import('../time.js').Range} Range */
/** @typedef {'off'|'lines'|'fill'} Heat */
/** @typedef {{frame: string, running: boolean, fps: number}} Play a period as an animation: the last day of the frame, frames a second */
/** @typedef {{at: string, speed: number}} Drill a past day replayed: local `2026-05-12T08:00`, how many times faster than life */
/**
 * Another period to compare with: as many days just before, the same days of the year before, or days of one's own;
 * as the difference by areas, or on a map beside.
 * @typedef {{how: 'difference'|'side', to: 'before'|'year'|'own', days: {from: string, to: string}|null}} Versus
 */
/**
 * @typedef {Object} Shown
 * @property {string} within path of the area, '' for everything
 * @property {Range} range
 * @property {string} measure id of the measure that colors the map, or 'none'
 * @property {Heat} heat
 * @property {Play|null} play
 * @property {Drill|null} drill
 * @property {Versus|null} versus
 */

export const RANGES = Object.freeze(['1', '7', '30', '365']);
/** Speeds of a playback, and the one that it begins with. */
export const FRAMES_A_SECOND = Object.freeze([0.5, 1, 2, 4]);
export const FPS = 2;
export const HEATS = Object.freeze(/** @type {Heat[]} */ (['lines', 'fill', 'off']));

const DAY_LENGTH = 10;

/** @param {string|null} text */
const isPath = (text) => text !== null && /^([^/]+\/)*$/.test(text);

/**
 * What an address asks for; parts that make no sense are as the wall opens.
 * @param {string} search @param {{home: string, today: string, measures: string[]}} offered
 * @returns {Shown}
 */
export function read(search, { home, today, measures }) {
  const query = new URLSearchParams(search);
  const within = query.get('within');
  const drill = readDrill(query, today);
  const day = drill ? drill.at.slice(0, DAY_LENGTH) : today;
  const measure = query.get('measure') ?? '';
  const heat = /** @type {Heat} */ (query.get('heat') ?? '');
  return {
    within: isPath(within) ? String(within) : home,
    range: readRange(query.get('time'), day),
    measure: [...measures, 'none'].includes(measure) ? measure : measures[0] ?? 'none',
    heat: HEATS.includes(heat) ? heat : HEATS[0],
    play: drill ? null : readPlay(query),
    drill,
    versus: drill || query.has('play') ? null : readVersus(query.get('versus')),
  };
}

/** @param {string|null} text @returns {Versus|null} */
function readVersus(text) {
  const [how, to = ''] = (text ?? '').split(':');
  if (how !== 'difference' && how !== 'side') return null;
  if (to === 'before' || to === 'year') return { how, to, days: null };
  const [first, last] = to.split('..');
  if (!last || !isDay(first) || !isDay(last)) return null;
  const own = ownRange(first, last);
  return { how, to: 'own', days: { from: own.from, to: own.to } };
}

/** @param {URLSearchParams} query @param {string} today @returns {Drill|null} */
function readDrill(query, today) {
  const [, at, day] = (query.get('drill') ?? '').match(/^((\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d)$/) ?? [];
  if (!at || !isDay(day) || day > today) return null;
  const speed = Number(query.get('speed'));
  return { at, speed: SPEEDS.includes(speed) ? speed : SPEEDS[0] };
}

/** @param {URLSearchParams} query @returns {Play|null} */
function readPlay(query) {
  const frame = query.get('play') ?? '';
  const fps = Number(query.get('fps'));
  if (!isDay(frame)) return null;
  return { frame, running: query.get('run') === '1', fps: FRAMES_A_SECOND.includes(fps) ? fps : FPS };
}

/** @param {string|null} text @param {string} today @returns {Range} */
function readRange(text, today) {
  const [from, to] = (text ?? '').split('..');
  if (to && isDay(from) && isDay(to)) return ownRange(from, to);
  return presetRange(RANGES.includes(from) ? from : RANGES[0], today);
}

/**
 * The address of what is shown, without the question mark.
 * @param {Shown} shown
 */
export function write({ within, range, measure, heat, play, drill, versus }) {
  const query = new URLSearchParams({ within });
  query.set('time', range.preset === 'own' ? `${range.from}..${range.to}` : range.preset);
  query.set('measure', measure);
  query.set('heat', heat);
  if (play) {
    query.set('play', play.frame);
    query.set('fps', String(play.fps));
    if (play.running) query.set('run', '1');
  }
  if (drill) {
    query.set('drill', drill.at);
    query.set('speed', String(drill.speed));
  }
  if (versus) query.set('versus', `${versus.how}:${versus.days ? `${versus.days.from}..${versus.days.to}` : versus.to}`);
  return query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
}

/** The range when a new day has come: one that ends today moves on. @param {Range} range @param {string} today @returns {Range} */
export const onDay = (range, today) => (range.preset === 'own' ? range : presetRange(range.preset, today));

/** The path above. @param {string} path */
export const above = (path) => path.replace(/[^/]+\/$/, '');

/** How deep a path lies. @param {string} path */
export const levelOf = (path) => path.split('/').length - 1;

/** The part of a path down to a level. @param {string} path @param {number} level */
export const upTo = (path, level) => path.split('/').slice(0, level).map((part) => `${part}/`).join('');
