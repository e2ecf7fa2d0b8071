/** The page to report with: every letter is kept on the phone until the receipt is there. */

import * as draft from '../draft.js';
import '../elements/kind-choice.js';
import '../elements/photo-tray.js';
import { takeFiles } from '../elements/photo-tray.js';
import '../elements/place-choice.js';
import '../elements/report-receipt.js';
import { lang, t, useLanguage } from '../i18n.js';
import { messages } from '../api.js';
import * as server from '../public.js';

const TRY_AGAIN_MS = 15_000;
const RETRIED = [0, 429, 503];

/** @param {string} name @returns {any} */
const element = (name) => document.querySelector(name);
const { workBits, mostMb, mostPhotos } = document.body.dataset;

let kept = draft.loadDraft();
/** @type {import('../api.js').Catalog|null} */
let catalog = null;
/** @type {Map<string, string>} */
const troubles = new Map();
/** How far one has come. @type {Map<string, string>} */
const sending = new Map();
/** @type {ReturnType<typeof setTimeout>|undefined} */
let retry;

/** @param {Partial<draft.Draft>} change */
function keep(change) {
  kept = { ...kept, ...change };
  if (!draft.keepDraft(kept)) say(t('这台手机存不下草稿，请不要关掉这一页。'), 'late');
}

/** @param {string} words @param {string} [look] */
function say(words, look = 'quiet') {
  element('#said').textContent = words;
  element('#said').className = look;
}

function show() {
  const sent = kept.receipt !== null;
  element('#form').hidden = sent;
  element('#sent').hidden = !sent;
  element('kind-choice').update(kept.kind, kept.category, catalog?.categories ?? []);
  element('#form photo-tray').update(sent ? [] : kept.photos);
  element('#photo-count').textContent = kept.photos.length ? String(kept.photos.length) : '';
  if (kept.receipt) {
    element('report-receipt').update(kept.receipt, kept.changed);
    element('#sent photo-tray').update(kept.photos, troubles, true, sending);
  }
}

/** What is missing before it can be sent: its words, and where to look. @returns {[string, string]|null} */
function missing() {
  if (!kept.kind) return [t('请先选是有矛盾、有危险，还是要办事。'), 'kind-choice button'];
  if (kept.words.trim().length < 2 && !kept.photos.length) return [t('请说一句是什么事，或者附一张照片。'), '#words'];
  return null;
}

function body() {
  const { id, secret, kind, category, words, place, quiet, phone, photos } = kept;
  const spot = place && !place.grid ? { lon: place.lon, lat: place.lat, accuracy_m: place.accuracy_m } : {};
  return {
    id, secret, kind, category: category ?? undefined, words: words.trim(), ...spot, grid: place?.grid ?? undefined,
    wants_no_name: quiet, phone: phone.trim() || undefined, photos: photos.map(({ id: photo, name }) => ({ id: photo, name })),
  };
}

async function send() {
  clearTimeout(retry);
  const wrong = missing();
  if (wrong) {
    say(wrong[0], 'late');
    element(wrong[1]).focus();
    return;
  }
  element('#send').disabled = true;
  say(t('正在送'));
  try {
    const work = await server.proof(kept.id, Number(workBits));
    keep({ receipt: await server.send({ ...body(), work }) });
  } catch (error) {
    settle(/** @type {import('../api.js').ApiError} */ (error));
  } finally {
    element('#send').disabled = false;
  }
  if (kept.receipt) arrived();
}

/** What did not arrive stays; what had arrived before gets its receipt. @param {import('../api.js').ApiError} error */
function settle(error) {
  if (error.status === 409 && error.body?.receipt) {
    keep({ receipt: error.body.receipt, changed: true });
    return;
  }
  if (RETRIED.includes(error.status)) {
    const why = error.status === 0 ? t('现在没有网') : error.message;
    say(t('没有送到：{why}。写的都留在手机里，会自动再送。', { why }), 'late');
    retry = setTimeout(send, TRY_AGAIN_MS);
    return;
  }
  say(t('没有送到：{why}。写的都还在，可再送一次。', { why: error.message }), 'late');
}

function arrived() {
  say('');
  show();
  scrollTo(0, 0);
  element('#sent').focus();
  sendPhotos();
}

/** One after the other, each kept until its own receipt is there. */
async function sendPhotos() {
  const { receipt } = kept;
  if (!receipt) return;
  troubles.clear();
  for (const one of kept.photos.filter(({ done }) => !done)) {
    const blob = await draft.photo(one.id);
    try {
      if (!blob) throw new Error(t('这台手机上已没有这张'));
      await server.addPhoto(receipt.code, one.id, one.name, blob, (share) => {
        sending.set(one.id, t('正在传 {percent}%', { percent: Math.round(share * 100) }));
        show();
      });
      keep({ photos: kept.photos.map((each) => (each.id === one.id ? { ...each, done: true } : each)) });
      await draft.dropPhoto(one.id);
    } catch (error) {
      sending.delete(one.id);
      troubles.set(one.id, /** @type {any} */ (error).status === 0 ? t('没有传到，会再传') : /** @type {Error} */ (error).message);
      if (RETRIED.includes(/** @type {any} */ (error).status)) retry = setTimeout(sendPhotos, TRY_AGAIN_MS);
    }
    show();
  }
}

async function again() {
  clearTimeout(retry);
  await draft.dropDraft(kept);
  location.reload();
}

function listen() {
  const words = element('#words');
  words.value = kept.words;
  words.addEventListener('input', () => keep({ words: words.value }));
  const phone = element('#phone');
  phone.value = kept.phone;
  phone.addEventListener('input', () => keep({ phone: phone.value }));
  const quiet = element('#quiet');
  quiet.checked = kept.quiet;
  quiet.addEventListener('change', () => keep({ quiet: quiet.checked }));
  element('kind-choice').addEventListener('kind', (/** @type {CustomEvent} */ { detail }) => { keep(detail); show(); });
  element('place-choice').addEventListener('place', (/** @type {CustomEvent} */ { detail }) => keep({ place: detail }));
  element('#files').addEventListener('change', async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const { photos, trouble } = await takeFiles(input.files, Number(mostPhotos) - kept.photos.length, Number(mostMb));
    input.value = '';
    keep({ photos: [...kept.photos, ...photos] });
    say(trouble, 'late');
    show();
  });
  element('#form').addEventListener('drop-photo', async (/** @type {CustomEvent} */ { detail }) => {
    keep({ photos: kept.photos.filter(({ id }) => id !== detail) });
    await draft.dropPhoto(detail);
    show();
  });
  element('#form').addEventListener('submit', (/** @type {Event} */ event) => { event.preventDefault(); send(); });
  element('#sent').addEventListener('again', again);
  addEventListener('online', () => (kept.receipt ? sendPhotos() : retry && send()));
}

async function start() {
  const code = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  useLanguage(code, code === 'en' ? await messages().catch(() => ({})) : {});
  element('place-choice').draw();
  listen();
  show();
  if (kept.receipt) await sendPhotos();
  catalog = await server.options().catch(() => null);
  element('place-choice').begin(kept.place, catalog);
  show();
  Object.assign(globalThis, { gridmapReport: { ready: true, lang } });
}

await start();
