// One layer of a published video: its encoder, its rhythm and its key frames.

import { openCoder } from "./coders.js";

const KEY_US = 2_000_000;
const EARLY = 0.7; // of a frame's time: a source's rhythm is uneven

/** @typedef {import("./coders.js").Chunk} Chunk */
/** @typedef {import("./codecs.js").Encoding} Encoding */
/** @typedef {import("./layers.js").LayerPlan} LayerPlan */

export class LayerEncoder {
  /**
   * @param {Encoding} encoding
   * @param {number} spatial
   * @param {(chunk: Chunk & {layer: number}) => void} onChunk
   * @param {(error: Error) => void} onError it is of no use any more
   */
  constructor(encoding, spatial, onChunk, onError) {
    this.spatial = spatial;
    this.#coder = openCoder(
      encoding,
      (chunk) => onChunk({ ...chunk, layer: spatial | (chunk.temporal << 4) }),
      onError,
    );
  }

  #coder;
  #config = "";
  #gapUs = 0;
  #encodedUs = -Infinity;
  #keyUs = -Infinity;

  get isBusy() {
    return this.#coder.isBusy;
  }

  /** @param {LayerPlan} plan */
  configure(plan) {
    const config = JSON.stringify(plan);
    if (config === this.#config) return;
    this.#config = config;
    this.#gapUs = 1e6 / plan.framerate;
    this.#coder.configure(plan);
    this.requestKey();
  }

  requestKey() {
    this.#keyUs = -Infinity;
  }

  /** @param {number} capturedUs */
  isDue(capturedUs) {
    return capturedUs - this.#encodedUs >= this.#gapUs * EARLY;
  }

  /**
   * @param {VideoFrame | ImageBitmap} image
   * @param {number} capturedUs
   */
  encode(image, capturedUs) {
    const isKey = capturedUs - this.#keyUs >= KEY_US;
    if (isKey) this.#keyUs = capturedUs;
    this.#encodedUs = capturedUs;
    this.#coder.encode(image, capturedUs, isKey);
  }

  async flush() {
    await this.#coder.flush();
  }

  close() {
    this.#coder.close();
  }
}
