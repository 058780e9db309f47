// The video encoders behind one interface: WebCodecs, and JPEG where that is missing.

import { videoConfig } from "./codecs.js";

const JPEG_QUALITY = 0.6;
const QUEUE_LIMIT = 2; // frames in the encoder: more is delay

/** @typedef {import("./codecs.js").Quality} Quality */
/** @typedef {import("./codecs.js").Encoding} Encoding */
/** @typedef {{data: Uint8Array, isKey: boolean, temporal: number, capturedUs: number}} Chunk */
/**
 * `encode` does not close the image. `isBusy`: a frame now would only wait.
 * @typedef {object} Coder
 * @property {boolean} isBusy
 * @property {(quality: Quality) => void} configure
 * @property {(image: VideoFrame | ImageBitmap, capturedUs: number, isKey: boolean) => void} encode
 * @property {() => Promise<void>} flush
 * @property {() => void} close
 */

/**
 * @param {Encoding} encoding
 * @param {(chunk: Chunk) => void} onChunk
 * @param {(error: Error) => void} onError the coder is unusable
 * @returns {Coder}
 */
export function openCoder(encoding, onChunk, onError) {
  return encoding.codec === "jpeg"
    ? new JpegCoder(onChunk, onError)
    : new WebCodecsCoder(encoding, onChunk, onError);
}

class WebCodecsCoder {
  /**
   * @param {Encoding} encoding
   * @param {(chunk: Chunk) => void} onChunk
   * @param {(error: Error) => void} onError
   */
  constructor(encoding, onChunk, onError) {
    this.#encoding = encoding;
    this.#encoder = new VideoEncoder({
      output(chunk, metadata) {
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        const isKey = chunk.type === "key";
        const temporal = metadata?.svc?.temporalLayerId ?? 0;
        onChunk({ data, isKey, temporal, capturedUs: chunk.timestamp });
      },
      error: onError,
    });
  }

  #encoding;
  #encoder;

  get isBusy() {
    return this.#encoder.encodeQueueSize >= QUEUE_LIMIT;
  }

  /** @param {Quality} quality */
  configure(quality) {
    this.#encoder.configure(videoConfig(this.#encoding, quality));
  }

  /**
   * @param {VideoFrame | ImageBitmap} image
   * @param {number} capturedUs
   * @param {boolean} isKey
   */
  encode(image, capturedUs, isKey) {
    const frame = new VideoFrame(image, { timestamp: capturedUs });
    this.#encoder.encode(frame, { keyFrame: isKey });
    frame.close();
  }

  async flush() {
    if (this.#encoder.state === "configured") await this.#encoder.flush();
  }

  close() {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}

class JpegCoder {
  /**
   * @param {(chunk: Chunk) => void} onChunk
   * @param {(error: Error) => void} onError
   */
  constructor(onChunk, onError) {
    this.#onChunk = onChunk;
    this.#onError = onError;
  }

  #onChunk;
  #onError;
  #canvas = new OffscreenCanvas(2, 2);
  #context = this.#canvas.getContext("2d", { alpha: false });
  /** @type {Promise<void> | null} */
  #running = null;

  get isBusy() {
    return this.#running !== null;
  }

  /** @param {Quality} quality */
  configure({ width, height }) {
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  /**
   * @param {VideoFrame | ImageBitmap} image
   * @param {number} capturedUs
   */
  encode(image, capturedUs) {
    const { width, height } = this.#canvas;
    this.#context?.drawImage(image, 0, 0, width, height);
    this.#running = this.#compress(capturedUs)
      .catch(this.#onError)
      .finally(() => (this.#running = null));
  }

  /** @param {number} capturedUs */
  async #compress(capturedUs) {
    const options = { type: "image/jpeg", quality: JPEG_QUALITY };
    const blob = await this.#canvas.convertToBlob(options);
    const data = new Uint8Array(await blob.arrayBuffer());
    this.#onChunk({ data, isKey: true, temporal: 0, capturedUs });
  }

  async flush() {
    await this.#running;
  }

  close() {}
}
