// The control socket: the room's state as it changes, and requests. It comes back by
// itself until it is closed for good (docs/protocol.md, "Control socket").

import { EventOrder } from "../state/order.js";
import { Retry } from "./backoff.js";
import { nowUs, ServerClock } from "./clock.js";
import { Requests } from "./requests.js";

const PING_MS = 5000;
const FIRST_PINGS = 4;
// Nobody answers for so long: the network is gone without a word.
const SILENT_MS = 12_000;
/** Closes after which nobody may come back. */
const FINAL_CODES = new Set([1000, 4401, 4403, 4404, 4409, 4410]);

/** @typedef {import("../state/room.js").EventMessage} EventMessage */
/**
 * @typedef {object} Welcome
 * @property {number} position
 * @property {number} now_us
 * @property {string} resume
 * @property {{participant: string, number: number, epoch: number, role: string, publish: string[], can: string[]}} you
 * @property {import("../state/room.js").Snapshot} snapshot
 */

export class Control {
  clock = new ServerClock();

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string} options.token a ticket; the resume token takes its place
   * @param {(welcome: Welcome) => void} options.onWelcome at each connection
   * @param {(you: Welcome["you"]) => void} options.onYou the role has changed
   * @param {(event: EventMessage) => void} options.onEvent in order, none twice
   * @param {() => void} options.onClock
   * @param {(code: number) => void} options.onLost it will come back
   * @param {(code: number) => void} options.onClosed it will not
   */
  constructor(options) {
    this.#options = options;
    this.#token = options.token;
    this.#connect();
  }

  #options;
  #token;
  #order = new EventOrder(0);
  #isFilling = false;
  #heardMs = 0;
  /** @type {WebSocket | null} */
  #socket = null;
  #retry = new Retry(() => this.#connect());
  #requests = new Requests((text) => this.#socket?.send(text));
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pingTimer;

  /** @type {Record<string, (message: any) => void>} */
  #handlers = {
    welcome: (message) => this.#welcome(message),
    you: ({ you }) => this.#options.onYou(you),
    event: (message) => this.#takeEvent(message),
    ok: (message) => this.#requests.resolve(message),
    error: (message) => this.#requests.reject(message),
    pong: ({ now_us, server_us }) => {
      this.clock.add(now_us, server_us, nowUs());
      this.#options.onClock();
    },
  };

  /**
   * Rejects with RequestError: the server's code, or "disconnected" or "timeout".
   * @param {string} type
   * @param {object} [fields]
   * @returns {Promise<any>}
   */
  request(type, fields = {}) {
    return this.#requests.send(type, fields);
  }

  /** Between a welcome and the loss of its connection. */
  get isOpen() {
    return this.#requests.isConnected;
  }

  close() {
    this.#retry.cancel();
    this.#dropSocket();
  }

  #connect() {
    this.#dropSocket();
    const protocols = ["conference.v1", `ticket.${this.#token}`];
    const socket = new WebSocket(this.#options.url, protocols);
    socket.onmessage = ({ data }) => {
      this.#heardMs = performance.now();
      const message = JSON.parse(data);
      this.#handlers[message.type]?.(message);
    };
    socket.onclose = ({ code }) => this.#lose(code);
    this.#socket = socket;
  }

  /** @param {number} code */
  #lose(code) {
    this.#dropSocket();
    if (FINAL_CODES.has(code)) {
      this.#options.onClosed(code);
      return;
    }
    this.#options.onLost(code);
    this.#retry.schedule();
  }

  #dropSocket() {
    clearInterval(this.#pingTimer);
    this.#requests.disconnect();
    if (!this.#socket) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** @param {Welcome} welcome */
  #welcome(welcome) {
    this.#retry.succeeded();
    this.#token = welcome.resume;
    this.#order = new EventOrder(welcome.position);
    this.#requests.connect();
    this.clock.addHint(welcome.now_us, nowUs());
    for (let count = 0; count < FIRST_PINGS; count += 1) this.#ping();
    this.#pingTimer = setInterval(() => this.#keepAlive(), PING_MS);
    this.#options.onWelcome(welcome);
  }

  #keepAlive() {
    if (performance.now() - this.#heardMs > SILENT_MS) this.#lose(1006);
    else this.#ping();
  }

  #ping() {
    this.#socket?.send(JSON.stringify({ type: "ping", id: "ping", now_us: nowUs() }));
  }

  /** @param {EventMessage} event */
  #takeEvent(event) {
    for (const due of this.#order.offer(event)) this.#options.onEvent(due);
    if (this.#order.isMissing && !this.#isFilling) void this.#fill();
  }

  /** Ask for the events that are missing. */
  async #fill() {
    this.#isFilling = true;
    try {
      const { events } = await this.request("events", { after: this.#order.position });
      for (const event of events) this.#takeEvent(event);
    } catch {
      // The next welcome brings the state anew; any other event asks again.
    } finally {
      this.#isFilling = false;
    }
    if (this.#order.isMissing && this.#socket) this.#socket.close(4000);
  }
}
