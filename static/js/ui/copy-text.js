// A button that copies the text beside it (data-text).

import { gettext } from "./text.js";

const SHOWN_MS = 2000;

class CopyText extends HTMLElement {
  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", () => void this.#copy());
  }

  async #copy() {
    const text = this.querySelector("[data-text]");
    const label = this.querySelector("[data-label]");
    if (!text || !label) return;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(text.textContent ?? "");
      label.textContent = gettext("Copied");
      setTimeout(() => (label.textContent = before), SHOWN_MS);
    } catch {
      getSelection()?.selectAllChildren(text); // the clipboard is blocked: by hand
    }
  }
}

customElements.define("copy-text", CopyText);
