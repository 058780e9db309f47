// A call as people see it: head, stage, panels, toolbar. Gives each its part of the view.

import { gettext } from "./text.js";
import { icon, node, setAttribute, want } from "./nodes.js";
import { CallMenus } from "./call-menus.js";
import { CallToolbar } from "./toolbar.js";
import { CallTop } from "./call-top.js";
import { ChatPanel } from "./chat-panel.js";
import { MeetingStage } from "./stage.js";
import { PeoplePanel } from "./people-panel.js";

/** @typedef {import("./types.js").CallView} CallView */
/** @typedef {import("./types.js").MediaSource} MediaSource */

export class MeetingRoom extends HTMLElement {
  menus = new CallMenus();
  chat = new ChatPanel();
  #top = new CallTop();
  #stage = new MeetingStage();
  #people = new PeoplePanel();
  #toolbar = new CallToolbar();
  #alone = this.#invitation();
  #waiting = node(
    "div",
    { class: "alone centred", hidden: true },
    node("p", {}, node("strong", {}, gettext("The webinar has not begun yet"))),
    node("p", { class: "quiet small" }, gettext("Stay here: it begins by itself.")),
  );
  #side = node("aside", { class: "side" }, this.chat, this.#people);
  /** @type {CallView["panel"]} */
  #panel = null;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const middle = node(
      "div",
      { class: "middle" },
      this.#stage,
      this.#alone,
      this.#waiting,
    );
    this.append(
      this.#top,
      node("div", { class: "hall" }, middle, this.#side),
      this.#toolbar,
      this.menus,
    );
  }

  /** @param {MediaSource} source */
  set source(source) {
    this.#stage.source = source;
  }

  /** @param {CallView & {usesKeys: boolean}} view */
  update(view) {
    const { snapshot, own } = view;
    this.#top.update(view);
    this.#toolbar.update(view);
    this.menus.update(view);
    this.#stage.update({
      people: snapshot.participants,
      own,
      layout: view.layout,
      camera: view.tracks.camera,
      sharing: view.tracks.screen !== null,
      reactions: view.reactions,
    });
    this.chat.update({
      ...view,
      mayWrite: !view.attends || snapshot.room.attendees_chat,
    });
    this.#people.update({
      people: snapshot.participants,
      hands: snapshot.attendees.hands,
      count: snapshot.attendees.count,
      own,
      mayModerate: view.can.includes("moderate"),
      isLocked: snapshot.session?.locked ?? false,
      isWebinar: view.isWebinar,
      attends: view.attends,
      attendees: view.attendees,
      hasMoreAttendees: view.hasMoreAttendees,
    });
    const others = snapshot.participants.filter(({ number }) => number !== own);
    this.#alone.hidden =
      view.attends || others.length > 0 || snapshot.attendees.count > 0;
    this.#waiting.hidden = !view.attends || others.length > 0;
    this.#showPanel(view.panel);
  }

  /** @param {CallView["panel"]} panel */
  #showPanel(panel) {
    setAttribute(this, "data-panel", panel);
    this.#side.hidden = panel === null;
    this.chat.hidden = panel !== "chat";
    this.#people.hidden = panel !== "people";
    if (panel === this.#panel) return;
    if (panel === "chat") this.chat.open();
    else if (panel === "people") this.#people.querySelector("button")?.focus();
    else if (this.#panel) this.#toolbar.focusTool(this.#panel);
    this.#panel = panel;
  }

  #invitation() {
    const copy = node(
      "button",
      { type: "button", class: "button primary" },
      icon("copy"),
      gettext("Copy link to invite"),
    );
    copy.addEventListener("click", () => want(this, "copy-link"));
    return node(
      "div",
      { class: "alone" },
      node("p", {}, node("strong", {}, gettext("Nobody else is here yet"))),
      node(
        "p",
        { class: "quiet small" },
        window.location.host + window.location.pathname,
      ),
      copy,
    );
  }
}

customElements.define("meeting-room", MeetingRoom);
