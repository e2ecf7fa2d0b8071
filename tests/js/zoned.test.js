import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clockOf, instantOf, localOf } from '../../static/js/zoned.js';

test('a field shows the installation\'s time, whatever the browser\'s is', () => {
  assert.equal(localOf('2026-06-11T06:32:00Z', 'Asia/Shanghai'), '2026-06-11T14:32');
  assert.equal(clockOf('2026-06-10T16:05:00Z', 'Asia/Shanghai'), '00:05');
});

test('what was typed means a moment of the installation', () => {
  assert.equal(instantOf('2026-06-11T14:32', 'Asia/Shanghai'), '2026-06-11T06:32:00.000Z');
  assert.equal(instantOf('2026-06-11T00:10', 'Asia/Urumqi'), '2026-06-10T18:10:00.000Z');
  for (const zone of ['Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu']) {
    assert.equal(localOf(instantOf('2026-01-02T03:04', zone), zone), '2026-01-02T03:04');
  }
});
