/**
 * Which arrivals ring out: at most three at once, each for its three rounds; what comes faster than
 * that becomes one counted ring, so that a burst is one sign and not a storm.
 */

/** @typedef {{id: string, path: string}} Arrival */
/** @typedef {{id: string, path: string, count: number, until: number}} Ring */

export const MOST_RINGS = 3;
/** Three rounds of 1.6 s. */
export const RING_MS = 4_800;

/**
 * The rings after something arrived.
 * @param {Ring[]} rings @param {Arrival} arrival @param {number} now
 * @returns {Ring[]}
 */
export function arrive(rings, arrival, now) {
  const alive = rest(rings, now);
  const same = alive.find((ring) => ring.path === arrival.path);
  if (same) return alive.map((ring) => (ring === same ? { ...ring, count: ring.count + 1, until: now + RING_MS } : ring));
  if (alive.length < MOST_RINGS) return [...alive, { ...arrival, count: 1, until: now + RING_MS }];
  const [last, ...others] = [...alive].reverse();
  return [...others.reverse(), { id: arrival.id, path: arrival.path, count: last.count + 1, until: now + RING_MS }];
}

/** The rings that still ring. @param {Ring[]} rings @param {number} now */
export const rest = (rings, now) => rings.filter((ring) => ring.until > now);
