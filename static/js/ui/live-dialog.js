// The host's dialog for going live: a form while nothing goes out, else what does.

import { gettext } from "./text.js";
import { icon, iconButton, node, setText, want } from "./nodes.js";
import { cardField, check, field, layoutSelect } from "./live-fields.js";
import { LiveOutput, addressFields } from "./live-output.js";

/** @typedef {import("./live-words.js").Output} Output */
/** @typedef {{outputs: Output[] | null, isBusy: boolean, error: string}} LiveView */

/** "opened" and "closed" tell when it is looked at. */
export class LiveDialog extends HTMLElement {
  #address = addressFields();
  #layout = layoutSelect();
  #card = cardField();
  #hls = node("input", { type: "checkbox" });
  #public = node("input", { type: "checkbox" });
  #start = node("button", { class: "button primary" }, gettext("Go live"));
  #loading = node("p", { class: "quiet", role: "status" }, gettext("Loading…"));
  #error = node("p", { class: "notice bad", role: "alert", hidden: true });
  #form = this.#makeForm();
  #running = node("div", { class: "stack" });
  #dialog = this.#makeDialog();
  /** @type {Map<string, LiveOutput>} */
  #parts = new Map();

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#dialog);
  }

  disconnectedCallback() {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  open() {
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.dispatchEvent(new CustomEvent("opened"));
  }

  /** @param {LiveView} view */
  update({ outputs, isBusy, error }) {
    const living = outputs ?? [];
    this.#loading.hidden = outputs !== null || error !== "";
    this.#form.hidden = outputs === null || living.length > 0;
    this.#start.disabled = isBusy;
    // What was refused is still in its field.
    const isRefused = error !== "" && this.#error.textContent !== error;
    this.#error.hidden = error === "";
    setText(this.#error, error);
    this.#show(living, isRefused);
  }

  /** A key that was taken is not left in a field. */
  emptyAddresses() {
    this.#address.key.value = "";
    for (const part of this.#parts.values()) part.emptyAddress();
  }

  /**
   * @param {Output[]} living
   * @param {boolean} isRefused
   */
  #show(living, isRefused) {
    const ids = new Set(living.map(({ id }) => id));
    for (const [id, part] of this.#parts) {
      if (ids.has(id)) continue;
      part.remove();
      this.#parts.delete(id);
    }
    for (const output of living) {
      const part = this.#parts.get(output.id) ?? new LiveOutput();
      if (!this.#parts.has(output.id)) this.#running.append(part);
      this.#parts.set(output.id, part);
      part.update(output, isRefused);
    }
  }

  #makeForm() {
    const { url, key } = this.#address;
    const form = node(
      "form",
      { class: "stack", hidden: true },
      node(
        "p",
        { class: "quiet" },
        gettext("Everybody in the meeting is told that it goes out live."),
      ),
      field(gettext("Server"), url),
      field(gettext("Stream key"), key),
      field(gettext("Layout"), this.#layout),
      this.#card.whole,
      check(gettext("People can watch it in a browser"), this.#hls),
      check(gettext("Anybody with the link may watch"), this.#public),
      node("p", { class: "actions" }, this.#start),
    );
    this.#public.disabled = true;
    this.#hls.addEventListener("change", () => {
      this.#public.disabled = !this.#hls.checked;
      if (!this.#hls.checked) this.#public.checked = false;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      want(this, "live-start", this.#asked());
    });
    return form;
  }

  #asked() {
    const address = {
      url: this.#address.url.value.trim(),
      key: this.#address.key.value.trim(),
    };
    return {
      targets: address.url || address.key ? [address] : [],
      layout: this.#layout.value,
      title: this.#card.input.value,
      hls: this.#hls.checked,
      is_public: this.#public.checked,
    };
  }

  #makeDialog() {
    const close = iconButton("close", gettext("Close"), "button plain only-icon push");
    const title = gettext("Live");
    const dialog = node(
      "dialog",
      { "aria-label": title },
      node(
        "div",
        { class: "stack" },
        node("header", { class: "row" }, icon("signal"), node("h2", {}, title), close),
        this.#error,
        this.#loading,
        this.#form,
        this.#running,
      ),
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () =>
      this.dispatchEvent(new CustomEvent("closed")),
    );
    return dialog;
  }
}

customElements.define("live-dialog", LiveDialog);
