// The encoded records of one track that are not due yet. Pure.

const LIMIT_BYTES = 16 << 20;
const HOPELESS_MS = 500; // so late that a later key frame is the better start

/** @typedef {import("../send/record.js").Delivery} Delivery */
/** @typedef {{dueMs: (atUs: number) => number}} Timeline */

/**
 * Records leave in order: those that are due soon, late ones at once. Nothing is
 * delivered twice, and nothing is let through that needs a frame which is not there.
 */
export class TrackQueue {
  /** @type {Delivery[]} */
  #waiting = [];
  #bytes = 0;
  #position = 0; // of the last record that came
  #needsKey = true;

  get bytes() {
    return this.#bytes;
  }

  /** Whether what comes is of no use until a key frame. */
  get needsKey() {
    return this.#needsKey;
  }

  /** @param {Delivery} record false: it is passed over */
  push(record) {
    if (record.position <= this.#position) return false; // sent again after a reconnect
    this.#position = record.position;
    if (this.#bytes + record.payload.byteLength > LIMIT_BYTES) this.#overflow();
    if (this.#needsKey && !record.isKey && !record.isEnd) return false;
    this.#needsKey = false;
    this.#waiting.push(record);
    this.#bytes += record.payload.byteLength;
    return true;
  }

  /**
   * The next record if it is due by `untilMs`.
   * @param {Timeline} timeline
   * @param {number} nowMs
   * @param {number} untilMs
   * @returns {Delivery | null}
   */
  take(timeline, nowMs, untilMs) {
    this.#skipHopeless(timeline, nowMs);
    const [next] = this.#waiting;
    if (!next || timeline.dueMs(next.atUs) > untilMs) return null;
    this.#drop(1);
    return next;
  }

  /** After an error: wait for a key frame. */
  restart() {
    const key = this.#waiting.findIndex((record) => record.isKey);
    this.#drop(key === -1 ? this.#waiting.length : key);
    this.#needsKey = this.#waiting.length === 0;
  }

  #overflow() {
    this.#drop(this.#waiting.length);
    this.#needsKey = true;
  }

  /**
   * @param {Timeline} timeline
   * @param {number} nowMs
   */
  #skipHopeless(timeline, nowMs) {
    const [first] = this.#waiting;
    if (!first || nowMs - timeline.dueMs(first.atUs) < HOPELESS_MS) return;
    const key = this.#waiting.findLastIndex(
      ({ isKey, atUs }) => isKey && timeline.dueMs(atUs) <= nowMs,
    );
    if (key > 0) this.#drop(key);
  }

  /** @param {number} count */
  #drop(count) {
    for (const record of this.#waiting.splice(0, count)) {
      this.#bytes -= record.payload.byteLength;
    }
  }
}
