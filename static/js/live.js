/**
 * Following what happens in an area. The stream comes back by itself; what was missed meanwhile is
 * caught up from the last message that came.
 */

import { withParams } from './api.js';
import { connect as beginAnew, fresh, hear, lose, said, tick } from './live-state.js';

/** @typedef {import('./live-state.js').Known} Known */
/** @typedef {import('./live-state.js').Said} State */
/**
 * @typedef {Object} Happened
 * @property {string} kind past tense, like IncidentReported
 * @property {string} subject_kind
 * @property {string|null} subject id of what it happened to
 * @property {number} county
 * @property {string} path
 * @property {string} at
 * @property {number} [category]
 * @property {number} [severity]
 * @property {number} [color] 1 to 4, of a warning
 */
/** @typedef {{onEvent: (event: Happened) => void, onState: (state: State) => void}} Hooks */

const LOOK_EVERY_MS = 1_000;
/** A browser has six connections to a server: a tab that nobody looks at gives its own back. */
const HIDDEN_AFTER_MS = 60_000;
const NAMES = Object.freeze(['happened', 'alive', 'reset', 'gone']);

/** One stream for all that follow the same area on a page. @type {Map<string, ReturnType<typeof makeStream>>} */
const streams = new Map();

/** @param {string} within */
function makeStream(within) {
  /** @type {Set<Hooks>} */
  const all = new Set();
  let known = fresh(Date.now());
  /** @type {EventSource|null} */
  let source = null;
  let hiddenSince = 0;

  /** @param {Known} next */
  function become(next) {
    const [before, after] = [said(known), said(next)];
    const connects = next.phase === 'connecting' && known.phase !== 'connecting';
    known = next;
    if (after.live !== before.live || after.why !== before.why) for (const { onState } of all) onState(after);
    if (known.phase === 'waiting' || known.phase === 'gone') close();
    if (connects) connect();
  }

  function close() {
    source?.close();
    source = null;
  }

  function connect() {
    close();
    const opened = new EventSource(withParams('/events', { within, last: known.last }));
    source = opened;
    for (const name of NAMES) opened.addEventListener(name, (event) => opened === source && take(name, event));
    opened.onerror = () => opened === source && become(lose(known, Date.now(), Math.random()));
  }

  /** @param {string} name @param {MessageEvent<string>} event */
  function take(name, { data, lastEventId: id }) {
    const next = hear(known, { name, id }, Date.now());
    // a reset is told each time, even where the state before was one
    if (next.why === 'reset') known = { ...known, why: '' };
    become(next);
    if (name === 'happened') for (const { onEvent } of all) onEvent(JSON.parse(data));
  }

  function look() {
    const now = Date.now();
    if (!document.hidden) hiddenSince = 0;
    else hiddenSince ||= now;
    if (hiddenSince && now - hiddenSince > HIDDEN_AFTER_MS) {
      if (source) become(lose(known, now, 0));
      return;
    }
    become(tick(known, now, Math.random()));
  }

  /** What the browser knows of its network, or that somebody looks again: no reason to wait. */
  const back = () => !document.hidden && known.phase === 'waiting' && become(beginAnew(known, Date.now()));
  const cut = () => become(lose(known, Date.now(), Math.random()));
  const timer = setInterval(look, LOOK_EVERY_MS);
  addEventListener('online', back);
  addEventListener('offline', cut);
  document.addEventListener('visibilitychange', back);
  connect();

  return {
    /** @param {Hooks} hooks */
    add(hooks) {
      all.add(hooks);
      if (known.phase !== 'connecting') hooks.onState({ ...said(known), ...(known.phase === 'live' ? { why: /** @type {const} */ ('reset') } : {}) });
    },
    /** @param {Hooks} hooks whether nobody follows any more */
    remove(hooks) {
      all.delete(hooks);
      return all.size === 0;
    },
    end() {
      clearInterval(timer);
      removeEventListener('online', back);
      removeEventListener('offline', cut);
      document.removeEventListener('visibilitychange', back);
      close();
    },
  };
}

/**
 * Follows what happens in an area.
 *
 * `onState` tells when the page is live, and when not: `since` is then when the last word came (by
 * this machine's clock; null: never), `why` one of `connecting`, `lost`, `silent`, `gone`. Live with
 * why `reset`, as at the beginning, means: ask for everything anew. `gone` ends it: the session, the
 * kiosk or the token is no more.
 * @param {string} within path of the area; '' for everything that the viewer may see
 * @param {Hooks} hooks
 * @returns {{stop: () => void}}
 */
export function follow(within, hooks) {
  const stream = streams.get(within) ?? makeStream(within);
  streams.set(within, stream);
  stream.add(hooks);
  return {
    stop() {
      if (!stream.remove(hooks)) return;
      stream.end();
      if (streams.get(within) === stream) streams.delete(within);
    },
  };
}
