/** The bell in the bar: how many notices wait, and the way to them. Asks by itself while it is on screen. */

import { h, redraw, s } from '../dom.js';
import { keepFresh } from '../keep-fresh.js';
import { counts, TOLD_WITHIN_MS } from '../notices.js';

const MOST_SHOWN = 99;
const BELL = 'M8 1.8A4.2 4.2 0 0 0 3.8 6V9L2.5 11.5H13.5L12.2 9V6A4.2 4.2 0 0 0 8 1.8M6.4 13.8A1.7 1.7 0 0 0 9.6 13.8';

export class NoticeBell extends HTMLElement {
  /** @type {ReturnType<typeof keepFresh>|undefined} */
  #kept;

  #again = () => void this.#ask();

  connectedCallback() {
    this.update(0);
    void this.#ask();
    this.#kept = keepFresh(() => this.#ask(), { delayMs: TOLD_WITHIN_MS });
    document.addEventListener('notices-seen', this.#again);
    document.addEventListener('visibilitychange', this.#again);
  }

  disconnectedCallback() {
    this.#kept?.stop();
    document.removeEventListener('notices-seen', this.#again);
    document.removeEventListener('visibilitychange', this.#again);
  }

  async #ask() {
    if (document.hidden) return;
    try {
      this.update((await counts()).unseen);
    } catch {
      // the bar is no place for trouble: the page itself says that the server is away
    }
  }

  /** @param {number} unseen */
  update(unseen) {
    // the bar is there before any catalog of words
    const zh = document.documentElement.lang.startsWith('zh');
    const said = zh ? `通知，${unseen} 条未看` : `Notices, ${unseen} unseen`;
    redraw(this, h('a', { class: 'round bell', href: '/notices', 'aria-label': said, title: said, 'data-key': 'bell' },
      s('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: BELL })),
      unseen > 0 && h('span', { class: 'n', 'aria-hidden': 'true' }, unseen > MOST_SHOWN ? `${MOST_SHOWN}+` : unseen)));
  }
}

customElements.define('notice-bell', NoticeBell);
