import assert from 'node:assert/strict';
import test from 'node:test';
import { useLanguage } from '../../static/js/i18n.js';
import { above, onDay, read, upTo, write } from '../../static/js/wall/address.js';
import { conditionOf, makeServerClock, STALE_AFTER_MS } from '../../static/js/wall/age.js';
import { clearest } from '../../static/js/wall/beside-sign.js';
import { chartOption, inRuns, MOST_BARS, scaleLine } from '../../static/js/wall/bars.js';
import { makeDrillClock } from '../../static/js/wall/drill-clock.js';
import { clockText, dayOf, longText } from '../../static/js/wall/durations.js';
import { panelsOf } from '../../static/js/wall/feed.js';
import { filmOf, frameOn } from '../../static/js/wall/frames.js';
import { actionOf } from '../../static/js/wall/keys.js';
import { coloredIn, daysOfMap, daysOver } from '../../static/js/wall/levels.js';
import { missingWords } from '../../static/js/wall/missing.js';
import { makePace } from '../../static/js/wall/pace.js';
import { arrive, MOST_RINGS, rest, RING_MS } from '../../static/js/wall/ring-queue.js';
import { afterVersus, daysOfVersus } from '../../static/js/wall/versus.js';
import { answered, moved, OFF, passed, PAUSE_MS, RED_MS, reddened, secondsOf, touched, walkTo } from '../../static/js/wall/tour-walk.js';
import { times } from '../../static/js/wall/scale-style.js';
import { stepTo } from '../../static/js/wall/steps.js';

const OFFERED = { home: '99/01/', today: '2026-06-11', measures: ['density', 'warning'] };
const CATALOG = /** @type {any} */ ({ grid_depth: 6, levels: [1, 2, 3, 4, 5].map((depth) => ({ depth, is_county: depth === 3, answers: depth === 4 })) });

test('an address brings back what was shown, and nonsense opens as a fresh wall does', () => {
  const shown = { within: '99/01/01/', range: { preset: 'own', from: '2026-05-01', to: '2026-05-09' }, measure: 'warning', heat: /** @type {const} */ ('fill'), play: { frame: '2026-05-08', running: true, fps: 4 }, drill: null, versus: null };
  assert.deepEqual(read(write(shown), OFFERED), shown);
  assert.deepEqual(read('?within=x&time=yesterday&measure=luck&heat=blue&play=tomorrow&drill=2026-06-12T08:00&versus=side:never', OFFERED), read('', OFFERED));
  assert.equal(read('', OFFERED).within, '99/01/');
  assert.equal(read('?within=', OFFERED).within, '');
});

test('in a drill today is the day that is replayed, and nothing plays beside it', () => {
  const drill = read('?time=7&drill=2026-05-12T08:00&speed=60&play=2026-05-08', OFFERED);
  assert.deepEqual([drill.drill, drill.play], [{ at: '2026-05-12T08:00', speed: 60 }, null]);
  assert.deepEqual(drill.range, { preset: '7', from: '2026-05-06', to: '2026-05-12' });
  assert.deepEqual(read(write(drill), OFFERED), drill);
  assert.equal(read('?drill=2026-05-12T25:00', OFFERED).drill, null);
  assert.deepEqual(daysOver(drill.range, '2026-05-12'), { preset: '7', from: '2026-05-06', to: '2026-05-11' });
});

test('a period is compared with the one before, the same days last year, or any days, by the address', () => {
  const range = { from: '2026-05-13', to: '2026-06-11' };
  const days = (/** @type {string} */ text) => daysOfVersus(/** @type {any} */ (read(`?versus=${text}`, OFFERED).versus), range);
  assert.deepEqual(days('difference:before'), { from: '2026-04-13', to: '2026-05-12' });
  assert.deepEqual(days('side:year'), { from: '2025-05-13', to: '2025-06-11' });
  assert.deepEqual(days('side:2026-01-31..2026-01-01'), { from: '2026-01-01', to: '2026-01-31' });
  assert.equal(daysOfVersus({ how: 'side', to: 'year', days: null }, { from: '2024-02-29', to: '2024-02-29' }).from, '2023-02-28');
  const side = read('?versus=side:2026-01-01..2026-01-31', OFFERED);
  assert.deepEqual(read(write(side), OFFERED), side);
  assert.deepEqual([null, 'difference', 'side'].map((how) => afterVersus(how && /** @type {any} */ ({ how, to: 'year', days: null }))?.how), ['difference', 'side', undefined]);
});

