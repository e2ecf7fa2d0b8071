/** The keys of a wall. */

/** @type {Record<string, string>} */
const ACTIONS = Object.freeze({
  ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down',
  Enter: 'in', Escape: 'out', Backspace: 'out', Home: 'home',
  1: 'range-1', 2: 'range-7', 3: 'range-30', 4: 'range-365',
  m: 'measure', h: 'heat', f: 'full', s: 'sound', c: 'picture', p: 'print', n: 'news', d: 'drill', t: 'tour', v: 'versus', l: 'views', '?': 'keys',
  ' ': 'play', ',': 'back', '.': 'on', '+': 'faster', '=': 'faster', '-': 'slower',
});

/**
 * What a key press asks for; nothing where someone types, or holds a key of the system's.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, target: any}} event
 * @returns {string} '' for nothing
 */
export function actionOf({ key, ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target?.tagName ?? '')) return '';
  if ((key === 'Enter' || key === ' ') && target?.tagName === 'BUTTON') return '';
  const name = key.length === 1 ? key.toLowerCase() : key;
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : '';
}
