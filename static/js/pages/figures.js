/** The page of figures: what is asked for lives in the address, so that a view can be sent. */

import * as api from '../api.js';
import '../elements/figures-report.js';
import { useLanguage } from '../i18n.js';
import { followSystem, toggleTheme } from '../theme.js';
import { presetRange } from '../time.js';

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const catalog = await api.catalog();
  const report = /** @type {import('../elements/figures-report.js').FiguresReport} */ (document.querySelector('figures-report'));
  const given = Object.fromEntries(new URLSearchParams(location.search));
  let view = { by: 'area', within: '', days: '30', how: '', ...given, ...presetRange(given.days ?? '30', catalog.last_day) };
  const top = catalog.levels.find((level) => level.is_county)?.depth ?? 0;
  if (!given.within && top) view.within = await firstArea();

  /** Down to where there is a choice: a lone province or county is passed through. */
  async function firstArea() {
    let within = '';
    for (let n = 0; n < 4; n += 1) {
      const { rows } = /** @type {import('../elements/figures-report.js').Report} */ (await api.ask(api.withParams('/api/cases/figures', { by: 'area', within, from: view.from, to: view.to })));
      if (rows.length !== 1 || !rows[0].path) break;
      within = rows[0].path;
    }
    return within;
  }

  async function refresh() {
    const { by, within, from, to } = view;
    try {
      report.update(await api.ask(api.withParams('/api/cases/figures', { by, within, from, to })), view, '');
    } catch (error) {
      report.update(null, view, /** @type {Error} */ (error).message);
    }
    document.documentElement.dataset.ready = 'true';
  }

  document.addEventListener('choose-figures', (event) => {
    view = { ...view, .../** @type {CustomEvent} */ (event).detail };
    view = { ...view, ...presetRange(view.days, catalog.last_day) };
    history.replaceState(null, '', `?${new URLSearchParams({ by: view.by, within: view.within, days: view.days })}`);
    void refresh();
  });
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(() => {}));
  followSystem(() => {});
  await refresh();
}

void start();
