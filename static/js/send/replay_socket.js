// The replay socket: commands out, a session's records and events in. It comes back by
// itself until it is closed for good (docs/protocol.md, "Replay socket").

import { Retry } from "./backoff.js";

const FINAL_CODES = new Set([1000, 4400, 4401, 4403, 4404, 4410]);

export class ReplaySocket {
  /**
   * @param {object} options
   * @param {string} options.url
   * @param {(bytes: ArrayBuffer) => void} options.onBytes
   * @param {(message: any) => void} options.onMessage the first of a connection is
   *   "welcome"
   * @param {() => void} options.onLost it will come back
   * @param {(code: number) => void} options.onClosed it will not
   */
  constructor(options) {
    this.#options = options;
    this.#connect();
  }

  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  #retry = new Retry(() => this.#connect());

  /** Lost, without a word, while there is no connection. @param {object} command */
  send(command) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(command));
  }

  close() {
    this.#retry.cancel();
    this.#drop();
  }

  #connect() {
    this.#drop();
    const { url, onBytes, onMessage } = this.#options;
    const socket = new WebSocket(url, "conference.v1");
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        onBytes(data);
        return;
      }
      const message = JSON.parse(data);
      if (message.type === "welcome") this.#retry.succeeded();
      onMessage(message);
    };
    socket.onclose = ({ code }) => {
      this.#drop();
      if (FINAL_CODES.has(code)) {
        this.#options.onClosed(code);
        return;
      }
      this.#options.onLost();
      this.#retry.schedule();
    };
    this.#socket = socket;
  }

  #drop() {
    if (!this.#socket) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
