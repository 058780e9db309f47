// One published sound track: 20 ms packets in, Opus or PCM out, with their loudness.

import { SAMPLE_RATE } from "../capture/packer.js";
import { nowUs } from "../send/clock.js";
import { loudnessOf } from "../state/level.js";
import { CaptureClock } from "./capture_clock.js";
import { OPUS } from "./codecs.js";

const PACKET_US = 20_000;
const PENDING_LIMIT = 50; // packets in the encoder: one second

/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {{data: Uint8Array, capturedUs: number, loudness: number}} Packet */

export class AudioTrack {
  isAnnounced = false;

  /**
   * @param {object} options
   * @param {Codec} options.codec "opus" or "pcm"
   * @param {() => number} options.serverOffsetUs
   * @param {(packet: Packet) => void} options.onPacket
   * @param {(error: Error) => void} options.onError
   */
  constructor({ codec, serverOffsetUs, onPacket, onError }) {
    this.codec = codec;
    this.#serverOffsetUs = serverOffsetUs;
    this.#onPacket = onPacket;
    if (codec === "opus") this.#encoder = this.#openOpus(onError);
  }

  #serverOffsetUs;
  #onPacket;
  #clock = new CaptureClock();
  /** @type {AudioEncoder | null} */
  #encoder = null;
  /** The packets in the encoder: it gives one for one. @type {Omit<Packet, "data">[]} */
  #pending = [];

  /**
   * @param {Float32Array<ArrayBuffer>} samples 20 ms
   * @param {number} timestampUs of the last sample, on the source's clock
   */
  offer(samples, timestampUs) {
    if (!this.isAnnounced) return;
    const endUs = this.#clock.capturedUs(timestampUs, nowUs(), this.#serverOffsetUs());
    const packet = { capturedUs: endUs - PACKET_US, loudness: loudnessOf(samples) };
    if (!this.#encoder) {
      this.#onPacket({ ...packet, data: toPcm(samples) });
      return;
    }
    if (this.#pending.length >= PENDING_LIMIT) return;
    this.#pending.push(packet);
    const data = new AudioData({
      format: "f32",
      sampleRate: SAMPLE_RATE,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: packet.capturedUs,
      data: samples,
    });
    this.#encoder.encode(data);
    data.close();
  }

  /** Another device for the same track. */
  sourceChanged() {
    this.#clock.restart();
  }

  async close() {
    const encoder = this.#encoder;
    if (encoder?.state !== "configured") return;
    await encoder.flush();
    encoder.close();
  }

  /** @param {(error: Error) => void} onError */
  #openOpus(onError) {
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = this.#pending.shift();
        if (!packet) return; // the padding at a flush
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        this.#onPacket({ ...packet, data });
      },
      error: onError,
    });
    encoder.configure(OPUS);
    return encoder;
  }
}

/** @param {Float32Array} samples */
function toPcm(samples) {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    view.setInt16(index * 2, Math.round(clipped * 32767), true);
  });
  return bytes;
}
