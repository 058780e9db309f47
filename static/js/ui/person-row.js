// One person in the panel, and what a host may do with them.

import { fill, gettext } from "./text.js";
import { icon, iconButton, node, setAttribute, want } from "./nodes.js";
import { initials, tint } from "./names.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {{label: string, drawing: string, want: string, detail: unknown, isHarsh?: boolean}} Act */

/** @type {Record<string, () => string>} */
const ROLES = { owner: () => gettext("Owner"), host: () => gettext("Host") };

/**
 * What a host may do with somebody else: pure.
 * @param {Participant} person
 * @param {boolean} [isWebinar] where guests only watch
 * @returns {Act[]}
 */
export function actsOn({ number, role, tracks }, isWebinar = false) {
  /** @type {Act[]} */
  const acts = [];
  if (tracks.microphone)
    acts.push({
      label: gettext("Mute"),
      drawing: "mic-off",
      want: "mute",
      detail: number,
    });
  if (role === "owner") return acts;
  const isHost = role === "host";
  acts.push({
    label: isHost ? gettext("No longer host") : gettext("Make host"),
    drawing: "people",
    want: "role",
    detail: { number, role: isHost ? belowHost(isWebinar) : "host" },
  });
  if (isWebinar)
    acts.push({
      label: gettext("Let only watch"),
      drawing: "mic-off",
      want: "role",
      detail: { number, role: "guest" },
    });
  acts.push({
    label: gettext("Remove from the meeting"),
    drawing: "leave",
    want: "remove",
    detail: number,
    isHarsh: true,
  });
  return acts;
}

/** @param {boolean} isWebinar */
function belowHost(isWebinar) {
  return isWebinar ? "member" : "guest";
}

/**
 * @param {Participant} person
 * @param {{isWebinar?: boolean, own: number, mayModerate: boolean, isOpen: boolean, onToggle: () => void}} view
 */
export function personRow(person, { isWebinar, own, mayModerate, isOpen, onToggle }) {
  const isOwn = person.number === own;
  const acts = mayModerate && !isOwn ? actsOn(person, isWebinar) : [];
  const row = node(
    "li",
    { "data-number": String(person.number) },
    face(person),
    who(person, isOwn),
    mark(
      Boolean(person.tracks.microphone),
      "mic",
      gettext("Microphone on"),
      gettext("Muted"),
    ),
    mark(
      Boolean(person.tracks.camera),
      "camera",
      gettext("Camera on"),
      gettext("Camera off"),
    ),
  );
  if (acts.length === 0) return row;
  const name = person.name;
  const more = iconButton("more", fill(gettext("Options for %(name)s"), { name }));
  setAttribute(more, "aria-expanded", String(isOpen));
  setAttribute(more, "data-act", "more");
  more.addEventListener("click", onToggle);
  row.append(more);
  if (isOpen) row.append(actButtons(acts, name));
  return row;
}

/**
 * @param {Act[]} acts
 * @param {string} name
 */
function actButtons(acts, name) {
  const label = fill(gettext("Options for %(name)s"), { name });
  const group = node("div", { class: "acts", role: "group", "aria-label": label });
  for (const act of acts) {
    const button = node(
      "button",
      {
        type: "button",
        class: act.isHarsh ? "button danger" : "button",
        "data-act": act.want,
      },
      icon(act.drawing),
      act.label,
    );
    button.addEventListener("click", () => want(button, act.want, act.detail));
    group.append(button);
  }
  return group;
}

/** @param {Participant} person */
function face(person) {
  return node(
    "span",
    { class: "face", "data-tint": String(tint(person.name)), "aria-hidden": "true" },
    initials(person.name),
  );
}

/**
 * @param {Participant} person
 * @param {boolean} isOwn
 */
function who(person, isOwn) {
  const about = [
    isOwn && gettext("You"),
    ROLES[person.role]?.(),
    !person.connected && gettext("Reconnecting…"),
  ].filter(Boolean);
  return node(
    "span",
    { class: "who" },
    node("span", {}, person.name),
    about.length > 0 && node("small", { class: "quiet" }, about.join(" · ")),
  );
}

/**
 * @param {boolean} on
 * @param {string} name
 * @param {string} onLabel
 * @param {string} offLabel
 */
function mark(on, name, onLabel, offLabel) {
  const attributes = {
    class: on ? "mark" : "mark off",
    role: "img",
    "aria-label": on ? onLabel : offLabel,
  };
  return node("span", attributes, icon(on ? name : `${name}-off`));
}
