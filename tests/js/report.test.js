import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { dropDraft, emptyDraft, keepDraft, keepPhoto, loadDraft, photo } from '../../static/js/draft.js';
import { useLanguage } from '../../static/js/i18n.js';
import { sha256, zeroBits } from '../../static/js/sha256.js';
import { whoseText } from '../../static/js/whose.js';

/** @param {Int32Array} digest */
const hex = (digest) => Array.from(digest, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');

test('digests are those of the standard, around every border of a block', () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 200]) {
    const text = 'a'.repeat(length);
    assert.equal(hex(sha256(text)), createHash('sha256').update(text).digest('hex'), String(length));
  }
  assert.equal(hex(sha256('后坡的墙')), createHash('sha256').update('后坡的墙').digest('hex'));
});

test('zero bits are counted over words', () => {
  assert.equal(zeroBits(Int32Array.of(-1, 0)), 0);
  assert.equal(zeroBits(Int32Array.of(1, 0)), 31);
  assert.equal(zeroBits(Int32Array.of(0, 0x00ffffff)), 40);
});

/** @param {boolean} full whether it refuses to keep anything */
function storage(full = false) {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => { if (full) throw new Error('full'); kept.set(key, value); },
    removeItem: (/** @type {string} */ key) => kept.delete(key),
  };
}

test('a draft is the same after the page was closed, and another one after it was dropped', async () => {
  Object.assign(globalThis, { localStorage: storage(), indexedDB: { open: () => { throw new Error('none'); } } });
  const draft = { ...emptyDraft(), words: '墙裂了', photos: [{ id: 'p', name: '墙.jpg', done: false }] };
  assert.ok(keepDraft(draft));
  await keepPhoto('p', new Blob(['x']));
  assert.deepEqual(loadDraft(), draft);
  assert.ok(await photo('p'));
  await dropDraft(draft);
  assert.notEqual(loadDraft().id, draft.id);
  assert.equal(await photo('p'), null);
});

test('a broken or refused store loses nothing without saying so', () => {
  Object.assign(globalThis, { localStorage: storage(true) });
  assert.equal(keepDraft(emptyDraft()), false);
  Object.assign(globalThis, { localStorage: { ...storage(), getItem: () => '{broken' } });
  assert.equal(loadDraft().words, '');
});

test('whose a place is, also where nobody is on duty', () => {
  useLanguage('zh', {});
  const whose = { village: '松岭村', grid: '001', worker: '示例甲', center: null };
  assert.equal(whoseText(whose), '松岭村 001 网格，示例甲');
  assert.equal(whoseText({ ...whose, worker: null }), '松岭村 001 网格');
  assert.equal(whoseText({ ...whose, grid: null, center: { name: '柳川镇综治中心', phone: null } }), '由柳川镇综治中心来定');
});
