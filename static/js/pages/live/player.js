// Plays a live playlist through Media Source Extensions: fetches what is new, appends
// it, forgets what was seen, and stays a few seconds behind what goes out.

import { following, parseIndex, parseMedia } from "../../receive/playlist.js";

const BEGIN_BEHIND = 3; // pieces
const KEPT_SECONDS = 20; // behind what is shown
const MOST_BEHIND_SECONDS = 15; // then it jumps
const BEHIND_SECONDS = 4; // to here
const RETRY_MS = 2000;

/** @typedef {"waiting" | "playing" | "trouble" | "over"} State */

/** "state": detail is a State. */
export class LivePlayer extends EventTarget {
  /** @type {SourceBuffer | null} */
  #buffer = null;
  #source = new MediaSource();
  #map = "";
  /** @type {number | null} */
  #last = null;
  /** @type {State | ""} */
  #state = "";

  /** @param {string} type as in an index */
  static canPlay(type) {
    return "MediaSource" in window && MediaSource.isTypeSupported(mime(type));
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {string} address of the index
   */
  constructor(video, address) {
    super();
    this.video = video;
    this.address = new URL(address, window.location.href);
  }

  /** Runs until it is over. */
  async run() {
    this.video.src = URL.createObjectURL(this.#source);
    await once(this.#source, "sourceopen");
    for (;;) {
      let wait = RETRY_MS;
      try {
        const seconds = await this.#step();
        if (seconds === null) break;
        if (seconds) wait = (seconds * 1000) / 2;
        this.#tell(seconds ? "playing" : "waiting");
      } catch (error) {
        console.error(error);
        this.#tell("trouble");
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    if (this.#source.readyState === "open") this.#source.endOfStream();
    this.#tell("over");
  }

  /** How long pieces are; 0 where there are none yet, null at the end. */
  async #step() {
    if (!this.#buffer) {
      const text = await fetchText(this.address);
      const index = text === null ? null : parseIndex(text);
      if (!index) return 0;
      this.media = new URL(index.uri, this.address);
      this.#buffer = this.#source.addSourceBuffer(mime(index.codecs));
    }
    const text = await fetchText(/** @type {URL} */ (this.media));
    if (text === null) return this.#last === null ? 0 : null;
    const { pieces, seconds, isOver } = parseMedia(text);
    for (const piece of following(pieces, this.#last, BEGIN_BEHIND)) {
      await this.#append(piece);
      this.#last = piece.number;
    }
    if (isOver) return null;
    this.#stayClose();
    await this.#forget();
    return seconds;
  }

  /** @param {import("../../receive/playlist.js").Piece} piece */
  async #append(piece) {
    const buffer = /** @type {SourceBuffer} */ (this.#buffer);
    if (piece.map !== this.#map) {
      const init = await fetchBytes(new URL(piece.map, this.media));
      // The times of another run begin anew: they go on where the last one ended.
      if (this.#map) buffer.timestampOffset = end(buffer.buffered);
      this.#map = piece.map;
      await change(buffer, () => buffer.appendBuffer(init));
    }
    const data = await fetchBytes(new URL(piece.uri, this.media));
    await change(buffer, () => buffer.appendBuffer(data));
    const { video } = this;
    const { buffered } = buffer;
    if (buffered.length && video.currentTime < buffered.start(0))
      video.currentTime = buffered.start(0);
  }

  #stayClose() {
    const { video } = this;
    const edge = end(video.buffered);
    if (!video.paused && edge - video.currentTime > MOST_BEHIND_SECONDS)
      video.currentTime = edge - BEHIND_SECONDS;
  }

  async #forget() {
    const buffer = /** @type {SourceBuffer} */ (this.#buffer);
    const before = this.video.currentTime - KEPT_SECONDS;
    if (buffer.buffered.length && buffer.buffered.start(0) < before)
      await change(buffer, () => buffer.remove(0, before));
  }

  /** @param {State} state */
  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

/** @param {string} codecs */
const mime = (codecs) => `video/mp4; codecs="${codecs}"`;

/** @param {TimeRanges} ranges */
const end = (ranges) => (ranges.length ? ranges.end(ranges.length - 1) : 0);

/**
 * @param {EventTarget} target
 * @param {string} name
 */
const once = (target, name) =>
  new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

/**
 * @param {SourceBuffer} buffer
 * @param {() => void} work
 */
async function change(buffer, work) {
  const done = once(buffer, "updateend");
  work();
  await done;
}

/** @param {URL} url @returns {Promise<string | null>} null where there is nothing */
async function fetchText(url) {
  const response = await fetch(url);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response.text();
}

/** @param {URL} url */
async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response.arrayBuffer();
}
