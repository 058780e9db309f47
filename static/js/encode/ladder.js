// How much of their video a machine and a network carry. Pure.

/**
 * Layers up to `top`, at most so many frames a second, with this share of their bits.
 * @typedef {{top: number, framerate: number, share: number}} Rung
 */

/** Best first. @type {Record<"camera" | "screen" | "jpeg", Rung[]>} */
export const LADDERS = {
  camera: [
    { top: 3, framerate: 30, share: 1 },
    { top: 2, framerate: 30, share: 1 },
    { top: 1, framerate: 30, share: 1 },
    { top: 0, framerate: 15, share: 1 },
  ],
  screen: [
    { top: 3, framerate: 15, share: 1 },
    { top: 3, framerate: 8, share: 0.5 },
    { top: 1, framerate: 5, share: 1 },
  ],
  jpeg: [
    { top: 0, framerate: 10, share: 1 },
    { top: 0, framerate: 5, share: 1 },
  ],
};

const WINDOW_MS = 3000;
const TOO_MANY_DROPPED = 0.25; // of the frames of a window
const FIRST_CLIMB_MS = 15_000;
const LAST_CLIMB_MS = 240_000;

/**
 * @template R a rung
 * One rung down after a window in which a quarter of the frames had to be dropped; one
 * up after a quiet time, which doubles with each fall so that it does not swing.
 */
export class Ladder {
  /** @param {R[]} rungs best first */
  constructor(rungs) {
    this.#rungs = rungs;
  }

  #rungs;
  #index = 0;
  #climbMs = FIRST_CLIMB_MS;
  #windowStartMs = -Infinity;
  #quietSinceMs = 0;
  #frames = 0;
  #dropped = 0;

  /** @returns {R} */
  get rung() {
    return /** @type {R} */ (this.#rungs[this.#index]);
  }

  /** Whether it is not the best one. */
  get isReduced() {
    return this.#index > 0;
  }

  /**
   * Tell of a frame that was due.
   * @param {boolean} isDropped, or too late, for want of machine or network
   * @param {number} nowMs
   */
  count(isDropped, nowMs) {
    if (nowMs - this.#windowStartMs > WINDOW_MS) this.#endWindow(nowMs);
    this.#frames += 1;
    this.#dropped += Number(isDropped);
  }

  /** @param {number} nowMs */
  #endWindow(nowMs) {
    const isFirst = this.#windowStartMs === -Infinity;
    const isBad = this.#dropped > TOO_MANY_DROPPED * this.#frames;
    this.#windowStartMs = nowMs;
    this.#frames = 0;
    this.#dropped = 0;
    if (isFirst || isBad) this.#quietSinceMs = nowMs;
    if (isBad) this.#fall();
    else if (nowMs - this.#quietSinceMs > this.#climbMs) this.#climb(nowMs);
  }

  #fall() {
    if (this.#index === this.#rungs.length - 1) return;
    this.#index += 1;
    this.#climbMs = Math.min(LAST_CLIMB_MS, this.#climbMs * 2);
  }

  /** @param {number} nowMs */
  #climb(nowMs) {
    this.#index = Math.max(0, this.#index - 1);
    this.#quietSinceMs = nowMs;
  }
}
