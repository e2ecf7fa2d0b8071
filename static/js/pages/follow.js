/** The page to follow with. The code stays behind the # of the address and goes out in bodies alone. */

import { messages } from '../api.js';
import '../elements/follow-card.js';
import { t, useLanguage } from '../i18n.js';
import { uuid7 } from '../ids.js';
import * as server from '../public.js';

/** @param {string} name @returns {any} */
const element = (name) => document.querySelector(name);
const card = element('follow-card');
/** One id for all tries of an addition. */
let addition = uuid7();

/** @param {string} words @param {string} [look] */
function say(words, look = 'quiet') {
  element('#said').textContent = words;
  element('#said').className = look;
  if (words) element('#said').scrollIntoView({ block: 'nearest' });
}

const code = () => decodeURIComponent(location.hash.slice(1));

async function show() {
  element('#code').value = code();
  if (!code()) {
    card.hidden = true;
    return;
  }
  say(t('正在查'));
  try {
    card.update(await server.follow(code()));
    card.hidden = false;
    say('');
  } catch (error) {
    card.hidden = true;
    say(trouble(error), 'late');
  }
}

/** @param {unknown} error */
const trouble = (error) => (/** @type {any} */ (error).status === 0 ? t('现在没有网') : /** @type {Error} */ (error).message);

/** Does something in the reporter's name, and shows what became of it. @param {() => Promise<unknown>} work @param {string} done */
async function act(work, done) {
  say(t('正在送'));
  try {
    await work();
    await show();
    say(done, 'sure');
    return true;
  } catch (error) {
    say(t('没有送到：{why}。写的都还在，可再送一次。', { why: trouble(error) }), 'late');
    return false;
  }
}

async function start() {
  const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  useLanguage(language, language === 'en' ? await messages().catch(() => ({})) : {});
  for (const id of ['#lang-zh', '#lang-en']) {
    element(id).addEventListener('click', (/** @type {Event} */ event) => { /** @type {HTMLAnchorElement} */ (event.currentTarget).hash = location.hash; });
  }
  element('#ask').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const typed = element('#code').value.trim();
    if (typed === code()) show();
    else location.hash = typed;
  });
  addEventListener('hashchange', show);
  card.addEventListener('rate', (/** @type {CustomEvent} */ { detail }) => act(() => server.rate(code(), detail), t('谢谢评价')));
  card.addEventListener('more', async (/** @type {CustomEvent} */ { detail }) => {
    if (await act(() => server.addWords(code(), addition, detail), t('已补充'))) {
      addition = uuid7();
      card.words.value = '';
    }
  });
  card.addEventListener('files', (/** @type {CustomEvent} */ { detail }) => act(
    () => Promise.all([...detail].map((file) => server.addPhoto(code(), uuid7(), file.name, file))), t('已补充')));
  await show();
}

await start();
