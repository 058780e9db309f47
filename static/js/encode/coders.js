// The video encoders behind one interface: WebCodecs, and JPEG where that is missing.

import { videoConfig } from "./codecs.js";

const JPEG_QUALITY = 0.6;
const QUEUE_LIMIT = 2; // frames in the encoder: more is delay

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("./codecs.js").Quality} Quality */
/** @typedef {{data: Uint8Array, isKey: boolean, capturedUs: number}} Chunk */
/**
 * `encode` does not close the image. `isBusy`: a frame now would only wait.
 * @typedef {object} Coder
 * @property {Codec} codec
 * @property {boolean} isBusy
 * @property {(quality: Quality) => void} configure
 * @property {(image: VideoFrame | ImageBitmap, capturedUs: number, isKey: boolean) => void} encode
 * @property {() => Promise<void>} flush
 * @property {() => void} close
 */

/**
 * @param {Codec} codec
 * @param {(chunk: Chunk) => void} onChunk
 * @param {(error: Error) => void} onError the coder is unusable
 * @returns {Coder}
 */
export function openCoder(codec, onChunk, onError) {
  return codec === "h264" || codec === "vp8"
    ? new WebCodecsCoder(codec, onChunk, onError)
    : new JpegCoder(onChunk, onError);
}

class WebCodecsCoder {
  /**
   * @param {"h264" | "vp8"} codec
   * @param {(chunk: Chunk) => void} onChunk
   * @param {(error: Error) => void} onError
   */
  constructor(codec, onChunk, onError) {
    this.codec = codec;
    this.#encoder = new VideoEncoder({
      output(chunk) {
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        const isKey = chunk.type === "key";
        onChunk({ data, isKey, capturedUs: chunk.timestamp });
      },
      error: onError,
    });
  }

  #encoder;

  get isBusy() {
    return this.#encoder.encodeQueueSize >= QUEUE_LIMIT;
  }

  /** @param {Quality} quality */
  configure(quality) {
    this.#encoder.configure(videoConfig(this.codec, quality));
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
  /** @type {Codec} */
  codec = "jpeg";

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
    this.#onChunk({ data, isKey: true, capturedUs });
  }

  async flush() {
    await this.#running;
  }

  close() {}
}
