// Times as people read them; `_us` are microseconds since the Unix epoch.

/** @param {number} seconds @returns {string} 4:05 or 1:04:05 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}`
    : `${minutes}:${rest}`;
}

/**
 * As `duration`, to a tenth of a second where it is not a whole one: 1:05 or 1:05.5.
 * @param {number} seconds
 */
export function preciseDuration(seconds) {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const rest = tenths % 10;
  return duration((tenths - rest) / 10) + (rest ? `.${rest}` : "");
}

/**
 * Seconds of `90`, `1:30`, `1:02:03` or `1:02.5`.
 * @param {string | null} text
 * @returns {number | null} null if it is none of them
 */
export function parseDuration(text) {
  if (text === null || !/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text)) return null;
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** @param {number} us @param {string} [locale] */
export function clock(us, locale) {
  return new Date(us / 1000).toLocaleTimeString(locale, { timeStyle: "short" });
}

/** @param {number} us @returns {string} the day, comparable within one time zone */
export function dayKey(us) {
  const date = new Date(us / 1000);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** @param {number} us @param {string} [locale] */
export function dayName(us, locale) {
  return new Date(us / 1000).toLocaleDateString(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
}
