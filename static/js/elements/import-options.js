/** How a file is to be read: coordinate system with how it fits, columns, and what else its kind wants. */

import * as api from '../api.js';
import { announce, h, headingWords, redraw } from '../dom.js';
import { distance, number, percent } from '../format.js';
import { lang, pick, t } from '../i18n.js';
import { SYSTEMS, fieldName, mapped, offered, systemName } from '../imports.js';

/** @typedef {import('../api.js').Import} Import */
/** @typedef {import('../api.js').Imports} Imports */
/** @typedef {import('../dom.js').Child} Child */

const PLACES = Object.freeze([{ id: 'lon', title: '经度' }, { id: 'lat', title: '纬度' }, { id: 'wkt', title: '几何（WKT）' }]);
const BOUNDARIES = Object.freeze(['regions', 'grids']);

export class ImportOptions extends HTMLElement {
  systems = h('div', { class: 'systems' });
  columns = h('div', { class: 'columns' });
  note = h('p', { role: 'status' });
  other = h('input', { id: 'import-crs', placeholder: 'EPSG:4513', oninput: () => this.choose(this.other.value.trim()) });
  send = h('button', { type: 'submit', class: 'button primary' });
  /** @type {Record<string, string>} */
  mapping = {};
  /** @type {string|null} */
  crs = null;
  /** @type {api.Fit[]|null} */
  fits = null;
  abort = new AbortController();

  /** @param {Import} one @param {Imports} all */
  begin(one, all) {
    this.one = one;
    this.found = one.found;
    this.fields = all.kinds.find((each) => each.id === one.kind)?.fields ?? [];
    this.mapping = { ...(one.mapping ?? one.found.mapping) };
    for (const [field, column] of Object.entries(one.found.mapping)) {
      if (PLACES.some(({ id }) => id === field)) this.mapping[field] ??= column;
    }
    this.crs = one.options.crs ?? null;
    this.fits = null;
    this.send.textContent = t('读文件');
    this.other.value = this.crs && !(this.crs in SYSTEMS) ? this.crs : '';
    this.tell('', 'quiet');
    const kind = t(all.kinds.find((each) => each.id === one.kind)?.title ?? one.kind);
    redraw(this, h('form', { onsubmit: (/** @type {Event} */ event) => this.submit(event) },
      h('header', {}, h('h2', {}, one.file), h('p', { class: 'quiet' }, kind, ' · ', this.facts())),
      one.error && h('p', { class: 'trouble block', role: 'alert' }, one.error),
      h('section', {}, h('h3', {}, headingWords('列对应')), this.columns),
      h('section', { class: 'crs' }, h('h3', {}, headingWords('坐标系')), this.systems),
      h('section', { class: 'more' }, h('h3', {}, headingWords('其他')), this.more(one, all)),
      h('footer', {}, this.send,
        h('button', { type: 'button', class: 'button', onclick: () => announce(this, 'drop-import') }, t('放弃')), this.note)));
    this.drawColumns();
    this.compare();
  }

  facts() {
    const { format, encoding, rows, columns } = /** @type {api.FileFacts} */ (this.found);
    return [format.toUpperCase(), encoding?.toUpperCase(), rows === null ? null : t('{n} 行', { n: number(rows) }), t('{n} 列', { n: columns.length })]
      .filter(Boolean).join(' · ');
  }

  drawColumns() {
    const { columns, format } = /** @type {api.FileFacts} */ (this.found);
    const places = ['csv', 'xlsx'].includes(format) ? PLACES : [];
    const select = (/** @type {string} */ id) => h('select', { id: `column-${id}`, 'data-key': `column-${id}`, onchange: (/** @type {Event} */ event) => this.map(id, /** @type {HTMLSelectElement} */ (event.target).value) },
      h('option', { value: '' }, t('（没有）')),
      columns.map((column) => h('option', { value: column, selected: this.mapping[id] === column }, column)));
    redraw(this.columns, [...offered(this.fields ?? [], this.mapping), ...places].map((/** @type {{id: string, title: string, n?: number|null, required?: boolean}} */ field) => {
      const required = field.required ?? false;
      return h('label', { for: `column-${field.id}`, class: required && !this.mapping[field.id] ? 'wanting' : null },
        h('span', {}, fieldName(field), required && h('i', { title: t('必须有') }, ' *')), select(field.id));
    }));
    this.judge();
  }

  /** @param {string} field @param {string} column */
  map(field, column) {
    this.mapping = mapped(this.mapping, field, column);
    this.drawColumns();
    if (PLACES.some(({ id }) => id === field)) this.compare();
  }

  /** Asks how the candidates fit what is on the map; the file is not touched. */
  async compare() {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    const { id } = /** @type {Import} */ (this.one);
    const places = Object.fromEntries(PLACES.map((place) => [place.id, this.mapping[place.id]]));
    this.drawSystems();
    try {
      const { found, fits } = await api.importReading(id, { ...places, encoding: this.value('encoding'), layer: this.value('layer') }, signal);
      const anew = found.columns.join('\n') !== this.found?.columns.join('\n');
      this.found = found;
      this.fits = fits;
      if (anew) {
        this.mapping = { ...found.mapping };
        this.drawColumns();
      }
      this.drawSystems();
    } catch (error) {
      if (!signal.aborted) this.tell(/** @type {Error} */ (error).message, 'late');
    }
  }

