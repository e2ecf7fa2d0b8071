/** What of a map an event makes stale: pure. */

/** @typedef {import('./live.js').Happened} Happened */
/** @typedef {import('./api.js').Layer} Layer */

const SHAPES = 'BoundaryPublished';
/** Many rows at once, of any kind. */
const BULK = Object.freeze(['ImportLoaded', 'ImportTakenBack', 'PlacesReassigned', 'SampleRemoved']);

/**
 * The layers whose tiles are to be asked for again, whether shapes may have new addresses, and the
 * paths whose figures changed; `events` null: nobody knows what happened, so everything.
 * @param {Pick<Layer, 'id'|'stale_on'>[]} layers @param {Happened[]|null} events
 * @returns {{layers: string[], shapes: boolean, paths: string[]}}
 */
export function stale(layers, events) {
  const kinds = new Set(events?.map(({ kind }) => kind));
  const all = events === null || BULK.some((kind) => kinds.has(kind));
  // tiles of shapes never change at their address: they are asked for anew by another one
  const points = layers.filter(({ stale_on: on }) => on.length > 0 && !on.includes(SHAPES) && (all || on.some((kind) => kinds.has(kind))));
  return {
    layers: points.map(({ id }) => id),
    shapes: all || kinds.has(SHAPES),
    paths: all ? [''] : [...new Set(events?.map(({ path }) => path))],
  };
}
