// One received video track: decodes what is due soon, draws what is due now.

import { TrackQueue } from "../receive/track_queue.js";
import { nowUs } from "../send/clock.js";
import { openDecoder } from "./decoders.js";

const LEAD_MS = 60; // decoded this long before it is due
const IMAGES_LIMIT = 10; // decoded, not yet due
const TIMER_MS = 20; // what is due so soon is not left to the next tick

/** @typedef {import("../send/record.js").Delivery} Delivery */
/** @typedef {import("./decoders.js").Image} Image */
/** @typedef {import("../receive/track_queue.js").Timeline} Timeline */

export class VideoTrack {
  /**
   * @param {object} options
   * @param {Timeline} options.timeline
   * @param {(image: Image) => void} options.draw does not close the image
   * @param {() => void} options.needKey
   */
  constructor(options) {
    this.#options = options;
  }

  #options;
  #queue = new TrackQueue();
  /** @type {import("./decoders.js").Decoder | null} */
  #decoder = null;
  /** @type {{image: Image, atUs: number}[]} */
  #images = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  get queuedBytes() {
    return this.#queue.bytes;
  }

  /** What a picture takes from its arrival, at the most in most cases. */
  get decodeMs() {
    return this.#decoder?.decodeMs ?? 0;
  }

  /** @param {Delivery} record */
  push(record) {
    this.#queue.push(record);
    if (this.#queue.needsKey) this.#options.needKey();
  }

  /** @param {number} nowMs */
  tick(nowMs) {
    this.#decodeDue(nowMs);
    this.#drawDue(nowMs);
  }

  close() {
    clearTimeout(this.#timer);
    this.#decoder?.close();
    this.#decoder = null;
    for (const { image } of this.#images.splice(0)) image.close();
  }

  /** @param {number} nowMs */
  #decodeDue(nowMs) {
    const { timeline } = this.#options;
    while (!this.#decoder?.isBusy && this.#images.length < IMAGES_LIMIT) {
      const record = this.#queue.take(timeline, nowMs, nowMs + LEAD_MS);
      if (!record) return;
      if (record.isEnd) this.#closeDecoder();
      else this.#decode(record);
    }
  }

  /** @param {Delivery} record */
  #decode(record) {
    if (this.#decoder && this.#decoder.codec !== record.codec) this.#closeDecoder();
    this.#decoder ??= openDecoder(
      record.codec,
      (image, atUs) => {
        this.#images.push({ image, atUs });
        this.#drawDue(nowUs() / 1000);
      },
      () => this.#recover(),
    );
    try {
      this.#decoder.decode(record);
    } catch (error) {
      // A delta where a key frame is due, or an unknown codec: as with broken data.
      if (!(error instanceof DOMException)) throw error;
      this.#recover();
    }
  }

  #recover() {
    this.#closeDecoder();
    this.#queue.restart();
    if (this.#queue.needsKey) this.#options.needKey();
  }

  #closeDecoder() {
    this.#decoder?.close();
    this.#decoder = null;
  }

  /** @param {number} nowMs */
  #drawDue(nowMs) {
    const { timeline, draw } = this.#options;
    const next = this.#images.findIndex(({ atUs }) => timeline.dueMs(atUs) > nowMs);
    const due = this.#images.splice(0, next === -1 ? this.#images.length : next);
    const latest = due.at(-1);
    if (latest) draw(latest.image);
    for (const { image } of due) image.close();
    this.#wakeForNext(nowMs);
  }

  /** @param {number} nowMs */
  #wakeForNext(nowMs) {
    clearTimeout(this.#timer);
    const [next] = this.#images;
    if (!next) return;
    const waitMs = this.#options.timeline.dueMs(next.atUs) - nowMs;
    if (waitMs > TIMER_MS) return;
    this.#timer = setTimeout(() => this.#drawDue(nowUs() / 1000), waitMs);
  }
}
