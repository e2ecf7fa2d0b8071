import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { uuid7 } from '../../static/js/ids.js';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), 'utf8');
const sources = readdirSync(new URL('static/js/', ROOT), { recursive: true }).map(String).filter((name) => name.endsWith('.js'));
const entries = new Map([...read('translations/en.po').matchAll(/^msgid "(.+)"\nmsgstr "(.*)"$/gm)].map(([, id, text]) => [id, text]));

test('every message of the browser has its English, with the same placeholders', () => {
  const holes = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();
  for (const name of sources) {
    for (const [, message] of read(`static/js/${name}`).matchAll(/\b(?:t|headingWords|inEnglishOnChinese)\('([^']+)'/g)) {
      assert.ok(entries.get(message), `${name}: no English for ${message}`);
      assert.equal(holes(message), holes(entries.get(message)), message);
    }
  }
});

test('every message that is in the catalog is used, in the browser or by the server', () => {
  const server = readdirSync(new URL('gridmap/', ROOT), { recursive: true }).map(String).filter((name) => name.endsWith('.py'));
  const all = [...sources.map((name) => read(`static/js/${name}`)), ...server.map((name) => read(`gridmap/${name}`))].join('\n')
    // a message that Python writes over two lines
    .replaceAll(/"\n\s*f?"/g, '');
  for (const id of entries.keys()) assert.ok(all.includes(id), id);
});

test('no module builds markup from text or carries a style in an attribute', () => {
  for (const name of sources) {
    assert.doesNotMatch(read(`static/js/${name}`), /innerHTML|outerHTML|insertAdjacentHTML|setHTML\(|\bstyle: ['`"]|style=|document\.write/, name);
  }
});

test('only api.js talks to the server about data, and live.js listens', () => {
  for (const name of sources.filter((each) => !['api.js', 'basemap.js'].includes(each))) {
    assert.doesNotMatch(read(`static/js/${name}`), /\bfetch\(|XMLHttpRequest/, name);
    if (name !== 'live.js') assert.doesNotMatch(read(`static/js/${name}`), /EventSource/, name);
  }
});

test('no module is longer than 250 lines', () => {
  for (const name of sources) assert.ok(read(`static/js/${name}`).split('\n').length <= 250, name);
});

test('a sheet uses only tokens that exist', () => {
  const known = new Set([...read('static/css/tokens.css').matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  for (const name of readdirSync(new URL('static/css/', ROOT)).filter((each) => each !== 'tokens.css')) {
    const text = read(`static/css/${name}`);
    const own = new Set([...text.matchAll(/(--[\w-]+)\s*:/g)].map(([, token]) => token));
    for (const [, token] of text.matchAll(/var\((--[\w-]+)/g)) assert.ok(known.has(token) || own.has(token) || ['--rail-w', '--beside'].includes(token), `${name}: ${token}`);
  }
});

test('ids are UUIDs of version 7 and carry their time', () => {
  const id = uuid7(Date.UTC(2026, 0, 1), new Uint8Array(16).fill(255));
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.replaceAll('-', '').slice(0, 12), 16), Date.UTC(2026, 0, 1));
  assert.notEqual(uuid7(), uuid7());
});
