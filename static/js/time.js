/**
 * Days, ranges of whole local days, and how times are written.
 * A day is the text `YYYY-MM-DD`; arithmetic is on UTC midnights, so no clock change can bend it.
 */

/** @typedef {{preset: string, from: string, to: string}} Range */

const DAY_MS = 86_400_000;

/** Ranges on offer: id and Chinese name; a number is that many days up to the last day with data. */
export const PRESETS = Object.freeze([
  ['1', '今日'], ['7', '7 日'], ['30', '30 日'], ['365', '365 日'], ['own', '自选'],
]);

/** @param {string} day @returns {number} */
const millis = (day) => Date.parse(`${day}T00:00:00Z`);

/** Whether the text is a real calendar day. @param {string} day */
export function isDay(day) {
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(millis(day))
    && new Date(millis(day)).toISOString().startsWith(day);
}

/** The day `n` days later. @param {string} day @param {number} n */
export function addDays(day, n) {
  return new Date(millis(day) + n * DAY_MS).toISOString().slice(0, 10);
}

/** Days in a range, both ends counted. @param {{from: string, to: string}} range */
export function daysIn({ from, to }) {
  return Math.round((millis(to) - millis(from)) / DAY_MS) + 1;
}

/**
 * The range a preset stands for.
 * @param {string} preset number of days, as text
 * @param {string} lastDay
 * @returns {Range}
 */
export function presetRange(preset, lastDay) {
  return { preset, from: addDays(lastDay, 1 - Number(preset)), to: lastDay };
}

/**
 * A range of the user's own, its ends in order.
 * @param {string} a @param {string} b @returns {Range}
 */
export function ownRange(a, b) {
  return a <= b ? { preset: 'own', from: a, to: b } : { preset: 'own', from: b, to: a };
}

/**
 * A day for people: 6月11日, with the year where it is not `nearDay`'s; 11 Jun 2026.
 * @param {string} day @param {string} lang @param {string} [nearDay]
 */
export function dayText(day, lang, nearDay = day) {
  const [year, month, date] = day.split('-').map(Number);
  const other = year !== Number(nearDay.slice(0, 4));
  if (lang === 'zh') return `${other ? `${year}年` : ''}${month}月${date}日`;
  const name = new Date(millis(day)).toLocaleDateString('en-GB', { month: 'short', timeZone: 'UTC' });
  return `${date} ${name}${other ? ` ${year}` : ''}`;
}

/**
 * A moment in the installation's zone: 6月11日 10:44, with the year where it is not that of `near`.
 * @param {string} iso @param {string} lang @param {string} zone @param {string} [near]
 */
export function momentText(iso, lang, zone, near = iso) {
  if (isDay(iso)) return dayText(iso, lang, near);
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone, dateStyle: 'short', timeStyle: 'short',
  }).format(new Date(iso));
  const [day, clock] = parts.split(' ');
  return `${dayText(day, lang, near)} ${clock}`;
}

/** A moment of today with its seconds: 14:32:05. @param {number} millis since 1970 @param {string} lang @param {string} zone */
export const clockText = (millis, lang, zone) => new Date(millis)
  .toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/**
 * Sums of daily counts in at most `bars` equal runs of days, oldest first.
 * @param {[string, number][]} daily @param {number} bars
 * @returns {{from: string, to: string, count: number}[]}
 */
export function histogram(daily, bars) {
  const size = Math.max(1, Math.ceil(daily.length / bars));
  const out = [];
  for (let end = daily.length; end > 0; end -= size) {
    const run = daily.slice(Math.max(0, end - size), end);
    out.unshift({
      from: run[0][0], to: run[run.length - 1][0], count: run.reduce((sum, [, n]) => sum + n, 0),
    });
  }
  return out;
}
