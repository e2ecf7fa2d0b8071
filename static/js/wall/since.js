/** "Since you last looked": what came and was done since then, and where; the look is kept in this browser. */

import * as maplibregl from 'maplibre-gl';
import { h } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import * as wallApi from './api.js';
import { dateText, timeText } from './durations.js';

const KEY = 'gridmap.wall.looked';

/** @typedef {{since: string, taken_in: number, resolved: number, raised: number, answered: number, places: {path: string, n: number, lon: number, lat: number}[]}} Changes */

/**
 * @param {import('maplibre-gl').Map} map @param {HTMLElement} strip
 * @param {{within: () => string, now: () => number, zone: string}} wall
 */
export function makeSince(map, strip, wall) {
  let on = false;
  /** @type {import('maplibre-gl').Marker[]} */
  let markers = [];
  const moment = () => new Date(wall.now()).toISOString();

  function clear() {
    for (const marker of markers) marker.remove();
    markers = [];
  }

  /** @param {Changes} changes */
  function draw(changes) {
    clear();
    markers = changes.places.map(({ n, lon, lat }) => new maplibregl.Marker({ element: h('div', { class: 'news', 'aria-hidden': 'true' }, number(n)) }).setLngLat([lon, lat]).addTo(map));
    const at = Date.parse(changes.since);
    const words = [t('新上报 {n}', { n: number(changes.taken_in) }), t('新办结 {n}', { n: number(changes.resolved) }), t('新预警 {n}', { n: number(changes.raised) }), t('新签收 {n}', { n: number(changes.answered) })];
    strip.replaceChildren(h('b', {}, t('上次看过以来（{when}）', { when: `${dateText(at, wall.zone)} ${timeText(at, wall.zone)}` })), h('span', {}, words.join('\u3000')));
  }

  return {
    on: () => on,
    /** Shows what is new; the second time it has been seen, and counts from now. */
    async toggle() {
      on = !on;
      document.documentElement.toggleAttribute('data-news', on);
      strip.hidden = !on;
      const since = localStorage.getItem(KEY) ?? moment();
      if (!on) {
        clear();
        localStorage.setItem(KEY, moment());
        return;
      }
      if (!localStorage.getItem(KEY)) localStorage.setItem(KEY, since);
      await this.update();
    },
    /** Asks again, where it is shown. */
    async update() {
      if (!on) return;
      const since = localStorage.getItem(KEY) ?? moment();
      const changes = await wallApi.panel('since', { within: wall.within(), since }).catch((error) => {
        strip.replaceChildren(h('b', {}, t('取不到数据：{reason}', { reason: error.message })));
      });
      if (changes && on) draw(changes);
    },
  };
}
