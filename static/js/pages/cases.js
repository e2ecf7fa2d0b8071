/** The desk: list, map and page share one choice; every step asks the server and shows what it says. */

import * as api from '../api.js';
import { useLifeWords } from '../case-words.js';
import * as desk from '../desk.js';
import '../elements/case-page.js';
import '../elements/case-queue.js';
import '../elements/live-mark.js';
import '../elements/scale-bar.js';
import { forgetDraft, stepForm } from '../elements/step-form.js';
import { number } from '../format.js';
import { t, useLanguage } from '../i18n.js';
import { keepFresh } from '../keep-fresh.js';
import { makeCasesMap } from '../panels/cases-map.js';
import { followSystem, toggleTheme } from '../theme.js';

/** @typedef {import('../desk.js').CasePage} Page */
/** @typedef {import('../desk.js').Queue} Queue */

/** @typedef {{queue: string, sort: string, kind: string, page: number, id: string, county: number}} View */
/** @type {View} */
const FRESH = Object.freeze({ queue: 'center', sort: 'due', kind: '', page: 1, id: '', county: 0 });

/** @param {string} query @returns {View} */
function readView(query) {
  const given = new URLSearchParams(query);
  return { ...FRESH, ...Object.fromEntries([...given].filter(([key]) => key in FRESH)), page: Number(given.get('page') ?? 1), county: Number(given.get('county') ?? 0) };
}

/** @param {View} view */
function writeView(view) {
  const changed = Object.entries(view).filter(([key, value]) => value !== FRESH[/** @type {keyof View} */ (key)]);
  const query = new URLSearchParams(changed.map(([key, value]) => [key, String(value)])).toString();
  history.replaceState(null, '', query ? `?${query}` : location.pathname);
}