test('the clock of a drill runs as fast as is wished, stands still, jumps, and stops at now', () => {
  const clock = makeDrillClock(1_000_000, 60, 0, (machine) => 5_000_000 + machine);
  assert.equal(clock.now(1_000), 1_060_000);
  clock.run(false, 1_000);
  assert.equal(clock.now(9_000), 1_060_000);
  clock.jump(-60_000, 9_000);
  clock.pace(1, 9_000);
  clock.run(true, 9_000);
  assert.equal(clock.now(10_000), 1_001_000);
  clock.jump(9_000_000, 10_000);
  assert.equal(clock.now(11_000), 5_011_000);
});

test('a range that ends today moves with the day, one of its own stays', () => {
  assert.deepEqual(onDay(read('?time=7', OFFERED).range, '2026-06-12'), { preset: '7', from: '2026-06-06', to: '2026-06-12' });
  const own = read('?time=2026-05-01..2026-05-09', OFFERED).range;
  assert.equal(onDay(own, '2026-06-12'), own);
});

test('paths go up and down', () => {
  assert.equal(above('99/01/01/'), '99/01/');
  assert.equal(above('99/'), '');
  assert.equal(upTo('99/01/01/101/201/001/', 4), '99/01/01/101/');
});

test('silence makes a wall stale, an ended link dark', () => {
  assert.equal(conditionOf({ at: 0, gone: false }, STALE_AFTER_MS), 'live');
  assert.equal(conditionOf({ at: 0, gone: false }, STALE_AFTER_MS + 1), 'stale');
  assert.equal(conditionOf({ at: 0, gone: true }, 1), 'dark');
});

test('the clock on the wall is that of the server, whatever this machine believes', () => {
  const clock = makeServerClock();
  clock.hear('2026-06-11T06:32:00Z', 5_000);
  assert.equal(clock.now(6_000), Date.parse('2026-06-11T06:32:01Z'));
  clock.hear('nonsense', 7_000);
  assert.equal(clock.now(6_000), Date.parse('2026-06-11T06:32:01Z'));
});

test('at most three ring at once, and a burst is one counted ring', () => {
  let rings = arrive([], { id: 'a', path: 'a/' }, 0);
  for (const id of ['b', 'c', 'd', 'e']) rings = arrive(rings, { id, path: `${id}/` }, 10);
  assert.equal(rings.length, MOST_RINGS);
  assert.deepEqual(rings.map(({ path, count }) => [path, count]), [['a/', 1], ['b/', 1], ['e/', 3]]);
  assert.equal(arrive(rings, { id: 'f', path: 'a/' }, 20)[0].count, 2);
  assert.equal(rest(rings, RING_MS).length, 2);
  assert.equal(rest(rings, RING_MS + 11).length, 0);
});

test('however many arrive, the queue stays bounded', () => {
  let rings = /** @type {import('../../static/js/wall/ring-queue.js').Ring[]} */ ([]);
  for (let n = 0; n < 10_000; n += 1) rings = arrive(rings, { id: String(n), path: `${n % 977}/` }, n);
  assert.ok(rings.length <= MOST_RINGS);
});

test('the drilled area decides what is colored, unless it would be too small to see', () => {
  const colored = (/** @type {string} */ within, /** @type {number} */ zoom) => coloredIn(CATALOG, within, zoom).level;
  assert.equal(colored('99/', 6), 3);
  assert.equal(colored('99/01/', 8), 4);
  assert.equal(colored('99/01/01/', 10), 6);
  assert.equal(colored('99/01/01/', 8.5), 4);
  assert.equal(colored('99/01/01/101/', 12), 6);
});

test('a map of grids is colored by a year even on a wall of today', () => {
  const today = { preset: '1', from: '2026-06-11', to: '2026-06-11' };
  assert.equal(daysOfMap(today, true).from, '2025-06-12');
  assert.equal(daysOfMap(today, false).from, '2026-05-13');
  assert.equal(daysOfMap({ preset: '365', from: '2025-06-12', to: '2026-06-11' }, false).from, '2025-06-12');
});

