/** Who was called and has not come: as many names as two lines hold, and how many there are beside. */

import { h } from '../dom.js';
import { lang, t } from '../i18n.js';

const MOST_LINES = 2;

/**
 * The first names, each with the mark before the next, and what is said of the rest: in Chinese
 * how many there are in all, in English how many more.
 * @param {string[]} names @param {number} shown
 */
export function missingWords(names, shown) {
  const zh = lang() === 'zh';
  const rest = names.length - shown;
  return {
    names: names.slice(0, shown).map((name, i) => name + (i + 1 === shown ? '' : zh ? '、' : ',')),
    more: rest ? t('等 {n} 家', { n: zh ? names.length : rest }) : '',
  };
}

/**
 * Fills a line with names, with fewer where they would take more than two lines; the first always stays.
 * @param {HTMLElement} line @param {string[]} names
 */
export function fitNames(line, names) {
  const most = MOST_LINES * parseFloat(getComputedStyle(line).lineHeight) + 1;
  const gap = lang() === 'zh' ? '' : ' ';
  for (let shown = names.length; shown > 0; shown -= 1) {
    const said = missingWords(names, shown);
    const parts = [...said.names.map((name) => h('b', { lang: 'zh-Hans' }, name)), said.more && h('span', {}, said.more)].filter(Boolean);
    line.replaceChildren(h('span', { class: 'quiet' }, t('未到')), ...parts.flatMap((part, i) => [i ? gap : ' ', part]));
    if (line.offsetHeight <= most) return;
  }
}
