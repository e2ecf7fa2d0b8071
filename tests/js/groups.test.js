import assert from 'node:assert/strict';
import test from 'node:test';
import { groupMarks } from '../../static/js/groups.js';

const row = (/** @type {number} */ n, x = 0, y = 0, name = 'm') => Array.from({ length: n }, (_, i) => ({ id: `${name}${i}`, x: x + i, y }));

test('five close marks stay as they are, six become one ring at their mean', () => {
  assert.deepEqual(groupMarks(row(5), 20, 6), []);
  const [group, ...rest] = groupMarks(row(6), 20, 6);
  assert.equal(rest.length, 0);
  assert.equal(group.ids.length, 6);
  assert.equal(group.x, 2.5);
});

test('no mark is in two rings and none in a ring is farther than two radii from another', () => {
  let seed = 7;
  const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
  const marks = Array.from({ length: 2000 }, (_, i) => ({ id: `p${i}`, x: random() * 400, y: random() * 400 }));
  const at = new Map(marks.map((mark) => [mark.id, mark]));
  const ids = groupMarks(marks, 20, 6).flatMap((group) => {
    assert.ok(group.ids.length >= 6);
    for (const a of group.ids) for (const b of group.ids) {
      assert.ok(Math.hypot(at.get(a).x - at.get(b).x, at.get(a).y - at.get(b).y) <= 40);
    }
    return group.ids;
  });
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length > 1500);
});

test('marks exactly on one point are one ring, also left of and above zero', () => {
  const marks = Array.from({ length: 9 }, (_, i) => ({ id: `t${i}`, x: -33, y: -1 }));
  assert.equal(groupMarks([...marks, ...row(3, 100, 100, 'far')], 20, 6).length, 1);
});
