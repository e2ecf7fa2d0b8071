/** Where a drill is begun: which past day, from what time, how fast. */

import { announce, h } from '../dom.js';
import { t } from '../i18n.js';
import { addDays } from '../time.js';
import { SPEEDS } from '../wall/drill-clock.js';

const TIME = '08:00';
const SPEED = 60;

export class WallDrillStart extends HTMLElement {
  dialog = h('dialog', { class: 'w-dialog' });

  connectedCallback() {
    this.append(this.dialog);
  }

  /** @param {string} today */
  open(today) {
    const day = h('input', { type: 'date', required: true, max: today, value: addDays(today, -1) });
    const time = h('input', { type: 'time', required: true, value: TIME });
    const speed = h('select', {}, SPEEDS.map((each) => h('option', { value: each, selected: each === SPEED }, each === 1 ? t('和当时一样快') : t('快 {n} 倍', { n: each }))));
    this.dialog.replaceChildren(h('h2', {}, t('演练')),
      h('p', {}, t('把过去的一天在这块屏上重放一遍，供练习用。屏上会一直标明是演练；什么都不会改动，别的屏不受影响。')),
      h('form', { method: 'dialog', onsubmit: () => announce(this, 'wall-drill', { at: `${day.value}T${time.value}`, speed: Number(speed.value) }) },
        h('label', {}, t('哪一天'), day), h('label', {}, t('从几点'), time), h('label', {}, t('多快'), speed),
        h('p', { class: 'buttons' }, h('button', { type: 'submit', class: 'go' }, t('开始演练')), h('button', { type: 'button', onclick: () => this.dialog.close() }, t('不了')))));
    this.dialog.showModal();
    day.focus();
  }
}

customElements.define('wall-drill-start', WallDrillStart);
