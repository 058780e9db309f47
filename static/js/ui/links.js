// Links in chat: pure. Only http and https; everything else stays text.

/** @typedef {{text: string, href: string | null}} Part */

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/giu;
const TRAILING = /[.,;:!?'"»”’)\]}]+$/u;

/**
 * @param {string} text
 * @returns {Part[]} in order; together they are the text again
 */
export function splitLinks(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrailing(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > end)
      parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: address, href: new URL(address).href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/**
 * A full stop after an address is the sentence's; a bracket is the address's if it
 * was opened in it.
 * @param {string} address
 */
function withoutTrailing(address) {
  const trimmed = address.replace(TRAILING, "");
  const rest = address.slice(trimmed.length);
  return rest.startsWith(")") && trimmed.includes("(") ? `${trimmed})` : trimmed;
}
