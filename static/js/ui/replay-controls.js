// Play, pause, speed, the time, and a link to it.

import { fill, gettext } from "./text.js";
import {
  icon,
  iconButton,
  node,
  setAttribute,
  setIcon,
  setText,
  want,
} from "./nodes.js";
import { duration } from "./times.js";

const SPEEDS = [0.5, 1, 1.5, 2, 3, 4];
const STEP_US = 10_000_000;

/** @typedef {{playing: boolean, speed: number, buffering: boolean}} ControlsView */

export class ReplayControls extends HTMLElement {
  #play = iconButton("play", gettext("Play"), "tool");
  #back = node("button", { type: "button", class: "button plain" }, gettext("−10 s"));
  #on = node("button", { type: "button", class: "button plain" }, gettext("+10 s"));
  #time = node("span", { class: "time" });
  #buffering = node("span", { class: "quiet", role: "status" });
  #speed = node(
    "select",
    { "aria-label": gettext("Speed") },
    ...SPEEDS.map((speed) =>
      node("option", { value: String(speed) }, fill(gettext("%(speed)s ×"), { speed })),
    ),
  );
  #link = node(
    "button",
    { type: "button", class: "button plain" },
    icon("copy"),
    gettext("Copy link to this time"),
  );
  #full = iconButton("expand", gettext("Full screen"), "tool");

  connectedCallback() {
    if (this.childElementCount > 0) return;
    setAttribute(this.#back, "title", gettext("Back 10 seconds"));
    setAttribute(this.#on, "title", gettext("Forward 10 seconds"));
    this.#play.addEventListener("click", () => want(this, "play"));
    this.#back.addEventListener("click", () => want(this, "step", -STEP_US));
    this.#on.addEventListener("click", () => want(this, "step", STEP_US));
    this.#speed.addEventListener("change", () =>
      want(this, "speed", Number(this.#speed.value)),
    );
    this.#link.addEventListener("click", () => want(this, "copy-link"));
    this.#full.addEventListener("click", () => want(this, "full-screen"));
    this.#full.hidden = !document.fullscreenEnabled;
    this.append(
      this.#play,
      this.#back,
      this.#on,
      this.#time,
      this.#buffering,
      this.#speed,
      this.#link,
      this.#full,
    );
  }

  /** @param {ControlsView} view */
  update({ playing, speed, buffering }) {
    if (playing) relabel(this.#play, "pause", gettext("Pause"));
    else relabel(this.#play, "play", gettext("Play"));
    setText(this.#buffering, buffering && playing ? gettext("Loading…") : "");
    this.#speed.value = String(speed);
  }

  /**
   * @param {number} seconds
   * @param {number} all
   */
  showTime(seconds, all) {
    setText(this.#time, `${duration(seconds)} / ${duration(all)}`);
  }

  /** @param {boolean} isFull */
  showFullScreen(isFull) {
    if (isFull) relabel(this.#full, "shrink", gettext("Leave full screen"));
    else relabel(this.#full, "expand", gettext("Full screen"));
  }

  /** The link was copied. */
  confirmLink() {
    setText(/** @type {Node} */ (this.#link.lastChild), gettext("Copied"));
    setTimeout(
      () =>
        setText(
          /** @type {Node} */ (this.#link.lastChild),
          gettext("Copy link to this time"),
        ),
      2000,
    );
  }
}

/**
 * @param {HTMLButtonElement} button with an icon
 * @param {string} iconName
 * @param {string} label
 */
function relabel(button, iconName, label) {
  setIcon(/** @type {SVGElement} */ (button.firstElementChild), iconName);
  setAttribute(button, "aria-label", label);
  setAttribute(button, "title", label);
}

customElements.define("replay-controls", ReplayControls);
