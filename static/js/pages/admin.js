/** Pages of administration and of the own account: forms work without a script; this makes them kinder. */

import * as api from '../api.js';
import { h, redraw } from '../dom.js';
import '../elements/area-picker.js';
import { t, useLanguage } from '../i18n.js';
import { followSystem, toggleTheme } from '../theme.js';

const COPIED_MS = 2000;

/** What cannot be taken back asks once. */
function askBefore() {
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const words = form.dataset.ask;
    // the second press of the button goes through
    if (!words || form.dataset.asked) return;
    event.preventDefault();
    form.dataset.asked = 'yes';
    const button = /** @type {HTMLElement} */ (form.querySelector('button'));
    button.textContent = t('确定{what}', { what: button.textContent ?? '' });
    button.classList.add('late');
    button.title = words;
    form.append(h('small', { role: 'alert', class: 'late' }, ` ${words}`));
  });
}

/** Secrets are copied with one press. */
function copyButtons() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-copy]'))) {
    const words = button.textContent ?? '';
    button.onclick = async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy ?? '')?.textContent ?? '');
      button.textContent = t('已复制');
      setTimeout(() => { button.textContent = words; }, COPIED_MS);
    };
  }
}

/** Everything, or one area: a tick empties the field and the other way round. */
function everythingOrArea() {
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[name=everything]'))) {
    const field = /** @type {HTMLInputElement} */ (box.closest('.field')?.querySelector('[name=path]'));
    const follow = () => {
      field.disabled = box.checked;
      if (box.checked) field.value = '';
    };
    box.onchange = follow;
    follow();
  }
}

/** Centers or departments to act for, as role and area ask for them. */
function bodiesOfForm() {
  const form = /** @type {HTMLFormElement|null} */ (document.querySelector('form[action$="/appoint"]'));
  if (!form) return;
  const role = /** @type {HTMLSelectElement} */ (form.elements.namedItem('role'));
  const body = /** @type {HTMLSelectElement} */ (form.elements.namedItem('body'));
  const path = /** @type {HTMLInputElement} */ (form.elements.namedItem('path'));
  const label = /** @type {HTMLElement} */ (body.closest('label'));
  let asked = 0;
  async function follow() {
    const turn = asked += 1;
    const kind = role.selectedOptions[0]?.dataset.body ?? '';
    label.hidden = !kind;
    body.required = Boolean(kind);
    if (!kind) return redraw(body);
    const within = path.value.trim();
    if (within && !within.endsWith('/')) return undefined;
    /** @type {{bodies: {id: string, name: string}[]}} */
    const { bodies } = await api.ask(api.withParams('/api/admin/bodies', { kind, within }));
    // a later question has been asked meanwhile
    if (turn !== asked) return undefined;
    redraw(body, h('option', { value: '' }, bodies.length ? t('请选') : t('这个区域没有')), bodies.map((one) => h('option', { value: one.id, selected: one.id === body.dataset.chosen }, one.name)));
    return undefined;
  }
  body.onchange = () => { body.dataset.chosen = body.value; };
  role.onchange = follow;
  form.addEventListener('area-chosen', follow);
  form.addEventListener('change', (event) => { if (/** @type {HTMLElement} */ (event.target).getAttribute('name') === 'everything') follow(); });
  follow();
}

async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const theme = document.querySelector('#theme');
  theme?.addEventListener('click', () => toggleTheme(() => {}));
  followSystem(() => {});
  askBefore();
  copyButtons();
  everythingOrArea();
  bodiesOfForm();
  Object.assign(globalThis, { gridmap: { ready: true } });
}

start();
