/** The page of the safety index: what is asked for lives in the address, so that a view can be sent. */

import * as api from '../api.js';
import '../elements/index-board.js';
import { t, useLanguage } from '../i18n.js';
import * as safety from '../safety/api.js';
import { monthText } from '../safety/months.js';
import { followSystem, toggleTheme } from '../theme.js';

/** @typedef {import('../elements/index-board.js').IndexBoard} IndexBoard */
/** @typedef {import('../elements/index-board.js').View} View */
/** @typedef {{within?: string, level?: number, month?: string}} Wanted */

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const board = /** @type {IndexBoard} */ (document.querySelector('index-board'));
  const given = new URLSearchParams(location.search);
  /** @type {Wanted} */
  let wanted = { within: given.get('within') ?? undefined, level: Number(given.get('level')) || undefined, month: given.get('month') ?? undefined };
  /** @type {safety.Ranking|null} */
  let found = null;
  /** @type {View} */
  let view = { chosen: given.get('chosen') ?? '', trend: null, trouble: '', said: '', asking: false };
  let turn = 0;

  /** @param {Partial<View>} next */
  function show(next) {
    view = { ...view, ...next };
    board.update(found, view);
  }

  /** The twelve months of the region that is shown beside. */
  async function follow() {
    const own = (turn += 1);
    const path = view.chosen || found?.area?.path || found?.rows[0]?.path;
    if (!found || !path) return;
    const { months } = await safety.trend(path, found.month).catch(() => ({ months: [] }));
    if (own === turn) show({ trend: months });
  }

  function remember() {
    if (!found) return;
    const chosen = /** @type {Record<string, string>} */ (view.chosen ? { chosen: view.chosen } : {});
    history.replaceState(null, '', `?${new URLSearchParams({ within: found.within, level: String(found.level), month: found.month, ...chosen })}`);
  }

  async function refresh() {
    try {
      found = await safety.ranking(wanted);
      remember();
      show({ trend: null, trouble: '', asking: false });
      void follow();
    } catch (error) {
      found = null;
      show({ trouble: /** @type {Error} */ (error).message });
    }
    document.documentElement.dataset.ready = 'true';
  }

  /** Does something that may be refused, says what came of it, and looks again. @param {() => Promise<string>} act */
  async function doing(act) {
    try {
      view = { ...view, said: await act() };
      await refresh();
    } catch (error) {
      show({ trouble: /** @type {Error} */ (error).message, asking: false });
    }
    // it may have been asked for at the foot of the page
    board.querySelector('[role="status"], [role="alert"]')?.scrollIntoView({ block: 'nearest' });
  }

  board.addEventListener('choose-index', (event) => {
    const { chosen, ...rest } = /** @type {CustomEvent} */ (event).detail;
    if (chosen !== undefined) {
      show({ chosen, trend: null });
      remember();
      void follow();
      return;
    }
    const into = rest.within !== undefined;
    wanted = { within: found?.within, level: into ? undefined : found?.level, month: found?.month, ...rest };
    view = { ...view, said: '', chosen: into ? '' : view.chosen };
    void refresh();
  });
  board.addEventListener('ask-publish', (event) => show({ asking: /** @type {CustomEvent} */ (event).detail }));
  board.addEventListener('publish-index', () => doing(async () => {
    const { within, month } = /** @type {safety.Ranking} */ (found);
    const { regions } = await safety.publish(within, month);
    return t('{month} 已发布，{n} 个区域的数字已定。', { month: monthText(month), n: regions });
  }));
  board.addEventListener('fit-scales', () => doing(async () => {
    const { changed } = await safety.fitScales();
    return changed ? t('已按近十二个月重定 {n} 项的量程，是公式的新版本。', { n: changed }) : t('量程和近十二个月的数据相符，没有改。');
  }));
  document.getElementById('theme')?.addEventListener('click', () => toggleTheme(() => board.repaint()));
  followSystem(() => board.repaint());
  await refresh();
}

void start();