  drawSystems() {
    const { crs, crs_doubtful: doubtful } = /** @type {api.FileFacts} */ (this.found);
    const fits = this.fits ?? [];
    const own = crs && !doubtful ? [null] : [];
    const rest = Object.keys(SYSTEMS).filter((each) => !fits.some((fit) => fit.crs === each));
    if (this.crs === null && !own.length) this.judge();
    const row = (/** @type {string|null} */ value, /** @type {string} */ words, /** @type {Child[]} */ figures) => h('tr', {},
      h('td', {}, h('label', { class: 'check' }, h('input', { type: 'radio', name: 'import-crs', 'data-key': `crs-${value}`, value: value ?? '', checked: this.crs === value && (value !== null || own.length > 0), onchange: () => this.choose(value) }), words)),
      figures.map((each) => h('td', { class: 'num' }, each)));
    const blank = ['', '', ''];
    redraw(this.systems,
      doubtful && h('p', { class: 'quiet' }, t('文件没有可靠地说明坐标系。看哪一个最贴合地图上已有的界线，由你定；不会悄悄移动。')),
      this.fits === null && h('p', { class: 'quiet', role: 'status' }, t('正在与地图比对')),
      this.fits?.length === 0 && doubtful && h('p', { class: 'quiet' }, t('没有可比的：地图上还没有界线，或者文件里没有找到坐标。')),
      h('table', {},
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('坐标系')), ['在已有区域内', '离最近界线', '落在界线上'].map((words) => h('th', { scope: 'col', class: 'num' }, fits.length ? t(words) : '')))),
        h('tbody', {},
          own.map(() => row(null, t('文件自带：{crs}', { crs: systemName(String(crs)) }), blank)),
          fits.map((fit) => row(fit.crs, systemName(fit.crs), [percent(fit.inside), Number.isFinite(fit.offset_m) ? distance(fit.offset_m, lang()) : '—', percent(fit.on_lines)])),
          rest.map((each) => row(each, systemName(each), blank)),
          h('tr', {}, h('td', { colspan: 4 }, h('label', { class: 'check', for: 'import-crs' }, t('其他：'), this.other))))));
  }

  /** @param {string|null} crs */
  choose(crs) {
    this.crs = crs || null;
    if (crs !== this.other.value.trim()) this.other.value = '';
    else for (const radio of this.systems.querySelectorAll('input[type=radio]')) /** @type {HTMLInputElement} */ (radio).checked = false;
    this.judge();
  }

  /** The rest of what the kind wants. @param {Import} one @param {Imports} all */
  more({ kind, options, found }, { levels }) {
    const field = (/** @type {string} */ words, /** @type {HTMLElement} */ control, /** @type {string} */ help = '') => h('label', { for: control.id }, h('span', {}, words, help && h('small', { class: 'quiet' }, help)), control);
    const input = (/** @type {string} */ name, /** @type {import('../dom.js').Props} */ props) => h('input', { id: `option-${name}`, value: options[name] ?? '', ...props });
    const select = (/** @type {string} */ name, /** @type {[string, string][]} */ choices, /** @type {() => void} */ changed = () => this.judge()) => h('select', { id: `option-${name}`, onchange: changed }, choices.map(([value, words]) => h('option', { value, selected: String(options[name] ?? '') === value }, words)));
    const again = () => { this.compare(); };
    return [
      kind === 'regions' && field(t('级别'), select('level', [['', t('选一级')], ...levels.map((each) => /** @type {[string, string]} */ ([String(each.depth), `${each.depth} ${pick(each)}`]))]), t('文件里的区划都是这一级')),
      BOUNDARIES.includes(kind) && field(t('上级区划'), input('parent', { maxlength: 60 }), t('编号；文件里没有上级时用')),
      BOUNDARIES.includes(kind) && field(t('自哪天起'), input('since', { type: 'date', value: options.since?.slice(0, 10) ?? '' }), t('不填：新的自始有效，改动的从今天起')),
      kind === 'grids' && field(t('合缝'), input('snap_m', { type: 'number', min: 0, max: 50, step: 0.1, value: options.snap_m ?? 0 }), t('合上不超过这么多米的细缝，0 为不合')),
      found.layers.length > 1 && field(t('图层'), select('layer', found.layers.map((each) => [each, each]), again)),
      found.encoding && field(t('文字编码'), select('encoding', [['', t('自动：{encoding}', { encoding: found.encoding.toUpperCase() })], ['utf-8', 'UTF-8'], ['gb18030', 'GB 18030']], again)),
    ];
  }

  /** @param {string} name of an option @returns {string} */
  value(name) {
    return /** @type {HTMLInputElement|null} */ (this.querySelector(`#option-${name}`))?.value ?? '';
  }

  /** Says what is still missing, on the button itself. */
  judge() {
    const { crs_doubtful: doubtful } = /** @type {api.FileFacts} */ (this.found);
    const places = ['lon', 'lat', 'wkt'].some((each) => this.mapping[each]);
    const missing = this.fields?.find((each) => each.required && !this.mapping[each.id]);
    let wanting = '';
    if (missing) wanting = t('还缺“{field}”的列', { field: fieldName(missing) });
    else if (!this.crs && (doubtful || places)) wanting = t('还没选坐标系');
    else if (this.one?.kind === 'regions' && !this.value('level')) wanting = t('还没选级别');
    this.send.disabled = wanting !== '';
    this.tell(wanting, 'quiet');
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    const mapping = Object.fromEntries([...(this.fields ?? []), ...PLACES].map(({ id }) => [id, this.mapping[id] ?? '']));
    announce(this, 'read-import', {
      crs: this.crs, mapping, encoding: this.value('encoding'), layer: this.value('layer'), parent: this.value('parent'),
      level: this.value('level') ? Number(this.value('level')) : null, since: this.value('since'), snap_m: Number(this.value('snap_m') || 0),
    });
  }

  /** @param {string} words @param {'quiet'|'late'} look */
  tell(words, look) {
    this.note.textContent = words;
    this.note.className = look;
  }
}

customElements.define('import-options', ImportOptions);
