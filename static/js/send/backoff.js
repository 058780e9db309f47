// How long to wait before the next attempt to connect.

const FIRST_MS = 500;
const LAST_MS = 8_000;

/** Doubles from 0.5 s to 8 s, less up to half by chance so that a crowd spreads out. */
export class Backoff {
  /** @param {() => number} [random] */
  constructor(random = Math.random) {
    this.#random = random;
  }

  #random;
  #attempts = 0;

  next() {
    const ms = Math.min(LAST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    return ms * (1 - this.#random() / 2);
  }

  /** After a connection that worked. */
  reset() {
    this.#attempts = 0;
  }
}

/** Runs one callback after a back-off, or at once when the network comes back. */
export class Retry {
  /** @param {() => void} attempt */
  constructor(attempt) {
    this.#attempt = attempt;
  }

  #attempt;
  #backoff = new Backoff();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  #now = () => {
    this.cancel();
    this.#attempt();
  };

  schedule() {
    this.cancel();
    this.#timer = setTimeout(this.#now, this.#backoff.next());
    addEventListener("online", this.#now);
  }

  succeeded() {
    this.#backoff.reset();
  }

  cancel() {
    clearTimeout(this.#timer);
    removeEventListener("online", this.#now);
  }
}
