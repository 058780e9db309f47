// One received sound track: decodes what is due soon and hands it to the output.

import { SAMPLE_RATE } from "../capture/packer.js";
import { TrackQueue } from "../receive/track_queue.js";
import { Stretch } from "./stretch.js";

const LEAD_MS = 400; // a live buffer's most, and some: live sound does not wait here
const PENDING_LIMIT = 50; // packets in the decoder
const PAUSE_US = 200_000; // without packets
const QUIET = 50; // -dBov: nobody hears a cut

/** @typedef {import("../send/record.js").Delivery} Delivery */
/** @typedef {import("../receive/track_queue.js").Timeline} Timeline */
/** @typedef {{frame: number, samples: Float32Array<ArrayBuffer>, isQuiet: boolean}} Chunk */

export class SoundTrack {
  /**
   * @param {object} options
   * @param {Timeline & {speed?: number}} options.timeline
   * @param {(ms: number) => number | null} options.frameAt the output's frame that is
   *   heard at a time; null while nothing is
   * @param {(chunk: Chunk) => void} options.play
   * @param {(loudness: number) => void} options.onLoudness
   */
  constructor(options) {
    this.#options = options;
  }

  #options;
  #queue = new TrackQueue();
  #stretch = new Stretch(1);
  /** @type {AudioDecoder | null} */
  #decoder = null;
  /**
   * The packets in the decoder, which gives one for one. Its own timestamps count
   * samples since its first packet: they know neither pauses nor drifting clocks.
   * @type {{atUs: number, loudness: number}[]}
   */
  #pending = [];
  #lastUs = 0;

  get queuedBytes() {
    return this.#queue.bytes;
  }

  /** @param {Delivery} record */
  push(record) {
    this.#queue.push(record);
  }

  /** @param {number} nowMs */
  tick(nowMs) {
    const { timeline } = this.#options;
    for (;;) {
      const record = this.#queue.take(timeline, nowMs, nowMs + LEAD_MS);
      if (!record) return;
      if (!record.isEnd) this.#decode(record);
    }
  }

  close() {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
    this.#pending = [];
  }

  /** @param {Delivery} record */
  #decode({ codec, atUs, loudness, payload }) {
    this.#options.onLoudness(loudness);
    if (codec === "pcm") {
      this.#play(fromPcm(payload), atUs, loudness);
      return;
    }
    const isAfterPause = Math.abs(atUs - this.#lastUs) > PAUSE_US;
    this.#lastUs = atUs;
    // Another decoder then: what the old one still holds belongs to the past.
    if (isAfterPause || this.#pending.length >= PENDING_LIMIT) this.close();
    this.#decoder ??= this.#openOpus();
    this.#pending.push({ atUs, loudness });
    this.#decoder.decode(
      new EncodedAudioChunk({ type: "key", timestamp: atUs, data: payload }),
    );
  }

  #openOpus() {
    const decoder = new AudioDecoder({
      output: (data) => {
        const packet = this.#pending.shift();
        if (packet) this.#play(toMono(data), packet.atUs, packet.loudness);
        data.close();
      },
      error: () => this.close(), // the next packet opens another
    });
    const numberOfChannels = 2; // what a mono stream decodes into as well
    decoder.configure({ codec: "opus", sampleRate: SAMPLE_RATE, numberOfChannels });
    return decoder;
  }

  /**
   * @param {Float32Array<ArrayBuffer>} samples
   * @param {number} atUs
   * @param {number} loudness
   */
  #play(samples, atUs, loudness) {
    const { timeline, frameAt, play } = this.#options;
    const dueFrame = frameAt(timeline.dueMs(atUs));
    if (dueFrame === null || !Number.isFinite(dueFrame)) return;
    const speed = timeline.speed ?? 1;
    if (this.#stretch.speed !== speed) this.#stretch = new Stretch(speed);
    const stretched = this.#stretch.push(samples);
    if (stretched.length === 0) return;
    const frame = Math.round(dueFrame);
    play({ frame, samples: stretched, isQuiet: loudness >= QUIET });
  }
}

/** @param {Uint8Array} bytes */
function fromPcm(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.byteLength >> 1);
  return samples.map((_, index) => view.getInt16(index * 2, true) / 32768);
}

/** @param {AudioData} data */
function toMono(data) {
  const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex, format: "f32-planar" });
    return samples;
  });
  const [first = new Float32Array(0), second] = channels;
  return second ? first.map((sample, at) => (sample + Number(second[at])) / 2) : first;
}
