/** What residents' pages ask the server. What was typed goes into bodies, never into addresses. */

import { ApiError, ask } from './api.js';

/** @typedef {{village: string|null, grid: string|null, worker: string|null, center: {name: string, phone: string|null}|null}} Whose */
/** @typedef {{number: string, code: string, link: string, qr: {size: number, path: string}, whose: Whose}} Receipt */
/** @typedef {{lon: number|null, lat: number|null, accuracy_m: number|null, grid: string|null, how: 'gps'|'map'|'search', title: string}} Place */
/** @typedef {{title: string, where: string, grid: string|null, lon: number, lat: number, accuracy_m: number|null}} FoundPlace */
/** @typedef {{at: string, kind: string, zh: string, en: string, words: string, who: string|null, choice: {zh: string, en: string}|null, elsewhere: string|null}} FollowedStep */
/**
 * @typedef {Object} Followed
 * @property {string} zone of the times
 * @property {string} number
 * @property {string|null} together_with
 * @property {{id: string, zh: string, en: string}} state
 * @property {string} received_at
 * @property {Whose} whose
 * @property {FollowedStep[]} steps
 * @property {number} photos
 * @property {boolean} may_rate
 * @property {{words: {words: string, at: string}[], rating: number|null}} own
 */

/** @param {string} address @param {object} body */
const post = (address, body) => ask(address, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});

/** Categories and the ground of the map. @returns {Promise<import('./api.js').Catalog>} */
export const options = () => ask('/api/report/options');

/** @param {object} report @returns {Promise<Receipt>} */
export const send = (report) => post('/api/report', report);

/** @param {string} q @returns {Promise<{results: FoundPlace[]}>} */
export const places = (q) => post('/api/report/places', { q });

/** Whose grid a point is. @param {number} lon @param {number} lat @param {number|null} accuracy_m @returns {Promise<Whose>} */
export const whose = (lon, lat, accuracy_m) => post('/api/report/whose', { lon, lat, accuracy_m });

/** @param {string} code @returns {Promise<Followed>} */
export const follow = (code) => post('/api/follow', { code });

/** @param {string} code @param {number} rating */
export const rate = (code, rating) => post('/api/follow/rate', { code, rating });

/** @param {string} code @param {string} id @param {string} words */
export const addWords = (code, id, words) => post('/api/follow/words', { code, id, words });

/** What a line of one bar carries in some ten seconds. */
const PIECE_BYTES = 262_144;

/** @param {string} code @param {string} id @param {string} name @param {Blob} part @param {Record<string, number>} [place] of a piece: offset and size @returns {Promise<{complete: boolean, received?: number}>} */
function sendPart(code, id, name, part, place = {}) {
  const form = new FormData();
  for (const [key, value] of Object.entries({ code, id, ...place })) form.append(key, String(value));
  form.append('file', part, name);
  return ask('/api/follow/photos', { method: 'POST', body: form });
}

/**
 * Sends a file; a large one in pieces, from where the last try broke off.
 * @param {string} code @param {string} id @param {string} name @param {Blob} file
 * @param {(share: number) => void} [progress] told of the share that has arrived, 0 to 1
 */
export async function addPhoto(code, id, name, file, progress = () => {}) {
  const { size } = file;
  if (size <= PIECE_BYTES) return sendPart(code, id, name, file);
  // an empty piece asks how much is there
  let answer = await sendPart(code, id, name, new Blob([]), { offset: 0, size });
  while (!answer.complete) {
    const offset = answer.received ?? 0;
    progress(offset / size);
    answer = await sendPart(code, id, name, file.slice(offset, offset + PIECE_BYTES), { offset, size });
    if (!answer.complete && (answer.received ?? 0) <= offset) throw new ApiError('unreachable', '', 0);
  }
  return answer;
}

/**
 * An answer to the proof of work that a report needs, computed beside the page.
 * @param {string} id @param {number} bits @returns {Promise<string>}
 */
export function proof(id, bits) {
  if (bits <= 0) return Promise.resolve('');
  return new Promise((resolve, reject) => {
    const worker = new Worker('/static/js/work.js', { type: 'module' });
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = () => { worker.terminate(); reject(new Error('worker')); };
    worker.postMessage({ id, bits });
  });
}
