/** The wall: wiring only. What is shown stands in the address; the stream says what has changed. */

import * as api from '../api.js';
import { paused } from '../dom.js';
import { t, useLanguage } from '../i18n.js';
import { levelOf, onDay, read, upTo, write } from '../wall/address.js';
import { makeActs } from '../wall/acts.js';
import { makeServerClock, PANEL_LATE_MS } from '../wall/age.js';
import { makeBar } from '../wall/bar.js';
import { dayOf } from '../wall/durations.js';
import { factsOf } from '../wall/facts.js';
import { makeDrill } from '../wall/drill.js';
import { makeFeed, panelsOf } from '../wall/feed.js';
import { daysText, rangeText } from '../wall/periods.js';
import { fromStart, makePlayer } from '../wall/player.js';
import * as parts from '../wall/parts.js';
import { makePulse } from '../wall/pulse.js';
import { makeRed } from '../wall/red.js';
import { makeSince } from '../wall/since.js';
import { makeSound } from '../wall/sound.js';
import { operate } from '../wall/operate.js';
import { daysOfVersus } from '../wall/versus.js';
import { heatOf, makeView } from '../wall/view.js';
import { makeTour } from '../wall/tour.js';
import { sparing } from '../sparing.js';
import { presetRange } from '../time.js';
import * as wallApi from '../wall/api.js';

/** @typedef {import('../wall/address.js').Shown} Shown */

const RETRY_MS = 10_000;
const AGAIN_MS = 10_000;
/** Tiles and figures: no oftener, however much happens. */
const MAP_AGAIN_MS = 2_000;
const REFIT_MS = 250;
const RED = 4;
/** Where the sheet gives the red a frame of its own. */
const WIDE = '(min-aspect-ratio: 32/10)';

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
const { the } = parts;