test('clocks run, and waiting is said in two units', () => {
  assert.equal(clockText(372), '06:12');
  assert.equal(clockText(11_172), '3:06:12');
  assert.equal(clockText(-5), '00:00');
  assert.equal(longText(372), '6 分 12 秒');
  assert.equal(longText(187_200), '2 天 4 小时');
  assert.equal(longText(11_520), '3 小时 12 分');
  assert.equal(dayOf(Date.parse('2026-06-11T16:30:00Z'), 'Asia/Shanghai'), '2026-06-12');
});

test('who is missing is named as far as there is room, and the rest is counted', () => {
  const names = ['公安局', '民政局', '水务局', '司法局'];
  assert.deepEqual(missingWords(names, 4), { names: ['公安局、', '民政局、', '水务局、', '司法局'], more: '' });
  assert.deepEqual(missingWords(names, 2), { names: ['公安局、', '民政局'], more: '等 4 家' });
  useLanguage('en', { '等 {n} 家': '+{n}' });
  assert.deepEqual(missingWords(names, 2), { names: ['公安局,', '民政局'], more: '+2' });
  useLanguage('zh', {});
});

test('an event asks for the panels that it concerns and for no others', () => {
  assert.deepEqual(panelsOf('IncidentReported'), ['numbers', 'kinds', 'latest', 'attention']);
  assert.deepEqual(panelsOf('WarningRaised'), ['warnings', 'attention']);
  assert.deepEqual(panelsOf('DepartmentArrived'), ['whistles']);
  assert.deepEqual(panelsOf('HouseholdMoved'), []);
});

test('a year becomes few bars that add up', () => {
  const slots = Array.from({ length: 365 }, (_, i) => String(i));
  const run = inRuns({ slots, now: slots.map(() => 1), before: slots.map(() => 2), current: 364 });
  assert.ok(run.slots.length <= MOST_BARS);
  assert.equal(run.now.reduce((sum, n) => sum + n, 0), 365);
  assert.equal(run.current, run.slots.length - 1);
});

test('no bar rises above the line of the scale', () => {
  for (let n = 1; n < 2_000; n += 1) assert.ok(scaleLine(n) >= n && scaleLine(n) < 2 * n + 1);
});

test('what has not happened yet has no bar', () => {
  const words = { font: '', size: 10, unit: '', label: () => '', tip: () => '' };
  const colors = { bar: 'b', current: 'c', before: '', line: '', text: '', surface: '' };
  const option = /** @type {any} */ (chartOption({ slots: ['0', '1', '2'], now: [3, 1, 0], before: [1, 1, 1], current: 1 }, 3, colors, words));
  assert.deepEqual(option.series[0].data.map((/** @type {any} */ each) => [each.value, each.itemStyle.color]), [[3, 'b'], [1, 'c'], [null, 'b']]);
  assert.equal(option.tooltip.renderMode, 'richText');
});

test('a style grows with the screen, whatever its sizes depend on', () => {
  assert.equal(times(2, 3), 6);
  assert.deepEqual(times(['interpolate', ['linear'], ['zoom'], 7, 1, 10, 2], 2), ['interpolate', ['linear'], ['zoom'], 7, 2, 10, 4]);
  assert.deepEqual(times(['match', ['get', 'color'], 4, 1, 3, 0.95, 0.8], 2), ['match', ['get', 'color'], 4, 2, 3, 1.9, 1.6]);
  assert.deepEqual(times(['step', ['zoom'], 1, 10, 2], 2), ['step', ['zoom'], 2, 10, 4]);
  assert.deepEqual(times(['interpolate', ['linear'], ['zoom'], 9, ['case', true, 1, 2]], 2), ['interpolate', ['linear'], ['zoom'], 9, ['case', true, 2, 4]]);
});

test('arrow keys go to the neighbor that lies that way', () => {
  const below = [['w', -1, 0], ['m', 0, 0], ['e', 1, 0], ['n', 0, 1]].map(([path, lon, lat]) => ({ path: String(path), name: '', lon: Number(lon), lat: Number(lat) }));
  assert.equal(stepTo(below, '', 'left'), 'w');
  assert.equal(stepTo(below, 'm', 'right'), 'e');
  assert.equal(stepTo(below, 'm', 'up'), 'n');
  assert.equal(stepTo(below, 'e', 'right'), 'e');
  assert.equal(stepTo([], '', 'up'), '');
});

