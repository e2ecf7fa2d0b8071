/** How numbers, distances and places are written. */

const THIN = '\u2009';
const MINUS = '\u2212';

/**
 * A number with thin spaces between thousands, from four digits on.
 * @param {number} value @param {number} [decimals]
 */
export function number(value, decimals = 0) {
  const [whole, part] = Math.abs(value).toFixed(decimals).split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  const sign = value < 0 && Number(Math.abs(value).toFixed(decimals)) > 0 ? MINUS : '';
  return sign + spaced + (part ? `.${part}` : '');
}

/** A class limit or rate, without needless zeros. @param {number} value */
export function limit(value) {
  if (value >= 10 || Number.isInteger(value)) return number(value);
  return String(Number(value.toFixed(value < 1 ? 2 : 1)));
}

/**
 * Meters below one kilometer, kilometers with one decimal above.
 * @param {number} meters @param {string} lang
 */
export function distance(meters, lang) {
  if (meters >= 1000) return `${number(meters / 1000, 1)}${lang === 'zh' ? ' 公里' : ' km'}`;
  return `${number(Math.round(meters))}${lang === 'zh' ? ' 米' : ' m'}`;
}

/** A share as a percentage with one decimal. @param {number} share */
export const percent = (share) => `${number(share * 100, 1)} %`;

/** Four decimals, latitude first. @param {number} lon @param {number} lat */
export function coordinates(lon, lat) {
  const ns = lat < 0 ? 'S' : 'N';
  const ew = lon < 0 ? 'W' : 'E';
  return `${Math.abs(lat).toFixed(4)}° ${ns}\u3000${Math.abs(lon).toFixed(4)}° ${ew}`;
}

/**
 * The longest round length (1, 2 or 5 times a power of ten) that fits.
 * @param {number} meters @returns {number}
 */
export function roundLength(meters) {
  const power = 10 ** Math.floor(Math.log10(meters));
  const step = [5, 2, 1].find((k) => k * power <= meters * 1.0000001) ?? 1;
  return step * power;
}
