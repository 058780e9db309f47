// Mixes the sound of all participants for the output. Pure.

const SOURCE_LIMIT = 96_000; // samples that may wait: 2 s
const FADE = 128; // frames at a seam
const CONCEAL = 4; // blocks that fade out where sound is missing

/** @typedef {{frame: number, samples: Float32Array, isFresh: boolean}} Chunk */

/**
 * One participant's sound: chunks by the frame at which they start. Where one is
 * missing the last block is played back and forth, fading, rather than cut off.
 */
class Source {
  /** @type {Chunk[]} */
  #chunks = [];
  #waiting = 0;
  #block = new Float32Array(0);
  #conceal = 0; // blocks of concealment that are left

  /** @param {Chunk} chunk */
  push(chunk) {
    const { samples, isFresh } = chunk;
    if (isFresh) fadeIn(samples);
    this.#chunks.push(chunk);
    this.#waiting += samples.length;
    while (this.#waiting > SOURCE_LIMIT) this.#shift();
  }

  get isDone() {
    return this.#chunks.length === 0 && this.#conceal === 0;
  }

  /**
   * @param {Float32Array} output added to
   * @param {number} frame of its first sample
   */
  mix(output, frame) {
    const block = new Float32Array(output.length);
    if (this.#fill(block, frame)) {
      this.#block = block;
      this.#conceal = CONCEAL;
    } else if (this.#conceal > 0) {
      this.#fadeOut(block);
    }
    block.forEach((sample, index) => (output[index] = Number(output[index]) + sample));
  }

  /**
   * @param {Float32Array} block
   * @param {number} frame
   */
  #fill(block, frame) {
    let filled = 0;
    for (const { frame: start, samples } of [...this.#chunks]) {
      if (start >= frame + block.length) break;
      if (start + samples.length <= frame + block.length) this.#shift();
      const from = Math.max(0, frame - start);
      const part = samples.subarray(from, frame + block.length - start);
      block.set(part, Math.max(0, start - frame));
      filled += part.length;
    }
    return filled > 0;
  }

  /** @param {Float32Array} block */
  #fadeOut(block) {
    this.#block.reverse();
    const blocks = this.#conceal;
    this.#conceal -= 1;
    this.#block.forEach((sample, index) => {
      block[index] = (sample * (blocks - index / block.length)) / CONCEAL;
    });
  }

  #shift() {
    this.#waiting -= this.#chunks.shift()?.samples.length ?? 0;
  }
}

export class Mixer {
  /** @type {Map<string, Source>} */
  #sources = new Map();

  /**
   * @param {string} name of the source
   * @param {Chunk} chunk
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

/** @param {Float32Array} samples */
function fadeIn(samples) {
  const length = Math.min(FADE, samples.length);
  for (let index = 0; index < length; index += 1) {
    samples[index] = Number(samples[index]) * (index / length);
  }
}
