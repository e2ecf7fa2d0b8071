/** One case: how long is left, the steps that this person may take now, what happened, who is responsible. */

import { isLate, leftText, spanText, usedShare } from '../desk.js';
import { announce, h, headingWords, redraw } from '../dom.js';
import { distance, number } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { kindIcon, signIcon, signName } from '../signs.js';
import { momentText } from '../time.js';
import { factWords } from '../case-words.js';
import { ReportSenders } from './report-senders.js';

/** @typedef {import('../desk.js').CasePage} Page */
/** @typedef {import('../desk.js').LifeWords} LifeWords */

const STAGES = Object.freeze(['taken_in', 'verified', 'dispatched', 'under_way', 'resolved', 'filed']);
/** What to do comes before what can also be done. */
const FIRST = Object.freeze(['accept', 'verify', 'begin', 'dispatch', 'resolve', 'file', 'call_back', 'resume']);
const CHANNELS = Object.freeze({ resident: '居民手机上报', web: '中心登记', api: '系统接入', phone: '电话', import: '导入', worker: '网格员上报' });

export class CasePageElement extends HTMLElement {
  zone = 'Asia/Shanghai';
  /** Who sent the reports, once it was asked for; of one case. @type {ReportSenders|null} */
  senders = null;

  /** @param {Page|null} page @param {LifeWords|null} words @param {string} trouble @param {HTMLElement|null} form the step in hand */
  update(page, words, trouble, form) {
    if (!page || !words) {
      redraw(this, h('p', { class: trouble ? 'trouble' : 'empty', role: trouble ? 'alert' : null }, trouble || t('从左边选一件。↑ ↓ 换下一件，回车打开。')));
      return;
    }
    if (this.senders?.case !== page.id) this.senders = null;
    redraw(this, this.head(page, words), this.time(page), this.next(page, trouble, form),
      h('div', { class: 'cols' }, this.timeline(page), this.facts(page)));
  }

  /** @param {Page} page @param {LifeWords} words */
  head(page, words) {
    const at = STAGES.indexOf(page.state);
    const channel = t(CHANNELS[/** @type {keyof typeof CHANNELS} */ (page.reports[0]?.channel)] ?? '上报');
    return h('header', {},
      h('p', { class: 'meta' }, h('span', {}, page.number), h('span', {}, kindIcon(page.kind), pick(page.category)), h('span', {}, channel)),
      h('h1', {}, page.warning && signIcon(page.warning.color, signName(page.warning.color)), page.title || pick(page.category)),
      h('p', { class: 'where' }, page.place || t('没有位置，总台兜底')),
      h('ol', { class: 'stages' }, STAGES.map((state, n) => h('li', { class: n < at ? 'done' : n === at ? 'now' : null, 'aria-current': n === at ? 'step' : null }, pick(words.states[state])))),
      page.merged_into && h('p', { class: 'quiet' }, t('已并入另一件，上报都转到了那里。')));
  }

  /** @param {Page} page */
  time({ clock, state, rating, now }) {
    if (state === 'resolved' || state === 'filed') {
      const stars = rating ? t('评价 {n} 分（满分 5）', { n: String(rating) }) : t('还没有评价');
      return h('section', { class: 'time' }, h('div', {}, h('small', {}, t('用时')), h('b', {}, clock.used_min === null ? '—' : spanText(clock.used_min, Boolean(clock.around_the_clock)))), h('p', { class: 'quiet' }, stars));
    }
    if (clock.state === 'none') return null;
    const due = clock.due_at ? t('{at} 时限', { at: momentText(clock.due_at, lang(), this.zone, now) }) : t('已暂停计时');
    return h('section', { class: `time${isLate(clock) ? ' late' : ''}` },
      h('div', {}, h('small', {}, isLate(clock) ? t('逾期') : t('剩余')), h('b', {}, leftText(clock).replace(/^[剩超] /, ''))),
      h('div', { class: 'bar' }, h('meter', { min: 0, max: 1, value: usedShare(clock), 'aria-label': t('已用时限') }),
        h('p', {}, h('span', {}, `${momentText(String(clock.started_at), lang(), this.zone, now)} ${t('受理')}`), h('span', {}, due + (clock.provisional ? t('（节假日未公布，暂定）') : '')))));
  }

  /** A form in hand stays where it stands, with the focus and what is half typed or pressed in it. @param {Page} page @param {string} trouble @param {HTMLElement|null} form */
  next(page, trouble, form) {
    const said = trouble && h('p', { class: 'trouble', role: 'alert' }, trouble);
    const standing = form?.parentElement;
    if (standing?.parentElement === this) {
      standing.querySelector(':scope > .trouble')?.remove();
      if (said) form?.before(said);
      return standing;
    }
    const order = (/** @type {string} */ id) => { const n = FIRST.indexOf(id); return n < 0 ? 99 : n; };
    const steps = [...page.steps].sort((a, b) => order(a.id) - order(b.id));
    const [main, ...others] = steps;
    const button = (/** @type {import('../desk.js').Step} */ step, /** @type {string} */ kind) => h('button', { type: 'button', class: kind, 'data-key': `step-${step.id}`, onclick: () => announce(this, 'choose-step', step) }, pick(step));
    return h('section', { class: 'next', 'aria-label': t('下一步') }, h('h2', {}, headingWords('下一步')),
      said,
      form ?? [
        !steps.length && h('p', { class: 'quiet' }, t('现在没有要你办的。')),
        main && h('div', { class: 'offer' }, h('p', {}, h('b', {}, pick(main)), h('small', {}, t(WHY[/** @type {keyof typeof WHY} */ (main.id)] ?? ''))), button(main, 'button jade')),
        others.length > 0 && h('div', { class: 'others' }, others.map((step) => button(step, 'link'))),
      ]);
  }

