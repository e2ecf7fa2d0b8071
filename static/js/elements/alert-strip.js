/** What must not be missed: unanswered red warnings first, then what the page itself cannot do. */

import { announce, h, redraw } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { signIcon } from '../signs.js';

export class AlertStrip extends HTMLElement {
  /** @param {{red: number, trouble: string, again: boolean}} facts `trouble` '' where all is well */
  update({ red, trouble, again }) {
    this.hidden = !red && !trouble;
    redraw(this,
      red > 0 && h('p', { class: 'alert', role: 'status' }, signIcon(4, ''), h('b', {}, t('{n} 条红色预警没有人签收', { n: number(red) })),
        h('button', { type: 'button', class: 'link', 'data-key': 'red', onclick: () => announce(this, 'show-red') }, t('去看'))),
      trouble && h('p', { class: 'alert trouble', role: 'alert' }, h('span', {}, trouble),
        again && h('button', { type: 'button', class: 'link', 'data-key': 'again', onclick: () => announce(this, 'again') }, t('再试'))));
  }
}

customElements.define('alert-strip', AlertStrip);
