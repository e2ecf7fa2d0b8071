/** Where it happened: by the phone's own position, by a pin on the map, or by a village's name. */

import { announce, h, redraw } from '../dom.js';
import { distance } from '../format.js';
import { lang, t } from '../i18n.js';
import * as server from '../public.js';
import { whoseText } from '../whose.js';

/** @typedef {import('../public.js').Place} Place */
/** @typedef {Awaited<ReturnType<typeof import('../panels/pin-map.js').makePinMap>>} PinMap */

const GPS_WAIT_MS = 20_000;

export class PlaceChoice extends HTMLElement {
  /** @type {Place|null} */
  place = null;
  /** @type {import('../api.js').Catalog|null} */
  catalog = null;
  /** @type {PinMap|null} */
  ground = null;
  /** @type {Promise<void>|null} */
  opening = null;
  /** @type {server.FoundPlace[]} */
  found = [];
  asked = 0;
  note = h('p', { class: 'whose', role: 'status' });
  results = h('ul', { class: 'found' });
  words = h('input', { type: 'search', id: 'place-words', autocomplete: 'off', maxlength: 60, oninput: () => this.search() });
  floor = h('div', { class: 'ground', role: 'application' });
  box = h('div', { class: 'pin-map', hidden: true }, this.floor, h('span', { class: 'pin', 'aria-hidden': 'true' }));
  finder = h('div', { class: 'finder', hidden: true }, this.words, this.results);

  /** Puts its words on, once the language is known. */
  draw() {
    this.floor.setAttribute('aria-label', t('移动地图，让针尖指着出事的地方'));
    this.words.setAttribute('aria-label', t('村、社区或网格'));
    const way = (/** @type {string} */ id, /** @type {string} */ words, /** @type {() => void} */ go) => h('button', { type: 'button', id: `by-${id}`, onclick: go }, t(words));
    this.words.placeholder = t('如：松岭村，或松岭村 3');
    redraw(this,
      h('div', { class: 'ways' }, way('gps', '用我的位置', () => this.byPhone()), way('map', '在图上指', () => this.byMap()), way('name', '找村子', () => this.byName())),
      this.finder, this.box, this.note);
    this.say(t('说不清在哪也能报，由综治中心来定。'));
  }

  /** @param {Place|null} place from the draft @param {import('../api.js').Catalog|null} catalog */
  begin(place, catalog) {
    this.catalog = catalog;
    if (place) this.choose(place, false);
  }

  /** @param {string} words @param {string} [look] */
  say(words, look = 'quiet') {
    this.note.textContent = words;
    this.note.className = `whose ${look}`;
  }

  byPhone() {
    this.finder.hidden = true;
    if (!navigator.geolocation || !isSecureContext) {
      this.say(t('这个浏览器不给位置，请在图上指，或者找村子。'), 'late');
      return;
    }
    this.say(t('正在定位'));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.choose({
        lon: Number(coords.longitude.toFixed(6)), lat: Number(coords.latitude.toFixed(6)),
        accuracy_m: Math.round(coords.accuracy), grid: null, how: 'gps', title: '',
      }),
      () => this.say(t('没有定到位，请在图上指，或者找村子。'), 'late'),
      { enableHighAccuracy: true, timeout: GPS_WAIT_MS, maximumAge: 30_000 },
    );
  }

  async byMap() {
    this.finder.hidden = true;
    await this.open();
    if (!this.place) this.say(t('移动地图，让针尖指着出事的地方'));
  }

  byName() {
    this.finder.hidden = false;
    this.words.focus();
  }

  /** Loads the map at its first use alone: many a phone pays for every megabyte. */
  open() {
    this.box.hidden = false;
    this.opening ??= this.load().catch(() => {
      this.opening = null;
      this.box.hidden = true;
      this.say(t('地图打不开，可以找村子，或者不选地方直接送。'), 'late');
    });
    return this.opening;
  }

  async load() {
    this.catalog ??= await server.options();
    const { makePinMap } = await import('../panels/pin-map.js');
    this.ground = await makePinMap(this.floor, this.catalog, (lon, lat, accuracy) => this.choose({ lon, lat, accuracy_m: accuracy, grid: null, how: 'map', title: '' }));
    const zoom = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ words) => h('button', { type: 'button', 'aria-label': words, onclick: () => this.ground?.zoom(by) }, sign);
    this.box.append(h('div', { class: 'zoom' }, zoom(1, '+', t('放大')), zoom(-1, '−', t('缩小'))));
    this.dataset.ready = 'yes';
  }

  async search() {
    this.asked += 1;
    const turn = this.asked;
    const words = this.words.value.trim();
    const { results } = words ? await server.places(words).catch(() => ({ results: [] })) : { results: [] };
    if (turn !== this.asked) return;
    this.found = results;
    redraw(this.results, words && !results.length && h('li', { class: 'quiet' }, t('没有叫这个名字的村或网格')), results.map((each) => h('li', {}, h('button', {
      type: 'button', onclick: () => this.take(each),
    }, h('b', {}, each.title), h('span', { class: 'quiet' }, each.where)))));
  }

  /** @param {server.FoundPlace} one */
  take(one) {
    this.finder.hidden = true;
    this.words.value = '';
    redraw(this.results);
    this.choose({ lon: one.lon, lat: one.lat, accuracy_m: one.accuracy_m, grid: one.grid, how: 'search', title: one.title });
  }

  /** @param {Place} place @param {boolean} [fresh] chosen just now */
  async choose(place, fresh = true) {
    this.place = place;
    if (fresh) announce(this, 'place', place);
    if (place.how !== 'map' && place.lon !== null && place.lat !== null) {
      const { lon, lat, accuracy_m: accuracy } = place;
      if (fresh) this.open().then(() => this.ground?.goTo(lon, lat, accuracy));
    }
    await this.tell(place);
  }

  /** @param {Place} place */
  async tell(place) {
    const near = place.accuracy_m ? t('约 {far} 内', { far: distance(place.accuracy_m, lang()) }) : '';
    if (place.how === 'search') {
      this.say([place.title, place.grid ? '' : near].filter(Boolean).join(' · '), 'chosen');
      return;
    }
    try {
      const whose = await server.whose(Number(place.lon), Number(place.lat), place.accuracy_m);
      if (this.place !== place) return;
      this.say([whoseText(whose), near].filter(Boolean).join(' · '), 'chosen');
    } catch {
      this.say(t('位置已记下'), 'chosen');
    }
  }
}

customElements.define('place-choice', PlaceChoice);
