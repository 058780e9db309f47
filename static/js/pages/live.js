// The page on which an audience watches: the player, and in words how it goes.

import { gettext } from "../ui/text.js";
import { setText } from "../ui/nodes.js";
import { LivePlayer } from "./live/player.js";

const video = /** @type {HTMLVideoElement | null} */ (document.querySelector("video"));
const status = /** @type {HTMLElement} */ (document.getElementById("live-state"));

/** @type {Record<import("./live/player.js").State, () => string>} */
const WORDS = {
  waiting: () => gettext("It begins in a moment…"),
  playing: () => gettext("Live"),
  trouble: () => gettext("The connection is bad. Trying again…"),
  over: () => gettext("It is over."),
};

/** @param {HTMLVideoElement} shown */
function watch(shown) {
  const address = shown.dataset.playlist ?? "";
  if (!LivePlayer.canPlay("avc1.640028,mp4a.40.2")) {
    shown.src = address; // Safari on phones plays it by itself
    return;
  }
  const player = new LivePlayer(shown, address);
  player.addEventListener("state", (event) => {
    const state = /** @type {CustomEvent} */ (event).detail;
    status.dataset.state = state;
    setText(status, WORDS[/** @type {"waiting"} */ (state)]());
  });
  void player.run();
  // Browsers play sound by itself only where people have been before.
  shown.play().catch(() => {
    shown.muted = true;
    return shown.play().catch(() => undefined);
  });
}

if (video) watch(video);
