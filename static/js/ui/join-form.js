// Joining by a code or a link. Without a known code nothing happens but words.

import { setAttribute } from "./nodes.js";
import { meetingCode } from "./codes.js";

class JoinForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = /** @type {HTMLInputElement} */ (this.querySelector("input"));
      const error = /** @type {HTMLElement} */ (this.querySelector(".errors"));
      const code = meetingCode(field.value);
      error.hidden = code !== null;
      setAttribute(field, "aria-invalid", code === null ? "true" : null);
      if (code) window.location.assign(`/rooms/${code}/`);
      else field.focus();
    });
  }
}

customElements.define("join-form", JoinForm);
