// A live call: what the pages build on (docs/browser.md). Wires the control socket, the
// two workers and the sound output together; media never touches the page's thread.

import { openPipeline } from "./pipeline.js";
import { socketUrl } from "./send/address.js";
import { Retry } from "./send/backoff.js";
import { Control } from "./send/control.js";
import { forgetResume, joinRoom, keepResume } from "./send/join.js";
import { RequestError } from "./send/requests.js";
import { levelFrom, Levels } from "./state/level.js";
import { applyEvent } from "./state/room.js";
import { Views } from "./state/views.js";

/** Closes of the media socket that the control socket is about to explain, and share. */
const FINAL_CODES = new Set([4409, 4410]);
const LEFT = 1000;
const FAIR_MS = 400; // of own records that wait for the network
const POOR_MS = 1500;

/** @typedef {import("./send/record.js").Kind} Kind */
/** @typedef {import("./send/control.js").Welcome} Welcome */
/** @typedef {import("./state/room.js").Snapshot} Snapshot */
/** @typedef {import("./state/room.js").EventMessage} EventMessage */
/** @typedef {"good" | "fair" | "poor"} Quality */
/** @typedef {import("./pipeline.js").WorkerUrls} WorkerUrls */
/**
 * @typedef {object} CallState
 * @property {"idle" | "joining" | "open" | "reconnecting" | "closed"} connection
 * @property {number | null} closeCode
 * @property {Welcome["you"] | null} you
 * @property {Snapshot | null} snapshot
 * @property {"ok" | "waiting"} storage
 * @property {"ok" | "busy"} machine busy: pictures are smaller or fewer, for that reason
 * @property {number} clockOffsetUs
 * @property {{epoch: number, number: number}} acknowledged own records that are durable
 * @property {number | null} speaker who speaks, or spoke last
 */

/** Events: "change", "audioblocked", "trackended" (docs/browser.md). */
export class Call extends EventTarget {
  /** @type {CallState} */
  state = {
    connection: "idle",
    closeCode: null,
    you: null,
    snapshot: null,
    storage: "ok",
    machine: "ok",
    clockOffsetUs: 0,
    acknowledged: { epoch: 0, number: 0 },
    speaker: null,
  };

  /** @param {{slug: string, workers: WorkerUrls, csrfToken: string}} options */
  constructor({ slug, workers, csrfToken }) {
    super();
    this.#slug = slug;
    this.#workers = workers;
    this.#csrfToken = csrfToken;
  }

