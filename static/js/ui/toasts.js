// Quiet notices that pass, and the voice that says them to screen readers.

import { node } from "./nodes.js";

const SHOWN_MS = 5000;
const MOST = 4;

export class ToastStack extends HTMLElement {
  #list = node("div", { class: "toasts", "aria-hidden": "true" });
  #voice = node("p", { class: "visually-hidden", role: "status" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#list, this.#voice);
  }

  /**
   * @param {string} text
   * @param {"quiet" | "bad"} [tone]
   */
  show(text, tone = "quiet") {
    const toast = node("p", { class: `toast ${tone}` }, text);
    this.#list.append(toast);
    while (this.#list.childElementCount > MOST) this.#list.firstElementChild?.remove();
    this.say(text);
    setTimeout(() => toast.remove(), SHOWN_MS);
  }

  /** Only to be heard. @param {string} text */
  say(text) {
    this.#voice.textContent = text;
  }
}

customElements.define("toast-stack", ToastStack);
