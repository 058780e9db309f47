// The head of a call: where one is, for how long, whether it is recorded, and what
// is wrong at the moment.

import { gettext } from "./text.js";
import { icon, node, setText, want } from "./nodes.js";
import { duration } from "./times.js";

/** @typedef {import("./types.js").CallView} CallView */

export class CallTop extends HTMLElement {
  /** @type {CallView | null} */
  #view = null;
  #timer = 0;
  #name = node("h1", { class: "clip" });
  #time = node("span", { class: "time", role: "timer" });
  #recording = node(
    "span",
    { class: "badge recording" },
    node("span", { class: "dot" }),
    gettext("Recording"),
  );
  #live = node("span", { class: "badge live" }, gettext("Live"));
  #watching = node("span", { class: "badge" }, gettext("You are watching"));
  #banner = node("p", { class: "banner", role: "status" });
  #hear = node(
    "button",
    { type: "button", class: "button primary" },
    icon("volume-off"),
    gettext("Click to hear"),
  );

  connectedCallback() {
    if (this.childElementCount === 0) {
      this.append(
        node(
          "div",
          { class: "where" },
          this.#name,
          this.#time,
          this.#watching,
          this.#recording,
          this.#live,
        ),
        this.#banner,
        this.#hear,
      );
      this.#hear.addEventListener("click", () => want(this, "hear"));
    }
    this.#timer = window.setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    window.clearInterval(this.#timer);
  }

  /** @param {CallView} view */
  update(view) {
    this.#view = view;
    setText(this.#name, view.snapshot.room.name);
    this.#watching.hidden = !view.attends;
    this.#recording.hidden = view.snapshot.recording === null;
    this.#live.hidden = view.snapshot.outputs.length === 0;
    this.#hear.hidden = !view.isAudioBlocked;
    const words = trouble(view);
    this.#banner.hidden = words === "";
    setText(this.#banner, words);
    this.#tick();
  }

  #tick() {
    const session = this.#view?.snapshot.session;
    if (!this.#view || !session) return;
    const now = Date.now() * 1000 + this.#view.clockOffsetUs;
    setText(this.#time, duration((now - session.started_us) / 1_000_000));
  }
}

/** @param {CallView} view */
function trouble({ connection, isStorageWaiting, isMachineBusy, snapshot }) {
  if (connection === "reconnecting") {
    return gettext(
      "The connection was lost. Reconnecting… What you say meanwhile is kept.",
    );
  }
  if (isStorageWaiting && snapshot.recording) {
    return gettext(
      "Storage does not answer: the recording is not safe at the moment. Keep this page open.",
    );
  }
  if (isMachineBusy) {
    return gettext(
      "This device is busy: pictures are smaller for now. Close what you do not need.",
    );
  }
  return "";
}

customElements.define("call-top", CallTop);
