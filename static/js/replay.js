// A kept session, played: what the replay page builds on (docs/browser.md). The same
// decoders, places and sound output as in a call; the playhead is moved here.

import { Places } from "./render/places.js";
import { SoundOutput } from "./render/sound_output.js";
import { ReplayTimeline } from "./receive/replay_timeline.js";
import { socketUrl } from "./send/address.js";
import { nowUs } from "./send/clock.js";
import { ReplaySocket } from "./send/replay_socket.js";
import { Levels, Speaker } from "./state/level.js";
import { applyEvent } from "./state/room.js";
import { openWorker } from "./threads.js";

const TIME_MS = 100;
const REPORT_MS = 250;
const BUFFER_MS = 300; // what is there before it plays, at first and after a delay

/** @typedef {import("./send/record.js").Kind} Kind */
/** @typedef {import("./state/room.js").Snapshot} Snapshot */
/** @typedef {import("./state/room.js").EventMessage} EventMessage */
/** @typedef {{recording: string, start_us: number, end_us: number}} Range */
/**
 * @typedef {object} ReplayState
 * @property {"idle" | "connecting" | "open" | "reconnecting" | "closed"} connection
 * @property {number | null} closeCode
 * @property {Range[]} ranges what is kept
 * @property {Snapshot | null} snapshot the room at `atUs`
 * @property {boolean} playing
 * @property {number} speed
 * @property {number} atUs
 * @property {boolean} ended
 * @property {boolean} buffering
 */

/** Events: "change", "time", "event", "audioblocked" (docs/browser.md). */
export class ReplayPlayer extends EventTarget {
  /** @type {ReplayState} */
  state = {
    connection: "idle",
    closeCode: null,
    ranges: [],
    snapshot: null,
    playing: false,
    speed: 1,
    atUs: 0,
    ended: false,
    buffering: false,
  };

  /**
   * @param {object} options
   * @param {string} options.sessionId
   * @param {{decode: string, playback: string}} options.workers
   */
  constructor({ sessionId, workers }) {
    super();
    this.#url = socketUrl(`/ws/sessions/${sessionId}/replay/`);
    this.#workers = workers;
  }

  #url;
  #workers;
  #timeline = new ReplayTimeline();
  #levels = new Levels();
  #speaker = new Speaker();
  #seekId = 0;
  #isSeeking = false; // until the answer, what comes belongs to the seek before
  #isLastSent = false;
  #passedOver = 0; // bytes of this socket that belonged to an earlier seek
  #consumed = 0; // bytes of this socket that the worker has played
  #queuedBytes = 0;
  /** Not due yet. @type {EventMessage[]} */
  #events = [];
  /** @type {ReplaySocket | null} */
  #socket = null;
  /** @type {Worker | null} */
  #decode = null;
  /** @type {Places | null} */
  #places = null;
  /** @type {SoundOutput | null} */
  #output = null;
  /** @type {ReturnType<typeof setInterval>[]} */
  #timers = [];

  /** Resolves when there is something to play, at its start. Rejects when refused. */
  async open() {
    this.#set({ connection: "connecting" });
    const { worker } = await openWorker(this.#workers.decode);
    this.#decode = worker;
    worker.onmessage = ({ data }) => this.#fromDecode[data.type]?.(data);
    this.#places = new Places(worker);
    this.#output = new SoundOutput({
      workletUrl: this.#workers.playback,
      worker,
      onBlocked: () => this.dispatchEvent(new Event("audioblocked")),
    });
    this.#timers = [
      setInterval(() => this.#advance(), TIME_MS),
      setInterval(() => this.#report(), REPORT_MS),
    ];
    await this.#connect();
  }

  play() {
    if (this.state.ended) this.seek(this.state.ranges[0]?.start_us ?? 0);
    this.#set({ playing: true });
    this.#sendPlay();
    this.#movePlayhead();
  }

  pause() {
    this.#set({ playing: false });
    this.#socket?.send({ type: "pause" });
    this.#movePlayhead();
  }

  /** @param {number} us media time */
  seek(us) {
    const atUs = Math.round(us);
    this.#seekId += 1;
    this.#isSeeking = true;
    this.#isLastSent = false;
    this.#events = [];
    this.#timeline.seek(atUs, nowMs());
    this.#decode?.postMessage({ type: "clear" });
    this.#postPlayhead();
    this.#socket?.send({ type: "seek", at_us: atUs, id: this.#seekId });
    this.#set({ atUs, ended: false, buffering: true });
  }

  /** @param {number} speed 0.5 to 4 */
  setSpeed(speed) {
    this.#set({ speed });
    this.#timeline.change({ speed }, nowMs());
    this.#postPlayhead();
    if (this.state.playing) this.#sendPlay();
  }

  /**
   * @param {number} number
   * @param {Kind} kind
   * @param {import("./render/places.js").PlaceElement} element
   */
  attachVideo(number, kind, element) {
    this.#places?.attach(number, kind, element);
  }

  /** @param {import("./render/places.js").PlaceElement} element */
  detachVideo(element) {
    this.#places?.detach(element);
  }

  get speaker() {
    return this.#speaker.number;
  }

  /** 0 to 1. @param {number} number */
  level(number) {
    return this.#levels.of(number);
  }

