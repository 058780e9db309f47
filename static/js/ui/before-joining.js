// The page before joining: see and hear yourself, say your name, and go in.

import { fill, gettext, ngettext } from "./text.js";
import { icon, node, setAttribute, setIcon, setText, want } from "./nodes.js";
import { explain } from "./blocked.js";
import { initials } from "./names.js";
import { DevicePicker } from "./device-picker.js";

/** @typedef {import("./types.js").Problems} Problems */
/**
 * @typedef {object} BeforeView
 * @property {Record<string, MediaStreamTrack | null>} tracks
 * @property {Problems} problems
 * @property {ReadonlySet<string>} opening
 * @property {import("./types.js").Devices} devices
 * @property {import("./types.js").Chosen} chosen
 * @property {boolean} joining
 * @property {string} error why joining did not work
 */

const NAME_LIMIT = 100; // characters, as the server takes

export class BeforeJoining extends HTMLElement {
  #video = node("video", {
    class: "own",
    muted: true,
    playsinline: true,
    autoplay: true,
    "aria-hidden": "true",
  });
  #letters = node("span", { class: "letters" });
  #state = node("p", { class: "state" });
  #meter = node(
    "span",
    { class: "meter", "aria-hidden": "true" },
    node("i"),
    node("i"),
    node("i"),
    node("i"),
    node("i"),
  );
  #microphone = this.#toggle("microphone");
  #camera = this.#toggle("camera");
  #problems = node("div", { class: "stack", role: "status" });
  #picker = new DevicePicker();
  #name = node("input", {
    id: "your-name",
    class: "input",
    name: "name",
    required: true,
    maxlength: String(NAME_LIMIT),
    autocomplete: "name",
  });
  #error = node("p", { class: "errors", role: "alert" });
  #join = node("button", { class: "button primary large" }, gettext("Join now"));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#video.muted = true; // the attribute alone does not mute a made element
    this.#name.value = this.dataset.name ?? "";
    this.#name.addEventListener("input", () => this.#showLetters());
    this.#showLetters();
    const attends = this.hasAttribute("data-attends");
    if (!attends) this.append(this.#preview());
    this.append(this.#ask(attends));
  }

  /** @param {BeforeView} view */
  update(view) {
    const { tracks, opening, joining } = view;
    this.#showPicture(tracks.camera ?? null);
    setText(
      this.#state,
      opening.has("camera")
        ? gettext("Starting the camera…")
        : gettext("Your camera is off"),
    );
    this.#state.hidden = Boolean(tracks.camera);
    dress(this.#microphone, "mic", Boolean(tracks.microphone), [
      gettext("Turn off microphone"),
      gettext("Turn on microphone"),
    ]);
    dress(this.#camera, "camera", Boolean(tracks.camera), [
      gettext("Turn off camera"),
      gettext("Turn on camera"),
    ]);
    this.#meter.hidden = !tracks.microphone;
    this.#showProblems(view.problems);
    this.#picker.update(view);
    this.#join.disabled = joining;
    setText(this.#join, joining ? gettext("Joining…") : gettext("Join now"));
    setText(this.#error, view.error);
    setAttribute(this.#name, "aria-invalid", view.error ? "true" : null);
  }

  /** @param {number} level 0 to 1 */
  set level(level) {
    [...this.#meter.children].forEach((bar, index, bars) => {
      bar.classList.toggle("on", level > (index + 1) / (bars.length + 2));
    });
  }

  #preview() {
    return node(
      "section",
      { class: "preview", "aria-label": gettext("Your picture") },
      node("div", { class: "face", "aria-hidden": "true" }, this.#letters),
      this.#video,
      this.#state,
      node("div", { class: "controls" }, this.#microphone, this.#camera),
      this.#meter,
    );
  }

  /** @param {boolean} attends only watches: asked for no devices */
  #ask(attends) {
    const isNeverRecorded = this.dataset.neverRecorded === "true";
    const form = node(
      "form",
      { class: "stack" },
      node(
        "div",
        { class: "field" },
        node("label", { for: "your-name" }, gettext("Your name")),
        this.#name,
      ),
      node(
        "p",
        { class: `notice consent small${isNeverRecorded ? " never" : ""}` },
        icon(isNeverRecorded ? "info" : "record"),
        node(
          "span",
          {},
          isNeverRecorded
            ? gettext("This room is never recorded.")
            : aboutRecording(Number(this.dataset.keepsDays ?? 0)),
        ),
      ),
      this.#error,
      this.#join,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      want(this, "join", this.#name.value.trim());
    });
    const devices = node(
      "details",
      { class: "devices" },
      node("summary", {}, icon("settings"), gettext("Camera, microphone and speaker")),
      this.#picker,
    );
    return node(
      "section",
      { class: "ask stack" },
      node("h1", {}, fill(gettext("Join %(room)s"), { room: this.dataset.room ?? "" })),
      attends &&
        node(
          "p",
          { class: "quiet" },
          gettext(
            "This is a webinar. You watch and listen; a host can let you take part.",
          ),
        ),
      this.#problems,
      form,
      !attends && devices,
    );
  }

  /** @param {"microphone" | "camera"} kind */
  #toggle(kind) {
    const button = node("button", { type: "button", class: "tool" }, icon("mic"));
    button.addEventListener("click", () => want(this, kind));
    return button;
  }

  #showLetters() {
    setText(this.#letters, initials(this.#name.value));
  }

  /** @param {MediaStreamTrack | null} track */
  #showPicture(track) {
    this.#video.hidden = track === null;
    const shown = /** @type {MediaStream | null} */ (this.#video.srcObject);
    if ((shown?.getVideoTracks()[0] ?? null) === track) return;
    this.#video.srcObject = track && new MediaStream([track]);
  }

  /** @param {Problems} problems */
  #showProblems(problems) {
    const texts = /** @type {const} */ (["camera", "microphone"])
      .map((kind) =>
        problems[kind] ? explain(kind, problems[kind], navigator.userAgent) : "",
      )
      .filter(Boolean);
    const shown = [...this.#problems.children].map((child) => child.textContent);
    if (texts.join() === shown.join()) return;
    this.#problems.replaceChildren(
      ...texts.map((text) =>
        node(
          "p",
          { class: "notice warn small" },
          icon("warning"),
          node("span", {}, text),
        ),
      ),
    );
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} name
 * @param {boolean} on
 * @param {[string, string]} labels while on, while off
 */
function dress(button, name, on, [onLabel, offLabel]) {
  setIcon(
    /** @type {SVGElement} */ (button.firstElementChild),
    on ? name : `${name}-off`,
  );
  setAttribute(button, "aria-label", on ? onLabel : offLabel);
  setAttribute(button, "title", on ? onLabel : offLabel);
  setAttribute(button, "data-state", on ? null : "off");
}

/** @param {number} days that the room keeps what nobody records */
function aboutRecording(days) {
  if (!days)
    return gettext(
      "This meeting may be recorded with picture, sound and chat. Everyone sees when it is. By joining you agree.",
    );
  const text = ngettext(
    "Every meeting in this room is recorded with picture, sound and chat, and kept for %(days)s day. By joining you agree.",
    "Every meeting in this room is recorded with picture, sound and chat, and kept for %(days)s days. By joining you agree.",
    days,
  );
  return fill(text, { days });
}

customElements.define("before-joining", BeforeJoining);
