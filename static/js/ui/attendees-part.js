// The attendees of a webinar in the people panel: how many, and for hosts who they are.

import { fill, gettext, ngettext } from "./text.js";
import { icon, iconButton, node, setText, want } from "./nodes.js";

/** @typedef {import("./types.js").Attendee} Attendee */
/** @typedef {{isWebinar: boolean, attends: boolean, count: number, mayModerate: boolean, attendees: Attendee[] | null, hasMoreAttendees: boolean}} AttendeesView */

export class AttendeesPart extends HTMLElement {
  #count = node("h3");
  #list = node("ul", { class: "people" });
  #show = node("button", { type: "button", class: "button plain" }, icon("people"));
  #label = node("span");
  #more = node(
    "button",
    { type: "button", class: "button plain" },
    gettext("Show more"),
  );
  #shown = "";

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#show.append(this.#label);
    this.#show.addEventListener("click", () => want(this, "attendees"));
    this.#more.addEventListener("click", () => want(this, "more-attendees"));
    this.append(this.#count, this.#list, this.#more, this.#show);
  }

  /** @param {AttendeesView} view */
  update(view) {
    this.hidden = !view.isWebinar;
    const now = JSON.stringify(view);
    if (this.hidden || now === this.#shown) return;
    this.#shown = now;
    setText(this.#count, attendeesCount(view.count));
    this.#show.hidden = !view.mayModerate;
    setText(
      this.#label,
      view.attendees ? gettext("Look again") : gettext("Show attendees"),
    );
    this.#list.replaceChildren(...(view.attendees ?? []).map(attendeeRow));
    this.#list.hidden = !view.mayModerate || !view.attendees?.length;
    this.#more.hidden = !view.mayModerate || !view.hasMoreAttendees;
  }
}

/** @param {number} count */
export function attendeesCount(count) {
  return fill(ngettext("%(count)s attendee", "%(count)s attendees", count), { count });
}

/**
 * What a host may do with an attendee: take them in, or send them out.
 * @param {Attendee} attendee
 */
export function attendeeButtons({ number, name }) {
  const promote = iconButton(
    "mic",
    fill(gettext("Let %(name)s take part"), { name }),
  );
  promote.addEventListener("click", () =>
    want(promote, "role", { number, role: "member" }),
  );
  const remove = iconButton(
    "leave",
    fill(gettext("Remove %(name)s from the webinar"), { name }),
  );
  remove.addEventListener("click", () => want(remove, "remove", number));
  return [promote, remove];
}

/** @param {Attendee} attendee */
function attendeeRow(attendee) {
  return node(
    "li",
    {},
    node("span", { class: "who" }, attendee.name),
    ...attendeeButtons(attendee),
  );
}

customElements.define("attendees-part", AttendeesPart);
