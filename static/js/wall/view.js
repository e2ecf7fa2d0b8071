/** The maps of a wall: the area in the middle, the crowded core beside it; colored alike, masked alike. */

import * as wallApi from './api.js';
import { tileJson } from '../api.js';
import { makeMarks } from '../marks.js';
import { moveMs } from '../map.js';
import { t } from '../i18n.js';
import { makeBeside } from './beside.js';
import { makeArrivals } from './arrivals.js';
import { makeCallouts } from './callouts.js';
import { makeColoring } from './coloring.js';
import { makeHeatPair } from './heat-pair.js';
import { daysOfVersus } from './versus.js';
import { coloredIn, daysOfMap, daysOver } from './levels.js';
import { LAYERS, makeScreenMap } from './screen-map.js';
import { levelOf } from './address.js';

/** @typedef {import('./address.js').Shown} Shown */
/** @typedef {import('./coloring.js').Painting} Painting */

/** Room around the area, in shares of the screen's height; below lie legend and sources. */
const ROOM = Object.freeze({ top: 0.03, left: 0.025, right: 0.025, bottom: 0.15 });
/** @param {number} height of the screen @param {number} strips that of what lies over the map on top */
const paddingOf = (height, strips) => ({ top: ROOM.top * height + strips, left: ROOM.left * height, right: ROOM.right * height, bottom: ROOM.bottom * height });
/** The core is drawn this many times larger than the map in the middle. */
const CLOSER = 4.6;

/** Whether heat is drawn: over a difference it would be that of one period. @param {Shown} shown */
export const heatOf = ({ heat, play, versus }) => heat !== 'off' && !play && versus?.how !== 'difference';

/** What a map of the page's own kind needs to know. @param {Shown} shown @param {{from: string, to: string}} days @returns {import('../state.js').State} */
const stateOf = (shown, days) => ({
  measure: shown.versus?.how === 'difference' ? 'change' : shown.heat === 'fill' || shown.play ? 'none' : shown.measure, time: { preset: 'own', ...days }, kinds: [], categories: [], severities: [], colors: [], inside: shown.within,
  shown: [...LAYERS.filter((id) => id !== 'warnings' || !(shown.play || shown.drill)), 'basemap', 'relief', ...(heatOf(shown) ? ['heat'] : [])], place: null, view: null, list: null,
});

/**
 * @param {{main: HTMLElement, core: HTMLElement, coreLabel: HTMLElement, beside: HTMLElement, besideLabel: HTMLElement, strips: HTMLElement, legend: HTMLElement}} places
 * @param {wallApi.WallCatalog} catalog @param {Shown} first
 * @param {{trouble: (layer: string, error: Error|null) => void, painted: (painting: Painting|null, days: {from: string, to: string}) => void}} on
 */
