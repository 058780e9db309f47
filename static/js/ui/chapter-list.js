// The chapters of what is replayed: buttons that go to where each begins.

import { fill, gettext } from "./text.js";
import { node, setAttribute, want } from "./nodes.js";
import { duration } from "./times.js";

/** @typedef {import("./lanes.js").Chapter} Chapter */

const NAMED = 3; // people; the others are counted

export class ChapterList extends HTMLElement {
  /** @type {Chapter[]} */
  #chapters = [];
  /** @type {HTMLElement[]} */
  #buttons = [];

  /**
   * @param {Chapter[]} chapters in order
   * @param {number} startUs what their times are counted from
   */
  fill(chapters, startUs) {
    this.#chapters = chapters;
    this.#buttons = chapters.map((chapter) => this.#button(chapter, startUs));
    this.hidden = chapters.length === 0;
    this.replaceChildren(
      node("h2", {}, gettext("Chapters")),
      node("ol", {}, ...this.#buttons.map((button) => node("li", {}, button))),
    );
  }

  /** @param {number} us */
  set atUs(us) {
    const current = this.#chapters.findLastIndex(({ start_us }) => start_us <= us);
    this.#buttons.forEach((button, index) =>
      setAttribute(button, "aria-current", index === current ? "time" : null),
    );
  }

  /**
   * @param {Chapter} chapter
   * @param {number} startUs
   */
  #button(chapter, startUs) {
    const button = node(
      "button",
      { type: "button" },
      node(
        "span",
        { class: "when" },
        duration((chapter.start_us - startUs) / 1_000_000),
      ),
      node("span", { class: "clip" }, chapterTitle(chapter)),
    );
    button.addEventListener("click", () => want(this, "seek", chapter.start_us));
    return button;
  }
}

/** @param {Chapter} chapter */
function chapterTitle({ names, is_screen }) {
  const people = names.slice(0, NAMED).join(", ");
  const others = names.length - NAMED;
  const who =
    others > 0 ? fill(gettext("%(people)s and %(others)s more"), { people, others }) : people;
  if (is_screen) return fill(gettext("Screen of %(name)s"), { name: who });
  return who || gettext("Nobody there");
}

customElements.define("chapter-list", ChapterList);
