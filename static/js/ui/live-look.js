// How a live output looks: each change is seen within two seconds.

import { gettext } from "./text.js";
import { node, want } from "./nodes.js";
import { cardField, check, field, labelled, layoutSelect, select, textInput } from "./live-fields.js";
import { PLACES } from "./live-words.js";

/** @typedef {import("./live-words.js").Output} Output */

// As it is where nobody has chosen a colour: a field for one always has one.
const NO_COLOUR = "#111418";
const PICTURE_BYTES = 4 << 20;
const tooLarge = () => gettext("This picture is larger than 4 MB.");

/** @param {string} text */
const button = (text) => node("button", { type: "button", class: "button" }, text);

export class LiveLook extends HTMLElement {
  /** @type {Output | null} */
  #output = null;
  #layout = layoutSelect(["portrait"]);
  #chat = node("input", { type: "checkbox" });
  #card = cardField(node("button", { class: "button" }, gettext("Show")));
  #dropCard = button(gettext("Take the card away"));
  #text = textInput();
  #place = select(PLACES());
  #banner = textInput();
  #colour = node("input", { type: "color" });
  #pictures = {
    logo: new PictureField(gettext("Logo")),
    background_picture: new PictureField(gettext("Background picture")),
  };

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.classList.add("stack");
    this.append(
      this.#cardForm(),
      field(gettext("Layout"), this.#layout),
      check(gettext("Show the chat"), this.#chat),
      labelled(gettext("Text over the picture"), this.#text, this.#place),
      labelled(gettext("Text below the picture"), this.#banner),
      this.#branding(),
    );
    this.#place.setAttribute("aria-label", gettext("Where the text is"));
    this.#changes(this.#layout, () => ({ layout: this.#layout.value }));
    this.#changes(this.#chat, () => ({ chat: this.#chat.checked }));
    for (const control of [this.#text, this.#place])
      this.#changes(control, () => ({ texts: this.#texts() }));
    this.#changes(this.#banner, () => ({ banner: this.#banner.value }));
    this.#changes(this.#colour, () => ({ background: colourOf(this.#colour) }));
    for (const [name, picture] of Object.entries(this.#pictures))
      picture.whenChosen((data) => this.#want({ [name]: data }));
  }

  /** @param {Output} output */
  update(output) {
    this.#output = output;
    const { layout, chat, title, banner, texts, background } = output.options;
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
    write(this.#colour, background || NO_COLOUR);
    for (const [name, picture] of Object.entries(this.#pictures))
      picture.update(output.pictures.includes(name));
  }

  #cardForm() {
    const { input, whole } = this.#card;
    input.required = true;
    whole.append(node("p", { class: "actions" }, this.#dropCard));
    const form = node("form", {}, whole);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#want({ title: input.value });
    });
    this.#dropCard.addEventListener("click", () => this.#want({ title: "" }));
    return form;
  }

  #branding() {
    const { logo, background_picture: picture } = this.#pictures;
    const about = node("summary", {}, gettext("Logo and background"));
    const colour = field(gettext("Background colour"), this.#colour);
    const inside = node("div", { class: "stack" }, logo.whole, colour, picture.whole);
    return node("details", {}, about, inside);
  }

  #texts() {
    const text = this.#text.value.trim();
    return text ? [{ text, position: this.#place.value }] : [];
  }

  /**
   * @param {HTMLElement} control
   * @param {() => object} read
   */
  #changes(control, read) {
    control.addEventListener("change", () => this.#want(read()));
  }

  /** @param {object} value */
  #want(value) {
    want(this, "live-change", { output: this.#output?.id, value });
  }
}

/** A picture that is chosen, or removed where there is one. */
class PictureField {
  #input = node("input", { type: "file", accept: "image/*" });
  #remove = button(gettext("Remove"));

  /** @param {string} label */
  constructor(label) {
    this.#remove.setAttribute("aria-label", `${this.#remove.textContent}: ${label}`);
    this.whole = node(
      "div",
      { class: "over" },
      field(label, this.#input),
      this.#remove,
    );
  }

  /** @param {(data: string) => void} take in Base64; empty: none */
  whenChosen(take) {
    this.#remove.addEventListener("click", () => take(""));
    this.#input.addEventListener("change", async () => {
      const file = this.#input.files?.[0];
      const isLarge = (file?.size ?? 0) > PICTURE_BYTES;
      this.#input.setCustomValidity(isLarge ? tooLarge() : "");
      this.#input.reportValidity();
      if (file && !isLarge) take(await base64(file));
    });
  }

  /** @param {boolean} isThere */
  update(isThere) {
    this.#remove.hidden = !isThere;
    if (!isThere) this.#input.value = "";
  }
}

/** @param {Blob} file */
async function base64(file) {
  const reader = new FileReader();
  const read = new Promise((done, fail) => {
    reader.onload = done;
    reader.onerror = () => fail(reader.error);
  });
  reader.readAsDataURL(file);
  await read;
  return String(reader.result).replace(/^.*,/, "");
}

/** @param {HTMLInputElement} input */
function colourOf({ value }) {
  return value === NO_COLOUR ? "" : value;
}

/**
 * Not while somebody writes there.
 * @param {HTMLInputElement} input
 * @param {string} value
 */
function write(input, value) {
  if (input !== document.activeElement) input.value = value;
}

customElements.define("live-look", LiveLook);
