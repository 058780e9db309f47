// What people have just reacted with, for as long as it is shown (docs/protocol.md).

/** @typedef {import("./types.js").EventMessage} EventMessage */

/** As in rooms/rules/reactions.py. */
export const REACTIONS = ["👍", "👏", "❤️", "🎉", "😂", "😮", "😢", "👎"];

const SHOWN_MS = 4000; // as in exports

export class Reactions {
  /** The newest of each, by number of the person. @type {Map<number, string>} */
  shown = new Map();
  /** @type {Map<number, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  #changed;

  /** @param {() => void} changed called when one is over */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {EventMessage} message of any kind */
  take({ event, data }) {
    if (event !== "reaction.sent") return;
    const { number, emoji } = data;
    clearTimeout(this.#timers.get(number));
    this.shown.set(number, emoji);
    this.#timers.set(
      number,
      setTimeout(() => {
        this.shown.delete(number);
        this.#timers.delete(number);
        this.#changed();
      }, SHOWN_MS),
    );
    this.#changed();
  }
}
