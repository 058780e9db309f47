// Draws pictures onto the page's canvases, which the decoding worker holds.

/** @typedef {VideoFrame | ImageBitmap} Image */
/** @typedef {{canvas: OffscreenCanvas, track: string | null}} Place */

/**
 * A canvas takes the picture's size: the page fits it in with CSS (`object-fit`). A
 * page hands over a canvas once, and may then use it for one track after another.
 */
export class Painter {
  /** @type {Map<number, Place>} */
  #places = new Map();

  /**
   * @param {number} id of the canvas
   * @param {string} track
   * @param {OffscreenCanvas} [canvas] the first time
   */
  attach(id, track, canvas) {
    const place = this.#places.get(id);
    if (place) {
      if (place.track !== track) clear(place.canvas);
      place.track = track;
    } else if (canvas) {
      this.#places.set(id, { canvas, track });
    }
  }

  /** @param {number} id */
  detach(id) {
    const place = this.#places.get(id);
    if (place) place.track = null;
  }

  /** The page has thrown the canvas away. @param {number} id */
  forget(id) {
    this.#places.delete(id);
  }

  /**
   * @param {string} track
   * @param {Image} image stays the caller's
   */
  draw(track, image) {
    for (const place of this.#places.values()) {
      if (place.track === track) paint(place.canvas, image);
    }
  }
}

/**
 * @param {OffscreenCanvas} canvas
 * @param {Image} image
 */
function paint(canvas, image) {
  const isBitmap = image instanceof ImageBitmap;
  const width = isBitmap ? image.width : image.displayWidth;
  const height = isBitmap ? image.height : image.displayHeight;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  canvas.getContext("2d", { alpha: false })?.drawImage(image, 0, 0, width, height);
}

/** @param {OffscreenCanvas} canvas */
function clear(canvas) {
  canvas.getContext("2d", { alpha: false })?.clearRect(0, 0, canvas.width, canvas.height);
}
