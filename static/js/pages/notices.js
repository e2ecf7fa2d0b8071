/** The page of notices. */

import * as api from '../api.js';
import { announce } from '../dom.js';
import '../elements/live-mark.js';
import '../elements/notice-list.js';
import { t, useLanguage } from '../i18n.js';
import { keepFresh } from '../keep-fresh.js';
import * as notices from '../notices.js';
import { followSystem, toggleTheme } from '../theme.js';

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const list = /** @type {import('../elements/notice-list.js').NoticeList} */ (document.querySelector('notice-list'));
  let logPage = new URLSearchParams(location.search).has('log') ? 1 : 0;
  /** @type {import('../notices.js').Mine|null} */
  let mine = null;

  async function refresh() {
    try {
      mine = await notices.mine();
      list.zone = mine.zone;
      list.update(mine, logPage && mine.keeps_log ? await notices.log(logPage) : null, '');
    } catch (error) {
      const known = error instanceof api.ApiError && error.status;
      list.update(mine, null, known ? /** @type {Error} */ (error).message : t('连不上服务器，稍后会再试。'));
    }
    document.documentElement.dataset.ready = 'true';
  }

  /** @param {string[]} [ids] */
  async function see(ids) {
    await notices.markSeen(ids).catch(() => {});
    announce(list, 'notices-seen');
    await refresh();
  }

  list.addEventListener('notice-seen', (event) => void see([/** @type {CustomEvent} */ (event).detail]));
  list.addEventListener('all-seen', () => void see());
  list.addEventListener('choose-notices', (event) => {
    logPage = /** @type {CustomEvent} */ (event).detail === 'log' ? 1 : 0;
    history.replaceState(null, '', logPage ? '?log' : location.pathname);
    void refresh();
  });
  list.addEventListener('log-page', (event) => {
    logPage = /** @type {CustomEvent} */ (event).detail;
    void refresh();
  });
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(() => {}));
  followSystem(() => {});
  await refresh();
  const mark = /** @type {import('../elements/live-mark.js').LiveMark} */ (document.querySelector('live-mark'));
  keepFresh(refresh, {
    delayMs: notices.TOLD_WITHIN_MS,
    onState: (state) => {
      if (mine) mark.zone = mine.zone;
      mark.update(state);
    },
  });
}

void start();
