// Sound at another speed with its pitch kept: WSOLA (waveform-similarity overlap-add).
// Pure.

const HOP = 480; // 10 ms at 48 kHz: half a window
const WINDOW = 2 * HOP;
const SEARCH = 240; // how far a window may move to fit what came before
const STEP = 8; // of the search and of the comparison: coarse is enough for speech

const FADE_IN = Float32Array.from({ length: HOP }, (_, index) => (index + 0.5) / HOP);

export class Stretch {
  /** @param {number} speed above 1 is faster */
  constructor(speed) {
    this.speed = speed;
  }

  #input = new Float32Array(0);
  #at = SEARCH; // where the next window is expected in the input
  /** @type {Float32Array | null} what would follow the last window naturally */
  #tail = null;

  /**
   * What can be said so far; up to a window's length stays inside.
   * @param {Float32Array<ArrayBuffer>} samples
   * @returns {Float32Array<ArrayBuffer>}
   */
  push(samples) {
    if (this.speed === 1) return samples;
    this.#input = concat([this.#input, samples]);
    const hops = [];
    while (this.#at + SEARCH + WINDOW <= this.#input.length) hops.push(this.#nextHop());
    return concat(hops);
  }

  #nextHop() {
    const at = Math.round(this.#at);
    const start = this.#tail ? this.#bestStart(at, this.#tail) : at;
    const window = this.#input.slice(start, start + WINDOW);
    const tail = this.#tail ?? window.subarray(0, HOP);
    const hop = FADE_IN.map((gain, index) => {
      const before = /** @type {number} */ (tail[index]);
      return before + (/** @type {number} */ (window[index]) - before) * gain;
    });
    this.#tail = window.subarray(HOP);
    this.#at += HOP * this.speed;
    const done = Math.max(0, Math.floor(this.#at) - SEARCH);
    this.#input = this.#input.slice(done);
    this.#at -= done;
    return hop;
  }

  /**
   * @param {number} at
   * @param {Float32Array} tail
   */
  #bestStart(at, tail) {
    let best = at;
    let bestLikeness = -Infinity;
    for (let start = at - SEARCH; start <= at + SEARCH; start += STEP) {
      const likeness = this.#likeness(start, tail);
      if (likeness <= bestLikeness) continue;
      best = start;
      bestLikeness = likeness;
    }
    return best;
  }

  /**
   * @param {number} start
   * @param {Float32Array} tail
   */
  #likeness(start, tail) {
    let sum = 0;
    for (let index = 0; index < HOP; index += STEP) {
      sum += Number(tail[index]) * Number(this.#input[start + index]);
    }
    return sum;
  }
}

/**
 * @param {Float32Array[]} parts
 * @returns {Float32Array<ArrayBuffer>}
 */
function concat(parts) {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
