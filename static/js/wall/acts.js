/** What each key of a wall does. */

import { above, HEATS, levelOf } from './address.js';
import { afterVersus } from './versus.js';
import { savePicture, printSheet } from './sheet.js';

/** @typedef {import('./address.js').Shown} Shown */
/** @typedef {{toggle: () => unknown, step: (by: number) => unknown, speed: (by: number) => unknown, leave: () => unknown}} Led */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** The next one of a few, from the last to the first. @template T @param {readonly T[]} all @param {T} one @returns {T} */
const after = (all, one) => all[(all.indexOf(one) + 1) % all.length];

/**
 * @param {Object} wall
 * @param {() => Shown} wall.shown
 * @param {(change: Partial<Shown>, step?: boolean) => unknown} wall.go
 * @param {string} wall.home
 * @param {string[]} wall.measures
 * @param {() => void} wall.into goes into what the keys have chosen
 * @param {Led & {toggle: () => unknown}} wall.player
 * @param {Led|null} wall.drill
 * @param {() => void} wall.begin asks which day is to be replayed
 * @param {{toggle: () => unknown, open: () => unknown}} wall.tour
 * @param {{toggle: () => unknown}} wall.since
 * @param {() => unknown} wall.sound
 * @param {import('./sheet.js').Screen} wall.screen
 * @param {() => import('./sheet.js').Facts} wall.facts
 * @returns {Record<string, () => unknown>}
 */
export function makeActs({ shown, go, home, measures, into, player, drill, begin, tour, since, sound, screen, facts }) {
  const led = drill ?? player;
  return {
    in: into,
    out: () => (shown().play ? player.leave() : shown().versus ? go({ versus: null }) : levelOf(shown().within) > levelOf(home) && go({ within: above(shown().within) }, true)),
    home: () => go({ within: home }, true),
    measure: () => go({ measure: after(measures, shown().measure) }),
    heat: () => go({ heat: after(HEATS, shown().heat) }),
    // what is compared is of now: not in a drill, and not beside a playback
    versus: () => drill || go({ versus: afterVersus(shown().versus), play: null }),
    play: led.toggle,
    back: () => led.step(-1),
    on: () => led.step(1),
    faster: () => led.speed(1),
    slower: () => led.speed(-1),
    drill: drill ? drill.leave : begin,
    // in a drill nothing is led and nothing kept that belongs to now
    tour: () => drill || tour.toggle(),
    views: () => drill || tour.open(),
    news: () => drill || since.toggle(),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    keys: () => byId('keys').toggleAttribute('hidden'),
    sound,
    picture: () => savePicture(screen, facts()),
    print: () => printSheet(screen, byId('sheet'), facts()),
  };
}
