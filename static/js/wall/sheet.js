/** The print sheet of a wall: light, the map as a picture, its legend, scale, sources and the time of the data. */

import { h } from '../dom.js';
import { number } from '../format.js';
import { t } from '../i18n.js';
import { drawPicture, save } from './picture.js';

/** @typedef {{numbers: Record<string, number[]>|null, title: string, mark: string, sides: string[], days: string, at: string, sources: string, measure: string, steps: import('./picture.js').Steps, bar: {share: number, text: string}}} Facts */
/** @typedef {{map: import('maplibre-gl').Map, beside: () => {map: import('maplibre-gl').Map}|null, recolor: () => void}} Screen */

const WAIT_MS = 4_000;

/** @param {string} name */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Everything drawn, or long enough waited for. @param {import('maplibre-gl').Map} map */
const drawn = (map) => Promise.race([map.once('idle'), new Promise((resolve) => { setTimeout(resolve, WAIT_MS); })]);

/** @param {string} theme @param {Screen} screen */
function dress(theme, screen) {
  document.documentElement.dataset.theme = theme;
  screen.recolor();
}

/** @param {Screen} screen */
const mapsOf = (screen) => [screen.map, screen.beside()?.map].filter((map) => map !== undefined);

/** @param {Facts} facts */
const foot = (facts) => [t('数据时间 {time}', { time: facts.at }), facts.sources].filter(Boolean).join('\u3000');

/**
 * Saves the map as a PNG, as it hangs on the wall.
 * @param {Screen} screen @param {Facts} facts
 */
export async function savePicture(screen, facts) {
  const words = [`${facts.title}\u3000${facts.measure}`, foot(facts)];
  save(await drawPicture(mapsOf(screen), { words, steps: facts.steps, bar: facts.bar, mark: facts.mark, sides: facts.sides }, token), `${facts.title} ${facts.at}.png`.replace(/[/:]/g, '-'));
}

/**
 * Prints: light for as long as the picture is taken.
 * @param {Screen} screen @param {HTMLElement} sheet @param {Facts} facts
 */
export async function printSheet(screen, sheet, facts) {
  dress('light', screen);
  await Promise.all(mapsOf(screen).map(drawn));
  const canvas = await drawPicture(mapsOf(screen), { words: [], steps: [], bar: facts.bar, mark: facts.mark, sides: facts.sides }, token);
  const legend = /** @type {HTMLElement} */ (document.querySelector('wall-legend')).cloneNode(true);
  const names = /** @type {[string, string][]} */ ([['taken_in', t('受理')], ['resolved', t('办结')], ['overdue', t('逾期')]]);
  const { numbers } = facts;
  const image = h('img', { src: canvas.toDataURL('image/png'), alt: facts.title });
  await image.decode();
  sheet.replaceChildren(facts.mark ? h('p', { class: 'mark' }, facts.mark) : '', h('h1', {}, facts.title), h('p', {}, facts.days,
    numbers && names.map(([id, name]) => `\u3000${name} ${number(numbers[id][0])}`)), image, legend, h('p', {}, foot(facts)));
  await new Promise((resolve) => {
    addEventListener('afterprint', resolve, { once: true });
    print();
  });
  dress('dark', screen);
}
