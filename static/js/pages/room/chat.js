// The chat as the page holds it, and the asking for more of it.

import { withLatest, withOlder } from "./messages.js";

/** @typedef {import("../../ui/types.js").Message} Message */

export class RoomChat {
  /** @type {import("./messages.js").Chat | null} */
  #chat = null;
  #isLoading = false;

  /** Oldest first; the same array until something is new. */
  get messages() {
    return this.#chat?.messages ?? NONE;
  }

  get hasOlder() {
    return this.#chat?.hasOlder ?? false;
  }

  /** @param {Message[]} latest of a snapshot */
  take(latest) {
    this.#chat = withLatest(this.#chat, latest);
  }

  /**
   * One question at a time; nothing happens when there is none to ask.
   * @param {(before: number) => Promise<{messages: Message[], more: boolean}>} ask
   */
  async loadOlder(ask) {
    const oldest = this.messages[0];
    if (this.#isLoading || !this.hasOlder || !oldest) return;
    this.#isLoading = true;
    try {
      const { messages, more } = await ask(oldest.position);
      if (this.#chat) this.#chat = withOlder(this.#chat, messages, more);
    } finally {
      this.#isLoading = false;
    }
  }
}

/** @type {Message[]} */
const NONE = [];
