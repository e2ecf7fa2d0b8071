/** The line on top of a wall: where, when, the clock; and below the map its sources and its scale. */

import { h } from '../dom.js';
import { t, lang } from '../i18n.js';
import { distance, number, roundLength } from '../format.js';
import { levelOf } from './address.js';
import { dateText, timeText } from './durations.js';

/** @typedef {import('./address.js').Shown} Shown */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** @param {import('./api.js').WallCatalog} catalog */
export function makeBar(catalog) {
  /** @type {Map<string, string>} */
  const troubles = new Map();
  byId('sources').replaceChildren(...[
    catalog.boundary_version && t('网格界线 {version} 版', { version: catalog.boundary_version }),
    catalog.attribution && t('底图 {source}', { source: catalog.attribution }),
    catalog.approval_number && t('审图号 {number}', { number: catalog.approval_number }),
    catalog.sample && t('示例数据'),
  ].filter(Boolean).map((part) => h('span', {}, part)));
  return {
    /** @param {Shown} shown @param {import('./api.js').WallPlace|null} place @param {string} today */
    show(shown, place, today) {
      const chain = place?.chain ?? [];
      const names = [...catalog.levels.map((level) => (lang() === 'zh' ? level.zh : level.en)), t('网格')];
      /** @type {any} */ (document.querySelector('wall-crumb')).show(chain, names.slice(levelOf(shown.within)), levelOf(catalog.home));
      /** @type {any} */ (document.querySelector('wall-range')).show(shown.range, today);
    },
    /** What of the map could not be drawn. @param {string} layer @param {Error|null} error */
    trouble(layer, error) {
      if (error) troubles.set(layer, error.message);
      else troubles.delete(layer);
      const first = [...troubles.values()][0];
      byId('map-trouble').hidden = !first;
      byId('map-trouble').textContent = first ? t('地图缺一部分：{reason}', { reason: first }) : '';
    },
    /** @param {boolean} on whether a red is heard */
    sound: (on) => byId('sound').toggleAttribute('hidden', !on),
    /** @param {number} now by the server's clock */
    tick(now) {
      byId('clock').textContent = timeText(now, catalog.zone);
      byId('date').textContent = dateText(now, catalog.zone);
    },
    /** @param {import('maplibre-gl').Map} map */
    scale(map) {
      const middle = map.getContainer().clientHeight / 2;
      const width = map.getContainer().clientHeight * 0.2;
      const meters = map.unproject([0, middle]).distanceTo(map.unproject([width, middle]));
      const round = roundLength(meters);
      const line = byId('scale-line');
      line.style.width = `${(width * round) / meters}px`;
      line.textContent = round >= 1000 ? t('{n} 公里', { n: number(round / 1000) }) : distance(round, lang());
    },
  };
}
