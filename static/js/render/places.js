// Where the page shows pictures: elements whose drawing is handed to the decoding worker.
// An element can be handed over once: after that it goes by a number.

/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {HTMLVideoElement | HTMLCanvasElement} PlaceElement */

let lastId = 0;

/**
 * An element to be attached: a video where pictures can be given to one (Chrome, Edge),
 * which shows them a frame of the screen earlier and copies nothing; else a canvas.
 * @returns {PlaceElement}
 */
export function newPlace() {
  if (!("MediaStreamTrackGenerator" in globalThis)) {
    return document.createElement("canvas");
  }
  const video = document.createElement("video");
  video.muted = true; // before it gets a stream: then it may play at once
  video.autoplay = true;
  video.playsInline = true;
  return video;
}

export class Places {
  /** @param {Worker} worker that decodes */
  constructor(worker) {
    this.#worker = worker;
    this.#gone = new FinalizationRegistry((id) => {
      worker.postMessage({ type: "forgetPlace", id });
    });
  }

  #worker;
  #gone;
  /** @type {WeakMap<PlaceElement, number>} */
  #ids = new WeakMap();

  /**
   * @param {number} number
   * @param {Kind} kind
   * @param {PlaceElement} element
   */
  attach(number, kind, element) {
    const known = this.#ids.get(element);
    if (known !== undefined) {
      this.#worker.postMessage({ type: "attach", id: known, number, kind });
      return;
    }
    const id = (lastId += 1);
    this.#ids.set(element, id);
    this.#gone.register(element, id);
    const target = targetOf(element);
    this.#worker.postMessage({ type: "attach", id, number, kind, target }, [target]);
  }

  /** @param {PlaceElement} element */
  detach(element) {
    const id = this.#ids.get(element);
    if (id !== undefined) this.#worker.postMessage({ type: "detach", id });
  }
}

/**
 * What the worker draws on.
 * @param {PlaceElement} element
 * @returns {OffscreenCanvas | WritableStream<VideoFrame>}
 */
function targetOf(element) {
  if (element instanceof HTMLCanvasElement) return element.transferControlToOffscreen();
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  element.srcObject = new MediaStream([generator]);
  return generator.writable;
}
