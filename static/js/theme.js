/** Light or dark: the system's wish until someone chooses. */

const KEY = 'gridmap.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** @typedef {'light'|'dark'} Theme */

/** The theme in force. @returns {Theme} */
export const theme = () => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

/** @param {Theme} next @param {() => void} changed */
function apply(next, changed) {
  if (next === theme()) return;
  document.documentElement.dataset.theme = next;
  changed();
}

/** Changes to the other theme and remembers it. @param {() => void} changed */
export function toggleTheme(changed) {
  const next = theme() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  apply(next, changed);
}

/** Follows the system as long as nobody has chosen. @param {() => void} changed */
export function followSystem(changed) {
  system.addEventListener('change', () => {
    if (!localStorage.getItem(KEY)) apply(system.matches ? 'dark' : 'light', changed);
  });
}
