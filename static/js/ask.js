/** What a click on the map means: the record under the pointer, else the ground and whose it is. */

/** @typedef {import('maplibre-gl').Map} GlMap */
/** @typedef {{kind: 'ring', lon: number, lat: number} | {kind: 'record', layer: 'incidents'|'warnings', county: number, id: string} | {kind: 'feature', layer: string, lon: number, lat: number, properties: Record<string, any>} | {kind: 'ground', lon: number, lat: number, names: string[]}} Target */

const REACH_PX = 6;

/**
 * What lies under a click.
 * @param {GlMap} map
 * @param {{x: number, y: number}} at pixels
 * @param {{lng: number, lat: number}} place
 * @param {{id: string, source: string, slot: string}[]} layers drawn layers, from below
 * @returns {Target}
 */
export function targetOf(map, at, place, layers) {
  /** @type {[[number, number], [number, number]]} */
  const reach = [[at.x - REACH_PX, at.y - REACH_PX], [at.x + REACH_PX, at.y + REACH_PX]];
  const touchable = layers.filter(({ slot, source }) => slot === 'sign' || (slot === 'point' && source));
  const [hit] = map.queryRenderedFeatures(reach, { layers: touchable.map(({ id }) => id) })
    .filter((feature) => feature.geometry.type === 'Point' && !feature.state.ringed);
  if (!hit || hit.geometry.type !== 'Point') {
    const guides = layers.filter(({ slot }) => slot === 'guide').map(({ id }) => id);
    const names = map.queryRenderedFeatures(reach, { layers: guides }).map((each) => each.properties.name);
    return { kind: 'ground', lon: place.lng, lat: place.lat, names: [...new Set(names)].filter(Boolean) };
  }
  const [lon, lat] = hit.geometry.coordinates;
  if (hit.source === 'rings') return { kind: 'ring', lon, lat };
  const { county, id } = hit.properties;
  if (hit.source === 'incidents' || hit.source === 'warnings') return { kind: 'record', layer: hit.source, county, id };
  if (hit.source === 'whistles') return { kind: 'record', layer: 'incidents', county, id };
  return { kind: 'feature', layer: hit.source, lon, lat, properties: hit.properties };
}

/**
 * The place that was asked about, as features to draw: pin, line to the nearest border, meters.
 * @param {{lon: number, lat: number}} place
 * @param {import('./api.js').Located|null} located
 * @param {(meters: number) => string} metersText
 * @returns {any[]}
 */
export function placeFeatures({ lon, lat }, located, metersText) {
  const feature = (/** @type {string} */ what, /** @type {any} */ geometry, rest = {}) => ({ type: 'Feature', properties: { what, ...rest }, geometry });
  const features = [feature('pin', { type: 'Point', coordinates: [lon, lat] })];
  const border = located?.grid && located.border;
  if (!border) return features;
  const end = [border.lon, border.lat];
  const anchor = border.lon < lon ? 'right' : 'left';
  return [
    feature('line', { type: 'LineString', coordinates: [[lon, lat], end] }),
    feature('end', { type: 'Point', coordinates: end }),
    feature('meters', { type: 'Point', coordinates: end }, { anchor, text: `\u2002${metersText(border.meters)}\u2002` }),
    ...features,
  ];
}
