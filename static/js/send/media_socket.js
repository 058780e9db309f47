// The media socket: sends what the sender keeps, hands on what arrives. Whoever holds
// it decides when to connect again (docs/protocol.md, "Media socket").

import { joinRecords } from "./record.js";

const MESSAGE_BYTES = 64 << 10;
const BUFFERED_LIMIT = 256 << 10; // in the browser's own buffer; the rest waits here
const PUMP_MS = 20;

/** @typedef {import("./sender.js").Sender} Sender */

export class MediaSocket {
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string} options.token
   * @param {Sender} options.sender
   * @param {() => void} options.onReady
   * @param {(bytes: ArrayBuffer) => void} options.onBytes
   * @param {(message: any) => void} options.onMessage what is not about sending
   * @param {(code: number) => void} options.onClose not after `close`
   */
  constructor(options) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, [
      "conference.v1",
      `ticket.${options.token}`,
    ]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code }) => {
      clearInterval(this.#pumpTimer);
      options.onClose(code);
    };
  }

  #options;
  #socket;
  #isReady = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pumpTimer;

  get isReady() {
    return this.#isReady;
  }

  /** Send what waits, as far as the network takes it. */
  pump() {
    if (!this.#isReady || this.#socket.readyState !== WebSocket.OPEN) return;
    while (this.#socket.bufferedAmount < BUFFERED_LIMIT) {
      const records = this.#options.sender.take(MESSAGE_BYTES);
      if (records.length === 0) return;
      this.#socket.send(joinRecords(records));
    }
  }

  /** Lost, without a word, when the socket is not ready. @param {string} text */
  sendText(text) {
    if (this.#isReady && this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(text);
    }
  }

  close() {
    clearInterval(this.#pumpTimer);
    this.#isReady = false;
    this.#socket.onclose = null;
    this.#socket.onmessage = null;
    this.#socket.close(1000);
  }

  /** @param {ArrayBuffer | string} data */
  #receive(data) {
    if (typeof data !== "string") {
      this.#options.onBytes(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "ack") this.#options.sender.acknowledge(message.number);
    else if (message.type === "ready") this.#begin(message.number);
    else this.#options.onMessage(message);
  }

  /** @param {number} durable */
  #begin(durable) {
    this.#options.sender.resume(durable);
    this.#isReady = true;
    this.#pumpTimer = setInterval(() => this.pump(), PUMP_MS);
    this.#options.onReady();
  }
}
