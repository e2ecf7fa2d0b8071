/** The mark of a drill, on every screen that shows one: that it is the past, how fast it runs, and the way out. */

import { h, icon } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {{toggle: () => unknown, step: (by: number) => unknown, speed: (by: number) => unknown, leave: () => unknown}} Leads */

export class WallDrill extends HTMLElement {
  pace = h('span', { class: 'pace' });
  /** @type {HTMLButtonElement|null} */
  run = null;

  /** @param {Leads} leads */
  led({ toggle, step, speed, leave }) {
    const button = (/** @type {Parameters<typeof icon>[0]} */ sign, /** @type {string} */ name, /** @type {() => unknown} */ act) => h('button', { type: 'button', 'aria-label': name, title: name, onclick: () => act() }, icon(sign));
    this.run = button('pause', t('暂停'), toggle);
    this.replaceChildren(
      h('b', {}, t('演练')), h('span', { class: 'said' }, t('重放过去的一天，不是现在；什么都不会改动')),
      h('span', { class: 'leads' }, button('back', t('退 10 分钟'), () => step(-1)), this.run, button('on', t('进 10 分钟'), () => step(1))),
      h('span', { class: 'leads' }, button('slower', t('慢些'), () => speed(-1)), this.pace, button('faster', t('快些'), () => speed(1))),
      h('button', { type: 'button', class: 'leave', onclick: () => leave() }, t('回到现在')));
  }

  /** @param {{running: boolean, speed: number}} how */
  show({ running, speed }) {
    this.pace.textContent = running ? `×${speed}` : t('已暂停');
    const name = running ? t('暂停') : t('继续');
    this.run?.replaceChildren(icon(running ? 'pause' : 'play'));
    this.run?.setAttribute('aria-label', name);
    this.run?.setAttribute('title', name);
  }
}

customElements.define('wall-drill', WallDrill);
