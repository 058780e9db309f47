// Everything that arrives: deliveries to tracks, tracks to places and the output. The
// worker's shell gives it bytes and a tick; live and replay differ in their timelines.

import { Arrivals, Reception } from "../receive/arrivals.js";
import { LiveTimeline } from "../receive/live_timeline.js";
import { ReplayTimeline } from "../receive/replay_timeline.js";
import { Painter } from "../render/painter.js";
import { SoundClock } from "../render/sound_clock.js";
import { isVideo, KINDS, splitDeliveries } from "../send/record.js";
import { levelFrom } from "../state/level.js";
import { SoundTrack } from "./sound.js";
import { VideoTrack } from "./video.js";

const DECODE_SOUND_MS = 5; // and to hand it to the output, roughly
const KEY_ASK_MS = 1000; // at most this often for a track

/** @typedef {import("../send/record.js").Delivery} Delivery */
/** @typedef {import("../send/record.js").Kind} Kind */
/** @typedef {import("../receive/replay_timeline.js").Playhead} Playhead */

export class Receiver {
  painter = new Painter();
  soundClock = new SoundClock();
  arrivals = new Arrivals();

  /**
   * @param {object} options
   * @param {(text: string) => void} options.sendText to the server
   * @param {(name: string | null, chunk?: import("./sound.js").Chunk) => void} options.play
   *   to the output; null: forget what waits
   * @param {(ms: number, anchorMs: number) => void} options.onLate a replay's record
   *   came late for a playhead that is anchored there
   */
  constructor(options) {
    this.#options = options;
  }

  #options;
  /** @type {Map<string, VideoTrack | SoundTrack>} */
  #tracks = new Map();
  /** @type {Map<string, LiveTimeline>} */
  #timelines = new Map();
  /** @type {ReplayTimeline | null} */
  #replay = null;
  /** @type {Map<number, Reception>} */
  #receptions = new Map();
  /** @type {Map<number, number>} */
  #levels = new Map();
  /** @type {Map<string, number>} */
  #keyAskedMs = new Map();

  /**
   * @param {ArrayBuffer} message
   * @param {number} nowMs
   */
  receive(message, nowMs) {
    this.arrivals.addBytes(message.byteLength);
    for (const delivery of splitDeliveries(message)) this.#accept(delivery, nowMs);
    this.tick(nowMs);
  }

