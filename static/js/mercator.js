/** Web Mercator as the map draws it: tiles of 512 pixels, the world one square at zoom 0. */

export const TILE_PX = 512;
const EQUATOR_KM = 40_075.017;

/** World pixels of a place. @param {number} lon @param {number} lat @param {number} zoom */
export function toPixels(lon, lat, zoom) {
  const size = TILE_PX * 2 ** zoom;
  const sin = Math.sin((lat * Math.PI) / 180);
  return {
    x: ((lon + 180) / 360) * size,
    y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size,
  };
}

/** The place of world pixels. @param {number} x @param {number} y @param {number} zoom */
export function fromPixels(x, y, zoom) {
  const size = TILE_PX * 2 ** zoom;
  return {
    lon: (x / size) * 360 - 180,
    lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size))) * 180) / Math.PI,
  };
}

/** Pixels a kilometer takes. @param {number} lat @param {number} zoom */
export function pixelsPerKm(lat, zoom) {
  return (TILE_PX * 2 ** zoom) / (EQUATOR_KM * Math.cos((lat * Math.PI) / 180));
}
