// The replay's page: a kept session as a whole.

import { checkSupport } from "../capture/support.js";
import { gettext } from "../ui/text.js";
import { icon, node } from "../ui/nodes.js";
import { fetchTimeline, showReplay } from "./replay/player.js";

const sessionId = document.body.dataset.session ?? "";
const main = /** @type {HTMLElement} */ (document.querySelector("main"));

async function start() {
  try {
    const timeline = await fetchTimeline(sessionId);
    if (timeline.recordings.length === 0) return showEmpty();
    if (!(await checkSupport()).receive) return showUnsupported();
    await showReplay({ root: main, sessionId, timeline, failed: showFailed });
  } catch (error) {
    console.error(error);
    showFailed();
  }
}

/** @param {...Node} content */
function showWords(...content) {
  main.replaceChildren(node("div", { class: "narrow stack" }, ...content));
}

function showEmpty() {
  showWords(
    node("h1", {}, gettext("Nothing was kept of this meeting")),
    node(
      "p",
      { class: "quiet" },
      gettext("A meeting can be watched again when a host has recorded it."),
    ),
    toRecordings(),
  );
}

function showUnsupported() {
  showWords(
    node("h1", {}, gettext("This browser cannot play meetings")),
    node(
      "p",
      { class: "quiet" },
      gettext(
        "Open this page in a newer browser, or download the recording as a video.",
      ),
    ),
    toRecordings(),
  );
}

function showFailed() {
  const again = node(
    "button",
    { type: "button", class: "button primary" },
    icon("retry"),
    gettext("Try again"),
  );
  again.addEventListener("click", () => window.location.reload());
  showWords(
    node("h1", {}, gettext("The replay could not be loaded")),
    node(
      "p",
      { class: "quiet" },
      gettext("The server did not answer as it should. What was recorded is not lost."),
    ),
    node("p", {}, again),
  );
}

function toRecordings() {
  return node(
    "p",
    {},
    node("a", { class: "button", href: "/recordings/" }, gettext("Recordings")),
  );
}

void start();
