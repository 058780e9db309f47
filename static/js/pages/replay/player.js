// A kept session on the stage of the call, moved by its timeline: the whole of the
// replay's page, and a part of a recording's.

import { ReplayPlayer } from "../../replay.js";
import { gettext } from "../../ui/text.js";
import { icon, node } from "../../ui/nodes.js";
import { keptSpans, nearestKept } from "../../ui/lanes.js";
import { duration, parseDuration } from "../../ui/times.js";
import { ChapterList } from "../../ui/chapter-list.js";
import { ReplayChat } from "../../ui/replay-chat.js";
import { ReplayControls } from "../../ui/replay-controls.js";
import { MeetingStage } from "../../ui/stage.js";
import { parseStoryboard } from "../../ui/storyboard.js";
import { MeetingTimeline } from "../../ui/timeline.js";
import { Reactions } from "../../ui/reactions.js";

/** @typedef {import("../../ui/lanes.js").TimelineData} TimelineData */
/**
 * @typedef {object} Options
 * @property {HTMLElement} root whose content the player takes the place of
 * @property {string} sessionId
 * @property {TimelineData} timeline what is played: a session, or a part of one
 * @property {string} [poster] address of a picture that is shown before it plays
 * @property {() => void} failed the server has closed the replay
 * @property {(us: number) => void} [moved] the playhead
 * @property {HTMLElement} [below] more that is as wide as the timeline
 */

/** @param {string | undefined} sessionId @returns {Promise<TimelineData>} */
export async function fetchTimeline(sessionId) {
  const response = await fetch(`/api/v1/sessions/${sessionId}/timeline/`);
  if (!response.ok) throw new Error(`The timeline answered ${response.status}.`);
  return response.json();
}

/**
 * Fill the root. Rejects, and leaves it as it was, where the server lets nothing be seen.
 * @param {Options} options
 */
export async function showReplay(options) {
  const { root, sessionId, timeline, moved } = options;
  const kept = keptSpans(timeline);
  const player = new ReplayPlayer({
    sessionId,
    workers: JSON.parse(document.body.dataset.workers ?? "{}"),
  });
  await player.open();
  const parts = build(options, player);
  const { stage, lanes, controls, chat, chapters, large, poster } = parts;
  const reactions = new Reactions(() => update());

  const showTime = () => {
    const atUs = Math.min(player.state.atUs, timeline.end_us);
    for (const part of [lanes, chat, chapters]) part.atUs = atUs;
    controls.showTime(
      (atUs - timeline.start_us) / 1e6,
      (timeline.end_us - timeline.start_us) / 1e6,
    );
    moved?.(atUs);
    if (isAtEnd() && player.state.playing) player.pause();
  };
  // What comes after a part belongs to another recording.
  const isAtEnd = () => player.state.ended || player.state.atUs >= timeline.end_us;
  const update = () => {
    const { snapshot } = player.state;
    controls.update(player.state);
    large.hidden = player.state.playing;
    if (player.state.playing) poster?.remove();
    stage.update({
      people: snapshot?.participants ?? [],
      own: 0,
      layout: "grid",
      camera: null,
      sharing: false,
      reactions: reactions.shown,
    });
    if (player.state.connection === "closed") options.failed();
  };
  const seek = (/** @type {number} */ us) => {
    if (us > timeline.start_us) poster?.remove();
    player.seek(nearestKept(us, kept));
  };
  const toggle = () => {
    if (player.state.playing) return player.pause();
    if (isAtEnd()) seek(timeline.start_us);
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
    "full-screen": () =>
      document.fullscreenElement
        ? document.exitFullscreen()
        : root.requestFullscreen(),
  };
  root.addEventListener("want", (event) => {
    const { name, detail } = /** @type {CustomEvent} */ (event).detail;
    void wishes[name]?.(detail);
  });
  large.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const isHere = target === document.body || root.contains(target);
    if (event.key !== " " || !isHere || target.closest("button, select, a, input"))
      return;
    event.preventDefault();
    toggle();
  });
  document.addEventListener("fullscreenchange", () =>
    controls.showFullScreen(document.fullscreenElement === root),
  );
  player.addEventListener("change", update);
  player.addEventListener("time", showTime);
  player.addEventListener("event", (event) =>
    reactions.take(/** @type {CustomEvent} */ (event).detail),
  );
  seek(timeline.start_us + (asked() ?? 0) * 1_000_000);
  update();
  showTime();
  void showStoryboards(lanes, timeline);
}

/**
 * @param {Options} options
 * @param {ReplayPlayer} player
 */
function build({ root, timeline, below, ...options }, player) {
  const stage = new MeetingStage();
  stage.source = player;
  const lanes = new MeetingTimeline();
  const controls = new ReplayControls();
  const chat = new ReplayChat();
  const chapters = new ChapterList();
  const poster = options.poster
    ? node("img", { class: "first-picture", src: options.poster, alt: "" })
    : null;
  const large = node(
    "button",
    {
      type: "button",
      class: "start-button",
      "aria-label": gettext("Play the meeting"),
    },
    icon("play"),
  );
  root.classList.add("replay");
  root.replaceChildren(
    node(
      "div",
      { class: "hall" },
      node("div", { class: "middle" }, stage, poster, large),
      node("aside", { class: "side" }, chat),
    ),
    controls,
    node("div", { class: "tracks" }, lanes, below, chapters),
  );
  lanes.data = timeline;
  chat.fill(timeline.chat, timeline.start_us);
  chapters.fill(
    timeline.recordings.flatMap((range) => range.chapters),
    timeline.start_us,
  );
  return { stage, lanes, controls, chat, chapters, large, poster };
}

/**
 * Small pictures for who moves along the timeline; it does without those that do not
 * come.
 * @param {MeetingTimeline} lanes
 * @param {TimelineData} timeline
 */
async function showStoryboards(lanes, timeline) {
  for (const { storyboard, start_us } of timeline.recordings) {
    if (!storyboard) continue;
    const response = await fetch(storyboard).catch(() => null);
    if (response?.ok) lanes.addShots(parseStoryboard(await response.text(), start_us));
  }
}

/** Seconds from the start that the address asks for. */
function asked() {
  return parseDuration(new URLSearchParams(window.location.search).get("t"));
}

/** @param {number} us from the start */
function linkTo(us) {
  const link = new URL(window.location.href);
  link.searchParams.set("t", duration(us / 1_000_000));
  return link.href;
}
