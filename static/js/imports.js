/** Words and small decisions about imports. */

import { t } from './i18n.js';

/** @typedef {import('./api.js').ImportBrief} ImportBrief */

const STATES = Object.freeze({
  uploaded: '等你选项', staging: '正在读', staged: '等你确认', loading: '正在载入', loaded: '已载入',
  thrown_away: '已放弃', taken_back: '已收回', failed: '没有成功',
});

/** @param {ImportBrief} one */
export const stateWords = (one) => t(STATES[one.state]);

/** Whether the program is at it, so that asking again makes sense. @param {ImportBrief} one */
export const isWorking = (one) => one.state === 'staging' || one.state === 'loading';

/** Whether a person is asked for something. @param {ImportBrief} one */
export const isWaiting = (one) => one.state === 'uploaded' || one.state === 'staged' || one.state === 'failed';

/** Share of a file that has been read, 0 to 1; null where its length is not known. @param {ImportBrief} one @param {number|null|undefined} rows */
export const shareRead = (one, rows) => (one.progress !== null && rows ? Math.min(1, one.progress / rows) : null);

/** What each kind of file must hold. */
export const NEEDS = Object.freeze({
  regions: '编号、名称、边界，一次一级',
  centers: '编号、名称、所在区划',
  grids: '编号、边界；一镇的网格要铺满',
  workers: '工号、姓名、所管网格',
  households: '编号、地址、位置',
  incidents: '编号、类别、时间、位置',
});

/** Coordinate systems that files in China are in. */
export const SYSTEMS = Object.freeze({
  'EPSG:4326': 'WGS 84（GPS）',
  'EPSG:4490': 'CGCS2000（天地图）',
  gcj02: 'GCJ-02（高德、腾讯）',
  bd09: 'BD-09（百度）',
});

/** @param {string} crs */
export const systemName = (crs) => t(SYSTEMS[/** @type {keyof typeof SYSTEMS} */ (crs)] ?? crs);

const PROBLEMS = Object.freeze({ overlap: '重叠', gap: '缝隙', invalid: '边界无效', outside: '超出外界' });

/** @param {import('./api.js').Problem} problem */
export const problemWords = (problem) => t(PROBLEMS[/** @type {keyof typeof PROBLEMS} */ (problem.kind)] ?? problem.text);

/** What a field is called. @param {{title: string, n?: number|null}} field */
export const fieldName = ({ title, n = null }) => (n === null ? t(title) : `${t(title)} ${n}`);

/**
 * The fields worth a line: of persons, those that have a column, and one person more.
 * @template {{id: string, n?: number|null}} Field
 * @param {Field[]} fields @param {Record<string, string>} mapping
 */
export function offered(fields, mapping) {
  const persons = fields.filter(({ id }) => mapping[id]).map(({ n }) => n ?? 0);
  const most = Math.max(0, ...persons) + 1;
  return fields.filter(({ n }) => (n ?? 0) <= most);
}

/**
 * The mapping after a column was chosen for a field: no column serves two fields.
 * @param {Record<string, string>} mapping @param {string} field @param {string} column '' takes the field out
 * @returns {Record<string, string>}
 */
export function mapped(mapping, field, column) {
  const others = Object.entries(mapping).filter(([key, value]) => key !== field && value !== column);
  return Object.fromEntries(column ? [...others, [field, column]] : others);
}