export async function makeView(places, catalog, first, on) {
  let shown = first;
  let days = daysOfMap(first.range, true);
  /** @type {Painting|null} */
  let painting = null;
  /** @type {wallApi.WallPlace|null} */
  let place = null;
  let turn = 0;
  let besides = false;
  /** The zoom that the camera of the middle map moves to. */
  let aimed = 0;
  const county = catalog.levels.find((level) => level.is_county)?.depth ?? catalog.grid_depth - 1;
  const state = () => stateOf(shown, days);
  const coloring = makeColoring(catalog);
  const main = makeScreenMap(places.main, catalog, state(), on.trouble);
  const core = makeScreenMap(places.core, catalog, state(), () => {});
  const both = [main, core];
  const beside = makeBeside(places.beside, places.besideLabel, catalog, main);
  await Promise.all(both.map((screen) => screen.load(state())));
  // no heat before its first coloring: alone it would be a fill
  for (const screen of both) screen.draw(stateOf({ ...shown, heat: 'off' }, days), null);
  const marks = both.map((screen) => makeMarks(screen.map, screen.catalog, state, screen.put));

  /** Camera of the middle map for an area. @param {wallApi.WallPlace} at */
  function move(at) {
    const bounds = at.bounds ?? catalog.bounds;
    const padding = paddingOf(innerHeight, places.strips.offsetHeight);
    if (bounds) main.map.fitBounds(bounds, { padding, duration: moveMs() });
    const zoom = bounds ? main.map.cameraForBounds(bounds, { padding })?.zoom ?? main.map.getZoom() : main.map.getZoom();
    // above a county there is no one town, below it the map in the middle is close enough itself
    const closer = at.core && levelOf(at.within) === county;
    places.core.parentElement?.toggleAttribute('hidden', !closer);
    if (at.core && closer) {
      core.map.resize();
      core.map.jumpTo({ center: [at.core.lon, at.core.lat], zoom: zoom + Math.log2(CLOSER) });
      places.coreLabel.textContent = t('城区放大 ×{n}', { n: CLOSER });
    }
    return zoom;
  }

  async function color() {
    const mine = ++turn;
    const { versus } = shown;
    const side = versus?.how === 'side';
    if (document.documentElement.toggleAttribute('data-beside', side) !== besides) {
      besides = side;
      main.map.resize();
    }
    const zoom = place ? move(place) : main.map.getZoom();
    aimed = zoom;
    const colored = coloredIn(catalog, shown.within, zoom, versus !== null);
    const before = JSON.stringify(days);
    const against = versus && daysOfVersus(versus, shown.range);
    days = versus ? shown.range : daysOfMap(shown.drill ? daysOver(shown.range, shown.drill.at.slice(0, 10)) : shown.range, colored.source === 'grids');
    if (JSON.stringify(days) !== before) for (const screen of both) screen.filter(state());
    if (side && against) beside.show(state(), against, shown.within, colored, place?.outline ?? null).catch((error) => on.trouble('figures', error));
    else beside.hide();
    const answer = await coloring.ask(state().measure, shown.within, colored, days, side ? null : against);
    if (!answer || mine !== turn) return;
    painting = answer;
    redraw();
  }

  function redraw() {
    for (const screen of both) {
      if (painting) screen.paint(painting);
      screen.draw(state(), painting);
    }
    marks.forEach((update) => update());
    on.painted(painting, days);
  }

  return {
    main,
    state,
    arrivals: makeArrivals(main.map),
    callouts: makeCallouts(main.map, [places.legend]),
    place: () => place,
    painting: () => painting,
    days: () => days,
    /** Shows an area and colors it. @param {Shown} next @param {wallApi.WallPlace} at */
    async show(next, at) {
      shown = next;
      place = at;
      for (const screen of both) screen.mask(at.outline);
      main.choose('');
      await color();
    },
    /** Colors anew what is shown. @param {Shown} next */
    async change(next) {
      shown = next;
      await color();
    },
    /** Something changed on the ground: newer tiles and figures, without taking away the old ones. @param {string[]} layers */
    async refresh(layers) {
      for (const screen of both) screen.refresh(layers);
      const mine = turn;
      const colored = painting && { level: painting.level, source: painting.source };
      const answer = colored && await coloring.ask(state().measure, shown.within, colored, days, painting?.against);
      if (!answer || mine !== turn) return;
      painting = answer;
      redraw();
    },
    /** The colors of the theme now in force. */
    recolor() {
      for (const screen of both) screen.recolor(state(), painting);
      beside.recolor();
    },
    /** The other period's map, where it is seen. */
    beside: beside.seen,
    /** Draws the warnings of a past moment. @param {{lon: number, lat: number, color: number, answered: boolean}[]} points */
    warned: (points) => both.forEach((screen) => screen.warned(points)),
    /** The heat of a playback, on each map that is seen; none where the area is too large for heat. */
    async pairs() {
      const layer = /** @type {import('../api.js').Layer} */ (catalog.layers.find(({ id }) => id === 'heat'));
      if (aimed < layer.style[0].minzoom) return [];
      const tiles = await tileJson(layer);
      return both.filter(({ map }) => map.getContainer().clientWidth).map((screen) => makeHeatPair(screen, tiles));
    },
    /** The size of the screen has changed. */
    fit() {
      if (place) move(place);
    },
  };
}
