// What this browser remembers between visits. Where storage is blocked it is nothing,
// and what is written holds for this page only.

/** @param {"devices" | "keys-off" | "name"} key */
export function recall(key) {
  try {
    return localStorage.getItem(`conference.${key}`) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {"devices" | "keys-off" | "name"} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(`conference.${key}`, value);
  } catch {
    // See above.
  }
}
