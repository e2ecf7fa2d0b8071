/** The page of exports: one's own, asked again while one is being made. */

import * as api from '../api.js';
import '../elements/area-picker.js';
import '../elements/export-desk.js';
import { t, useLanguage } from '../i18n.js';
import * as people from '../people.js';
import { followSystem, toggleTheme } from '../theme.js';

const POLL_MS = 1500;

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const desk = /** @type {import('../elements/export-desk.js').ExportDesk} */ (document.querySelector('export-desk'));
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(() => {}));
  followSystem(() => {});

  async function refresh() {
    try {
      const all = await people.exports();
      desk.update(all, '');
      if (all.exports.some((one) => one.state === 'asked')) setTimeout(refresh, POLL_MS);
    } catch (error) {
      desk.update(null, t('没取到：{why}', { why: /** @type {Error} */ (error).message }));
    }
    document.documentElement.dataset.ready = 'true';
  }

  document.addEventListener('ask-export', async (event) => {
    try {
      await people.askExport(/** @type {CustomEvent} */ (event).detail);
      desk.asked();
      await refresh();
    } catch (error) {
      desk.refused(/** @type {Error} */ (error).message);
    }
  });
  await refresh();
}

void start();
