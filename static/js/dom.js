/** Building elements without markup in strings, so that neither a style nor a script can hide in one. */

import { inEnglish, lang, t } from './i18n.js';

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child */
/** @typedef {Record<string, string|number|boolean|null|undefined|EventListener>} Props */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {Element|DocumentFragment} element @param {Props} props none for a fragment @param {Child[]} children */
function fill(element, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value);
    else if (value !== null && value !== undefined && value !== false) {
      /** @type {Element} */ (element).setAttribute(key, value === true ? '' : String(value));
    }
  }
  for (const child of /** @type {Child[]} */ (children.flat(9))) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

/**
 * An element; a function among the properties is a listener (`onclick`).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Props} [props] @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, props, children);
  return element;
}

/**
 * An SVG element.
 * @param {string} tag @param {Props} [props] @param {...Child} children
 * @returns {SVGElement}
 */
export function s(tag, props = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  fill(element, props, children);
  return element;
}

/** A heading's words; on Chinese screens small English follows. @param {string} message @returns {Child[]} */
export function headingWords(message) {
  if (lang() !== 'zh') return [t(message)];
  return [message, ' ', h('span', { class: 'en', lang: 'en' }, inEnglish(message))];
}

/** The English of a message where the screen is Chinese, as small words; else nothing. @param {string} message @returns {Child} */
export const inEnglishOnChinese = (message) => (lang() === 'zh' ? h('span', { lang: 'en' }, inEnglish(message)) : null);

/** Line icons, 16 units square. */
const ICONS = /** @type {const} */ ({
  close: 'M3 3 13 13M13 3 3 13',
  search: 'M7 2.5A4.5 4.5 0 1 1 7 11.5 4.5 4.5 0 0 1 7 2.5M10.3 10.3 14 14',
  list: 'M2 4H14M2 8H14M2 12H14',
  sun: 'M8 5.2A2.8 2.8 0 1 1 8 10.8 2.8 2.8 0 0 1 8 5.2M8 1V3M8 13V15M1 8H3M13 8H15M3 3 4.5 4.5M11.5 11.5 13 13M13 3 11.5 4.5M4.5 11.5 3 13',
  locate: 'M8 4A4 4 0 1 1 8 12 4 4 0 0 1 8 4M8 .5V4M8 12V15.5M.5 8H4M12 8H15.5',
  save: 'M8 2V10M4.5 7 8 10.5 11.5 7M2.5 13.5H13.5',
  play: 'M4.5 2.5 13 8 4.5 13.5Z',
  pause: 'M5 2.5V13.5M11 2.5V13.5',
  back: 'M11.5 2.5 5.5 8 11.5 13.5M3.5 2.5V13.5',
  on: 'M4.5 2.5 10.5 8 4.5 13.5M12.5 2.5V13.5',
  slower: 'M3 8H13',
  faster: 'M3 8H13M8 3V13',
  whole: 'M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10',
});

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  return s('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: ICONS[name] }));
}

/**
 * Tells the page that something was chosen.
 * @param {HTMLElement} from @param {string} name @param {unknown} [detail]
 */
export function announce(from, name, detail) {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/** Runs `work` once calls have paused for `ms`. @param {() => void} work @param {number} ms */
export function paused(work, ms) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };
}

/**
 * Puts new children into an element, unless they equal the old ones, so that nothing is pulled away
 * under a finger; the one with the same `data-key` keeps the focus. A child that stands there
 * already is not moved: what is typed or pressed in it goes on.
 * @param {HTMLElement} host @param {...Child} children
 */
export function redraw(host, ...children) {
  const given = /** @type {Child[]} */ (children.flat(9));
  const standing = given.findIndex((child) => child instanceof Node && child.parentNode === host);
  if (standing >= 0) {
    redrawAround(/** @type {ChildNode} */ (given[standing]), given.slice(0, standing), given.slice(standing + 1));
    return;
  }
  const next = fragment(given);
  const old = [...host.childNodes];
  if (old.length === next.childNodes.length && old.every((node, i) => node.isEqualNode(next.childNodes[i]))) return;
  const focused = host.contains(document.activeElement)
    ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : undefined;
  host.replaceChildren(next);
  if (focused) /** @type {HTMLElement|null} */ (host.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {ChildNode} standing @param {Child[]} before @param {Child[]} after */
function redrawAround(standing, before, after) {
  for (const node of [...standing.parentNode?.childNodes ?? []]) if (node !== standing) node.remove();
  standing.before(fragment(before));
  standing.after(fragment(after));
}

/** @param {Child[]} children */
function fragment(children) {
  const made = document.createDocumentFragment();
  fill(made, {}, children);
  return made;
}
