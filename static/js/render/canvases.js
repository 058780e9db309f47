// The page's canvases, whose drawing is handed to the decoding worker. A canvas can be
// handed over once: after that it goes by a number.

/** @typedef {import("../send/record.js").Kind} Kind */

let lastId = 0;

export class Canvases {
  /** @param {Worker} worker that decodes */
  constructor(worker) {
    this.#worker = worker;
    this.#gone = new FinalizationRegistry((id) => {
      worker.postMessage({ type: "forgetCanvas", id });
    });
  }

  #worker;
  #gone;
  /** @type {WeakMap<HTMLCanvasElement, number>} */
  #ids = new WeakMap();

  /**
   * @param {number} number
   * @param {Kind} kind
   * @param {HTMLCanvasElement} element
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
    const canvas = element.transferControlToOffscreen();
    this.#worker.postMessage({ type: "attach", id, number, kind, canvas }, [canvas]);
  }

  /** @param {HTMLCanvasElement} element */
  detach(element) {
    const id = this.#ids.get(element);
    if (id !== undefined) this.#worker.postMessage({ type: "detach", id });
  }
}
