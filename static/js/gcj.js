/**
 * GCJ-02 tiles laid where they belong. Chinese consumer maps are shifted by some hundred meters; a
 * true tile is therefore composed of up to four of theirs, moved by the shift at its middle.
 * The forward formula is the one in general circulation, equal to what the server uses for imports.
 * The shift is that of the tile's middle: within one tile it varies by less than a pixel.
 */

const AXIS_M = 6_378_245;
const ECCENTRICITY2 = 0.00669342162296594323;

/** @param {number} x @param {number} y */
function swing(x, y) {
  const { PI, sin, sqrt, abs } = Math;
  const common = (20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2 / 3;
  const lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    + (20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2 / 3
    + (160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2 / 3;
  const lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    + (20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2 / 3
    + (150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2 / 3;
  return { lat, lon };
}

/**
 * WGS 84 to GCJ-02; outside the rectangle around China nothing moves.
 * @param {number} lon degrees, EPSG:4326 @param {number} lat
 */
export function toGcj(lon, lat) {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lon, lat };
  const d = swing(lon - 105, lat - 35);
  const radians = (lat / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY2 * Math.sin(radians) ** 2;
  const root = Math.sqrt(magic);
  const dLat = (d.lat * 180) / (((AXIS_M * (1 - ECCENTRICITY2)) / (magic * root)) * Math.PI);
  const dLon = (d.lon * 180) / ((AXIS_M / root) * Math.cos(radians) * Math.PI);
  return { lon: lon + dLon, lat: lat + dLat };
}

/** Tile coordinates with fractions. @param {number} lon @param {number} lat @param {number} z */
function toTile(lon, lat, z) {
  const n = 2 ** z;
  const sin = Math.sin((lat * Math.PI) / 180);
  return {
    x: ((lon + 180) / 360) * n,
    y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n,
  };
}

/** @param {number} x @param {number} y @param {number} z */
function fromTile(x, y, z) {
  const n = 2 ** z;
  return {
    lon: (x / n) * 360 - 180,
    lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI,
  };
}

/**
 * How far GCJ-02 moves the middle of a tile, in tiles.
 * @param {number} z @param {number} x @param {number} y
 */
export function tileShift(z, x, y) {
  const middle = fromTile(x + 0.5, y + 0.5, z);
  const gcj = toGcj(middle.lon, middle.lat);
  const moved = toTile(gcj.lon, gcj.lat, z);
  return { dx: moved.x - x - 0.5, dy: moved.y - y - 0.5 };
}

/**
 * The tiles that make up a true tile and where each is drawn.
 * @param {number} z @param {number} x @param {number} y @param {number} size pixels of a tile
 * @returns {{z: number, x: number, y: number, left: number, top: number}[]}
 */
export function piecesOf(z, x, y, size) {
  const { dx, dy } = tileShift(z, x, y);
  const pieces = [];
  for (let ty = Math.floor(y + dy); ty < y + dy + 1; ty += 1) {
    for (let tx = Math.floor(x + dx); tx < x + dx + 1; tx += 1) {
      pieces.push({
        z, x: tx, y: ty,
        left: Math.round((tx - x - dx) * size), top: Math.round((ty - y - dy) * size),
      });
    }
  }
  return pieces;
}
