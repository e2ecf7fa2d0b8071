/** How well an animation keeps its pace: frames due and shown, how many came late, and what a frame cost. */

/** @typedef {{last: number, mean: number, most: number}} Cost milliseconds a frame */
/** @typedef {{due: number, shown: number, late: number, rate: number, script: Cost, draw: Cost}} Pace rate: frames a second reached; draw: the map's own drawing */

function makeCost() {
  let [n, sum, most, last] = [0, 0, 0, 0];
  return {
    /** @param {number} ms */
    add(ms) {
      n += 1;
      sum += ms;
      most = Math.max(most, ms);
      last = ms;
    },
    /** @returns {Cost} */
    of: () => ({ last, mean: n ? sum / n : 0, most }),
  };
}

/**
 * Watches one run of an animation.
 * @param {number} fps frames a second wanted @param {number} now when it began, in milliseconds
 */
export function makePace(fps, now) {
  let [shown, late] = [0, 0];
  const script = makeCost();
  const draw = makeCost();
  return {
    /** A frame has been shown. @param {{script: number, draw: number}} ms what it cost @param {boolean} waited whether it came after it was due */
    frame(ms, waited) {
      shown += 1;
      late += waited ? 1 : 0;
      script.add(ms.script);
      draw.add(ms.draw);
    },
    /** @param {number} at @returns {Pace} */
    at(at) {
      const seconds = Math.max(0, at - now) / 1_000;
      return { due: Math.floor(seconds * fps), shown, late, rate: seconds > 0 ? shown / seconds : 0, script: script.of(), draw: draw.of() };
    },
  };
}
