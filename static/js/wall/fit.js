/** Lists that show as many rows as their place holds: a wall never scrolls and never cuts a row. */

import { h } from '../dom.js';
import { t } from '../i18n.js';

/**
 * Takes away the last rows until the rest fits, and says how many there are beside.
 * @param {HTMLElement} list @param {number} [total] of all rows, where the list is a part of them
 */
export function fitRows(list, total = list.children.length) {
  const tooHigh = () => list.scrollHeight > list.clientHeight + 1;
  if (!tooHigh() && total === list.children.length) return;
  const more = h('li', { class: 'more' });
  list.append(more);
  const say = () => { more.textContent = t('另有 {n} 项', { n: total - (list.children.length - 1) }); };
  say();
  while (tooHigh() && list.children.length > 1) {
    /** @type {Element} */ (more.previousElementSibling).remove();
    say();
  }
}
