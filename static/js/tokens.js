/** The design tokens of the theme in force, and styles in which tokens stand for colors. */

/**
 * Every custom property of the root element that a style names, by its value now.
 * @param {CSSStyleDeclaration} computed
 * @returns {(name: string) => string|number}
 */
export function tokenReader(computed) {
  /** @type {Map<string, string|number>} */
  const known = new Map();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      const text = computed.getPropertyValue(name).trim();
      value = text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
      if (value === '') throw new Error(`no token ${name}`);
      known.set(name, value);
    }
    return value;
  };
}

/**
 * The same value with every string that is a token (`--m-town`) replaced by what it stands for.
 * @template T
 * @param {T} value anything made of JSON
 * @param {(name: string) => string|number} token
 * @returns {T}
 */
export function resolve(value, token) {
  if (typeof value === 'string') return /** @type {T} */ (value.startsWith('--') ? token(value) : value);
  if (Array.isArray(value)) return /** @type {T} */ (value.map((item) => resolve(item, token)));
  if (value === null || typeof value !== 'object') return value;
  const pairs = Object.entries(value).map(([key, item]) => [key, resolve(item, token)]);
  return Object.fromEntries(pairs);
}
