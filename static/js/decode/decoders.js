// The video decoders behind one interface: WebCodecs, and JPEG.

import { codecOf } from "./h264.js";

const QUEUE_LIMIT = 8; // frames in the decoder
const FIRST_MS = 10; // what decoding takes until that is known
const SLOWER = 0.2; // of a difference is believed, so that most frames take less
const FASTER = 0.02;

/** @typedef {import("../send/record.js").Delivery} Delivery */
/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {VideoFrame | ImageBitmap} Image */
/**
 * @typedef {object} Decoder
 * @property {Codec} codec
 * @property {boolean} isBusy
 * @property {number} decodeMs what a frame takes
 * @property {(record: Delivery) => void} decode
 * @property {() => void} close
 */
/** @typedef {(image: Image, atUs: number) => void} OnImage */

/**
 * @param {Codec} codec
 * @param {OnImage} onImage takes the image over
 * @param {(error: Error) => void} onError the decoder is unusable
 * @returns {Decoder}
 */
export function openDecoder(codec, onImage, onError) {
  return codec === "jpeg"
    ? new JpegDecoder(onImage, onError)
    : new WebCodecsDecoder(codec, onImage, onError);
}

class WebCodecsDecoder {
  /**
   * @param {Codec} codec
   * @param {OnImage} onImage
   * @param {(error: Error) => void} onError
   */
  constructor(codec, onImage, onError) {
    this.codec = codec;
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        this.#measure();
        onImage(frame, frame.timestamp);
      },
      error: onError,
    });
  }

  decodeMs = FIRST_MS;
  #decoder;
  /** When each frame in the decoder was put in: they come out in order. @type {number[]} */
  #sinceMs = [];
  #config = "";

  get isBusy() {
    return this.#decoder.decodeQueueSize >= QUEUE_LIMIT;
  }

  /** @param {Delivery} record the first one a key frame */
  decode({ isKey, spatial, atUs, payload }) {
    if (isKey) this.#configure(spatial, payload);
    const type = isKey ? "key" : "delta";
    this.#sinceMs.push(performance.now());
    this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: atUs, data: payload }));
  }

  close() {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  #measure() {
    const difference = performance.now() - Number(this.#sinceMs.shift()) - this.decodeMs;
    this.decodeMs += difference * (difference > 0 ? SLOWER : FASTER);
  }

  /**
   * Another layer is another stream of pictures, of another size.
   * @param {number} spatial
   * @param {Uint8Array} frame
   */
  #configure(spatial, frame) {
    const codec = codecString(this.codec, frame);
    const config = `${codec} ${spatial}`;
    if (config === this.#config) return;
    this.#decoder.configure({ codec, optimizeForLatency: true });
    this.#config = config;
  }
}

/**
 * @param {Codec} codec
 * @param {Uint8Array} frame
 */
function codecString(codec, frame) {
  switch (codec) {
    case "h264":
      return codecOf(frame) ?? "avc1.42e01f";
    case "vp9":
      return "vp09.00.40.08";
    case "av1":
      return "av01.0.08M.08";
    default:
      return codec;
  }
}

class JpegDecoder {
  /** @type {Codec} */
  codec = "jpeg";
  decodeMs = FIRST_MS;

  /**
   * @param {OnImage} onImage
   * @param {(error: Error) => void} onError
   */
  constructor(onImage, onError) {
    this.#onImage = onImage;
    this.#onError = onError;
  }

  #onImage;
  #onError;
  #running = false;
  #isClosed = false;

  get isBusy() {
    return this.#running;
  }

  /** @param {Delivery} record */
  decode({ atUs, payload }) {
    this.#running = true;
    createImageBitmap(new Blob([payload], { type: "image/jpeg" }))
      .then((image) => (this.#isClosed ? image.close() : this.#onImage(image, atUs)))
      .catch(this.#onError)
      .finally(() => (this.#running = false));
  }

  close() {
    this.#isClosed = true;
  }
}
