/** A tour: the wall walks through a list of its own views, which is kept in this browser. */

import * as wallApi from './api.js';
import { answered, moved, OFF, passed, reddened, secondsOf, SECONDS, touched, walkTo } from './tour-walk.js';

/** @typedef {import('./tour-walk.js').View} View */
/** @typedef {import('../elements/wall-tour.js').WallTour} Strip */
/** @typedef {import('../elements/wall-tour-list.js').WallTourList} List */

const KEY = 'gridmap.wall.tour';
const TICK_MS = 250;
const RED = 4;

/** @param {string} key @returns {{views: View[], on: boolean}} */
function kept(key) {
  try {
    const { views = [], on = false } = JSON.parse(localStorage.getItem(key) ?? '{}');
    return { on: on === true, views: views.map((/** @type {View} */ { name, address, seconds }) => ({ name: String(name), address: String(address), seconds: secondsOf(seconds) })) };
  } catch {
    return { views: [], on: false };
  }
}

/**
 * @param {Strip} strip @param {List} list
 * @param {{home: string, here: () => {name: string, address: string}, view: (address: string) => unknown, place: (path: string) => unknown, changed: () => unknown}} wall
 *   `here`: the view that is shown now; `changed`: the tour begins or ends
 */
export function makeTour(strip, list, wall) {
  const key = `${KEY}:${wall.home}`;
  let { views, on } = kept(key);
  let walk = OFF;
  /** Red warnings that were there before: only a new one interrupts. @type {Set<string>|null} */
  let known = null;

  const keep = () => localStorage.setItem(key, JSON.stringify({ views, on }));
  const say = () => strip.show(walk, views, Math.max(0, Math.ceil((walk.until - Date.now()) / 1_000)));

  /** @param {import('./tour-walk.js').Walk} next */
  function take(next) {
    const before = walk;
    walk = next;
    say();
    if (walk.phase === 'walking' && (before.phase !== 'walking' || before.at !== walk.at || before.until !== walk.until)) {
      wall.view(views[walk.at].address);
      look();
    }
  }

  /** @param {string} id @param {string} path */
  function interrupt(id, path) {
    if (known?.has(id)) return;
    known?.add(id);
    const before = walk;
    take(reddened(walk, id, Date.now()));
    if (walk !== before) wall.place(path);
  }

  /** Between two views: a red that came while the stream was away, one that was answered meanwhile. */
  async function look() {
    const answer = await wallApi.panel('warnings', { within: wall.home }).catch(() => null);
    if (!answer || walk.phase === 'off') return;
    const open = answer.rows.filter((/** @type {any} */ row) => row.color === RED && !row.answered_at);
    if (known) for (const { id, path } of open) interrupt(id, path);
    known ??= new Set(open.map((/** @type {any} */ row) => row.id));
  }

  const own = {
    on: () => walk.phase !== 'off',
    /** @returns {import('./tour-walk.js').Walk & {views: View[]}} */
    state: () => ({ ...walk, views }),
    start() {
      on = views.length > 0;
      keep();
      known = null;
      take(walkTo(views, 0, Date.now()));
      wall.changed();
    },
    stop() {
      on = false;
      keep();
      take(OFF);
      wall.changed();
    },
    /** The key: begins, goes on, or ends; without a view the list is opened. */
    toggle() {
      if (!views.length) list.open();
      else if (walk.phase === 'off') own.start();
      else if (walk.phase === 'walking') own.stop();
      else take(walkTo(views, walk.at, Date.now()));
    },
    /** @param {number} by */
    step: (by) => take(walkTo(views, walk.at + by, Date.now())),
    touched: () => walk.phase === 'off' || take(touched(walk, Date.now())),
    /** An event anywhere in the area of the screen. @param {{kind: string, subject: string|null, path: string, color?: number}} event */
    heard({ kind, subject, path, color }) {
      if (walk.phase === 'off' || !subject) return;
      if (kind === 'WarningRaised' && color === RED) interrupt(subject, path);
      if (/^Warning(Answered|Closed)$/.test(kind)) take(answered(walk, subject, Date.now()));
    },
    open: () => list.open(),
    /** Goes on where the browser was closed. */
    resume() {
      if (on) own.start();
    },
  };

  /** @param {View[]} next */
  function change(next) {
    views = next;
    keep();
    if (walk.phase !== 'off' && !views.length) own.stop();
    else if (walk.at >= views.length) walk = { ...walk, at: 0 };
  }
  list.lead({
    views: () => views,
    add: () => change([...views, { ...wall.here(), seconds: SECONDS.usual }]),
    move: (from, to) => change(moved(views, from, to)),
    remove: (i) => change(views.filter((_, k) => k !== i)),
    edit: (i, part) => change(views.map((view, k) => (k === i ? { ...view, ...part } : view))),
    start: own.start,
  });
  strip.lead({ toggle: own.toggle, step: own.step, list: own.open, stop: own.stop });
  setInterval(() => {
    const next = passed(walk, views, Date.now());
    if (next !== walk) take(next);
    else say();
  }, TICK_MS);
  return own;
}
