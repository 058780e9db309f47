// A recording's page: its player, the form that asks for files, and buttons that open
// dialogs (data-opens: the dialog's id).

import "../ui/copy-link.js";
import { checkSupport } from "../capture/support.js";
import { gettext } from "../ui/text.js";
import { icon, node } from "../ui/nodes.js";
import { within } from "../ui/lanes.js";
import { ClipRange } from "../ui/clip-range.js";
import { clipOfForm, watchExportForm, writeClip } from "./export-form.js";
import { fetchTimeline, showReplay } from "./replay/player.js";

for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => {
    const id = /** @type {HTMLElement} */ (button).dataset.opens ?? "";
    /** @type {HTMLDialogElement | null} */ (document.getElementById(id))?.showModal();
  });
}
for (const button of document.querySelectorAll("[data-closes]")) {
  button.addEventListener("click", () => button.closest("dialog")?.close());
}

for (const name of ["htmx:responseError", "htmx:sendError"])
  document.addEventListener(name, ({ target }) => {
    const part = /** @type {HTMLElement} */ (target);
    if (part.dataset.failed) part.replaceChildren(node("p", {}, part.dataset.failed));
  });

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("make"));
if (form) watchExportForm(form);

const place = document.getElementById("player");
if (place) void showPlayer(place);

/** Where this browser cannot play meetings a video of it, if there is one, stays.
 * @param {HTMLElement} root
 */
async function showPlayer(root) {
  if (!(await checkSupport()).receive) {
    if (!root.querySelector("video")) showUnsupported(root);
    return;
  }
  const { session: sessionId = "", recording = "", poster } = root.dataset;
  const failed = () => showFailed(root);
  try {
    const timeline = within(await fetchTimeline(sessionId), recording);
    const clip = form && makeClip(form, timeline);
    await showReplay({
      root,
      sessionId,
      timeline,
      failed,
      ...(poster && { poster }),
      ...(clip && {
        below: clip,
        moved: (us) => (clip.atSeconds = (us - timeline.start_us) / 1e6),
      }),
    });
  } catch (error) {
    console.error(error);
    failed();
  }
}

/**
 * The clip's bar and the form's fields say the same.
 * @param {HTMLFormElement} form
 * @param {{start_us: number, end_us: number}} whole
 */
function makeClip(form, whole) {
  const seconds = (whole.end_us - whole.start_us) / 1e6;
  const range = new ClipRange();
  range.seconds = seconds;
  const read = () => (range.clip = clipOfForm(form, seconds));
  form.addEventListener("input", read);
  read();
  range.addEventListener("want", (event) => {
    const { name, detail } = /** @type {CustomEvent} */ (event).detail;
    if (name === "clip") writeClip(form, detail);
    if (name !== "make-clip") return;
    form.scrollIntoView({ block: "start" });
    form.querySelector("select")?.focus({ preventScroll: true });
  });
  return range;
}

/** @param {HTMLElement} root */
function showUnsupported(root) {
  showWords(
    root,
    gettext("This browser cannot play meetings"),
    gettext("Open this page in a newer browser, or download the recording as a video."),
  );
}

/** @param {HTMLElement} root */
function showFailed(root) {
  const again = node(
    "button",
    { type: "button", class: "button" },
    icon("retry"),
    gettext("Try again"),
  );
  again.addEventListener("click", () => window.location.reload());
  showWords(
    root,
    gettext("The replay could not be loaded"),
    gettext("The server did not answer as it should. What was recorded is not lost."),
    again,
  );
}

/**
 * In the place of the player.
 * @param {HTMLElement} root
 * @param {string} title
 * @param {string} text
 * @param {...Node} more
 */
function showWords(root, title, text, ...more) {
  root.classList.remove("replay");
  root.replaceChildren(
    node(
      "div",
      { class: "unplayable", role: "alert" },
      node("p", {}, title),
      node("p", { class: "small" }, text),
      ...more,
    ),
  );
}
