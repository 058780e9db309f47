// The chat of a kept session: follows the time, and jumps to a message's.

import { gettext } from "./text.js";
import { node, setAttribute, want } from "./nodes.js";
import { duration } from "./times.js";

/** @typedef {import("./types.js").Message} Message */

export class ReplayChat extends HTMLElement {
  /** @type {Message[]} */
  #messages = [];
  /** @type {HTMLElement[]} */
  #rows = [];
  #current = -1;
  #list = node("ol", { class: "messages" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(node("header", {}, node("h2", {}, gettext("Chat"))), this.#list);
  }

  /**
   * @param {Message[]} messages in order
   * @param {number} startUs what their times are counted from
   */
  fill(messages, startUs) {
    this.#messages = messages;
    this.#rows = messages.map((message) => this.#row(message, startUs));
    this.#list.replaceChildren(...this.#rows);
    if (messages.length === 0)
      this.append(
        node("p", { class: "nothing quiet" }, gettext("Nobody wrote anything.")),
      );
  }

  /** @param {number} us */
  set atUs(us) {
    const current = this.#messages.findLastIndex(({ sent_us }) => sent_us <= us);
    if (current === this.#current) return;
    this.#current = current;
    this.#rows.forEach((row, index) => {
      setAttribute(row, "data-later", index > current);
      setAttribute(row, "aria-current", index === current ? "time" : null);
    });
    this.#follow(this.#rows[current]);
  }

  // Scrolls the list alone; scrollIntoView would move the page too.
  /** @param {HTMLElement | undefined} row */
  #follow(row) {
    if (!row || this.#list.contains(document.activeElement)) return;
    this.#list.scrollTop =
      row.offsetTop - this.#list.offsetTop - this.#list.clientHeight / 2;
  }

  /**
   * @param {Message} message
   * @param {number} startUs
   */
  #row(message, startUs) {
    const time = node(
      "button",
      { type: "button", class: "jump" },
      duration((message.sent_us - startUs) / 1_000_000),
    );
    time.addEventListener("click", () => want(this, "seek", message.sent_us));
    return node(
      "li",
      {},
      node("p", { class: "by" }, node("strong", {}, message.name), time),
      node("p", { class: "text" }, message.text),
    );
  }
}

customElements.define("replay-chat", ReplayChat);
