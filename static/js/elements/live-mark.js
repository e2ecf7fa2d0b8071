/** In the bar: whether what is shown is what is, else since when it stands still. */

import { h, redraw } from '../dom.js';
import { lang, t } from '../i18n.js';
import { clockText } from '../time.js';

export class LiveMark extends HTMLElement {
  zone = 'Asia/Shanghai';

  /** @param {import('../live.js').State} state */
  update({ live, since, why }) {
    this.dataset.live = String(live);
    redraw(this, live ? h('span', { class: 'on', title: t('有变化时自动更新') }, t('实时'))
      : why === 'gone' ? h('a', { class: 'link late', role: 'alert', href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}` }, t('登录已结束，请重新登录'))
        : since ? h('span', { class: 'late', role: 'status' }, t('数据停在 {time}', { time: clockText(since, lang(), this.zone) }))
          // the first try takes a moment; only what has failed is worth a word
          : why !== 'connecting' && h('span', { class: 'late', role: 'status' }, t('没有连上实时更新')));
  }
}

customElements.define('live-mark', LiveMark);
