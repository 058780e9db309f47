// One live output that runs, in the dialog: how it is, where it goes; and how it looks.

import { gettext } from "./text.js";
import { icon, iconButton, node, setText, want } from "./nodes.js";
import { check, field } from "./live-fields.js";
import { LiveLook } from "./live-look.js";
import { outputWords, targetWords } from "./live-words.js";

/** @typedef {import("./live-words.js").Output} Output */
/** @typedef {import("./live-words.js").Target} Target */

/** Server and key, as other services give them out. */
export function addressFields() {
  const url = node("input", {
    class: "input",
    name: "url",
    type: "text",
    inputmode: "url",
    placeholder: "rtmps://",
    autocomplete: "off",
    spellcheck: "false",
  });
  const key = node("input", {
    class: "input",
    name: "key",
    type: "password",
    autocomplete: "new-password",
  });
  return { url, key };
}

export class LiveOutput extends HTMLElement {
  /** @type {Output | null} */
  #output = null;
  #state = node("p", { class: "badge", role: "status" });
  #targets = node("ul", { class: "targets" });
  #address = addressFields();
  #look = new LiveLook();
  #hls = node("input", { type: "checkbox" });
  #public = node("input", { type: "checkbox" });
  #copy = node(
    "button",
    { type: "button", class: "button" },
    icon("copy"),
    gettext("Copy the link to watch"),
  );

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.classList.add("stack");
    const stop = node(
      "button",
      { type: "button", class: "button danger" },
      icon("stop"),
      gettext("Stop"),
    );
    this.append(
      this.#state,
      this.#targets,
      this.#addForm(),
      this.#look,
      check(gettext("People can watch it in a browser"), this.#hls),
      check(gettext("Anybody with the link may watch"), this.#public),
      node("p", { class: "actions" }, this.#copy, stop),
    );
    stop.addEventListener("click", () => this.#want("live-stop"));
    this.#copy.addEventListener("click", () => this.#want("live-copy", this.#link()));
    this.#changes(this.#hls, () => ({ hls: this.#hls.checked }));
    this.#changes(this.#public, () => ({ is_public: this.#public.checked }));
  }

  /**
   * @param {Output} output
   * @param {boolean} isRefused a change of it was
   */
  update(output, isRefused) {
    const isNew = isRefused || JSON.stringify(output) !== JSON.stringify(this.#output);
    this.#output = output;
    if (!isNew) return;
    setText(this.#state, outputWords(output));
    this.#targets.replaceChildren(...output.targets.map((one) => this.#target(one)));
    this.#look.update(output);
    this.#hls.checked = output.hls;
    this.#public.checked = output.is_public;
    this.#public.disabled = !output.hls;
    this.#copy.hidden = !output.hls;
  }

  /** Once one was added. */
  emptyAddress() {
    this.#address.url.value = this.#address.key.value = "";
  }

  /** @param {Target} target */
  #target(target) {
    const remove = iconButton("trash", gettext("Remove this target"));
    remove.addEventListener("click", () =>
      this.#want("live-remove-target", target.id),
    );
    const key = target.key_hint ? ` ···${target.key_hint}` : "";
    return node(
      "li",
      { class: "row", "data-state": target.state },
      node(
        "div",
        {},
        node("p", { class: "clip" }, `${target.url}${key}`),
        node("p", { class: "quiet small" }, targetWords(target)),
      ),
      remove,
    );
  }

  #addForm() {
    const { url, key } = this.#address;
    const form = node(
      "form",
      { class: "stack" },
      field(gettext("Server"), url),
      field(gettext("Stream key"), key),
      node(
        "p",
        { class: "actions" },
        node("button", { class: "button" }, icon("plus"), gettext("Add target")),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#want("live-add-target", { url: url.value.trim(), key: key.value.trim() });
    });
    const about = node("summary", {}, gettext("Another target"));
    return node("details", {}, about, form);
  }

  #link() {
    const { origin, pathname } = window.location;
    const shared = this.#output?.public_playlist;
    return shared
      ? origin + shared.slice(0, shared.lastIndexOf("/") + 1)
      : `${origin}${pathname}live/`;
  }

  /**
   * @param {HTMLElement} control
   * @param {() => object} read
   */
  #changes(control, read) {
    control.addEventListener("change", () => this.#want("live-change", read()));
  }

  /**
   * @param {string} name
   * @param {unknown} [value]
   */
  #want(name, value = null) {
    want(this, name, { output: this.#output?.id, value });
  }
}

customElements.define("live-output", LiveOutput);
