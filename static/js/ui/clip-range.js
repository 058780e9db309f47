// A part of what is replayed, chosen by dragging along a rail as long as the timeline,
// or by the keys of its two ends. Times are seconds from the start.

import { fill, gettext } from "./text.js";
import { icon, node, setAttribute, setText, want } from "./nodes.js";
import { preciseDuration } from "./times.js";

/** @typedef {{from: number, to: number}} Clip */

const SHORT = 120; // seconds; of what is no longer, tenths can be chosen
const LEAST = 0.1; // of a second: what an export takes

export class ClipRange extends HTMLElement {
  #seconds = 0;
  #atSeconds = 0;
  /** @type {Clip | null} null: all of it */
  #clip = null;
  /** @type {number | null} the other end of what is being dragged */
  #anchor = null;
  #chosen = node("div", { class: "chosen-part", hidden: true });
  #ends = {
    from: thumb(gettext("Start of the clip")),
    to: thumb(gettext("End of the clip")),
  };
  #rail = node("div", { class: "rail" }, this.#chosen, this.#ends.from, this.#ends.to);
  #words = node("span", { class: "quiet", role: "status" });
  #whole = button(gettext("Whole recording"));
  #make = button(gettext("Make a file of the clip"));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    setAttribute(this, "role", "group");
    setAttribute(this, "aria-label", gettext("Clip"));
    const here = {
      from: button(gettext("Begin here")),
      to: button(gettext("End here")),
    };
    here.from.addEventListener("click", () => this.#move("from", this.#atSeconds));
    here.to.addEventListener("click", () => this.#move("to", this.#atSeconds));
    this.#whole.addEventListener("click", () => this.#choose(null));
    this.#make.addEventListener("click", () => want(this, "make-clip"));
    this.#make.prepend(icon("film"));
    this.append(
      node("div", { class: "lane" }, node("span", {}, gettext("Clip")), this.#rail),
      node(
        "div",
        { class: "row" },
        here.from,
        here.to,
        this.#words,
        this.#whole,
        this.#make,
      ),
    );
    this.#rail.addEventListener("pointerdown", (event) => this.#press(event));
    this.#rail.addEventListener("pointermove", (event) => this.#drag(event));
    this.#rail.addEventListener("pointerup", () => (this.#anchor = null));
    this.#rail.addEventListener("pointercancel", () => (this.#anchor = null));
    for (const end of /** @type {const} */ (["from", "to"]))
      this.#ends[end].addEventListener("keydown", (event) => this.#key(event, end));
    this.#draw();
  }

  /** How long all of it is. @param {number} seconds */
  set seconds(seconds) {
    this.#seconds = seconds;
    this.#draw();
  }

  /** The playhead. @param {number} seconds */
  set atSeconds(seconds) {
    this.#atSeconds = seconds;
  }

  /** As it is written elsewhere. @param {Clip | null} clip */
  set clip(clip) {
    this.#clip = clip;
    this.#draw();
  }

  get #step() {
    return this.#seconds <= SHORT ? 0.1 : 1;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    event.preventDefault(); // of text beside it, which would be marked
    this.#rail.setPointerCapture(event.pointerId);
    const { from, to } = this.#ends;
    if (event.target === from || event.target === to) {
      const { from: first, to: last } = this.#span;
      this.#anchor = event.target === from ? last : first;
      /** @type {HTMLElement} */ (event.target).focus();
    } else this.#anchor = this.#secondsAt(event.clientX);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.#anchor === null || !this.#rail.hasPointerCapture(event.pointerId)) return;
    const other = this.#secondsAt(event.clientX);
    const from = Math.min(this.#anchor, other);
    const to = Math.max(this.#anchor, other);
    if (to - from >= LEAST) this.#choose({ from, to });
  }

  /** @type {Record<string, (at: number, step: number) => number>} */
  #steps = {
    ArrowLeft: (at, step) => at - step,
    ArrowDown: (at, step) => at - step,
    ArrowRight: (at, step) => at + step,
    ArrowUp: (at, step) => at + step,
    PageDown: (at, step) => at - 10 * step,
    PageUp: (at, step) => at + 10 * step,
    Home: () => 0,
    End: () => this.#seconds,
  };

  /**
   * @param {KeyboardEvent} event
   * @param {"from" | "to"} end
   */
  #key(event, end) {
    const step = this.#steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.#move(end, step(this.#span[end], this.#step));
  }

  get #span() {
    return this.#clip ?? { from: 0, to: this.#seconds };
  }

  /**
   * One end; the other gives way only as far as it must.
   * @param {"from" | "to"} end
   * @param {number} seconds
   */
  #move(end, seconds) {
    const { from, to } = this.#span;
    const at = Math.min(this.#seconds, Math.max(0, this.#round(seconds)));
    if (end === "from") {
      const first = Math.min(at, this.#seconds - LEAST);
      this.#choose({ from: first, to: to > first ? to : this.#seconds });
    } else {
      const last = Math.max(at, LEAST);
      this.#choose({ from: from < last ? from : 0, to: last });
    }
  }

  /** @param {Clip | null} clip */
  #choose(clip) {
    const isWhole = clip && clip.from <= 0 && clip.to >= this.#seconds;
    this.clip = isWhole ? null : clip;
    want(this, "clip", this.#clip);
  }

  #draw() {
    const { from, to } = this.#span;
    const part = (/** @type {number} */ at) =>
      this.#seconds > 0 ? (at / this.#seconds) * 100 : 0;
    this.#chosen.hidden = this.#whole.hidden = this.#make.hidden = !this.#clip;
    this.#chosen.style.left = `${part(from)}%`;
    this.#chosen.style.width = `${part(to) - part(from)}%`;
    for (const [end, at] of /** @type {const} */ ([
      ["from", from],
      ["to", to],
    ])) {
      const element = this.#ends[end];
      element.style.left = `${part(at)}%`;
      setAttribute(element, "aria-valuemin", "0");
      setAttribute(element, "aria-valuemax", String(Math.round(this.#seconds)));
      setAttribute(element, "aria-valuenow", String(Math.round(at)));
      setAttribute(element, "aria-valuetext", preciseDuration(at));
    }
    const times = {
      from: preciseDuration(from),
      to: preciseDuration(to),
      length: preciseDuration(to - from),
    };
    setText(
      this.#words,
      this.#clip
        ? fill(gettext("%(from)s to %(to)s, %(length)s long"), times)
        : gettext("Drag along the bar to choose a part."),
    );
  }

  /** @param {number} x in the window */
  #secondsAt(x) {
    const { left, width } = this.#rail.getBoundingClientRect();
    const part = width > 0 ? Math.min(1, Math.max(0, (x - left) / width)) : 0;
    return this.#round(part * this.#seconds);
  }

  /** @param {number} seconds */
  #round(seconds) {
    return Math.round(seconds / this.#step) * this.#step;
  }
}

/** @param {string} label */
function thumb(label) {
  return node("div", { class: "thumb", role: "slider", tabindex: "0", "aria-label": label });
}

/** @param {string} label */
function button(label) {
  return node("button", { type: "button", class: "button plain" }, label);
}

customElements.define("clip-range", ClipRange);
