/** Where the view or the chosen place lies, from the top down. */

import { announce, h, redraw } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../api.js').Link} Link */

export class BreadCrumb extends HTMLElement {
  /** @param {Link[]} chain */
  update(chain) {
    this.hidden = chain.length === 0;
    const last = chain.length - 1;
    redraw(this, h('nav', { 'aria-label': t('所在区划') }, h('ol', { lang: 'zh-Hans' }, chain.map((link, i) => h('li', {},
      h('button', { type: 'button', 'data-key': link.path, 'aria-current': i === last ? 'location' : null, onclick: () => announce(this, 'go', link) }, link.name))))));
  }
}

customElements.define('bread-crumb', BreadCrumb);
