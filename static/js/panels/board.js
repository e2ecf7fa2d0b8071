/** What begins a page that is one board: words, theme, and the board's first look. */

import * as api from '../api.js';
import { useLanguage } from '../i18n.js';
import { followSystem, toggleTheme } from '../theme.js';

/** @param {string} tag the element of the board @returns {Promise<void>} */
export async function beginBoard(tag) {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(() => {}));
  followSystem(() => {});
  await /** @type {import('../elements/duty-board.js').DutyBoard} */ (document.querySelector(tag)).refresh();
  document.documentElement.dataset.ready = 'true';
}
