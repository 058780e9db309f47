// Puts a room's events in order. Pure.

const WAITING_LIMIT = 1000;

/** @typedef {import("./room.js").EventMessage} EventMessage */

/**
 * Events are numbered without gaps. Those that come early wait until the missing ones
 * have been asked for; those that came before are passed over.
 */
export class EventOrder {
  /** @param {number} position of the last event that is known */
  constructor(position) {
    this.position = position;
  }

  /** @type {Map<number, EventMessage>} */
  #waiting = new Map();

  /** Whether events are missing before one that waits. */
  get isMissing() {
    return this.#waiting.size > 0;
  }

  /**
   * The events that are due now, in order.
   * @param {EventMessage} event
   * @returns {EventMessage[]}
   */
  offer(event) {
    const isNext = event.position === this.position + 1;
    const isEarly =
      event.position > this.position && this.#waiting.size < WAITING_LIMIT;
    if (isNext || isEarly) this.#waiting.set(event.position, event);
    const due = [];
    for (;;) {
      const next = this.#waiting.get(this.position + 1);
      if (!next) return due;
      this.#waiting.delete(next.position);
      this.position = next.position;
      due.push(next);
    }
  }
}
