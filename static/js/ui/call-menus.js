// What opens above a call: more, ways to leave, devices, the list of keys.

import { gettext } from "./text.js";
import { icon, iconButton, node, setAttribute, want } from "./nodes.js";
import { DevicePicker } from "./device-picker.js";
import { REACTIONS } from "./reactions.js";

/** @typedef {import("./types.js").CallView} CallView */

/** @type {() => [string, string][]} */
const KEYS = () => [
  ["M", gettext("Microphone on or off")],
  ["V", gettext("Camera on or off")],
  ["H", gettext("Raise or lower hand")],
  ["C", gettext("Chat")],
  ["P", gettext("People")],
  ["?", gettext("This list")],
];

export class CallMenus extends HTMLElement {
  #picker = new DevicePicker();
  #more = node("div", { id: "more-menu", class: "menu", popover: "auto" });
  #react = node(
    "div",
    { id: "react-menu", class: "menu reactions", popover: "auto" },
    ...REACTIONS.map((emoji) => this.#reaction(emoji)),
  );
  #leave = node("div", { id: "leave-menu", class: "menu", popover: "auto" });
  #devices = dialog(gettext("Devices"), this.#picker);
  #usesKeys = node("input", { type: "checkbox", checked: true });
  #keys = dialog(
    gettext("Keys"),
    node(
      "dl",
      { class: "keys" },
      ...KEYS().map(([key, what]) =>
        node("div", {}, node("dt", {}, node("kbd", {}, key)), node("dd", {}, what)),
      ),
    ),
    node("label", { class: "row" }, this.#usesKeys, gettext("Use these keys")),
  );
  #invited = dialog(
    gettext("You can take part now"),
    node(
      "p",
      {},
      gettext("A host lets you speak and show yourself. Nothing is on before you say so."),
    ),
    this.#speak(gettext("Turn on microphone and camera"), ["microphone", "camera"]),
    this.#speak(gettext("Turn on the microphone only"), ["microphone"]),
    this.#speak(gettext("Not now"), []),
  );
  #layout = this.#item("spotlight", gettext("Show the speaker large"), "layout");
  #live = this.#item("signal", gettext("Go live"), "live");

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#more.append(
      this.#layout,
      this.#live,
      this.#item("settings", gettext("Devices"), "devices"),
      this.#item("copy", gettext("Copy link to invite"), "copy-link"),
      this.#item("keyboard", gettext("Keys"), "keys"),
    );
    const end = this.#item("leave", gettext("End the meeting for everyone"), "end");
    end.classList.add("danger");
    this.#leave.append(end);
    this.#usesKeys.addEventListener("change", () =>
      want(this, "use-keys", this.#usesKeys.checked),
    );
    this.append(
      this.#more,
      this.#react,
      this.#leave,
      this.#devices,
      this.#keys,
      this.#invited,
    );
  }

  /** @param {CallView & {usesKeys: boolean}} view */
  update(view) {
    this.#picker.update(view);
    this.#usesKeys.checked = view.usesKeys;
    if (view.attends) this.#invited.close();
    this.#live.hidden = !view.can.includes("broadcast");
    const isGrid = view.layout === "grid";
    const label = isGrid
      ? gettext("Show the speaker large")
      : gettext("Show everyone the same size");
    this.#layout.replaceChildren(icon(isGrid ? "spotlight" : "grid"), label);
  }

  openDevices() {
    this.#devices.showModal();
  }

  /** Ask who only watched so far for their devices. */
  openInvited() {
    if (!this.#invited.open) this.#invited.showModal();
  }

  openKeys() {
    if (!this.#keys.open) this.#keys.showModal();
  }

  /**
   * @param {string} label
   * @param {string[]} kinds devices to turn on
   */
  #speak(label, kinds) {
    const look = kinds.length === 2 ? "button primary" : "button";
    const button = node("button", { type: "button", class: look }, label);
    button.addEventListener("click", () => {
      this.#invited.close();
      if (kinds.length > 0) want(this, "speak", kinds);
    });
    return button;
  }

  /** @param {string} emoji the menu stays open for the next */
  #reaction(emoji) {
    const button = node("button", { type: "button" }, emoji);
    button.addEventListener("click", () => want(this, "react", emoji));
    return button;
  }

  /**
   * @param {string} drawing
   * @param {string} label
   * @param {string} name what it wants
   */
  #item(drawing, label, name) {
    const button = node("button", { type: "button" }, icon(drawing), label);
    button.addEventListener("click", () => {
      /** @type {HTMLElement} */ (button.parentElement).hidePopover();
      want(this, name);
    });
    return button;
  }
}

/**
 * @param {string} title
 * @param {...Node} content
 */
function dialog(title, ...content) {
  const close = iconButton("close", gettext("Close"));
  const made = node(
    "dialog",
    { "aria-label": title },
    node(
      "div",
      { class: "stack" },
      node("header", { class: "row" }, node("h2", {}, title), close),
      ...content,
    ),
  );
  setAttribute(close, "class", "button plain only-icon push");
  close.addEventListener("click", () => made.close());
  return made;
}

customElements.define("call-menus", CallMenus);
