/** How a wall says times: clocks that run, and how long something has waited. */

import { lang, t } from '../i18n.js';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** @param {number} value */
const two = (value) => String(value).padStart(2, '0');

/** A running clock: 06:12, from an hour on 3:06:12, from a day on in words. @param {number} seconds */
export function clockText(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  if (all >= DAY_S) return longText(all);
  const [hours, minutes, rest] = [Math.floor(all / HOUR_S), Math.floor(all / MINUTE_S) % 60, all % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** How long, in its two largest units: 6 分 12 秒, 2 天 4 小时. @param {number} seconds */
export function longText(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const [days, hours] = [Math.floor(all / DAY_S), Math.floor(all / HOUR_S) % 24];
  const [minutes, rest] = [Math.floor(all / MINUTE_S) % 60, all % 60];
  if (days) return hours ? t('{days} 天 {hours} 小时', { days, hours }) : t('{days} 天', { days });
  if (hours) return t('{hours} 小时 {minutes} 分', { hours, minutes });
  if (minutes) return t('{minutes} 分 {seconds} 秒', { minutes, seconds: two(rest) });
  return t('{seconds} 秒', { seconds: rest });
}

/** @param {number} moment @param {string} zone @param {Intl.DateTimeFormatOptions} options */
const parts = (moment, zone, options) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...options }).format(moment);

/** 14:32:08. @param {number} moment @param {string} zone */
export const timeText = (moment, zone) => parts(moment, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The local day, YYYY-MM-DD. @param {number} moment @param {string} zone */
export const dayOf = (moment, zone) => parts(moment, zone, { dateStyle: 'short' });

/** 2026年6月11日 周四. @param {number} moment @param {string} zone */
export function dateText(moment, zone) {
  const locale = lang() === 'zh' ? 'zh-CN' : 'en-GB';
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, year: 'numeric', month: lang() === 'zh' ? 'numeric' : 'short', day: 'numeric' }).format(moment);
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'short' }).format(moment);
  return lang() === 'zh' ? `${day.replace(/(\d+)\/(\d+)\/(\d+)/, '$1年$2月$3日')} ${weekday}` : `${weekday} ${day}`;
}

/**
 * When something came: its time on the same day, else its day.
 * @param {string} iso @param {number} now @param {string} zone
 */
export function cameText(iso, now, zone) {
  const moment = Date.parse(iso);
  if (dayOf(moment, zone) === dayOf(now, zone)) return timeText(moment, zone);
  const [, month, day] = dayOf(moment, zone).split('-').map(Number);
  return lang() === 'zh' ? `${month}月${day}日` : `${day}/${month}`;
}
