// Makes 20 ms packets of 48 kHz mono out of what an audio graph gives. Pure.

export const SAMPLE_RATE = 48_000;
export const PACKET_SAMPLES = 960; // 20 ms

/**
 * A graph at another rate (browsers may not offer 48 kHz) is resampled by linear
 * interpolation, which is enough for speech. The output is one input sample late.
 */
export class Packer {
  /**
   * @param {number} rate of the input, Hz
   * @param {(samples: Float32Array<ArrayBuffer>) => void} onPacket
   */
  constructor(rate, onPacket) {
    this.#step = rate / SAMPLE_RATE;
    this.#onPacket = onPacket;
  }

  #step;
  #onPacket;
  #packet = new Float32Array(PACKET_SAMPLES);
  #filled = 0;
  #at = 0; // where the next output sample lies in the next block
  #last = 0; // last input sample of the block before

  /** @param {Float32Array[]} channels of one block, all of one length */
  push(channels) {
    const mono = mix(channels);
    while (this.#at < mono.length) {
      const index = Math.floor(this.#at);
      const before = index === 0 ? this.#last : /** @type {number} */ (mono[index - 1]);
      const after = /** @type {number} */ (mono[index]);
      this.#put(before + (after - before) * (this.#at - index));
      this.#at += this.#step;
    }
    this.#at -= mono.length;
    this.#last = mono.at(-1) ?? this.#last;
  }

  /** @param {number} sample */
  #put(sample) {
    this.#packet[this.#filled] = sample;
    this.#filled += 1;
    if (this.#filled < PACKET_SAMPLES) return;
    this.#onPacket(this.#packet);
    this.#packet = new Float32Array(PACKET_SAMPLES);
    this.#filled = 0;
  }
}

/** @param {Float32Array[]} channels */
function mix(channels) {
  const [first, ...others] = channels;
  if (!first || others.length === 0) return first ?? new Float32Array(0);
  return first.map(
    (sample, index) =>
      others.reduce((sum, channel) => sum + (channel[index] ?? 0), sample) /
      channels.length,
  );
}