/** @param {unknown} error */
function sentence(error) {
  if (error instanceof api.ApiError && error.status === 401) return t('登录已结束；请重新登录，写了一半的还在。');
  if (error instanceof api.ApiError && error.status) return error.message;
  return t('连不上服务器，稍后会再试。');
}

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const [catalog, words] = await Promise.all([api.catalog(), desk.lifeWords()]);
  useLifeWords(words);
  const list = /** @type {import('../elements/case-queue.js').CaseQueue} */ (document.querySelector('case-queue'));
  const paper = /** @type {import('../elements/case-page.js').CasePageElement} */ (document.querySelector('case-page'));
  const onMap = /** @type {HTMLElement} */ (document.getElementById('on-map'));
  list.zone = catalog.zone;
  paper.zone = catalog.zone;
  let view = readView(location.search);
  /** @type {Queue|null} */
  let found = null;
  /** @type {Page|null} */
  let page = null;
  /** @type {HTMLElement|null} */
  let form = null;
  let trouble = '';
  let stepTrouble = '';
  let touched = false;
  /** While a step is under way its own answer shows the case anew: what came before it would be overtaken. */
  let taking = false;
  const mark = /** @type {import('../elements/live-mark.js').LiveMark} */ (document.querySelector('live-mark'));
  mark.zone = catalog.zone;
  const map = await makeCasesMap(/** @type {HTMLElement} */ (document.getElementById('map')), catalog, (id) => {
    const row = found?.rows.find((each) => each.id === id);
    if (row) void open(row.county, row.id);
  });
  const scale = /** @type {import('../elements/scale-bar.js').ScaleBar} */ (document.querySelector('scale-bar'));
  const measureScale = () => scale.update(map.map.getCenter().lat, map.map.getZoom());
  map.map.on('move', measureScale);
  measureScale();

  /** @param {boolean} look */
  function show(look = false) {
    list.update(found, view, trouble);
    paper.update(page, words, stepTrouble, form);
    const rows = found?.rows ?? [];
    const placed = map.show(rows, (view.page - 1) * 50 + 1, view.id, look);
    onMap.textContent = rows.length ? t('{n} 件中 {m} 件在图上', { n: number(rows.length), m: number(placed) }) : '';
  }

  /** @param {boolean} look */
  async function refresh(look = false) {
    try {
      found = await desk.queue({ queue: view.queue, sort: view.sort, kind: view.kind, page: view.page });
      trouble = '';
    } catch (error) {
      trouble = sentence(error);
    }
    show(look);
  }

  /** @param {number} county @param {string} id @param {HTMLElement|null} [done] the form that is dropped */
  async function open(county, id, done = form) {
    view = { ...view, county, id };
    writeView(view);
    if (form === done) form = null;
    stepTrouble = '';
    try {
      page = await desk.casePage(county, id);
      map.goTo(page);
      // on a phone the case lies below the list
      if (matchMedia('(max-width: 720px)').matches) requestAnimationFrame(() => paper.scrollIntoView());
    } catch (error) {
      page = null;
      stepTrouble = sentence(error);
    }
    show();
  }

  /** Something happened to the case that is open: it is shown as it is now, what is being typed stays. */
  async function reread() {
    const { county, id } = view;
    const now = id ? await desk.casePage(county, id).catch(() => null) : null;
    if (!now || taking || view.id !== id) return;
    page = now;
    show();
  }

  /** @param {import('../desk.js').Step} step */
  async function chooseStep(step) {
    if (!page) return;
    const { county, id, number: own } = page;
    if (!step.needs.length && step.id !== 'note') {
      await take({ step: step.id }, `${id}.${step.id}`);
      return;
    }
    try {
      const asked = step.needs.some((need) => ['holder', 'departments', 'grid'].includes(need)) ? await desk.candidates(county, id) : null;
      const others = (found?.rows ?? []).filter((row) => row.number !== own && row.kind === page?.kind);
      form = stepForm({ step, key: `${id}.${step.id}`, candidates: asked, words, others, asked: page?.fields ?? [] });
      stepTrouble = '';
    } catch (error) {
      stepTrouble = sentence(error);
    }
    show();
    /** @type {HTMLElement|null} */ (paper.querySelector('.step-form :is(select, textarea, input)'))?.focus();
  }

  /** @param {Record<string, unknown>} body @param {string} key */
  async function take(body, key) {
    if (!page) return;
    const { county, id } = page;
    // whoever is quick has the next step's form open before this one is answered
    const answered = form;
    taking = true;
    try {
      await desk.takeStep(county, id, body);
      forgetDraft(key);
      await open(county, id, answered);
    } catch (error) {
      stepTrouble = sentence(error);
      // Somebody else may have been faster: what is offered now is asked for anew, what was typed stays.
      page = await desk.casePage(county, id).catch(() => page);
      show();
    } finally {
      taking = false;
    }
    await refresh();
  }

  /** @param {number} by */
  function move(by) {
    const rows = found?.rows ?? [];
    const at = rows.findIndex((row) => row.id === view.id);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) void open(next.county, next.id);
  }

  document.addEventListener('choose-view', (event) => {
    view = { ...view, .../** @type {CustomEvent} */ (event).detail };
    writeView(view);
    void refresh(true);
  });
  document.addEventListener('open-case', (event) => void open(/** @type {CustomEvent} */ (event).detail.county, /** @type {CustomEvent} */ (event).detail.id));
  document.addEventListener('choose-step', (event) => void chooseStep(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener('drop-step', () => { form = null; stepTrouble = ''; show(); });
  document.addEventListener('take-step', (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    void (detail.many ? takeChosen(detail) : take(detail, `${page?.id}.${detail.step}`));
  });
  document.addEventListener('choose-case', (event) => {
    const { id, on } = /** @type {CustomEvent} */ (event).detail;
    if (on) list.chosen.add(id); else list.chosen.delete(id);
    show();
  });
  document.addEventListener('choose-none', () => { list.chosen.clear(); show(); });
  document.addEventListener('dispatch-chosen', () => void dispatchChosen());
  document.addEventListener('keydown', (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest('input, textarea, select, .maplibregl-map')) return;
    if (event.key === 'j' || event.key === 'ArrowDown') { event.preventDefault(); move(1); }
    if (event.key === 'k' || event.key === 'ArrowUp') { event.preventDefault(); move(-1); }
  });

  async function dispatchChosen() {
    const [first] = (found?.rows ?? []).filter((row) => list.chosen.has(row.id));
    if (!first) return;
    await open(first.county, first.id);
    await chooseStep({ id: 'dispatch', zh: '一起派办', en: 'Dispatch all', needs: ['holder'] });
    form?.addEventListener('take-step', (event) => { /** @type {CustomEvent} */ (event).detail.many = true; });
  }

  /** @param {Record<string, unknown>} detail */
  async function takeChosen({ many: _many, ...body }) {
    const incidents = (found?.rows ?? []).filter((row) => list.chosen.has(row.id)).map(({ county, id }) => ({ county, id }));
    try {
      const { done, refused } = await desk.takeMany({ ...body, incidents });
      list.chosen.clear();
      form = null;
      if (page) await open(page.county, page.id);
      stepTrouble = refused.length ? t('派了 {done} 件，{n} 件没派成：{why}', { done: number(done), n: number(refused.length), why: refused[0].why }) : '';
    } catch (error) {
      stepTrouble = sentence(error);
    }
    await refresh();
  }

  const recolor = () => map.recolor();
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(recolor));
  followSystem(recolor);
  await refresh(true);
  if (view.id) await open(view.county, view.id);
  else if (found && /** @type {Queue} */ (found).rows.length && matchMedia('(min-width: 1100px)').matches) await open(/** @type {Queue} */ (found).rows[0].county, /** @type {Queue} */ (found).rows[0].id);
  document.documentElement.dataset.ready = 'true';
  keepFresh(async () => {
    const again = touched;
    touched = false;
    await Promise.all([refresh(), again && reread()]);
  }, {
    concerns: ({ subject }) => {
      touched ||= subject === view.id;
      return true;
    },
    onState: (state) => {
      touched ||= state.why === 'reset';
      mark.update(state);
    },
  });
}

void start();
