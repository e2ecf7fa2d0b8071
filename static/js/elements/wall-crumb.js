/** Where a wall is: the way back up, and the levels that are still below. */

import { announce, h, redraw } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../api.js').Link} Link */

export class WallCrumb extends HTMLElement {
  /** @param {Link[]} chain @param {string[]} below names of the levels that can be drilled into @param {number} home how deep this screen's own area lies: above it there is nothing to see */
  show(chain, below, home) {
    const last = chain.length - 1;
    const step = (/** @type {Link} */ link, /** @type {number} */ i) => h('li', {}, link.depth < home ? h('span', { lang: 'zh-Hans' }, link.name)
      : h('button', { type: 'button', 'data-key': link.path, 'aria-current': i === last ? 'location' : null, lang: 'zh-Hans', onclick: () => announce(this, 'wall-go', link.path) }, link.name));
    redraw(this, h('nav', { 'aria-label': t('所在区划') }, h('ol', {},
      chain.length ? chain.map(step) : h('li', {}, h('button', { type: 'button', 'aria-current': 'location' }, t('全境'))),
      below.map((name) => h('li', { class: 'below' }, name)))));
  }
}

customElements.define('wall-crumb', WallCrumb);
