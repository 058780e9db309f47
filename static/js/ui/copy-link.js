// A button that copies the address of a page of this site (data-path).

import { gettext } from "./text.js";

const SHOWN_MS = 2000;

class CopyLink extends HTMLElement {
  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", () => void this.#copy());
  }

  async #copy() {
    const address = new URL(this.dataset.path ?? "", window.location.href).href;
    const label = this.querySelector("[data-label]");
    if (!label) return;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(address);
      label.textContent = gettext("Copied");
    } catch {
      label.textContent = address; // the clipboard is blocked: it can be copied by hand
      return;
    }
    setTimeout(() => (label.textContent = before), SHOWN_MS);
  }
}

customElements.define("copy-link", CopyLink);
