/** A report until its receipt is there: kept on the phone at every letter, photos beside it. */

import { uuid7 } from './ids.js';

/** @typedef {import('./public.js').Place} Place */
/** @typedef {import('./public.js').Receipt} Receipt */
/** @typedef {{id: string, name: string, done: boolean}} Photo */
/**
 * @typedef {Object} Draft
 * @property {string} id of the report; all tries carry it
 * @property {string} secret known to this phone alone; with it a second send gets the same code
 * @property {string} kind
 * @property {number|null} category null: "other" of the kind
 * @property {string} words
 * @property {Place|null} place
 * @property {boolean} quiet
 * @property {string} phone
 * @property {Photo[]} photos
 * @property {string} began when it was begun
 * @property {Receipt|null} receipt
 * @property {boolean} changed it had arrived before, and was changed since
 */

const KEY = 'gridmap.report';
const STORE = 'photos';

/** @returns {Draft} */
export function emptyDraft() {
  const random = crypto.getRandomValues(new Uint8Array(24));
  return {
    id: uuid7(), secret: Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    kind: '', category: null, words: '', place: null, quiet: true, phone: '', photos: [],
    began: new Date().toISOString(), receipt: null, changed: false,
  };
}

/** The draft of this phone, or a new one. @returns {Draft} */
export function loadDraft() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return kept?.id && kept?.secret ? { ...emptyDraft(), ...kept } : emptyDraft();
  } catch {
    return emptyDraft();
  }
}

/** Whether it could be kept; a phone may refuse. @param {Draft} draft */
export function keepDraft(draft) {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Forgets the draft; its photos go with it. @param {Draft} draft */
export async function dropDraft(draft) {
  localStorage.removeItem(KEY);
  await Promise.all(draft.photos.map(({ id }) => dropPhoto(id)));
}

/** Photos that this page holds, should the phone's own store refuse. @type {Map<string, Blob>} */
const held = new Map();

/** @returns {Promise<IDBDatabase>} */
const store = () => new Promise((resolve, reject) => {
  const opening = indexedDB.open('gridmap', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});

/**
 * @template T
 * @param {IDBTransactionMode} mode @param {(photos: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function inStore(mode, work) {
  const database = await store();
  try {
    return await new Promise((resolve, reject) => {
      const asked = work(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

/** @param {string} id @param {Blob} blob */
export async function keepPhoto(id, blob) {
  held.set(id, blob);
  await inStore('readwrite', (photos) => photos.put(blob, id)).catch(() => {});
}

/** @param {string} id @returns {Promise<Blob|null>} */
export async function photo(id) {
  return held.get(id) ?? await inStore('readonly', (photos) => photos.get(id)).catch(() => null) ?? null;
}

/** @param {string} id */
export async function dropPhoto(id) {
  held.delete(id);
  await inStore('readwrite', (photos) => photos.delete(id)).catch(() => {});
}
