/** Whose a place is, in one line. */

import { t } from './i18n.js';

/** @param {import('./public.js').Whose} whose */
export function whoseText({ village, grid, worker, center }) {
  if (!grid) return center ? t('由{center}来定', { center: center.name }) : t('由综治中心来定');
  const values = { village: village ?? '', grid, worker: worker ?? '' };
  return worker ? t('{village} {grid} 网格，{worker}', values) : t('{village} {grid} 网格', values);
}
