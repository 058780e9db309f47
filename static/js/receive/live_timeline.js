// When a live participant's media is due. Pure: times are milliseconds of this
// machine's clock, media times microseconds of the server's.
//
// What arrives with the least delay sets the base; how much later than that other
// records arrive sets the buffer, 40 to 200 ms. Sound and picture of a person share a
// timeline: that is the lip sync. A late record raises the buffer at once; it shrinks
// slowly, so that nobody hears it.

const LEAST_MS = 40;
const MOST_MS = 200;
const SHRINK = 0.02; // of the time that passes
const BASE_WINDOW_MS = 10_000;
const OUTAGE_MS = 1000; // later than this is no jitter: it is not waited for

export class LiveTimeline {
  #base = Infinity; // least arrival minus media time, of the window before
  #nextBase = Infinity; // of this window
  #windowEndMs = -Infinity;
  #offsetMs = NaN; // due time minus media time
  #bufferMs = LEAST_MS;
  #seenMs = 0;

  get bufferMs() {
    return this.#bufferMs;
  }

  /**
   * Tell of a record; returns how late it was for its due time, 0 if it was not.
   * @param {number} atUs media time
   * @param {number} readyMs when it can be heard or shown at the earliest
   */
  observe(atUs, readyMs) {
    const transitMs = readyMs - atUs / 1000;
    const wantedBase = this.#updateBase(transitMs, readyMs);
    const excessMs = transitMs - wantedBase;
    const passedMs = Math.max(0, readyMs - this.#seenMs);
    this.#seenMs = Math.max(this.#seenMs, readyMs);
    const wanted = excessMs > OUTAGE_MS ? 0 : Math.min(MOST_MS, excessMs);
    const shrunk = this.#bufferMs - Math.min(passedMs, 1000) * SHRINK;
    this.#bufferMs = Math.max(LEAST_MS, wanted, shrunk);
    this.#follow(wantedBase + this.#bufferMs, passedMs);
    return Math.max(0, readyMs - this.dueMs(atUs));
  }

  /** @param {number} atUs */
  dueMs(atUs) {
    return atUs / 1000 + this.#offsetMs;
  }

  /**
   * @param {number} transitMs
   * @param {number} nowMs
   */
  #updateBase(transitMs, nowMs) {
    if (nowMs > this.#windowEndMs) {
      this.#base = this.#nextBase;
      this.#nextBase = Infinity;
      this.#windowEndMs = nowMs + BASE_WINDOW_MS;
    }
    this.#nextBase = Math.min(this.#nextBase, transitMs);
    return Math.min(this.#base, this.#nextBase);
  }

  /**
   * @param {number} wantedMs offset
   * @param {number} passedMs
   */
  #follow(wantedMs, passedMs) {
    const excess = this.#offsetMs - wantedMs;
    const isFarOff = !(excess < MOST_MS); // also at the start
    const step = Math.min(passedMs, 1000) * SHRINK;
    this.#offsetMs = isFarOff ? wantedMs : Math.max(wantedMs, this.#offsetMs - step);
  }
}
