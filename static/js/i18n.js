/** Words on screen. Message ids are the Chinese words themselves; English comes from the server's catalog. */

/** @type {Record<string, string>} */
let english = {};
let language = 'zh';

/** @param {string} lang zh or en @param {Record<string, string>} messages */
export function useLanguage(lang, messages) {
  language = lang;
  english = messages;
}

/** The language of the screen, zh or en. */
export const lang = () => language;

/** The value for the `lang` attribute of words in Chinese or English. @param {string} code */
export const langTag = (code) => (code === 'zh' ? 'zh-Hans' : 'en');

/**
 * A message in the language of the screen, `{name}` filled in.
 * @param {string} message @param {Record<string, string|number>} [values]
 */
export function t(message, values = {}) {
  const text = language === 'zh' ? message : english[message] ?? message;
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/** The English of a message, for the small words beside a Chinese heading. @param {string} message */
export const inEnglish = (message) => english[message] ?? '';

/** The pair's words in the language of the screen. @param {{zh: string, en: string}} words */
export const pick = (words) => (language === 'zh' ? words.zh : words.en || words.zh);
