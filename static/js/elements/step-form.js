/** What a step needs, asked in one small form; nothing typed is lost when the session ends. */

import { announce, h } from '../dom.js';
import { distance } from '../format.js';
import { lang, pick, t } from '../i18n.js';

/** @typedef {import('../desk.js').Step} Step */
/** @typedef {import('../desk.js').Candidates} Candidates */
/** @typedef {import('../desk.js').LifeWords} LifeWords */

const LABELS = Object.freeze({ words: '说明', outcome: '结果', pause: '暂停的原因', category: '新类别', into: '并入哪一件', rating: '评价', not_ours_with: '归谁管' });

/** @param {string} key */
const draftKey = (key) => `gridmap.draft.${key}`;

/**
 * The form of a step. It announces `take-step` with what was filled in, or `drop-step`.
 * @param {{step: Step, key: string, candidates: Candidates|null, words: LifeWords, others: {id: string, number: string, title: string}[], asked: import('../desk.js').CaseField[]}} given `key`: under which the draft is kept, `asked`: what the case's family asks
 * @returns {HTMLFormElement}
 */
export function stepForm({ step, key, candidates, words, others, asked }) {
  const kept = JSON.parse(sessionStorage.getItem(draftKey(key)) ?? '{}');
  const needs = step.id === 'accept' || step.id === 'begin' || step.id === 'file' || step.id === 'resume' ? [] : step.needs.length ? step.needs : ['words'];
  const fields = [...needs.filter((need) => need !== 'words'), ...(step.id === 'dispatch' || step.id === 'whistle' ? ['words'] : []), ...needs.filter((need) => need === 'words')];
  /** @type {HTMLFormElement} */
  const form = h('form', { class: 'step-form', 'aria-label': pick(step), oninput: () => sessionStorage.setItem(draftKey(key), JSON.stringify(plain(form))), onsubmit: (event) => {
    event.preventDefault();
    announce(form, 'take-step', { step: step.id, ...typed(form) });
  } },
  fields.map((need) => field(need, { candidates, words, others, required: step.needs.includes(need), kept })),
  (step.id === 'verify' || step.id === 'note') && questions(asked),
  step.id === 'call_back' && h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'reopen' }), t('没解决，重新办理')),
  h('footer', {}, h('button', { type: 'submit', class: 'button jade' }, pick(step)), h('button', { type: 'button', class: 'button', onclick: () => announce(form, 'drop-step') }, t('先不办'))));
  return form;
}

/** Forgets what was typed: it is done. @param {string} key */
export const forgetDraft = (key) => sessionStorage.removeItem(draftKey(key));

/** @param {HTMLFormElement} form @returns {Record<string, string>} */
const plain = (form) => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));

/** @param {HTMLFormElement} form @returns {Record<string, unknown>} */
function typed(form) {
  /** @type {Record<string, unknown>} */
  const given = plain(form);
  const data = new FormData(form);
  if (given.holder) {
    const [kind, id] = String(given.holder).split(':');
    given.holder = { kind, id };
  }
  if (data.has('departments')) given.departments = data.getAll('departments').map(String);
  for (const name of ['category', 'rating', 'arrive_within_min']) if (given[name]) given[name] = Number(given[name]);
  if (given.satisfied) given.satisfied = given.satisfied === 'yes';
  given.reopen = data.has('reopen');
  given.fields = Object.fromEntries([...data].filter(([name, value]) => name.startsWith(FIELD) && value !== '').map(([name, value]) => {
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    return [name.slice(FIELD.length), input.type === 'number' ? Number(value) : value];
  }));
  for (const name of Object.keys(given)) if (name.startsWith(FIELD)) delete given[name];
  if (!given.not_ours_with) delete given.not_ours_with;
  return given;
}

/** Names of inputs that answer a question of the family begin so. */
const FIELD = 'field.';

/** @param {import('../desk.js').CaseField[]} asked */
const questions = (asked) => h('fieldset', {}, asked.map(({ id, type, choices, value, ...title }) => h('label', {}, h('span', {}, pick(title)),
  type === 'choice'
    ? h('select', { name: FIELD + id }, h('option', { value: '' }, '—'), choices.map((one) => h('option', { value: one.id, selected: one.id === value }, pick(one))))
    : h('input', { name: FIELD + id, type, value: value ?? '', min: type === 'number' ? 0 : null, maxlength: type === 'text' ? 200 : null }))));

