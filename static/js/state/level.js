// Loudness: of samples, on the wire, and as people see it. Pure.

import { SILENT } from "../send/record.js";

const QUIETEST = 60; // -dBov that shows as nothing
const SILENT_MS = 300;
const HOLD_MS = 1000;

/** The level of somebody who speaks: -42 dBov, louder than a quiet room. */
export const SPEAKING = 0.3;

/**
 * -dBov as in RFC 6464: 0 is a square wave at full scale, 127 is silence.
 * @param {Float32Array} samples
 */
export function loudnessOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const dBov = 10 * Math.log10(sum / samples.length);
  return Math.round(Math.min(SILENT, Math.max(0, -dBov)));
}

/**
 * 0 to 1.
 * @param {number} loudness -dBov
 */
export function levelFrom(loudness) {
  return Math.max(0, 1 - loudness / QUIETEST);
}

/** @param {Float32Array} samples */
export function levelOf(samples) {
  return levelFrom(loudnessOf(samples));
}

/** How loud everybody is now; what was not told of for a while is silent. */
export class Levels {
  /** @type {Map<number, {level: number, atMs: number}>} */
  #levels = new Map();

  /**
   * @param {number} number
   * @param {number} level
   */
  set(number, level) {
    this.#levels.set(number, { level, atMs: performance.now() });
  }

  /** @param {number} number */
  delete(number) {
    this.#levels.delete(number);
  }

  clear() {
    this.#levels.clear();
  }

  /** 0 to 1. @param {number} number */
  of(number) {
    const entry = this.#levels.get(number);
    return entry && performance.now() - entry.atMs < SILENT_MS ? entry.level : 0;
  }
}

/** Who speaks, or spoke last, by levels alone: in a call the server tells. */
export class Speaker {
  /** @type {number | null} */
  number = null;
  #sinceMs = -Infinity;

  /**
   * @param {Iterable<[number, number]>} levels
   * @param {number} nowMs
   */
  hear(levels, nowMs) {
    let [loudest, most] = /** @type {[number | null, number]} */ ([null, SPEAKING]);
    for (const [number, level] of levels) {
      if (level > most) [loudest, most] = [number, level];
    }
    if (loudest === null || loudest === this.number) return;
    if (nowMs - this.#sinceMs < HOLD_MS) return;
    [this.number, this.#sinceMs] = [loudest, nowMs];
  }
}
