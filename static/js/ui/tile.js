// One person's place on the stage: picture or initials, name, and how they are.

import { fill, gettext } from "./text.js";
import { icon, node, setAttribute, setText } from "./nodes.js";
import { initials, tint } from "./names.js";
import { newPlace } from "../render/places.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./types.js").MediaSource} MediaSource */
/**
 * @typedef {object} TileView
 * @property {Participant} person
 * @property {"camera" | "screen"} kind
 * @property {boolean} own
 * @property {MediaStreamTrack | null} localTrack own picture, drawn without the network
 * @property {string} reaction an emoji, or nothing
 */

export class PersonTile extends HTMLElement {
  /** @type {MediaSource | null} */
  source = null;
  /** @type {TileView | null} */
  view = null;
  /** @type {import("../render/places.js").PlaceElement | null} */
  #place = null;
  /** @type {HTMLVideoElement | null} own picture */
  #video = null;
  #letters = node("span", { class: "letters" });
  #face = node("div", { class: "face", "aria-hidden": "true" }, this.#letters);
  #name = node("span", { class: "clip" });
  #hand = node(
    "span",
    { class: "hand", role: "img", "aria-label": gettext("Hand raised") },
    icon("hand"),
  );
  #reaction = node("span", { class: "reaction", role: "img", hidden: true });
  #quality = node(
    "span",
    { class: "quality", role: "img", "aria-label": gettext("Poor connection") },
    icon("signal"),
  );
  #mutedMark = node(
    "span",
    { class: "muted", role: "img", "aria-label": gettext("Muted") },
    icon("mic-off"),
  );
  #plate = node("div", { class: "plate" }, this.#mutedMark, this.#name, this.#quality);
  #away = node("div", { class: "away" }, gettext("Reconnecting…"));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    setAttribute(this, "role", "group");
    this.append(this.#face, this.#away, this.#hand, this.#reaction, this.#plate);
  }

  disconnectedCallback() {
    this.#detach();
    this.#showVideo(null);
  }

  /** @param {TileView} view */
  update(view) {
    this.view = view;
    const { person, kind, own, reaction } = view;
    const isScreen = kind === "screen";
    const label = isScreen
      ? fill(gettext("Screen of %(name)s"), { name: person.name })
      : person.name;
    setAttribute(this, "aria-label", label);
    setAttribute(this, "data-number", String(person.number));
    setAttribute(this, "data-kind", kind);
    setAttribute(this, "data-own", own);
    setText(
      this.#name,
      own && !isScreen ? `${person.name} ${gettext("(you)")}` : label,
    );
    setText(this.#letters, initials(person.name));
    setAttribute(this.#face, "data-tint", String(tint(person.name)));
    this.#mutedMark.hidden = isScreen || Boolean(person.tracks.microphone);
    this.#hand.hidden = isScreen || person.hand_raised_us === null;
    this.#reaction.hidden = reaction === "";
    setText(this.#reaction, reaction);
    setAttribute(
      this.#reaction,
      "aria-label",
      fill(gettext("%(name)s reacts with %(emoji)s"), {
        name: person.name,
        emoji: reaction,
      }),
    );
    this.#away.hidden = person.connected;
    this.#face.hidden = isScreen;
    this.#showPicture(view);
  }

  /** @param {boolean} speaking */
  set speaking(speaking) {
    setAttribute(this, "data-speaking", speaking);
  }

  /** @param {string} quality */
  set quality(quality) {
    setAttribute(this.#quality, "data-quality", quality);
    this.#quality.hidden = quality === "good";
    const label =
      quality === "poor" ? gettext("Poor connection") : gettext("Fair connection");
    setAttribute(this.#quality, "aria-label", label);
  }

  /** @param {TileView} view */
  #showPicture({ person, kind, own, localTrack }) {
    if (own) {
      this.#detach();
      this.#showVideo(localTrack);
      return;
    }
    const on = Boolean(person.tracks[kind]);
    if (on && !this.#place) this.#attach(person.number, kind);
    if (!on) this.#detach();
  }

  /**
   * A place is given away for good when it is attached, so each turn gets its own.
   * @param {number} number
   * @param {"camera" | "screen"} kind
   */
  #attach(number, kind) {
    this.#place = newPlace();
    setAttribute(this.#place, "aria-hidden", "true");
    this.#face.after(this.#place);
    this.source?.attachVideo(number, kind, this.#place);
  }

  #detach() {
    if (!this.#place) return;
    this.source?.detachVideo(this.#place);
    this.#place.remove();
    this.#place = null;
  }

  /** @param {MediaStreamTrack | null} track */
  #showVideo(track) {
    if (!track) {
      this.#video?.remove();
      this.#video = null;
      return;
    }
    if (!this.#video) {
      this.#video = node("video", {
        muted: true,
        playsinline: true,
        autoplay: true,
        "aria-hidden": "true",
      });
      this.#video.muted = true; // the attribute alone does not mute a made element
      this.#face.after(this.#video);
    }
    const shown = /** @type {MediaStream | null} */ (this.#video.srcObject);
    if (shown?.getVideoTracks()[0] !== track)
      this.#video.srcObject = new MediaStream([track]);
  }
}

customElements.define("person-tile", PersonTile);
