// One published video track: which frames are encoded, how, and when as key frames.

import { nowUs } from "../send/clock.js";
import { CaptureClock } from "./capture_clock.js";
import { openCoder } from "./coders.js";
import { fit, Ladder, LADDERS } from "./ladder.js";

const KEY_US = 2_000_000;
// A still source (a shared screen) gives no frames. Its last one is sent again, so that
// whoever comes late finds a key frame.
const STILL_MS = 1000;
const EARLY = 0.7; // of a frame's time: a source's rhythm is uneven

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("./coders.js").Chunk} Chunk */
/** @typedef {import("./coders.js").Coder} Coder */
/** @typedef {VideoFrame | ImageBitmap} Image */
/** @typedef {{codec: Codec, width: number, height: number}} Format */

/**
 * Frames are dropped before the encoder, never behind it: when it lags, when the
 * network lags, and until the track is announced.
 */
export class VideoTrack {
  isAnnounced = false;
  isPaused = false; // nobody watches

  /**
   * @param {object} options
   * @param {"camera" | "screen"} options.kind
   * @param {Codec[]} options.codecs to be tried in this order
   * @param {() => number} options.serverOffsetUs
   * @param {() => boolean} options.isCongested
   * @param {(format: Format) => void} options.onFormat at first and when it changes
   * @param {(chunk: Chunk, codec: Codec) => void} options.onChunk
   * @param {(error: Error) => void} options.onError no codec is left
   */
  constructor(options) {
    this.#options = options;
    this.#codecs = [...options.codecs];
    this.#openCoder();
    this.#stillTimer = setInterval(() => this.#repeat(), STILL_MS);
  }

  #options;
  #codecs;
  #clock = new CaptureClock();
  #stillTimer;
  /** @type {Coder | null} */
  #coder = null;
  #ladder = new Ladder(LADDERS.camera);
  /** @type {Image | null} */
  #last = null;
  /** @type {Format} */
  #format = { codec: "jpeg", width: 0, height: 0 };
  #bitrate = 0;
  #encodedUs = -Infinity;
  #keyUs = -Infinity;

  /** @returns {Codec} */
  get codec() {
    return this.#format.codec;
  }

  /**
   * Takes the image over.
   * @param {Image} image
   * @param {number} timestampUs
   */
  offer(image, timestampUs) {
    if (!this.#coder) {
      image.close();
      return;
    }
    this.#last?.close();
    this.#last = image;
    const now = nowUs();
    const offsetUs = this.#options.serverOffsetUs();
    this.#encode(image, this.#clock.capturedUs(timestampUs, now, offsetUs));
  }

  /** Another device for the same track. */
  sourceChanged() {
    this.#clock.restart();
    this.requestKey();
  }

  requestKey() {
    this.#keyUs = -Infinity;
  }

  /** What is under way is still given to `onChunk`. */
  async close() {
    clearInterval(this.#stillTimer);
    this.#last?.close();
    this.#last = null;
    const coder = this.#coder;
    this.#coder = null;
    await coder?.flush();
    coder?.close();
  }

  #repeat() {
    const capturedUs = nowUs() + this.#options.serverOffsetUs();
    const isStill = capturedUs - this.#encodedUs > STILL_MS * 1000;
    if (this.#last && isStill) this.#encode(this.#last, capturedUs);
  }

  /**
   * @param {Image} image
   * @param {number} capturedUs
   */
  #encode(image, capturedUs) {
    const coder = this.#coder;
    if (!coder) return;
    const gapUs = 1e6 / this.#ladder.rung.framerate;
    if (this.isPaused || capturedUs - this.#encodedUs < gapUs * EARLY) return;
    this.#configure(coder, image);
    if (!this.isAnnounced) return;
    const isDropped = coder.isBusy || this.#options.isCongested();
    this.#ladder.count(isDropped, capturedUs / 1000);
    if (isDropped) return;
    const isKey = capturedUs - this.#keyUs >= KEY_US;
    if (isKey) this.#keyUs = capturedUs;
    this.#encodedUs = capturedUs;
    coder.encode(image, capturedUs, isKey);
  }

  /**
   * @param {Coder} coder
   * @param {Image} image
   */
  #configure(coder, image) {
    const { width, height } = sizeOf(image);
    const quality = fit(width, height, this.#ladder.rung);
    const { codec, width: oldWidth, height: oldHeight } = this.#format;
    const isResized = quality.width !== oldWidth || quality.height !== oldHeight;
    const isChanged = isResized || codec !== coder.codec;
    if (!isChanged && quality.bitrate === this.#bitrate) return;
    coder.configure(quality);
    this.#bitrate = quality.bitrate;
    this.requestKey();
    if (!isChanged) return;
    this.#format = {
      codec: coder.codec,
      width: quality.width,
      height: quality.height,
    };
    this.#options.onFormat(this.#format);
  }

  #openCoder() {
    const codec = this.#codecs.shift();
    if (!codec) return;
    this.#ladder = new Ladder(LADDERS[codec === "jpeg" ? "jpeg" : this.#options.kind]);
    this.#bitrate = -1;
    this.requestKey();
    this.#coder = openCoder(
      codec,
      (chunk) => this.#options.onChunk(chunk, codec),
      (error) => this.#fail(error),
    );
  }

  /** @param {Error} error */
  #fail(error) {
    if (!this.#coder) return;
    this.#coder.close();
    this.#coder = null;
    this.#openCoder();
    if (!this.#coder) this.#options.onError(error);
  }
}

/** @param {Image} image */
function sizeOf(image) {
  return image instanceof ImageBitmap
    ? { width: image.width, height: image.height }
    : { width: image.displayWidth, height: image.displayHeight };
}
