// Words that people read. They come from Django's JavaScript catalogue, which the
// page loads before its modules; without it (in tests) English stays English.

/** @typedef {{gettext(text: string): string, ngettext(one: string, many: string, count: number): string}} Catalogue */

/** @returns {Partial<Catalogue>} */
const catalogue = () =>
  /** @type {{django?: Partial<Catalogue>}} */ (/** @type {unknown} */ (globalThis))
    .django ?? {};

/** @param {string} text */
export function gettext(text) {
  return catalogue().gettext?.(text) ?? text;
}

/**
 * @param {string} one
 * @param {string} many
 * @param {number} count
 */
export function ngettext(one, many, count) {
  return catalogue().ngettext?.(one, many, count) ?? (count === 1 ? one : many);
}

/**
 * Fill `%(name)s` in a translated text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}
