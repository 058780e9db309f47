// What a viewer says about what arrives (docs/protocol.md, "received"), and how well
// each participant comes through. Pure.

const FAIR_MS = 120; // of buffer
const WINDOW_MS = 4000;
const POOR_LATE = 0.05; // of the records of a window

/** @typedef {"good" | "fair" | "poor"} Quality */

export class Arrivals {
  #bytes = 0;
  #worstMs = 0;

  /** In all on this socket. */
  get bytes() {
    return this.#bytes;
  }

  /** @param {number} bytes of one message */
  addBytes(bytes) {
    this.#bytes += bytes;
  }

  /** @param {number} ms */
  addDelay(ms) {
    this.#worstMs = Math.max(this.#worstMs, ms);
  }

  /** The report; the delay begins anew. */
  report() {
    const report = {
      type: "received",
      bytes: this.#bytes,
      delay_ms: Math.round(this.#worstMs),
    };
    this.#worstMs = 0;
    return report;
  }

  /** A new socket counts from nothing. */
  restart() {
    this.#bytes = 0;
    this.#worstMs = 0;
  }
}

/** How one participant comes through, of late. */
export class Reception {
  #startMs = -Infinity;
  #records = 0;
  #late = 0;
  /** @type {Quality} */
  #quality = "good";

  /**
   * @param {number} lateMs
   * @param {number} bufferMs
   * @param {number} nowMs
   */
  add(lateMs, bufferMs, nowMs) {
    if (nowMs - this.#startMs > WINDOW_MS) this.#end(bufferMs, nowMs);
    this.#records += 1;
    if (lateMs > 0) this.#late += 1;
  }

  get quality() {
    return this.#quality;
  }

  /**
   * @param {number} bufferMs
   * @param {number} nowMs
   */
  #end(bufferMs, nowMs) {
    const isPoor = this.#late > POOR_LATE * this.#records;
    const isFirst = this.#startMs === -Infinity;
    if (!isFirst) this.#quality = isPoor ? "poor" : bufferMs > FAIR_MS ? "fair" : "good";
    this.#startMs = nowMs;
    this.#records = 0;
    this.#late = 0;
  }
}
