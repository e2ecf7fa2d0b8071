/** Sizes of a map's style for a screen: what is pixels at a desk is a share of the wall's height. */

/** @typedef {import('../style.js').Catalog} Catalog */

const SIZES = Object.freeze(['text-size', 'icon-size', 'line-width', 'circle-radius', 'circle-stroke-width', 'text-halo-width']);
/** Names are read from farther away than lines are told apart. */
const TEXT_FACTOR = 1.25;
const DESIGNED_FOR_PX = 1_080;

/** By how much a screen of this height draws its map larger than a desk. @param {number} heightPx */
export const scaleFor = (heightPx) => Math.max(0.8, heightPx / DESIGNED_FOR_PX);

/**
 * A style value times a factor; where it depends on the zoom, what comes out is multiplied.
 * @param {any} value @param {number} k @returns {any}
 */
export function times(value, k) {
  if (typeof value === 'number') return value * k;
  if (!Array.isArray(value)) return value;
  const [what, ...rest] = value;
  if (what === 'interpolate') return [what, rest[0], rest[1], ...rest.slice(2).map((each, i) => (i % 2 ? times(each, k) : each))];
  if (what === 'step') return [what, rest[0], ...rest.slice(1).map((each, i) => (i % 2 ? each : times(each, k)))];
  if (what === 'match') return [what, rest[0], ...rest.slice(1).map((each, i, all) => (i % 2 || i === all.length - 1 ? times(each, k) : each))];
  if (what === 'case') return [what, ...rest.map((each, i, all) => (i % 2 || i === all.length - 1 ? times(each, k) : each))];
  return ['*', k, value];
}

/** @param {any} part paint or layout @param {number} k */
const scaled = (part, k) => part && Object.fromEntries(Object.entries(part).map(([name, value]) => {
  if (!SIZES.includes(name)) return [name, value];
  return [name, times(value, name.startsWith('text') || name === 'icon-size' ? k * TEXT_FACTOR : k)];
}));

/**
 * The catalog with the styles of its layers drawn larger.
 * @param {Catalog} catalog @param {number} k
 * @returns {Catalog}
 */
export const scaledCatalog = (catalog, k) => ({
  ...catalog,
  size: k * TEXT_FACTOR,
  layers: catalog.layers.map((layer) => ({
    ...layer,
    style: layer.style.map((spec) => ({ ...spec, paint: scaled(spec.paint, k), layout: scaled(spec.layout, k) })),
  })),
});
