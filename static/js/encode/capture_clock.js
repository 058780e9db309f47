// Puts the timestamps of a source on the server's clock. Pure.

const WINDOW_US = 5_000_000;

/**
 * A source's timestamps have a zero of their own, and arrive here a little late, now
 * more, now less. The least lateness of the last 5 to 10 s is taken for none.
 */
export class CaptureClock {
  #offsetUs = Infinity; // own clock minus source, of the window before
  #nextOffsetUs = Infinity; // of this window
  #windowEndUs = 0;
  #lastUs = 0;

  /** Another source, with another zero. */
  restart() {
    this.#offsetUs = this.#nextOffsetUs = Infinity;
  }

  /**
   * The capture time on the server's clock; grows from call to call.
   * @param {number} timestampUs of the source
   * @param {number} nowUs own clock
   * @param {number} serverOffsetUs server's clock minus own
   */
  capturedUs(timestampUs, nowUs, serverOffsetUs) {
    if (nowUs > this.#windowEndUs) {
      this.#offsetUs = this.#nextOffsetUs;
      this.#nextOffsetUs = Infinity;
      this.#windowEndUs = nowUs + WINDOW_US;
    }
    this.#nextOffsetUs = Math.min(this.#nextOffsetUs, nowUs - timestampUs);
    const offsetUs = Math.min(this.#offsetUs, this.#nextOffsetUs);
    const capturedUs = Math.round(timestampUs + offsetUs + serverOffsetUs);
    this.#lastUs = Math.max(this.#lastUs + 1, capturedUs);
    return this.#lastUs;
  }
}
