// A storyboard: which small picture stands for which time, as a WebVTT file says. Pure.

/**
 * Part of a picture that is shown for a time.
 * @typedef {object} Shot
 * @property {number} startUs
 * @property {number} endUs
 * @property {string} address of the picture
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const CUE =
  /(\d+):(\d\d):(\d\d\.\d{3}) --> (\d+):(\d\d):(\d\d\.\d{3})\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;

/**
 * @param {string} text
 * @param {number} originUs what the file's times are counted from
 * @returns {Shot[]} in order; what is no such cue is left out
 */
export function parseStoryboard(text, originUs) {
  return [...text.matchAll(CUE)].map((cue) => {
    const number = (/** @type {number} */ index) => Number(cue[index]);
    const us = (/** @type {number} */ first) =>
      originUs +
      Math.round(
        (number(first) * 3600 + number(first + 1) * 60 + number(first + 2)) * 1e6,
      );
    return {
      startUs: us(1),
      endUs: us(4),
      address: String(cue[7]),
      x: number(8),
      y: number(9),
      width: number(10),
      height: number(11),
    };
  });
}

/**
 * @param {Shot[]} shots
 * @param {number} us
 */
export function shotAt(shots, us) {
  return shots.find(({ startUs, endUs }) => us >= startUs && us < endUs) ?? null;
}
