// At which size pictures are asked for: that at which they are shown, or a smaller one
// where this machine does not get all of them decoded. Pure.

import { Ladder } from "../encode/ladder.js";

const LINES = [Infinity, 360, 180]; // at most
const BUSY_MS = 150; // so long in its decoder, a picture has waited for others

/** @typedef {import("../send/record.js").Kind} Kind */
/** `height`: lines in device pixels, 0 for off. @typedef {{number: number, kind: Kind, height: number}} View */

export class Views {
  /** @param {(view: View) => void} send to the server */
  constructor(send) {
    this.#send = send;
  }

  #send;
  /** As they are shown. @type {Map<string, View>} */
  #views = new Map();
  #ladder = new Ladder(LINES);

  /** Whether pictures are smaller than they are shown for want of a faster machine. */
  get isReduced() {
    return this.#ladder.isReduced;
  }

  /** @param {View} view */
  set(view) {
    const name = `${view.number} ${view.kind}`;
    if (this.#views.get(name)?.height === view.height) return;
    this.#views.set(name, view);
    this.#tell(view);
  }

  /** Of a new connection nothing is known. */
  tellAll() {
    for (const view of this.#views.values()) this.#tell(view);
  }

  /** @param {number} number who has left */
  forget(number) {
    for (const [name, view] of this.#views) {
      if (view.number === number) this.#views.delete(name);
    }
  }

  /**
   * To be told a few times a second.
   * @param {number} decodeMs that pictures are in their decoder, of the slowest track
   * @param {number} nowMs
   */
  note(decodeMs, nowMs) {
    const before = this.#ladder.rung;
    this.#ladder.count(decodeMs > BUSY_MS, nowMs);
    if (this.#ladder.rung !== before) this.tellAll();
  }

  /** @param {View} view */
  #tell(view) {
    this.#send({ ...view, height: Math.min(view.height, this.#ladder.rung) });
  }
}
