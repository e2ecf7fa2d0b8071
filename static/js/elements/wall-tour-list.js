/** The views of a tour: named, each with its seconds, put in order by dragging or by the arrow keys. */

import { h, icon } from '../dom.js';
import { t } from '../i18n.js';
import { SECONDS, secondsOf } from '../wall/tour-walk.js';

/** @typedef {import('../wall/tour-walk.js').View} View */
/** @typedef {{views: () => View[], add: () => void, move: (from: number, to: number) => void, remove: (i: number) => void, edit: (i: number, part: Partial<View>) => void, start: () => void}} Leads */

export class WallTourList extends HTMLElement {
  dialog = h('dialog', { class: 'w-dialog w-tour' });
  /** @type {Leads|null} */
  leads = null;

  connectedCallback() {
    this.append(this.dialog);
  }

  /** @param {Leads} leads */
  lead(leads) {
    this.leads = leads;
  }

  open() {
    this.render();
    if (!this.dialog.open) this.dialog.showModal();
  }

  render() {
    const { views, add, start } = /** @type {Leads} */ (this.leads);
    const rows = views().map((view, i) => this.row(view, i));
    const then = (/** @type {() => void} */ act) => () => { act(); this.render(); };
    this.dialog.replaceChildren(h('h2', {}, t('巡览')),
      h('p', {}, t('大屏依次走过这些画面。拖动左边的把手排序，或用上下键；有人操作就停，新的红色预警会打断。保存在这个浏览器里。')),
      rows.length ? h('ol', { class: 'views' }, rows) : h('p', { class: 'none' }, t('还没有画面：先在大屏上调好要看的，再加进来。')),
      h('p', { class: 'buttons' },
        h('button', { type: 'button', class: 'add', onclick: then(add) }, t('加上现在的画面')),
        h('button', { type: 'button', class: 'go', disabled: !rows.length, onclick: () => { this.dialog.close(); start(); } }, t('开始巡览')),
        h('button', { type: 'button', onclick: () => this.dialog.close() }, t('关闭'))));
  }

  /** @param {View} view @param {number} i */
  row(view, i) {
    const { remove, edit } = /** @type {Leads} */ (this.leads);
    const handle = h('button', { type: 'button', class: 'handle', 'aria-label': t('移动“{name}”：拖动，或按上下键', { name: view.name }) }, '⠿');
    handle.addEventListener('keydown', (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.put(i, i + by, true);
    });
    handle.addEventListener('pointerdown', (event) => this.drag(event, handle));
    return h('li', {}, handle,
      h('input', { value: view.name, maxlength: 40, 'aria-label': t('名称'), onchange: (event) => edit(i, { name: /** @type {HTMLInputElement} */ (event.target).value || view.name }) }),
      h('input', { type: 'number', min: SECONDS.least, max: SECONDS.most, value: view.seconds, 'aria-label': t('停留秒数'), onchange: (event) => { edit(i, { seconds: secondsOf(/** @type {HTMLInputElement} */ (event.target).value) }); this.render(); } }),
      h('span', {}, t('秒')),
      h('button', { type: 'button', class: 'remove', 'aria-label': t('删掉“{name}”', { name: view.name }), onclick: () => { remove(i); this.render(); } }, icon('close')));
  }

  /** @param {number} from @param {number} to @param {boolean} focus whether the handle keeps the focus at its new place */
  put(from, to, focus = false) {
    const { views, move } = /** @type {Leads} */ (this.leads);
    const place = Math.max(0, Math.min(views().length - 1, to));
    if (place !== from) move(from, place);
    this.render();
    if (focus) /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('.handle'))[place].focus();
  }

  /** A row follows the pointer among the others, and stays where it is let go. @param {PointerEvent} event @param {HTMLElement} handle */
  drag(event, handle) {
    event.preventDefault();
    const row = /** @type {HTMLElement} */ (handle.closest('li'));
    const list = /** @type {HTMLElement} */ (row.parentElement);
    const from = [...list.children].indexOf(row);
    // heard on the document: a row that changes its place lets go of the pointer
    const over = new AbortController();
    const { signal } = over;
    row.classList.add('dragged');
    const follow = (/** @type {PointerEvent} */ { clientY }) => {
      const below = [...list.children].filter((each) => each !== row).find((each) => {
        const { top, height } = each.getBoundingClientRect();
        return clientY < top + height / 2;
      });
      if (row.nextElementSibling !== (below ?? null)) list.insertBefore(row, below ?? null);
    };
    const end = () => {
      over.abort();
      this.put(from, [...list.children].indexOf(row));
    };
    document.addEventListener('pointermove', follow, { signal });
    document.addEventListener('pointerup', end, { signal });
    document.addEventListener('pointercancel', end, { signal });
  }
}

customElements.define('wall-tour-list', WallTourList);
