// The replay's page: a kept session on the stage of the call, moved by its timeline.

import { ReplayPlayer } from "../replay.js";
import { gettext } from "../ui/text.js";
import { icon, node } from "../ui/nodes.js";
import { keptSpans, nearestKept } from "../ui/lanes.js";
import { duration, parseDuration } from "../ui/times.js";
import { ReplayChat } from "../ui/replay-chat.js";
import { ReplayControls } from "../ui/replay-controls.js";
import { MeetingStage } from "../ui/stage.js";
import { MeetingTimeline } from "../ui/timeline.js";

/** @typedef {import("../ui/lanes.js").TimelineData} TimelineData */

const page = document.body.dataset;
const main = /** @type {HTMLElement} */ (document.querySelector("main"));

async function start() {
  try {
    const response = await fetch(`/api/v1/sessions/${page.session}/timeline/`);
    if (!response.ok) throw new Error(`The timeline answered ${response.status}.`);
    const timeline = /** @type {TimelineData} */ (await response.json());
    if (timeline.recordings.length === 0) return showEmpty();
    await show(timeline);
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
    node(
      "p",
      {},
      node("a", { class: "button", href: "/recordings/" }, gettext("Recordings")),
    ),
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

/** @param {TimelineData} timeline */
async function show(timeline) {
  const kept = keptSpans(timeline);
  const player = new ReplayPlayer({
    sessionId: page.session ?? "",
    workers: JSON.parse(page.workers ?? "{}"),
  });
  await player.open();
  const stage = new MeetingStage();
  stage.source = player;
  const lanes = new MeetingTimeline();
  const controls = new ReplayControls();
  const chat = new ReplayChat();
  const large = node(
    "button",
    {
      type: "button",
      class: "start-button",
      "aria-label": gettext("Play the meeting"),
    },
    icon("play"),
  );
  main.replaceChildren(
    node(
      "div",
      { class: "hall" },
      node("div", { class: "middle" }, stage, large),
      node("aside", { class: "side" }, chat),
    ),
    controls,
    lanes,
  );
  lanes.data = timeline;
  chat.fill(timeline.chat, timeline.start_us);

  const showTime = () => {
    const { atUs } = player.state;
    lanes.atUs = atUs;
    chat.atUs = atUs;
    controls.showTime(
      (atUs - timeline.start_us) / 1e6,
      (timeline.end_us - timeline.start_us) / 1e6,
    );
  };
  const update = () => {
    const { snapshot } = player.state;
    controls.update(player.state);
    large.hidden = player.state.playing;
    stage.update({
      people: snapshot?.participants ?? [],
      own: 0,
      layout: "grid",
      camera: null,
      sharing: false,
    });
    if (player.state.connection === "closed") showFailed();
  };
  const seek = (/** @type {number} */ us) => player.seek(nearestKept(us, kept));
  const toggle = () => {
    if (player.state.playing) return player.pause();
    if (player.state.ended) seek(timeline.start_us);
    player.play();
    return player.resumeAudio();
  };
  /** @type {Record<string, (detail: any) => unknown>} */
  const wishes = {
    play: toggle,
    seek,
    step: (by) => seek(player.state.atUs + by),
    speed: (speed) => player.setSpeed(speed),
    "copy-link": async () => {
      await navigator.clipboard.writeText(
        linkTo(player.state.atUs - timeline.start_us),
      );
      controls.confirmLink();
    },
  };
  main.addEventListener("want", (event) => {
    const { name, detail } = /** @type {CustomEvent} */ (event).detail;
    void wishes[name]?.(detail);
  });
  large.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.key !== " " || target.closest("button, select, a, input")) return;
    event.preventDefault();
    toggle();
  });
  player.addEventListener("change", update);
  player.addEventListener("time", showTime);
  seek(timeline.start_us + (asked() ?? 0) * 1_000_000);
  update();
  showTime();
}

/** Seconds into the session that the address asks for. */
function asked() {
  return parseDuration(new URLSearchParams(window.location.search).get("t"));
}

/** @param {number} us into the session */
function linkTo(us) {
  const link = new URL(window.location.href);
  link.searchParams.set("t", duration(us / 1_000_000));
  return link.href;
}

void start();