  async resumeAudio() {
    await this.#output?.resume();
  }

  close() {
    this.#close(1000);
  }

  /** @returns {Promise<void>} */
  #connect() {
    return new Promise((resolve, reject) => {
      this.#socket = new ReplaySocket({
        url: this.#url,
        onBytes: (bytes) => this.#takeBytes(bytes),
        onMessage: (message) => {
          this.#fromServer[message.type]?.(message);
          if (message.type === "welcome") resolve();
        },
        onLost: () => this.#set({ connection: "reconnecting", buffering: true }),
        onClosed: (code) => {
          this.#close(code);
          reject(new Error(`The replay was closed (${code}).`));
        },
      });
    });
  }

  /** @type {Record<string, (message: any) => void>} */
  #fromServer = {
    welcome: ({ ranges }) => {
      this.#passedOver = this.#consumed = 0;
      const atUs = this.state.snapshot ? this.state.atUs : ranges[0]?.start_us;
      this.#set({ connection: "open", ranges });
      if (atUs === undefined) return; // nothing is kept
      this.seek(atUs);
      this.#decode?.postMessage({ type: "connected" });
      if (this.state.playing) this.#sendPlay();
    },
    seeked: ({ id, at_us, snapshot }) => {
      if (id !== this.#seekId) return;
      this.#isSeeking = false;
      this.#timeline.seek(at_us, nowMs()); // within what is kept
      this.#postPlayhead();
      this.#set({ snapshot, atUs: at_us });
    },
    play_from: () => {
      if (this.#isSeeking) return;
      this.#set({ buffering: false });
      this.#movePlayhead();
      this.#timeline.delay(BUFFER_MS);
      this.#postPlayhead();
    },
    event: (event) => {
      if (!this.#isSeeking) this.#events.push(event);
    },
    gap: ({ at_us, until_us }) => {
      if (this.#isSeeking) return;
      this.#timeline.skip({ atUs: at_us, untilUs: until_us });
      this.#postPlayhead();
    },
    ended: () => {
      this.#isLastSent = !this.#isSeeking;
      this.#queuedBytes = Infinity; // until the worker says that all was played
    },
    error: ({ code, detail }) => console.error(`Replay refused: ${code}: ${detail}`),
  };

  /** @type {Record<string, (message: any) => void>} */
  #fromDecode = {
    report: ({ levels, queuedBytes, receivedBytes }) => {
      for (const [number, level] of levels) this.#levels.set(number, level);
      this.#speaker.hear(levels, nowMs());
      this.#queuedBytes = queuedBytes;
      this.#consumed = receivedBytes - queuedBytes;
    },
    late: ({ ms, anchorMs }) => {
      // One that was late for a playhead that has been delayed since is not late.
      if (anchorMs !== this.#timeline.playhead.anchorMs) return;
      this.#timeline.delay(ms + BUFFER_MS);
      this.#postPlayhead();
    },
  };

  /** @param {ArrayBuffer} bytes */
  #takeBytes(bytes) {
    if (this.#isSeeking) this.#passedOver += bytes.byteLength;
    else this.#decode?.postMessage({ type: "bytes", bytes }, [bytes]);
  }

  /** What waits to be played counts as outstanding: the server then waits as well. */
  #report() {
    const bytes = this.#passedOver + this.#consumed;
    this.#socket?.send({ type: "received", bytes });
  }

  #advance() {
    if (!this.#timeline.playhead.isPlaying) return;
    const atUs = this.#timeline.atUs(nowMs());
    this.state = { ...this.state, atUs };
    this.dispatchEvent(new Event("time"));
    this.#applyEvents(atUs);
    if (this.#isLastSent && this.#queuedBytes === 0) this.#end();
  }

  /** @param {number} atUs */
  #applyEvents(atUs) {
    while (this.#events[0] && this.#events[0].at_us <= atUs) {
      const event = /** @type {EventMessage} */ (this.#events.shift());
      const { snapshot } = this.state;
      if (snapshot) this.#set({ snapshot: applyEvent(snapshot, event) });
      this.dispatchEvent(new CustomEvent("event", { detail: event }));
    }
  }

  #end() {
    this.#applyEvents(Infinity);
    this.pause();
    this.#set({ ended: true });
  }

  #sendPlay() {
    this.#socket?.send({ type: "play", speed: this.state.speed });
  }

  #movePlayhead() {
    const isPlaying = this.state.playing && !this.state.buffering;
    this.#timeline.change({ isPlaying }, nowMs());
    this.#postPlayhead();
  }

  #postPlayhead() {
    this.#decode?.postMessage({ type: "playhead", playhead: this.#timeline.playhead });
  }

  /** @param {number} code */
  #close(code) {
    if (this.state.connection === "closed") return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#socket?.close();
    this.#output?.close();
    this.#decode?.terminate();
    this.#socket = this.#output = this.#decode = this.#places = null;
    this.#set({ connection: "closed", closeCode: code, playing: false });
  }

  /** @param {Partial<ReplayState>} changes */
  #set(changes) {
    this.state = { ...this.state, ...changes };
    this.dispatchEvent(new Event("change"));
  }
}

function nowMs() {
  return nowUs() / 1000;
}
