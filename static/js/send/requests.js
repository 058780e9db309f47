// Requests on the control socket and their answers, which come in any order.

const TIMEOUT_MS = 10_000;

export class RequestError extends Error {
  /**
   * @param {string} code
   * @param {string} detail
   */
  constructor(code, detail) {
    super(detail);
    this.code = code;
    this.detail = detail;
  }
}

/** @typedef {{resolve: (answer: any) => void, reject: (error: RequestError) => void, timer: ReturnType<typeof setTimeout>}} Waiting */

export class Requests {
  /** @param {(text: string) => void} sendText */
  constructor(sendText) {
    this.#sendText = sendText;
  }

  #sendText;
  #isConnected = false;
  #lastId = 0;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();

  get isConnected() {
    return this.#isConnected;
  }

  connect() {
    this.#isConnected = true;
  }

  /** What was asked is not known to have been done. */
  disconnect() {
    this.#isConnected = false;
    for (const id of [...this.#waiting.keys()]) {
      this.#settle(id)?.reject(new RequestError("disconnected", "Not connected."));
    }
  }

  /**
   * @param {string} type
   * @param {object} fields
   * @returns {Promise<any>}
   */
  send(type, fields) {
    if (!this.#isConnected) {
      return Promise.reject(new RequestError("disconnected", "Not connected."));
    }
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(new RequestError("timeout", "No answer."));
      }, TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#sendText(JSON.stringify({ ...fields, type, id }));
    });
  }

  /** @param {{id: number}} answer */
  resolve(answer) {
    this.#settle(answer.id)?.resolve(answer);
  }

  /** @param {{id?: number, code: string, detail: string}} answer */
  reject({ id, code, detail }) {
    if (id !== undefined) this.#settle(id)?.reject(new RequestError(code, detail));
  }

  /** @param {number} id */
  #settle(id) {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}