  /** @param {Page} page */
  timeline(page) {
    return h('section', { class: 'story', 'aria-label': t('经过') }, h('h2', {}, headingWords('经过'), h('small', {}, t('新的在上'))),
      h('ol', {}, page.timeline.map((entry, n) => h('li', { class: n === 0 ? 'now' : null },
        h('time', { datetime: entry.at }, momentText(entry.at, lang(), this.zone, page.now)), h('i', { 'aria-hidden': 'true' }),
        h('div', {}, h('span', { class: 'tag' }, pick(entry)), entry.who && entry.kind !== 'IncidentReported' && h('b', {}, entry.who), ` ${factWords(entry)}`,
          entry.kind === 'IncidentReported' ? page.reports.map((report) => report.words && h('q', {}, report.words)) : entry.words && h('q', {}, entry.words)))))); 
  }

  /** @param {Page} page */
  facts(page) {
    const { why } = page;
    const border = why.border_m === null ? null : t('离界 {d}', { d: distance(why.border_m, lang()) });
    const late = (/** @type {import('../desk.js').Errand} */ errand) => !errand.arrived_at && errand.due_at < page.now;
    return h('dl', { class: 'facts' },
      h('dt', {}, t('经办')), h('dd', {}, page.holder?.name ?? t('总台'), page.holder?.post && h('small', {}, page.holder.post)),
      h('dt', {}, t('为什么归这里')), h('dd', {}, pick(why) || '—', h('small', {}, [border, why.version && t('边界 {v}', { v: why.version }), why.certain === false && t('不确定，请核对')].filter(Boolean).join('，'))),
      page.errands.length > 0 && [h('dt', {}, t('吹哨')), page.errands.map((errand) => h('dd', { class: late(errand) ? 'late' : null }, errand.whom,
        h('small', {}, errand.arrived_at ? t('已报到 {at}', { at: momentText(errand.arrived_at, lang(), this.zone) }) : t('{at} 前到场', { at: momentText(errand.due_at, lang(), this.zone) }))))],
      (page.attachments.count > 0 || page.attachments.missing > 0) && [h('dt', {}, t('照片和文件')), h('dd', { class: 'papers' },
        page.attachments.items.map(({ name, url, thumbnail }) => url && h('a', { href: url, target: '_blank', rel: 'noopener', title: name }, thumbnail ? h('img', { src: thumbnail, alt: name, width: 56, height: 56, loading: 'lazy' }) : name)),
        page.attachments.missing > 0 && h('small', {}, t('还有 {n} 个没传到', { n: String(page.attachments.missing) })))],
      page.fields.filter(({ value }) => value !== null).map((field) => [h('dt', {}, pick(field)), h('dd', {}, fieldText(field))]),
      page.reports.length > 0 && [h('dt', {}, t('上报人')), h('dd', {}, this.sender(page))],
      page.households > 0 && [h('dt', {}, t('涉及住户')), h('dd', {}, t('{n} 户', { n: String(page.households) }))],
      h('dt', {}, t('同类在办')), h('dd', {}, t('本村 {v} 件，全镇 {n} 件', { v: String(page.alike.village), n: String(page.alike.township) })),
      h('dt', {}, t('责任链')), h('dd', {}, page.chain.map(({ name }) => name).join(' › ') || '—'));
  }

  /** Who sent it is opened for a reason; that somebody does not wish to be named is said before. @param {Page} page */
  sender(page) {
    if (this.senders) return this.senders;
    const quiet = page.reports.some((report) => report.wants_no_name) && h('span', { class: 'tag' }, t('不愿透露姓名'));
    if (!page.may_reveal) return [quiet, h('small', {}, t('只有综治中心能查看'))];
    return [quiet, h('button', { type: 'button', class: 'link', 'data-key': 'senders', onclick: (event) => {
      this.senders = new ReportSenders(page.county, page.id, page.reports);
      /** @type {HTMLElement} */ (event.currentTarget).replaceWith(this.senders);
      this.senders.querySelector('input')?.focus();
    } }, t('查看上报人'))];
  }
}

/** @param {import('../desk.js').CaseField} field */
function fieldText({ type, value, choices }) {
  if (type === 'choice') return pick(choices.find(({ id }) => id === value) ?? { zh: '', en: '' });
  return typeof value === 'number' ? number(value) : String(value);
}

/** Why a step is offered first. */
const WHY = Object.freeze({
  accept: '签收后上级知道有人在管',
  verify: '到现场或打电话核实情况',
  begin: '开始办理，计时照走',
  dispatch: '交给离得最近、管这一片的人',
  resolve: '写明结果，居民会收到并评价',
  file: '结果和评价都齐了',
  call_back: '问问居民满不满意',
  resume: '等的事已经有了，接着计时',
});

customElements.define('case-page', CasePageElement);
