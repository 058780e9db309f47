// Who is there, who has a hand up (first come first), and how everybody is.

import { fill, gettext } from "./text.js";
import { icon, iconButton, node, setText, want } from "./nodes.js";
import { AttendeesPart, attendeeButtons } from "./attendees-part.js";
import { personRow } from "./person-row.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./types.js").Attendee} Attendee */
/** @typedef {{people: Participant[], hands: Attendee[], own: number, mayModerate: boolean, isLocked: boolean} & import("./attendees-part.js").AttendeesView} PeopleView */

export class PeoplePanel extends HTMLElement {
  #title = node("h2");
  #hands = node("ol", { class: "people" });
  #handsPart = node(
    "section",
    {},
    node("h3", {}, gettext("Raised hands")),
    this.#hands,
  );
  #list = node("ul", { class: "people" });
  #attendees = new AttendeesPart();
  #shown = "";
  /** Whose options are open. @type {number | null} */
  #open = null;
  #lockLabel = node("span");
  #hostTools = this.#makeHostTools();

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = iconButton("close", gettext("Close"));
    close.addEventListener("click", () => want(this, "close-panel"));
    const copy = node(
      "button",
      { type: "button", class: "button" },
      icon("copy"),
      gettext("Copy link to invite"),
    );
    copy.addEventListener("click", () => want(this, "copy-link"));
    this.append(
      node("header", {}, this.#title, close),
      node(
        "div",
        {
          class: "scroll",
          tabindex: "0",
          role: "region",
          "aria-label": gettext("People"),
        },
        this.#handsPart,
        this.#list,
        this.#attendees,
      ),
      node("footer", { class: "stack" }, this.#hostTools, copy),
    );
  }

  /** @param {PeopleView} view */
  update(view) {
    // Rebuilt only when somebody changes, so that focus stays where it is.
    const now = JSON.stringify([view, this.#open]);
    if (now === this.#shown) return;
    this.#shown = now;
    this.#attendees.update(view);
    const raised = [...view.people, ...view.hands]
      .filter((person) => person.hand_raised_us !== null)
      .sort((a, b) => Number(a.hand_raised_us) - Number(b.hand_raised_us));
    setText(
      this.#title,
      fill(gettext("People (%(count)s)"), { count: view.people.length + view.count }),
    );
    this.#handsPart.hidden = raised.length === 0;
    this.#hands.replaceChildren(...raised.map((person) => this.#raised(person, view)));
    const act = this.#focusedAct();
    this.#list.replaceChildren(...view.people.map((person) => this.#row(person, view)));
    if (act) /** @type {HTMLElement | null} */ (this.#list.querySelector(act))?.focus();
    this.#hostTools.hidden = !view.mayModerate;
    setText(
      this.#lockLabel,
      view.isLocked ? gettext("Unlock the meeting") : gettext("Lock the meeting"),
    );
    this.#isLocked = view.isLocked;
  }

  #isLocked = false;

  #makeHostTools() {
    const muteAll = node(
      "button",
      { type: "button", class: "button" },
      icon("mic-off"),
      gettext("Mute everybody else"),
    );
    muteAll.addEventListener("click", () => want(this, "mute-all"));
    const lock = node(
      "button",
      { type: "button", class: "button" },
      icon("lock"),
      this.#lockLabel,
    );
    lock.addEventListener("click", () => want(this, "lock", !this.#isLocked));
    return node("div", { class: "stack", hidden: true }, muteAll, lock);
  }

  /**
   * @param {Participant} person
   * @param {PeopleView} view
   */
  #row(person, view) {
    return personRow(person, {
      ...view,
      isOpen: this.#open === person.number,
      onToggle: () => {
        this.#open = this.#open === person.number ? null : person.number;
        this.update(view);
      },
    });
  }

  /** Where focus is in the list, as a selector: rows are made anew. */
  #focusedAct() {
    const focused = document.activeElement?.closest("[data-act]");
    const row = focused?.closest("[data-number]");
    if (!row || !this.#list.contains(row)) return null;
    const number = row.getAttribute("data-number");
    return `[data-number="${number}"] [data-act="${focused?.getAttribute("data-act")}"]`;
  }

  /**
   * @param {Participant | Attendee} person
   * @param {PeopleView} view
   */
  #raised(person, view) {
    const made = node(
      "li",
      {},
      icon("hand"),
      node("span", { class: "who" }, person.name),
    );
    if (person.number !== view.own && !view.mayModerate) return made;
    const label = fill(gettext("Lower the hand of %(name)s"), { name: person.name });
    const lower = node(
      "button",
      { type: "button", class: "button plain", "aria-label": label },
      gettext("Lower"),
    );
    lower.addEventListener("click", () => want(this, "lower-hand", person.number));
    const isAttendee = !("tracks" in person);
    made.append(lower, ...(isAttendee && view.mayModerate ? attendeeButtons(person) : []));
    return made;
  }
}

customElements.define("people-panel", PeoplePanel);
