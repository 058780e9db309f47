// One live output that runs, in the dialog: how it is, where it goes, how it looks.

import { gettext } from "./text.js";
import { icon, iconButton, node, setText, want } from "./nodes.js";
import { LAYOUTS, PLACES, outputWords, targetWords } from "./live-words.js";

/** @typedef {import("./live-words.js").Output} Output */
/** @typedef {import("./live-words.js").Target} Target */

/**
 * @param {string} label
 * @param {HTMLElement} control
 */
export function field(label, control) {
  return node("label", { class: "field" }, node("span", { class: "label" }, label), control);
}

/**
 * @param {string} label
 * @param {HTMLInputElement} box
 */
export function check(label, box) {
  return node("label", { class: "row" }, box, label);
}

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

/** @param {string[]} [without] */
export function layoutSelect(without = []) {
  return select(LAYOUTS().filter(([name]) => !without.includes(name)));
}

/** @param {[string, string][]} options */
function select(options) {
  return node(
    "select",
    { class: "input" },
    ...options.map(([name, label]) => node("option", { value: name }, label)),
  );
}

let inputs = 0;

function textInput() {
  const id = `live-text-${(inputs += 1)}`;
  return node("input", { class: "input", maxlength: "200", autocomplete: "off", id });
}

/**
 * @param {string} label
 * @param {HTMLInputElement} input
 * @param {HTMLElement} [beside]
 */
function textField(label, input, beside) {
  const row = beside ? node("div", { class: "over" }, input, beside) : input;
  return node("div", { class: "field" }, node("label", { for: input.id }, label), row);
}

/** @param {HTMLElement} [beside] */
export function cardField(beside) {
  const input = textInput();
  const labelled = textField(gettext("Title card"), input, beside);
  const about = gettext(
    "Until you take it away it is shown instead of the meeting, and nothing is heard.",
  );
  const help = `${input.id}-help`;
  labelled.append(node("p", { class: "help", id: help }, about));
  input.setAttribute("aria-describedby", help);
  return { input, labelled };
}

export class LiveOutput extends HTMLElement {
  /** @type {Output | null} */
  #output = null;
  #state = node("p", { class: "badge", role: "status" });
  #targets = node("ul", { class: "targets" });
  #address = addressFields();
  #layout = layoutSelect(["portrait"]);
  #chat = node("input", { type: "checkbox" });
  #card = cardField(node("button", { class: "button" }, gettext("Show")));
  #dropCard = node("button", { type: "button", class: "button" }, gettext("Take the card away"));
  #text = textInput();
  #place = select(PLACES());
  #banner = textInput();
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
      this.#cardForm(),
      field(gettext("Layout"), this.#layout),
      check(gettext("Show the chat"), this.#chat),
      textField(gettext("Text over the picture"), this.#text, this.#place),
      textField(gettext("Text below the picture"), this.#banner),
      check(gettext("People can watch it in a browser"), this.#hls),
      check(gettext("Anybody with the link may watch"), this.#public),
      node("p", { class: "actions" }, this.#copy, stop),
    );
    stop.addEventListener("click", () => this.#want("live-stop"));
    this.#copy.addEventListener("click", () => this.#want("live-copy", this.#link()));
    this.#changes(this.#layout, () => ({ layout: this.#layout.value }));
    this.#changes(this.#chat, () => ({ chat: this.#chat.checked }));
    this.#place.setAttribute("aria-label", gettext("Where the text is"));
    for (const control of [this.#text, this.#place])
      this.#changes(control, () => ({ texts: this.#texts() }));
    this.#changes(this.#banner, () => ({ banner: this.#banner.value }));
    this.#changes(this.#hls, () => ({ hls: this.#hls.checked }));
    this.#changes(this.#public, () => ({ is_public: this.#public.checked }));
  }

  /** @param {Output} output */
  update(output) {
    const isNew = JSON.stringify(output) !== JSON.stringify(this.#output);
    this.#output = output;
    if (!isNew) return;
    setText(this.#state, outputWords(output));
    this.#targets.replaceChildren(...output.targets.map((one) => this.#target(one)));
    this.#showLook(output.options);
    this.#hls.checked = output.hls;
    this.#public.checked = output.is_public;
    this.#public.disabled = !output.hls;
    this.#copy.hidden = !output.hls;
  }

  /** @param {import("./live-words.js").Look} look */
  #showLook({ layout, chat, title, banner, texts }) {
    if (this.#layout !== document.activeElement) this.#layout.value = layout;
    this.#layout.disabled = layout === "portrait";
    this.#chat.checked = chat;
    write(this.#banner, banner);
    // What was taken away is kept here to be shown again.
    if (title) write(this.#card.input, title);
    this.#dropCard.hidden = !title;
    write(this.#text, texts[0]?.text ?? "");
    this.#place.value = texts[0]?.position ?? "bottom";
    // Several come from programs, which know best.
    this.#text.disabled = this.#place.disabled = texts.length > 1;
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

  #cardForm() {
    const { input, labelled } = this.#card;
    input.required = true;
    labelled.append(node("p", { class: "actions" }, this.#dropCard));
    const form = node("form", {}, labelled);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#want("live-change", { title: input.value });
    });
    this.#dropCard.addEventListener("click", () =>
      this.#want("live-change", { title: "" }),
    );
    return form;
  }

  #texts() {
    const text = this.#text.value.trim();
    return text ? [{ text, position: this.#place.value }] : [];
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

/**
 * Not while somebody writes there.
 * @param {HTMLInputElement} input
 * @param {string} value
 */
function write(input, value) {
  if (input !== document.activeElement) input.value = value;
}

customElements.define("live-output", LiveOutput);
