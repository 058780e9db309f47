// Everything that one participant publishes: its tracks, and the records that they
// become. The worker's shell gives it sources and a sender.

import { isVideo, SILENT, Flag } from "../send/record.js";
import { nowUs } from "../send/clock.js";
import { AudioTrack } from "./audio.js";
import { chooseAudioCodecs, chooseVideoEncodings } from "./codecs.js";
import { VideoTrack } from "./video.js";

const CONGESTED_MS = 700; // of records that wait for the network

/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {import("../send/record.js").Codec} Codec */
/** @typedef {import("../send/sender.js").Sender} Sender */
/** @typedef {{codec: Codec, width: number, height: number}} Format */

export class Publisher {
  serverOffsetUs = 0;
  isConnected = false;

  /**
   * @param {object} options
   * @param {Sender} options.sender
   * @param {(kind: Kind, format: Format) => void} options.onFormat to be announced
   * @param {(kind: Kind, loudness: number) => void} options.onLoudness
   * @param {() => void} options.onRecord something waits to be sent
   * @param {(kind: Kind, error: Error) => void} options.onError the track is of no use
   */
  constructor(options) {
    this.#options = options;
  }

  #options;
  /** @type {Map<Kind, VideoTrack | AudioTrack>} */
  #tracks = new Map();

  /**
   * While a connection is down records are kept, not held back: they are sent later.
   */
  get isCongested() {
    const backlogMs = this.#options.sender.backlogMs(performance.now());
    return this.isConnected && backlogMs > CONGESTED_MS;
  }

  /** Whether the machine does not get all of the video encoded that is wanted. */
  get isBusy() {
    const tracks = [...this.#tracks.values()];
    return tracks.some((track) => track instanceof VideoTrack && track.isReduced);
  }

  /** @param {Kind} kind */
  async start(kind) {
    const track = this.#tracks.get(kind);
    if (track) track.sourceChanged();
    else if (isVideo(kind)) await this.#startVideo(kind);
    else await this.#startAudio(kind);
  }

  /**
   * The record that ends a track is sent after all others.
   * @param {Kind} kind
   */
  async stop(kind) {
    const track = this.#tracks.get(kind);
    if (!track) return;
    this.#tracks.delete(kind);
    await track.close();
    if (!track.isAnnounced) return;
    const flags = Flag.END | (isVideo(kind) ? 0 : Flag.KEY);
    const capturedUs = nowUs() + this.serverOffsetUs;
    this.#push({ kind, codec: track.codec, flags, loudness: SILENT, capturedUs });
  }

  /** @param {Kind} kind */
  announced(kind) {
    const track = this.#tracks.get(kind);
    if (track) track.isAnnounced = true;
  }

  /**
   * @param {Kind} kind
   * @param {VideoFrame | ImageBitmap} image is taken over
   * @param {number} timestampUs
   */
  offerFrame(kind, image, timestampUs) {
    const track = this.#tracks.get(kind);
    if (track instanceof VideoTrack) track.offer(image, timestampUs);
    else image.close();
  }

  /**
   * @param {Kind} kind
   * @param {Float32Array<ArrayBuffer>} samples
   * @param {number} timestampUs
   */
  offerSamples(kind, samples, timestampUs) {
    const track = this.#tracks.get(kind);
    if (track instanceof AudioTrack) track.offer(samples, timestampUs);
  }

  /**
   * @param {Kind} kind
   * @param {number} [spatial] of this layer; without it of all
   */
  requestKey(kind, spatial) {
    const track = this.#tracks.get(kind);
    if (track instanceof VideoTrack) track.requestKey(spatial);
  }

  /**
   * @param {Kind} kind
   * @param {number[]} spatial the layers that are wanted; none: nobody watches
   */
  setLayers(kind, spatial) {
    const track = this.#tracks.get(kind);
    if (track instanceof VideoTrack) track.setWanted(spatial);
  }

  /** Forget what is not acknowledged, and go on without it. */
  discard() {
    this.#options.sender.discard();
    for (const kind of this.#tracks.keys()) this.requestKey(kind);
  }

  /** @param {"camera" | "screen"} kind */
  async #startVideo(kind) {
    const encodings = await chooseVideoEncodings();
    const track = new VideoTrack({
      kind,
      encodings,
      serverOffsetUs: () => this.serverOffsetUs,
      isCongested: () => this.isCongested,
      onFormat: (format) => this.#options.onFormat(kind, format),
      onChunk: ({ data, isKey, layer, capturedUs }, codec) => {
        const flags = isKey ? Flag.KEY : 0;
        this.#push({ kind, codec, flags, layer, loudness: SILENT, capturedUs }, data);
      },
      onError: (error) => this.#options.onError(kind, error),
    });
    this.#tracks.set(kind, track);
  }

  /** @param {Kind} kind */
  async #startAudio(kind) {
    const [codec = "pcm"] = await chooseAudioCodecs();
    const track = new AudioTrack({
      codec,
      serverOffsetUs: () => this.serverOffsetUs,
      onPacket: ({ data, capturedUs, loudness }) => {
        this.#push({ kind, codec, flags: Flag.KEY, loudness, capturedUs }, data);
        this.#options.onLoudness(kind, loudness);
      },
      onError: (error) => this.#options.onError(kind, error),
    });
    this.#tracks.set(kind, track);
    this.#options.onFormat(kind, { codec, width: 0, height: 0 });
  }

  /**
   * @param {Omit<import("../send/record.js").Header, "epoch" | "number">} header
   * @param {Uint8Array} [payload]
   */
  #push(header, payload = new Uint8Array(0)) {
    const { sender, onRecord } = this.#options;
    const isKept = sender.push(header, payload, performance.now());
    if (isKept) onRecord();
    else this.requestKey(header.kind); // what followed could not be decoded
  }
}
