/** The playback of a wall: begun, led and ended by keys, buttons and the address. */

import { t } from '../i18n.js';
import { FPS, FRAMES_A_SECOND } from './address.js';
import { filmOf } from './frames.js';
import { makePlayback } from './playback.js';

/** @typedef {import('./address.js').Shown} Shown */
/** @typedef {import('./address.js').Play} Play */
/** @typedef {import('../elements/wall-playback.js').WallPlayback} Strip */

/** So often the strip says what rate is reached. */
const SAY_MS = 1_000;

/** Where the playback of a range begins. @param {import('../time.js').Range} range @param {Partial<Play>} [as] @returns {Play} */
export const fromStart = (range, as) => ({ running: true, fps: FPS, ...as, frame: filmOf(range).frames[0].to });

/**
 * @param {{pairs: () => Promise<import('./playback.js').Pair[]>}} view @param {Strip} strip
 * @param {{shown: () => Shown, go: (change: Partial<Shown>) => unknown, keep: (play: Play) => void, frame: (days: import('./frames.js').Days) => void}} wall
 *   `keep` writes into the address what is shown already
 */
export function makePlayer(view, strip, wall) {
  /** @type {ReturnType<typeof makePlayback>|null} */
  let playback = null;
  let key = '';
  const say = () => playback && strip.say(playback.state());
  setInterval(say, SAY_MS);

  function kept() {
    if (!playback) return;
    wall.keep(playback.play());
    strip.show(playback.film, playback.state());
  }

  const own = {
    /** @returns {ReturnType<NonNullable<typeof playback>['state']>|null} how the playback goes */
    state: () => playback?.state() ?? null,
    recolor: () => playback?.recolor(),
    /** Begins, goes on with or ends what the address asks for. */
    async follow() {
      const { play, within, range } = wall.shown();
      const next = play ? JSON.stringify([within, range.from, range.to]) : '';
      if (next === key) return;
      key = next;
      playback?.end();
      playback = null;
      strip.hidden = !play;
      if (!play) return;
      const pairs = await view.pairs();
      if (next !== key) return;
      if (!pairs.length) {
        strip.none(t('这里太大，看不清热力：请进到一个县再回放'));
        return;
      }
      playback = makePlayback(pairs, range, play, (days) => {
        strip.frame(days, playback?.state().at ?? 0);
        wall.frame(days);
      });
      strip.show(playback.film, playback.state());
    },
    /** Plays, or stands still; begins where nothing plays. */
    toggle() {
      if (!playback) return wall.go({ play: fromStart(wall.shown().range), versus: null });
      playback.run(!playback.state().running);
      return kept();
    },
    /** A frame on or back. @param {number} by */
    step(by) {
      if (!playback) return;
      playback.seek(playback.state().at + by);
      kept();
    },
    /** @param {number} frame */
    seek(frame) {
      playback?.seek(frame);
      kept();
    },
    /** Faster or slower by a step of those on offer. @param {number} by */
    speed(by) {
      if (!playback) return;
      const i = FRAMES_A_SECOND.indexOf(playback.state().fps) + by;
      if (i >= 0 && i < FRAMES_A_SECOND.length) playback.pace(FRAMES_A_SECOND[i]);
      kept();
    },
    leave: () => wall.go({ play: null }),
  };
  strip.led({ toggle: own.toggle, step: own.step, seek: own.seek, speed: own.speed, leave: own.leave });
  return own;
}
