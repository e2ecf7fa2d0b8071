/* Classic script, run before the first paint: the theme chosen last time, else the system's. */
(() => {
  const chosen = localStorage.getItem('gridmap.theme');
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? 'dark' : 'light');
})();
