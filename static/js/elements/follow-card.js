/** One's own report: its state, what was done so far, and what the reporter may still do. */

import { announce, h, redraw } from '../dom.js';
import { lang, pick, t } from '../i18n.js';
import { momentText } from '../time.js';
import { whoseText } from '../whose.js';

/** @typedef {import('../public.js').Followed} Followed */

const RATINGS = ['很不满意', '不满意', '一般', '满意', '很满意'];

export class FollowCard extends HTMLElement {
  words = h('textarea', { id: 'more', rows: 2, maxlength: 4000 });
  files = h('input', { type: 'file', accept: 'image/jpeg,image/png,image/heic,image/heif,application/pdf', multiple: true, class: 'unseen', onchange: () => { announce(this, 'files', this.files.files); } });

  /** @param {Followed} found */
  update(found) {
    redraw(this,
      h('div', { class: 'state' }, h('p', { class: 'now' }, pick(found.state)), h('p', { class: 'num quiet' }, found.number)),
      found.together_with && h('p', { class: 'changed' }, t('和另一件（{number}）是同一件事，合在一起办。', { number: found.together_with })),
      h('p', {}, whoseText(found.whose)),
      found.whose.center?.phone && h('p', {}, t('中心电话'), ' ', h('a', { class: 'link', href: `tel:${found.whose.center.phone}` }, found.whose.center.phone)),
      found.may_rate && this.rating(),
      found.own.rating && h('p', { class: 'rated' }, t('你的评价：{rating}', { rating: t(RATINGS[found.own.rating - 1]) })),
      h('h2', {}, t('到哪一步了')),
      h('ol', { class: 'steps' }, [...found.steps].reverse().map((step) => this.step(step, found.zone))),
      h('h2', {}, t('你说的')),
      h('ul', { class: 'own' }, found.own.words.map(({ words, at }) => h('li', {}, words, h('time', { datetime: at, class: 'quiet' }, momentText(at, lang(), found.zone)))),
        found.photos > 0 && h('li', { class: 'quiet' }, t('另有照片或文件 {n} 个', { n: found.photos }))),
      h('form', { class: 'more', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); announce(this, 'more', this.words.value); } },
        h('label', { for: 'more' }, t('再补充一句')), this.words,
        h('div', { class: 'acts' }, h('label', { class: 'button photo' }, t('照片'), this.files), h('button', { type: 'submit', class: 'button' }, t('补充')))));
  }

  rating() {
    return h('fieldset', { class: 'rating' }, h('legend', {}, t('办得怎么样？')),
      RATINGS.map((words, i) => h('button', { type: 'button', 'data-key': `r${i + 1}`, onclick: () => announce(this, 'rate', i + 1) }, h('b', { class: 'num' }, String(i + 1)), h('span', {}, t(words)))));
  }

  /** @param {import('../public.js').FollowedStep} step @param {string} zone */
  step(step, zone) {
    const facts = [step.choice && pick(step.choice), step.who, step.elsewhere && t('归{who}管', { who: step.elsewhere })].filter(Boolean).join(' · ');
    return h('li', {}, h('p', {}, h('b', {}, pick(step)), facts && h('span', {}, facts)), step.words && h('p', {}, step.words),
      h('time', { datetime: step.at, class: 'quiet' }, momentText(step.at, lang(), zone)));
  }
}

customElements.define('follow-card', FollowCard);
