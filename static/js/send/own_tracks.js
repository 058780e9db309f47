// The own tracks: brings their sources to the publishing worker, and keeps what the
// room knows about them in step with what is sent.

import { openFrames } from "../capture/frames.js";
import { SoundCapture } from "../capture/sound.js";
import { isVideo, KINDS } from "./record.js";
import { RequestError } from "./requests.js";

// A camera is opened for 720 lines. This is what it is asked for where 1080 are wanted.
const LARGE_LAYER = 3;
const LARGE = {
  width: { ideal: 1920 },
  height: { ideal: 1080 },
  frameRate: { ideal: 30, max: 30 },
};

/** @typedef {import("./record.js").Kind} Kind */
/** @typedef {{codec: import("./record.js").Codec, width: number, height: number}} Format */
/** @typedef {{track: MediaStreamTrack, isLarge?: boolean, close: () => void}} Source */

export class OwnTracks {
  /**
   * @param {object} options
   * @param {Worker} options.worker that publishes
   * @param {boolean} options.workerHasProcessor
   * @param {string} options.captureUrl of the capturing worklet
   * @param {(type: string, fields: object) => Promise<any>} options.request
   * @param {(kind: Kind) => void} options.onEnded not by `set`
   */
  constructor(options) {
    this.#options = options;
    this.#capture = new SoundCapture(options.captureUrl);
  }

  #options;
  #capture;
  /** @type {Map<Kind, Source>} */
  #sources = new Map();
  /** What is sent. @type {Map<Kind, Format>} */
  #formats = new Map();
  #telling = Promise.resolve();

  /**
   * Send this track from now on; null ends the track.
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track stays the caller's
   */
  async set(kind, track) {
    const old = this.#sources.get(kind);
    if (old?.track === track || (!old && !track)) return;
    old?.close();
    this.#sources.delete(kind);
    if (!track) {
      this.#options.worker.postMessage({ type: "stop", kind });
      return;
    }
    const onEnd = () => this.#end(kind);
    track.addEventListener("ended", onEnd);
    /** @type {Source} */
    const source = { track, close: () => track.removeEventListener("ended", onEnd) };
    this.#sources.set(kind, source);
    if (isVideo(kind)) this.#openVideo(kind, source);
    else await this.#openSound(kind, source);
  }

  /**
   * The worker sends in this form from now on.
   * @param {Kind} kind
   * @param {Format} format
   */
  formatChanged(kind, format) {
    this.#formats.set(kind, format);
    this.#announce(kind);
  }

  /** The worker has sent the last of it. @param {Kind} kind */
  stopped(kind) {
    this.#formats.delete(kind);
    this.#tell("track.stop", { kind });
  }

  /**
   * A new connection: tell what the room does not know.
   * @param {Partial<Record<Kind, Format>>} known what it takes for ours
   */
  restate(known) {
    for (const kind of KINDS) {
      const format = this.#formats.get(kind);
      if (format && isSame(format, known[kind])) this.#confirm(kind);
      else if (format) this.#announce(kind);
      else if (known[kind]) this.#tell("track.stop", { kind });
    }
  }

  /**
   * The layers that anybody wants.
   * @param {Kind} kind
   * @param {number[]} spatial
   */
  wanted(kind, spatial) {
    const source = this.#sources.get(kind);
    if (!source || source.isLarge) return;
    if (kind !== "camera" || !spatial.includes(LARGE_LAYER)) return;
    source.isLarge = true;
    source.track.applyConstraints(LARGE).catch((error) => {
      console.warn(`The camera stays as it is: ${error}`); // and so does its picture
    });
  }

  async resume() {
    await this.#capture.resume();
  }

  close() {
    for (const source of this.#sources.values()) source.close();
    this.#sources.clear();
    this.#capture.close();
  }

  /**
   * @param {Kind} kind
   * @param {Source} source
   */
  #openVideo(kind, source) {
    const { worker, workerHasProcessor } = this.#options;
    const frames = openFrames(source.track, workerHasProcessor, (image, timestampUs) =>
      worker.postMessage({ type: "frame", kind, image, timestampUs }, [image]),
    );
    this.#addClose(source, frames.close);
    worker.postMessage({ type: "start", kind, ...frames.message }, frames.transfer);
  }

  /**
   * @param {Kind} kind
   * @param {Source} source
   */
  async #openSound(kind, source) {
    const sound = await this.#capture.open(source.track).catch((error) => {
      source.close();
      this.#sources.delete(kind);
      throw error;
    });
    if (this.#sources.get(kind) !== source) {
      sound.close(); // muted again meanwhile
      return;
    }
    this.#addClose(source, sound.close);
    const { port } = sound;
    this.#options.worker.postMessage({ type: "start", kind, port }, [port]);
  }

  /**
   * @param {Source} source
   * @param {() => void} close
   */
  #addClose(source, close) {
    const before = source.close;
    source.close = () => {
      before();
      close();
    };
  }

  /** @param {Kind} kind */
  #end(kind) {
    void this.set(kind, null);
    this.#options.onEnded(kind);
  }

  /** @param {Kind} kind */
  #announce(kind) {
    const format = this.#formats.get(kind);
    this.#tell("track.start", { kind, ...format }, () => this.#confirm(kind));
  }

  /** @param {Kind} kind */
  #confirm(kind) {
    this.#options.worker.postMessage({ type: "announced", kind });
  }

  /**
   * One after the other. What is lost with the connection is told by `restate`.
   * @param {"track.start" | "track.stop"} type
   * @param {{kind: Kind}} fields
   * @param {() => void} [then]
   */
  #tell(type, fields, then) {
    this.#telling = this.#telling
      .then(() => this.#options.request(type, fields))
      .then(then)
      .catch((error) => {
        if (!(error instanceof RequestError)) throw error;
        const isRefused = error.code !== "disconnected" && error.code !== "timeout";
        if (isRefused && type === "track.start") this.#end(fields.kind);
      });
  }
}

/**
 * @param {Format} format
 * @param {Format | undefined} other
 */
function isSame(format, other) {
  return (
    other !== undefined &&
    other.codec === format.codec &&
    other.width === format.width &&
    other.height === format.height
  );
}
