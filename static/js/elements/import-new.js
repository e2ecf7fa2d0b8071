/** A new import: what kind of rows, and a file, picked or dropped. */

import { announce, h, headingWords } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { NEEDS } from '../imports.js';

/** @typedef {import('../api.js').Imports} Imports */

const ENDINGS = '.gpkg,.geojson,.json,.kml,.zip,.fgb,.csv,.tsv,.txt,.xlsx';

export class ImportNew extends HTMLElement {
  note = h('p', { role: 'status' });
  input = h('input', { type: 'file', id: 'import-file', accept: ENDINGS, class: 'unseen', onchange: () => this.take(this.input.files) });
  drop = h('div', { class: 'drop' });
  kind = '';
  most = Infinity;

  /** @param {Imports} all */
  begin({ kinds, limits }) {
    if (this.childElementCount) return;
    this.most = limits.upload_bytes;
    const first = kinds[0]?.id ?? '';
    this.kind = first;
    const choose = (/** @type {string} */ id) => () => { this.kind = id; };
    this.drop.append(
      h('p', {}, t('把文件拖到这里，或者')),
      h('label', { for: 'import-file', class: 'button primary' }, t('选择文件')), this.input,
      h('p', { class: 'quiet' }, t('GeoPackage、GeoJSON、KML、压缩的 Shapefile、FlatGeobuf、CSV、XLSX')),
      h('p', { class: 'quiet' }, t('最多 {n} MB；更大的文件用命令 gridmap import', { n: number(this.most / 1e6) })));
    this.listen();
    this.append(
      h('header', {}, h('h2', {}, headingWords('新的导入'))),
      h('fieldset', { class: 'kinds' }, h('legend', {}, t('文件里是什么')),
        kinds.map((each) => h('label', { class: 'check' },
          h('input', { type: 'radio', name: 'import-kind', value: each.id, checked: each.id === first, onchange: choose(each.id) }),
          h('b', {}, t(each.title)), h('span', { class: 'quiet' }, t(NEEDS[/** @type {keyof typeof NEEDS} */ (each.id)] ?? ''))))),
      this.drop, this.note,
      h('p', { class: 'foot quiet' }, t('先读出来看，再由你定；你确认之前什么也不会改。')));
  }

  listen() {
    const over = (/** @type {boolean} */ on) => (/** @type {Event} */ event) => {
      event.preventDefault();
      this.drop.classList.toggle('over', on);
    };
    this.drop.addEventListener('dragover', over(true));
    this.drop.addEventListener('dragleave', over(false));
    this.drop.addEventListener('drop', (event) => {
      over(false)(event);
      this.take(event.dataTransfer?.files ?? null);
    });
  }

  /** @param {FileList|null} files */
  take(files) {
    const file = files?.[0];
    if (!file) return;
    if (file.size > this.most) this.tell(t('文件太大，网页最多收 {most} MB；更大的文件请用 gridmap import 命令导入。', { most: number(this.most / 1e6) }), 'late');
    else announce(this, 'file-chosen', { kind: this.kind, file });
    this.input.value = '';
  }

  /** @param {string} words @param {'quiet'|'late'} look */
  tell(words, look) {
    this.note.textContent = words;
    this.note.className = look;
    this.drop.classList.toggle('busy', look === 'quiet' && words !== '');
  }
}

customElements.define('import-new', ImportNew);
