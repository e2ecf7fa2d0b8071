import assert from 'node:assert/strict';
import test from 'node:test';
import { fresh, hear, lose, pauseMs, said, SILENT_AFTER_MS, tick } from '../../static/js/live-state.js';

const message = (/** @type {string} */ name, id = '') => ({ name, id });

test('the first message makes a page live and has it ask for everything once', () => {
  const first = hear(fresh(0), message('alive', '7:1:1:'), 1000);
  assert.deepEqual(said(first), { live: true, since: null, why: 'reset' });
  assert.deepEqual(said(hear(first, message('happened'), 2000)), { live: true, since: null, why: '' });
});

test('the last id stays where a message brings none, and through a loss', () => {
  const live = hear(hear(fresh(0), message('alive', 'a'), 1), message('happened'), 2);
  assert.equal(live.last, 'a');
  const again = hear(tick(lose(live, 3, 0.5), 1e6, 0.5), message('alive', 'b'), 4);
  assert.equal(again.last, 'b');
  assert.equal(said(again).why, '', 'nothing is asked anew: the server caught up');
});

test('a reset has the page ask anew and counts as being heard', () => {
  const live = hear(fresh(0, 'old'), message('reset', 'new'), 5);
  assert.deepEqual([said(live), live.last], [{ live: true, since: null, why: 'reset' }, 'new']);
});

test('silence is noticed, and said since when', () => {
  const live = hear(fresh(0, 'a'), message('alive', 'a'), 1000);
  assert.equal(tick(live, 1000 + SILENT_AFTER_MS, 0.5), live);
  const silent = tick(live, 1001 + SILENT_AFTER_MS, 0.5);
  assert.deepEqual(said(silent), { live: false, since: 1000, why: 'silent' });
});

test('pauses grow, are spread, and never exceed ten seconds', () => {
  assert.deepEqual([1, 2, 3, 4].map((n) => pauseMs(n, 0.5)), [1000, 2000, 4000, 8000]);
  for (let n = 1; n < 60; n += 1) for (const random of [0, 0.5, 1]) assert.ok(pauseMs(n, random) <= 10_000 && pauseMs(n, random) >= 750);
  assert.notEqual(pauseMs(1, 0), pauseMs(1, 1));
});

test('a loss waits, then connects; a second sign of the same loss changes nothing', () => {
  const lost = lose(hear(fresh(0, 'a'), message('alive'), 0), 10, 0.5);
  assert.equal(lose(lost, 20, 0.5), lost);
  assert.equal(tick(lost, 1009, 0.5), lost);
  assert.equal(tick(lost, 1010, 0.5).phase, 'connecting');
  assert.equal(said(tick(lost, 1010, 0.5)).why, 'lost', 'still not live until something comes');
});

test('a server that takes the connection and says nothing is silent as well', () => {
  const asked = tick(lose(hear(fresh(0, 'a'), message('alive'), 0), 10, 0.5), 2000, 0.5);
  assert.equal(tick(asked, 2000 + SILENT_AFTER_MS, 0.5), asked);
  assert.deepEqual(said(tick(asked, 2001 + SILENT_AFTER_MS, 0.5)), { live: false, since: 0, why: 'silent' });
});

test('failures add up until a message comes', () => {
  let known = fresh(0, 'a');
  for (let n = 1; n <= 5; n += 1) known = { ...lose(known, 0, 0.5), phase: n < 5 ? 'connecting' : 'waiting' };
  assert.equal(known.failures, 5);
  assert.equal(hear(known, message('alive'), 9).failures, 0);
});

test('gone is the end', () => {
  const gone = hear(hear(fresh(0), message('alive', 'a'), 1), message('gone'), 2);
  assert.deepEqual(said(gone), { live: false, since: 2, why: 'gone' });
  assert.equal(tick(lose(gone, 3, 0.5), 1e9, 0.5), gone);
  assert.equal(hear(gone, message('alive'), 4), gone);
});
