/** A tone for a red warning, off until someone switches it on; the choice is kept in this browser. */

const KEY = 'gridmap.wall.sound';
const TONES_HZ = Object.freeze([880, 660, 880]);
const TONE_S = 0.22;
const LOUDNESS = 0.12;

export function makeSound() {
  let on = localStorage.getItem(KEY) === 'on';
  /** @type {AudioContext|null} */
  let context = null;

  function play() {
    context ??= new AudioContext();
    TONES_HZ.forEach((hertz, i) => {
      const at = /** @type {AudioContext} */ (context).currentTime + i * TONE_S * 1.2;
      const tone = new OscillatorNode(/** @type {AudioContext} */ (context), { frequency: hertz });
      const volume = new GainNode(/** @type {AudioContext} */ (context), { gain: 0 });
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + TONE_S);
      tone.connect(volume).connect(/** @type {AudioContext} */ (context).destination);
      tone.start(at);
      tone.stop(at + TONE_S);
    });
  }

  return {
    on: () => on,
    /** Switches it; switched on, it is heard once. @returns {boolean} whether it is on now */
    toggle() {
      on = !on;
      localStorage.setItem(KEY, on ? 'on' : 'off');
      if (on) play();
      return on;
    },
    /** A red has come. */
    ring() {
      if (on) play();
    },
  };
}
