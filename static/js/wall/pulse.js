/** Whether the wall is alive: what the stream and the answers say; red and still where it is not, dark where it may no longer look. */

import { follow } from '../live.js';
import { t } from '../i18n.js';
import { conditionOf } from './age.js';
import { longText, timeText } from './durations.js';
import { panelsOf } from './feed.js';

/** @typedef {import('./age.js').Condition} Condition */
/** @typedef {import('./feed.js').Id} Id */

/** All panels are asked for anew this often even if nothing is said to have happened. */
const EVERY_MS = 60_000;
/** While the stream is away, asking stands in for it. */
const WITHOUT_STREAM_MS = 5_000;
const WHILE_DARK_MS = 30_000;

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/**
 * @param {{within: () => string, now: () => number, again: () => unknown, happened: (event: any, ids: Id[]) => void}} hooks
 */
export function makePulse({ within, now, again, happened }) {
  const heard = { at: Date.now(), gone: false };
  let live = false;
  let asked = Date.now();
  let lastWord = now();
  /** @type {Condition} */
  let condition = 'live';
  /** @type {{stop(): void}|null} */
  let stream = null;

  function listen() {
    stream?.stop();
    stream = follow(within(), {
      onEvent(event) {
        word();
        if (/^Boundary/.test(event.kind)) location.reload();
        else happened(event, panelsOf(event.kind));
      },
      onState(state) {
        live = state.live;
        if (live) word();
        if (state.why === 'reset' && live) ask();
        if (state.why === 'gone') ask();
      },
    });
  }

  function word() {
    heard.at = Date.now();
    lastWord = now();
  }

  function ask() {
    asked = Date.now();
    again();
  }

  function show() {
    document.documentElement.dataset.condition = condition;
    byId('stale').hidden = condition === 'live';
    byId('live').hidden = condition !== 'live';
    if (condition === 'stale') {
      byId('stale-words').textContent = t('数据停在 {time}', { time: timeText(lastWord, zone()) });
      byId('stale-more').textContent = t('已 {time}没有新数据。画面是最后状态，请用电话核实。', { time: longText((Date.now() - heard.at) / 1000) });
    }
    byId('live').textContent = live ? t('实时') : t('数据延迟 {n} 秒', { n: Math.max(0, Math.round((Date.now() - heard.at) / 1000)) });
    byId('dark').hidden = condition !== 'dark';
  }

  listen();
  return {
    heard() {
      const back = heard.gone;
      heard.gone = false;
      word();
      if (back) location.reload();
    },
    /** @param {import('../api.js').ApiError} error */
    refused(error) {
      if (error.status === 401) heard.gone = true;
    },
    /** The area has changed. */
    follow: listen,
    /** @returns {Condition} */
    tick() {
      if (live) word();
      condition = conditionOf(heard, Date.now());
      const wait = condition === 'dark' ? WHILE_DARK_MS : live ? EVERY_MS : WITHOUT_STREAM_MS;
      if (Date.now() - asked >= wait) ask();
      show();
      return condition;
    },
  };
}

/** The installation's zone, which the page carries. */
const zone = () => document.documentElement.dataset.zone ?? 'Asia/Shanghai';
