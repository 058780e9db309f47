// Single keys in a call.

/** @type {Record<string, string>} */
const WANTS = {
  m: "microphone",
  v: "camera",
  h: "hand",
  c: "chat",
  p: "people",
  "?": "keys",
};

/**
 * What a key wants, if anything: nothing while somebody writes, chooses, or holds
 * another key.
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function wantOfKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  const target = /** @type {Element | null} */ (event.target);
  if (target?.closest("input, textarea, select, dialog")) return null;
  return WANTS[event.key.toLowerCase()] ?? null;
}
