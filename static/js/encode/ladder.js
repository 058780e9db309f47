// How large and how good a video is encoded, given what the machine and the network
// carry. Pure.

/** @typedef {import("./codecs.js").Quality} Quality */
/** @typedef {{height: number, framerate: number, bitrate: number}} Rung */

/** Best first. @type {Record<"camera" | "screen" | "jpeg", Rung[]>} */
export const LADDERS = {
  camera: [
    { height: 720, framerate: 30, bitrate: 1_400_000 },
    { height: 360, framerate: 30, bitrate: 500_000 },
    { height: 180, framerate: 15, bitrate: 150_000 },
  ],
  screen: [
    { height: 1080, framerate: 15, bitrate: 2_000_000 },
    { height: 1080, framerate: 8, bitrate: 1_000_000 },
    { height: 720, framerate: 5, bitrate: 400_000 },
  ],
  // Every picture stands alone and is large: few and small ones.
  jpeg: [
    { height: 360, framerate: 10, bitrate: 0 },
    { height: 270, framerate: 5, bitrate: 0 },
  ],
};

const WINDOW_MS = 3000;
const TOO_MANY_DROPPED = 0.25; // of the frames of a window
const FIRST_CLIMB_MS = 15_000;
const LAST_CLIMB_MS = 240_000;

/**
 * One rung down after a window in which a quarter of the frames had to be dropped; one
 * up after a quiet time, which doubles with each fall so that it does not swing.
 */
export class Ladder {
  /** @param {Rung[]} rungs */
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

  /** @returns {Rung} */
  get rung() {
    return /** @type {Rung} */ (this.#rungs[this.#index]);
  }

  /**
   * Tell of a frame that was due.
   * @param {boolean} isDropped for want of machine or network
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

/**
 * The picture's size on a rung: never enlarged, in its own shape, in even numbers (4:2:0).
 * @param {number} width
 * @param {number} height
 * @param {Rung} rung
 * @returns {Quality}
 */
export function fit(width, height, { height: most, framerate, bitrate }) {
  // A rung is a 16:9 box; portraits and wide screens fit in with their longer side.
  const scale = Math.min(1, most / height, (most * 16) / 9 / width);
  return { width: even(width * scale), height: even(height * scale), framerate, bitrate };
}

/** @param {number} value */
function even(value) {
  return Math.max(2, Math.round(value / 2) * 2);
}
