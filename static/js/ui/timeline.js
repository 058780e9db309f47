// The timeline of a session: a lane per person, what was kept, and the playhead, which
// is a slider.

import { fill, gettext } from "./text.js";
import { node, setAttribute, setText, want } from "./nodes.js";
import { boxes, keptSpans, LANE_WIDTH, partOf, sharing } from "./lanes.js";
import { shotAt } from "./storyboard.js";
import { duration } from "./times.js";

/** @typedef {import("./lanes.js").TimelineData} TimelineData */
/** @typedef {import("./lanes.js").LanePerson} LanePerson */
/** @typedef {import("./storyboard.js").Shot} Shot */

const SVG = "http://www.w3.org/2000/svg";
const LANE_HEIGHT = 20;
const STEP_US = 5_000_000;
const LEAP_US = 60_000_000;

export class MeetingTimeline extends HTMLElement {
  /** @type {TimelineData | null} */
  #data = null;
  #atUs = 0;
  /** @type {Shot[]} */
  #shots = [];
  #lanes = node("div", { class: "lanes" });
  #needle = node("div", { class: "needle", "aria-hidden": "true" });
  #shot = node("div", { class: "shot", hidden: true });
  #hoverTime = node("span", {});
  #hover = node("div", { class: "hover" }, this.#shot, this.#hoverTime);
  #slider = node(
    "div",
    {
      class: "slider",
      role: "slider",
      tabindex: "0",
      "aria-label": gettext("Time"),
      "aria-valuemin": "0",
    },
    this.#needle,
  );

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#hover.hidden = true;
    this.append(
      node(
        "div",
        { class: "scroller" },
        node("div", { class: "whole" }, this.#lanes, this.#slider),
      ),
      node("div", { class: "above", "aria-hidden": "true" }, this.#hover),
    );
    this.#slider.addEventListener("pointerdown", (event) => this.#press(event));
    this.#slider.addEventListener("pointermove", (event) => this.#move(event));
    this.#slider.addEventListener("pointerleave", () => (this.#hover.hidden = true));
    this.#slider.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {TimelineData} data */
  set data(data) {
    this.#data = data;
    setAttribute(
      this.#slider,
      "aria-valuemax",
      String(seconds(data.end_us - data.start_us)),
    );
    this.#lanes.replaceChildren(
      marks(data),
      ...data.people.map((person) => lane(person, data)),
    );
    this.atUs = data.start_us;
  }

  /** Pictures of times. @param {Shot[]} shots */
  addShots(shots) {
    this.#shots.push(...shots);
  }

  /** @param {number} us */
  set atUs(us) {
    if (!this.#data) return;
    const { start_us, end_us } = this.#data;
    this.#atUs = us;
    this.#needle.style.left = `${partOf(us, this.#data) * 100}%`;
    const now = seconds(Math.min(us, end_us) - start_us);
    setAttribute(this.#slider, "aria-valuenow", String(now));
    const words = fill(gettext("%(now)s of %(all)s"), {
      now: duration(now),
      all: duration(seconds(end_us - start_us)),
    });
    setAttribute(this.#slider, "aria-valuetext", words);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    this.#slider.setPointerCapture(event.pointerId);
    this.#goTo(this.#timeAt(event.clientX));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#data) return;
    const us = this.#timeAt(event.clientX);
    this.#hover.hidden = false;
    this.#hover.style.setProperty("--at", `${partOf(us, this.#data) * 100}%`);
    setText(this.#hoverTime, duration(seconds(us - this.#data.start_us)));
    this.#showShot(shotAt(this.#shots, us));
    if (this.#slider.hasPointerCapture(event.pointerId)) this.#goTo(us);
  }

  /** @param {Shot | null} shot */
  #showShot(shot) {
    this.#shot.hidden = shot === null;
    if (!shot) return;
    const { style } = this.#shot;
    style.width = `${shot.width}px`;
    style.height = `${shot.height}px`;
    style.backgroundImage = `url("${shot.address}")`;
    style.backgroundPosition = `-${shot.x}px -${shot.y}px`;
  }

  /** @type {Record<string, (us: number, data: TimelineData) => number>} */
  #steps = {
    ArrowLeft: (us) => us - STEP_US,
    ArrowDown: (us) => us - STEP_US,
    ArrowRight: (us) => us + STEP_US,
    ArrowUp: (us) => us + STEP_US,
    PageDown: (us) => us - LEAP_US,
    PageUp: (us) => us + LEAP_US,
    Home: (_, { start_us }) => start_us,
    End: (_, { end_us }) => end_us,
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = this.#steps[event.key];
    if (!step || !this.#data) return;
    event.preventDefault();
    this.#goTo(step(this.#atUs, this.#data));
  }

  /** @param {number} us */
  #goTo(us) {
    if (!this.#data) return;
    const { start_us, end_us } = this.#data;
    this.atUs = Math.min(end_us, Math.max(start_us, us));
    want(this, "seek", this.#atUs);
  }

  /** @param {number} x in the window */
  #timeAt(x) {
    if (!this.#data) return 0;
    const { left, width } = this.#slider.getBoundingClientRect();
    const part = width > 0 ? Math.min(1, Math.max(0, (x - left) / width)) : 0;
    return Math.round(
      this.#data.start_us + part * (this.#data.end_us - this.#data.start_us),
    );
  }
}

/** @param {number} us */
function seconds(us) {
  return Math.floor(us / 1_000_000);
}

/**
 * @param {LanePerson} person
 * @param {TimelineData} data
 */
function lane(person, data) {
  return node(
    "div",
    { class: "lane" },
    node("span", { class: "clip", title: person.name }, person.name),
    drawing([
      ["present", boxes(person.present, data, 7, 6)],
      ["sharing", boxes(sharing(person), data, 2, 16)],
      ["speaking", boxes(person.speaking, data, 4, 12)],
    ]),
  );
}

/**
 * The first lane: what was kept, and where somebody wrote or raised a hand.
 * @param {TimelineData} data
 */
function marks(data) {
  const chat = data.chat.map(
    ({ sent_us }) => /** @type {[number, number]} */ ([sent_us, sent_us]),
  );
  const hands = data.people.flatMap((person) =>
    person.hands.map(([start]) => /** @type {[number, number]} */ ([start, start])),
  );
  const chapters = data.recordings.flatMap((range) =>
    range.chapters.map(({ start_us }) =>
      /** @type {[number, number]} */ ([start_us, start_us]),
    ),
  );
  return node(
    "div",
    { class: "lane marks" },
    node("span", { class: "clip quiet" }, gettext("Recorded")),
    drawing([
      ["kept", boxes(keptSpans(data), data, 12, 6)],
      ["chapters", boxes(chapters, data, 12, 6)],
      ["chat", boxes(chat, data, 3, 7)],
      ["hands", boxes(hands, data, 3, 7)],
    ]),
  );
}

/** @param {[string, string][]} paths class and shape */
function drawing(paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${LANE_WIDTH} ${LANE_HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, shape] of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

customElements.define("meeting-timeline", MeetingTimeline);
