// Draws pictures onto the page's canvases and videos, which the decoding worker holds.

/** @typedef {VideoFrame | ImageBitmap} Image */
/** @typedef {OffscreenCanvas | WritableStream<VideoFrame>} Target */
/**
 * `paint` does not close the image.
 * @typedef {{paint: (image: Image) => void, clear: () => void, close: () => void}} Surface
 */
/** @typedef {{surface: Surface, track: string | null}} Place */

/**
 * A place takes the picture's size: the page fits it in with CSS (`object-fit`). A
 * page hands over a place once, and may then use it for one track after another.
 */
export class Painter {
  /** @type {Map<number, Place>} */
  #places = new Map();

  /**
   * @param {number} id of the place
   * @param {string} track
   * @param {Target} [target] the first time
   */
  attach(id, track, target) {
    const place = this.#places.get(id);
    if (place) {
      if (place.track !== track) place.surface.clear();
      place.track = track;
    } else if (target) {
      const isCanvas = target instanceof OffscreenCanvas;
      const surface = isCanvas ? new Canvas(target) : new Video(target);
      this.#places.set(id, { surface, track });
    }
  }

  /** @param {number} id */
  detach(id) {
    const place = this.#places.get(id);
    if (place) place.track = null;
  }

  /** The page has thrown the place away. @param {number} id */
  forget(id) {
    this.#places.get(id)?.surface.close();
    this.#places.delete(id);
  }

  /**
   * @param {string} track
   * @param {Image} image stays the caller's
   */
  draw(track, image) {
    for (const place of this.#places.values()) {
      if (place.track === track) place.surface.paint(image);
    }
  }
}

class Canvas {
  /** @param {OffscreenCanvas} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  #canvas;
  #context;

  /** @param {Image} image */
  paint(image) {
    const isBitmap = image instanceof ImageBitmap;
    const width = isBitmap ? image.width : image.displayWidth;
    const height = isBitmap ? image.height : image.displayHeight;
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#context?.drawImage(image, 0, 0, width, height);
  }

  clear() {
    this.#context?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  close() {}
}

class Video {
  /** @param {WritableStream<VideoFrame>} stream of a track that a video element shows */
  constructor(stream) {
    this.#writer = stream.getWriter();
  }

  #writer;

  /** @param {Image} image */
  paint(image) {
    if (Number(this.#writer.desiredSize) <= 0) return; // the page does not keep up
    const frame =
      image instanceof ImageBitmap
        ? new VideoFrame(image, { timestamp: 0 })
        : image.clone();
    // It closes the frame, also where the page has ended the track meanwhile.
    this.#writer.write(frame).catch(() => frame.close());
  }

  clear() {
    const black = new OffscreenCanvas(16, 9);
    black.getContext("2d", { alpha: false });
    const frame = new VideoFrame(black, { timestamp: 0 });
    this.paint(frame);
    frame.close();
  }

  close() {
    this.#writer.close().catch(() => {}); // its track has ended already
  }
}