  /** @param {number} nowMs */
  tick(nowMs) {
    for (const track of this.#tracks.values()) track.tick(nowMs);
  }

  /** From now on a replay. @param {Playhead} playhead */
  setPlayhead(playhead) {
    const wasPlaying = this.#replay?.playhead.isPlaying;
    if (this.#replay) this.#replay.playhead = playhead;
    else this.#replay = new ReplayTimeline(playhead);
    if (wasPlaying && !playhead.isPlaying) this.#options.play(null);
  }

  /** @param {number} participant who left */
  forget(participant) {
    for (const kind of KINDS) {
      this.#closeTrack(nameOf(participant, kind));
      this.#timelines.delete(timelineOf(participant, kind));
    }
    this.#receptions.delete(participant);
    this.#levels.delete(participant);
  }

  /** A seek: what came before is of no use. */
  clear() {
    for (const name of [...this.#tracks.keys()]) this.#closeTrack(name);
    this.#options.play(null);
  }

  /** What waits to be due. */
  get queuedBytes() {
    return [...this.#tracks.values()].reduce((sum, one) => sum + one.queuedBytes, 0);
  }

  /** What a picture takes to decode, of the track that takes longest. */
  get decodeMs() {
    const tracks = [...this.#tracks.values()];
    return Math.max(0, ...tracks.map((one) => (one instanceof VideoTrack ? one.decodeMs : 0)));
  }

  /** The loudness since the last call. @returns {[number, number][]} */
  takeLevels() {
    const levels = [...this.#levels];
    this.#levels.clear();
    return levels;
  }

  /** @returns {[number, import("../receive/arrivals.js").Quality][]} */
  get qualities() {
    return [...this.#receptions].map(([number, { quality }]) => [number, quality]);
  }

  /**
   * @param {Delivery} delivery
   * @param {number} nowMs
   */
  #accept(delivery, nowMs) {
    const name = nameOf(delivery.participant, delivery.kind);
    let track = this.#tracks.get(name);
    if (!track) this.#tracks.set(name, (track = this.#openTrack(name, delivery)));
    const takesMs =
      track instanceof VideoTrack
        ? track.decodeMs
        : DECODE_SOUND_MS + this.soundClock.latencyMs;
    this.#observe(delivery, nowMs, nowMs + takesMs);
    track.push(delivery);
  }

  /**
   * @param {Delivery} delivery
   * @param {number} nowMs
   * @param {number} readyMs when it can be shown or heard
   */
  #observe({ participant, kind, atUs }, nowMs, readyMs) {
    if (this.#replay) {
      const { anchorUs, anchorMs } = this.#replay.playhead;
      // What leads up to where a seek went is not late.
      const lateMs = atUs < anchorUs ? 0 : readyMs - this.#replay.dueMs(atUs);
      if (lateMs > 0) this.#options.onLate(lateMs, anchorMs);
      return;
    }
    const timeline = this.#liveTimeline(participant, kind);
    const lateMs = timeline.observe(atUs, readyMs);
    this.arrivals.addDelay(lateMs);
    let reception = this.#receptions.get(participant);
    if (!reception) this.#receptions.set(participant, (reception = new Reception()));
    reception.add(lateMs, timeline.bufferMs, nowMs);
  }

  /**
   * @param {number} participant
   * @param {Kind} kind
   */
  #liveTimeline(participant, kind) {
    const name = timelineOf(participant, kind);
    let timeline = this.#timelines.get(name);
    if (!timeline) this.#timelines.set(name, (timeline = new LiveTimeline()));
    return isVideo(kind) ? timeline.picture : timeline.sound;
  }

  /**
   * @param {string} name
   * @param {Delivery} delivery
   */
  #openTrack(name, { participant, kind }) {
    const timeline = this.#replay ?? this.#liveTimeline(participant, kind);
    if (isVideo(kind)) {
      return new VideoTrack({
        timeline,
        draw: (image) => this.painter.draw(name, image),
        needKey: () => this.#askKey(name, participant, kind),
      });
    }
    return new SoundTrack({
      timeline,
      frameAt: (ms) => this.soundClock.frameAt(ms),
      play: (chunk) => this.#options.play(name, chunk),
      onLoudness: (loudness) => {
        const louder = Math.max(this.#levels.get(participant) ?? 0, levelFrom(loudness));
        this.#levels.set(participant, louder);
      },
    });
  }

  /**
   * @param {string} name
   * @param {number} number
   * @param {Kind} kind
   */
  #askKey(name, number, kind) {
    const nowMs = performance.now();
    if (this.#replay || nowMs - (this.#keyAskedMs.get(name) ?? -Infinity) < KEY_ASK_MS) {
      return;
    }
    this.#keyAskedMs.set(name, nowMs);
    this.#options.sendText(JSON.stringify({ type: "keyframe", number, kind }));
  }

  /** @param {string} name */
  #closeTrack(name) {
    this.#tracks.get(name)?.close();
    this.#tracks.delete(name);
    this.#keyAskedMs.delete(name);
  }
}

/**
 * @param {number} participant
 * @param {Kind} kind
 */
export function nameOf(participant, kind) {
  return `${participant} ${kind}`;
}

/**
 * A person's voice and face share a timeline, their screen and its sound another.
 * @param {number} participant
 * @param {Kind} kind
 */
function timelineOf(participant, kind) {
  return `${participant} ${kind.startsWith("screen") ? "screen" : "person"}`;
}
