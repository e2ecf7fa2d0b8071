/** Beside each unanswered red on the map: how long nobody has answered it, running. */

import * as maplibregl from 'maplibre-gl';
import { h } from '../dom.js';
import { t } from '../i18n.js';
import { clockText } from './durations.js';

/** @typedef {{id: string, color: number, since: string, answered_at: string|null, lon: number|null, lat: number|null}} Warned */

/** More would cover the map; the others stand in the list. */
const MOST = 3;
const RED = 4;
/** Beyond this share of the map's width the words stand on the left of the sign. */
const TURNS_AT = 0.6;

/** @param {import('maplibre-gl').Map} map */
export function makeCallouts(map) {
  /** @type {Map<string, {marker: import('maplibre-gl').Marker, words: HTMLElement, since: number}>} */
  const drawn = new Map();
  return {
    /** @param {Warned[]} rows @param {number} now by the server's clock */
    update(rows, now) {
      const wanted = new Map(rows.filter((row) => row.color === RED && !row.answered_at && row.lon !== null)
        .slice(0, MOST).map((row) => [row.id, row]));
      for (const [id, { marker }] of drawn) {
        if (wanted.has(id)) continue;
        marker.remove();
        drawn.delete(id);
      }
      for (const [id, row] of wanted) {
        if (drawn.has(id)) continue;
        const words = h('span', {});
        const place = /** @type {[number, number]} */ ([Number(row.lon), Number(row.lat)]);
        const right = map.project(place).x > map.getContainer().clientWidth * TURNS_AT;
        const element = h('div', { class: right ? 'callout turned' : 'callout' }, words);
        const marker = new maplibregl.Marker({ element, anchor: right ? 'right' : 'left' }).setLngLat(place).addTo(map);
        drawn.set(id, { marker, words, since: Date.parse(row.since) });
      }
      this.tick(now);
    },
    /** The map shows another area: the words may have to stand on the other side. */
    clear() {
      for (const { marker } of drawn.values()) marker.remove();
      drawn.clear();
    },
    /** @param {number} now by the server's clock */
    tick(now) {
      for (const { words, since } of drawn.values()) words.textContent = t('红 未签收 {clock}', { clock: clockText((now - since) / 1000) });
    },
  };
}
