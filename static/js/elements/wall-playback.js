/** The strip over the map of a wall while a period plays: the frame's dates, its place in the period, pace and buttons. */

import { h, icon } from '../dom.js';
import { t } from '../i18n.js';
import { daysText } from '../wall/periods.js';

/** @typedef {import('../wall/frames.js').Days} Days */
/** @typedef {import('../wall/frames.js').Film} Film */
/** @typedef {{at: number, frames: number, days: Days, running: boolean, fps: number, rate: number, late: number}} Going */
/** @typedef {{toggle: () => unknown, step: (by: number) => unknown, seek: (frame: number) => unknown, speed: (by: number) => unknown, leave: () => unknown}} Leads */

export class WallPlayback extends HTMLElement {
  dates = h('b', { class: 'dates' });
  pace = h('span', { class: 'pace' });
  track = h('input', { type: 'range', min: 0, step: 1, 'aria-label': t('第几帧') });
  /** @type {HTMLButtonElement|null} */
  run = null;

  /** @param {Leads} leads */
  led({ toggle, step, seek, speed, leave }) {
    const button = (/** @type {Parameters<typeof icon>[0]} */ sign, /** @type {string} */ name, /** @type {() => unknown} */ act) => h('button', { type: 'button', 'aria-label': name, title: name, onclick: () => act() }, icon(sign));
    this.run = button('play', t('播放'), toggle);
    this.track.addEventListener('input', () => seek(Number(this.track.value)));
    this.replaceChildren(
      h('span', { class: 'what' }, t('回放')), this.dates,
      h('span', { class: 'leads' }, button('back', t('上一帧'), () => step(-1)), this.run, button('on', t('下一帧'), () => step(1))),
      this.track, h('span', { class: 'leads' }, button('slower', t('慢些'), () => speed(-1)), this.pace, button('faster', t('快些'), () => speed(1)), button('close', t('结束回放'), leave)));
  }

  /** @param {Film} film @param {Going} going */
  show(film, going) {
    this.track.max = String(film.frames.length - 1);
    this.dates.title = film.window === 1 ? t('每帧 1 日') : t('每帧 {n} 日，步长 {step} 日', { n: film.window, step: film.step });
    const name = going.running ? t('暂停') : t('播放');
    this.run?.replaceChildren(icon(going.running ? 'pause' : 'play'));
    this.run?.setAttribute('aria-label', name);
    this.run?.setAttribute('title', name);
    this.frame(going.days, going.at);
    this.say(going);
  }

  /** Instead of the dates: why nothing can be seen. @param {string} reason */
  none(reason) {
    this.dates.textContent = reason;
  }

  /** @param {Days} days @param {number} at */
  frame(days, at) {
    this.dates.textContent = daysText(days);
    this.track.value = String(at);
  }

  /** @param {Going} going */
  say({ running, fps, rate, late }) {
    this.pace.textContent = running ? t('{rate}/{fps} 帧/秒', { rate: rate.toFixed(1), fps }) : t('{fps} 帧/秒', { fps });
    this.pace.title = t('等瓦片 {n} 次', { n: late });
  }
}

customElements.define('wall-playback', WallPlayback);
