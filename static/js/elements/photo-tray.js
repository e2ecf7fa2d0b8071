/** Photos and documents of a report: kept on the phone until each one's receipt is there. */

import { announce, h, redraw } from '../dom.js';
import * as draft from '../draft.js';
import { t } from '../i18n.js';
import { uuid7 } from '../ids.js';

/** @typedef {import('../draft.js').Photo} Photo */

export class PhotoTray extends HTMLElement {
  /** @type {Map<string, string>} addresses of what is shown */
  shown = new Map();

  /** @param {Photo[]} photos @param {Map<string, string>} troubles why one did not arrive @param {boolean} sent whether the report itself has arrived @param {Map<string, string>} sending how far one has come */
  async update(photos, troubles = new Map(), sent = false, sending = new Map()) {
    await Promise.all(photos.map((one) => this.load(one)));
    this.hidden = photos.length === 0;
    redraw(this, h('ul', { class: 'photos' }, photos.map((one) => h('li', { class: one.done ? 'done' : troubles.has(one.id) ? 'late' : '' },
      this.shown.has(one.id) ? h('img', { src: this.shown.get(one.id), alt: one.name, onerror: (/** @type {Event} */ event) => { /** @type {HTMLElement} */ (event.target).hidden = true; } }) : null,
      h('span', { class: 'name' }, one.name),
      sent ? h('span', { class: 'state' }, one.done ? t('已收到') : troubles.get(one.id) ?? sending.get(one.id) ?? t('正在传')) : h('button', {
        type: 'button', class: 'drop', 'aria-label': t('去掉 {name}', { name: one.name }), onclick: () => announce(this, 'drop-photo', one.id),
      }, '×')))));
  }

  /** @param {Photo} one */
  async load({ id }) {
    if (this.shown.has(id)) return;
    const blob = await draft.photo(id);
    if (blob?.type.startsWith('image/')) this.shown.set(id, URL.createObjectURL(blob));
  }
}

/**
 * Keeps chosen files on the phone.
 * @param {FileList|null} files @param {number} most @param {number} mostMb
 * @returns {Promise<{photos: Photo[], trouble: string}>}
 */
export async function takeFiles(files, most, mostMb) {
  const all = [...files ?? []];
  const fitting = all.filter((file) => file.size <= mostMb * 1e6);
  const taken = fitting.slice(0, Math.max(0, most));
  const photos = taken.map((file) => ({ id: uuid7(), name: file.name, done: false }));
  await Promise.all(photos.map(({ id }, i) => draft.keepPhoto(id, taken[i])));
  if (fitting.length < all.length) return { photos, trouble: t('有文件超过 {most} MB，没有加进来', { most: mostMb }) };
  if (taken.length < fitting.length) return { photos, trouble: t('文件太多，只加了前 {n} 个', { n: taken.length }) };
  return { photos, trouble: '' };
}

customElements.define('photo-tray', PhotoTray);
