/** Beside each unanswered red on the map: how long nobody has answered it, running. */

import * as maplibregl from 'maplibre-gl';
import { h } from '../dom.js';
import { t } from '../i18n.js';
import { clearest } from './beside-sign.js';
import { clockText } from './durations.js';

/** @typedef {{id: string, color: number, since: string, answered_at: string|null, lon: number|null, lat: number|null}} Warned */
/** @typedef {import('./beside-sign.js').Box} Box */

/** More would cover the map; the others stand in the list. */
const MOST = 3;
const RED = 4;

/** @param {import('maplibre-gl').Map} map @param {Element[]} over what lies over the map and is to be read as well */
export function makeCallouts(map, over) {
  /** @type {Map<string, {marker: import('maplibre-gl').Marker, words: HTMLElement, since: number}>} */
  const drawn = new Map();

  /** What is written on the map, names and signs, within a box. @param {Box} box */
  const covered = ({ left, top, width, height }) => map
    .queryRenderedFeatures([[left, top], [left + width, top + height]])
    .filter((feature) => feature.layer.type === 'symbol').length;

  /** Where something stands, in pixels of the map. @param {Element} element @returns {Box} */
  function here(element) {
    const [own, box] = [map.getContainer(), element].map((each) => each.getBoundingClientRect());
    return { left: box.left - own.left, top: box.top - own.top, width: box.width, height: box.height };
  }

  /** Each on the side of its sign where it covers least. */
  function place() {
    const taken = over.map(here);
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    for (const { marker } of drawn.values()) {
      const element = marker.getElement();
      const size = { width: element.offsetWidth, height: element.offsetHeight };
      const sign = map.project(marker.getLngLat());
      const { box } = clearest(sign, size, { width, height }, innerHeight / 100, taken, covered);
      element.style.translate = `${box.left - sign.x}px ${box.top + box.height / 2 - sign.y}px`;
      taken.push(box);
    }
  }

  map.on('idle', place);
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
        const marker = new maplibregl.Marker({ element: h('div', { class: 'callout' }, words), anchor: 'left' })
          .setLngLat([Number(row.lon), Number(row.lat)]).addTo(map);
        drawn.set(id, { marker, words, since: Date.parse(row.since) });
      }
      this.tick(now);
      place();
    },
    /** The map shows another area. */
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
