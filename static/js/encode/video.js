// One published video track: which frames are encoded, and in which layers.

import { nowUs } from "../send/clock.js";
import { CaptureClock } from "./capture_clock.js";
import { Ladder, LADDERS } from "./ladder.js";
import { LayerEncoder } from "./layer.js";
import { fit, layersOf, planLayers } from "./layers.js";

// A still source (a shared screen) gives no frames. Its last one is sent again, so that
// whoever comes late finds a key frame.
const STILL_MS = 1000;
const USUAL_TOP = 2; // a camera sends more only where more is asked for

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("./coders.js").Chunk} Chunk */
/** @typedef {import("./codecs.js").Encoding} Encoding */
/** @typedef {VideoFrame | ImageBitmap} Image */
/** @typedef {{codec: Codec, width: number, height: number}} Format */

/**
 * Frames are dropped before the encoders, never behind them: when they lag, when the
 * network lags, and until the track is announced. Where that lasts, the largest layer
 * goes first.
 */
export class VideoTrack {
  isAnnounced = false;

  /**
   * @param {object} options
   * @param {"camera" | "screen"} options.kind
   * @param {Encoding[]} options.encodings to be tried in this order
   * @param {() => number} options.serverOffsetUs
   * @param {() => boolean} options.isCongested
   * @param {(format: Format) => void} options.onFormat at first and when it changes: the
   *   size of the largest layer
   * @param {(chunk: Chunk & {layer: number}, codec: Codec) => void} options.onChunk
   * @param {(error: Error) => void} options.onError no encoding is left
   */
  constructor(options) {
    this.#options = options;
    this.#encodings = [...options.encodings];
    this.#nextEncoding();
    this.#stillTimer = setInterval(() => this.#repeat(), STILL_MS);
  }

  #options;
  #encodings;
  #clock = new CaptureClock();
  #stillTimer;
  /** @type {Encoding | null} */
  #encoding = null;
  /** @type {Map<number, LayerEncoder>} by spatial number */
  #layers = new Map();
  #wanted = [0]; // until the server says more
  #most = Infinity; // the largest layer that this machine can encode
  #ladder = new Ladder(LADDERS.camera);
  /** @type {Image | null} */
  #last = null;
  /** @type {Format} */
  #format = { codec: "jpeg", width: 0, height: 0 };
  #encodedUs = -Infinity;
  #isNetworkFull = false; // when a frame was dropped last

  /** Whether the machine does not get all of it encoded that is wanted. */
  get isReduced() {
    return this.#ladder.isReduced && !this.#isNetworkFull;
  }

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
    if (!this.#encoding) {
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

  /** @param {number} [spatial] of this layer; without it of all */
  requestKey(spatial) {
    for (const layer of this.#layers.values()) {
      if (spatial === undefined || spatial === layer.spatial) layer.requestKey();
    }
  }

  /** @param {number[]} spatial the layers that anybody wants */
  setWanted(spatial) {
    this.#wanted = spatial;
  }

  /** What is under way is still given to `onChunk`. */
  async close() {
    clearInterval(this.#stillTimer);
    this.#last?.close();
    this.#last = null;
    this.#encoding = null;
    const layers = [...this.#layers.values()];
    this.#layers.clear();
    await Promise.all(layers.map((layer) => layer.flush()));
    for (const layer of layers) layer.close();
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
    this.#plan(image);
    if (!this.isAnnounced) return;
    const due = [...this.#layers.values()].filter((layer) => layer.isDue(capturedUs));
    if (due.length === 0) return;
    const isCongested = this.#options.isCongested();
    const ready = isCongested ? [] : due.filter((layer) => !layer.isBusy);
    const isDropped = ready.length < due.length;
    if (isDropped) this.#isNetworkFull = isCongested;
    this.#ladder.count(isDropped, capturedUs / 1000);
    if (ready.length > 0) this.#encodedUs = capturedUs;
    for (const layer of ready) layer.encode(image, capturedUs);
  }

  /** Open and close encoders as they are wanted now. @param {Image} image */
  #plan(image) {
    const encoding = this.#encoding;
    if (!encoding) return;
    const { width, height } = sizeOf(image);
    const source = encoding.codec === "jpeg" ? "jpeg" : this.#options.kind;
    const top = Math.max(USUAL_TOP, ...this.#wanted);
    const all = layersOf(source, width, height).filter(
      ({ spatial }, index) => index === 0 || source === "screen" || spatial <= top,
    );
    this.#announce(encoding.codec, fit(width, height, all.at(-1)?.height ?? height));
    const able = all.filter(({ spatial }, index) => index === 0 || spatial <= this.#most);
    const plans = planLayers(able, { width, height }, this.#wanted, this.#ladder.rung);
    this.#closeBut(plans.map(({ spatial }) => spatial));
    for (const plan of plans) this.#layer(encoding, plan.spatial).configure(plan);
  }

  /**
   * @param {Codec} codec
   * @param {{width: number, height: number}} size
   */
  #announce(codec, { width, height }) {
    const old = this.#format;
    if (old.codec === codec && old.width === width && old.height === height) return;
    this.#format = { codec, width, height };
    this.#options.onFormat(this.#format);
  }

  /**
   * @param {Encoding} encoding
   * @param {number} spatial
   */
  #layer(encoding, spatial) {
    let layer = this.#layers.get(spatial);
    if (layer) return layer;
    layer = new LayerEncoder(
      encoding,
      spatial,
      (chunk) => this.#options.onChunk(chunk, encoding.codec),
      (error) => this.#fail(spatial, error),
    );
    this.#layers.set(spatial, layer);
    return layer;
  }

  /** @param {number[]} spatial */
  #closeBut(spatial) {
    for (const layer of [...this.#layers.values()]) {
      if (spatial.includes(layer.spatial)) continue;
      layer.close();
      this.#layers.delete(layer.spatial);
    }
  }

  #nextEncoding() {
    this.#closeBut([]);
    this.#most = Infinity;
    this.#encoding = this.#encodings.shift() ?? null;
    const isJpeg = this.#encoding?.codec === "jpeg";
    this.#ladder = new Ladder(LADDERS[isJpeg ? "jpeg" : this.#options.kind]);
  }

  /**
   * A machine may have fewer encoders than layers: without the smallest one of them
   * another codec is tried, without a larger one those below it go on.
   * @param {number} spatial
   * @param {Error} error
   */
  #fail(spatial, error) {
    if (!this.#layers.has(spatial)) return;
    const isSmallest = spatial === Math.min(...this.#layers.keys());
    this.#layers.get(spatial)?.close();
    this.#layers.delete(spatial);
    if (!isSmallest) this.#most = spatial - 1;
    else this.#nextEncoding();
    if (!this.#encoding) this.#options.onError(error);
  }
}

/** @param {Image} image */
function sizeOf(image) {
  return image instanceof ImageBitmap
    ? { width: image.width, height: image.height }
    : { width: image.displayWidth, height: image.displayHeight };
}