/** @returns {Promise<void>} */
async function start() {
  useLanguage(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', await api.messages().catch(() => ({})));
  const catalog = await wallApi.catalog();
  const clock = makeServerClock();
  clock.hear(catalog.at, Date.now());
  const now = () => (drill ? drill.now() : clock.now(Date.now()));
  let today = catalog.today;
  const offered = () => ({ home: catalog.home, today, measures: catalog.measures.map((each) => each.id) });
  /** @type {Shown} */
  let shown = read(location.search, offered());
  /** @type {ReturnType<typeof makeDrill>|null} */
  let drill = null;
  /** Another time is another page: what is now and what was never stand side by side. @param {Partial<Shown>} change */
  const leap = (change) => location.assign(`?${write({ ...shown, play: null, ...change })}`);
  if (shown.drill) {
    today = shown.drill.at.slice(0, today.length);
    document.documentElement.toggleAttribute('data-drill', true);
    drill = makeDrill(shown.drill, catalog.zone, the('wall-drill'), {
      within: () => shown.within, real: clock.now, again: () => feed.now(),
      happened: (event) => happened(event, panelsOf(event.kind)),
      keep: (how) => keep({ drill: how }), leave: () => leap({ drill: null }),
    });
  }
  // warnings of a past moment are no tiles, so no area can be colored by them
  const measures = offered().measures.filter((id) => id !== 'change' && (!drill || id !== 'warning'));
  const townDepth = catalog.levels.find((level) => level.answers)?.depth ?? catalog.grid_depth;
  const kinds = { dispute: t('纠纷'), hazard: t('隐患'), service: t('服务') };
  const setting = () => ({ zone: catalog.zone, within: shown.within, range: shown.range, now: now(), late: drill ? drill.stretched(PANEL_LATE_MS) : PANEL_LATE_MS, kinds });
  const panels = parts.panels();
  const bar = makeBar(catalog);
  const heat = catalog.layers.find((layer) => layer.id === 'heat')?.style[0].metadata.heat ?? null;

  const view = await makeView({ main: byId('map'), core: byId('core'), coreLabel: byId('core-label'), beside: byId('beside'), besideLabel: byId('beside-days'), strips: byId('strips'), legend: the('wall-legend') }, catalog, shown, {
    trouble: (layer, error) => bar.trouble(layer, error),
    painted: (painting, days) => shown.play || the('wall-legend').show(painting, heatOf(shown) ? heat : null, days),
  });
  const sound = makeSound();
  bar.sound(sound.on());
  const red = matchMedia(WIDE).matches ? makeRed(byId('red'), byId('red-label'), catalog, view.state()) : null;
  const feed = makeFeed(panels, {
    shown: () => shown, setting,
    moment: () => (drill ? { moment: new Date(now()).toISOString() } : {}),
    heard(iso) {
      if (!drill) clock.hear(iso, Date.now());
      pulse.heard();
    },
    refused: (error) => pulse.refused(error),
    came(id, answer) {
      if (id !== 'warnings') return;
      view.callouts.update(answer.rows, now());
      red?.update(answer.rows);
      if (drill) view.warned(answer.points ?? []);
    },
  });
  const tour = makeTour(the('wall-tour'), the('wall-tour-list'), {
    home: catalog.home, view: (address) => go(read(address, offered())), place: (path) => go({ within: upTo(path, townDepth), play: null }), changed: () => pulse.follow(),
    here: () => ({ name: [...(view.place()?.chain ?? []).slice(-1).map(({ name }) => name), rangeText(shown.range)].join(' '), address: `?${write({ ...shown, drill: null })}` }),
  });
  const pulse = makePulse({
    // a tour gives way to a red anywhere in the area of the screen
    within: () => (tour.on() ? catalog.home : shown.within), now,
    again: () => feed.now(),
    happened(event, ids) {
      tour.heard(event);
      if (!drill && event.path.startsWith(shown.within)) happened(event, ids);
    },
  });

  /** Now, or in the past of a drill. @param {any} event @param {import('../wall/feed.js').Id[]} ids */
  function happened(event, ids) {
    feed.soon(ids);
    if (event.kind === 'IncidentReported') panels.numbers.bump();
    if (event.kind === 'WarningRaised' && event.color === RED) sound.ring();
    if (/^(IncidentReported|WarningRaised)$/.test(event.kind)) view.arrivals.ring({ id: event.subject ?? event.at, path: event.path }, Date.now());
    if (!drill) mapSoon();
  }

  const mapSoon = sparing(() => {
    since.update();
    return view.refresh(['warnings', 'heat']).catch((error) => bar.trouble('figures', error));
  }, MAP_AGAIN_MS);

  /** Writes into the address what is shown already. @param {Partial<Shown>} change */
  function keep(change) {
    shown = { ...shown, ...change };
    history.replaceState(null, '', `?${write(shown)}`);
  }

  /** @param {Partial<Shown>} change @param {boolean} [step] whether the browser's way back leads here */
  async function go(change, step = false) {
    const moved = change.within !== undefined && change.within !== shown.within;
    if (change.range && shown.play && change.play === undefined) change.play = fromStart(change.range, { running: shown.play.running, fps: shown.play.fps });
    shown = { ...shown, ...change };
    history[moved && step ? 'pushState' : 'replaceState'](null, '', `?${write(shown)}`);
    bar.show(shown, view.place(), today);
    compared();
    the('wall-playback').hidden = !shown.play;
    const asked = feed.now();
    if (moved || !view.place()) {
      operated.clear();
      if (!tour.on()) pulse.follow();
      drill?.anew();
      await place();
    } else await view.change(shown).catch((error) => bar.trouble('figures', error));
    await player.follow();
    await asked;
  }

  function compared() {
    const { versus, range } = shown;
    the('wall-versus').show(versus, range, versus ? daysOfVersus(versus, range) : range, today);
    byId('map-days').textContent = daysText(range);
  }

  async function place() {
    try {
      const at = await wallApi.panel('place', { within: shown.within });
      if (at.within !== shown.within) return;
      bar.show(shown, at, today);
      view.callouts.clear();
      since.update();
      await view.show(shown, at);
      if (panels.warnings.answer) view.callouts.update(panels.warnings.answer.rows, now());
      bar.trouble('figures', null);
    } catch (error) {
      bar.trouble('figures', /** @type {Error} */ (error));
      setTimeout(place, AGAIN_MS);
    }
  }

  const player = makePlayer(view, the('wall-playback'), {
    shown: () => shown, go,
    keep: (play) => keep({ play }),
    frame: (days) => the('wall-legend').show(null, heat, days),
  });
  const since = makeSince(view.main.map, byId('news'), { within: () => shown.within, now, zone: catalog.zone });
  const screen = { map: view.main.map, beside: view.beside, recolor: () => { view.recolor(); player.recolor(); } };
  const facts = () => factsOf({ view, shown, now: now(), zone: catalog.zone, numbers: panels.numbers.answer, days: player.state()?.days ?? null, drill: drill !== null, heat: shown.play || heatOf(shown) ? heat : null });
  /** @param {string} path */
  const into = (path) => path.startsWith(shown.within) && path !== shown.within && go({ within: path }, true);
  const acts = makeActs({
    shown: () => shown, go, home: catalog.home, measures, into: () => into(operated.chosen()), player, drill,
    begin: () => the('wall-drill-start').open(today), tour, since, sound: () => bar.sound(sound.toggle()), screen, facts,
  });
  byId('keys-open').onclick = acts.keys;
  const operated = operate(view.main, {
    acts, into, below: () => view.place()?.below ?? [], level: () => levelOf(shown.within),
    range: (days) => go({ range: presetRange(days, today) }), touched: tour.touched,
  });
  document.addEventListener('wall-go', (event) => go({ within: /** @type {CustomEvent} */ (event).detail }, true));
  document.addEventListener('wall-range', (event) => go({ range: /** @type {CustomEvent} */ (event).detail }));
  document.addEventListener('wall-versus', (event) => go({ versus: /** @type {CustomEvent} */ (event).detail }));
  document.addEventListener('wall-drill', (event) => leap({ drill: /** @type {CustomEvent} */ (event).detail }));
  addEventListener('popstate', () => {
    const before = shown.within;
    shown = read(location.search, offered());
    if (Boolean(shown.drill) !== Boolean(drill)) location.reload();
    if (shown.within !== before) pulse.follow();
    feed.now();
    place().then(player.follow);
  });
  addEventListener('resize', paused(() => {
    view.fit();
    Object.values(panels).forEach((panel) => panel.render());
  }, REFIT_MS));

  setInterval(() => {
    const moment = now();
    const day = dayOf(moment, catalog.zone);
    bar.tick(moment);
    if (pulse.tick() !== 'live') return view.arrivals.clear();
    Object.values(panels).forEach((panel) => panel.tick(moment));
    view.callouts.tick(moment);
    view.arrivals.tick(Date.now());
    if (day !== today) {
      today = day;
      go({ range: onDay(shown.range, today), drill: drill && { at: `${day}T00:00`, speed: drill.state().speed } });
    }
    return undefined;
  }, 1_000);
  view.main.map.on('moveend', () => bar.scale(view.main.map));
  bar.tick(now());
  await go({});
  if (!drill) tour.resume();
  Object.assign(globalThis, { gridmap: { ready: true, map: view.main.map, shown: () => shown, painting: view.painting, playback: player.state, drill: () => drill?.state() ?? null, tour: tour.state, beside: view.beside } });
}

start().catch((error) => {
  byId('stale').hidden = false;
  byId('stale-words').textContent = t('大屏打不开：{reason}', { reason: error.message });
  setTimeout(() => location.reload(), RETRY_MS);
});
