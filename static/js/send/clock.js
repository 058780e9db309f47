// The server's clock, as seen from here, by round trips (docs/protocol.md, "Clock").

const KEEP = 8; // a page's clock drifts: the best of the last two minutes counts

/** Now on this machine, microseconds; the same in a page and in its workers. */
export function nowUs() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Takes ping answers; the one with the shortest round trip of the latest few counts. */
export class ServerClock {
  /** @type {{roundTripUs: number, offsetUs: number}[]} */
  #samples = [];

  /** Server time minus own time; 0 until the first answer. */
  get offsetUs() {
    return this.#best?.offsetUs ?? 0;
  }

  /**
   * @param {number} sentUs own clock
   * @param {number} serverUs
   * @param {number} receivedUs own clock
   */
  add(sentUs, serverUs, receivedUs) {
    const roundTripUs = Math.max(0, receivedUs - sentUs);
    const offsetUs = Math.round(serverUs + roundTripUs / 2 - receivedUs);
    this.#samples.push({ roundTripUs, offsetUs });
    if (this.#samples.length > KEEP) this.#samples.shift();
  }

  /**
   * A first guess from a message that says when it was sent; any answer is better.
   * @param {number} serverUs
   * @param {number} receivedUs own clock
   */
  addHint(serverUs, receivedUs) {
    if (this.#samples.length > 0) return;
    const offsetUs = serverUs - receivedUs;
    this.#samples.push({ roundTripUs: Infinity, offsetUs });
  }

  get #best() {
    return this.#samples.reduce(
      (best, sample) =>
        best && best.roundTripUs <= sample.roundTripUs ? best : sample,
      /** @type {{roundTripUs: number, offsetUs: number} | null} */ (null),
    );
  }
}
