// Which frame of the output is heard when. Pure.

import { SAMPLE_RATE } from "../capture/packer.js";

const SMOOTHING = 0.1;
const JUMP_MS = 60; // the output was suspended, or changed

export class SoundClock {
  #offsetMs = NaN; // a frame's time in the output minus its time on the clock
  latencyMs = 0; // from the making of a frame to its being heard

  /**
   * @param {number} contextMs the output's own time that is heard now
   * @param {number} nowMs
   * @param {number} latencyMs
   */
  set(contextMs, nowMs, latencyMs) {
    this.latencyMs = latencyMs;
    const offsetMs = contextMs - nowMs;
    const change = offsetMs - this.#offsetMs;
    const isJump = !(Math.abs(change) < JUMP_MS); // also at first
    this.#offsetMs = isJump ? offsetMs : this.#offsetMs + change * SMOOTHING;
  }

  stop() {
    this.#offsetMs = NaN;
    this.latencyMs = 0;
  }

  /** @param {number} ms */
  frameAt(ms) {
    const frame = ((ms + this.#offsetMs) / 1000) * SAMPLE_RATE;
    return Number.isNaN(frame) ? null : frame;
  }
}
