// The page after a call: why it is over for this person, and where to go.

import { gettext } from "./text.js";
import { node, want } from "./nodes.js";

/** @typedef {"left" | "over" | "replaced" | "removed" | "refused"} Reason */

/** @type {Record<Reason, () => {title: string, text: string, again: string | null}>} */
const WORDS = {
  left: () => ({
    title: gettext("You left the meeting"),
    text: "",
    again: gettext("Join again"),
  }),
  over: () => ({
    title: gettext("The meeting is over"),
    text: gettext("Everybody has left, or a host ended it."),
    again: gettext("Start it again"),
  }),
  replaced: () => ({
    title: gettext("You are in this meeting in another window"),
    text: gettext(
      "One person can be in a meeting once, and the newer window has taken over.",
    ),
    again: gettext("Use this window instead"),
  }),
  removed: () => ({
    title: gettext("You were removed from the meeting"),
    text: gettext("A host has removed you."),
    again: null,
  }),
  refused: () => ({
    title: gettext("The meeting could not go on here"),
    text: gettext("The server closed the connection."),
    again: gettext("Try again"),
  }),
};

export class CallEnded extends HTMLElement {
  /**
   * @param {Reason} reason
   * @param {{seesRecordings: boolean, detail?: string}} options
   */
  show(reason, { seesRecordings, detail = "" }) {
    const { title, text, again } = WORDS[reason]();
    const heading = node("h1", { tabindex: "-1" }, title);
    const rejoin =
      again && node("button", { type: "button", class: "button primary large" }, again);
    if (rejoin) rejoin.addEventListener("click", () => want(this, "again"));
    this.replaceChildren(
      node(
        "div",
        { class: "narrow stack" },
        heading,
        (detail || text) && node("p", { class: "quiet" }, detail || text),
        node(
          "p",
          { class: "row" },
          rejoin,
          node("a", { class: "button large", href: "/" }, gettext("Start page")),
          seesRecordings &&
            node(
              "a",
              { class: "button large", href: "/recordings/" },
              gettext("Recordings"),
            ),
        ),
      ),
    );
    heading.focus();
  }
}

customElements.define("call-ended", CallEnded);