  #slug;
  #workers;
  #csrfToken;
  #mediaUrl = "";
  #resumeToken = "";
  #isMediaLost = false;
  #mediaRetry = new Retry(() => this.#connectMedia());
  /** @type {Control | null} */
  #control = null;
  /** @type {import("./pipeline.js").Pipeline | null} */
  #pipeline = null;
  #levels = new Levels();
  /** @type {Map<number, Quality>} */
  #qualities = new Map();
  #backlogMs = 0;
  #isEncoderBusy = false;
  #views = new Views((view) => {
    const text = JSON.stringify({ type: "view", ...view });
    this.#pipeline?.publish({ type: "text", text });
  });

  /**
   * Resolves when the room is open. Rejects with ApiError when it does not let one in;
   * then join may be tried again.
   * @param {{name: string, consent: boolean, token?: string}} options a join token
   */
  async join({ name, consent, token }) {
    this.#set({ connection: "joining" });
    try {
      const room = { slug: this.#slug, csrfToken: this.#csrfToken };
      const joined = await joinRoom({ ...room, name, consent, token });
      this.#pipeline = await openPipeline({
        urls: this.#workers,
        fromEncode: this.#fromEncode,
        fromDecode: this.#fromDecode,
        request: (type, fields) => this.request(type, fields),
        onBlocked: () => this.#tell("audioblocked", null),
        onEnded: (kind) => this.#tell("trackended", kind),
      });
      this.#mediaUrl = socketUrl(joined.media_url);
      await this.#openControl(socketUrl(joined.control_url), joined.ticket);
    } catch (error) {
      this.#release();
      if (this.state.connection === "joining") this.#set({ connection: "idle" });
      throw error;
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track null: stop sending
   */
  async setTrack(kind, track) {
    await this.#pipeline?.tracks.set(kind, track);
  }

  /**
   * @param {number} number
   * @param {Kind} kind
   * @param {import("./render/places.js").PlaceElement} element
   */
  attachVideo(number, kind, element) {
    this.#pipeline?.places.attach(number, kind, element);
  }

  /** @param {import("./render/places.js").PlaceElement} element */
  detachVideo(element) {
    this.#pipeline?.places.detach(element);
  }

  /**
   * @param {number} number
   * @param {Kind} kind
   * @param {number} heightPx 0: off
   */
  setView(number, kind, heightPx) {
    this.#views.set({ number, kind, height: Math.round(heightPx) });
  }

  get speaker() {
    return this.state.speaker;
  }

  /** 0 to 1. @param {number} number */
  level(number) {
    return this.#levels.of(number);
  }

  /**
   * @param {number} number
   * @returns {Quality}
   */
  quality(number) {
    if (number !== this.state.you?.number) return this.#qualities.get(number) ?? "good";
    if (this.#backlogMs > POOR_MS) return "poor";
    return this.#backlogMs > FAIR_MS ? "fair" : "good";
  }

  /**
   * @param {string} type
   * @param {object} [fields]
   * @returns {Promise<any>}
   */
  request(type, fields) {
    const refusal = new RequestError("disconnected", "The call is not open.");
    return this.#control?.request(type, fields) ?? Promise.reject(refusal);
  }

  /** @param {string} deviceId */
  async setSpeaker(deviceId) {
    await this.#pipeline?.output.setSpeaker(deviceId);
  }

  async resumeAudio() {
    await Promise.all([
      this.#pipeline?.output.resume(),
      this.#pipeline?.tracks.resume(),
    ]);
  }

  /** The server may not answer any more: one has left anyway. */
  async leave() {
    if (this.state.connection === "closed") return;
    await this.#control?.request("leave").catch(() => {});
    this.#close(LEFT);
  }

  /**
   * @param {string} url
   * @param {string} token
   * @returns {Promise<void>} the first welcome
   */
  #openControl(url, token) {
    return new Promise((resolve, reject) => {
      this.#control = new Control({
        url,
        token,
        onWelcome: (welcome) => {
          this.#welcome(welcome);
          resolve();
        },
        onYou: (you) => this.#changeYou(you),
        onEvent: (event) => this.#takeEvent(event),
        onClock: () => this.#setClock(),
        onLost: () => this.#set({ connection: "reconnecting" }),
        onClosed: (code) => {
          this.#close(code);
          reject(new Error(`The room closed the connection (${code}).`));
        },
      });
    });
  }

  /** @param {Welcome} welcome */
  #welcome({ you, snapshot, resume }) {
    keepResume(this.#slug, resume);
    this.#resumeToken = resume;
    this.#setClock();
    const connection = this.#isMediaLost ? "reconnecting" : "open";
    this.#set({ connection, you, snapshot });
    // Also where the old one seems open: it may be as dead as the control socket was.
    this.#connectMedia();
    const own = snapshot.participants.find(({ number }) => number === you.number);
    this.#pipeline?.tracks.restate(own?.tracks ?? {});
  }

  /** What may be published is decided as a media socket opens. @param {Welcome["you"]} you */
  #changeYou(you) {
    const before = this.state.you?.publish.join();
    this.#set({ you });
    if (you.publish.join() !== before) this.#connectMedia();
  }

  /** @param {EventMessage} event */
  #takeEvent(event) {
    const { snapshot } = this.state;
    if (!snapshot) return;
    if (event.event === "participant.left") this.#forget(event.data.number);
    this.#set({ snapshot: applyEvent(snapshot, event) }, event);
  }

  /** @param {number} number */
  #forget(number) {
    this.#pipeline?.forget(number);
    this.#qualities.delete(number);
    this.#levels.delete(number);
    this.#views.forget(number);
  }

  #setClock() {
    const offsetUs = this.#control?.clock.offsetUs ?? 0;
    this.#pipeline?.publish({ type: "clock", offsetUs });
    this.state = { ...this.state, clockOffsetUs: offsetUs };
  }

  #connectMedia() {
    const { you } = this.state;
    if (!you) return;
    this.#mediaRetry.cancel();
    this.#pipeline?.publish({
      type: "connect",
      url: this.#mediaUrl,
      token: this.#resumeToken,
      epoch: you.epoch,
    });
  }

  /** @type {Record<string, (message: any) => void>} */
  #fromEncode = {
    connected: () => {
      this.#isMediaLost = false;
      this.#mediaRetry.succeeded();
      this.#views.tellAll();
      if (this.#control?.isOpen) this.#set({ connection: "open" });
    },
    disconnected: ({ code }) => {
      if (!FINAL_CODES.has(code)) {
        this.#isMediaLost = true;
        this.#set({ connection: "reconnecting" });
      }
      // The control socket comes first: its welcome connects this one.
      if (this.#control?.isOpen) this.#mediaRetry.schedule();
    },
    storage: ({ state }) => this.#set({ storage: state }),
    layers: ({ kind, spatial }) => this.#pipeline?.tracks.wanted(kind, spatial),
    speaker: ({ number }) => this.#set({ speaker: number }),
    refused: ({ code, detail }) => console.warn(`Media refused: ${code}: ${detail}`),
    format: ({ kind, codec, width, height }) =>
      this.#pipeline?.tracks.formatChanged(kind, { codec, width, height }),
    stopped: ({ kind }) => this.#pipeline?.tracks.stopped(kind),
    failed: ({ kind, detail }) => {
      console.error(`Cannot send ${kind}: ${detail}`);
      void this.setTrack(kind, null);
      this.#tell("trackended", kind);
    },
    loudness: ({ loudness }) => {
      const { you } = this.state;
      if (you) this.#levels.set(you.number, levelFrom(loudness));
    },
    report: ({ epoch, acknowledged, backlogMs, isBusy }) => {
      this.#backlogMs = backlogMs;
      this.#isEncoderBusy = isBusy;
      this.#lookAtMachine();
      this.state = { ...this.state, acknowledged: { epoch, number: acknowledged } };
    },
  };

  /** @type {Record<string, (message: any) => void>} */
  #fromDecode = {
    report: ({ levels, qualities, decodeMs }) => {
      for (const [number, level] of levels) this.#levels.set(number, level);
      this.#qualities = new Map(qualities);
      this.#views.note(decodeMs, performance.now());
      this.#lookAtMachine();
    },
  };

  #lookAtMachine() {
    const machine = this.#isEncoderBusy || this.#views.isReduced ? "busy" : "ok";
    if (machine !== this.state.machine) this.#set({ machine });
  }

  /** @param {number} code */
  #close(code) {
    if (this.state.connection === "closed") return;
    forgetResume(this.#slug);
    this.#release();
    this.#set({ connection: "closed", closeCode: code });
  }

  #release() {
    this.#mediaRetry.cancel();
    this.#control?.close();
    this.#pipeline?.close();
    this.#control = this.#pipeline = null;
  }

  /**
   * @param {Partial<CallState>} changes
   * @param {EventMessage | null} [event]
   */
  #set(changes, event = null) {
    this.state = { ...this.state, ...changes };
    this.#tell("change", event);
  }

  /**
   * @param {string} name
   * @param {unknown} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
