// The stage: lays tiles out, tells the source how large each is wanted, and shows
// who speaks. It keeps one tile element per track and person for as long as it is shown.

import { fill, gettext } from "./text.js";
import { icon, iconButton, node, setText } from "./nodes.js";
import { aspectFor, grid, gridCapacity, spotlight } from "./grid.js";
import { mainSpeaker, pages } from "./order.js";
import { SPEAKING } from "../state/level.js";
import { PersonTile } from "./tile.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./types.js").MediaSource} MediaSource */
/** @typedef {import("./types.js").Rect} Rect */
/** @typedef {{key: string, person: Participant, kind: "camera" | "screen"}} Item */
/**
 * @typedef {object} StageView
 * @property {Participant[]} people
 * @property {number} own number, 0 where nobody is oneself (replay)
 * @property {"grid" | "speaker"} layout
 * @property {MediaStreamTrack | null} camera own
 * @property {boolean} sharing own screen
 * @property {ReadonlyMap<number, string>} reactions emojis that are shown now, by number
 */

const LISTEN_MS = 125;
const QUALITY_EVERY = 16; // listens
const PAGER_HEIGHT = 52; // pixels, kept free below the tiles where there are pages

export class MeetingStage extends HTMLElement {
  /** @type {MediaSource | null} */
  source = null;
  /** @type {StageView | null} */
  view = null;
  /** @type {Map<string, PersonTile>} */
  #tiles = new Map();
  /** @type {Map<string, number>} what the source was last told, to tell it only news */
  #wanted = new Map();
  /** @type {Map<number, number>} */
  #spokeAt = new Map();
  /** @type {number | null} */
  #speaker = null;
  #page = 0;
  #pages = 1;
  #listens = 0;
  #timer = 0;
  #resized = new ResizeObserver(() => this.#layOut());
  #place = node("div", { class: "tiles" });
  #previous = iconButton("previous", gettext("Previous people"));
  #next = iconButton("next", gettext("Next people"));
  #which = node("span");
  #pager = node("div", { class: "pager" }, this.#previous, this.#which, this.#next);
  #sharing = node(
    "div",
    { class: "sharing" },
    icon("screen"),
    node("span", {}, gettext("You are sharing your screen with everyone.")),
  );

  constructor() {
    super();
    this.#previous.addEventListener("click", () => this.#turn(-1));
    this.#next.addEventListener("click", () => this.#turn(1));
  }

  connectedCallback() {
    this.append(this.#place, this.#sharing, this.#pager);
    this.#resized.observe(this.#place);
    this.#timer = window.setInterval(() => this.#listen(), LISTEN_MS);
    document.addEventListener("visibilitychange", this.#seen);
  }

  disconnectedCallback() {
    this.#resized.disconnect();
    window.clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
  }

  /** @param {StageView} view */
  update(view) {
    this.view = view;
    this.#sharing.hidden = !view.sharing;
    this.#layOut();
  }

  // A page that nobody looks at needs no pictures.
  #seen = () => this.#layOut();

  /** @param {number} by */
  #turn(by) {
    this.#page += by;
    this.#layOut();
  }

  #layOut() {
    const view = this.view;
    const { clientWidth: width, clientHeight: height } = this.#place;
    if (!view || width === 0 || height === 0) return;
    let { shown, rects, large } = this.#arrange(view, width, height);
    if (this.#pages > 1)
      ({ shown, rects, large } = this.#arrange(view, width, height - PAGER_HEIGHT));
    this.#showTiles(view, shown, rects, large);
    this.#showPager();
    this.#tellSource(view.people, shown, rects);
  }

  /**
   * What is shown where; sets the number of pages.
   * @param {StageView} view
   * @param {number} width
   * @param {number} height
   * @returns {{shown: Item[], rects: Rect[], large: boolean}}
   */
  #arrange(view, width, height) {
    const screens = view.people
      .filter((person) => person.tracks.screen && person.number !== view.own)
      .sort(
        (a, b) =>
          (b.tracks.screen?.started_us ?? 0) - (a.tracks.screen?.started_us ?? 0),
      );
    const speaker =
      view.layout === "speaker"
        ? mainSpeaker(view.people, this.#spokeAt, view.own)
        : undefined;
    const main = screens[0]
      ? item(screens[0], "screen")
      : speaker && item(speaker, "camera");
    if (!main || (main.kind === "camera" && view.people.length === 1)) {
      const page = this.#pick(
        view.people,
        gridCapacity(view.people.length, width, height),
      );
      const aspect = aspectFor(width, height);
      return {
        shown: page.map((person) => item(person, "camera")),
        rects: grid(page.length, width, height, { aspect }),
        large: false,
      };
    }
    const others = view.people.filter(
      (person) => main.kind === "screen" || person !== main.person,
    );
    const places = spotlight(
      others.length + Math.max(0, screens.length - 1),
      width,
      height,
    );
    const room = Math.max(1, places.strip.length - Math.max(0, screens.length - 1));
    const beside = [
      ...screens.slice(1).map((person) => item(person, "screen")),
      ...this.#pick(others, room).map((person) => item(person, "camera")),
    ].slice(0, places.strip.length);
    return {
      shown: [main, ...beside],
      rects: [places.main, ...places.strip],
      large: true,
    };
  }

  /**
   * The people of the page that is turned to.
   * @param {Participant[]} people
   * @param {number} size
   */
  #pick(people, size) {
    const all = pages(people, this.#spokeAt, Math.max(1, size));
    this.#pages = Math.max(1, all.length);
    this.#page = Math.min(Math.max(0, this.#page), this.#pages - 1);
    return all[this.#page] ?? [];
  }

  /**
   * @param {StageView} view
   * @param {Item[]} shown
   * @param {Rect[]} rects
   * @param {boolean} large
   */
  #showTiles(view, shown, rects, large) {
    const keys = new Set(shown.map(({ key }) => key));
    for (const [key, tile] of this.#tiles) {
      if (keys.has(key)) continue;
      tile.remove();
      this.#tiles.delete(key);
    }
    shown.forEach(({ key, person, kind }, index) => {
      const rect = rects[index];
      if (!rect) return;
      const tile = this.#tiles.get(key) ?? this.#add(key);
      const own = person.number === view.own;
      const reaction = kind === "camera" ? view.reactions.get(person.number) : "";
      const localTrack = own ? view.camera : null;
      tile.update({ person, kind, own, localTrack, reaction: reaction ?? "" });
      tile.classList.toggle("large", large && index === 0);
      tile.classList.toggle("tiny", rect.width < 200);
      put(tile, rect);
    });
  }

  /** @param {string} key */
  #add(key) {
    const tile = new PersonTile();
    tile.source = this.source;
    tile.quality = "good";
    this.#tiles.set(key, tile);
    this.#place.append(tile);
    return tile;
  }

  #showPager() {
    this.#pager.hidden = this.#pages < 2;
    this.#previous.disabled = this.#page === 0;
    this.#next.disabled = this.#page === this.#pages - 1;
    setText(
      this.#which,
      fill(gettext("%(page)s of %(pages)s"), {
        page: this.#page + 1,
        pages: this.#pages,
      }),
    );
  }

  /**
   * @param {Participant[]} people
   * @param {Item[]} shown
   * @param {Rect[]} rects
   */
  #tellSource(people, shown, rects) {
    if (!this.source?.setView) return;
    const heights = new Map(
      shown.map(({ key }, index) => [key, rects[index]?.height ?? 0]),
    );
    const scale = document.hidden ? 0 : window.devicePixelRatio;
    /** @type {Map<string, number>} */
    const wanted = new Map();
    for (const person of people) {
      if (person.number === this.view?.own) continue;
      for (const kind of /** @type {const} */ (["camera", "screen"])) {
        if (!person.tracks[kind]) continue;
        const key = `${kind}:${person.number}`;
        const height = Math.round((heights.get(key) ?? 0) * scale);
        wanted.set(key, height);
        if (this.#wanted.get(key) !== height)
          this.source.setView(person.number, kind, height);
      }
    }
    this.#wanted = wanted;
  }

  #listen() {
    const { source, view } = this;
    if (!source || !view) return;
    this.#listens += 1;
    const asksQuality = this.#listens % QUALITY_EVERY === 0;
    for (const person of view.people) {
      const tile = this.#tiles.get(`camera:${person.number}`);
      if (!tile) continue;
      tile.speaking =
        Boolean(person.tracks.microphone) && source.level(person.number) > SPEAKING;
      if (asksQuality && source.quality) tile.quality = source.quality(person.number);
    }
    this.#followSpeaker(source.speaker);
  }

  /** @param {number | null} speaker */
  #followSpeaker(speaker) {
    if (speaker === null || speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#spokeAt.set(speaker, performance.now());
    if (this.#isNews(speaker)) this.#layOut();
  }

  /**
   * Whether it changes the layout that this person speaks now.
   * @param {number} number
   */
  #isNews(number) {
    if (!this.#tiles.has(`camera:${number}`)) return this.#page === 0;
    return this.view?.layout === "speaker";
  }
}

/**
 * @param {Participant} person
 * @param {"camera" | "screen"} kind
 * @returns {Item}
 */
function item(person, kind) {
  return { key: `${kind}:${person.number}`, person, kind };
}

/**
 * @param {HTMLElement} tile
 * @param {Rect} rect
 */
function put(tile, rect) {
  tile.style.translate = `${rect.x}px ${rect.y}px`;
  tile.style.width = `${rect.width}px`;
  tile.style.height = `${rect.height}px`;
}

customElements.define("meeting-stage", MeetingStage);
