/** What the reporter keeps: number, whose it is, and the code with its picture. */

import { announce, h, redraw, s } from '../dom.js';
import { t } from '../i18n.js';
import { whoseText } from '../whose.js';

export class ReportReceipt extends HTMLElement {
  /** @param {import('../public.js').Receipt} receipt @param {boolean} changed it had arrived before, otherwise */
  update({ number, code, qr, whose }, changed) {
    redraw(this,
      h('p', { class: 'arrived' }, s('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' }, s('path', { d: 'M4 10.5 8.5 15 16.5 5.5' })), t('收到了')),
      changed && h('p', { class: 'changed', role: 'alert' }, t('先前送的那份已经收下，这次改的没有收进去。要改正，请点“看进度”补充一句。')),
      h('dl', {},
        h('dt', {}, t('上报编号')), h('dd', { class: 'num' }, number),
        h('dt', {}, t('归谁管')), h('dd', {}, whoseText(whose)),
        whose.center?.phone && [h('dt', {}, t('中心电话')), h('dd', { class: 'num' }, h('a', { href: `tel:${whose.center.phone}`, class: 'link' }, whose.center.phone))]),
      h('h2', { id: 'code-is' }, t('凭这个编码查进度')),
      h('div', { class: 'code-card' },
        s('svg', { class: 'qr', viewBox: `0 0 ${qr.size} ${qr.size}`, role: 'img', 'aria-label': t('编码的二维码') }, s('path', { d: qr.path })),
        h('div', {},
          h('p', { class: 'code num', 'aria-labelledby': 'code-is' }, code.split('-').map((part) => h('span', {}, part))),
          h('button', { type: 'button', class: 'button', onclick: (/** @type {Event} */ event) => this.copy(code, /** @type {HTMLElement} */ (event.currentTarget)) }, t('复制')))),
      h('p', { class: 'quiet' }, t('截个图存好。编码只有你有，丢了就查不到进度。')),
      h('div', { class: 'next' },
        h('a', { class: 'button primary', href: `/follow#${code}` }, t('看进度')),
        h('button', { type: 'button', class: 'button', id: 'again', onclick: () => announce(this, 'again') }, t('再报一件'))));
  }

  /** @param {string} code @param {HTMLElement} button */
  async copy(code, button) {
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = t('已复制');
    } catch {
      getSelection()?.selectAllChildren(/** @type {Node} */ (this.querySelector('.code')));
    }
  }
}

customElements.define('report-receipt', ReportReceipt);
