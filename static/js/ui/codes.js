// A meeting's code out of whatever somebody pasted: pure.

const SLUG = /^[a-z]{3}-[a-z]{4}-[a-z]{3}$/;
const LETTERS = /^[a-z]{10}$/;

/**
 * @param {string} text a link, a code, or a code without its hyphens
 * @returns {string | null}
 */
export function meetingCode(text) {
  const trimmed = text.trim();
  const inLink = /\/rooms\/([^/?#\s]+)/.exec(trimmed)?.[1];
  const code = (inLink ?? trimmed).toLowerCase().replaceAll(/\s/g, "");
  if (LETTERS.test(code))
    return `${code.slice(0, 3)}-${code.slice(3, 7)}-${code.slice(7)}`;
  return SLUG.test(code) ? code : null;
}
