/** The page of imports: wiring only. Elements announce what a person wants, the server is asked, the page follows. */

import * as api from '../api.js';
import { redraw, h } from '../dom.js';
import '../elements/import-list.js';
import '../elements/import-new.js';
import '../elements/import-options.js';
import '../elements/import-report.js';
import '../elements/scale-bar.js';
import { lang, t, useLanguage } from '../i18n.js';
import { isWorking } from '../imports.js';
import { makeImportsMap } from '../panels/imports-map.js';
import { moveMs } from '../map.js';
import { followSystem, toggleTheme } from '../theme.js';

const POLL_MS = 1500;
const SHOW_WAIT_MS = 300;

/** @param {string} name @returns {any} */
const element = (name) => document.querySelector(name);

const parts = { list: element('import-list'), fresh: element('import-new'), options: element('import-options'), report: element('import-report') };

/** The part of the middle column that is shown. @param {'fresh'|'options'|'report'} name */
function turnTo(name) {
  for (const each of /** @type {const} */ (['fresh', 'options', 'report'])) parts[each].hidden = each !== name;
}

/** A line runs on top while the server is asked for longer than a moment. */
function watchLoading() {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  api.watchPending((count) => {
    clearTimeout(timer);
    if (count) timer = setTimeout(() => { element('#loading').hidden = false; }, SHOW_WAIT_MS);
    else element('#loading').hidden = true;
  });
}

/** @param {Awaited<ReturnType<typeof makeImportsMap>>} ground @param {() => void} recolored */
function frame(ground, recolored) {
  const { map } = ground;
  const scale = () => element('scale-bar').update(map.getCenter().lat, map.getZoom());
  map.on('move', scale);
  scale();
  element('#zoom-in').onclick = () => map.zoomIn({ duration: moveMs() });
  element('#zoom-out').onclick = () => map.zoomOut({ duration: moveMs() });
  element('#zoom-whole').onclick = () => ground.fit();
  element('#theme').onclick = () => toggleTheme(recolored);
  followSystem(recolored);
}

/** @param {api.Catalog} catalog @param {Awaited<ReturnType<typeof makeImportsMap>>} ground */
function makeDesk(catalog, ground) {
  /** @type {api.Imports|null} */
  let all = null;
  /** @type {api.Import|null} */
  let one = null;
  let chosen = new URLSearchParams(location.search).get('import') ?? '';
  let changing = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  const title = () => t(all?.kinds.find((each) => each.id === one?.kind)?.title ?? '');

  function address() {
    const query = new URLSearchParams(chosen ? { import: chosen } : {});
    history.replaceState(null, '', chosen ? `?${query}` : location.pathname);
    for (const code of ['zh', 'en']) {
      query.set('lang', code);
      element(`#lang-${code}`).href = `?${query}`;
    }
  }

  /** Draws the middle column. @param {string} [trouble] */
  function draw(trouble = '') {
    if (!all) return;
    parts.list.update(all, chosen, catalog.zone);
    if (!one) {
      parts.fresh.begin(all);
      turnTo('fresh');
    } else if (one.state === 'uploaded' || one.state === 'failed' || changing) {
      if (parts.options.hidden || parts.options.one?.id !== one.id || parts.options.one?.state !== one.state) parts.options.begin(one, all);
      if (trouble) parts.options.tell(trouble, 'late');
      turnTo('options');
    } else {
      parts.report.update(one, title(), trouble);
      turnTo('report');
    }
  }

  /** Fetches the chosen import and what it would put on the map. */
  async function fetchOne() {
    const before = one;
    one = chosen ? await api.importOf(chosen) : null;
    if (before?.id !== one?.id || before?.state !== one?.state) {
      changing = false;
      const preview = one?.state === 'staged' ? await api.importPreview(one.id) : null;
      ground.show(one, preview);
    }
  }

  async function refresh() {
    clearTimeout(timer);
    all = await api.imports();
    await fetchOne();
    draw();
    address();
    if (all.imports.some(isWorking)) timer = setTimeout(poll, POLL_MS);
  }

  /** Asks how far things are; a failure is tried again at the next beat. */
  async function poll() {
    try {
      await refresh();
    } catch {
      timer = setTimeout(poll, POLL_MS);
    }
  }

  /** @param {string} id '' for a new import */
  async function open(id) {
    chosen = id;
    changing = false;
    try {
      await refresh();
    } catch (error) {
      chosen = '';
      one = null;
      draw();
      address();
      if (all) parts.fresh.tell(/** @type {Error} */ (error).message, 'late');
      else throw error;
    }
  }

  /** @param {'stage'|'load'|'throw-away'|'take-back'} step @param {Record<string, unknown>} [body] */
  async function go(step, body) {
    try {
      await api.importStep(chosen, step, body);
      await refresh();
    } catch (error) {
      draw(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} name @param {(detail: any) => void} work */
  const on = (name, work) => document.addEventListener(name, (event) => work(/** @type {CustomEvent} */ (event).detail));

  on('new-import', () => open(''));
  on('open-import', open);
  on('file-chosen', async ({ kind, file }) => {
    parts.fresh.tell(t('正在上传 {file}', { file: file.name }), 'quiet');
    try {
      const { id } = await api.upload(kind, file);
      parts.fresh.tell('', 'quiet');
      await open(id);
    } catch (error) {
      parts.fresh.tell(/** @type {Error} */ (error).message, 'late');
    }
  });
  on('read-import', (options) => go('stage', options));
  on('load-import', (accepted) => go('load', accepted));
  on('drop-import', () => go('throw-away'));
  on('take-back-import', () => go('take-back'));
  on('change-import', () => {
    changing = true;
    draw();
  });
  on('show-problem', (index) => {
    const problem = one?.problems?.[index];
    if (problem) ground.goTo(problem);
  });
  return { open: () => open(chosen) };
}

async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  watchLoading();
  const catalog = await api.catalog();
  const ground = await makeImportsMap(element('#map'), catalog, (index) => {
    const row = /** @type {HTMLElement|null} */ (document.querySelector(`[data-key="problem-${index}"]`));
    row?.focus();
    row?.click();
  });
  frame(ground, ground.recolor);
  element('#sources').textContent = [catalog.attribution, catalog.approval_number && t('审图号 {number}', { number: catalog.approval_number })].filter(Boolean).join('\u3000');
  await makeDesk(catalog, ground).open();
  Object.assign(globalThis, { gridmap: { map: ground.map, ready: true, lang: lang() } });
}

start().catch((error) => {
  redraw(parts.list, h('p', { class: 'trouble block', role: 'alert' }, error.message,
    h('button', { type: 'button', class: 'link', onclick: () => location.reload() }, t('再试'))));
});
