// One participant's sound on its way into the output: when it is played, and how fast.
// Pure; times are frames of the output, at 48 kHz.
//
// Chunks follow each other without a seam, each about when it is due. Where they do not
// meet that, or where sound runs out, periods of its pitch are taken out or put in, and
// in a pause silence.

import { lengthen, periodOf, shorten, SPAN } from "./splice.js";

const LIMIT = 96_000; // samples that may wait: 2 s
const FADE = 128; // at a seam
const CONCEAL = 4; // blocks that fade out where sound is missing
const FAR = 12_000; // 250 ms: a pause, if early; not worth playing, if late
const QUIET_OFF = 240; // 5 ms off is put right where nobody hears it
const LOUD_OFF = 960; // 20 ms off, where somebody may
const SETTLED = 120;
const PLAIN_PERIODS = 4; // between two that are put in or taken out
const RESERVE = 2160; // 45 ms: with less to play, nothing is taken out
const STALL = 2880; // 60 ms without a chunk: what there is has to last

/**
 * `frame`: when it is due. `isQuiet`: nobody hears a cut.
 * @typedef {{frame: number, samples: Float32Array, isQuiet: boolean}} Chunk
 */

export class Source {
  /** @type {Chunk[]} */
  #chunks = [];
  #waiting = 0;
  #waited = 0; // frames since the last chunk came
  #isPlaying = false;
  #isOff = false; // too early or too late, until that is put right
  #plain = 0; // samples to play before the next splice
  #block = new Float32Array(0);
  #conceal = 0; // blocks of concealment that are left

  /** @param {Chunk} chunk */
  push({ frame, samples, isQuiet }) {
    const last = this.#chunks.at(-1);
    if (last && frame < last.frame - FAR) this.#drop(this.#waiting); // a past timeline's
    this.#chunks.push({ frame, samples, isQuiet });
    this.#waiting += samples.length;
    this.#waited = 0;
    if (this.#waiting > LIMIT) this.#drop(this.#waiting - LIMIT);
  }

  get isDone() {
    return this.#waiting === 0 && this.#conceal === 0;
  }

  /**
   * Where sound is missing the last block is played back and forth, fading, rather than
   * cut off.
   * @param {Float32Array} output added to
   * @param {number} frame of its first sample
   */
  mix(output, frame) {
    const block = new Float32Array(output.length);
    this.#waited += block.length;
    if (this.#fill(block, frame)) {
      this.#block = block;
      this.#conceal = CONCEAL;
    } else if (this.#conceal > 0) {
      this.#fadeOut(block);
    }
    block.forEach((sample, index) => (output[index] = Number(output[index]) + sample));
  }

  /**
   * Whether there was anything to play.
   * @param {Float32Array} block
   * @param {number} frame
   */
  #fill(block, frame) {
    let at = this.#isPlaying ? 0 : this.#begin(frame, block.length);
    let filled = 0;
    while (at < block.length) {
      const chunk = this.#next(frame + at);
      if (!chunk) break;
      const part = chunk.samples.subarray(0, block.length - at);
      block.set(part, at);
      this.#drop(part.length);
      this.#plain -= part.length;
      at += part.length;
      filled += part.length;
    }
    return filled > 0;
  }

  /**
   * After how many frames there is something to play.
   * @param {number} frame
   * @param {number} length
   */
  #begin(frame, length) {
    this.#skip(frame - FAR);
    const [first] = this.#chunks;
    if (!first) return Infinity;
    const wait = Math.max(0, first.frame - frame);
    if (wait >= length) return wait;
    fadeIn(first.samples);
    this.#isPlaying = true;
    return wait;
  }

  /**
   * What is to be played now; nothing where that is not due, or not there.
   * @param {number} frame
   * @returns {Chunk | undefined}
   */
  #next(frame) {
    const [first] = this.#chunks;
    const late = first ? frame - first.frame : 0;
    if (late > FAR) this.#skip(frame);
    else if (first?.isQuiet && late > QUIET_OFF) this.#drop(Math.min(late, first.samples.length));
    else if (first && !this.#isEarly(first, late)) this.#splice(first, late);
    else this.#isPlaying = false;
    const [next] = this.#chunks;
    if (!next) this.#isPlaying = false;
    return this.#isPlaying ? next : undefined;
  }

  /**
   * So early that it is waited for, rather than made longer.
   * @param {Chunk} chunk
   * @param {number} late
   */
  #isEarly({ isQuiet }, late) {
    return -late > (isQuiet ? QUIET_OFF : FAR);
  }

  /**
   * @param {Chunk} first
   * @param {number} late
   */
  #splice(first, late) {
    if (this.#plain > 0 || first.isQuiet) return;
    if (Math.abs(late) > LOUD_OFF) this.#isOff = true;
    if (Math.abs(late) < SETTLED) this.#isOff = false;
    const isStalled = this.#waited > STALL;
    const isOff = this.#isOff && (late < 0 || this.#waiting > RESERVE);
    if (!isStalled && !isOff) return;
    const samples = this.#head();
    const period = periodOf(samples);
    if (period === 0) return;
    const isLonger = isStalled || late < 0;
    const spliced = (isLonger ? lengthen : shorten)(samples.subarray(0, 2 * period));
    this.#drop(2 * period);
    // It ends when what it is made of would have.
    const frame = first.frame + 2 * period - spliced.length;
    this.#chunks.unshift({ frame, samples: spliced, isQuiet: false });
    this.#waiting += spliced.length;
    this.#plain = isStalled ? 2 * period : spliced.length + PLAIN_PERIODS * period;
  }

  /** The samples that come next, as many as a splice can use. */
  #head() {
    const head = new Float32Array(Math.min(this.#waiting, SPAN));
    let at = 0;
    for (const { samples } of this.#chunks) {
      const part = samples.subarray(0, head.length - at);
      head.set(part, at);
      at += part.length;
      if (at === head.length) break;
    }
    return head;
  }

  /** Leave out what was due before a frame, but for the newest. @param {number} frame */
  #skip(frame) {
    for (;;) {
      const [first, second] = this.#chunks;
      if (!first || !second || first.frame >= frame) return;
      this.#drop(first.samples.length);
      this.#isPlaying = false;
    }
  }

  /** Take samples away from the beginning. @param {number} count */
  #drop(count) {
    this.#waiting -= count;
    while (count > 0) {
      const chunk = /** @type {Chunk} */ (this.#chunks[0]);
      const part = Math.min(count, chunk.samples.length);
      chunk.samples = chunk.samples.subarray(part);
      chunk.frame += part;
      count -= part;
      if (chunk.samples.length === 0) this.#chunks.shift();
    }
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
}

/** @param {Float32Array} samples */
function fadeIn(samples) {
  const length = Math.min(FADE, samples.length);
  for (let index = 0; index < length; index += 1) {
    samples[index] = Number(samples[index]) * (index / length);
  }
}