test('keys do nothing where someone types', () => {
  const press = (/** @type {string} */ key, /** @type {any} */ more = {}) => actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: null, ...more });
  assert.equal(press('M'), 'measure');
  assert.equal(press('Escape'), 'out');
  assert.equal(press('m', { ctrlKey: true }), '');
  assert.equal(press('m', { target: { tagName: 'INPUT' } }), '');
  assert.equal(press('toString'), '');
});

test('the frames of a period are equally long, end with it, and follow step by step', () => {
  const month = filmOf({ from: '2026-05-13', to: '2026-06-11' });
  assert.deepEqual([month.window, month.step, month.frames.length], [7, 1, 24]);
  assert.deepEqual(month.frames[0], { from: '2026-05-13', to: '2026-05-19' });
  assert.deepEqual(month.frames.at(-1), { from: '2026-06-05', to: '2026-06-11' });
  const year = filmOf({ from: '2025-06-12', to: '2026-06-11' });
  assert.deepEqual([year.window, year.step, year.frames.length], [28, 7, 49]);
  assert.ok(year.frames[0].from >= '2025-06-12');
  assert.equal(filmOf({ from: '2026-06-11', to: '2026-06-11' }).frames.length, 7);
  assert.equal(frameOn(month.frames, '2026-05-20'), 1);
  assert.equal(frameOn(month.frames, '2027-01-01'), 23);
});

test('a pace says how many frames were due, shown and late, and what they cost', () => {
  const pace = makePace(2, 1_000);
  pace.frame({ script: 2, draw: 8 }, false);
  pace.frame({ script: 6, draw: 2 }, true);
  const { due, shown, late, rate, script, draw } = pace.at(3_000);
  assert.deepEqual({ due, shown, late, rate }, { due: 4, shown: 2, late: 1, rate: 1 });
  assert.deepEqual([script, draw.mean], [{ last: 6, mean: 4, most: 6 }, 5]);
});

test('a tour walks on when a view has had its time, and gives way to somebody and to a red', () => {
  const views = [10, 20].map((seconds) => ({ name: '', address: '', seconds }));
  const walk = walkTo(views, 0, 0);
  assert.equal(passed(walk, views, 9_999), walk);
  assert.deepEqual(passed(walk, views, 10_000), { phase: 'walking', at: 1, until: 30_000, red: '' });
  assert.equal(passed(walkTo(views, 1, 0), views, 20_000).at, 0);
  const stopped = touched(walk, 1_000);
  assert.equal(stopped.phase, 'paused');
  assert.deepEqual(passed(stopped, views, 1_000 + PAUSE_MS), walkTo(views, 0, 1_000 + PAUSE_MS));
  const red = reddened(stopped, 'a', 2_000);
  assert.equal(reddened(red, 'b', 3_000), red);
  assert.equal(answered(red, 'b', 3_000), red);
  assert.deepEqual(passed(answered(red, 'a', 3_000), views, 3_000), walkTo(views, 0, 3_000));
  assert.equal(passed(red, views, 2_000 + RED_MS).phase, 'walking');
  assert.equal(reddened(OFF, 'a', 0), OFF);
  assert.equal(walkTo([], 0, 0), OFF);
});

test('the views of a tour change places, and a view takes neither no time nor for ever', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b']);
  assert.deepEqual(moved(['a', 'b', 'c'], 0, 9), ['b', 'c', 'a']);
  assert.deepEqual([1, 'x', 99_999].map(secondsOf), [5, 30, 3_600]);
});

test('a label stands where it covers least, on the map and on no other label', () => {
  const [sign, label, map] = [{ x: 500, y: 300 }, { width: 160, height: 30 }, { width: 1_000, height: 600 }];
  const at = (/** @type {any} */ where = sign, /** @type {any[]} */ taken = [], covered = (/** @type {any} */ box) => box.left * 0) => clearest(where, label, map, 10, taken, covered).name;
  assert.equal(at(), 'right');
  assert.equal(at({ x: 900, y: 300 }), 'left');
  assert.equal(at({ x: 900, y: 590 }), 'left-above');
  assert.equal(at(sign, [], (box) => (box.top > 290 ? 2 : 0)), 'right-above');
  const first = clearest(sign, label, map, 10, [], () => 0).box;
  assert.equal(at({ x: 505, y: 305 }, [first], (box) => (box.left > 500 ? 0 : 3)), 'right-above');
});
