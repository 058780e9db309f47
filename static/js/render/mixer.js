// Mixes the sound of all participants for the output. Pure.

import { Source } from "./source.js";

export class Mixer {
  /** @type {Map<string, Source>} */
  #sources = new Map();

  /**
   * @param {string} name of the source
   * @param {import("./source.js").Chunk} chunk
   */
  push(name, chunk) {
    let source = this.#sources.get(name);
    if (!source) this.#sources.set(name, (source = new Source()));
    source.push(chunk);
  }

  /** Forget what waits, for example after a seek. */
  clear() {
    this.#sources.clear();
  }

  /**
   * @param {Float32Array} output silent
   * @param {number} frame of its first sample
   */
  mix(output, frame) {
    for (const [name, source] of this.#sources) {
      source.mix(output, frame);
      if (source.isDone) this.#sources.delete(name);
    }
  }
}
