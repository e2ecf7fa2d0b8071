/** Moments as fields for date and time show them: local to the installation's zone, not to the browser's. */

/** `2026-06-11T14:32` of a moment. @param {string} iso @param {string} zone */
export const localOf = (iso, zone) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso)).replace(' ', 'T');

/** The clock of a moment, `14:32`. @param {string} iso @param {string} zone */
export const clockOf = (iso, zone) => localOf(iso, zone).slice(11);

/** The moment that a local `2026-06-11T14:32` means. @param {string} local @param {string} zone @returns {string} */
export function instantOf(local, zone) {
  const asked = Date.parse(`${local}:00Z`);
  const shown = Date.parse(`${localOf(new Date(asked).toISOString(), zone)}:00Z`);
  return new Date(2 * asked - shown).toISOString();
}