/** A department that can be called: whether it is its jurisdiction, how far its desk is, whom to call. @param {import('../desk.js').Called} one */
function called({ id, name, has_jurisdiction: ours, meters, center, call }) {
  const where = [ours && t('管这里'), typeof meters === 'number' && `${center ?? ''} ${distance(meters, lang())}`.trim()].filter(Boolean).join(' · ');
  return h('div', {}, h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'departments', value: id }), h('span', {}, name)),
    h('small', {}, where), h('small', {}, call?.name ? `${t('值班')} ${call.name} ` : '', call?.phone && h('a', { class: 'link num', href: `tel:${call.phone}` }, call.phone)));
}

/**
 * @param {string} need
 * @param {{candidates: Candidates|null, words: LifeWords, others: {id: string, number: string, title: string}[], required: boolean, kept: Record<string, string>}} given
 */
function field(need, { candidates, words, others, required, kept }) {
  const label = (/** @type {string} */ text, /** @type {import('../dom.js').Child[]} */ ...inside) => h('label', {}, h('span', {}, t(text)), ...inside);
  const option = (/** @type {string} */ value, /** @type {string} */ text, /** @type {string} */ name) => h('option', { value, selected: kept[name] === value }, text);
  switch (need) {
    case 'holder':
      return label('派给谁', h('select', { name: 'holder', required: true },
        h('optgroup', { label: t('网格员') }, (candidates?.duty ?? []).map((one) => option(`duty:${one.id}`, `${one.name}\u3000${one.place}`, 'holder'))),
        h('optgroup', { label: t('综治中心') }, (candidates?.center ?? []).map((one) => option(`center:${one.id}`, one.name, 'holder'))),
        h('optgroup', { label: t('部门') }, (candidates?.department ?? []).map((one) => option(`department:${one.id}`, one.name, 'holder')))));
    case 'departments':
      return h('fieldset', { class: 'called' }, h('legend', {}, t('叫哪些部门（管这里的在前，再由近到远）')), (candidates?.called ?? []).map(called),
        h('label', {}, h('span', {}, t('几分钟内到场')), h('input', { type: 'number', name: 'arrive_within_min', min: 10, max: 10080, value: kept.arrive_within_min ?? '120' })));
    case 'grid':
      return label('交给哪个网格', h('select', { name: 'grid', required: true }, (candidates?.grid ?? []).map((one) => option(one.code, one.name, 'grid'))));
    case 'outcome':
      return [label(LABELS.outcome, h('select', { name: 'outcome', required: true }, Object.entries(words.outcomes).filter(([id]) => id !== 'duplicate').map(([id, text]) => option(id, pick(text), 'outcome')))),
        label(LABELS.not_ours_with, h('input', { name: 'not_ours_with', value: kept.not_ours_with ?? '', placeholder: t('不属我方时填写') }))];
    case 'pause':
      return label(LABELS.pause, h('select', { name: 'pause', required: true }, Object.entries(words.pauses).map(([id, text]) => option(id, pick(text), 'pause'))));
    case 'category':
      return label(LABELS.category, h('select', { name: 'category', required: true }, words.categories.map((one) => option(String(one.number), pick(one), 'category'))));
    case 'into':
      return label(LABELS.into, h('select', { name: 'into', required: true }, others.map((one) => option(one.id, `${one.number}\u3000${one.title}`, 'into'))));
    case 'satisfied':
      return h('fieldset', { class: 'yes-no' }, h('legend', {}, t('当事人是否满意')), [['yes', '满意'], ['no', '不满意']].map(([value, text]) => h('label', { class: 'check' }, h('input', { type: 'radio', name: 'satisfied', value, required: true, checked: kept.satisfied === value }), t(text))));
    default:
      return label(LABELS.words, h('textarea', { name: 'words', rows: 3, required, maxlength: 4000 }, kept.words ?? ''));
  }
}
