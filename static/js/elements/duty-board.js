/** What the boards of daily duties share: asking again, saying what was done and what went wrong, fields of forms. */

import { ApiError } from '../api.js';
import { h } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../dom.js').Child} Child */

export class DutyBoard extends HTMLElement {
  trouble = '';
  said = '';
  /** The form in hand, kept whole while the board is drawn anew. @type {HTMLElement|null} */
  form = null;
  /** Of what the form is: the key of its row, or of the board's own. */
  formOf = '';

  /** Asks the server; draws. */
  async refresh() {
    try {
      await this.load();
    } catch (error) {
      this.trouble = sentence(error);
    }
    this.draw();
  }

  /** @returns {Promise<void>} */
  async load() {}

  draw() {}

  /** Does something, says that it is done or why not, and asks again. @param {() => Promise<string>} work its answer is said */
  async act(work) {
    this.trouble = '';
    this.said = '';
    try {
      this.said = await work();
      this.drop();
      await this.refresh();
    } catch (error) {
      this.trouble = sentence(error);
      this.draw();
    }
  }

  /** Opens a form; the one that was open is closed. @param {string} of @param {HTMLElement} form */
  open(of, form) {
    [this.formOf, this.form, this.trouble, this.said] = [of, form, '', ''];
    this.draw();
    /** @type {HTMLElement|null} */ (form.querySelector('select, textarea, input'))?.focus();
  }

  drop() {
    [this.formOf, this.form] = ['', null];
  }

  /** @returns {Child} */
  notes() {
    return [this.said && h('p', { class: 'said', role: 'status' }, this.said), this.trouble && h('p', { class: 'said late', role: 'alert' }, this.trouble)];
  }

  /**
   * A form that sends its fields as text.
   * @param {string} submit @param {(given: Record<string, string>) => Promise<string>} work @param {...Child} fields
   * @returns {HTMLFormElement}
   */
  asking(submit, work, ...fields) {
    /** @type {HTMLFormElement} */
    const form = h('form', { class: 'sheet', onsubmit: (event) => {
      event.preventDefault();
      const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
      void this.act(() => work(given));
    } }, fields, h('footer', {}, h('button', { type: 'submit', class: 'button primary' }, submit),
      h('button', { type: 'button', class: 'button', onclick: () => { this.drop(); this.draw(); } }, t('取消'))));
    return form;
  }

  /** A button that asks once more before it acts. @param {string} key @param {string} words @param {string} sure @param {() => Promise<string>} work @param {string} [kind] @returns {HTMLElement} */
  twice(key, words, sure, work, kind = 'link') {
    const button = h('button', { type: 'button', class: kind, 'data-key': key, onclick: () => {
      if (button.dataset.sure) void this.act(work);
      else {
        button.dataset.sure = 'yes';
        button.textContent = sure;
        button.classList.add('late');
      }
    } }, words);
    button.addEventListener('blur', () => {
      delete button.dataset.sure;
      button.textContent = words;
      button.classList.remove('late');
    });
    return button;
  }
}

/** @param {string} words @param {Child} input @param {string} [kind] */
export const field = (words, input, kind = '') => h('label', { class: kind || null }, h('span', {}, words), input);

/** @param {unknown} error */
function sentence(error) {
  if (error instanceof ApiError && error.status === 401) return t('登录已结束；请重新登录，写了一半的还在。');
  // what a form itself found missing is a sentence, too
  if (!(error instanceof ApiError) || error.status) return /** @type {Error} */ (error).message;
  return t('连不上服务器，稍后会再试。');
}
